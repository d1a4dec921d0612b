"""Walk a parsed page without recursion: its shown texts and form values, in document order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TypeGuard

import soupsieve
from bs4 import BeautifulSoup, CData, Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from scrapers.record import Source
from scrapers.text import simplified, squeeze

MAX_TOKENS = 60_000
MAX_TOKEN_LENGTH = 20_000
MAX_DEPTH = 400
_MOST_TOGETHER = 300
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "option"}
)
_TEXT_INPUTS = frozenset({"text", "tel", "email", "number", "search", "url", ""})
_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOISE = frozenset(
    [
        *("复制", "复制卡密", "一键复制", "点击复制", "复制订单号", "复制全部", "已复制", "copy"),
        *("查看", "查看详情", "详情", "展开", "收起", "下载"),
    ]
)
_STRUCK = frozenset({"del", "s", "strike"})
_HIDDEN_CLASSES = frozenset({"d-none", "hidden", "layui-hide", "hide", "visually-hidden"})


HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
FRAMES = frozenset({"footer", "header", "nav", "aside"})
"""Elements around what every page of a site shows."""
INLINE = frozenset(
    [
        *("span", "b", "em", "i", "small", "strong", "font", "a", "code", "label", "bdi", "u"),
        *("del", "s", "strike", "mark", "sup", "sub", "time", "data", "ins", "kbd", "samp", "tt"),
    ]
)


@dataclass(frozen=True)
class Token:
    """One shown text or form value; `element` holds it, `text` is exactly what stands there."""

    text: str
    element: Tag
    hidden: bool = False
    value: bool = False
    starts_line: bool = False

    @property
    def is_control(self) -> bool:
        """Say whether the text is that of a link or a button (a table's sort link is none)."""
        around = [self.element, *islice(self.element.parents, 2)]
        names = [tag.name for tag in around]
        if names[0] in {"a", "button"}:
            return "th" not in names
        return "button" in names[:2] or "button" in attribute(self.element, "class")


@dataclass(frozen=True)
class Found:
    """A text that was read and the element it stands in (None: it came from the address)."""

    text: str
    element: Tag | None = None

    @property
    def source(self) -> Source:
        """Return the record's form: the selector that finds the element, and the exact text."""
        selector = None if self.element is None else selector_of(self.element)
        return Source(selector=selector, text=self.text)


@dataclass
class Walk:
    """The tokens and tags under one element; the spans are half-open ranges of each tag."""

    tokens: list[Token] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    tag_spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    truncated: bool = False
    broken: bool = True

    def span(self, tag: Tag) -> tuple[int, int]:
        """Return the range of tokens inside `tag`; empty for a tag that shows nothing."""
        return self.spans.get(id(tag), (0, 0))

    def tags_in(self, root: Tag) -> list[Tag]:
        """Return the walked tags inside `root`, in document order."""
        start, end = self.tag_spans.get(id(root), (0, 0))
        return self.tags[start:end]

    def only(self, tag: Tag) -> Token | None:
        """Return the token of a tag that holds just one."""
        start, end = self.span(tag)
        return self.tokens[start] if end - start == 1 else None

    def inside(self, tag: Tag) -> list[Token]:
        """Return the tokens inside `tag`."""
        start, end = self.span(tag)
        return self.tokens[start:end]


def walk(root: Tag, *, limit: int = MAX_TOKENS) -> Walk:
    """Collect the texts and form values under `root`; hidden ones are marked, not dropped."""
    result = Walk()
    stack: list[tuple[PageElement, bool, tuple[int, int] | None]] = [(root, False, None)]
    while stack:
        node, hidden, opened = stack.pop()
        if opened is not None:
            _close(result, node, opened)
            result.broken = result.broken or _is_block(node)
            continue
        if isinstance(node, NavigableString):
            _add_text(result, node, hidden)
        elif isinstance(node, Tag) and not _is_skipped(node):
            hidden = hidden or is_hidden(node)
            result.tags.append(node)
            result.broken = result.broken or _is_block(node)
            stack.append((node, hidden, (len(result.tokens), len(result.tags))))
            value = value_of(node)
            if value is None:
                stack.extend((child, hidden, None) for child in reversed(node.contents))
            elif squeeze(value):
                _add_token(result, _bounded(value.strip()), node, hidden, value=True)
        if len(result.tokens) >= limit:
            result.truncated = True
            break
    for node, _hidden, opened in stack:
        if opened is not None:
            _close(result, node, opened)
    return result


def _bounded(value: str) -> str:
    """Cut a long form value, where it can be between two lines: half a code is another code."""
    cut = value[:MAX_TOKEN_LENGTH]
    return cut if cut == value else cut.rpartition("\n")[0] or cut


def tokens_of(tag: Tag) -> list[Token]:
    """Return the texts and form values under one element."""
    only = tag.contents[0] if len(tag.contents) == 1 else None
    if isinstance(only, NavigableString) and tag.name not in _SKIPPED:  # most fields are so plain
        result = Walk()
        _add_text(result, only, is_hidden(tag))
        return result.tokens
    return walk(tag).tokens


def _close(result: Walk, node: PageElement, opened: tuple[int, int]) -> None:
    token, tag = opened
    result.spans[id(node)] = (token, len(result.tokens))
    result.tag_spans[id(node)] = (tag, len(result.tags))


def is_shown(node: PageElement) -> TypeGuard[NavigableString]:
    """Say whether the node is text that a page shows: no comment, no declaration."""
    if not isinstance(node, NavigableString):
        return False
    return isinstance(node, CData) or not isinstance(node, PreformattedString)


def _add_text(result: Walk, node: NavigableString, hidden: bool) -> None:
    if not is_shown(node):
        return
    if node.parent is None or node.isspace() or not squeeze(node):
        return
    text = node.strip()
    if (len(text) > 8 or simplified(text.lower()) not in _NOISE) and len(text) <= MAX_TOKEN_LENGTH:
        _add_token(result, text, node.parent, hidden)


def _add_token(result: Walk, text: str, element: Tag, hidden: bool, *, value: bool = False) -> None:
    result.tokens.append(Token(text, element, hidden, value, starts_line=result.broken))
    result.broken = False


def _is_block(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name not in INLINE


def join_lines(tokens: list[Token]) -> str:
    """Join the texts of a block, a line for each line that the page shows."""
    text = ""
    for token in tokens:
        if text and token.starts_line:
            text += "\n"
        elif text[-1:].isalnum() and token.text[:1].isalnum():
            text += " "
        text += token.text
    return text


def together(tokens: list[Token], walked: Walk) -> Found:
    """Return the text of tokens and the smallest element in which it stands as one.

    Where that is a large one, or something else stands between them, it is the first token's.
    """
    first, last = tokens[0].element, tokens[-1].element
    if first is last:
        element: Tag | None = first
    else:
        around = {id(last), *(id(tag) for tag in ancestors(last))}
        element = next((tag for tag in (first, *ancestors(first)) if id(tag) in around), None)
    text = join_lines(tokens)
    if element is not None and len(tokens) > 1:
        start, end = walked.span(element)
        if end - start > _MOST_TOGETHER or _bare(text) not in _bare(element.get_text()):
            return Found(tokens[0].text, first)
    return Found(text, element)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _is_skipped(tag: Tag) -> bool:
    return tag.name in _SKIPPED


def ancestors(tag: Tag) -> Iterator[Tag]:
    """Yield the elements around `tag`, nearest first, at most `MAX_DEPTH` of them."""
    return islice(tag.parents, MAX_DEPTH)


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute as one string; empty when it is absent."""
    value = tag.attrs.get(name)
    return " ".join(value) if isinstance(value, list) else str(value or "")


def value_of(tag: Tag) -> str | None:
    """Return the value a form element shows; None for other elements, never a password."""
    if tag.name == "textarea":
        return "".join(child for child in tag.contents if isinstance(child, NavigableString))
    if tag.name == "input":
        kind = attribute(tag, "type").lower()
        return attribute(tag, "value") if kind in _TEXT_INPUTS else ""
    if tag.name == "select":
        chosen = tag.find("option", selected=True)
        return chosen.get_text() if isinstance(chosen, Tag) else ""
    return None


def is_hidden(tag: Tag) -> bool:
    """Say whether the tag itself is hidden by attribute, inline style or a usual class."""
    attrs = tag.attrs
    if tag.name in _STRUCK:
        return True  # what a page has struck out does not hold
    if not attrs:
        return False
    if "hidden" in attrs or ("style" in attrs and _NO_DISPLAY.search(attribute(tag, "style"))):
        return True
    classes = attribute(tag, "class").split() if "class" in attrs else []
    if any(name in _HIDDEN_CLASSES for name in classes):
        return True
    if "modal" in classes and "fade" in classes:  # Bootstrap: shown modals carry show or in
        return not {"show", "in"} & set(classes) and "display" not in attribute(tag, "style")
    return False


class Selectors:
    """CSS paths of many elements: the children of an element are counted once, not each time."""

    def __init__(self) -> None:
        self._steps: dict[int, str] = {}
        self._counted: set[int] = set()

    def of(self, tag: Tag) -> str | None:
        """Return what `selector_of` returns."""
        return selector_of(tag, self._step)

    def source(self, found: Found) -> Source:
        """Return the record's form of what was found."""
        selector = None if found.element is None else self.of(found.element)
        return Source(selector=selector, text=found.text)

    def _step(self, tag: Tag) -> str:
        parent = tag.parent
        if parent is None or tag.name in {"html", "body"}:
            return _step(tag)
        if id(parent) not in self._counted:
            self._counted.add(id(parent))
            children = [child for child in parent.contents if isinstance(child, Tag)]
            total = Counter(child.name for child in children)
            place: Counter[str] = Counter()
            for child in children:
                place[child.name] += 1
                alone = total[child.name] == 1
                self._steps[id(child)] = _numbered(child, None if alone else place[child.name])
        return self._steps[id(tag)]


def selector_of(tag: Tag, step: Callable[[Tag], str] | None = None) -> str | None:
    """Return a CSS path that finds exactly `tag`; None when it stands absurdly deep."""
    steps: list[str] = []
    node: Tag | None = tag
    while node is not None and not isinstance(node, BeautifulSoup):
        steps.append((step or _step)(node))
        node = node.parent
        if len(steps) > MAX_DEPTH:
            return None
    return " > ".join(reversed(steps))


_escape = cache(soupsieve.escape)


def _step(tag: Tag) -> str:
    parent = tag.parent
    if parent is None or tag.name in {"html", "body"}:
        return _numbered(tag, None)
    same = [child for child in parent.contents if isinstance(child, Tag) and child.name == tag.name]
    alone = len(same) == 1
    place = None if alone else next(index for index, one in enumerate(same, 1) if one is tag)
    return _numbered(tag, place)


def _numbered(tag: Tag, place: int | None) -> str:
    name = _escape(tag.name)
    return name if place is None else f"{name}:nth-of-type({place})"
