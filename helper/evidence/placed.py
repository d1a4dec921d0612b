"""Find in a kept page the elements whose rectangles the click recorded.

The recorded paths are those of the browser's tree, the elements those of the parsed HTML. Where
both trees tell the same, a path names the element. Where the parser built another one (a page of
nested paragraphs, one cut for its size), only a text that stands once on the page is taken.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import soupsieve
from bs4 import BeautifulSoup, Tag

from helper.evidence.rectangles import Layout, Recorded
from scrapers.dom import attribute, is_shown
from scrapers.page import SHADOW
from scrapers.text import squeeze

_CUT_TEXT = 500
"""Characters of a text that the snapshot records."""
_LONGEST_ID = 80
_JOINT = re.compile(r" (>>>|>) ")
_UNREAD = frozenset({"noscript", "script", "style"})

Piece = tuple[str, Recorded | None]
"""A piece of an element's text without white space, and where it stands on the page."""


@dataclass
class Placed:
    """The text pieces of elements, and the form fields, that have a known place."""

    texts: dict[int, list[Piece]] = field(default_factory=dict)
    """For each text node of the parsed page, by `id`."""
    fields: dict[int, Recorded] = field(default_factory=dict)

    def inside(self, tag: Tag) -> Iterator[Piece]:
        """Yield the pieces of text in an element, in the order of the page."""
        for node in tag.descendants:
            if is_shown(node) and node.parent is not None and node.parent.name not in _UNREAD:
                yield from self.texts.get(id(node)) or [(plain(node), None)]


def place(soup: BeautifulSoup, told: Layout) -> Placed:
    """Return what of the page has a place; `soup` is the kept page as `scrapers.page` reads it."""
    inside = tuple(f"{frame} >>> " for frame in told.frames)
    texts = _grouped(item for item in told.texts if not item.selector.startswith(inside))
    fields = {item.selector: item for item in told.fields}
    tags = _tags(soup, [*texts, *fields])
    found = Placed()
    if all(_tells_the_same(tags.get(path), group) for path, group in texts.items()):
        for path, group in texts.items():
            found.texts |= _runs(tags[path], group)
        found.fields = {id(tags[path]): item for path, item in fields.items() if path in tags}
        return found
    for tag, group in _unique(soup, texts.values()):
        found.texts |= _runs(tag, group)
    return found


def plain(text: str) -> str:
    """Return a text as it is compared: without white space and invisible marks."""
    return "".join(squeeze(text).split())


def _grouped(items: Iterable[Recorded]) -> dict[str, list[Recorded]]:
    groups: defaultdict[str, list[Recorded]] = defaultdict(list)
    for item in items:
        groups[item.selector].append(item)
    return dict(groups)


def _own(tag: Tag) -> str:
    return plain("".join(node for node in tag.contents if is_shown(node)))


def _tells_the_same(tag: Tag | None, group: Sequence[Recorded]) -> bool:
    own = "" if tag is None else _own(tag)
    return tag is not None and all(plain(item.text or "") in own for item in group)


def _runs(tag: Tag, group: Sequence[Recorded]) -> dict[int, list[Piece]]:
    """Share an element's rectangles among its text nodes, nothing where they do not add up.

    Several nodes of the browser may have become one in the kept page, never the other way.
    """
    waiting = list(reversed(group))
    found: dict[int, list[Piece]] = {}
    for node in tag.contents:
        rest = plain(node) if is_shown(node) else ""
        while rest:
            item = waiting.pop() if waiting else None
            text = plain(item.text or "") if item else ""
            if item is None or not text or not rest.startswith(text):
                return {}
            kept = rest if len(item.text or "") >= _CUT_TEXT else text
            found.setdefault(id(node), []).append((kept, item))
            rest = rest[len(kept) :]
    return {} if waiting else found


def _unique(
    soup: BeautifulSoup, groups: Iterable[list[Recorded]]
) -> Iterator[tuple[Tag, list[Recorded]]]:
    """Yield each element whose text stands once in the page and once among the rectangles."""
    own: defaultdict[str, list[Tag]] = defaultdict(list)
    for tag in soup.find_all(True):
        own[_own(tag)].append(tag)
    said = [(plain("".join(item.text or "" for item in group)), group) for group in groups]
    count = Counter(text for text, _ in said)
    for text, group in said:
        if count[text] == 1 and len(own.get(text, [])) == 1:
            yield own[text][0], group


class _Step:
    """A step of recorded paths, with the steps below it."""

    def __init__(self) -> None:
        self.path: str | None = None
        self.below: dict[str, _Step] = {}


@dataclass
class _Visit:
    """An element that the walk comes to: the step of its parent, that of its tree's host."""

    parent: Tag
    step: _Step | None
    host: _Step | None
    inner: bool
    """Inside a shadow tree."""
    enters: bool
    ids: set[str]


def _tags(soup: BeautifulSoup, paths: Sequence[str]) -> dict[str, Tag]:
    """Return the element of each path, as `selector` of content/snapshot.js makes paths."""
    root = _Step()
    for path in paths:
        step = root
        first, *rest = _JOINT.split(path)
        for key in (first, *(a + b for a, b in zip(rest[::2], rest[1::2], strict=True))):
            step = step.below.setdefault(key, _Step())
        step.path = path
    found: dict[str, Tag] = {}
    stack = [iter(_children(_Visit(soup, root, root, False, False, set()), found))]
    while stack:  # pages of hostile depth: no recursion
        visit = next(stack[-1], None)
        if visit is None:
            stack.pop()
        else:
            stack.append(iter(_children(visit, found)))
    return found


def _children(visit: _Visit, found: dict[str, Tag]) -> Iterator[_Visit]:
    count: Counter[str] = Counter()
    for tag in visit.parent.contents:
        if not isinstance(tag, Tag) or tag.name in _UNREAD:
            continue
        if tag.name == SHADOW:
            yield _Visit(tag, visit.step, visit.step, True, True, set())
            continue
        count[tag.name] += 1
        step = _step_of(tag, count[tag.name], visit)
        if step is not None and step.path is not None:
            found[step.path] = tag
        yield _Visit(tag, step, visit.host, visit.inner, False, visit.ids)


def _step_of(tag: Tag, nth: int, visit: _Visit) -> _Step | None:
    own = attribute(tag, "id") if "id" in tag.attrs else ""
    if own and len(own) <= _LONGEST_ID and own not in visit.ids:
        visit.ids.add(own)
        key = f"#{soupsieve.escape(own)}"
        return visit.host.below.get(f">>>{key}" if visit.inner else key) if visit.host else None
    key = f"{soupsieve.escape(tag.name)}:nth-of-type({nth})"
    if visit.step is None:
        return None
    joint = ">>>" if visit.enters else "" if isinstance(visit.parent, BeautifulSoup) else ">"
    return visit.step.below.get(joint + key)
