"""The 证据册 as a reader gets it: the text and the places of its pages."""

import hashlib
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from helper.evidence.book import BookError, Happening
from helper.model import (
    Exhibit,
    Missing,
)
from scrapers.record import OrderRecord, Source
from tests.evidence.shelf import INSTALLATION, NOON, Shelf, picture


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


def test_what_the_reader_doubts_names_the_field_in_words(shelf: Shelf):
    order = OrderRecord(order_no="A1", warnings=("json_disagrees:payment.paid_at",))
    shelf.add(("seen/sheet", "seen-sheet.png", picture()), order=order)
    text = "".join(shelf.make().pages)
    assert "不一致。(付款时间)" in text
    assert "payment.paid_at" not in text


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
    assert "本案没有保存网页，因此没有采集环境的记录" in book.text
    assert "本案没有保存网页，因此没有可以对照的内容" in book.text


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


def test_the_course_names_the_exhibit_that_shows_it_or_the_submitters_word(shelf: Shelf):
    page = shelf.add(("seen/sheet", "sheet.png", picture()))
    book = shelf.make(course=[
        Happening("2026-03-01 20:00", "付款 9.90 元", "page", page),
        Happening("2026-03-02", "客服答应退款", "own"),
    ])  # fmt: skip
    [course] = [text for text in book.pages if "客服答应退款" in text]
    assert "付款9.90元页面所示证据1" in course
    assert "2026-03-02客服答应退款提交人所述" in course
    assert book.outside() == []
    assert "经过" not in shelf.make("plain.pdf").text


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
