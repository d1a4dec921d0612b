"""Compare the visible text of a page with that of the second visit, line by line. Pure, bounded.

Times that tick (a clock, a countdown, "3 分钟前") differ between any two visits: a line in which
nothing else differs, and that by no more than the time between the visits, is listed apart, with
the reason. Codes (card codes, passwords) are masked in what is shown, never in what is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from helper.model import TextChange, TextComparison
from scrapers.text import mask_text

MOST_CHARACTERS: Final = 2_000_000
MOST_SHOWN: Final = 20
_LINE = 200
_MOST_MATCHED = 300
"""Lines that may be matched in order; the time for that grows with their square at least."""
_SLACK_SECONDS = 10.0
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_UNITS = {
    "天": 86400, "日": 86400, "小时": 3600, "时": 3600, "分钟": 60, "分": 60, "秒钟": 1, "秒": 1,
    "days": 86400, "day": 86400, "hours": 3600, "hour": 3600, "minutes": 60, "minute": 60,
    "min": 60, "seconds": 1, "second": 1, "sec": 1,
}  # fmt: skip
_UNIT = r"\d{1,4}\s*(?:天|日|小时|时|分钟|分|秒钟|秒|(?:days?|hours?|minutes?|min|seconds?|sec)\b)"
_TIME = re.compile(rf"(?<![\d:])\d{{1,3}}:\d\d(?::\d\d)?(?![\d:])|(?:{_UNIT}\s*)+")
_PART = re.compile(r"(\d{1,4})\s*([^\d\s]+)")
_SECRET_LINE = re.compile(
    r"卡密|卡号|密码|口令|兑换码|激活码|充值码|序列号|password|passwd|pwd|secret|\bpin\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-]*")
_HARMLESS = re.compile(r"\d{1,11}|\d{4}-\d\d-\d\d(T\d\d)?|[A-Za-z]{1,24}")


class _Line(NamedTuple):
    """A line with its number; secret if it, or the label in the line before, names a code."""

    number: int
    text: str
    secret: bool


def compare(
    seen: str | None, witness: str | None, *, seconds: float, readable: Collection[str] = ()
) -> TextComparison:
    """Compare two texts; `seconds` lie between them, `readable` words (order numbers) are shown."""
    if seen is None or witness is None:
        return TextComparison(state="not_compared", reason="no_text")
    if max(len(seen), len(witness)) > MOST_CHARACTERS:
        return TextComparison(state="not_compared", reason="text_too_long")
    changes: list[TextChange] = []
    ignored: list[TextChange] = []
    counts: Counter[bool] = Counter()
    for mine, other in _pairs(_lines(seen), _lines(witness)):
        ticking = mine is not None and other is not None and ticks(mine.text, other.text, seconds)
        counts[ticking] += 1
        kept = ignored if ticking else changes
        if len(kept) < MOST_SHOWN:
            kept.append(_change(mine, other, frozenset(readable), ticking=ticking))
    return TextComparison(
        state="differs" if changes else "same",
        changed=counts[False],
        changes=tuple(changes),
        explained=counts[True],
        ignored=tuple(ignored),
    )


def ticks(seen: str, witness: str, seconds: float) -> bool:
    """Tell whether two lines differ in times alone, by no more than the time between them."""
    if _TIME.sub("\0", seen) != _TIME.sub("\0", witness):
        return False
    pairs = zip(_TIME.findall(seen), _TIME.findall(witness), strict=True)
    return all(_near(mine, other, abs(seconds) + _SLACK_SECONDS) for mine, other in pairs)


def _near(mine: str, other: str, most: float) -> bool:
    if ":" in mine and ":" in other:
        first, second = ([int(part) for part in one.split(":")] for one in (mine, other))
        if len(first) != len(second):
            return False
        apart = abs(_clock(first) - _clock(second))
        if len(first) == 3:
            return apart <= most
        return apart <= most + 60 or apart / 60 <= most  # 12:30 o'clock, or 12 minutes 30
    return ":" not in mine + other and abs(_duration(mine) - _duration(other)) <= most


def _clock(parts: Sequence[int]) -> int:
    hours, minutes, seconds = (*parts, 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def _duration(text: str) -> int:
    return sum(int(number) * _UNITS.get(unit.lower(), 0) for number, unit in _PART.findall(text))


def _lines(text: str) -> list[_Line]:
    """Return the lines that show something, white space made one."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    lines: list[_Line] = []
    labelled = False
    for number, line in enumerate(plain.split("\n"), 1):
        squeezed = " ".join(line.split())
        if squeezed:
            named = bool(_SECRET_LINE.search(squeezed))
            lines.append(_Line(number, squeezed, named or labelled))
            labelled = named
    return lines


def _pairs(seen: list[_Line], witness: list[_Line]) -> Iterator[tuple[_Line | None, _Line | None]]:
    """Yield the lines that differ: what became of a line, or one that only one side has."""
    start = 0
    while start < min(len(seen), len(witness)) and seen[start].text == witness[start].text:
        start += 1
    end = 0
    while (
        end < min(len(seen), len(witness)) - start and seen[-1 - end].text == witness[-1 - end].text
    ):
        end += 1
    mine, other = seen[start : len(seen) - end], witness[start : len(witness) - end]
    if max(len(mine), len(other)) > _MOST_MATCHED:
        yield from _unordered(mine, other)
        return
    matcher = SequenceMatcher(
        None, [line.text for line in mine], [line.text for line in other], autojunk=False
    )
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind != "equal":
            yield from _side_by_side(mine[left:left_end], other[right:right_end])


def _side_by_side(
    mine: list[_Line], other: list[_Line]
) -> Iterator[tuple[_Line | None, _Line | None]]:
    for place in range(max(len(mine), len(other))):
        yield (
            mine[place] if place < len(mine) else None,
            other[place] if place < len(other) else None,
        )


def _unordered(
    mine: list[_Line], other: list[_Line]
) -> Iterator[tuple[_Line | None, _Line | None]]:
    """Yield the lines that one side has more often, where order would cost too much."""
    for lines, others, is_mine in ((mine, other, True), (other, mine, False)):
        left = Counter(line.text for line in others)
        for line in lines:
            left[line.text] -= 1
            if left[line.text] < 0:
                yield (line, None) if is_mine else (None, line)


def _change(
    mine: _Line | None, other: _Line | None, readable: frozenset[str], *, ticking: bool
) -> TextChange:
    state = "only_witness" if mine is None else "only_seen" if other is None else "changed"
    return TextChange.model_validate(
        {
            "state": state,
            "seen": mine and _shown(mine, readable),
            "witness": other and _shown(other, readable),
            "seen_line": mine and mine.number,
            "witness_line": other and other.number,
            "reason": "ticking_time" if ticking else None,
        }
    )


def _shown(line: _Line, readable: Collection[str]) -> str:
    """Return a line as it may be shown: what can be a code is masked, the end cut."""
    text = _masked(line, readable)
    return text if len(text) <= _LINE else text[: _LINE - 1] + "…"


def without_codes(said: str, readable: Collection[str] = ()) -> str:
    """Return a text in which whatever can be a code is masked; for texts that must hide one."""
    return "\n".join(_masked(line, readable) for line in _lines(said))


def _masked(line: _Line, readable: Collection[str]) -> str:
    def masked(match: re.Match[str]) -> str:
        word = match.group()
        if word in readable or (not line.secret and _HARMLESS.fullmatch(word)):
            return word
        return mask_text(word)

    return _WORD.sub(masked, line.text)
