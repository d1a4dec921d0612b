"""How values of an order are written: exact figures, China time, quoted page text, short forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from helper.messages import Language, text

SHANGHAI = ZoneInfo("Asia/Shanghai")
_YUAN = frozenset({"CNY", "RMB"})
_JOINT = re.compile(r" (?=[，。；：、（]|$)")
_QUOTES = str.maketrans({"“": "‘", "”": "’"})


def clean(text: str | None) -> str:
    """Return page text as one plain line; what cannot be seen becomes a space, never a join."""
    if text is None:
        return ""
    if not text.isprintable():  # it holds what is of the categories C and Z, besides the space
        text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """Cut text to at most `limit` characters, ending in “…”, never inside a figure or a word."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end > 0 and _in_figure(text[end]) and _in_figure(text[end - 1]):
        end -= 1
    return (text[:end].rstrip() + "…")[:limit]


def leaves(value: Any) -> Iterator[str]:
    """Return all texts and numbers in plain data, unescaped; hashes are no figures."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "sha256":
                yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None:
        yield str(value)


def _in_figure(character: str) -> bool:
    return character.isdigit() or (character.isascii() and not character.isspace())


def quoted(text: str | None, limit: int = 60) -> str:
    """Return page text for use between “ and ”, without a full stop at its end."""
    return shorten(clean(text), limit).translate(_QUOTES).rstrip("。．.!！ ")


def tidy(text: str) -> str:
    """Return text without the space behind a number where no word follows it."""
    return _JOINT.sub("", text)


def moment(value: datetime) -> str:
    """Return a time as Asia/Shanghai `2026-11-20 14:23`."""
    try:
        local = value.astimezone(SHANGHAI)
    except OverflowError:  # year 1 or 9999: no local time exists, the given one is exact
        local = value
    return f"{local.year:04d}-{local:%m-%d %H:%M}"


def plain_money(value: Decimal) -> str:
    """Return an amount digit for digit as the order has it."""
    return format(value, "f")


def money(value: Decimal, currency: str | None, language: Language = "zh_CN") -> str:
    """Return an amount with its unit; without a currency on the page no unit is claimed."""
    return f"{plain_money(value)} {unit_name(currency, language)}".rstrip()


def unit_name(currency: str | None, language: Language = "zh_CN") -> str:
    """Return the unit of amounts in a currency."""
    name = clean(currency)
    if name.upper() in _YUAN:
        return "元" if language == "zh_CN" else "CNY"
    return name


def exhibits(numbers: Sequence[int], language: Language = "zh_CN") -> str:
    """Return `证据1、证据3`, in English `exhibit 1; exhibit 3`."""
    named = (text("proof.exhibit", language, number=number) for number in numbers)
    return text("proof.and", language).join(named)
