"""Find label and value pairs that stand in columns: tables, and grids of blocks.

The head of a table may be a table of its own; a description table may have several heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from scrapers.dom import Found, join_lines
from scrapers.labelled import Labelled, Pair, join
from scrapers.labels import BOXES, COLON, meaning
from scrapers.status import is_status

_VALUE = re.compile(r"[\d¥￥$@]")
_NO_GRID = frozenset({"tr", "dl", "ul", "nav"})
_MAX_CELLS = 40
_MAX_ROWS = 2000


def find_columns(page: Labelled) -> list[Pair]:
    """Return the pairs of all tables and grids, and mark the head cells as used."""
    finder = _Columns(page)
    finder.tables()
    finder.grids()
    return finder.pairs


class _Columns:
    """Collects the pairs; each row has a number of its own."""

    def __init__(self, page: Labelled) -> None:
        self.page = page
        self.walk = page.walk
        self.pairs: list[Pair] = []
        self.rows = 0

    def tables(self) -> None:
        """Read the tables."""
        tables = [tag for tag in self.walk.tags if tag.name == "table"]
        for position, table in enumerate(tables[:500]):
            rows = [row for row in _rows(table) if any(self._is_shown(cell) for cell in row)]
            if len(rows) == 1 and self._is_head(rows[0]) and position + 1 < len(tables):
                rows += _rows(tables[position + 1])  # head and body as two tables
            head: list[Tag] = []
            body: list[list[Tag]] = []
            for row in rows:
                if self._is_head(row):
                    self._columns(head, body)
                    head, body = row, []
                elif head:
                    body.append(row)
            self._columns(head, body)

    def grids(self) -> None:
        """Read the rows of blocks that stand under a row of labels."""
        seen: set[int] = set()
        for index in list(self.page.labels):
            cell = self.page.climb(index)[1]
            head = cell.parent if isinstance(cell, Tag) else None
            if head is None or id(head) in seen or head.name in _NO_GRID:
                continue
            seen.add(id(head))
            cells = _cells(head)
            if not 3 <= len(cells) <= _MAX_CELLS or not self._is_head(cells):
                continue
            body = [_cells(row) for row in head.next_siblings if isinstance(row, Tag)]
            self._columns(cells, [row for row in body[:500] if len(row) == len(cells)])

    def _is_shown(self, cell: Tag) -> bool:
        start, end = self.walk.span(cell)
        return start < end

    def _is_head(self, cells: list[Tag]) -> bool:
        """Say whether a row holds labels only; a row of label and value pairs is no head."""
        shown = [cell for cell in cells if self._is_shown(cell)]
        known = 0
        for cell in shown:
            start, end = self.walk.span(cell)
            token, labels = self.walk.tokens[start], self.page.labels.get(start, [])
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
            self.page.used.update(range(*self.walk.span(cell)))
        for row in body:
            if len(row) != len(head):  # a group row or a collapsed detail row
                continue
            self.rows += 1
            for name, cell in zip(names, row, strict=True):
                if name and self._is_shown(cell):
                    self._cell(name[0].text, cell)

    def _cell(self, name: str, cell: Tag) -> None:
        start, end = self.walk.span(cell)
        known = meaning(name)
        box = known is not None and known.field in BOXES
        tokens = self.walk.tokens[start:end]
        if not box:  # a label of its own before the value (类别 月卡) is no part of it
            first = next((i for i in range(start, end) if i not in self.page.labels), start)
            tokens = self.page.until_label(first, end) or tokens[:1]
        text = join_lines(tokens) if box else join(tokens)
        self.pairs.append(self.page.pair(name, known, Found(text, cell), cell, start, self.rows))


def _cells(tag: Tag) -> list[Tag]:
    return [child for child in tag.contents if isinstance(child, Tag)][: _MAX_CELLS + 1]


def _rows(table: Tag) -> list[list[Tag]]:
    return [
        [cell for cell in row.contents if isinstance(cell, Tag) and cell.name in {"td", "th"}]
        for row in _own_rows(table)
    ][:_MAX_ROWS]


def _own_rows(table: Tag) -> Iterator[Tag]:
    for child in table.contents:
        if isinstance(child, Tag):
            if child.name == "tr":
                yield child
            elif child.name in {"thead", "tbody", "tfoot"}:
                yield from (
                    row for row in child.contents if isinstance(row, Tag) and row.name == "tr"
                )
