"""Find the log of a chat on a page, and cut it into lines, one a message or a time between."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bs4 import BeautifulSoup, Tag

from scrapers.dom import Walk, ancestors, attribute
from scrapers.text import fold
from scrapers.texts.chat_times import is_time
from scrapers.texts.chat_words import Side, is_about_chat, side_of, side_of_speaker, words_of

_SAID = ("class", "data-role", "data-sender", "data-from", "data-side", "data-direction")
_NO_SPEAKERS = frozenset({"h1", "h2", "h3", "h4", "a", "button", "th", "option", "title", "legend"})
_MAX_GROUPS = 4
_HEAD_MARK = re.compile(r"[:：]")
_LONGEST_HEAD = 60


@dataclass(frozen=True)
class Line:
    """A range of tokens of the log; `root` is its element, `side` what its marks tell."""

    start: int
    end: int
    root: Tag
    side: Side | None = None
    by_class: bool = False


@dataclass
class Marks:
    """The elements of a page that tell whose a message is, by class or by a speaker's name."""

    walked: Walk
    sides: dict[int, Side] = field(default_factory=dict)
    below: Counter[int] = field(default_factory=Counter)
    _named: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Mark the elements, and count for each one how many of its children hold a mark."""
        marked = [tag for tag in self.walked.tags if tag.attrs and self._by_class(tag)]
        for token in self.walked.tokens:
            if len(token.text) <= _LONGEST_HEAD and id(token.element) not in self.sides:
                side = _speaks(token.text) if token.element.name not in _NO_SPEAKERS else None
                if side is not None and not token.value:
                    self.sides[id(token.element)] = side
                    self._named.add(id(token.element))
                    marked.append(token.element)
        reached: set[int] = set()
        for tag in marked:
            node: Tag | None = tag
            while node is not None and id(node) not in reached:
                reached.add(id(node))
                node = node.parent
                if node is not None:
                    self.below[id(node)] += 1

    def _by_class(self, tag: Tag) -> bool:
        told = [side for name in _SAID if name in tag.attrs
                if (side := side_of(attribute(tag, name)))]  # fmt: skip
        if told:
            self.sides[id(tag)] = next((s for s in told if s not in {"left", "right"}), told[0])
        return bool(told)

    def names(self, tag: Tag) -> bool:
        """Say whether a speaker's name, no class, marks the element."""
        return id(tag) in self._named

    def outermost(self, root: Tag) -> Iterator[Tag]:
        """Yield the marked elements at or under `root` that stand in no other one there."""
        if id(root) in self.sides:
            yield root
            return
        index, end = self.walked.tag_spans.get(id(root), (0, 0))
        while index < end:
            tag = self.walked.tags[index]
            index += 1
            if id(tag) in self.sides:
                yield tag
                index = self.walked.tag_spans.get(id(tag), (index, index))[1]


def _speaks(text: str) -> Side | None:
    """Return the side of the speaker who is named at the head of a text."""
    if len(text) > 24 and not _HEAD_MARK.search(text):
        return None
    plain = fold(text)
    head, colon, _ = plain.partition(":")
    if colon and (side := side_of_speaker(head.rstrip())):
        return side
    first, _, rest = plain.partition(" ")
    return side_of_speaker(plain) or (side_of_speaker(first) if is_time(rest) else None)


def find_log(marks: Marks, *, headed: bool) -> Tag | None:
    """Return the element most of whose children are messages; None on a page without a chat.

    `headed` says that the page's heading names a chat; else class names must.
    """
    best: Tag | None = None
    score = (1, 0)
    for tag in marks.walked.tags:
        count = marks.below[id(tag)]
        if count < 2 or count < score[0] or not (headed or is_named(tag)):
            continue
        sides = {marks.sides[id(one)] for one in islice(marks.outermost(tag), 200)}
        if (count, len(sides)) > score:
            best, score = tag, (count, len(sides))
    while best is not None and (outer := _outer(best, marks)) is not None:
        best = outer
    return best


def is_named(tag: Tag) -> bool:
    """Say whether class names say that the element is a chat or holds messages."""
    around = [tag, *islice(ancestors(tag), 3)]
    if any(_names_chat(one) for one in around if not isinstance(one, BeautifulSoup)):
        return True
    children = [child for child in islice(tag.children, 50) if isinstance(child, Tag)]
    return sum(_names_chat(child) for child in children) * 2 >= max(2, len(children))


def _names_chat(tag: Tag) -> bool:
    if not tag.attrs or tag.name in {"body", "html"}:
        return False
    named = any(
        is_about_chat(attribute(tag, name)) for name in ("class", "id") if name in tag.attrs
    )
    return named or tag.attrs.get("role") == "log"


def _outer(tag: Tag, marks: Marks) -> Tag | None:
    """Return the element around, where `tag` is one of its like groups (a day's messages)."""
    parent = tag.parent
    if parent is None or marks.below[id(parent)] < 2 or isinstance(parent, BeautifulSoup):
        return None
    alike = [child for child in parent.children if isinstance(child, Tag)
             and marks.below[id(child)] and _signature(child) == _signature(tag)]  # fmt: skip
    return parent if len(alike) > 1 else None


def lines(log: Tag, marks: Marks) -> list[Line]:
    """Cut the log into its lines, in document order."""
    blocks: list[tuple[Tag, list[Tag]]] = []
    found: list[Line] = []
    stack = [(log, 0)]
    while stack:
        tag, depth = stack.pop()
        if depth:
            outer = list(islice(marks.outermost(tag), 2000))
            if len(outer) < 2 or depth > _MAX_GROUPS or not _is_group(outer, marks):
                blocks.append((tag, outer))
                continue
        stack.extend((child, depth + 1) for child in tag.children if isinstance(child, Tag))
        found.extend(_loose(tag, marks))
    common = _common(blocks, marks)
    for tag, outer in blocks:
        own = [one for one in outer if one is tag or _class(one) not in common]
        by_class = any(not marks.names(one) for one in own)
        found.append(Line(*marks.walked.span(tag), tag, _side(own, marks), by_class))
    return sorted(found, key=lambda line: (line.start, line.end))


def _common(blocks: list[tuple[Tag, list[Tag]]], marks: Marks) -> frozenset[str]:
    """Return the classes inside lines that are marked themselves: they tell no side of others.

    LayIM has `layim-chat-user` in every line, and `layim-chat-mine` on the buyer's.
    """
    marked = [tag for tag, outer in blocks if outer == [tag] and not marks.names(tag)]
    inside = (one for tag in marked for one in marks.walked.tags_in(tag))
    return frozenset(_class(one) for one in inside if id(one) in marks.sides) - {""}


def _class(tag: Tag) -> str:
    return attribute(tag, "class")


def _loose(tag: Tag, marks: Marks) -> list[Line]:
    """Return the runs of text that stand directly in `tag`, between its children."""
    start, end = marks.walked.span(tag)
    direct = [i for i in range(start, end) if marks.walked.tokens[i].element is tag]
    return [Line(i, i + 1, tag) for i in direct]


def _is_group(outer: list[Tag], marks: Marks) -> bool:
    """Say whether marks are of several messages: alike, and no left and right of one row."""
    (signature, count) = Counter(_signature(tag) for tag in outer).most_common(1)[0]
    only_weak = {marks.sides[id(tag)] for tag in outer} <= {"left", "right"}
    return count > 1 and not (only_weak and not signature[1])


def _signature(tag: Tag) -> tuple[str, frozenset[str]]:
    names = attribute(tag, "class")
    return tag.name, frozenset(w for w in words_of(names) if side_of(w) is None)


def _side(outer: list[Tag], marks: Marks) -> Side | None:
    """Return the side on which the marks of a line agree."""
    sides = {marks.sides[id(tag)] for tag in outer}
    strong = sides - {"left", "right"}
    chosen = strong or sides
    return next(iter(chosen)) if len(chosen) == 1 else None
