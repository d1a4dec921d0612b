"""The number of a complaint, found in the text of its page."""

import pytest

from helper.complaints.drafts.receipt import receipt_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("提交成功！投诉编号：TS202611221551037，请留意补正提醒", "TS202611221551037"),
        ("投诉编号\n\tTS-2026-0042\n状态 受理", "TS-2026-0042"),
        ("您的工单号是 88231。", "88231"),
        ("工单 #GD20261122-3 已创建", "GD20261122-3"),
        ("工单编号【LC0007781】", "LC0007781"),
        ("受理编号：３３０１２３４５", "33012345"),
        ("Ticket No. 55-1203 created", "55-1203"),
        ("Complaint number: AB12CD", "AB12CD"),
        ("订单号 WZ2026112014 投诉单号 TS9001", "TS9001"),
        ("工单状态 处理中 投诉编号 TS77", "TS77"),
        ("投诉\u200b编号：TS\u200b8801", "TS8801"),
    ],
)
def test_the_number_is_found(text: str, number: str) -> None:
    assert receipt_number(text, None) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "订单编号：WZ20261120142251617",
        "投诉编号：待生成",
        "投诉编号 提交时间 状态",
        "投诉编号：2026-11-22 15:51",
        "工单 ready",
        "客服工号 1024",
    ],
)
def test_what_is_no_complaint_number_is_not_taken(text: str) -> None:
    assert receipt_number(text, None) is None


def test_the_platforms_own_pattern_comes_first() -> None:
    text = "工单号：A1001 受理单：B2002"
    assert receipt_number(text, r"受理单：(\w+)") == "B2002"
    assert receipt_number(text, r"B\d+") == "B2002"


def test_a_pattern_that_finds_nothing_or_is_faulty_falls_back() -> None:
    assert receipt_number("工单号：A1001", r"受理单：(\w+)") == "A1001"
    assert receipt_number("工单号：A1001", r"(") == "A1001"


def test_a_huge_page_is_read_in_bounded_time() -> None:
    assert receipt_number("投诉编号" * 200_000, None) is None
