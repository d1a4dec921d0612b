"""Pair labels and values by where they stand on the page: right on the row, or below."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from helper.evidence.labelled import announces, is_label

Rectangle = tuple[float, float, float, float]
"""x, y, width, height in CSS pixels."""
_FARTHEST_RIGHT: Final = 300
_FARTHEST_BELOW: Final = 40
_STEP: Final = 8
"""Pixels of a band: rectangles are looked up by the bands that they cross."""
_MOST_BANDS: Final = 64
_TOUCH: Final = 2
"""Pixels that neighbours may overlap."""

_Bands = dict[int, list[tuple[float, int]]]
"""For each band where the rectangles that cross it begin, in order, and which they are."""


def pairs(known: Sequence[tuple[Rectangle, str]]) -> Iterator[tuple[str, str]]:
    """Yield the text of each label of something private with the text that is its value."""
    labels = [index for index, (_, text) in enumerate(known) if announces(text)]
    if not labels:
        return
    rows = _bands([(box[1], box[3], box[0]) for box, _ in known])
    columns = _bands([(box[0], box[2], box[1]) for box, _ in known])
    for index in labels:
        (x, y, width, height), label = known[index]
        right = _next(rows, y + height / 2, x + width, _FARTHEST_RIGHT, index)
        if right is not None and not is_label(known[right][1]):
            yield label, known[right][1]
            continue
        below = _next(columns, x + min(width, 2 * _STEP) / 2, y + height, _FARTHEST_BELOW, index)
        if below is not None:
            yield label, known[below][1]


def _bands(spans: Sequence[tuple[float, float, float]]) -> _Bands:
    """Sort rectangles, given as start and length across and where they begin along."""
    found: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for index, (start, length, begin) in enumerate(spans):
        first = int(start // _STEP)
        last = int((start + length) // _STEP)
        for band in range(first, min(last, first + _MOST_BANDS) + 1):
            found[band].append((begin, index))
    return {band: sorted(items) for band, items in found.items()}


def _next(bands: _Bands, across: float, after: float, farthest: float, own: int) -> int | None:
    """Return the nearest rectangle that begins after a place, in the band of that place."""
    items = bands.get(int(across // _STEP), [])
    place = bisect_left(items, (after - _TOUCH, -1))
    while place < len(items) and items[place][1] == own:
        place += 1
    return items[place][1] if place < len(items) and items[place][0] <= after + farthest else None
