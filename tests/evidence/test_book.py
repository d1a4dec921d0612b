"""The 证据册 as a reader gets it: the text and the places of its pages."""

import hashlib
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw

from helper.capture.fonts import cjk_font
from helper.evidence.book import BookError, make_book
from helper.model import Artifact, CaptureMeta, Exhibit, Missing
from scrapers.record import OrderRecord, Source

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
        plain = {"font": cjk_font(), "installation": INSTALLATION, "created_at": NOON}
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


@pytest.fixture
def shelf(empty) -> Shelf:
    return Shelf(empty)


def test_the_cover_names_case_order_installation_and_time(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    book = shelf.make()
    case = shelf.case.catalogue.cases()[0]
    for words in ("证据册", case.case_id, "A1", "shop.example", INSTALLATION, "2026-03-0120:00:00"):
        assert words in book.pages[0]


def test_the_list_tells_number_address_time_page_and_hash_of_each_exhibit(shelf: Shelf):
    data = picture()
    shelf.add(("seen/sheet", "seen-sheet.png", data))
    listing = shelf.make().pages[1]
    digest = hashlib.sha256(data).hexdigest()
    for words in ("证据1", "https://shop.example/order/A1", "2026-03-0120:00:00+08:00", digest):
        assert words in listing


def test_page_numbers_of_the_list_are_those_of_the_pages(shelf: Shelf):
    for number in range(40):
        shelf.add(
            ("seen/sheet", "seen-sheet.png", picture(500 + number)),
            clicked_at=NOON + timedelta(minutes=number), url=f"https://shop.example/{'a' * 150}",
        )  # fmt: skip
    book = shelf.make()
    starts = book.starts()
    assert set(starts) == {f"证据{number}" for number in range(1, 41)}
    front = min(starts.values()) - 1
    assert front > 3  # the list itself runs over several pages
    outline = {
        mark.get_title().split()[0]: mark.get_dest().get_index() + 1
        for mark in book.document.get_toc()
        if mark.get_title().startswith("证据") and mark.get_title()[2].isdigit()
    }
    assert outline == starts
    total = len(book.pages)
    assert all(f"第{n}页/共{total}页" in text for n, text in enumerate(book.pages, 1))
    rows = "".join(book.pages[1:front])
    for name, page in starts.items():
        row = rows.partition(f"{name}用户所见")[2]
        assert re.search(rf"{page}[0-9a-f]", row[:900]), (name, page)


def test_what_drafts_cite_keeps_its_number(shelf: Shelf):
    first = shelf.add(("seen/sheet", "seen-sheet.png", picture(400)))
    later = picture(600)
    second = shelf.add(
        ("seen/sheet", "seen-sheet.png", later), clicked_at=NOON + timedelta(hours=1)
    )
    cited = Exhibit(
        number=1, label="证据1 订单页截图", name="seen-sheet.png", role="seen/sheet",
        capture_id=second, sha256=hashlib.sha256(later).hexdigest(), media_type="image/png",
        bytes=len(later),
    )  # fmt: skip
    book = shelf.make(cited=[cited])
    pages = book.starts()
    assert second in book.pages[pages["证据1"] - 1]
    assert "订单页截图" in book.pages[pages["证据1"] - 1]
    assert first in book.pages[pages["证据2"] - 1]


def test_a_tall_picture_goes_over_several_pages_and_no_row_is_lost(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-page-sheet.png", picture(9000)))
    book = shelf.make()
    ranges = [(int(a), int(b)) for a, b in re.findall(r"原图第(\d+)–(\d+)行，共9000行", book.text)]
    assert len(ranges) > 3
    assert ranges[0][0] == 1
    assert ranges[-1][1] == 9000
    assert all(one[1] + 1 == two[0] for one, two in pairwise(ranges))
    assert book.outside() == []


@pytest.mark.parametrize("length", [300, 2_900, 30_000])
def test_a_long_address_is_wrapped_inside_the_page(shelf: Shelf, length: int):
    url = "https://shop.example/?q=" + "abc123" * (length // 6)
    shelf.add(("seen/sheet", "seen-sheet.png", picture()), url=url)
    book = shelf.make()
    assert book.outside() == []
    if length < 3_000:
        assert url in book.text
    else:
        assert f"网址共{len(url)}个字符" in book.text
        assert hashlib.sha256(url.encode()).hexdigest() in book.text


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "订单\u202e3202 שלום \u0627\u0644",
        "a\x00b\x07c\x1b[31m\r\nd",
        "很长的标题" * 400,
        ") Tj ET /Catalog << >> endobj \\",
        "😀",
        "",
    ],
)
def test_a_hostile_title_is_only_text(shelf: Shelf, title: str):
    shelf.add(("seen/sheet", "seen-sheet.png", picture()), title=title)
    book = shelf.make()
    assert book.outside() == []
    assert not re.search(r"[\u202e\x00\x07\x1b\u05e9]", book.text)
    assert set(book.starts()) == {"证据1"}


def test_what_cannot_be_drawn_is_shown_by_its_number(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-sheet.png", picture()), title="a\u202eb 😀")
    assert r"a\u202Eb\U0001F600" in shelf.make().text


def test_the_order_stands_with_its_sources(shelf: Shelf):
    order = OrderRecord(
        order_no="A1", amount="98.00",
        sources={"amount": Source(artifact="seen/html", selector="#sum", text="￥98.00")},
    )  # fmt: skip
    shelf.add(("seen/sheet", "seen-sheet.png", picture()), order=order)
    book = shelf.make()
    page = book.pages[book.starts()["证据2"] - 1]
    for words in ("金额", "98.00", "“￥98.00”", "seen/html#sum"):
        assert words in page


def test_a_file_of_the_user_is_marked_as_brought(shelf: Shelf):
    shelf.add(
        ("attachment", "attachment-chat.txt", "客服：稍等\n".encode() * 3),
        url="", title="chat.txt", extra={"origin": "brought"},
    )  # fmt: skip
    book = shelf.make()
    page = book.pages[book.starts()["证据1"] - 1]
    for words in ("由用户自行提供", "客服：稍等", "付款记录", "文件名"):
        assert words in page
    assert "用户自行提供的文件1份" in book.pages[0]


@pytest.mark.parametrize("data", [b"", b"not a picture", picture()[:300]])
def test_a_picture_that_cannot_be_decoded_is_told(shelf: Shelf, data: bytes):
    shelf.add(("seen/sheet", "seen-sheet.png", data))
    assert "无法解码" in shelf.make().text


def test_what_was_not_captured_stands_with_its_reason(shelf: Shelf):
    missing = [
        Missing(role="witness", reason="post"),
        Missing(role="x", reason="odd", detail="why"),
    ]
    shelf.add(missing=missing)
    book = shelf.make()
    assert "再次访问可能重复提交" in book.text
    assert "oddwhy" in book.text
    assert "没有可列的证据" in book.text


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (b'[{"key":"clock","state":"warning","value":"600 s","text":"x"}]', "警告x600s"),
        (b'{"lines":[{"key":"dns","state":"ok","value":{"a":[1,2]},"text":null}]}', "正常dnsa:1,2"),
        (b'{"browser":{"version":"150"}}', "browser.version150"),
        (b"[[[", "环境记录无法读取"),
    ],
)
def test_any_shape_of_the_environment_is_read(shelf: Shelf, environment: bytes, words: str):
    shelf.add(("environment", "environment.json", environment))
    assert words in shelf.make().text


def test_the_seals_and_the_honest_limits_are_printed(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    book = shelf.make(signature="本册签名附有甲机构的时间戳")
    seal = shelf.case.ledger.entries()[0]
    for words in (seal.manifest, seal.signature, "本册签名附有甲机构的时间戳"):
        assert words in book.text
    for words in (
        "不具有不可否认性",
        "不是中立第三方",
        "同一台计算机",
        "不是《电子签名法》所称的可靠电子签名",
    ):
        assert words in book.text


def test_only_what_is_sealed_is_an_exhibit(shelf: Shelf):
    uuid = shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    late = shelf.file("witness/sheet", "witness-sheet.png", picture(300))
    shelf.case.catalogue.add_artifacts(uuid, [late])
    assert set(shelf.make().starts()) == {"证据1"}


def test_no_text_is_left_as_a_key(shelf: Shelf):
    shelf.add(
        *((role, f"{role.replace('/', '-')}.png", picture(300 + at)) for at, role in enumerate(
            ("seen/sheet", "seen/window", "witness/window", "witness/sheet", "witness/scroller"))),
        order=OrderRecord(order_no="A1"), missing=[Missing(role="witness/tls", reason="post")],
    )  # fmt: skip
    book = shelf.make()
    assert len(book.starts()) == 6
    assert not re.search(r"book\.\w+|\{\w+\}", book.text)


def test_the_same_case_gives_the_same_bytes(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    assert shelf.make("a.pdf").path.read_bytes() == shelf.make("b.pdf").path.read_bytes()


def test_without_a_chinese_font_there_is_no_book(shelf: Shelf, tmp_path: Path):
    shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    with pytest.raises(BookError, match="book_no_font"):
        shelf.make(font=None)
    damaged = tmp_path / "font.ttf"
    damaged.write_bytes(b"no font")
    with pytest.raises(BookError, match="book_no_font"):
        shelf.make(font=(damaged, 0))


def test_a_brought_file_tells_its_second_seal_and_a_stamp_that_never_came(shelf: Shelf):
    lacks = [
        Missing(role="seen", reason="brought_by_user"),
        Missing(role="timestamp/away", reason="no_stamp", detail="unreachable"),
    ]
    bill = ("attachment", "bill.txt", "付款".encode())
    uuid = shelf.add(bill, missing=lacks, url="", extra={"origin": "brought"})
    shelf.case.seal(uuid, "S2", url="")
    book = shelf.make()
    assert "#0用户提供时" in book.text
    assert "#1加入时间戳" in book.text
    assert "仍没有取得该机构的时间戳" in book.text
    assert "这是您自行提供的文件" not in book.text
    assert "另有1份文件由用户自行提供" in book.text
