"""Find label and value pairs in whatever way a shop laid them out.

Known ways: one text (`订单号：X`), two pairs in one text, label and value as neighbours (span, dd,
td, stacked blocks, bare text, inputs), column tables and grids of blocks (`columns`).
"""

from __future__ import annotations

from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from scrapers.columns import find_columns
from scrapers.dom import HEADINGS, INLINE, Found, Token, Walk, join_lines, walk
from scrapers.labelled import (
    COLON_OR_SPACE,
    Labelled,
    Pair,
    join,
    node_of,
    without_controls,
)
from scrapers.labels import BOXES, LabelInText, Meaning
from scrapers.status import is_status
from scrapers.text import fold

_SECTION = frozenset({"order_no", "amount", "created_at", "status", "payment_method", "title"})
_BOX_FIELDS = frozenset({"delivered_at", "refunded", "failure_reason"})
_ABOUT_DELIVERY = frozenset({"delivered_at", "delivery_kind", "delivery_status", "status"})
_STATES = frozenset({"status", "pay_status", "delivery_status"})
_CARD_PARTS = frozenset({"secret_part", "secrets", "game_password"})
_ENDS = HEADINGS | {"footer", "header", "nav"}
_OF_A_NUMBER = frozenset(".0123456789")
_CURRENCY = frozenset({"¥", "￥", "$"})
_MOST_LABELS = 400
"""How many texts of a block are looked at for labels of its own."""


def find_pairs(root: Tag, walked: Walk | None = None) -> list[Pair]:
    """Return all pairs under `root` in document order."""
    page = Labelled(root, walked or walk(root))
    columns = find_columns(page)  # first: their head cells are then no labels of their own
    return sorted([*columns, *_Neighbours(page).find()], key=lambda pair: pair.order)


class _Neighbours:
    """Works through the labels of one root, looking for the value beside, below or behind."""

    def __init__(self, page: Labelled) -> None:
        self.page = page
        self.walk = page.walk
        self.labels = page.labels
        self.pairs: list[Pair] = []
        self.boxed = (0, 0)

    def find(self) -> list[Pair]:
        """Return the pairs."""
        for index in self.labels:
            if index not in self.page.used and not self._is_boxed(index):
                self._token_pairs(index)
        return self.pairs

    def _add(self, label: LabelInText, found: Found, element: Tag, index: int) -> None:
        self.pairs.append(self.page.pair(label.text, label.meaning, found, element, index))

    # --- one token -------------------------------------------------------------------------

    def _token_pairs(self, index: int) -> None:
        token, labels = self.walk.tokens[index], self.labels[index]
        if len(labels) > 1 and all(_field(label) in _CARD_PARTS for label in labels):
            known = Meaning("secrets", 0)  # 卡号 and its 卡密 in one text are one code
            pair = LabelInText(token.text, known, 0, 0)
            self._add(pair, Found(token.text, token.element), token.element, index)
            return
        for place, label in enumerate(labels):
            last = place + 1 == len(labels)
            end = len(token.text) if last else labels[place + 1].start
            if _field(label) == "sku":  # 面额:648 / 区服:国服 is one choice
                end = len(token.text)
            value = token.text[label.value_start : end].strip()
            if value:
                self._inline(index, label, value, last=last)
            elif last:
                self._structural(index, label)

    def _inline(self, index: int, label: LabelInText, value: str, *, last: bool) -> None:
        """Take the value in the label's own text; an amount may go on in the next elements."""
        token = self.walk.tokens[index]
        if last and value in _CURRENCY and (node := node_of(token)) is not None:
            value += "".join(more.text for more in self._run(node))
        elif last and value[-1].isdigit() and index + 1 < len(self.walk.tokens):
            after = self.walk.tokens[index + 1]
            if not after.starts_line and after.text[0] in _OF_A_NUMBER:  # ¥9<sup>50</sup>
                value += after.text if after.text[0] == "." else f" {after.text}"
        self._add(label, Found(value, token.element), token.element, index)

    def _structural(self, index: int, label: LabelInText) -> None:
        token = self.walk.tokens[index]
        element, node = self.page.climb(index)
        tokens, holder = self._value_after(element, node, label)
        if not tokens:
            if label.meaning is not None and self.page.is_empty_place(node):
                self._add(label, Found("", token.element), token.element, index)
            return
        if not _is_box(label):
            plain = [token for token in tokens if not token.hidden] or tokens
            alone = _field(label) in _STATES and is_status(plain[0].text)
            self._add(label, Found(join(plain[:1] if alone else tokens), holder), holder, index)
            return
        if holder is not element:
            self.boxed = max(self.boxed, self.walk.span(holder), key=_end)
        shown = [token for token in tokens if not token.hidden] or tokens
        text = join_lines(without_controls(shown))
        self._add(label, Found(text, holder), holder, index)

    def _value_after(self, parent: Tag, node: PageElement, label: LabelInText
                     ) -> tuple[list[Token], Tag]:  # fmt: skip
        name = node.name if isinstance(node, Tag) else ""
        sibling = self._next_shown(node)
        if name in {"td", "th"} and sibling is None and isinstance(node, Tag) and _is_box(label):
            return self._row_below(node)
        if name in {"td", "th", "dt"}:
            wanted = {"dd", "div"} if name == "dt" else {"td"} if name == "th" else {"td", "th"}
            if not isinstance(sibling, Tag) or sibling.name not in wanted:
                return [], parent
            return self._whole(sibling, label), sibling
        if sibling is None and _is_box(label) and isinstance(node, Tag):
            below = self._first_box(parent)
            return self._below(parent, below, label) if below is not None else ([], parent)
        if isinstance(sibling, Tag) and (sibling.name not in INLINE or _is_box(label)):
            block = self._box_below(parent, sibling) if _is_box(label) else sibling
            return self._below(parent, block, label)
        run = self._run(node) or (self._lines(node) if _is_box(label) else [])
        own = {id(token.element) for token in run}
        alone = len(run) == 1 or (isinstance(sibling, Tag) and len(own) == 1)
        return run, run[0].element if alone else parent

    def _below(self, parent: Tag, block: Tag, label: LabelInText) -> tuple[list[Token], Tag]:
        """Return the texts of the block after a label, and what else belongs to a card box."""
        tokens = self._whole(block, label)
        more = self._further_cards(block, label) if tokens else []
        if more:
            return tokens + more, parent
        if len(tokens) == 1 and tokens[0].value:
            return tokens, tokens[0].element  # a field in a block of its own
        return tokens, block

    def _row_below(self, cell: Tag) -> tuple[list[Token], Tag]:
        """Return the only cell of the row below a heading row of its own."""
        row = cell.parent
        below = row.find_next_sibling("tr") if row is not None else None
        cells = below.find_all(["td", "th"], recursive=False) if isinstance(below, Tag) else []
        if len(cells) != 1 or not isinstance(cells[0], Tag):
            return [], cell
        return self.walk.inside(cells[0]), cells[0]

    def _box_below(self, row: Tag, block: Tag) -> Tag:
        """Return the box of a heading, past a state and buttons beside it, past how it came."""
        return (self._first_box(block, row) or block) if self._is_beside(block) else block

    def _first_box(self, *rows: Tag) -> Tag | None:
        """Return the first block behind the rows of a heading that may be its box."""
        for head in (*rows, *islice(rows[-1].parents, 2)):
            for below in islice(head.next_siblings, 12):
                if isinstance(below, Tag) and self._is_shown(below):
                    if below.find(_ENDS) is not None or below.name in _ENDS:
                        return None
                    if not self._is_beside(below):
                        return below
        return None

    def _is_shown(self, tag: Tag) -> bool:
        return any(not token.hidden for token in self.walk.inside(tag))

    def _is_beside(self, block: Tag) -> bool:
        """Say whether a block holds only a state, buttons, or how and when a delivery came."""
        start, end = self.walk.span(block)
        tokens = self.walk.tokens[start:end]
        if len(tokens) == 1 and is_status(tokens[0].text):
            return True
        fields = {name for index in self._labelled(start, end) for name in self._fields(index)}
        if fields:
            return fields <= _ABOUT_DELIVERY and end - start <= 2
        return all(token.is_control for token in tokens)

    def _further_cards(self, first: Tag, label: LabelInText) -> list[Token]:
        """Return what stands below the first block of a card box, up to a label or heading."""
        more: list[Token] = []
        if _field(label) != "secrets":
            return more
        blocks = [tag for tag in islice(first.next_siblings, 12) if isinstance(tag, Tag)]
        for tag in blocks:
            start, end = self.walk.span(tag)
            named = {name for i in self._labelled(start, end) for name in self._fields(i)}
            if named & _BOX_FIELDS and named <= _BOX_FIELDS and end - start <= 2:
                continue  # when it came is a field of its own; the message may stand below
            if named - {"secret_part"} or tag.name in _ENDS or end - start > 200:
                break
            more += self.walk.tokens[start:end]
        return more

    def _labelled(self, start: int, end: int) -> list[int]:
        return [i for i in range(start, min(end, start + _MOST_LABELS)) if i in self.labels]

    def _fields(self, index: int) -> set[str]:
        return {_field(label) for label in self.labels[index]}

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
        inner = self._labelled(start, end)
        if _is_box(label):
            fields = {name for index in inner for name in self._fields(index)}
            return [] if fields & _SECTION else self.walk.tokens[start:end]
        if inner:
            return self.page.until_label(start, end)
        return self.walk.tokens[start:end]

    def _lines(self, node: PageElement) -> list[Token]:
        """Return the lines below a box's label in the same block, up to a label or a block."""
        lines: list[Token] = []
        for sibling in node.next_siblings:
            if isinstance(sibling, Tag):
                start, end = self.walk.span(sibling)
                if self._labelled(start, end) or sibling.name not in INLINE | {"br"}:
                    break
                lines += self.walk.tokens[start:end]
            elif isinstance(sibling, NavigableString) and (text := sibling.strip()):
                if (id(sibling.parent), text) in self.page.texts or sibling.parent is None:
                    break
                lines.append(Token(text, sibling.parent, starts_line=True))
        return lines

    def _is_boxed(self, index: int) -> bool:
        """Say whether the token stands in a box that was read as a whole."""
        return self.boxed[0] <= index < self.boxed[1] and not self._fields(index) & _BOX_FIELDS

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
                if self._labelled(start, end):
                    break
                tokens.extend(self.walk.tokens[start:end])
                if sibling.name not in INLINE and tokens:
                    break
            elif isinstance(sibling, NavigableString) and (text := sibling.strip()):
                if (id(sibling.parent), text) in self.page.texts:
                    break
                if text.strip(COLON_OR_SPACE) and sibling.parent is not None:
                    clean = text.lstrip(COLON_OR_SPACE)
                    tokens.append(Token(clean, sibling.parent))
            sibling = sibling.next_sibling
        return tokens


def _end(span: tuple[int, int]) -> int:
    return span[1]


def _field(label: LabelInText) -> str:
    return label.meaning.field if label.meaning else ""


def _is_box(label: LabelInText) -> bool:
    return _field(label) in BOXES
