"""A realistic capture without a browser: an order page with photographs, through the real steps."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from helper.capture import archive, sheet
from helper.capture.browser import WarmBrowser
from helper.capture.fonts import cjk_font
from helper.capture.intake import Intake, IntakeLimits
from helper.capture.network import Exchange
from helper.capture.visits import Produced, Visit
from helper.model import CaptureMeta, Part, Role, Viewport
from helper.settings import Settings
from helper.steps import read, sheets
from helper.steps.archive import Archivist
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer
from helper.steps.store import Store, open_store
from helper.steps.visit import Sessions, Visitor

URL = "https://shop.example/order/KZ202603011200"
CODE, CONTACT = "KXPD-7745-QWTR-9921", "xiaoyu@example.com"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WIDTH, HEIGHT, LINE = 1280, 800, 24
_CHUNK = 4 << 20
_BOXES = {
    "订单编号：KZ202603011200": (40, 100, 300, 24), CODE: (40, 160, 300, 24),
    CONTACT: (40, 200, 300, 24),
}  # fmt: skip
_TEXT = f"订单编号：KZ202603011200\n订单状态：已发货\n卡密：{CODE}\n联系方式：{CONTACT}\n"


@dataclass(frozen=True)
class Size:
    """How large a page is: strips of 1,280 × 800, photographs, bytes of a film in the network."""

    strips: int = 5
    photographs: int = 6
    film: int = 0


@dataclass(frozen=True)
class Bench:
    """A vault and the steps that fill it."""

    store: Store
    sealer: Sealer
    visitor: Visitor
    archivist: Archivist
    intake: Intake

    @classmethod
    def open(cls, folder: Path) -> Bench:
        """Open a vault; the browser is named, and never started."""
        settings = Settings(data=folder, authorities=(), calendars=(), beacons=())
        store = open_store(settings)
        browser = WarmBrowser(settings)
        limits = IntakeLimits(part_bytes=2**30, capture_bytes=2**31, parts=500)
        return cls(
            store,
            Sealer(store),
            Visitor(store, browser, Sessions(), set()),
            Archivist(store, browser),
            Intake(folder / "incoming", store.vault, store.blobs, limits),
        )


@dataclass(frozen=True)
class Page:
    """What the browser would have given: parts of the tab, files of the visit."""

    capture_id: str
    meta: CaptureMeta
    parts: tuple[tuple[Part, bytes], ...]
    visit: Visit

    def bytes(self) -> int:
        """Return the bytes of all of it."""
        files = sum(made.path.stat().st_size for made in self.visit.files)
        return files + sum(len(data) for _, data in self.parts)


def draw(number: int, size: Size, folder: Path) -> Page:
    """Make the page of a number; its pictures differ from those of every other number."""
    chance = random.Random(number)
    whole = _picture(chance, size)
    strips = [whole.crop((0, y, WIDTH, y + HEIGHT)) for y in _tops(size)]
    photographs = [chance.randbytes(150_000 + 20_000 * n) for n in range(size.photographs)]
    html = _html(size).encode()
    at = NOON + timedelta(minutes=number)
    capture_id = str(uuid.UUID(int=number + 1))
    meta = CaptureMeta(
        url=URL, title="订单详情", clicked_at=at, timezone="Asia/Shanghai",
        viewport=Viewport(width=WIDTH, height=HEIGHT), user_agent="Bench/1",
    )  # fmt: skip
    parts = [
        _part("seen/viewport", "image/png", _png(strips[0])),
        _part("seen/html", "text/html", html),
        _part("seen/mhtml", "multipart/related", _mhtml(html, photographs)),
        _part("seen/text", "text/plain", _TEXT.encode()),
        _part("seen/context", "application/json", _context()),
    ]
    for index, y in enumerate(_tops(size)):
        about = {"index": index, "x": 0, "y": y, "width": WIDTH, "height": HEIGHT, "scale": 1,
                 "scroll_height": HEIGHT * size.strips, "scroll_width": WIDTH}  # fmt: skip
        part, data = _part("seen/strip", "image/png", _png(strips[index]))
        parts.append((part.model_copy(update={"about": about}), data))
    visit = _visit(capture_id, at, whole, html, photographs, size, folder)
    return Page(capture_id, meta, tuple(parts), visit)


async def take_in(bench: Bench, page: Page) -> None:
    """Upload the seen parts as the extension does: written, synced, hashed, put in place."""
    await bench.intake.announce(page.capture_id, page.meta, [part for part, _ in page.parts])
    for part, data in page.parts:
        for at in range(0, len(data), _CHUNK):
            await bench.intake.write(page.capture_id, part.sha256, at, data[at : at + _CHUNK])
    bench.store.vault.set_state(page.capture_id, "kept")
    bench.store.vault.set_final(page.capture_id)


def keep_visit(bench: Bench, page: Page) -> None:
    """Hash the files of the visit, put them in place and enter them."""
    view = bench.store.vault.capture(page.capture_id)
    bench.visitor._keep(view, page.visit, [])


def sealed(bench: Bench, page: Page) -> None:
    """Do all that the workflow does with a capture, in its order."""
    asyncio.run(take_in(bench, page))
    keep_parts(bench.store, page.capture_id)
    sheets.draw_viewport_sheet(bench.store, page.capture_id)
    bench.sealer.seal(page.capture_id, "S0")
    read.read_order(bench.store, page.capture_id)
    sheets.stitch_page(bench.store, page.capture_id)
    keep_visit(bench, page)
    bench.archivist.write(page.capture_id)
    bench.sealer.seal(page.capture_id, "S1")
    bench.store.vault.set_state(page.capture_id, "sealed")


def _tops(size: Size) -> range:
    return range(0, size.strips * HEIGHT, HEIGHT)


def _picture(chance: random.Random, size: Size) -> Image.Image:
    """Draw a page: lines of text, and photographs that no compression makes small."""
    font = cjk_font()
    face = ImageFont.truetype(font[0], 16, index=font[1]) if font else None
    page = Image.new("RGB", (WIDTH, HEIGHT * size.strips), (255, 255, 255))
    pen = ImageDraw.Draw(page)
    for y in range(0, page.height, LINE):
        pen.text((40, y), f"第 {y} 行 {chance.random()} 请在规定时间内确认收货", "black", font=face)
    for text, (x, y, width, height) in _BOXES.items():
        pen.rectangle((x, y, x + width, y + height), "white")
        pen.text((x, y), text, "black", font=face)
    for number in range(size.photographs):
        photograph = Image.frombytes("RGB", (60, 60), chance.randbytes(60 * 60 * 3))
        y = HEIGHT // 2 + number * (page.height - HEIGHT) // max(size.photographs, 1)
        page.paste(photograph.resize((400, 400), Image.Resampling.BICUBIC), (800, y))
    return page


def _visit(
    capture_id: str, at: datetime, whole: Image.Image, html: bytes, photographs: list[bytes],
    size: Size, folder: Path,
) -> Visit:  # fmt: skip
    page = _png(whole)
    caption = sheet.Caption(URL, "订单详情", at, "Asia/Shanghai", "witness", capture_id)
    exchanges = list(_exchanges(at, html, photographs, size))
    about = archive.About("kazheng/bench", "Bench/1", {})
    warc = folder / f"{capture_id}-witness-network.warc.gz"
    archive.write_warc(warc, exchanges, about)
    made: list[tuple[Role, str, str, bytes]] = [
        ("witness/page", "witness-page.png", "image/png", page),
        ("witness/sheet", "witness-sheet.png", "image/png", sheet.compose(page, caption)),
        ("witness/html", "witness-page.html", "text/html", html),
        ("witness/mhtml", "witness-page.mhtml", "multipart/related", _mhtml(html, photographs)),
        ("witness/text", "witness-text.txt", "text/plain", _TEXT.encode()),
        ("witness/har", "witness-network.har", "application/json",
         archive.har(exchanges, about, "订单详情")),
    ]  # fmt: skip
    files = [Produced("witness/warc", "witness-network.warc.gz", "application/warc", warc)]
    for role, name, kind, data in made:
        path = folder / f"{capture_id}-{name}"
        path.write_bytes(data)
        files.append(Produced(role, name, kind, path))
    return Visit(
        final_url=URL, status=200, title="订单详情", started_at=at, finished_at=at,
        session="not_lent", peer=None, certificate_sha256=None, files=tuple(files), missing=(),
        notes=(),
    )  # fmt: skip


def _exchanges(
    at: datetime, html: bytes, photographs: list[bytes], size: Size
) -> Iterator[Exchange]:
    plain = Exchange("0", 0, URL, "GET", "Document", at, status=200, body=html)
    yield replace(plain, headers=[("Content-Type", "text/html")])
    bodies = [*photographs, *([random.Random(size.film).randbytes(size.film)] * bool(size.film))]
    for number, body in enumerate(bodies, 1):
        yield replace(
            plain, request_id=str(number), url=f"https://shop.example/photograph/{number}.jpg",
            kind="Image", headers=[("Content-Type", "image/jpeg")], body=body,
        )  # fmt: skip


def _html(size: Size) -> str:
    lines = "".join(f"<p>第 {n} 行 请在规定时间内确认收货</p>" for n in range(100 * size.strips))
    images = "".join(
        f'<img src="https://shop.example/photograph/{n + 1}.jpg">' for n in range(size.photographs)
    )
    said = "".join(f"<p>{line}</p>" for line in _TEXT.splitlines())
    return f'<!doctype html><meta charset="utf-8"><title>订单详情</title>{said}{images}{lines}'


def _mhtml(html: bytes, photographs: list[bytes]) -> bytes:
    found = [("text/html; charset=utf-8", URL, html)]
    found += [
        ("image/jpeg", f"https://shop.example/photograph/{n}.jpg", data)
        for n, data in enumerate(photographs, 1)
    ]
    out = [f'Snapshot-Content-Location: {URL}\r\nContent-Type: multipart/related; boundary="b"\r\n']
    out += [
        f"\r\n--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Location: {url}\r\n\r\n{base64.encodebytes(data).decode()}"
        for kind, url, data in found
    ]
    return ("".join(out) + "\r\n--b--\r\n").encode()


def _context() -> bytes:
    rectangles = [
        {
            "x": x,
            "y": y,
            "width": width,
            "height": height,
            "text": text,
            "selector": f"html > body > p:nth-of-type({_line_of(text)})",
        }
        for text, (x, y, width, height) in _BOXES.items()
    ]
    page: dict[str, Any] = {
        "text_rectangles": rectangles, "text_rectangles_cut": False, "scroll": {"x": 0, "y": 0},
        "viewport": {"width": WIDTH, "height": HEIGHT, "scale": 1}, "timezone": "Asia/Shanghai",
    }  # fmt: skip
    return json.dumps({"page": page}).encode()


def _line_of(words: str) -> int:
    return next(n for n, line in enumerate(_TEXT.splitlines(), 1) if words in line)


def _part(role: Role, kind: str, data: bytes) -> tuple[Part, bytes]:
    sha256 = hashlib.sha256(data).hexdigest()
    return Part(role=role, sha256=sha256, size=len(data), media_type=kind), data


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
