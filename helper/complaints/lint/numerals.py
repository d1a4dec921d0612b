"""Numbers as people write them: 1,234.50, 5万, 五百, 二〇二六, 百分之十."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

CHINESE: Final = "零〇一二两三四五六七八九十百千万亿"
ARABIC: Final = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[万亿]|千(?![克米瓦]))?"
)
_RUN = re.compile(f"[{CHINESE}]+")
_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_GROUPS: Final = {"万": 10_000, "亿": 100_000_000}
_UNITS: Final = {"千": 1000} | _GROUPS
_YEAR = 4


def arabic(text: str) -> Decimal:
    """Return the number that Arabic digits write, with 千, 万 or 亿 behind them."""
    unit = _UNITS.get(text[-1], 1)
    plain = text[:-1] if unit > 1 else text
    return Decimal(plain.replace(",", "")) * unit


def chinese(text: str) -> int | None:
    """Return the number that Chinese numerals write; None for 两三, which is about."""
    if all(char in _DIGITS for char in text):
        several = 1 < len(text) < _YEAR
        return None if several else int("".join(str(_DIGITS[char]) for char in text))
    total = group = digit = 0
    unit = 10
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit, unit = _DIGITS[char], unit if _DIGITS[char] else 1
        elif char in _TENS:
            unit = _TENS[char]
            group, digit = group + (digit or 1) * unit, 0
        else:
            total, group, digit = (total + group + digit) * _GROUPS[char], 0, 0
            unit = _GROUPS[char]
    return total + group + digit * (unit // 10 if digit and unit > 10 else 1)


def numbers(text: str) -> Iterator[str | Decimal]:
    """Yield the numbers of a text: digits as written, and values with and without 万."""
    for written in set(ARABIC.findall(text)):
        digits = written.rstrip("千万亿")
        yield digits
        yield arabic(digits)
        yield arabic(written)
    for numerals in set(_RUN.findall(text)):
        value = chinese(numerals)
        if value is not None:
            yield Decimal(value)
