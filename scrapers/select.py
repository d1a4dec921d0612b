"""CSS selection in one part of a page: soupsieve decides, an index spares it most elements."""

from __future__ import annotations

import re
from functools import cache

import soupsieve
from bs4 import Tag

_LAST = re.compile(
    r"(?:^|[\s>+~])(?P<name>[a-z][a-z0-9]*)?(?P<classes>(?:\.[A-Za-z_][\w-]*)*)"
    r"(?::(?:nth-of-type|not)\([^()]*\))?$"
)


class Index:
    """The elements under `root` by tag name (`td`) and class (`.title`), in document order."""

    def __init__(self, root: Tag) -> None:
        self.root = root
        self.held: dict[str, list[Tag]] = {}
        for tag in root.descendants:
            if isinstance(tag, Tag):
                self.held.setdefault(tag.name, []).append(tag)
                for name in tag.attrs.get("class") or ():
                    self.held.setdefault(f".{name}", []).append(tag)

    def select(self, selector: str) -> list[Tag]:
        """Return all elements under the root that match, as `Tag.select` does."""
        key = _key(selector)
        if key is None:
            return self.root.select(selector)
        found = self.held.get(key, [])
        return [tag for tag in found if key == selector or _matches(selector, tag)]

    def first(self, selector: str) -> Tag | None:
        """Return the first element under the root that matches, as `Tag.select_one` does."""
        key = _key(selector)
        if key is None:
            return self.root.select_one(selector)
        found = self.held.get(key, [])
        return next((tag for tag in found if key == selector or _matches(selector, tag)), None)


def _matches(selector: str, tag: Tag) -> bool:
    return bool(soupsieve.compile(selector).match(tag))


@cache
def _key(selector: str) -> str | None:
    """Return what each match of a selector must be: its last class or tag name; None if unclear."""
    match = None if "," in selector or ":scope" in selector else _LAST.search(selector)
    if match is None:
        return None
    classes = match["classes"].rpartition(".")[2]
    return f".{classes}" if classes else match["name"]
