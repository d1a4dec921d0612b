"""Replace what a page says of people by invented text of the same shape; keep a shop's own words.

The rule is default deny: a word stays only if it is in the vocabulary, a number only if it is short
or an amount of money; everything else is replaced, known to be private or not. A replacement is
drawn from the case's name and the order of appearance, never from the value: it tells the value's
shape and nothing more, whatever values are tried.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from urllib.parse import quote, unquote

from scrapers.labels import meaning, split_labels
from scrapers.new.words import HAN_WORDS, LATIN_WORDS
from scrapers.status import is_status
from scrapers.text import is_placeholder

ANCHOR = date(2026, 8, 18)
"""The first date of a page becomes this one; all others keep their distance from it."""
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_INVENTED = "芒青柠薄荷星晨曦松枫杉鹭杏竹影琥珀溪岚霁澜枇杷茉莉桂樱梨橙椰榆栀荔"
_LONGEST = 12
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,6})"
_KEPT_NUMBER = (
    rf"[¥￥$][ \u00a0]*{_NUMBER}(?:\.\d{{1,3}})?(?![\d.])(?:\s*[万亿]?[元块])?|"
    rf"(?<![\d.]){_NUMBER}\.\d{{1,3}}(?![\d.])\s*[万亿]?[元块]?|"
    rf"(?<![\d.]){_NUMBER}\s*(?:[万亿]?[元块]|CNY|RMB|USDT)|"
    r"(?<![A-Za-z0-9])[xX×*]\s?\d{1,3}(?![A-Za-z0-9])"
)
_TIME = (
    r"(?<![0-9A-SU-Za-z:])\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d{1,3})?Z?)?(?![\w:])|"
    r"[时点]\d{1,2}分(?:\d{1,2}秒)?)"
)
_PARTS = re.compile(
    r"(?P<url>(?:https?:)?//[^\s\"'<>，。；]+)|"
    r"(?P<mail>[A-Za-z0-9_.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)|"
    r"(?P<date>(?<!\d)\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}(?!\d)(?: ?日|T(?=\d))?|"
    r"(?<![\d/])\d{1,2}/\d{1,2}/\d{4}(?![\d/])|(?<!\d)\d{1,2}月\d{1,2}日|"
    r"(?<![\d-])\d{2}-\d{2}(?=\s+\d{1,2}:\d{2}))|"
    r"(?P<phone>(?<!\d)1[3-9]\d{9}(?!\d))|"
    r"(?P<chain>(?<![\w.:/])\d{1,3}(?:\.\d{1,3}){2,}(?![\w.:/])|"
    r"(?<![\w.:/])\d{1,3}(?:[.:/_]\d{1,3}){3,}(?![\w.:/]))|"
    rf"(?P<time>{_TIME})|"
    rf"(?P<kept>{_KEPT_NUMBER})|"
    r"(?P<groups>(?<![A-Za-z0-9.])\d+(?:[ -]\d+)+(?![A-Za-z0-9.]))|"
    r"(?P<run>[A-Za-z0-9]+)|"
    rf"(?P<han>[{_HAN}]+)|"
    r"(?P<other>(?:(?![A-Za-z0-9_])\w)+)"
)  # fmt: skip
_LONE = re.compile(r"(?<![\w.:/-])\d+(?:\.\d+|(?<=\d\d))(?![\w.:/-])")
_TIMES = re.compile(r"[xX]\d{1,3}")
_HEX = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{6,}")
_MIN_JOINED = 6
_ATTEMPTS = 40
_LONGEST_FORCED = 60


@cache
def _is_word(text: str) -> bool:
    return len(text) > 1 and (text in HAN_WORDS or meaning(text) is not None or is_status(text))


def _labels(text: str) -> list[tuple[int, int]]:
    """Return where known labels stand in `text`, which may be of several words."""
    if meaning(text):
        return [(0, len(text))]
    known = [label for label in split_labels(text) if label.meaning]
    starts = [text.index(label.text, label.start) for label in known]
    return [(at, at + len(label.text)) for at, label in zip(starts, known, strict=True)]


@dataclass
class Pseudonyms:
    """The replacements of one page; `case` makes those of another page different."""

    case: str
    words: frozenset[str] = frozenset()
    """Words of this shop that stay: those that its platform file names."""
    replaced: dict[str, str] = field(default_factory=dict)
    """Every value that was replaced, in lower case, and its replacement."""
    taken: set[str] = field(default_factory=set)
    forced: set[str] = field(default_factory=set)
    """Short texts that are private all the same (a balance)."""
    shift: timedelta | None = None

    def clean(self, text: str, *, joined: bool = False) -> str:
        """Return `text` without anything that is not a word of shops or an amount.

        `joined`: digits stand right before or after it on the same line, so that a short number
        in it is a part of a long one.
        """
        cleaned, position = [], 0
        for start, end in _labels(text):
            cleaned += [self._cleaned(text[position:start], joined), text[start:end]]
            position = end
        return "".join([*cleaned, self._cleaned(text[position:], joined)])

    def _cleaned(self, text: str, joined: bool) -> str:
        return _PARTS.sub(lambda match: self._part(match, joined=joined), text)

    def force(self, value: str) -> None:
        """Replace the short numbers of a short value too, wherever they stand alone."""
        if len(value) > _LONGEST_FORCED:
            return
        self.forced |= set(_LONE.findall(value))

    def _part(self, match: re.Match[str], *, joined: bool) -> str:
        text = match.group()
        replace: dict[str, Callable[[str], str]] = {
            "url": self.address,
            "mail": lambda mail: f"{self.swap(mail.partition('@')[0])}@example.com",
            "date": self.day,
            "phone": self._phone,
            "time": str,
            "kept": self._amount,
            "chain": self.digits,
            "groups": lambda one: self.digits(one) if _count(one) >= _MIN_JOINED else one,
            "run": lambda run: run if self._stays(run, joined=joined) else self.swap(run),
            "han": lambda han: "".join(self._han(han)),
            "other": self.swap,
        }
        return replace[match.lastgroup or "other"](text)

    def digits(self, text: str) -> str:
        """Return `text` with every number in it replaced, however short."""
        return re.sub(r"\d+", lambda match: self.swap(match.group()), text)

    def _amount(self, text: str) -> str:
        return text if self.forced.isdisjoint(_LONE.findall(text)) else self.digits(text)

    def _phone(self, text: str) -> str:
        return self._draw(text, lambda salt: "138000" + _shaped("00000", salt))

    def _stays(self, run: str, *, joined: bool) -> bool:
        if run.isdigit():
            return len(run) <= 3 and not joined and run not in self.forced
        return (
            run.lower() in LATIN_WORDS
            or run in self.words
            or _is_word(run)
            or bool(_TIMES.fullmatch(run))
        )

    def _han(self, text: str) -> Iterator[str]:
        """Yield the words of shops as they are, and what stands between them replaced."""
        if is_placeholder(text):
            yield text
            return
        start = position = 0
        while position < len(text):
            ends = range(min(len(text), position + _LONGEST), position, -1)
            end = next((end for end in ends if self._is_kept(text[position:end])), 0)
            if end:
                yield self.swap(text[start:position])
                yield text[position:end]
                start = end
            position = end or position + 1
        yield self.swap(text[start:])

    def _is_kept(self, text: str) -> bool:
        return text in self.words or _is_word(text)

    def address(self, url: str, host: str = "shop.example.com") -> str:
        """Return an address on a host of nobody; every part of its path and query is cleaned."""
        head, _, query = url.partition("?")
        scheme = "https://" if "//" in head else ""
        path = head.partition("//")[2].partition("/")[2] if scheme else head
        path = "/" + path if scheme else path
        shown = quote(self.clean(unquote(path.partition("#")[0])), safe="/:@!$&'()*+,;=~")
        pairs = [pair.partition("=") for pair in query.partition("#")[0].split("&") if pair]
        cleaned = [
            self.clean(unquote(name)) + equals + quote(self.clean(unquote(value)), safe="")
            for name, equals, value in pairs
        ]
        return (
            f"{scheme}{host if scheme else ''}{shown}" + ("?" if cleaned else "")
            + "&".join(cleaned)
        )  # fmt: skip

    def day(self, text: str) -> str:
        """Return a date moved by the page's shift, in its own form; no date is a plain number."""
        numbers = re.findall(r"\d+", text)
        order: tuple[str, ...] = ("year", "month", "day")
        if len(numbers) == 2:
            order = ("month", "day")
        elif len(numbers[0]) < 4:
            order = ("month", "day", "year") if int(numbers[0]) <= 12 else ("day", "month", "year")
        said = {"year": ANCHOR.year, **dict(zip(order, map(int, numbers), strict=True))}
        try:
            moved = self.moved(date(said["year"], said["month"], said["day"]))
        except (ValueError, OverflowError):
            return self.digits(text)
        widths = iter(zip(order, map(len, numbers), strict=True))

        def written(_: re.Match[str]) -> str:
            name, width = next(widths)
            return f"{getattr(moved, name):0{width}d}"

        return re.sub(r"\d+", written, text)

    def moved(self, day: date) -> date:
        """Return a day moved as all days of the page are; the first one decides how far."""
        if self.shift is None:
            self.shift = ANCHOR - day
        return day + self.shift

    def swap(self, value: str) -> str:
        """Return the replacement of a value, the same one wherever it stands."""
        return self._draw(value, lambda salt: _shaped(value.lower(), salt)) if value else ""

    def _draw(self, value: str, make: Callable[[str], str]) -> str:
        key = value.lower()
        if key not in self.replaced:
            salt = f"{self.case}/{len(self.replaced)}"
            drawn = (make(f"{salt}/{attempt}") for attempt in range(_ATTEMPTS))
            last = ""
            for last in filter(key.__ne__, drawn):
                if last not in self.taken:
                    break
            self.replaced[key] = last
            self.taken.add(last)
        return _cased(self.replaced[key], value)


def _count(text: str) -> int:
    return sum(map(str.isdigit, text))


def _shaped(value: str, salt: str) -> str:
    """Draw a text with a letter for a letter, a digit for a digit; hexadecimal stays so."""
    letters = "abcdef" if _HEX.fullmatch(value) else string.ascii_lowercase
    bits = hashlib.shake_256(salt.encode()).digest(len(value))
    drawn = [_like(char, bit, letters) for char, bit in zip(value, bits, strict=True)]
    if value.isdigit() and value[0] != "0" and drawn[0] in "0０":
        drawn[0] = "1" if drawn[0] == "0" else "１"
    return "".join(drawn)


def _like(char: str, bit: int, letters: str) -> str:
    if char.isdigit():
        zero = ord("０") if char in "０１２３４５６７８９" else ord("0")
        return chr(zero + bit % 10)
    if char.isascii():
        return letters[bit % len(letters)]
    return _INVENTED[bit % len(_INVENTED)] if char >= "\u2e80" else letters[bit % len(letters)]


def _cased(text: str, like: str) -> str:
    """Return `text` in the case of `like`, letter by letter."""
    if len(text) != len(like):
        return text
    pairs = zip(text, like, strict=True)
    return "".join(char.upper() if model.isupper() else char for char, model in pairs)
