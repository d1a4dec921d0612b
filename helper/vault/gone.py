"""Captures that went with their case: a hash of the id is left, so that none comes back unasked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, insert, select

from helper.model import CaptureId
from helper.vault import schema

_gone = schema.gone
_OF_FILE: Final = 5
"""The version of an id that follows from a file, see `steps.attach`."""


def is_gone(connection: Connection, capture_id: CaptureId) -> bool:
    """Tell whether a capture was deleted."""
    known = select(_gone).where(_gone.c.digest == _digest(capture_id))
    return connection.execute(known).first() is not None


def note_gone(connection: Connection, capture_ids: Sequence[CaptureId]) -> None:
    """Write down that captures were deleted; a file that the user brought may be brought again."""
    for capture_id in capture_ids:
        if UUID(capture_id).version != _OF_FILE and not is_gone(connection, capture_id):
            connection.execute(insert(_gone).values(digest=_digest(capture_id)))


def _digest(capture_id: CaptureId) -> str:
    return hashlib.sha256(f"deleted:{capture_id}".encode()).hexdigest()
