from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.money import Amount, money, normal

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
MARKS = [("¥{}", "CNY"), ("￥ {}", "CNY"), ("{}元", "CNY"), ("{} CNY", "CNY"), ("RMB {}", "CNY"),
         ("¥{}元", "CNY"), ("${}", "USD"), ("{} USDT", "USDT"), ("{}", None)]  # fmt: skip


@given(AMOUNTS, st.sampled_from(MARKS), st.booleans())
def test_what_is_printed_is_read(value: Decimal, mark: tuple[str, str | None], comma: bool) -> None:
    text = mark[0].format(f"{value:,f}" if comma else f"{value:f}")
    assert money(text) == Amount(normal(value), mark[1])


FULL_WIDTH = str.maketrans("0123456789,.¥", "０１２３４５６７８９，．￥")


@given(AMOUNTS)
def test_full_width_forms_are_read(value: Decimal) -> None:
    printed = f"¥{value:,f}".translate(FULL_WIDTH)
    assert money(printed) == Amount(normal(value), "CNY")
    assert money(printed.replace("．", ".")) == Amount(normal(value), "CNY")


@given(st.decimals(min_value=0, max_value=9999, places=4, allow_nan=False))
def test_ten_thousands_are_counted(value: Decimal) -> None:
    assert money(f"{value:f}万") == Amount(normal(value * 10_000), None)
    assert money(f"￥{value:f} 万元") == Amount(normal(value * 10_000), "CNY")


@given(AMOUNTS, st.sampled_from(["，原路退回", "。", "；已退", "（已退）", " 元"]))
def test_an_amount_ends_where_its_sentence_goes_on(value: Decimal, rest: str) -> None:
    assert money(f"退款金额 ¥{value:f}{rest}") == Amount(normal(value), "CNY")


@given(AMOUNTS)
def test_dropped_zeros_change_nothing(value: Decimal) -> None:
    read = money(f"¥{value.normalize():f}")
    assert read is not None
    assert format(read.value, "f") == format(value, "f")


@given(st.text(max_size=300))
def test_any_text_is_an_amount_or_none(text: str) -> None:
    read = money(text)
    assert read is None or read.value.is_finite()


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1136.000元", "1136.00", "CNY"),
        ("￥１，２３４.50", "1234.50", "CNY"),
        ("¥31.6", "31.60", "CNY"),
        ("258.00 CNY", "258.00", "CNY"),
        ("1.2万", "12000.00", None),
        ("-¥5.00", "-5.00", "CNY"),
        ("¥-5.00", "-5.00", "CNY"),
        ("１２.５０元", "12.50", "CNY"),
        ("￥ 1,288.00 元", "1288.00", "CNY"),
        ("实付 ¥9.90", "9.90", "CNY"),
        ("¥9.90（含运费¥0.00）", "9.90", "CNY"),
        ("0.125 USDT", "0.125", "USDT"),
    ],
)
def test_forms_of_shops(text: str, value: str, currency: str | None) -> None:
    read = money(text)
    assert read is not None
    assert (format(read.value, "f"), read.currency) == (value, currency)


@pytest.mark.parametrize(
    "text",
    ["", "-", "免费", "¥", "1,2,3", "12,34元", "2026-08-18", "14:23:05", "¥10 ¥20", "10 20",
     "¥5 USD", "约10", "1e5", "10%", "192.168.1.1", "13800001111号"],
)  # fmt: skip
def test_what_is_not_one_amount_is_none(text: str) -> None:
    assert money(text) is None
