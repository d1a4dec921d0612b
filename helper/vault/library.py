"""The library: all captures in pages, by what is sought; the rows are made in `indexed`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    select,
    tuple_,
)

from helper.errors import InvalidError, NotFoundError
from helper.model import CaptureId, CaptureState, Moment
from helper.vault import schema
from helper.vault.digests import sortable
from helper.vault.search import (
    Segment,
    holds,
    snippet,
    terms,
)
from helper.vault.store import Store, reading
from scrapers.record import Frozen

_captures = schema.captures
_documents = schema.documents
_library = schema.library
_missing = schema.missing
_stale = schema.stale
BY_USER: Final = "brought_by_user"
"""What a file of the user's own lacks is no gap of it."""


class Filters(Frozen):
    """Which captures are listed; what is None or empty leaves out nothing.

    `since` and `until` are of the click, the latter not included; `missing`: something could not
    be captured.
    """

    words: str = ""
    host: str | None = None
    state: CaptureState | None = None
    case_id: str | None = None
    kind: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    missing: bool = False


class Listed(Frozen):
    """A capture as a list shows it; words are covered like those of a redacted copy.

    `kind` is what the page is (`order`, `chat`, `terms`, `product` …), `brought` for a file of the
    user's, `unread` before it was read. `thumbnail` names an artifact with a picture, `same_page`
    counts the captures of this address, itself too; `stamps` have come, `stamps_pending` are
    awaited; `snippet` is empty unless words were sought.
    """

    capture_id: CaptureId
    case_id: str | None
    title: str
    url: str
    host: str | None
    clicked_at: Moment
    kind: str
    state: CaptureState
    order_no: str | None
    seals: int
    stamps: int
    stamps_pending: int
    missing: int
    thumbnail: str | None
    same_page: int
    snippet: tuple[Segment, ...] = ()


class Listing(Frozen):
    """A page of the library, newest click first; `after` asks for the next one, None at the end.

    `waiting` counts captures and cases whose rows are not made yet or not anew.
    """

    rows: tuple[Listed, ...]
    after: str | None
    waiting: int


class Choices(Frozen):
    """What can be filtered by, with how many captures each has, most first."""

    hosts: dict[str, int]
    kinds: dict[str, int]


class Library(Store):
    """The library of the catalogue."""

    def listed(self, filters: Filters, *, limit: int = 50, after: str | None = None) -> Listing:
        """Return a page of captures; raises InvalidError(after) for what no page gave."""
        wanted = terms(filters.words)
        if filters.words.strip() and not wanted:
            return Listing(rows=(), after=None, waiting=0)
        which = _conditions(filters, wanted)
        if after is not None:
            which.append(tuple_(_library.c.sort_at, _library.c.position) < _key(after))
        with reading(self.engine) as connection:
            rows = connection.execute(
                _newest_first(select(_library, _captures.c.case_id, _captures.c.state))
                .where(*which)
                .limit(limit + 1)
            ).all()
            waiting = connection.execute(select(func.count()).select_from(_stale)).scalar_one()
            found = _completed(connection, rows[:limit], wanted)
        more = len(rows) > limit
        last = f"{rows[limit - 1].sort_at}~{rows[limit - 1].position}" if more else None
        return Listing(rows=found, after=last, waiting=waiting)

    def choices(self) -> Choices:
        """Return the shops and kinds of pages that there are."""
        with reading(self.engine) as connection:
            return Choices(
                hosts=_counted(connection, _library.c.host),
                kinds=_counted(connection, _library.c.kind),
            )

    def same_page(self, capture_id: CaptureId, *, limit: int = 50) -> tuple[Listed, ...]:
        """Return the newest captures of one address, newest first, the one itself too.

        Empty for a file that the user brought, and for what has no row.
        """
        own = select(_library.c.address).where(_library.c.capture_id == capture_id)
        with reading(self.engine) as connection:
            address = connection.execute(own).scalar()
            if address is None:
                return ()
            rows = connection.execute(
                _newest_first(select(_library, _captures.c.case_id, _captures.c.state))
                .where(_library.c.address == address)
                .limit(limit)
            ).all()
            return _completed(connection, rows, ())

    def times_kept(self, capture_id: CaptureId) -> int:
        """Count the captures of one address, the one itself too; 0 where `same_page` is empty."""
        own = select(_library.c.address).where(_library.c.capture_id == capture_id)
        counted = select(func.count()).where(_library.c.address == own.scalar_subquery())
        with reading(self.engine) as connection:
            return connection.execute(counted).scalar_one()

    def same_address(self, one: CaptureId, other: CaptureId) -> bool:
        """Tell whether two captures are of one address."""
        ids = _library.c.capture_id.in_({one, other})
        with reading(self.engine) as connection:
            found = connection.execute(select(_library.c.address).where(ids)).scalars().all()
        return len(found) == 2 and found[0] is not None and found[0] == found[1]

    def neighbour(self, capture_id: CaptureId) -> CaptureId | None:
        """Return the capture of the same address before this one, else the one after it."""
        at, position = _library.c.sort_at, _library.c.position
        own = select(_library.c.address, at, position).where(_library.c.capture_id == capture_id)
        with reading(self.engine) as connection:
            one = connection.execute(own).one_or_none()
            if one is None or one.address is None:
                return None
            same = select(_library.c.capture_id).where(_library.c.address == one.address)
            place, key = tuple_(one.sort_at, one.position), tuple_(at, position)
            earlier = same.where(key < place).order_by(at.desc(), position.desc()).limit(1)
            later = same.where(key > place).order_by(at, position).limit(1)
            return connection.execute(earlier).scalar() or connection.execute(later).scalar()

    def listed_one(self, capture_id: CaptureId) -> Listed:
        """Return the row of a capture; raises NotFoundError."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                _newest_first(select(_library, _captures.c.case_id, _captures.c.state)).where(
                    _library.c.capture_id == capture_id
                )
            ).all()
            if not rows:
                raise NotFoundError(kind="capture", id=capture_id)
            return _completed(connection, rows, ())[0]

    def body(self, capture_id: CaptureId) -> str:
        """Return the visible text of a capture as it may be shown; raises NotFoundError."""
        with reading(self.engine) as connection:
            one = _require_row(connection, capture_id)
            wanted = select(_documents.c.body).where(_documents.c.position == one.position)
            return str(connection.execute(wanted).scalar_one())


def _conditions(filters: Filters, wanted: Sequence[str]) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    for column, value in (
        (_library.c.host, filters.host),
        (_library.c.kind, filters.kind),
        (_captures.c.state, filters.state),
        (_captures.c.case_id, filters.case_id),
    ):
        if value is not None:
            which.append(column == value)
    if filters.since is not None:
        which.append(_library.c.sort_at >= sortable(filters.since))
    if filters.until is not None:
        which.append(_library.c.sort_at < sortable(filters.until))
    if filters.missing:
        which.append(exists().where(_lacks(_library.c.capture_id)))
    return [*which, *(holds(wanted, _library.c.position) if wanted else ())]


def _newest_first(rows: Select[Any]) -> Select[Any]:
    return rows.join(_captures, _captures.c.position == _library.c.position).order_by(
        _library.c.sort_at.desc(), _library.c.position.desc()
    )


def _lacks(capture_id: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(_missing.c.capture_id == capture_id, _missing.c.reason != BY_USER)


def _completed(
    connection: Connection, rows: Sequence[Row[Any]], wanted: Sequence[str]
) -> tuple[Listed, ...]:
    """Add to rows what changes without them: seals, stamps, what is missing."""
    ids = [row.capture_id for row in rows]
    ledger, stamps = schema.ledger, schema.stamps

    def count(column: ColumnElement[Any], *which: ColumnElement[bool]) -> dict[Any, int]:
        counted = select(column, func.count()).where(*which).group_by(column)
        return {key: number for key, number in connection.execute(counted)}  # noqa: C416  # typed

    seals = count(ledger.c.capture_id, ledger.c.capture_id.in_(ids))
    states = connection.execute(
        select(stamps.c.capture_id, stamps.c.state, func.count())
        .where(stamps.c.capture_id.in_(ids))
        .group_by(stamps.c.capture_id, stamps.c.state)
    )
    stamped = {(capture_id, state): number for capture_id, state, number in states}
    missing = count(
        _missing.c.capture_id, _missing.c.capture_id.in_(ids), _missing.c.reason != BY_USER
    )
    same = count(_library.c.address, _library.c.address.in_({row.address for row in rows}))
    texts = _texts(connection, [row.position for row in rows]) if wanted else {}
    return tuple(
        Listed(
            capture_id=row.capture_id,
            case_id=row.case_id,
            title=row.title,
            url=row.url,
            host=row.host,
            clicked_at=row.clicked_at,
            kind=row.kind,
            state=row.state,
            order_no=row.order_no,
            seals=seals.get(row.capture_id, 0),
            stamps=stamped.get((row.capture_id, "stamped"), 0),
            stamps_pending=stamped.get((row.capture_id, "pending"), 0),
            missing=missing.get(row.capture_id, 0),
            thumbnail=row.thumbnail,
            same_page=same.get(row.address, 1),
            snippet=snippet(*texts[row.position], wanted) if wanted else (),
        )
        for row in rows
    )


def _texts(connection: Connection, positions: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = connection.execute(select(_documents).where(_documents.c.position.in_(positions)))
    return {row.position: (row.head, row.body) for row in rows}


def _counted(connection: Connection, column: ColumnElement[Any]) -> dict[str, int]:
    number = func.count()
    found = connection.execute(
        select(column, number)
        .where(column.is_not(None))
        .group_by(column)
        .order_by(number.desc(), column)
    )
    return {str(name): int(count) for name, count in found}


def _require_row(connection: Connection, capture_id: CaptureId) -> Row[Any]:
    row = connection.execute(
        select(_library).where(_library.c.capture_id == capture_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(kind="capture", id=capture_id)
    return row


def _key(after: str) -> Any:
    sort_at, _, position = after.partition("~")
    try:
        return tuple_(sortable(datetime.fromisoformat(sort_at)), int(position))
    except (ValueError, OverflowError):
        raise InvalidError(what="after") from None
