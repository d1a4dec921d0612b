"""Figures, times and dates that the case does not hold; no draft may contain one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from helper.complaints.lint.hit import Hit
from helper.complaints.lint.numerals import ARABIC, CHINESE, arabic, chinese, numbers

_WRITTEN_DATE = re.compile(
    r"(?P<year>\d{4})(?<!\d{5})(?:[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"
    r"|\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2}))"
)
_DAY: Final = re.compile(r"(?P<month>\d{1,2})(?<!\d{3})\s*月\s*(?P<day>\d{1,2})\s*[日号]")
_CHINESE_DAY: Final = re.compile(
    rf"(?:(?P<year>[〇零一二三四五六七八九]{{4}})年)?(?<![{CHINESE}])"
    r"(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})[日号]"
)
_TIME: Final = re.compile(r"(?P<hour>\d{1,2})(?<!\d{3})[:：](?P<minute>\d{2})(?!\d)")
_UNIT = (
    r"(?:万|亿)?元|块钱|倍|[日天](?!常|期|气|子|天)|个?小时|个?钟头|分钟|周(?!期|年|边|到)|个?星期(?!\s*[一二三四五六日天])"
    r"|个月|年(?!级|龄|度)|个?工作日"
)
_WORDED: Final = re.compile(
    rf"百分之(?P<percent>[{CHINESE}]+)"
    rf"|(?<![{CHINESE}第每几数上半近好多这前有同\d])(?P<count>[{CHINESE}]+)\s*(?:{_UNIT})"
)
_ONE: Final = re.compile(
    r"一\s*(?:倍|个?小时|个?钟头|元)|一\s*(?:[日天周年]|个月|个?工作日)(?:以|之)?内"
)
"""Of a bare 一 only these are figures: 有一天 and 一年到头 are not."""
_APART: Final = re.compile(
    r"证据\s*\d+(?:\s*[、至到-]\s*\d+(?!\d))*|〔\d{4}〕\s*第?\s*\d+\s*号"
    r"|(?<!\d)(?:12315|12377|12321|12300|12345|96110)(?!\d|\s*元)"
)
"""Numbers of exhibits, of documents and of public lines are names."""
_CUT: Final = re.compile(r"\s*[年月日号：:…]")
_FIGURE: Final = re.compile(rf"[\d年月日{CHINESE}]")
_STARTS: Final = re.compile(r"\s*(?:[\d年月日号]|$)")
_LONG: Final = 10
_ODD_SPACE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


@dataclass(frozen=True)
class Known:
    """All figures that a source supports: as written, by value, by day and by time of day.

    `parts` of days and times count only where a text cuts one off: 2026年11月….
    """

    digits: frozenset[str]
    values: frozenset[Decimal]
    days: frozenset[tuple[int, ...]]
    times: frozenset[tuple[int, int]]
    parts: frozenset[int]


def known(text: str) -> Known:
    """Return the figures of a text that holds all that is supported, one source a line.

    A source may have lines of its own: what may go on in the next one is read that way too.
    """
    lines = [line for line in text.split("\n") if _FIGURE.search(line) or not line.strip()]
    joined = "|".join(_going_on(lines))
    found: set[str | Decimal] = set()
    days: set[tuple[int, ...]] = set()
    times: set[tuple[int, int]] = set()
    for one in ("\n|\n".join(lines), _ODD_SPACE.sub(" ", joined)):
        rest = one
        for day, match in list(_days(one)):
            days |= {day, day[-2:]}
            rest = _blank(rest, match)
        for time, match in list(_times(one)):
            times.add(time)
            rest = _blank(rest, match)
        found.update(numbers(rest))
    return Known(
        digits=frozenset(one for one in found if isinstance(one, str)),
        values=frozenset(one for one in found if isinstance(one, Decimal)),
        days=frozenset(days),
        times=frozenset(times),
        parts=frozenset(part for moment in (*days, *times) for part in moment),
    )


def _going_on(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines that may be one date or number with what follows, joined: 2026年 / 11月."""
    run: list[str] = []
    for line, after in pairwise([*lines, "|"]):
        run.append(line)
        end = line.rstrip()[-1:]
        open_ended = end.isdigit() or end in {"年", "月"} or (run[1:] and not end)
        if not (open_ended and _STARTS.match(after)):
            if run[1:]:
                yield " ".join(run)
            run = []


def unsupported(text: str, sure: Known) -> Iterator[Hit]:
    """Yield the figures of a text that `sure` does not hold."""
    text = _APART.sub(" ", _ODD_SPACE.sub(" ", text))
    for day, match in list(_days(text)):
        if day not in sure.days:
            yield Hit("date", match[0])
        text = _blank(text, match)
    for time, match in list(_times(text)):
        if time not in sure.times:
            yield Hit("figure", match[0])
        text = _blank(text, match)
    for match in ARABIC.finditer(text):
        cut = _CUT.match(text, match.end()) and match[0].isdigit() and int(match[0]) in sure.parts
        if not cut and not _holds(sure, match[0]):
            yield Hit("figure", match[0])
    yield from _worded(text, sure)


def _holds(sure: Known, written: str) -> bool:
    """Tell whether a number is known; a long one is a number of something, not an amount."""
    if written in sure.digits:
        return True
    return len(written) < _LONG and arabic(written) in sure.values


def _worded(text: str, sure: Known) -> Iterator[Hit]:
    for match in _WORDED.finditer(text):
        numerals = match["percent"] or match["count"]
        value = chinese(numerals)
        bare = numerals == "一" and not match["percent"] and not _ONE.match(text, match.start())
        if value and not bare and Decimal(value) not in sure.values:
            yield Hit("figure", match[0])


def _days(text: str) -> Iterator[tuple[tuple[int, ...], re.Match[str]]]:
    """Yield (year, month, day) or (month, day), each place once."""
    taken: list[tuple[int, int]] = []
    for pattern in (_WRITTEN_DATE, _DAY, _CHINESE_DAY) if "月" in text else (_WRITTEN_DATE,):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other < end for other, other_end in taken):
                continue
            taken.append((start, end))
            parts = [match.groupdict().get(name) for name in ("year", "m", "d", "month", "day")]
            yield tuple(_whole(part) for part in parts if part), match


def _whole(numerals: str) -> int:
    return int(numerals) if numerals.isdigit() else chinese(numerals) or 0


def _times(text: str) -> Iterator[tuple[tuple[int, int], re.Match[str]]]:
    for match in _TIME.finditer(text):
        yield (int(match["hour"]), int(match["minute"])), match


def _blank(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]
