"""Find short selectors that hold: by classes and ids that mean something, then by short paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import soupsieve
from bs4 import BeautifulSoup, Tag

from scrapers.contract import Page
from scrapers.dom import attribute
from scrapers.reading import Reader
from scrapers.record import OrderRecord

_STABLE = re.compile(r"[A-Za-z](?!.*\d{3})[\w-]{1,39}")
_UTILITY = re.compile(
    r"-?(?:[mp][trblxyse]?|col|row|d|g|w|h|gap|text|bg|btn|badge|flex|float|fw|fs|font|rounded|border|"
    r"max|min|inline|items|justify|space|leading|tracking|shrink|grow|group|grid|inset|top|left|right|"
    r"bottom|z|from|to|via|overflow|whitespace|break|object|opacity|transition|duration|select|ring|"
    r"shadow|divide|self|order|align|line|cursor|hidden|block|absolute|relative|sticky|fixed|truncate|"
    r"uppercase|underline|italic|static|animate|router-link|is)(?:-.*)?|"
    r"(?:.*[-_])?(?:success|danger|warning|primary|info|secondary|active|on|open|show|default|hidden|"
    r"completed|delivered|failed|pending|paid|refunded|processing|cancelled)|"
    r"container|clearfix|value|item|label|content|title|result"
)
"""Names of layout or of a state: another page of the shop has others."""
_MAX_STEPS = 6
_LONGEST = 80


@dataclass(frozen=True)
class Names:
    """Which names of a page a selector may use; `altered` are not those of the real page."""

    altered: frozenset[str] = frozenset()

    def good(self, tag: Tag) -> list[str]:
        """Return selectors of the tag's own names that mean something, classes first."""
        return [name for name in self.stable(tag) if not _UTILITY.fullmatch(name[1:])]

    def stable(self, tag: Tag) -> list[str]:
        """Return selectors of all its names, also those of layout or of a state."""
        marked = [(".", name) for name in attribute(tag, "class").split()]
        marked += [("#", attribute(tag, "id"))]
        return [
            f"{mark}{soupsieve.escape(name)}"
            for mark, name in marked
            if _STABLE.fullmatch(name) and name not in self.altered
        ]

    def selectors(self, block: Tag, tag: Tag) -> Iterator[str]:
        """Yield selectors that find `tag` first under `block`, the surest first."""
        own = self.good(tag)
        tries = [*own, *(f"{_name(tag)}{name}" for name in self.stable(tag) if name not in own)]
        path, node = "", tag
        for _ in range(_MAX_STEPS):
            holder = node.parent
            if holder is None or isinstance(holder, BeautifulSoup):
                break
            path = f" > {_step(node)}{path}"
            if holder is block:
                tries.append(f":scope{path}")
                break
            good = self.good(holder)
            tries += [f"{name}{path}" for name in good]
            tries += [f"{name} {end}" for name in good for end in [*own, _name(tag)]]
            node = holder
        for selector in dict.fromkeys(tries):
            if len(selector) <= _LONGEST and block.select_one(selector) is tag:
                yield selector


def blocks(
    page: Page, orders: Sequence[OrderRecord], names: Names
) -> Iterator[tuple[str, list[Reader], list[Reader]]]:
    """Yield selectors that give each order a block of its own, with the readers of the blocks.

    The second readers are those of what the selector finds besides, such as a head of a table.

    The innermost come first; the page itself is the last for a single order (its selector is "").
    """
    elements = [_elements(page, order) for order in orders]
    if all(elements):
        lines = [reduce(_common, map(_line, tags)) for tags in elements]
        for selector in dict.fromkeys(_around(lines[0], names)):
            found = page.soup.select(selector)
            held = [tag for line in lines for tag in found if _is_in(tag, line)]
            single = len(lines) > 1 or len(found) == 1
            if single and len(held) == len(lines) == len({id(tag) for tag in held}):
                others = [Reader(page, tag) for tag in found if not _is_in(tag, held)]
                yield selector, [Reader(page, tag) for tag in held], others
    if len(orders) == 1:
        yield "", [Reader(page)], []


def _elements(page: Page, order: OrderRecord) -> list[Tag]:
    found = [
        page.soup.select_one(source.selector)
        for name, source in order.sources.items()
        if source.selector and not name.startswith("seller")
    ]
    return [tag for tag in found if tag is not None]


def _around(line: list[Tag], names: Names) -> Iterator[str]:
    """Yield selectors of the elements of a line, the innermost first."""
    for tag in reversed(line):
        if tag.name in {"html", "body"}:
            return
        yield from names.good(tag)
        path, node = "", tag
        for _ in range(3):
            path = f" > {_name(node)}{path}"
            if node.parent is None or node.parent.name in {"html", "[document]"}:
                break
            node = node.parent
            yield from (f"{name}{path}" for name in names.stable(node))


def _line(tag: Tag) -> list[Tag]:
    """Return the tag and what is around it, the outermost first."""
    around = [one for one in tag.parents if not isinstance(one, BeautifulSoup)]
    return [*reversed(around), tag]


def _is_in(tag: Tag, line: list[Tag]) -> bool:
    return any(one is tag for one in line)


def _common(one: list[Tag], other: list[Tag]) -> list[Tag]:
    return [a for a, b in zip(one, other, strict=False) if a is b]


def _step(tag: Tag) -> str:
    same = list(tag.parent.find_all(tag.name, recursive=False)) if tag.parent else []
    if len(same) < 2:
        return _name(tag)
    place = next(number for number, one in enumerate(same, 1) if one is tag)
    return f"{_name(tag)}:nth-of-type({place})"


def _name(tag: Tag) -> str:
    return soupsieve.escape(tag.name)
