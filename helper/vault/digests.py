"""What each case comes to, kept so that no page has to work it out; see `complaints.digest`.

The record itself is text here. A digest is stale once its case was changed, its time is over, or
it was made in another form; a case without one counts as the most urgent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    case,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from helper.model import CaptureState
from helper.vault import schema
from helper.vault.changes import revision_of
from helper.vault.store import Store, reading, writing

_cases = schema.cases
_changes = schema.changes
_digests = schema.digests
_captures = schema.captures
NONE: Final = -1
"""The level of a case that has no digest yet."""
_EARLIEST, _LATEST = "0001-01-01T00:00:00.000000+00:00", "9999-12-31T23:59:59.999999+00:00"


class KeptDigest(NamedTuple):
    """A digest as it is kept; `place` orders the cases of one `level`.

    `due` counts its clocks that end soon, `lacking` its gaps, or the order itself. An empty
    `record`: it could not be worked out, and is tried again after `valid_until`.
    """

    case_id: str
    revision: int
    form: str
    made_at: datetime
    valid_until: datetime
    level: int = NONE
    place: str = ""
    clock_at: datetime | None = None
    due: int = 0
    lacking: int = 0
    record: str = ""


class Key(NamedTuple):
    """The place of a case among all: the next page begins after it."""

    level: int
    place: str
    case_id: str


class Listed(NamedTuple):
    """A case with its digest; `fresh` False: it is being made anew, or for the first time.

    `record` None: there is none yet, or, where that is `fresh`, it could not be made.
    """

    case_id: str
    title: str
    key: Key
    fresh: bool
    made_at: datetime | None
    record: str | None


class Counts(NamedTuple):
    """How many open cases of each level, closed ones, and captures of each state there are.

    In `lacking` open cases proof is missing, `stale` ones are being worked out, `stamps` are
    asked for, `alone` captures are in no case yet.
    """

    levels: Mapping[int, int]
    lacking: int
    stale: int
    closed: int
    captures: Mapping[CaptureState, int]
    alone: int
    stamps: int


class Digests(Store):
    """The digests of the catalogue. `form` is the form that the asking program makes."""

    def revision(self, case_id: str) -> int:
        """Return how often a case was changed; it says nothing of whether there is one."""
        with reading(self.engine) as connection:
            return revision_of(connection, case_id)

    def put_digests(self, digests: Sequence[KeptDigest]) -> None:
        """Keep digests in place of earlier ones; a case that has gone needs none."""
        with writing(self.engine) as connection:
            for one in digests:
                _put(connection, one)

    def stale_digests(self, form: str, now: datetime, limit: int) -> list[str]:
        """Return the cases whose digest is to be made, the most urgent first, then the newest."""
        with reading(self.engine) as connection:
            level = _digests.c.level.asc().nulls_first()
            rows = (
                _joined(_cases.c.case_id)
                .where(~_fresh(form, now))
                .order_by(_cases.c.closed_at.is_not(None), level, _digests.c.place,
                          _cases.c.position.desc())
                .limit(limit)
            )  # fmt: skip
            return list(connection.execute(rows).scalars())

    def digests_by_urgency(
        self, form: str, now: datetime, *, limit: int, after: Key | None = None
    ) -> list[Listed]:
        """Return open cases, the most urgent first, from behind `after`."""
        level = func.coalesce(_digests.c.level, NONE).label("at_level")
        place = func.coalesce(_digests.c.place, "").label("at_place")
        found = _joined(_cases.c.case_id, level, place, _fresh(form, now).label("fresh")).where(
            _cases.c.closed_at.is_(None)
        )
        if after is not None:
            found = found.where(tuple_(level, place, _cases.c.case_id) > tuple_(*after))
        which = found.order_by(level, place, _cases.c.case_id).limit(limit).subquery()
        with reading(self.engine) as connection:
            return _listed(connection, which)

    def digests_by_clock(self, form: str, now: datetime, limit: int) -> list[Listed]:
        """Return the open cases whose clock ends next, the first to end first."""
        level, place = _digests.c.level.label("at_level"), _digests.c.place.label("at_place")
        which = (
            _joined(_cases.c.case_id, level, place, _fresh(form, now).label("fresh"))
            .where(_cases.c.closed_at.is_(None), _digests.c.clock_at > sortable(now))
            .order_by(_digests.c.clock_at)
            .limit(limit)
            .subquery()
        )
        with reading(self.engine) as connection:
            return _listed(connection, which, _digests.c.clock_at)

    def digests_due(self, form: str, now: datetime) -> list[Listed]:
        """Return the open cases in which a clock is due soon, as far as digests tell."""
        level, place = _digests.c.level.label("at_level"), _digests.c.place.label("at_place")
        which = (
            _joined(_cases.c.case_id, level, place, _fresh(form, now).label("fresh"))
            .where(_cases.c.closed_at.is_(None), _digests.c.due > 0)
            .subquery()
        )
        with reading(self.engine) as connection:
            return _listed(connection, which)

    def digest_figures(self) -> tuple[list[str], int]:
        """Return what each case adds to its shop's figures, and how many have no digest yet.

        The newest case comes first; one that could not be worked out adds nothing.
        """
        figures = func.json_extract(func.nullif(_digests.c.record, ""), "$.figures")
        rows = _joined(_digests.c.case_id, figures).order_by(_cases.c.position.desc())
        with reading(self.engine) as connection:
            found = connection.execute(rows).all()
        waiting = sum(case_id is None for case_id, _ in found)
        return [record for _, record in found if record is not None], waiting

    def undigested(self) -> int:
        """Count the open cases that have no digest yet."""
        which = _joined(func.count()).where(
            _cases.c.closed_at.is_(None), _digests.c.case_id.is_(None)
        )
        with reading(self.engine) as connection:
            return int(connection.execute(which).scalar_one())

    def digest_counts(self, form: str, now: datetime) -> Counts:
        """Count cases, captures and stamps; four statements."""
        stale = func.sum(case((_fresh(form, now), 0), else_=1))
        level = func.coalesce(_digests.c.level, NONE)
        lacking = func.sum(case((_digests.c.lacking > 0, 1), else_=0))
        opened = _joined(level, func.count(), stale, lacking).where(_cases.c.closed_at.is_(None))
        states = select(_captures.c.state, func.count()).group_by(_captures.c.state)
        alone = select(func.count()).where(_captures.c.case_id.is_(None))
        pending = select(func.count()).where(schema.stamps.c.state == "pending")
        closed = select(func.count()).where(_cases.c.closed_at.is_not(None))
        with reading(self.engine) as connection:
            levels = connection.execute(opened.group_by(level)).all()
            found = connection.execute(
                select(alone.scalar_subquery(), pending.scalar_subquery(), closed.scalar_subquery())
            ).one()
            return Counts(
                levels={row[0]: row[1] for row in levels},
                stale=sum(row[2] for row in levels),
                lacking=sum(row[3] for row in levels),
                closed=found[2],
                captures={row[0]: row[1] for row in connection.execute(states)},
                alone=found[0],
                stamps=found[1],
            )


def sortable(at: datetime) -> str:
    """Return a time as text that sorts as times do: UTC, to the microsecond.

    Times that UTC cannot hold are the first or the last one.
    """
    try:
        return at.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        return _EARLIEST if at.year == 1 else _LATEST


def _joined(*columns: Any) -> Select[Any]:
    """Select from cases with what is known of their digests."""
    return select(*columns).select_from(
        _cases.outerjoin(_digests, _digests.c.case_id == _cases.c.case_id).outerjoin(
            _changes, _changes.c.case_id == _cases.c.case_id
        )
    )


def _fresh(form: str, now: datetime) -> ColumnElement[bool]:
    """Match digests that hold now; never unknown, also where there is none.

    One of a time to come was made before the clock was set back: its day may be another.
    """
    return and_(
        _digests.c.case_id.is_not(None),
        or_(
            _digests.c.revision == _changes.c.revision,
            and_(_changes.c.revision.is_(None), _digests.c.revision == 0),
        ),
        func.coalesce(_digests.c.form, "") == form,
        func.coalesce(_digests.c.valid_until, "") > sortable(now),
        func.coalesce(_digests.c.made_at, _LATEST) <= sortable(now),
    )


def _listed(
    connection: Connection, which: Subquery, order: ColumnElement[Any] | None = None
) -> list[Listed]:
    """Fetch the records of the chosen cases alone."""
    orders = (which.c.at_level, which.c.at_place, which.c.case_id) if order is None else (order,)
    rows = connection.execute(
        select(which, _cases.c.title, _digests.c.made_at, _digests.c.record)
        .join(_cases, _cases.c.case_id == which.c.case_id)
        .outerjoin(_digests, _digests.c.case_id == which.c.case_id)
        .order_by(*orders)
    )
    return [_row(row) for row in rows]


def _row(row: Row[Any]) -> Listed:
    return Listed(
        case_id=row.case_id,
        title=row.title,
        key=Key(row.at_level, row.at_place, row.case_id),
        fresh=bool(row.fresh),
        made_at=datetime.fromisoformat(row.made_at) if row.made_at else None,
        record=row.record or None,
    )


def _put(connection: Connection, one: KeptDigest) -> None:
    found = select(_cases.c.position).where(_cases.c.case_id == one.case_id)
    if connection.execute(found).first() is None:
        return
    values = one._asdict() | {
        "made_at": sortable(one.made_at),
        "valid_until": sortable(one.valid_until),
        "clock_at": sortable(one.clock_at) if one.clock_at else None,
    }
    of_case = _digests.c.case_id == one.case_id
    if connection.execute(update(_digests).where(of_case).values(**values)).rowcount == 0:
        connection.execute(insert(_digests).values(**values))
