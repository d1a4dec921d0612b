"""The visible text of two visits compared: what is shown, what ticks, what is masked, bounds."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.evidence.text_difference import MOST_CHARACTERS, MOST_SHOWN, compare, ticks

PAGE = "订单详情\n\n订单号 KZ20240102\n状态\t待发货\n金额 ¥ 12.50\n客服在线\n"


def test_the_same_text_is_the_same_whatever_its_white_space() -> None:
    found = compare(PAGE, PAGE.replace("\t", "   ").replace("\n", " \u200b\n\n"), seconds=3)
    assert (found.state, found.changed, found.changes) == ("same", 0, ())


def test_a_changed_line_is_shown_from_both_sides_with_its_numbers() -> None:
    found = compare(PAGE.replace("待发货", "已发货"), "横幅\n" + PAGE, seconds=3)
    assert found.state == "differs"
    assert found.changed == 2
    assert [(c.state, c.seen, c.witness, c.seen_line, c.witness_line) for c in found.changes] == [
        ("only_witness", None, "横幅", None, 1),
        ("changed", "状态 已发货", "状态 待发货", 4, 5),
    ]


def test_a_line_of_one_side_only() -> None:
    found = compare(PAGE + "店主承诺退款\n", PAGE, seconds=3)
    assert [(c.state, c.seen, c.seen_line) for c in found.changes] == [
        ("only_seen", "店主承诺退款", 7)
    ]


@pytest.mark.parametrize(
    ("seen", "witness"),
    [
        ("现在 12:00:01", "现在 12:00:06"),
        ("剩余 00:29:58", "剩余 00:29:50"),
        ("剩余 29:58", "剩余 29:50"),
        ("时间 12:59", "时间 13:00"),
        ("还剩 1小时 02分 03秒", "还剩 1小时 01分 58秒"),
        ("58 秒前", "1 分钟前"),
        ("updated 8 seconds ago", "updated 12 seconds ago"),
        ("2026-01-02 12:00:01 登录", "2026-01-02 12:00:06 登录"),
    ],
)
def test_a_time_that_ticks_is_told_apart(seen: str, witness: str) -> None:
    found = compare(f"{PAGE}{seen}", f"{PAGE}{witness}", seconds=5)
    assert (found.state, found.changed, found.explained) == ("same", 0, 1)
    assert found.ignored[0].reason == "ticking_time"
    assert (found.ignored[0].seen, found.ignored[0].witness) == (seen, witness)


@pytest.mark.parametrize(
    ("seen", "witness"),
    [
        ("付款时间 10:00:01", "付款时间 12:00:06"),
        ("付款时间 2026-01-01 12:00:01", "付款时间 2026-01-02 12:00:06"),
        ("超过 48小时 未发货", "超过 24小时 未发货"),
        ("金额 12.50", "金额 12.51"),
        ("数量 3", "数量 4"),
        ("12:00:01 已付款", "12:00:06 未付款"),
        ("01:02:03", "62:03"),
        ("等待 3 分钟", "等待 03:00"),
    ],
)
def test_a_time_that_was_changed_is_a_difference(seen: str, witness: str) -> None:
    assert compare(seen, witness, seconds=5).state == "differs"


def test_hours_later_a_clock_has_moved_by_hours() -> None:
    assert ticks("现在 12:00:01", "现在 15:00:01", 3 * 3600)
    assert not ticks("现在 12:00:01", "现在 15:00:01", 5)


def test_codes_are_masked_wherever_they_stand() -> None:
    seen = "卡号 AB12CD34 密码 hunter2\n密码\nsesame\nXK9F-22LM-8QRT\n金额 12.50 元 2026-01-02\n"
    found = compare(seen, "", seconds=1)
    shown = "\n".join(change.seen or "" for change in found.changes)
    for secret in ("AB12CD34", "hunter2", "sesame", "XK9F-22LM", "8QRT"):
        assert secret not in shown
    assert "金额 12.50 元 2026-01-02" in shown


def test_the_number_of_the_order_stays_readable() -> None:
    found = compare("订单号 KZ20240102", "", seconds=1, readable={"KZ20240102"})
    assert found.changes[0].seen == "订单号 KZ20240102"


def test_what_is_listed_is_bounded_and_all_is_counted() -> None:
    lines = "\n".join(f"第 {n} 行 {'很长' * 500}" for n in range(900))
    found = compare(lines, PAGE, seconds=1)
    assert found.changed == 900 + 5
    assert len(found.changes) == MOST_SHOWN
    assert all(len(change.seen or "") <= 200 for change in found.changes)


def test_text_that_is_missing_or_too_long_is_not_compared() -> None:
    assert compare(None, PAGE, seconds=1).reason == "no_text"
    long = "x" * (MOST_CHARACTERS + 1)
    assert compare(PAGE, long, seconds=1).reason == "text_too_long"


def test_hostile_repetition_ends() -> None:
    chance = random.Random(7)
    for symbols, count in (("ab", 300), ("abc", 300), ("ab", 40_000)):
        mine, other = (
            "\n".join(chance.choice(symbols) for _ in range(count)) for _ in ("seen", "witness")
        )
        assert compare(mine, other, seconds=1).state == "differs"
    digits = "1:" * 300_000
    assert compare(digits, digits + "1", seconds=1).state == "differs"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_are_compared(seen: str, witness: str) -> None:
    found = compare(seen, witness, seconds=2)
    assert (found.state == "same") == (found.changed == 0)
    assert compare(seen, seen, seconds=2).state == "same"
