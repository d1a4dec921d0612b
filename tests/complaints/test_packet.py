"""The packet for a form in the phone: blocks, their QR codes, pictures in order."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.complaints.drafts.packet import CODE_BYTES, Block, packet, parts
from helper.errors import NotFoundError
from helper.model import Draft
from scrapers.record import OrderRecord
from tests.complaints.conftest import artifact, capture, case_of

Make = Callable[..., Draft]


@given(st.text(max_size=900), st.integers(4, 200))
def test_parts_joined_are_the_text_and_each_fits(text: str, most: int) -> None:
    found = parts(text, most)
    assert "".join(found) == text
    assert all(0 < len(part.encode()) <= most for part in found)


@pytest.mark.parametrize("mark", ["\n", "。", "，"])
def test_a_part_ends_after_a_line_or_sentence(mark: str) -> None:
    first, *_ = parts(f"{'字' * 150}{mark}{'字' * 150}")
    assert first == f"{'字' * 150}{mark}"


def test_a_long_line_is_cut_where_the_code_is_full() -> None:
    assert [len(part.encode()) for part in parts("字" * 300)] == [CODE_BYTES, 234]


@pytest.fixture
def draft(full: OrderRecord, draft_for: Make) -> Draft:
    kept = capture(full)
    bill = artifact("attachment", "1", label="账单")
    return draft_for(case_of(full, kept.model_copy(update={"artifacts": (*kept.artifacts, bill)})))


def texts(blocks: tuple[Block, ...]) -> dict[str, str]:
    return {one.key: one.text for one in blocks}


def test_blocks_are_what_the_boxes_of_the_phone_ask_for(draft: Draft) -> None:
    found = packet(draft)
    assert texts(found.blocks) == {
        "title": draft.title,
        "text": draft.text,
        "demand": draft.fields["demand"],
        "order_no": "WZ20261120142251617",
        "trade_no": "42000202611201423",
        "amount": "98.00",
    }
    assert [one.name for one in found.blocks][:2] == ["标题", "正文"]
    assert all("".join(one.parts) == one.text for one in found.blocks)
    assert found.part("title", 1) == draft.title


def test_what_is_not_known_is_no_block(draft: Draft) -> None:
    fields = {name: text for name, text in draft.fields.items() if name != "trade_no"}
    assert "trade_no" not in texts(packet(draft.model_copy(update={"fields": fields})).blocks)


def test_pictures_stand_in_the_order_of_upload_and_what_is_none_is_named(draft: Draft) -> None:
    found = packet(draft)
    assert [one.name for one in found.files] == [
        "证据1-订单页截图.png", "证据2-订单页再次访问时的浏览器窗口截图.png", "证据4-账单.png",
    ]  # fmt: skip
    assert any("证据3-订单页再次访问时的 PDF.pdf" in remark for remark in found.remarks)


def test_unknown_limits_of_pictures_are_said(draft: Draft) -> None:
    assert any("没有查到" in remark for remark in packet(draft).remarks)
    assert any("could not be found" in remark for remark in packet(draft, language="en").remarks)


def test_limits_that_the_user_knows_take_the_first_pictures_and_name_the_rest(draft: Draft) -> None:
    limits = {"merchant_platform.files": 1, "merchant_platform.file_bytes": 5000, "alipay": 9}
    found = packet(draft, limits=limits)
    assert [one.name for one in found.files] == ["证据1-订单页截图.png"]
    assert found.file_bytes == 5000
    assert any("证据2" in remark and "证据4" in remark for remark in found.remarks)
    assert not any("没有查到" in remark for remark in found.remarks)


def test_a_public_packet_is_covered_and_has_no_numbers_and_no_pictures(draft: Draft) -> None:
    public = draft.model_copy(update={"channel": "heimao", "text": f"{draft.text}\n卡密 AB12-CD34"})
    found = packet(public, cover=lambda said: said.replace("AB12-CD34", "████"))
    assert set(texts(found.blocks)) == {"title", "text", "demand", "amount"}
    said = texts(found.blocks)["text"]
    assert "AB12" not in said
    assert "98.00 元" in said
    assert found.files == ()
    assert any("遮盖" in remark for remark in found.remarks)


def test_a_public_packet_that_nobody_covers_has_no_text(draft: Draft) -> None:
    found = packet(draft.model_copy(update={"channel": "heimao"}))
    assert set(texts(found.blocks)) == {"amount"}


@pytest.mark.parametrize(("key", "number"), [("title", 0), ("title", 2), ("none", 1)])
def test_a_code_that_is_not_there_is_named(draft: Draft, key: str, number: int) -> None:
    with pytest.raises(NotFoundError):
        packet(draft).part(key, number)
