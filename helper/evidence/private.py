"""What a redacted copy must not show: card codes, contact data, account names."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from helper.evidence import labelled, spans
from helper.evidence.spans import Span
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
    r"(?<![A-Za-z0-9_.%+-])[A-Za-z0-9_.%+-]++@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    r"(?<=QQ)(?:号码?[:：\s]*|(?:[ \t]*+[:：])?+\s*+)\d{5,12}(?!\d)",
    r"(?<=微信)(?:号码?[:：\s]*|[ \t]*[:：][ \t]*)[A-Za-z][A-Za-z0-9_-]{5,19}",
    r"(?<=/home/)[^/\\\s\"]+|(?<=/Users/)[^/\\\s\"]+|(?<=\\Users\\)[^/\\\s\"]+",
)
"""Linear in the text: where a run may be long, it is entered at its start and never given back."""
_PATTERN = re.compile("|".join(_PATTERNS), re.IGNORECASE)
_IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_NAME = re.compile(r"[\u4e00-\u9fff·]{1,3}")
"""A person's name so short that it may be a part of a title."""
_NUMBER = re.compile(r"[0-9A-Za-z_-]{18,}")
_MOST_VALUES = 500
"""Labelled values that are looked for: each of them is one more try at every place of a text."""
_MOST_PASSES = 5


class Private:
    """Covers values and patterns; `lost` is how much must be covered that is not looked for.

    Lost are card codes that an order names and no text shows, and labelled values beyond a bound:
    what may show them cannot be masked. `facts` of the order keep a short name readable that is a
    part of them, and a number that only looks like one of an identity card; nothing else.
    """

    def __init__(
        self, values: Iterable[str], *, facts: Collection[str] = (), lost: int = 0
    ) -> None:
        known = {value for value in map(squeeze, values) if _can_be_covered(value)}
        names = {value for value in known if _NAME.fullmatch(value)}
        kept = [fact for fact in facts if any(name in fact and name != fact for name in names)]
        self._values = _any_of(known - names)
        self._names = _any_of(names)
        self._facts = _any_of(kept, _words)
        self._numbers = _any_of(filter(_NUMBER.fullmatch, facts), _whole)
        self.lost = lost

    def count(self, said: str) -> int:
        """Return how many places of a text show something."""
        return len(self._places(said))

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes show something, in an address too."""
        said = data.decode("utf-8", "replace")
        return bool(self.count(said) or self.count(unquote(said)))

    def clean(self, said: str) -> str:
        """Return a text with everything covered; one that shows it only when decoded, whole."""
        for _ in range(_MOST_PASSES):  # what stood against a covered value may show only now
            places = self._places(said)
            if not places:
                return COVER if "%" in said and self.count(unquote(said)) else said
            said = spans.covered(said, places, COVER)
        return COVER

    def _places(self, said: str) -> list[Span]:
        """Return what to cover, in order: facts never reach into what is surely private."""
        numbers = _found(self._numbers, said)
        cards = (match.span() for match in _IDENTITY.finditer(said))
        surely = spans.joined(
            [
                *_found(self._values, said),
                *(match.span() for match in _PATTERN.finditer(said)),
                *spans.outside(numbers, cards),
            ]
        )
        names = _found(self._names, said)
        if not names:
            return surely
        facts = [fact for fact in _found(self._facts, said) if not spans.meets(surely, fact)]
        return spans.joined([*surely, *spans.outside(facts, names)])

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


def find(orders: Iterable[OrderRecord], texts: Iterable[str], told: Iterable[str] = ()) -> Private:
    """Gather what orders name and what pages label; card codes are found by hash or mask.

    `told` are phone numbers and names of people that the user gave; facts stay readable.
    """
    certain: set[str] = set()
    labels: set[str] = set()
    facts: set[str] = set()
    wanted: dict[str, str] = {}
    for order in orders:
        facts |= _facts(order)
        named = (order.recharge_account, order.buyer_contact, order.seller.contact)
        certain |= {value for value in named if value}
        wanted |= {secret.sha256: secret.masked for secret in order.delivery.secrets}
    certain |= {value for value in told if squeeze(value) not in facts}
    found: set[str] = set()
    shapes = {code for masked in wanted.values() for code in masked.split() if _telling(code)}
    for text in texts:
        labels |= {value for value in map(squeeze, labelled.values(text)) if value not in facts}
        labels |= {code for code in _CODE.findall(text) if mask_text(code) in shapes}
        for line in candidates(text):
            digest = hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()
            if digest in wanted:
                found.add(digest)
                certain |= {line, *_CODE.findall(line)}
    guessed = sorted(filter(_can_be_covered, labels - certain), key=lambda v: (-len(v), v))
    lost = len(wanted.keys() - found) + len(guessed[_MOST_VALUES:])
    return Private({*certain, *guessed[:_MOST_VALUES]}, facts=facts, lost=lost)


def _facts(order: OrderRecord) -> set[str]:
    """Return the words of an order that must stay readable."""
    said = (
        order.order_no, order.status_text, order.amount, order.seller.name, order.platform.name,
        order.payment.trade_no, order.payment.method_text, order.delivery.promised_text,
        *(text for item in order.items for text in (item.title, item.sku)),
    )  # fmt: skip
    words = (squeeze(str(text)) for text in said if text is not None)
    return {word for word in words if len(word) > 1}


def candidates(text: str) -> Iterator[str]:
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


def _whole(number: str) -> str:
    """Spell a number that is no piece of a longer word."""
    return rf"(?<![0-9A-Za-z_]){_words(number)}(?![0-9A-Za-z_])"


def _any_of(values: Iterable[str], spell: Callable[[str], str] = _spelled) -> re.Pattern[str]:
    """Return what finds the longest value at each place, also inside the one before it."""
    starts: defaultdict[str, list[str]] = defaultdict(list)
    for value in sorted(values, key=len, reverse=True):
        start = value[0].lower()  # of İ that is two characters
        starts[start if len(start) == 1 else value[0]].append(spell(value))
    same = (f"(?={re.escape(start)})(?:{'|'.join(kept)})" for start, kept in starts.items())
    return re.compile(f"(?=({'|'.join(same) or '(?!)'}))", re.IGNORECASE)


def _found(pattern: re.Pattern[str], said: str) -> list[Span]:
    return [match.span(1) for match in pattern.finditer(said)]
