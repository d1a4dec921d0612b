"""What a redacted copy must not show: card codes, contact data, account names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from helper.evidence import labelled
from scrapers.record import OrderRecord
from scrapers.text import mask_text, squeeze

COVER: Final = "████"
_FREE = 6
"""From this length a value is covered inside longer words too."""
_SHORTEST_NUMBER = 4
_JOINED_LINES = 3
_HAN = re.compile(r"[\u4e00-\u9fff·]{2,}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-_]{3,}")
_NUMBERED = re.compile(r"^(?:第?\d{1,3}[张条、.)）]\s*)(?=\S)")
_PATTERNS: Final = (
    r"(?:(?<!\d)|(?<=86))1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)",  # mobile number
    r"(?<![\d-])[(（]?0\d{2,3}[)） -]{1,2}\d{7,8}(?![\d-])",  # landline
    r"[A-Za-z0-9_.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])",
    r"(?<=QQ)(?:号码?[:：\s]*|[ \t]*[:：]?\s*)\d{5,12}(?!\d)",
    r"(?<=微信)(?:号码?[:：\s]*|[ \t]*[:：][ \t]*)[A-Za-z][A-Za-z0-9_-]{5,19}",
    r"(?<=/home/)[^/\\\s\"]+|(?<=/Users/)[^/\\\s\"]+|(?<=\\Users\\)[^/\\\s\"]+",
)


class Private:
    """Covers values and patterns; `lost` card codes were named by an order but found nowhere.

    `facts` of the order stay readable where a person's short name is a part of them.
    """

    def __init__(self, values: Iterable[str], *, facts: Iterable[str] = (), lost: int = 0) -> None:
        known = {value for value in map(squeeze, values) if _can_be_covered(value)}
        kept = sorted(known, key=len, reverse=True)
        long = [_spelled(value) for value in kept if not _HAN.fullmatch(value) or len(value) > 3]
        surely = re.compile("|".join([*long, *_PATTERNS[:3]]), re.IGNORECASE)
        plain = sorted((f for f in facts if not surely.search(f)), key=len, reverse=True)
        whole = [f"(?P<fact>{'|'.join(map(_words, plain))})"] if plain else []
        parts = [*whole, *map(_spelled, kept), *_PATTERNS]
        self._pattern = re.compile("|".join(parts), re.IGNORECASE)
        self.lost = lost

    def count(self, said: str) -> int:
        """Return how often a text shows something."""
        return sum(match.lastgroup is None for match in self._pattern.finditer(said))

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes show something, in an address too."""
        said = data.decode("utf-8", "replace")
        return bool(self.count(said) or self.count(unquote(said)))

    def clean(self, said: str) -> str:
        """Return a text with everything covered; one that shows it only when decoded, whole."""
        covered = self._pattern.sub(lambda m: COVER if m.lastgroup is None else m[0], said)
        return COVER if "%" in covered and self.count(unquote(covered)) else covered

    def clean_json(self, value: Any) -> Any:
        """Return JSON with everything covered; hashes of card codes go too."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, list):
            return [self.clean_json(item) for item in value]
        if isinstance(value, dict):
            secret = "masked" in value
            return {
                self.clean(key): None if secret and key == "sha256" else self.clean_json(item)
                for key, item in value.items()
            }
        if isinstance(value, int | float) and self.count(json.dumps(value)):
            return COVER
        return value


def find(orders: Iterable[OrderRecord], texts: Iterable[str]) -> Private:
    """Gather what orders name and what pages label; card codes are found by hash or mask."""
    values: set[str] = set()
    facts: set[str] = set()
    wanted: dict[str, str] = {}
    for order in orders:
        facts |= _facts(order)
        named = (order.recharge_account, order.buyer_contact, order.seller.contact)
        values |= {value for value in named if value}
        wanted |= {secret.sha256: secret.masked for secret in order.delivery.secrets}
    found: set[str] = set()
    shapes = {code for masked in wanted.values() for code in masked.split() if _telling(code)}
    for text in texts:
        values |= {value for value in labelled.values(text) if squeeze(value) not in facts}
        values |= {code for code in _CODE.findall(text) if mask_text(code) in shapes}
        for line in _candidates(text):
            digest = hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()
            if digest in wanted:
                found.add(digest)
                values |= {line, *_CODE.findall(line)}
    return Private(values, facts=facts, lost=len(wanted.keys() - found))


def _facts(order: OrderRecord) -> set[str]:
    """Return the words of an order that must stay readable."""
    said = (
        order.order_no, order.status_text, order.amount, order.seller.name, order.platform.name,
        order.payment.trade_no, order.payment.method_text, order.delivery.promised_text,
        *(text for item in order.items for text in (item.title, item.sku)),
    )  # fmt: skip
    words = (squeeze(str(text)) for text in said if text is not None)
    return {word for word in words if len(word) > 1}


def _candidates(text: str) -> Iterator[str]:
    """Yield what a reader of orders may have taken as a code.

    A line, up to three joined, without its number, what follows a label, a word.
    """
    lines = [line for line in (squeeze(line) for line in text.splitlines()) if line]
    for start in range(len(lines)):
        for length in range(1, _JOINED_LINES + 1):
            line = " ".join(lines[start : start + length])
            yield line
            yield _NUMBERED.sub("", line)
        yield from re.split(r"[:：\t ]", lines[start])
        yield from _CODE.findall(lines[start])
        yield squeeze(re.split(r"[:：]", lines[start], maxsplit=1)[-1])


def _telling(code: str) -> bool:
    return "****" in code and code != "****"


def _can_be_covered(value: str) -> bool:
    """Tell whether a value can be told from others: 12 may be a number of anything."""
    if value.isdigit():
        return len(value) >= _SHORTEST_NUMBER
    return len(value) > 1 or "\u4e00" <= value <= "\u9fff"


def _spelled(value: str) -> str:
    inner = _words(value)
    if value.isdigit():
        if len(value) >= _FREE:
            return rf"(?<!\d){inner}(?!\d)"
        return rf"(?<![0-9A-Za-z.:/¥￥$-]){inner}(?![0-9A-Za-z.:/%元年月日-])"
    if len(value) >= _FREE or _HAN.fullmatch(value):
        return inner
    if len(value) < 3:
        return rf"(?<![^\s:：，,（(]){inner}(?![^\s，,。！!、）)])"
    return rf"(?<![0-9A-Za-z]){inner}(?![0-9A-Za-z])"


def _words(value: str) -> str:
    return r"\s+".join(re.escape(part) for part in value.split())
