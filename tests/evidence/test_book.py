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
from pyhanko.pdf_utils.reader import PdfFileReader

from helper.capture.fonts import cjk_font
from helper.complaints.exhibits import numbered
from helper.evidence.book import BookError, make_book
from helper.evidence.corroborate import complete
from helper.evidence.pdf import Page, PdfWriter
from helper.evidence.pdf_font import Face
from helper.model import (
    Artifact,
    CaptureMeta,
    Corroboration,
    Exhibit,
    FieldComparison,
    Missing,
    PictureComparison,
    TextChange,
    TextComparison,
)
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
        row = rows.partition(f"{name}网页")[2] or rows.partition(f"{name}订单页")[2]
        assert re.search(rf"{page}[0-9a-f]", row[:900]), (name, page)


def test_an_exhibit_has_the_number_it_was_given(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-sheet.png", picture(400)))
    later = picture(600)
    second = shelf.add(
        ("seen/sheet", "seen-sheet.png", later), clicked_at=NOON + timedelta(hours=1)
    )
    cited = Exhibit(
        number=3, label="证据3 所寄出的订单页截图", name="seen-sheet.png", role="seen/sheet",
        capture_id=second, sha256=hashlib.sha256(later).hexdigest(), media_type="image/png",
        bytes=len(later),
    )  # fmt: skip
    book = shelf.make(exhibits=[cited])
    [(number, page)] = book.starts().items()
    assert number == "证据3"
    assert second in book.pages[page - 1]
    assert "证据3所寄出的订单页截图/seen-sheet.png" in book.pages[page - 1]


def test_a_page_file_is_not_said_to_show_a_picture(shelf: Shelf):
    shelf.add(("seen/html", "seen-html.html", b"<p>A1"))
    book = shelf.make()
    page = book.pages[book.starts()["证据1"] - 1]
    assert "如图" not in page
    assert "证据1网页文件HTML/seen-html.html" in page
    assert "网页的代码" in book.pages[1]


def test_the_pages_of_the_pdf_are_printed(shelf: Shelf):
    shelf.add(
        ("seen/sheet", "seen-sheet.png", picture()),
        ("witness/pdf", "witness-page.pdf", printed("订单号 A1 已发货", "第二页的文字")),
    )
    exhibits = numbered(shelf.case.catalogue.cases()[0], None)
    assert [one.role for one in exhibits] == ["seen/sheet"]  # no agreeing visit: not cited
    view = shelf.case.catalogue.cases()[0].captures[0]
    item = next(one for one in view.artifacts if one.role == "witness/pdf")
    cited = Exhibit(
        number=2, label="证据2 再次访问时的 PDF", capture_id=view.capture_id,
        **item.model_dump(include={"name", "role", "sha256", "media_type", "bytes"}),
    )  # fmt: skip
    book = shelf.make(exhibits=[*exhibits, cited])
    at = book.starts()["证据2"] - 1
    assert "订单号A1已发货" in book.pages[at]
    assert "第二页的文字" in "".join(book.pages[at : at + 2])
    assert "如图" not in book.pages[at]
    assert "原PDF第2页，共2页" in "".join(book.pages[at : at + 2])
    assert book.outside() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"%PDF-1.7 not one",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"/MediaBox [0 0", b"/MediaBox [9 9"[:14]).replace(
            b"595", b"-95"
        ),
        lambda data: data.replace(b"/FontFile", b"/FontF((("),
        lambda data: data.replace(b" 0 obj\n<< /Type /FontDescriptor", b" 0 obX\n<< /Type /Font"),
    ],
)
def test_a_damaged_pdf_is_named_with_its_place_and_harms_no_page(shelf: Shelf, damage):
    data = damage(printed("订单号 A1"))
    shelf.add(("witness/pdf", "witness-page.pdf", data))
    view = shelf.case.catalogue.cases()[0].captures[0]
    item = view.artifacts[0]
    cited = Exhibit(
        number=1, label="证据1 再次访问时的 PDF", capture_id=view.capture_id,
        **item.model_dump(include={"name", "role", "sha256", "media_type", "bytes"}),
    )  # fmt: skip
    book = shelf.make(exhibits=[cited])
    assert "未能逐页印入本册" in book.text
    assert "证据1再次访问时的PDF/witness-page.pdf" in book.text
    assert PdfFileReader(io.BytesIO(book.path.read_bytes())).root["/Pages"]["/Count"] > 3


def test_seen_and_second_visit_are_compared_in_words_and_tables(shelf: Shelf):
    uuid = shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    found = Corroboration(
        verdict="differs", reason="values_differ", session="lent", seen_at=NOON,
        witness_at=NOON + timedelta(seconds=75),
        fields=(
            FieldComparison(field="amount", seen="98.00", witness="89.00", state="differs"),
            FieldComparison(field="order_no", seen="A1", witness="A1", state="agree"),
        ),
    )  # fmt: skip
    change = TextChange(
        state="changed", seen="实付 98.00", witness="实付 89.00", seen_line=7, witness_line=8
    )
    whole = complete(
        found,
        TextComparison(state="differs", changed=3, changes=(change,)),
        PictureComparison(state="differs", share=0.042),
    )
    shelf.case.catalogue.put_corroboration(uuid, whole)
    book = shelf.make()
    page = next(text for text in book.pages if text.startswith("所见与再次访问的对照/"))
    for words in (
        re.sub(r"\s", "", whole.said["zh_CN"]), "金额98.0089.00不同", "订单号A1A1一致",
        "7/8实付98.00实付89.00", "另有2处", "4.2%", "2026-03-0120:01:15+08:00", "借出的登录状态",
    ):  # fmt: skip
        assert words in page
    assert book.outside() == []


def test_a_page_without_a_second_visit_says_so(shelf: Shelf):
    uuid = shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    assert "没有对照记录" in shelf.make().text
    none = Corroboration(verdict="no_witness", reason="post", seen_at=NOON)
    shelf.case.catalogue.put_corroboration(uuid, none)
    text = shelf.make("b.pdf").text
    assert "没有再次访问" in text
    assert "由提交表单而来" in text


def test_the_stage_partial_is_called_a_supplement(shelf: Shelf):
    uuid = shelf.add(("seen/sheet", "seen-sheet.png", picture()))
    shelf.case.seal(uuid, "partial")
    assert (
        "#1补充封存（此前各次封存之后取得的材料；程序中断后保留的部分也在此列）"
        in shelf.make().text
    )


def test_a_picture_stands_under_its_heading(shelf: Shelf):
    for number, height in enumerate((500, 1500, 2000, 9000)):
        shelf.add(
            ("seen/sheet", "seen-sheet.png", picture(height)),
            clicked_at=NOON + timedelta(minutes=number),
        )
    book = shelf.make()
    assert len(book.starts()) == 4
    for number, page in book.starts().items():
        assert re.search(rf"{number}·(原图|第1/)", book.pages[page - 1]), number


def test_a_tall_picture_goes_over_several_pages_and_no_row_is_lost(shelf: Shelf):
    shelf.add(("seen/sheet", "seen-page-sheet.png", picture(9000)))
    book = shelf.make()
    ranges = [(int(a), int(b)) for a, b in re.findall(r"原图第(\d+)–(\d+)行，共9000行", book.text)]
    assert len(ranges) > 3
    assert ranges[0][0] == 1
    assert ranges[-1][1] == 9000
    assert all(one[1] + 1 == two[0] for one, two in pairwise(ranges))
    assert book.outside() == []


@pytest.mark.parametrize("piece", ["abc123", "%E8%AE%A2%E5%8D%95"])
@pytest.mark.parametrize("length", [300, 2_900, 30_000])
def test_a_long_address_is_wrapped_inside_the_page(shelf: Shelf, length: int, piece: str):
    url = "https://shop.example/?q=" + piece * (length // len(piece))
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
