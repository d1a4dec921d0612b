"""Places of a text, as start and end: join them, compare them, cover them."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Span = tuple[int, int]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def outside(keepers: Sequence[Span], spans: Iterable[Span]) -> list[Span]:
    """Return the spans that lie wholly in no keeper."""
    far = list(accumulate((end for _, end in keepers), max))
    return [
        (start, end)
        for start, end in spans
        if not (at := bisect_right(keepers, (start, sys.maxsize))) or far[at - 1] < end
    ]


def meets(joined: Sequence[Span], span: Span) -> bool:
    """Tell whether a span overlaps one of some that lie in order and apart."""
    at = bisect_left(joined, (span[1], 0))
    return at > 0 and joined[at - 1][1] > span[0]


def covered(said: str, spans: Sequence[Span], cover: str) -> str:
    """Return a text with a cover for each of some spans that lie in order and apart."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(said)]
    return cover.join(said[a:b] for a, b in zip(ends, starts, strict=True))
