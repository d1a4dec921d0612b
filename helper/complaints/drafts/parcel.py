"""Plan which exhibits go into an upload, and what has to be made of them to fit; no I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, Literal

from helper.filling import Limits
from helper.model import Draft

Way = Literal["copy", "picture", "parts", "pdf"]
Reason = Literal["kind", "too_many", "too_large", "unreadable", "not_covered"]

MOST_FILES: Final = 20
"""Where nobody says how many: a form that takes more is not known."""
_PIECES: Final = 9
"""How many files there may be after a split where nobody says how many."""
_BOUND: Final = 40
"""How many pictures share a PDF at the most: of more, nobody waits for the drawing."""
TALL: Final = 6_000
"""Rows of a picture from which on sites make it too small to be read."""
QUIET: Final = 0.65
"""`book_pictures.cuts` uses at least this share of the rows it is given, but at the end."""
_PDF: Final = "application/pdf"
_JPEG: Final = "image/jpeg"
_DRAWN: Final = {_JPEG: ".jpg", "image/png": ".png"}
"""As what a picture can be drawn anew, the smaller first."""


@dataclass(frozen=True)
class Item:
    """An exhibit: its file's name for people, how important it is (0 first), its size in pixels.

    `size` is None for what is no picture; `trouble` is why it cannot go in any form.
    """

    number: int
    name: str
    sha256: str
    media_type: str
    bytes: int
    rank: int
    size: tuple[int, int] | None = None
    trouble: Reason | None = None


@dataclass(frozen=True)
class Make:
    """A file (of `parts` several) to make of exhibits; each has `most` bytes at the most."""

    way: Way
    items: tuple[Item, ...]
    media_type: str
    most: int | None
    parts: int = 1

    @property
    def name(self) -> str:
        """Return `证据3-订单页截图.jpg`, for a PDF of several `证据3-5.pdf`."""
        if len(self.items) > 1:
            return _joined([item.number for item in self.items]) + ".pdf"
        own = self.items[0].name
        ending = {**_DRAWN, _PDF: ".pdf"}
        return own if self.way == "copy" else PurePosixPath(own).stem + ending[self.media_type]

    def part(self, number: int, count: int) -> str:
        """Return the name of one part, counted from 1."""
        path = PurePosixPath(self.name)
        return f"{path.stem}-第{number}张共{count}张{path.suffix}" if count > 1 else path.name


@dataclass(frozen=True)
class Parcel:
    """What is to be made, by exhibit number, and the exhibits that stay behind with the reason."""

    makes: tuple[Make, ...]
    stays: Mapping[int, Reason] = field(default_factory=dict)


def ranks(draft: Draft) -> dict[int, int]:
    """Return how important each exhibit of a draft is, by number, 0 first.

    One of each page or file comes before a second picture of the same page; of those what the
    text rests on first.
    """
    cited = {number for sentence in draft.sentences for number in sentence.exhibits}
    seen: set[str] = set()
    keys = []
    for one in sorted(draft.exhibits, key=lambda exhibit: exhibit.number):
        page = one.sha256 if one.role == "attachment" else one.capture_id
        keys.append((page in seen, one.number not in cited, one.number))
        seen.add(page)
    return {number: rank for rank, (*_, number) in enumerate(sorted(keys))}


def plan(
    items: Sequence[Item],
    limits: Limits,
    *,
    public: bool = False,
    failed: Mapping[int, Reason] | None = None,
) -> Parcel:
    """Return what to send within the limits. `failed` did not fit in an earlier try.

    For a `public` form only pictures drawn anew: what else a file tells stays here.
    """
    stays: dict[int, Reason] = dict(failed or {})
    ways = {item.number: _ways(item, limits, public=public) for item in items}
    for item in items:
        if item.trouble or not ways[item.number]:
            stays.setdefault(item.number, item.trouble or "kind")
    able = [item for item in items if item.number not in stays]
    room = MOST_FILES if limits.files is None else limits.files
    alone, bound = _divide(able, room, pdf=_takes_pdf(limits))
    going = {item.number for item in (*alone, *bound)}
    stays |= {item.number: "too_many" for item in able if item.number not in going}
    spare = (_PIECES if limits.files is None else room) - len(alone) - bool(bound)
    parts = _split([item for item in alone if set(_DRAWN) & set(ways[item.number])], spare)
    count = sum(parts.get(item.number, 1) for item in alone) + bool(bound)
    most = _least(limits.file_bytes, limits.all_bytes and limits.all_bytes // max(count, 1))
    makes = {item.number: _make(item, ways[item.number], parts, most) for item in alone}
    over: dict[int, Reason] = {
        number: "too_large" for number, make in makes.items() if make is None
    }
    if over:
        return plan(items, limits, public=public, failed={**(failed or {}), **over})
    found = [make for make in makes.values() if make is not None]
    if bound:
        found.append(Make("pdf", tuple(bound), _PDF, most))
    found.sort(key=lambda make: make.items[0].number)
    return Parcel(tuple(found), stays)


def _takes_pdf(limits: Limits) -> bool:
    return limits.take("证据.pdf", _PDF)


def _ways(item: Item, limits: Limits, *, public: bool) -> tuple[str, ...]:
    """Return as what an exhibit may go: `copy` as it is, then media types to make of it."""
    kept = not public and limits.take(item.name, item.media_type)
    found = ["copy"] if kept else []
    if item.size is not None:
        stem = PurePosixPath(item.name).stem
        found += [kind for kind, ending in _DRAWN.items() if limits.take(stem + ending, kind)]
        found += [_PDF] if _takes_pdf(limits) else []
    return tuple(found)


def _divide(able: Sequence[Item], room: int, *, pdf: bool) -> tuple[list[Item], list[Item]]:
    """Return what goes as a file of its own, and the pictures that share one PDF."""
    if len(able) <= room:
        return list(able), []
    ranked = sorted(able, key=lambda item: item.rank)
    pictures = [item for item in able if item.size is not None]
    if not pdf or room < 1 or len(pictures) < 2:  # a PDF of one saves no place
        return sorted(ranked[:room], key=lambda item: item.number), []
    others = [item for item in ranked if item.size is None][: room - 1]
    single = pictures[: max(room - 1 - len(others), 0)]
    alone = sorted([*single, *others], key=lambda item: item.number)
    bound = sorted((one for one in pictures if one not in single), key=lambda item: item.rank)
    return alone, sorted(bound[:_BOUND], key=lambda item: item.number)


def _split(drawable: Iterable[Item], spare: int) -> dict[int, int]:
    """Return into how many parts tall pictures are cut, as long as there is room for them."""
    parts: dict[int, int] = {}
    for item in sorted(drawable, key=lambda one: one.rank):
        count = math.ceil(item.size[1] / (TALL * QUIET)) if _tall(item) and item.size else 1
        if 1 < count <= spare + 1:
            parts[item.number] = count
            spare -= count - 1
    return parts


def _tall(item: Item) -> bool:
    return item.size is not None and item.size[1] > TALL


def _make(
    item: Item, ways: Sequence[str], parts: Mapping[int, int], most: int | None
) -> Make | None:
    """Return how an exhibit goes as a file of its own, None where it is too large for that."""
    fits = most is None or item.bytes <= most
    drawn = next((kind for kind in ways if kind in _DRAWN), None)
    if drawn is not None and item.number in parts:
        return Make("parts", (item,), drawn, most, parts[item.number])
    if _tall(item) and _PDF in ways:
        return Make("pdf", (item,), _PDF, most)
    if "copy" in ways and fits:
        return Make("copy", (item,), item.media_type, most)
    if drawn is not None:
        return Make("picture", (item,), drawn, most)
    return Make("pdf", (item,), _PDF, most) if _PDF in ways else None


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _joined(numbers: Sequence[int]) -> str:
    """Return `证据2-4、7`, cut short where there are many ranges."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = "、".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"证据{said}" if len(said) <= 40 else f"证据{numbers[0]}等{len(numbers)}件"
