"""What a page said before and what it says now, line by line, with the characters that changed.

Pure and bounded. The texts are compared as they are shown: card codes are covered in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

from scrapers.record import Frozen

MOST_LINES: Final = 2_000
"""Of a text, after what is the same at its start and end; more are not matched in order."""
_MOST_PAIRS: Final = 10_000
"""Of equal lines, or characters of two lines, that are weighed against each other: matching takes
their number once for each block that it finds."""
_MOST_WORK: Final = 200_000
"""Of such pairs of characters in all lines together; what comes after is marked as a whole."""
_ALIKE: Final = 0.4
"""From here on a line is the other one changed; below it is another line."""
_AROUND: Final = 3
Kind = Literal["equal", "removed", "added", "skipped"]


class Part(Frozen):
    """A piece of a line; `changed`: the other text has not these characters here."""

    text: str
    changed: bool = False


class Line(Frozen):
    """A line of either text, or with `skipped` so many that are the same in both and not shown.

    `before` and `after` are its numbers in the two texts, from 1. A line that changed stands here
    twice, as removed and as added, with its characters marked.
    """

    kind: Kind
    parts: tuple[Part, ...] = ()
    before: int | None = None
    after: int | None = None
    skipped: int = 0


class TextChanges(Frozen):
    """How a text differs from an earlier one; `reason` is a code (`library.changes.<reason>`).

    `ordered` is false where the texts were too long to match line by line in order: then the lines
    are listed that only one of them has.
    """

    state: Literal["same", "differs", "not_compared"]
    reason: str | None = None
    removed: int = 0
    added: int = 0
    ordered: bool = True
    lines: tuple[Line, ...] = ()


def changes(before: str, after: str) -> TextChanges:
    """Compare two texts; an empty one was not kept and is compared with nothing."""
    mine, other = before.splitlines(), after.splitlines()
    if not mine or not other:
        return TextChanges(state="not_compared", reason="no_text")
    start = 0
    while start < min(len(mine), len(other)) and mine[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(mine), len(other)) - start and mine[-1 - end] == other[-1 - end]:
        end += 1
    rest, new = mine[start : len(mine) - end], other[start : len(other) - end]
    ordered = max(len(rest), len(new)) <= MOST_LINES and _pairs(rest, new) <= _MOST_PAIRS
    found = list(_matched(rest, new, start) if ordered else _unordered(rest, new, start))
    kinds = Counter(line.kind for line in found)
    head = [_equal(text, number, number) for number, text in enumerate(mine[:start], 1)]
    tail = [
        _equal(text, len(mine) - end + number, len(other) - end + number)
        for number, text in enumerate(mine[len(mine) - end :], 1)
    ]
    return TextChanges(
        state="differs" if kinds["removed"] or kinds["added"] else "same",
        removed=kinds["removed"],
        added=kinds["added"],
        ordered=ordered,
        lines=tuple(_shortened([*head, *found, *tail])),
    )


def _matched(mine: Sequence[str], other: Sequence[str], start: int) -> Iterator[Line]:
    marker = _Marker()
    matcher = SequenceMatcher(None, mine, other, autojunk=False)
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            for number in range(left_end - left):
                before, after = left + number, right + number
                yield _equal(mine[before], start + before + 1, start + after + 1)
            continue
        for number in range(max(left_end - left, right_end - right)):
            old = left + number if left + number < left_end else None
            new = right + number if right + number < right_end else None
            was: tuple[Part, ...] = (Part(text=mine[old]),) if old is not None else ()
            became: tuple[Part, ...] = (Part(text=other[new]),) if new is not None else ()
            if old is not None and new is not None:
                was, became = marker.marked(mine[old], other[new]) or (was, became)
            if old is not None:
                yield Line(kind="removed", parts=was, before=start + old + 1)
            if new is not None:
                yield Line(kind="added", parts=became, after=start + new + 1)


class _Marker:
    """Marks the characters that changed in lines that are alike, as long as that is cheap."""

    def __init__(self) -> None:
        self._left = _MOST_WORK

    def marked(self, old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
        """Return both lines in parts, None where one is not the other changed."""
        first = _common(old, new)
        last = _common(old[first:][::-1], new[first:][::-1])
        inner = old[first : len(old) - last], new[first : len(new) - last]
        same, parts = self._inside(*inner)
        if 2 * (first + last + same) < _ALIKE * (len(old) + len(new)):
            return None
        before, after = (
            (
                *_part(text[:first], changed=False),
                *middle,
                *_part(text[len(text) - last :], changed=False),
            )
            for text, middle in zip((old, new), parts, strict=True)
        )
        return before, after

    def _inside(self, old: str, new: str) -> tuple[int, tuple[list[Part], list[Part]]]:
        """Return how many characters the middles of two lines share, and both in parts."""
        work = _pairs(old, new)
        if work > min(_MOST_PAIRS, self._left):
            return 0, (_part(old, changed=True), _part(new, changed=True))
        self._left -= work
        same, before, after = 0, [], []
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for kind, left, left_end, right, right_end in matcher.get_opcodes():
            changed = kind != "equal"
            same += 0 if changed else left_end - left
            before += _part(old[left:left_end], changed=changed)
            after += _part(new[right:right_end], changed=changed)
        return same, (before, after)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    alike = (number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(alike, min(len(one), len(other)))


def _part(text: str, *, changed: bool) -> list[Part]:
    return [Part(text=text, changed=changed)] if text else []


def _pairs(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many pairs of equal members two sequences have."""
    counts = Counter(other)
    return sum(number * counts[member] for member, number in Counter(one).items())


def _unordered(mine: Sequence[str], other: Sequence[str], start: int) -> Iterator[Line]:
    """Yield the lines that one text has more often, where order would cost too much."""
    kinds: tuple[tuple[Kind, Sequence[str], Sequence[str]], ...] = (
        ("removed", mine, other), ("added", other, mine),
    )  # fmt: skip
    for kind, lines, others in kinds:
        left = Counter(others)
        for number, text in enumerate(lines, start + 1):
            left[text] -= 1
            if left[text] < 0:
                place = {"before" if kind == "removed" else "after": number}
                yield Line.model_validate({"kind": kind, "parts": [{"text": text}], **place})


def _equal(text: str, before: int, after: int) -> Line:
    return Line(kind="equal", parts=(Part(text=text),), before=before, after=after)


def _shortened(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield what changed with some lines around it, and how many are left out between."""
    near: set[int] = set()
    for place, line in enumerate(lines):
        if line.kind != "equal":
            near.update(range(place - _AROUND, place + _AROUND + 1))
    skipped = 0
    for place, line in enumerate(lines):
        if place in near:
            if skipped:
                yield Line(kind="skipped", skipped=skipped)
            skipped = 0
            yield line
        else:
            skipped += 1
    if skipped:
        yield Line(kind="skipped", skipped=skipped)
