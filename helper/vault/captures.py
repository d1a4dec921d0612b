"""Captures: what was announced, what has arrived, what was made of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from helper.dealings import Shown
from helper.errors import ConflictError, GoneError, InvalidError, NotFoundError
from helper.model import (
    Artifact,
    CaptureId,
    CaptureMeta,
    CaptureState,
    CaptureView,
    Corroboration,
    Missing,
    Part,
)
from helper.vault import schema
from helper.vault.changes import touch_capture
from helper.vault.gone import is_gone
from helper.vault.store import Store, reading, writing
from helper.vault.views import capture_views, part_of
from scrapers.record import OrderRecord

_captures = schema.captures
_parts = schema.parts


class Captures(Store):
    """The captures of the catalogue."""

    def create_capture(self, uuid: CaptureId, meta: CaptureMeta, parts: Sequence[Part]) -> None:
        """Announce a capture and its parts; again with the same meta adds the parts not yet known.

        Raises ConflictError if the id was used for another capture, or a hash for another size,
        GoneError if it was deleted.
        """
        text = meta.model_dump_json()
        with writing(self.engine) as connection:
            known = connection.execute(
                select(_captures.c.meta).where(_captures.c.capture_id == uuid)
            ).scalar()
            if known is None:
                if is_gone(connection, uuid):
                    raise GoneError(kind="capture", id=uuid)
                connection.execute(
                    insert(_captures).values(capture_id=uuid, meta=text, state="receiving")
                )
            elif CaptureMeta.model_validate_json(known) != CaptureMeta.model_validate_json(text):
                raise ConflictError(kind="capture", id=uuid)
            _add_parts(connection, uuid, parts)
            touch_capture(connection, uuid)

    def was_deleted(self, uuid: CaptureId) -> bool:
        """Tell whether a capture went with its case; `create_capture` refuses it."""
        with reading(self.engine) as connection:
            return is_gone(connection, uuid)

    def parts(self, uuid: CaptureId) -> list[tuple[Part, int]]:
        """Return the announced parts with the bytes received of each; raises NotFoundError."""
        with reading(self.engine) as connection:
            _require(connection, uuid)
            rows = connection.execute(
                select(_parts).where(_parts.c.capture_id == uuid).order_by(_parts.c.position)
            )
            return [(part_of(row), row.received) for row in rows]

    def set_received(self, uuid: CaptureId, sha256: str, received: int) -> None:
        """Record how many bytes of a part are on disk; 0 starts it anew. Raises NotFoundError."""
        with writing(self.engine) as connection:
            of_part = (_parts.c.capture_id == uuid) & (_parts.c.sha256 == sha256)
            size = connection.execute(select(_parts.c.size).where(of_part)).scalar()
            if size is None:
                raise NotFoundError(kind="part", id=sha256)
            if not 0 <= received <= size:
                raise InvalidError(what="received")
            connection.execute(update(_parts).where(of_part).values(received=received))
            touch_capture(connection, uuid)

    def capture(self, uuid: CaptureId) -> CaptureView:
        """Return all that is known of a capture; raises NotFoundError."""
        with reading(self.engine) as connection:
            views = capture_views(connection, _captures.c.capture_id == uuid)
        if not views:
            raise NotFoundError(kind="capture", id=uuid)
        return views[0]

    def artifact(self, uuid: CaptureId, name: str) -> Artifact:
        """Return an artifact of a capture by its name; raises NotFoundError."""
        table = schema.artifacts
        own = (table.c.capture_id == uuid) & (table.c.name == name)
        with reading(self.engine) as connection:
            record = connection.execute(select(table.c.record).where(own)).scalar()
        if record is None:
            raise NotFoundError(kind="artifact", id=name)
        return Artifact.model_validate_json(record)

    def recent(self, limit: int) -> list[CaptureView]:
        """Return the captures that came last, newest first."""
        with reading(self.engine) as connection:
            newest = select(_captures.c.position).order_by(_captures.c.position.desc()).limit(limit)
            return capture_views(connection, _captures.c.position.in_(newest))[::-1]

    def pulse(self) -> str:
        """Return a text that changes whenever a case, a capture or a digest does."""
        newest = (
            func.max(_captures.c.position), func.max(schema.steps.c.position),
            func.sum(schema.changes.c.revision), func.max(schema.digests.c.made_at),
        )  # fmt: skip
        with reading(self.engine) as connection:
            found = [connection.execute(select(one)).scalar() for one in newest]
        return ".".join("".join(filter(str.isdigit, str(one or 0))) for one in found)

    def unsealed(self) -> list[CaptureId]:
        """Return the captures that were committed and are not sealed yet, oldest first."""
        return self._ids(_captures.c.state == "kept")

    def receiving(self) -> list[CaptureId]:
        """Return the captures with a complete part that were never committed, oldest first."""
        arrived = select(_parts.c.capture_id).where(_parts.c.received == _parts.c.size)
        return self._ids(_captures.c.state == "receiving", _captures.c.capture_id.in_(arrived))

    def with_late_strips(self) -> list[CaptureId]:
        """Return the sealed captures whose strips came after their last seal, oldest first."""

        def noted(step: str) -> Select[Any]:
            return select(schema.steps.c.capture_id).where(schema.steps.c.step == step)

        return self._ids(
            _captures.c.state == "sealed",
            _captures.c.final,
            _captures.c.capture_id.in_(noted("strips_late")),
            _captures.c.capture_id.not_in(noted("strips")),
        )

    def set_state(self, uuid: CaptureId, state: CaptureState) -> None:
        """Record how far the capture is; raises NotFoundError."""
        self._set(uuid, state=state)

    def mark_kept(self, uuid: CaptureId, at: datetime, *, final: bool) -> None:
        """Record that all announced bytes are kept, and with `final` that no more will come.

        It may be repeated, and by another process: a capture that is further stays so.
        """
        with writing(self.engine) as connection:
            _require(connection, uuid)
            own = _captures.c.capture_id == uuid
            receiving = own & (_captures.c.state == "receiving")
            if connection.execute(update(_captures).where(receiving).values(state="kept")).rowcount:
                row = {"step": "kept", "at": at.isoformat(), "detail": None}
                add_new(connection, schema.steps, uuid, [row], ("step",))
            if final:
                connection.execute(update(_captures).where(own).values(final=True))
            touch_capture(connection, uuid)

    def set_final(self, uuid: CaptureId) -> None:
        """Record that no more parts will come; raises NotFoundError."""
        self._set(uuid, final=True)

    def is_final(self, uuid: CaptureId) -> bool:
        """Return whether no more parts will come; raises NotFoundError."""
        with reading(self.engine) as connection:
            _require(connection, uuid)
            found = connection.execute(
                select(_captures.c.final).where(_captures.c.capture_id == uuid)
            )
            return bool(found.scalar_one())

    def set_session_wanted(self, uuid: CaptureId, wanted: bool) -> None:
        """Record whether the visit waits for a session; raises NotFoundError."""
        self._set(uuid, session_wanted=wanted)

    def put_order(self, uuid: CaptureId, order: OrderRecord) -> None:
        """Record the order read from the seen page, in place of an earlier reading."""
        self._set(uuid, order_record=order.model_dump_json())

    def put_shown(self, uuid: CaptureId, shown: Shown) -> None:
        """Record what the page says besides orders, in place of an earlier reading."""
        table = schema.readings
        with writing(self.engine) as connection:
            _require(connection, uuid)
            connection.execute(delete(table).where(table.c.capture_id == uuid))
            connection.execute(
                insert(table).values(capture_id=uuid, record=shown.model_dump_json())
            )
            touch_capture(connection, uuid)

    def put_corroboration(self, uuid: CaptureId, corroboration: Corroboration) -> None:
        """Record the comparison of seen and witness, in place of an earlier one."""
        self._set(uuid, corroboration=corroboration.model_dump_json())

    def add_artifacts(self, uuid: CaptureId, artifacts: Sequence[Artifact]) -> None:
        """Add artifacts, all or none; of two with one name the first stays, it may be sealed."""
        self._add(schema.artifacts, uuid, artifact_rows(artifacts), ("name",))

    def add_missing(self, uuid: CaptureId, missing: Sequence[Missing]) -> None:
        """Add what could not be captured; of two with one role and reason the first stays."""
        rows = [entry.model_dump() for entry in missing]
        self._add(schema.missing, uuid, rows, ("role", "reason"))

    def add_notes(self, uuid: CaptureId, notes: Sequence[str]) -> None:
        """Add notes, codes with or without `: detail`; each is kept once."""
        self._add(schema.capture_notes, uuid, [{"note": note} for note in notes], ("note",))

    def add_step(self, uuid: CaptureId, name: str, at: datetime, detail: str | None = None) -> None:
        """Record that something happened; of two with one name the first stays."""
        row = {"step": name, "at": at.isoformat(), "detail": detail}
        self._add(schema.steps, uuid, [row], ("step",))

    def _ids(self, *which: ColumnElement[bool]) -> list[CaptureId]:
        with reading(self.engine) as connection:
            wanted = select(_captures.c.capture_id).where(*which).order_by(_captures.c.position)
            return list(connection.execute(wanted).scalars())

    def _set(self, uuid: CaptureId, **values: Any) -> None:
        with writing(self.engine) as connection:
            _require(connection, uuid)
            connection.execute(
                update(_captures).where(_captures.c.capture_id == uuid).values(**values)
            )
            touch_capture(connection, uuid)

    def _add(
        self,
        table: Table,
        uuid: CaptureId,
        rows: Sequence[dict[str, Any]],
        unique: tuple[str, ...],
    ) -> None:
        with writing(self.engine) as connection:
            _require(connection, uuid)
            add_new(connection, table, uuid, rows, unique)
            touch_capture(connection, uuid)


def artifact_rows(artifacts: Sequence[Artifact]) -> list[dict[str, Any]]:
    """Return artifacts as rows of their table."""
    return [{"name": a.name, "record": a.model_dump_json()} for a in artifacts]


def add_new(
    connection: Connection,
    table: Table,
    uuid: CaptureId,
    rows: Sequence[dict[str, Any]],
    unique: tuple[str, ...],
) -> None:
    """Insert the rows of a capture whose key is not known yet; the first of two stays."""
    found = connection.execute(
        select(*(table.c[name] for name in unique)).where(table.c.capture_id == uuid)
    )
    known = {tuple(row) for row in found}
    for row in rows:
        key = tuple(row[name] for name in unique)
        if key not in known:
            known.add(key)
            connection.execute(insert(table).values(capture_id=uuid, **row))


def _require(connection: Connection, uuid: CaptureId) -> None:
    found = connection.execute(
        select(_captures.c.position).where(_captures.c.capture_id == uuid)
    ).scalar()
    if found is None:
        raise NotFoundError(kind="capture", id=uuid)


def _add_parts(connection: Connection, uuid: CaptureId, parts: Sequence[Part]) -> None:
    """Add unknown parts. Strips of a blank page share a hash and differ in `about`: both stay."""
    rows = connection.execute(select(_parts).where(_parts.c.capture_id == uuid)).all()
    known = {(row.sha256, row.role, row.about) for row in rows}
    size_received = {row.sha256: (row.size, row.received) for row in rows}
    for part in parts:
        about = json.dumps(part.about, ensure_ascii=False, sort_keys=True)
        size, received = size_received.setdefault(part.sha256, (part.size, 0))
        if size != part.size:
            raise ConflictError(kind="part", id=part.sha256)
        key = (part.sha256, part.role, about)
        if key in known:
            continue
        known.add(key)
        connection.execute(
            insert(_parts).values(
                capture_id=uuid,
                sha256=part.sha256,
                role=part.role,
                about=about,
                size=part.size,
                media_type=part.media_type,
                received=received,
            )
        )
