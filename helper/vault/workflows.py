"""What the workflow engine writes into the vault's file of the captures that it works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import Connection, column, delete, inspect, table

from helper.model import CaptureId

Workflow = Literal["capture", "late"]
_NAMES: Final[tuple[Workflow, ...]] = ("capture", "late")
_ID: Final = "workflow_uuid"


def id_of(name: Workflow, capture_id: CaptureId, attempt: int) -> str:
    """Return the id of the first, second … workflow of its kind for a capture."""
    return f"{_before(name, capture_id)}:{attempt}"


def forget_workflows(connection: Connection, capture_ids: Sequence[CaptureId]) -> None:
    """Delete the inputs, results and states of the workflows of some captures."""
    engine_keeps = inspect(connection)
    for name in engine_keeps.get_table_names():
        if any(one["name"] == _ID for one in engine_keeps.get_columns(name)):
            rows = table(name, column(_ID))
            own = rows.c[_ID]
            for before in (_before(kind, one) for kind in _NAMES for one in capture_ids):
                these = delete(rows).where(own > f"{before}:", own < f"{before};")
                connection.execute(these)


def _before(name: Workflow, capture_id: CaptureId) -> str:
    return f"{name}:{capture_id}"
