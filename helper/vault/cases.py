"""Cases: one dispute with its captures, corrections, notes, drafts and filings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from helper.dealings import Answer, Answers, Contact, Party, Refund
from helper.errors import ConflictError, NotFoundError, RefusedError
from helper.model import CaptureId, CaptureMeta, CaptureView, CaseView, Correction, Draft
from helper.vault import schema
from helper.vault.changes import revision_of, touch
from helper.vault.corrections import NUMBER, apply_corrections, correct, read_order, read_value
from helper.vault.entries import entries_of, filings_of
from helper.vault.store import Store, reading, writing
from helper.vault.views import capture_views, require_case, step_of
from helper.vault.walks import case_of_walk, gather
from scrapers.record import OrderRecord

_cases = schema.cases
_captures = schema.captures


class Cases(Store):
    """The cases of the catalogue; the one that was read last is kept until it changes."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._last: tuple[Row[Any], int, CaseView] | None = None

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
        """Put a capture into the case of its shop and order, else `wanted`, its walk's, a new one.

        A capture stays in the case it joined first. What the case does not know yet (platform,
        host, order number) is filled in. Raises NotFoundError for the capture; a wanted case
        that does not exist gives a new one, so that the capture is not lost.
        """
        about = {"platform_key": platform_key, "host": host, "order_no": order_no}
        with writing(self.engine) as connection:
            joined = connection.execute(
                select(_captures.c.meta, _captures.c.case_id).where(_captures.c.capture_id == uuid)
            ).one_or_none()
            if joined is None:
                raise NotFoundError(kind="capture", id=uuid)
            meta = CaptureMeta.model_validate_json(joined.meta)
            case_id = (
                joined.case_id
                or _same_order(connection, host, order_no)
                or _misread(connection, meta, order_no)
                or (wanted if wanted and _row(connection, wanted) else None)
                or (case_of_walk(connection, meta.walk, order_no) if meta.walk else None)
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
            if meta.walk is not None and order_no is not None:
                gather(connection, meta.walk, case_id)
            touch(connection, case_id)
        return case_id

    def case(self, case_id: str) -> CaseView:
        """Return a case with all that belongs to it; raises NotFoundError."""
        with reading(self.engine) as connection:
            now = require_case(connection, case_id), revision_of(connection, case_id)
            last = self._last
            if last is not None and last[:2] == now and last[1] > 0:
                return last[2]
            view = _view(connection, now[0])
        self._last = (*now, view)
        return view

    def forget_read(self) -> None:
        """Keep nothing of the case that was read last."""
        self._last = None

    def cases(self) -> list[CaseView]:
        """Return all cases, newest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(_cases).order_by(_cases.c.position.desc())).all()
            return [_view(connection, row) for row in rows]

    def add_correction(self, case_id: str, field: str, value: str, at: datetime) -> None:
        """Set an order field (dotted path) to the user's value; the same value again is no-op.

        A given order number is the case's from then on. Raises NotFoundError, InvalidError,
        ConflictError(same_order) where another case is that order's.
        """
        with writing(self.engine) as connection:
            row, order, known = _corrected(connection, case_id)
            given = correct(apply_corrections(order, known), field, value)
            if field == NUMBER:
                _renumber(connection, row, given.order_no)
            latest = next((c.value for c in reversed(known) if c.field == field), None)
            if latest != value:
                connection.execute(
                    insert(schema.corrections).values(
                        case_id=case_id, field=field, value=value, read=read_value(order, field),
                        at=at.isoformat(),
                    )
                )  # fmt: skip
            touch(connection, case_id)

    def undo_correction(self, case_id: str, field: str) -> None:
        """Take back what the user gave for a field: what was read holds again.

        Raises NotFoundError, ConflictError(same_order) as `add_correction`.
        """
        with writing(self.engine) as connection:
            row, order, known = _corrected(connection, case_id)
            if all(one.field != field for one in known):
                raise NotFoundError(kind="correction", id=field)
            if field == NUMBER:
                _renumber(connection, row, order.order_no if order else None)
            table = schema.corrections
            connection.execute(
                delete(table).where(table.c.case_id == case_id, table.c.field == field)
            )
            touch(connection, case_id)

    def move_capture(self, uuid: CaptureId, case_id: str, at: datetime) -> None:
        """Move a capture to another case; both note it. Into its own case is no-op.

        Raises NotFoundError, RefusedError(capture_used) where a draft cites it or it is a receipt.
        """
        with writing(self.engine) as connection:
            row = require_case(connection, case_id)
            view = next(iter(capture_views(connection, _captures.c.capture_id == uuid)), None)
            if view is None:
                raise NotFoundError(kind="capture", id=uuid)
            if view.case_id == case_id:
                return
            if view.case_id is not None:
                _require_unused(connection, view.case_id, uuid)
            order = view.order
            about = {
                "platform_key": order.platform.key if order else None,
                "host": view.meta.host,
                "order_no": order.order_no if order else None,
            }
            connection.execute(
                update(_captures).where(_captures.c.capture_id == uuid).values(case_id=case_id)
            )
            if view.case_id is not None:
                _leave(connection, view.case_id)
            _fill_in(connection, row, about)
            for one in filter(None, (view.case_id, case_id)):
                words = f"{uuid}: {view.case_id} → {case_id}"
                connection.execute(
                    insert(schema.notes).values(
                        case_id=one, step="moved", at=at.isoformat(), detail=words
                    )
                )
            touch(connection, view.case_id, case_id)

    def add_note(self, case_id: str, text: str, at: datetime, kind: str = "note") -> None:
        """Add a note, shown as `Step(step=kind, at, detail=text)`; the same again is no-op."""
        values = {"case_id": case_id, "step": kind, "at": at.isoformat(), "detail": text}
        notes = schema.notes
        with writing(self.engine) as connection:
            require_case(connection, case_id)
            same = [notes.c[name] == value for name, value in values.items()]
            if connection.execute(select(notes).where(*same)).first() is None:
                connection.execute(insert(notes).values(**values))
            touch(connection, case_id)

    def close_case(self, case_id: str, at: datetime, reason: str | None = None) -> None:
        """Close a case, the reason kept as a note; one that is closed keeps its time.

        Raises NotFoundError.
        """
        with writing(self.engine) as connection:
            row = require_case(connection, case_id)
            if row.closed_at is None:
                _set_closed(connection, case_id, at.isoformat())
            if row.closed_at is None or reason is not None:
                _note_turn(connection, case_id, "closed", at, reason)
            touch(connection, case_id)

    def reopen_case(self, case_id: str, at: datetime) -> None:
        """Open a closed case again; one that is open stays as it is. Raises NotFoundError."""
        with writing(self.engine) as connection:
            if require_case(connection, case_id).closed_at is not None:
                _set_closed(connection, case_id, None)
                _note_turn(connection, case_id, "reopened", at, None)
            touch(connection, case_id)


def _row(connection: Connection, case_id: str) -> Row[Any] | None:
    return connection.execute(select(_cases).where(_cases.c.case_id == case_id)).one_or_none()


def _set_closed(connection: Connection, case_id: str, at: str | None) -> None:
    connection.execute(update(_cases).where(_cases.c.case_id == case_id).values(closed_at=at))


def _note_turn(
    connection: Connection, case_id: str, step: str, at: datetime, reason: str | None
) -> None:
    """Note that a case was closed or reopened, unless the last such note says just this."""
    notes = schema.notes
    last = connection.execute(
        select(notes.c.step, notes.c.detail)
        .where(notes.c.case_id == case_id, notes.c.step.in_(("closed", "reopened")))
        .order_by(notes.c.position.desc())
        .limit(1)
    ).one_or_none()
    if last is None or tuple(last) != (step, reason):
        connection.execute(
            insert(notes).values(case_id=case_id, step=step, at=at.isoformat(), detail=reason)
        )


def _same_order(connection: Connection, host: str | None, order_no: str | None) -> str | None:
    if not host or not order_no:
        return None
    return connection.execute(
        select(_cases.c.case_id)
        .where(_cases.c.host == host, _cases.c.order_no == order_no)
        .order_by(_cases.c.position)
        .limit(1)
    ).scalar()


def _misread(connection: Connection, meta: CaptureMeta, order_no: str | None) -> str | None:
    """Return the case with a capture of the same page whose number the user gave otherwise."""
    if not order_no:
        return None
    given = schema.corrections
    found = connection.execute(
        select(_captures.c.case_id, _captures.c.meta)
        .join(given, given.c.case_id == _captures.c.case_id)
        .where(given.c.field == NUMBER, given.c.read == order_no)
        .order_by(_captures.c.position)
    )
    pages = ((one.case_id, CaptureMeta.model_validate_json(one.meta).url) for one in found)
    return next((case_id for case_id, url in pages if url == meta.url), None)


def _corrected(
    connection: Connection, case_id: str
) -> tuple[Row[Any], OrderRecord | None, tuple[Correction, ...]]:
    """Return a case with the order as read and what the user corrected; raises NotFoundError."""
    row = require_case(connection, case_id)
    captures = _captures_of(connection, case_id)
    known = corrections_of(connection, case_id)
    return row, read_order(row.order_no, _orders(captures), known), known


def _renumber(connection: Connection, row: Row[Any], order_no: str | None) -> None:
    other = _same_order(connection, row.host, order_no)
    if other not in {None, row.case_id}:
        raise ConflictError(reason="same_order", id=order_no, case_id=other)
    connection.execute(
        update(_cases).where(_cases.c.case_id == row.case_id).values(order_no=order_no)
    )


def _require_unused(connection: Connection, case_id: str, uuid: CaptureId) -> None:
    drafts = schema.drafts
    cited = [
        Draft.model_validate_json(text)
        for text in connection.execute(
            select(drafts.c.record).where(drafts.c.case_id == case_id)
        ).scalars()
    ]
    if any(exhibit.capture_id == uuid for draft in cited for exhibit in draft.exhibits) or any(
        dealing.capture_id == uuid
        for dealing in (*filings_of(connection, case_id), *_proven(connection, case_id))
    ):
        raise RefusedError(reason="capture_used", case_id=case_id, id=uuid)


def _proven(connection: Connection, case_id: str) -> Iterator[Contact | Answer | Refund | Party]:
    """Yield what the user told that may name a capture as its proof."""
    told = (entry.what for entry in entries_of(connection, case_id))
    yield from (what for what in told if not isinstance(what, Answers))


def _leave(connection: Connection, case_id: str) -> None:
    """Make a case whose page moved away that of the order it still holds, else of none."""
    row, order, known = _corrected(connection, case_id)
    number = None
    if _captures_of(connection, case_id):  # no page joins an empty case
        told = apply_corrections(order, known)
        number = told.order_no if told else None
    if number != row.order_no and _same_order(connection, row.host, number):
        number = None
    connection.execute(update(_cases).where(_cases.c.case_id == case_id).values(order_no=number))


def _fill_in(connection: Connection, row: Row[Any], about: dict[str, str | None]) -> None:
    """Complete a case that has no order yet; one that has keeps what it knows.

    The order of another case is not given to this one too.
    """
    if row.order_no is not None:
        return
    values = {name: value for name, value in about.items() if value is not None}
    if _same_order(connection, about["host"], about[NUMBER]) not in {None, row.case_id}:
        del values[NUMBER]
    if values:
        connection.execute(update(_cases).where(_cases.c.case_id == row.case_id).values(**values))


def _captures_of(connection: Connection, case_id: str) -> list[CaptureView]:
    which: ColumnElement[bool] = _captures.c.case_id == case_id
    return sorted(capture_views(connection, which), key=lambda view: view.meta.clicked_at)


def corrections_of(connection: Connection, case_id: str) -> tuple[Correction, ...]:
    """Return what the user gave for fields of a case's order, oldest first."""
    table = schema.corrections
    rows = connection.execute(
        select(table).where(table.c.case_id == case_id).order_by(table.c.position)
    )
    return tuple(
        Correction(field=row.field, value=row.value, read_then=row.read, at=row.at) for row in rows
    )


def _orders(captures: Sequence[CaptureView]) -> list[OrderRecord]:
    return [view.order for view in captures if view.order is not None]


def _told_by_bills(captures: list[CaptureView]) -> Iterator[tuple[str, str]]:
    """Yield field and value of what was read out of the bills of a case."""
    told = (item.about.get("payment") for view in captures for item in view.artifacts)
    for facts in filter(None, told):
        for field in ("payment.trade_no", "payment.paid_at", "amount"):
            yield field, facts.get(field.rpartition(".")[2])


def _view(connection: Connection, row: Row[Any]) -> CaseView:
    captures = _captures_of(connection, row.case_id)
    given = corrections_of(connection, row.case_id)
    read = read_order(row.order_no, _orders(captures), given)
    told = set(_told_by_bills(captures))
    corrections = tuple(
        one.model_copy(
            update={
                "read": read_value(read, one.field),
                "origin": "attachment" if (one.field, one.value) in told else "user",
            }
        )
        for one in given
    )
    drafts = connection.execute(
        select(schema.drafts.c.draft_id)
        .where(schema.drafts.c.case_id == row.case_id)
        .order_by(schema.drafts.c.position)
    )
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
        order=apply_corrections(read, corrections),
        corrections=corrections,
        captures=tuple(captures),
        drafts=tuple(drafts.scalars()),
        filings=filings_of(connection, row.case_id),
        notes=tuple(step_of(note) for note in notes),
        entries=entries_of(connection, row.case_id),
    )
