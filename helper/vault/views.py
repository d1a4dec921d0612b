"""Rows of the tables turned into the records that the API shows."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, Table, select

from helper.dealings import Shown
from helper.errors import NotFoundError
from helper.model import (
    Artifact,
    CaptureMeta,
    CaptureView,
    Corroboration,
    Missing,
    Part,
    Seal,
    StampView,
    Step,
)
from helper.vault import schema
from scrapers.record import Frozen, OrderRecord

_Record = TypeVar("_Record", bound=Frozen)
_ARTIFACTS: Final = TypeAdapter(tuple[Artifact, ...])
"""A capture has dozens: read in one go, they take a third of the time."""


def capture_views(connection: Connection, which: ColumnElement[bool]) -> list[CaptureView]:
    """Return the captures that match, in the order they came; eight statements for all."""
    captures = schema.captures
    rows = connection.execute(select(captures).where(which).order_by(captures.c.position)).all()
    wanted = select(captures.c.capture_id).where(which)

    def by_capture(table: Table) -> dict[str, list[Row[Any]]]:
        found: dict[str, list[Row[Any]]] = defaultdict(list)
        statement = select(table).where(table.c.capture_id.in_(wanted)).order_by(table.c.position)
        for row in connection.execute(statement):
            found[row.capture_id].append(row)
        return found

    artifacts = by_capture(schema.artifacts)
    missing = by_capture(schema.missing)
    notes = by_capture(schema.capture_notes)
    steps = by_capture(schema.steps)
    seals = by_capture(schema.ledger)
    stamps = by_capture(schema.stamps)
    readings = by_capture(schema.readings)
    return [
        CaptureView(
            capture_id=row.capture_id,
            case_id=row.case_id,
            state=row.state,
            meta=CaptureMeta.model_validate_json(row.meta),
            artifacts=_ARTIFACTS.validate_json(_joined(artifacts[row.capture_id])),
            missing=tuple(
                Missing(role=found.role, reason=found.reason, detail=found.detail)
                for found in missing[row.capture_id]
            ),
            seals=tuple(seal_of(found) for found in seals[row.capture_id]),
            steps=tuple(step_of(found) for found in steps[row.capture_id]),
            order=_parsed(OrderRecord, row.order_record),
            corroboration=_parsed(Corroboration, row.corroboration),
            session_wanted=row.session_wanted,
            shown=next((_parsed(Shown, one.record) for one in readings[row.capture_id]), None),
            notes=tuple(found.note for found in notes[row.capture_id]),
            stamps=tuple(stamp_of(found) for found in stamps[row.capture_id]),
        )
        for row in rows
    ]


def require_case(connection: Connection, case_id: str) -> Row[Any]:
    """Return the row of a case; raises NotFoundError."""
    cases = schema.cases
    row = connection.execute(select(cases).where(cases.c.case_id == case_id)).one_or_none()
    if row is None:
        raise NotFoundError(kind="case", id=case_id)
    return row


def part_of(row: Row[Any]) -> Part:
    """Return the announced part of a row."""
    return Part(
        role=row.role,
        sha256=row.sha256,
        size=row.size,
        media_type=row.media_type,
        about=json.loads(row.about),
    )


def seal_of(row: Row[Any]) -> Seal:
    """Return the ledger entry of a row."""
    return Seal(
        index=row.position,
        stage=row.stage,
        capture_id=row.capture_id,
        manifest=row.manifest,
        signature=row.signature,
        previous=row.previous,
        sealed_at=row.sealed_at,
    )


def stamp_of(row: Row[Any]) -> StampView:
    """Return the state of a stamp."""
    return StampView(
        authority=row.authority,
        kind=row.kind,
        stage=row.stage,
        state=row.state,
        reason=row.reason,
        stamped_at=row.stamped_at,
        root=row.root,
    )


def step_of(row: Row[Any]) -> Step:
    """Return the step of a row."""
    return Step(step=row.step, at=row.at, detail=row.detail)


def _joined(rows: list[Row[Any]]) -> str:
    return f"[{','.join(row.record for row in rows)}]"


def _parsed(model: type[_Record], text: str | None) -> _Record | None:
    return None if text is None else model.model_validate_json(text)
