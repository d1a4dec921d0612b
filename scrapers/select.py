"""CSS selection in one part of a page: soupsieve decides, an index spares it most elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

import soupsieve
from bs4 import Tag
from bs4.element import NavigableString

_LAST = re.compile(
    r"(?:^|[\s>+~])(?P<name>[a-z][a-z0-9]*)?(?P<id>#[A-Za-z_][\w-]*)?"
    r"(?P<classes>(?:\.[A-Za-z_][\w-]*)*)(?:\[[^\[\]]*\])*"
    r"(?::(?:nth-of-type|not|has)\([^()]*\)|:(?:first|last)-child)?$"
)
_CHILD = re.compile(r":scope > ([^\s>+~,()]+(?::nth-of-type\(\d+\))?)")
_GROUP = re.compile(r":is\(([^()]*)\)")


class Index:
    """The elements under `root` in document order: `tags`, by name, class (`.x`) and id (`#x`).

    `strings` are all texts of its code, comments and scripts too: for a glance at what is there.
    """

    def __init__(self, root: Tag) -> None:
        self.root = root
        self.held: dict[str, list[Tag]] = {}
        self.tags: list[Tag] = []
        self.strings: list[str] = []
        self.places: dict[int, int] = {}
        for tag in root.descendants:
            if isinstance(tag, Tag):
                self.places[id(tag)] = len(self.tags)
                self.tags.append(tag)
                self.held.setdefault(tag.name, []).append(tag)
                if tag.attrs:
                    self._hold_names(tag)
            elif isinstance(tag, NavigableString):
                self.strings.append(tag)

    def _hold_names(self, tag: Tag) -> None:
        for name in dict.fromkeys(tag.attrs.get("class") or ()):
            self.held.setdefault(f".{name}", []).append(tag)
        if "id" in tag.attrs:
            self.held.setdefault(f"#{tag.attrs['id']}", []).append(tag)

    @property
    def classes(self) -> list[str]:
        """Return the different class names."""
        return [key[1:] for key in self.held if key[0] == "."]

    def select(self, selector: str) -> list[Tag]:
        """Return all elements under the root that match, as `Tag.select` does."""
        child = _CHILD.fullmatch(selector)
        if child is not None:
            return [tag for tag in self._children() if _matches(child[1], tag)]
        parts = _parts(selector)
        if parts is None:
            return self.root.select(selector)
        found = [tag for part in parts for tag in self._matching(part)]
        if len(parts) > 1:
            found = sorted({id(tag): tag for tag in found}.values(), key=self._place)
        return found

    def first(self, selector: str) -> Tag | None:
        """Return the first element under the root that matches, as `Tag.select_one` does."""
        child = _CHILD.fullmatch(selector)
        if child is not None:
            return next((tag for tag in self._children() if _matches(child[1], tag)), None)
        parts = _parts(selector)
        if parts is None:
            return self.root.select_one(selector)
        firsts = [tag for part in parts for tag in islice(self._matching(part), 1)]
        return min(firsts, key=self._place, default=None)

    def _children(self) -> list[Tag]:
        return [child for child in self.root.contents if isinstance(child, Tag)]

    def _matching(self, part: tuple[str, str]) -> Iterator[Tag]:
        selector, key = part
        return (tag for tag in self.held.get(key, ()) if key == selector or _matches(selector, tag))

    def _place(self, tag: Tag) -> int:
        return self.places[id(tag)]


def _matches(selector: str, tag: Tag) -> bool:
    return tag.name == selector or bool(soupsieve.compile(selector).match(tag))


@cache
def _parts(selector: str) -> tuple[tuple[str, str], ...] | None:
    """Return the selectors of a list, each with what its matches must be: an id, class or name.

    None where that is not plain to see.
    """
    if ":scope" in selector:
        return None
    group = _GROUP.fullmatch(selector)
    parts = _split(group[1] if group else selector)
    keys = [_key(part) for part in parts]
    if None in keys:
        return None
    return tuple((part, key) for part, key in zip(parts, keys, strict=True) if key)


def _split(selector: str) -> list[str]:
    """Split a list of selectors at the commas that stand in no brackets."""
    parts, depth = [""], 0
    for char in selector:
        depth += (char in "([") - (char in ")]")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def _key(part: str) -> str | None:
    match = _LAST.search(part)
    if match is None:
        return None
    names = match["classes"].rpartition(".")[2]
    return match["id"] or (f".{names}" if names else match["name"])
