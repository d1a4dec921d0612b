"""How values are written."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from helper.complaints.wording import clean, moment, money, quoted, shorten


def test_times_are_china_time_to_the_minute() -> None:
    assert moment(datetime(2026, 11, 20, 17, 5, 59, tzinfo=UTC)) == "2026-11-21 01:05"
    assert moment(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01 08:05"
    assert moment(datetime(9999, 12, 31, 23, 0, tzinfo=UTC)) == "9999-12-31 23:00"


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("98.00", "CNY", "98.00 元"),
        ("31.6", "rmb", "31.6 元"),
        ("1E+3", "CNY", "1000 元"),
        ("5", "USDT", "5 USDT"),
        ("5", None, "5"),
    ],
)
def test_money_keeps_its_digits(value: str, currency: str | None, text: str) -> None:
    assert money(Decimal(value), currency) == text


def test_unseen_characters_never_join_figures() -> None:
    assert clean("1\u200b2\n3\u202e4") == "1 2 3 4"
    assert clean(None) == ""


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("订单金额 98.00 元", 20, "订单金额 98.00 元"),
        ("订单金额 98.00 元", 9, "订单金额…"),
        ("商品980枚", 5, "商品…"),
        ("一二三四五", 4, "一二三…"),
        ("12345", 3, "…"),
        ("abc", 0, ""),
    ],
)
def test_shortening_never_cuts_a_figure(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_quoted_text_stays_inside_its_quotes() -> None:
    assert quoted("他说“好”。") == "他说‘好’"
