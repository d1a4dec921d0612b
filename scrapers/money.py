"""Read amounts of money as shops print them; what is not clearly one amount is None."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from scrapers.text import fold

_CURRENCIES = {
    "¥": "CNY", "元": "CNY", "cny": "CNY", "rmb": "CNY", "人民币": "CNY", "块": "CNY",
    "圆": "CNY", "cn¥": "CNY", "$": "USD", "us$": "USD", "usd": "USD", "美元": "USD",
    "hk$": "HKD", "hkd": "HKD", "港币": "HKD", "港元": "HKD", "nt$": "TWD", "twd": "TWD",
    "新台币": "TWD", "usdt": "USDT", "€": "EUR", "eur": "EUR",
}  # fmt: skip
CURRENCIES = frozenset(_CURRENCIES.values())
_MARK = "|".join(sorted(map(re.escape, _CURRENCIES), key=len, reverse=True))
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,8})?"
_AMOUNT = re.compile(
    rf"(?P<sign>[-+\u2212])?\s*(?P<before>{_MARK})?\s*(?P<inner>[-\u2212])?\s*"
    rf"(?P<number>{_NUMBER})\s*(?P<unit>万|亿)?\s*(?:(?P<after>{_MARK})(?!\s*\d))?",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?<=\S)\s*\([^()]*\)$")
_GLUED = re.compile(r"[\d.,:/\-A-Za-z]")
_GLUED_AFTER = re.compile(r"[\d/\-A-Za-z]|[.,:]\d|\s\d")
_NO_PRICE = re.compile(r"\d\s*[~～]\s*[¥$]?\d|[元块]\s*\d|\d\s*角|\d\s*[×x*]\s*\d|\d\s*元?\s*/|满")
_UNITS = {"万": 10_000, "亿": 100_000_000}
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Amount:
    """An amount; `currency` is the ISO 4217 code (or USDT) if the text names one."""

    value: Decimal
    currency: str | None


def money(text: str) -> Amount | None:
    """Read the one amount that `text` is or names; None when there is none or more than one.

    A bare number must be the whole text; beside other words an amount needs its currency.
    """
    plain = _REMARK.sub("", fold(text))
    if len(plain) > 200:  # a price is short; a paragraph is not a price
        return None
    if _NO_PRICE.search(plain):  # a range, a product, jiao, a price a piece, a condition
        return None
    whole = _AMOUNT.fullmatch(plain)
    if whole:
        return _amount(whole)
    marked = [
        match
        for match in _AMOUNT.finditer(plain)
        if (match["before"] or match["after"]) and not _is_glued(plain, match)
    ]
    return _amount(marked[0]) if len(marked) == 1 else None


def normal(value: Decimal) -> Decimal:
    """Return `value` with at least two decimals and no zeros beyond them: 31.6 → 31.60."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return short if isinstance(exponent, int) and exponent < -2 else value.quantize(_CENT)


def _is_glued(text: str, match: re.Match[str]) -> bool:
    before = text[match.start() - 1 : match.start()] if match.start() else ""
    after = text[match.end() : match.end() + 2]
    return bool(_GLUED.match(before) and not match["before"]) or bool(
        _GLUED_AFTER.match(after) and not match["after"]
    )


def _amount(match: re.Match[str]) -> Amount | None:
    before, after = (
        match[name] and _CURRENCIES[match[name].lower()] for name in ("before", "after")
    )
    if before and after and before != after:
        return None
    value = Decimal(match["number"].replace(",", "")) * _UNITS.get(match["unit"] or "", 1)
    negative = match["sign"] in {"-", "\u2212"} or bool(match["inner"])
    return Amount(normal(-value if negative else value), before or after)
