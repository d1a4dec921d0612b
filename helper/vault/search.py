"""Search in what pages show and orders say, in Chinese too: one character is enough.

A text is indexed by its characters and pairs of characters (SQLite's own trigrams find no word of
two), and by the ends of its Latin words and numbers, each of which may begin with a term. They tell
which texts can hold a term; whether one does, the text itself says: what is found is exactly what
holds every term, wherever in a word it stands. Letters are compared without case and width (ＡＢＣ
is abc); traditional characters stay what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, literal, select, text

from helper.model import Moment
from helper.vault import schema
from helper.vault.store import Store, reading
from scrapers.record import Frozen

_documents = schema.documents
_library = schema.library
_MOST_ASKED: Final = 48
"""Pieces of one term that the index is asked for: what more there are, the text must show."""
_LONGEST_END: Final = 24
_SHORTEST_END: Final = 3
_NARROW = re.compile("[0-9a-z]{3,}")
_MARKS: Final = {code: 0xE000 + code for code in range(33, 127) if not chr(code).isalnum()}
"""Marks stand in the index as letters, which no syntax of SQLite knows."""
_LONGEST_QUERY: Final = 300
_BEFORE: Final = 24
_AFTER: Final = 56
_MOST_PLACES: Final = 3
_GAP: Final = " … "
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]"
)


class Segment(Frozen):
    """A piece of a text; `hit` is what was searched for. Not escaped."""

    text: str
    hit: bool = False


class CaptureHit(Frozen):
    """A capture that holds every term, in its title, address, order or visible text."""

    capture_id: str
    case_id: str | None
    url: str
    title: str
    host: str | None
    clicked_at: Moment
    kind: str
    order_no: str | None
    snippet: tuple[Segment, ...]


class OrderHit(Frozen):
    """A case that holds every term in its order, with the user's corrections, or in its title."""

    case_id: str
    order_no: str | None
    title: str
    host: str | None
    closed: bool
    snippet: tuple[Segment, ...]


class SearchResult(Frozen):
    """What `kazheng search --json` prints: newest first, at most `limit` of each.

    All words in it are covered like those of a redacted copy. `more`: there are further captures
    or orders. `waiting` is how many captures and cases are not searchable yet as they are now.
    """

    terms: tuple[str, ...]
    captures: tuple[CaptureHit, ...]
    orders: tuple[OrderHit, ...]
    more: bool
    waiting: int


class Search(Store):
    """The search of the catalogue."""

    def search(self, words: str, *, limit: int = 20) -> SearchResult:
        """Return what holds all of some words; nothing where there are none."""
        wanted = terms(words)
        with reading(self.engine) as connection:
            waiting = connection.execute(
                select(func.count()).select_from(schema.stale)
            ).scalar_one()
            pages = _found_captures(connection, wanted, limit + 1) if wanted else []
            cases = _found_cases(connection, wanted, limit + 1) if wanted else []
        return SearchResult(
            terms=wanted,
            captures=tuple(_capture_hit(row, wanted) for row in pages[:limit]),
            orders=tuple(_order_hit(row, wanted) for row in cases[:limit]),
            more=max(len(pages), len(cases)) > limit,
            waiting=waiting,
        )

    def found_orders(self, words: str, *, limit: int) -> tuple[OrderHit, ...]:
        """Return the cases that hold all of some words, the newest first."""
        wanted = terms(words)
        with reading(self.engine) as connection:
            rows = _found_cases(connection, wanted, limit) if wanted else []
        return tuple(_order_hit(row, wanted) for row in rows)


def terms(words: str) -> tuple[str, ...]:
    """Return the terms of a query as they are compared, each once."""
    found = fold(plain(words[:_LONGEST_QUERY])).split()
    return tuple(dict.fromkeys(found))


def plain(said: str) -> str:
    """Return a text as it is kept for search: composed, without what nobody sees."""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFC", said))
    lines = (" ".join(line.split()) for line in shown.splitlines())
    whole = "\n".join(line for line in lines if line)
    return whole.encode("utf-8", "replace").decode()


def fold(said: str) -> str:
    """Return a text as it is compared, one character for one: no case, no width."""
    return said.translate(_folds())


def holds(wanted: Sequence[str], position: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Return the conditions under which the document at a position holds every term."""
    grams = " ".join(gram for term in wanted for gram in _asked(term))
    matching = text("SELECT rowid FROM library_grams WHERE library_grams MATCH :grams")
    able = matching.bindparams(grams=grams).columns(schema.documents.c.position)
    own = _documents.alias()
    folded = select(own.c.folded).where(own.c.position == position).scalar_subquery()
    # The sum keeps SQLite from walking the matches, of which there may be all, instead of the list
    return [
        (position + 0).in_(able),
        *(func.instr(folded, literal(term)) > 0 for term in wanted),
    ]


def put_document(connection: Connection, position: int, head: str, body: str) -> None:
    """Make a text searchable in place of what was at its position."""
    remove_document(connection, position)
    folded = fold(f"{head}\n{body}")
    values = {"position": position, "head": head, "body": body, "folded": folded}
    connection.execute(_documents.insert().values(values))
    connection.execute(
        text("INSERT INTO library_grams (rowid, grams) VALUES (:position, :grams)"),
        {"position": position, "grams": _grams(folded)},
    )


def remove_document(connection: Connection, position: int) -> None:
    """Forget the text at a position, and every run of its characters."""
    old = connection.execute(
        select(_documents.c.folded).where(_documents.c.position == position)
    ).scalar()
    if old is not None:
        connection.execute(
            text("INSERT INTO library_grams (library_grams, rowid, grams)"
                 " VALUES ('delete', :position, :grams)"),
            {"position": position, "grams": _grams(old)},
        )  # fmt: skip
        connection.execute(_documents.delete().where(_documents.c.position == position))


def snippet(head: str, body: str, wanted: Sequence[str]) -> tuple[Segment, ...]:
    """Return where a document holds the terms, the first place of each, in order."""
    said = f"{head}\n{body}"
    folded = fold(said)
    starts = sorted({at for term in wanted if (at := folded.find(term)) >= 0})
    spans: list[list[int]] = []
    for at in starts:
        start, end = max(at - _BEFORE, 0), min(at + _AFTER, len(said))
        if spans and start <= spans[-1][1]:
            spans[-1][1] = end
        elif len(spans) < _MOST_PLACES:
            spans.append([start, end])
    found: list[Segment] = []
    for start, end in spans:
        if start > 0:
            found.append(Segment(text="…" if not found else _GAP))
        found += segments(said[start:end], wanted)
    if spans and spans[-1][1] < len(said):
        found.append(Segment(text="…"))
    return tuple(found)


def segments(said: str, wanted: Sequence[str]) -> list[Segment]:
    """Return a text in pieces, those that are searched for marked."""
    if not wanted:
        return [Segment(text=said)] if said else []
    longest = sorted(wanted, key=len, reverse=True)
    places = re.finditer("|".join(map(re.escape, longest)), fold(said))
    found: list[Segment] = []
    end = 0
    for place in places:
        if end < place.start():
            found.append(Segment(text=said[end : place.start()]))
        end = place.end()
        found.append(Segment(text=said[place.start() : end], hit=True))
    if end < len(said):
        found.append(Segment(text=said[end:]))
    return found


def _found_captures(connection: Connection, wanted: Sequence[str], most: int) -> list[Row[Any]]:
    captures = schema.captures
    return list(
        connection.execute(
            select(_library, captures.c.case_id, _documents.c.head, _documents.c.body)
            .join(captures, captures.c.position == _library.c.position)
            .join(_documents, _documents.c.position == _library.c.position)
            .where(*holds(wanted, _library.c.position))
            .order_by(_library.c.sort_at.desc(), _library.c.position.desc())
            .limit(most)
        )
    )


def _found_cases(connection: Connection, wanted: Sequence[str], most: int) -> list[Row[Any]]:
    cases = schema.cases
    return list(
        connection.execute(
            select(cases, _documents.c.head, _documents.c.body)
            .join(_documents, _documents.c.position == -cases.c.position)
            .where(*holds(wanted, -cases.c.position))
            .order_by(cases.c.position.desc())
            .limit(most)
        )
    )


def _capture_hit(row: Row[Any], wanted: Sequence[str]) -> CaptureHit:
    return CaptureHit(
        capture_id=row.capture_id, case_id=row.case_id, url=row.url, title=row.title,
        host=row.host, clicked_at=row.clicked_at, kind=row.kind, order_no=row.order_no,
        snippet=snippet(row.head, row.body, wanted),
    )  # fmt: skip


def _order_hit(row: Row[Any], wanted: Sequence[str]) -> OrderHit:
    return OrderHit(
        case_id=row.case_id, order_no=row.order_no, title=row.head.partition("\n")[0],
        host=row.host, closed=row.closed_at is not None,
        snippet=snippet(row.head, row.body, wanted),
    )  # fmt: skip


def _grams(folded: str) -> str:
    """Return all pieces by which the index finds a text, each once."""
    found = {word[at : at + size] for word in folded.split() for size in (1, 2)
             for at in range(len(word) - size + 1)}  # fmt: skip
    for narrow in _NARROW.findall(folded):
        ends = range(len(narrow) - _SHORTEST_END + 1)
        found.update(narrow[at : at + _LONGEST_END] for at in ends)
    return " ".join(found).translate(_MARKS)


def _asked(term: str) -> list[str]:
    """Return what the index must know of a text that holds a term, as SQLite is asked for it."""
    found: dict[str, None] = {}
    at = 0
    for narrow in _NARROW.finditer(term):
        found |= dict.fromkeys(map(_quoted, _pairs(term[at : narrow.start() + 1])))
        found[f"{_quoted(narrow[0][:_LONGEST_END])}*"] = None
        at = narrow.end() - 1
    found |= dict.fromkeys(map(_quoted, _pairs(term[at:])))
    return list(found)[:: -(-len(found) // _MOST_ASKED)] if found else [_quoted(term)]


def _pairs(said: str) -> Iterator[str]:
    return (said[at : at + 2] for at in range(len(said) - 1))


def _quoted(piece: str) -> str:
    return f'"{piece.translate(_MARKS)}"'


class _Folds(dict[int, int]):
    """Each character's folded one, found when it is first asked for."""

    def __missing__(self, code: int) -> int:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = ord(folded) if len(folded) == 1 else code
        return self[code]


@cache
def _folds() -> _Folds:
    return _Folds()


def joined(said: Iterable[str | None]) -> str:
    """Return lines of a document: what is known, each once."""
    return "\n".join(dict.fromkeys(filter(None, (plain(one or "") for one in said))))
