"""What the 证据册 prints of a file, and of the comparison with the second visit."""

import io
import re
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from helper.complaints.exhibits import numbered
from helper.evidence.corroborate import complete
from helper.model import (
    Corroboration,
    Exhibit,
    FieldComparison,
    PictureComparison,
    TextChange,
    TextComparison,
)
from tests.evidence.shelf import NOON, Shelf, picture, printed


@pytest.fixture
def shelf(empty) -> Shelf:
    return Shelf(empty)


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


def test_an_order_of_an_older_form_is_named_with_its_place(shelf: Shelf):
    shelf.add(("order", "order.json", b'{"form": "old"}'))
    book = shelf.make()
    page = book.pages[book.starts()["证据1"] - 1]
    assert "/order.json" in page
    assert "{" not in book.text


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"%PDF-1.7 not one",
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
    assert "本册制作时没有对照记录" in shelf.make().text
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
