"""Find label and value pairs in whatever way a shop laid them out.

Known ways: one text (`订单号：X`), two pairs in one text, label and value as neighbours (span, dd,
td, stacked blocks, bare text, inputs), column tables (also with the head in a table of its own),
and grids of blocks under a row of labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from scrapers.dom import INLINE, Found, Token, Walk, join_lines, walk
from scrapers.labels import BOXES, COLON, LabelInText, Meaning, leading_label, meaning, split_labels
from scrapers.status import is_status, payment_method
from scrapers.text import fold

_VALUE = re.compile(r"[\d¥￥$@]")
_PLACES = frozenset({"td", "dd", "div", "p"})
_COLON_OR_SPACE = " \n\t\r\u00a0:："
_SECTION = frozenset({"order_no", "amount", "created_at", "status", "payment_method", "title"})
_BOX_FIELDS = frozenset({"delivered_at", "refunded", "failure_reason"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "footer", "header", "nav"})
_MAX_CELLS = 40
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


def find_pairs(root: Tag, walked: Walk | None = None) -> list[Pair]:
    """Return all pairs under `root` in document order."""
    return _Finder(root, walked or walk(root)).find()


class _Finder:
    """Works through the tokens of one root."""

    def __init__(self, root: Tag, walked: Walk) -> None:
        self.root = root
        self.walk = walked
        self.labels: dict[int, list[LabelInText]] = {}
        self.pairs: list[Pair] = []
        self.rows = 0
        self.used: set[int] = set()
        self.boxed = 0

    def find(self) -> list[Pair]:
        """Run the column tables first: their head cells are then no labels of their own."""
        for index, token in enumerate(self.walk.tokens):
            found = [] if token.value else self._labels_of(token)
            if found:
                self.labels[index] = found
        self._tables()
        self._grids()
        for index in self.labels:
            if index not in self.used and not self._is_boxed(index):
                self._token_pairs(index)
        return sorted(self.pairs, key=lambda pair: pair.order)

    def _labels_of(self, token: Token) -> list[LabelInText]:
        found = split_labels(token.text) if COLON.search(token.text) else []
        if found or token.is_control:
            return found
        if known := meaning(token.text):
            return [LabelInText(token.text, known, 0, len(token.text))]
        return leading_label(token.text)

    def _add(self, label: str, known: Meaning | None, found: Found, element: Tag, index: int,
             row: int | None = None) -> None:  # fmt: skip
        hidden = self.walk.tokens[index].hidden if index < len(self.walk.tokens) else False
        self.pairs.append(Pair(label, known, found, element, hidden, row, index))

    # --- one token -------------------------------------------------------------------------

    def _token_pairs(self, index: int) -> None:
        token, labels = self.walk.tokens[index], self.labels[index]
        for place, label in enumerate(labels):
            last = place + 1 == len(labels)
            end = len(token.text) if last else labels[place + 1].start
            value = token.text[label.value_start : end].strip()
            if value:
                self._inline(index, label, value, last=last)
            elif last:
                self._structural(index, label)

    def _inline(self, index: int, label: LabelInText, value: str, *, last: bool) -> None:
        """Take the value in the label's own text; an amount may go on in the next elements."""
        token = self.walk.tokens[index]
        text, element = value, token.element
        if last and value in {"¥", "￥", "$"}:
            node = self._node_of(token)
            more = self._run(node) if node is not None else []
            text, element = value + "".join(t.text for t in more), token.element
        self._add(label.text, label.meaning, Found(text, element), element, index)

    def _node_of(self, token: Token) -> PageElement | None:
        for child in token.element.contents:
            if isinstance(child, NavigableString) and child.strip() == token.text:
                return child
        return None

    def _structural(self, index: int, label: LabelInText) -> None:
        token = self.walk.tokens[index]
        element, node = self._climb(index)
        tokens, holder = self._value_after(element, node, label)
        if not tokens:
            if label.meaning is not None and self._is_empty_place(node):
                self._add(label.text, label.meaning, Found("", token.element), token.element, index)
            return
        box = label.meaning is not None and label.meaning.field in BOXES
        if box and holder is not element:
            self.boxed = max(self.boxed, self.walk.span(holder)[1])
        text = join_lines(tokens) if box else _join(tokens)
        self._add(label.text, label.meaning, Found(text, holder), holder, index)

    def _climb(self, index: int) -> tuple[Tag, PageElement]:
        """Return the largest element that shows nothing but the label (and the node itself)."""
        token = self.walk.tokens[index]
        node: PageElement = self._node_of(token) or token.element
        element = token.element
        for _ in range(_MAX_CLIMB):
            if self.walk.span(element) != (index, index + 1) or element is self.root:
                return element, node
            if self._is_empty_place(node):
                return element, node
            node = element
            if element.parent is None or element.name in {"td", "th", "dt", "tr", "dl"}:
                return element.parent or element, node
            element = element.parent
        return element, node

    def _value_after(self, parent: Tag, node: PageElement, label: LabelInText
                     ) -> tuple[list[Token], Tag]:  # fmt: skip
        name = node.name if isinstance(node, Tag) else ""
        sibling = self._next_shown(node)
        if name in {"td", "th", "dt"}:
            wanted = {"dd", "div"} if name == "dt" else {"td"} if name == "th" else {"td", "th"}
            if not isinstance(sibling, Tag) or sibling.name not in wanted:
                return [], parent
            return self._whole(sibling, label), sibling
        box = label.meaning is not None and label.meaning.field in BOXES
        if isinstance(sibling, Tag) and (sibling.name not in INLINE or box):
            tokens = self._whole(sibling, label)
            more = self._further_cards(sibling, label) if tokens else []
            if more:
                sibling = parent
            elif len(tokens) == 1 and tokens[0].value:
                sibling = tokens[0].element  # a field in a block of its own
            return tokens + more, sibling
        run = self._run(node)
        if len(run) == 1 and run[0].element is not parent:
            return run, run[0].element
        same = {id(token.element) for token in run}
        if isinstance(sibling, Tag) and len(same) == 1 and run[0].element is not parent:
            return run, run[0].element
        return run, parent

    def _further_cards(self, first: Tag, label: LabelInText) -> list[Token]:
        """Return what stands below the first block of a card box, up to a label or heading."""
        more: list[Token] = []
        if label.meaning is None or label.meaning.field != "secrets":
            return more
        blocks = [tag for tag in islice(first.next_siblings, 12) if isinstance(tag, Tag)]
        for tag in blocks:
            start, end = self.walk.span(tag)
            named = any(self._names_field(i) for i in range(start, min(end, start + 400)))
            if named or tag.name in _HEADINGS or end - start > 200:
                break
            more += self.walk.tokens[start:end]
        return more

    def _names_field(self, index: int) -> bool:
        labels = self.labels.get(index, [])
        return any(one.meaning is None or one.meaning.field != "secret_part" for one in labels)

    def _next_shown(self, node: PageElement) -> PageElement | None:
        sibling = node.next_sibling
        while sibling is not None:
            if isinstance(sibling, Tag):
                if sibling.name == "br":
                    return None
                start, end = self.walk.span(sibling)
                if end > start or sibling.name in {"td", "th", "dd"}:
                    return sibling
            elif isinstance(sibling, NavigableString) and fold(sibling).strip(":"):
                return sibling
            sibling = sibling.next_sibling
        return None

    def _whole(self, tag: Tag, label: LabelInText) -> list[Token]:
        """Return the texts of `tag`, unless it holds pairs of its own and the label is no box."""
        start, end = self.walk.span(tag)
        inner = [index for index in range(start, min(end, start + 400)) if index in self.labels]
        if label.meaning is not None and label.meaning.field in BOXES:
            fields = {one.meaning.field for i in inner for one in self.labels[i] if one.meaning}
            return [] if fields & _SECTION else self.walk.tokens[start:end]
        if inner and not self._is_method(label, start, end):
            return self._until_label(start, end)
        return self.walk.tokens[start:end]

    def _is_method(self, label: LabelInText, start: int, end: int) -> bool:
        """余额支付 is a label on some pages; beside 支付方式 it is the value."""
        if end != start + 1 or label.meaning is None or label.meaning.field != "payment_method":
            return False
        text = self.walk.tokens[start].text
        if COLON.search(text) or payment_method(text) in {"other", "unknown"}:
            return False
        self.used.add(start)
        return True

    def _is_boxed(self, index: int) -> bool:
        """Say whether the token stands in a box that was read as a whole."""
        fields = {label.meaning.field for label in self.labels[index] if label.meaning}
        return index < self.boxed and not fields & _BOX_FIELDS

    def _until_label(self, start: int, end: int) -> list[Token]:
        stop = next(index for index in range(start, end) if index in self.labels)
        return self.walk.tokens[start:stop]

    def _run(self, node: PageElement) -> list[Token]:
        """Collect the inline neighbours after `node` up to a break, a block or a label."""
        tokens: list[Token] = []
        sibling = node.next_sibling
        while sibling is not None:
            if isinstance(sibling, Tag):
                start, end = self.walk.span(sibling)
                blocked = sibling.name not in INLINE and bool(tokens)
                if sibling.name in {"br", "hr"} or (blocked and end > start):
                    break
                if any(index in self.labels for index in range(start, min(end, start + 400))):
                    break
                tokens.extend(self.walk.tokens[start:end])
                if sibling.name not in INLINE and tokens:
                    break
            elif isinstance(sibling, NavigableString) and (text := sibling.strip()):
                if self._is_label_text(text):
                    break
                if text.strip(_COLON_OR_SPACE) and sibling.parent is not None:
                    clean = text.lstrip(_COLON_OR_SPACE)
                    tokens.append(Token(clean, sibling.parent))
            sibling = sibling.next_sibling
        return tokens

    def _is_label_text(self, text: str) -> bool:
        return meaning(text) is not None or bool(
            COLON.search(text.strip(":：")) and split_labels(text)
        )

    def _is_empty_place(self, node: PageElement) -> bool:
        """Say whether an empty element made for the value follows the label."""
        sibling = node.next_sibling
        colon = bool(COLON.search(node.get_text()[-3:]))
        while isinstance(sibling, NavigableString) and not sibling.strip(_COLON_OR_SPACE):
            colon = colon or bool(COLON.search(sibling))
            sibling = sibling.next_sibling
        if not isinstance(sibling, Tag):
            return False
        start, end = self.walk.span(sibling)
        return start == end and sibling.name in (_PLACES | INLINE if colon else _PLACES)

    # --- tables and grids -------------------------------------------------------------------

    def _tables(self) -> None:
        tables = [tag for tag in self.walk.tags if tag.name == "table"]
        for position, table in enumerate(tables[:500]):
            rows = [
                row for row in _rows(table) if any(self.walk.span(cell) != (0, 0) for cell in row)
            ]
            if (
                len(rows) == 1 and self._is_head(rows[0]) and position + 1 < len(tables)
            ):  # head and body as two tables
                rows += _rows(tables[position + 1])
            head: list[Tag] = []
            body: list[list[Tag]] = []
            for row in rows:  # a description table may have several heads
                if self._is_head(row):
                    self._columns(head, body)
                    head, body = row, []
                elif head:
                    body.append(row)
            self._columns(head, body)

    def _grids(self) -> None:
        seen: set[int] = set()
        for index in list(self.labels):
            cell = self._climb(index)[1]
            head = cell.parent if isinstance(cell, Tag) else None
            if head is None or id(head) in seen or head.name in {"tr", "dl", "ul", "nav"}:
                continue
            seen.add(id(head))
            cells = _cells(head)
            if not 3 <= len(cells) <= _MAX_CELLS or not self._is_head(cells):
                continue
            body = [_cells(row) for row in head.next_siblings if isinstance(row, Tag)]
            self._columns(cells, [row for row in body[:500] if len(row) == len(cells)])

    def _is_head(self, cells: list[Tag]) -> bool:
        """Say whether a row holds labels only; a row of label and value pairs is no head."""
        shown = [cell for cell in cells if self.walk.span(cell) != (0, 0)]
        known = 0
        for cell in shown:
            start, end = self.walk.span(cell)
            token, labels = self.walk.tokens[start], self.labels.get(start, [])
            if end - start > 1 or token.value or len(token.text) > 16:
                return False
            if not labels and (_VALUE.search(token.text) or is_status(token.text)):
                return False
            if labels and COLON.search(token.text):
                return False
            known += bool(labels)
        heads = all(cell.name == "th" for cell in shown)
        return known >= 2 and (known * 2 >= len(shown) if heads else known * 2 > len(shown))

    def _columns(self, head: list[Tag], body: list[list[Tag]]) -> None:
        if not body:
            return
        names = [self.walk.inside(cell) for cell in head]
        for cell in head:
            self.used.update(range(*self.walk.span(cell)))
        for row in body:
            if len(row) != len(head):  # a group row or a collapsed detail row
                continue
            self.rows += 1
            for name, cell in zip(names, row, strict=True):
                start, end = self.walk.span(cell)
                if name and end > start:
                    self._cell(name[0].text, cell, start, end)

    def _cell(self, name: str, cell: Tag, start: int, end: int) -> None:
        known = meaning(name)
        box = known is not None and known.field in BOXES
        tokens = self.walk.tokens[start:end]
        if not box and any(index in self.labels for index in range(start, end)):
            tokens = self._until_label(start, end) or tokens[:1]
        self._add(
            name,
            known,
            Found(join_lines(tokens) if box else _join(tokens), cell),
            cell,
            start,
            self.rows,
        )


def _join(tokens: list[Token]) -> str:
    """Join the texts of a value; links and buttons beside it are no part of it."""
    plain = [token for token in tokens if not token.is_control]
    return "".join(token.text for token in plain or tokens)


def _cells(tag: Tag) -> list[Tag]:
    return [child for child in tag.contents if isinstance(child, Tag)][: _MAX_CELLS + 1]


def _rows(table: Tag) -> list[list[Tag]]:
    return [
        [cell for cell in row.contents if isinstance(cell, Tag) and cell.name in {"td", "th"}]
        for row in _own_rows(table)
    ][:2000]


def _own_rows(table: Tag) -> Iterator[Tag]:
    for child in table.contents:
        if isinstance(child, Tag):
            if child.name == "tr":
                yield child
            elif child.name in {"thead", "tbody", "tfoot"}:
                yield from (
                    row for row in child.contents if isinstance(row, Tag) and row.name == "tr"
                )
