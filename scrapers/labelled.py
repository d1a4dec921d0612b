"""Which texts of a page are labels, and the block that each label fills alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from scrapers.dom import INLINE, Found, Token, Walk
from scrapers.labels import (
    COLON,
    LabelInText,
    Meaning,
    leading_label,
    meaning,
    split_labels,
    trailing_label,
)
from scrapers.status import payment_method

COLON_OR_SPACE = " \n\t\r\u00a0:："
_PLACES = frozenset({"td", "dd", "div", "p"})
_CELLS = frozenset({"td", "th", "dt", "tr", "dl"})
_MAX_CLIMB = 60


@dataclass(frozen=True)
class Pair:
    """A label and the value that belongs to it; `row` tells rows of a column table apart."""

    label: str
    meaning: Meaning | None
    found: Found
    element: Tag
    hidden: bool = False
    row: int | None = None
    order: int = 0

    @property
    def field(self) -> str:
        """Return the field the label names, empty when the label is not listed."""
        return self.meaning.field if self.meaning else ""


@dataclass
class Labelled:
    """The labels under one root: `labels` by the index of their token; `used` are spoken for."""

    root: Tag
    walk: Walk
    labels: dict[int, list[LabelInText]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    texts: set[tuple[int, str]] = field(default_factory=set)
    """The labels by the identity of their element and their whole text."""

    def __post_init__(self) -> None:
        """Look at every shown text; a form value is no label, nor is 余额 behind 支付方式."""
        asked = False
        for index, token in enumerate(self.walk.tokens):
            found = [] if token.value or (asked and _is_method(token)) else _labels_of(token)
            if found:
                self.labels[index] = found
                self.texts.add((id(token.element), token.text))
            last = found[-1] if found else None
            asked = last is not None and _asks_method(last, token)

    def climb(self, index: int) -> tuple[Tag, PageElement]:
        """Return the largest element that shows nothing but the label (and the node itself)."""
        token = self.walk.tokens[index]
        node: PageElement = node_of(token) or token.element
        element = token.element
        for _ in range(_MAX_CLIMB):
            if self.walk.span(element) != (index, index + 1) or element is self.root:
                return element, node
            if self.is_empty_place(node):
                return element, node
            node = element
            if element.parent is None or element.name in _CELLS:
                return element.parent or element, node
            element = element.parent
        return element, node

    def is_empty_place(self, node: PageElement) -> bool:
        """Say whether an empty element made for the value follows the label."""
        sibling = node.next_sibling
        colon = bool(COLON.search(node.get_text()[-3:]))
        while isinstance(sibling, NavigableString) and not sibling.strip(COLON_OR_SPACE):
            colon = colon or bool(COLON.search(sibling))
            sibling = sibling.next_sibling
        if not isinstance(sibling, Tag):
            return False
        start, end = self.walk.span(sibling)
        return start == end and sibling.name in (_PLACES | INLINE if colon else _PLACES)

    def until_label(self, start: int, end: int) -> list[Token]:
        """Return the texts of a range up to its first label."""
        stop = next((index for index in range(start, end) if index in self.labels), end)
        return self.walk.tokens[start:stop]

    def pair(self, label: str, known: Meaning | None, found: Found, element: Tag, index: int,
             row: int | None = None) -> Pair:  # fmt: skip
        """Return the pair whose label (or cell) is the token at `index`."""
        tokens = self.walk.tokens
        hidden = tokens[index].hidden if index < len(tokens) else False
        return Pair(label, known, found, element, hidden, row, index)


def node_of(token: Token) -> PageElement | None:
    """Return the text node of a token; None for a form value."""
    for child in token.element.contents:
        if isinstance(child, NavigableString) and child.strip() == token.text:
            return child
    return None


def join(tokens: list[Token]) -> str:
    """Join the shown texts of a value; links and buttons beside it are no part of it.

    Two words or numbers of different elements stay apart, the pieces of a price do not.
    """
    plain = without_controls(tokens)
    text = ""
    for token in [token for token in plain if not token.hidden] or plain:
        apart = _is_ascii_word(text[-1:]) and _is_ascii_word(token.text[:1])
        text += f" {token.text}" if apart else token.text
    return text


def _is_ascii_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def without_controls(tokens: list[Token]) -> list[Token]:
    """Leave links and buttons out, unless there is nothing else."""
    return [token for token in tokens if not token.is_control] or tokens


def _asks_method(label: LabelInText, token: Token) -> bool:
    """Say whether a way of payment must follow the token."""
    known = label.meaning is not None and label.meaning.field == "payment_method"
    return known and not token.text[label.value_start :].strip()


def _is_method(token: Token) -> bool:
    """Say whether a text names a way of payment; a column's head does not."""
    if COLON.search(token.text) or any(
        tag.name == "th" for tag in islice(token.element.parents, 2)
    ):
        return False
    return token.element.name != "th" and payment_method(token.text) not in {"other", "unknown"}


def _is_in_sentence(token: Token) -> bool:
    """Say whether the text is a stressed word of a sentence (请妥善保管<b>卡密信息</b>)."""
    before = token.element.previous_sibling
    if token.starts_line or token.element.name not in INLINE:
        return False
    text = before.strip() if isinstance(before, NavigableString) else ""
    return bool(text) and not COLON.search(text[-1])


def _labels_of(token: Token) -> list[LabelInText]:
    found = split_labels(token.text) if COLON.search(token.text) else []
    if found or token.is_control:
        return found
    if _is_in_sentence(token):
        return []
    if known := meaning(token.text):
        return [LabelInText(token.text, known, 0, len(token.text))]
    return leading_label(token.text) or trailing_label(token.text)
