"""Cases: one dispute with its captures, corrections, notes, drafts and filings."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from helper.errors import NotFoundError
from helper.model import CaptureId, CaptureView, CaseView, Correction, Filing
from helper.vault import schema
from helper.vault.corrections import apply_corrections, correct, read_value
from helper.vault.store import Store, reading, writing
from helper.vault.views import capture_views, step_of
from scrapers.record import OrderRecord

_cases = schema.cases
_captures = schema.captures


class Cases(Store):
    """The cases of the catalogue."""

    def join_case(
        self,
        uuid: CaptureId,
        *,
        platform_key: str | None,
        host: str | None,
        order_no: str | None,
        wanted: str | None,
        title: str,
        now: datetime,
    ) -> str:
        """Put a capture into the case of its shop and order, else `wanted`, else a new one.

        A capture stays in the case it joined first. What the case does not know yet (platform,
        host, order number) is filled in. Raises NotFoundError for the capture; a wanted case
        that does not exist gives a new one, so that the capture is not lost.
        """
        about = {"platform_key": platform_key, "host": host, "order_no": order_no}
        with writing(self.engine) as connection:
            joined = connection.execute(
                select(_captures.c.capture_id, _captures.c.case_id).where(
                    _captures.c.capture_id == uuid
                )
            ).one_or_none()
            if joined is None:
                raise NotFoundError(kind="capture", id=uuid)
            case_id = (
                joined.case_id
                or _same_order(connection, host, order_no)
                or (wanted if wanted and _row(connection, wanted) else None)
                or f"c-{hashlib.sha256(uuid.encode()).hexdigest()[:10]}"
            )
            row = _row(connection, case_id)
            if row is None:
                values = {"case_id": case_id, "title": title, "created_at": now.isoformat()}
                connection.execute(insert(_cases).values(**values, **about))
            else:
                _fill_in(connection, row, about)
            connection.execute(
                update(_captures).where(_captures.c.capture_id == uuid).values(case_id=case_id)
            )
        return case_id

    def case(self, case_id: str) -> CaseView:
        """Return a case with all that belongs to it; raises NotFoundError."""
        with reading(self.engine) as connection:
            return _view(connection, _require(connection, case_id))

    def cases(self) -> list[CaseView]:
        """Return all cases, newest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(_cases).order_by(_cases.c.position.desc())).all()
            return [_view(connection, row) for row in rows]

    def add_correction(self, case_id: str, field: str, value: str, at: datetime) -> None:
        """Set an order field (dotted path) to the user's value; the same value again is no-op.

        Raises NotFoundError, InvalidError.
        """
        with writing(self.engine) as connection:
            row = _require(connection, case_id)
            order = _read_order(row, _captures_of(connection, case_id))
            known = _corrections_of(connection, case_id)
            correction = Correction(field=field, value=value, read=read_value(order, field), at=at)
            correct(apply_corrections(order, known), field, value)
            latest = next((c.value for c in reversed(known) if c.field == field), None)
            if latest != value:
                connection.execute(
                    insert(schema.corrections).values(
                        case_id=case_id, **correction.model_dump(mode="json")
                    )
                )

    def add_note(self, case_id: str, text: str, at: datetime, kind: str = "note") -> None:
        """Add a note, shown as `Step(step=kind, at, detail=text)`; the same again is no-op."""
        values = {"case_id": case_id, "step": kind, "at": at.isoformat(), "detail": text}
        notes = schema.notes
        with writing(self.engine) as connection:
            _require(connection, case_id)
            same = [notes.c[name] == value for name, value in values.items()]
            if connection.execute(select(notes).where(*same)).first() is None:
                connection.execute(insert(notes).values(**values))

    def close_case(self, case_id: str, at: datetime) -> None:
        """Close a case; one that is closed keeps its time. Raises NotFoundError."""
        with writing(self.engine) as connection:
            _require(connection, case_id)
            connection.execute(
                update(_cases)
                .where(_cases.c.case_id == case_id, _cases.c.closed_at.is_(None))
                .values(closed_at=at.isoformat())
            )

    def add_filing(self, case_id: str, filing: Filing) -> None:
        """Record a submitted complaint; the same draft and receipt page again replaces it."""
        filings = schema.filings
        values = {"case_id": case_id, "draft_id": filing.draft_id}
        with writing(self.engine) as connection:
            _require(connection, case_id)
            found = connection.execute(
                select(filings).where(filings.c.case_id == case_id).order_by(filings.c.position)
            )
            record = filing.model_dump_json()
            for row in found:
                known = Filing.model_validate_json(row.record)
                if (known.draft_id, known.capture_id) == (filing.draft_id, filing.capture_id):
                    connection.execute(
                        update(filings)
                        .where(filings.c.position == row.position)
                        .values(record=record)
                    )
                    return
            connection.execute(insert(filings).values(**values, record=record))


def _row(connection: Connection, case_id: str) -> Row[Any] | None:
    return connection.execute(select(_cases).where(_cases.c.case_id == case_id)).one_or_none()


def _require(connection: Connection, case_id: str) -> Row[Any]:
    row = _row(connection, case_id)
    if row is None:
        raise NotFoundError(kind="case", id=case_id)
    return row


def _same_order(connection: Connection, host: str | None, order_no: str | None) -> str | None:
    if not host or not order_no:
        return None
    return connection.execute(
        select(_cases.c.case_id)
        .where(_cases.c.host == host, _cases.c.order_no == order_no)
        .order_by(_cases.c.position)
        .limit(1)
    ).scalar()


def _fill_in(connection: Connection, row: Row[Any], about: dict[str, str | None]) -> None:
    """Complete a case that has no order yet; one that has keeps what it knows."""
    if row.order_no is not None:
        return
    values = {name: value for name, value in about.items() if value is not None}
    if values:
        connection.execute(update(_cases).where(_cases.c.case_id == row.case_id).values(**values))


def _captures_of(connection: Connection, case_id: str) -> list[CaptureView]:
    which: ColumnElement[bool] = _captures.c.case_id == case_id
    return sorted(capture_views(connection, which), key=lambda view: view.meta.clicked_at)


def _corrections_of(connection: Connection, case_id: str) -> tuple[Correction, ...]:
    table = schema.corrections
    rows = connection.execute(
        select(table).where(table.c.case_id == case_id).order_by(table.c.position)
    )
    return tuple(
        Correction(field=row.field, value=row.value, read=row.read, at=row.at) for row in rows
    )


def _read_order(row: Row[Any], captures: list[CaptureView]) -> OrderRecord | None:
    """Return the newest reading of the case's own order, else the newest of any."""
    orders = [view.order for view in reversed(captures) if view.order is not None]
    own = [order for order in orders if row.order_no and order.order_no == row.order_no]
    return next(iter(own or orders), None)


def _view(connection: Connection, row: Row[Any]) -> CaseView:
    def texts(table: str, column: str) -> list[str]:
        found = schema.metadata.tables[table]
        return list(
            connection.execute(
                select(found.c[column])
                .where(found.c.case_id == row.case_id)
                .order_by(found.c.position)
            ).scalars()
        )

    captures = _captures_of(connection, row.case_id)
    corrections = _corrections_of(connection, row.case_id)
    notes = connection.execute(
        select(schema.notes)
        .where(schema.notes.c.case_id == row.case_id)
        .order_by(schema.notes.c.position)
    )
    return CaseView(
        case_id=row.case_id,
        platform_key=row.platform_key,
        host=row.host,
        order_no=row.order_no,
        title=row.title,
        created_at=row.created_at,
        closed_at=row.closed_at,
        order=apply_corrections(_read_order(row, captures), corrections),
        corrections=corrections,
        captures=tuple(captures),
        drafts=tuple(texts("drafts", "draft_id")),
        filings=tuple(Filing.model_validate_json(text) for text in texts("filings", "record")),
        notes=tuple(step_of(note) for note in notes),
    )
