"""Where on the page the fields of an order stand: sources turned into rectangles.

Precision before recall: a field whose place is not certain has none. None has what only stands in
the address, in an attribute or in something hidden, what the user said, and what was recorded by
an extension that told less.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

import soupsieve
from bs4 import BeautifulSoup, Tag

from helper.evidence import placed, rectangles
from helper.evidence.placed import Piece, Placed, plain
from helper.evidence.private import candidates
from helper.evidence.rectangles import Area
from scrapers.dom import value_of
from scrapers.page import PageTooLargeError, load
from scrapers.record import OrderRecord, Source

_STEP = re.compile(r"(.*?)(?::nth-of-type\((\d+)\))?", re.DOTALL)
_PAGE: Final = frozenset({None, "seen/html"})
_TOUCH: Final = 8.0
"""CSS pixels between pieces of a line that are drawn as one."""


def boxes(order: OrderRecord, context: bytes, html: bytes) -> dict[str, tuple[Area, ...]]:
    """Return for each field with a known place its rectangles on the page, in CSS pixels.

    `context` and `html` are `seen/context` and `seen/html` of the capture whose order it is.
    """
    try:
        told = rectangles.layout(context)
        page = load(html, url=order.url or "", media_type="text/html; charset=utf-8")
    except (ValueError, PageTooLargeError):
        return {}
    known = placed.place(page.soup, told)
    found = {}
    for field, source in order.sources.items():
        if source.artifact in _PAGE and source.selector:
            tag = element(page.soup, source.selector)
            areas = _areas(tag, _words(order, source, tag), known) if tag else ()
            if areas:
                found[field] = areas
    return found


def element(soup: BeautifulSoup, selector: str) -> Tag | None:
    """Return the element of a path that `scrapers.dom.selector_of` made; None if it is not there.

    soupsieve finds it too, but tries every element of the page for every source.
    """
    node: Tag = soup
    for step in selector.split(" > "):
        match = _STEP.fullmatch(step)
        name, nth = (match[1], int(match[2] or 1)) if match else (step, 1)
        same = [
            child for child in node.contents
            if isinstance(child, Tag) and soupsieve.escape(child.name) == name
        ]  # fmt: skip
        if not 0 < nth <= len(same):
            return None
        node = same[nth - 1]
    return node


def _words(order: OrderRecord, source: Source, tag: Tag) -> str:
    """Return what stands on the page for a source: of a card code it has a mask only."""
    wanted = {one.sha256 for one in order.delivery.secrets if one.masked == source.text}
    if not wanted:
        return source.text or ""
    text = value_of(tag) or "\n".join(tag.strings)
    found = {code for code in candidates(text) if _digest(code) in wanted}
    return found.pop() if len(found) == 1 else ""  # of two codes with one mask none is certain


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def _areas(tag: Tag, words: str, known: Placed) -> tuple[Area, ...]:
    wanted = plain(words)
    value = value_of(tag)
    if not wanted:
        return ()
    if value is not None:
        field = known.fields.get(id(tag))
        return field.visible if field is not None and wanted in plain(value) else ()
    pieces = _pieces(list(known.inside(tag)), wanted)
    return _joined([area for _, item in pieces if item for area in item.visible])


def _pieces(pieces: Sequence[Piece], wanted: str) -> Sequence[Piece]:
    """Return the pieces that the words stand in; none if they stand in several places.

    Where they are whole pieces somewhere, they are not looked for inside of others.
    """
    text = "".join(said for said, _ in pieces)
    starts = [0]
    for said, _ in pieces:
        starts.append(starts[-1] + len(said))
    places = {
        (_index(starts, at), _index(starts, at + len(wanted) - 1))
        for at in _occurrences(text, wanted)
    }
    whole = {
        (first, last) for first, last in places if starts[last + 1] - starts[first] == len(wanted)
    }
    found = whole or places
    if len(found) != 1:
        return ()
    [(first, last)] = found
    return pieces[first : last + 1]


def _occurrences(text: str, wanted: str) -> list[int]:
    return [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", text)]


def _index(starts: Sequence[int], at: int) -> int:
    """Return the piece that a character belongs to: the last one that starts at or before it."""
    return bisect_right(starts, at) - 1


def _joined(areas: Sequence[Area]) -> tuple[Area, ...]:
    """Return the areas, neighbours on a line as one."""
    joined: list[Area] = []
    for area in areas:
        if joined and _touches(joined[-1], area):
            x, y, width, height = joined[-1]
            left, top = min(x, area[0]), min(y, area[1])
            right, low = max(x + width, area[0] + area[2]), max(y + height, area[1] + area[3])
            joined[-1] = left, top, right - left, low - top
        else:
            joined.append(area)
    return tuple(joined)


def _touches(one: Area, other: Area) -> bool:
    beside = 0 <= other[0] - one[0] <= one[2] + _TOUCH
    middle = other[1] + other[3] / 2
    return beside and one[1] <= middle <= one[1] + one[3]
