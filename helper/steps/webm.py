"""When the pictures of a WebM file are shown: as much of Matroska (RFC 9559) as that needs."""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap
from typing import Final

_INSIDE: Final = frozenset({0x18538067, 0x1549A966, 0x1F43B675, 0xA0})
"""Segment, Info, Cluster, BlockGroup: read through, whatever size they say they have."""
_SCALE: Final = 0x2AD7B1
_CLUSTER_TIME: Final = 0xE7
_BLOCKS: Final = frozenset({0xA3, 0xA1})
_NANOSECONDS: Final = 1_000_000
"""Of a tick, where the file does not say (RFC 9559, 5.1.2.9)."""
_LONGEST: Final = 8


def pictures(data: bytes | mmap) -> Iterator[tuple[int, float]]:
    """Yield where each picture ends in the bytes and at which second of the film it is shown.

    What a cut file or another kind of file holds is read as far as it goes.
    """
    at, scale, cluster = 0, _NANOSECONDS, 0
    while (name := _number(data, at)) and (size := _number(data, name[1])):
        at = size[1]
        if name[0] in _INSIDE:
            continue
        end = at + (size[0] & ((1 << 7 * (size[1] - name[1])) - 1))
        if end > len(data):
            return
        if name[0] == _SCALE:
            scale = int.from_bytes(data[at:end])
        elif name[0] == _CLUSTER_TIME:
            cluster = int.from_bytes(data[at:end])
        elif name[0] in _BLOCKS and (track := _number(data, at)):
            ticks = cluster + int.from_bytes(data[track[1] : track[1] + 2], signed=True)
            yield end, ticks * scale / 1e9
        at = end


def _number(data: bytes | mmap, at: int) -> tuple[int, int] | None:
    """Return a number with its marker bit (RFC 8794, 4) and where it ends; None if it is cut."""
    first = data[at : at + 1]
    length = 9 - first[0].bit_length() if first else _LONGEST + 1
    number = data[at : at + length]
    return (int.from_bytes(number), at + length) if len(number) == length <= _LONGEST else None
