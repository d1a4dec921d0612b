"""A case put together by hand, and its 证据册 as text with places."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from helper.capture.fonts import cjk_font
from helper.complaints.exhibits import numbered
from helper.evidence.book import make_book
from helper.evidence.pdf import Page, PdfWriter
from helper.evidence.pdf_font import Face
from helper.model import (
    Artifact,
    CaptureMeta,
    Missing,
)
from scrapers.record import OrderRecord

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTALLATION = "ab" * 32
MARGIN = 20


def picture(height: int = 500, width: int = 1280) -> bytes:
    """Draw a page of text-like lines on white."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    for y in range(10, height - 20, 40):
        for x in range(20, width - 40, 24):
            pen.rectangle((x, y, x + 12, y + 18), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def printed(*pages: str) -> bytes:
    """Make a PDF with a line of text on each page."""
    font = cjk_font()
    assert font is not None
    face, out, made = Face(*font), io.BytesIO(), []
    writer = PdfWriter(out, face)
    for words in pages:
        page = Page()
        page.text(face, 60, 700, 14, face.drawable(words))
        made.append(page)
    writer.finish(made, [], "x", "D:20260301120000Z")
    return out.getvalue()


class Shelf:
    """A case whose captures are put together by hand."""

    def __init__(self, case) -> None:
        self.case = case
        self.folder = case.folder
        self.count = 0

    def add(
        self, *files: tuple[str, str, bytes], order: OrderRecord | None = None,
        missing: Sequence[Missing] = (), **meta: object,
    ) -> str:  # fmt: skip
        """Add a sealed capture with files (role, name, bytes)."""
        self.count += 1
        uuid = str(UUID(int=self.count))
        plain = {"url": "https://shop.example/order/A1", "title": "订单详情", "clicked_at": NOON}
        told = CaptureMeta.model_validate(plain | meta)
        catalogue = self.case.catalogue
        catalogue.create_capture(uuid, told, [])
        first = catalogue.cases()
        catalogue.join_case(
            uuid, platform_key=None, host=None if first else "shop.example",
            order_no=None if first else "A1", wanted=first[0].case_id if first else None,
            title=told.title, now=NOON,
        )  # fmt: skip
        kept = [self.file(*file) for file in files]
        if order is not None:
            catalogue.put_order(uuid, order)
            kept.append(self.file("order", "order.json", order.model_dump_json().encode()))
        catalogue.add_artifacts(uuid, kept)
        catalogue.add_missing(uuid, missing)
        self.case.seal(uuid, "S0", url=told.url, title=told.title, missing=missing)
        return uuid

    def file(self, role: str, name: str, data: bytes) -> Artifact:
        kinds = {"png": "image/png", "json": "application/json", "txt": "text/plain"}
        return Artifact(
            role=role, name=name, sha256=self.case.blobs.keep_bytes(data), bytes=len(data),
            media_type=kinds.get(name.rpartition(".")[2], "application/octet-stream"),
            about={"file_name": name, "note": "付款记录"} if role == "attachment" else {},
        )  # fmt: skip

    def make(self, name: str = "book.pdf", **given: object) -> "Book":
        case = self.case.catalogue.cases()[0]
        plain = {
            "font": cjk_font(), "installation": INSTALLATION, "created_at": NOON,
            "exhibits": numbered(case, None),
        }  # fmt: skip
        path = self.folder / name
        count = make_book(case, case.captures, self.case.blobs.path, path, **(plain | given))
        book = Book(path)
        assert len(book.pages) == count
        return book


class Book:
    """A PDF as text: lines broken by the page are joined."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = pdfium.PdfDocument(path)
        self.places = [page.get_textpage() for page in self.document]
        self.pages = [
            re.sub(r"\s+", "", page.get_text_range().replace("\ufffe", "-")) for page in self.places
        ]
        self.text = "".join(self.pages)

    def starts(self) -> dict[str, int]:
        """Return on which page each exhibit begins, counted from 1."""
        found: dict[str, int] = {}
        for number, text in enumerate(self.pages, 1):
            match = re.search(r"(证据\d+)·第1页，共\d+页", text)
            if match:
                found[match[1]] = number
        return found

    def outside(self) -> list[tuple[int, str]]:
        """Return characters that are not inside the page with a margin."""
        found = []
        for number, place in enumerate(self.places, 1):
            width, height = self.document[number - 1].get_size()
            for at in range(place.count_chars()):
                left, bottom, right, top = place.get_charbox(at)
                inside = left >= MARGIN and right <= width - MARGIN
                if right > left and not (inside and bottom >= MARGIN and top <= height - MARGIN):
                    found.append((number, place.get_text_range(at, 1)))
        return found
