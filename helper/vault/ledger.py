"""The append-only ledger: every seal carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select

from helper.errors import ConflictError, NotFoundError
from helper.model import CaptureId, Seal, Sha256, Stage
from helper.vault import schema
from helper.vault.changes import touch_capture
from helper.vault.store import Store, reading, writing
from helper.vault.views import seal_of

_ledger = schema.ledger
ANY: Final = "any"
"""Append after whatever entry is the last."""


class Ledger(Store):
    """The seals of one vault, in the order they were made; there is no way to change one."""

    def append(
        self,
        capture_id: CaptureId,
        stage: Stage,
        manifest_sha: Sha256,
        signature_sha: Sha256,
        at: datetime,
        *,
        after: Sha256 | None = ANY,
    ) -> Seal:
        """Append an entry and return it; the same capture, stage and manifest again returns it.

        `after` is what `head` said before the manifest was built: ConflictError if another entry
        came meanwhile. Raises NotFoundError for an unknown capture.
        """
        with writing(self.engine) as connection:
            known = connection.execute(
                select(_ledger).where(
                    _ledger.c.capture_id == capture_id,
                    _ledger.c.stage == stage,
                    _ledger.c.manifest == manifest_sha,
                )
            ).one_or_none()
            if known is not None:
                return seal_of(known)
            capture = select(schema.captures).where(schema.captures.c.capture_id == capture_id)
            if connection.execute(capture).first() is None:
                raise NotFoundError(kind="capture", id=capture_id)
            last = connection.execute(
                select(_ledger).order_by(_ledger.c.position.desc()).limit(1)
            ).one_or_none()
            previous = None if last is None else entry_hash(seal_of(last))
            if after not in (ANY, previous):
                raise ConflictError(kind="ledger", id=after)
            seal = Seal(
                index=0 if last is None else last.position + 1,
                stage=stage,
                capture_id=capture_id,
                manifest=manifest_sha,
                signature=signature_sha,
                previous=previous,
                sealed_at=at,
            )
            values = seal.model_dump(mode="json", exclude={"index"})
            connection.execute(insert(_ledger).values(position=seal.index, **values))
            touch_capture(connection, capture_id)
        return seal

    def entries(self) -> list[Seal]:
        """Return all entries, first one first."""
        with reading(self.engine) as connection:
            return [
                seal_of(row)
                for row in connection.execute(select(_ledger).order_by(_ledger.c.position))
            ]

    def head(self) -> Sha256 | None:
        """Return the hash of the last entry: `previous` of the next manifest."""
        with reading(self.engine) as connection:
            last = connection.execute(
                select(_ledger).order_by(_ledger.c.position.desc()).limit(1)
            ).one_or_none()
        return None if last is None else entry_hash(seal_of(last))


def entry_hash(seal: Seal) -> Sha256:
    """Return the hash that the next entry names as `previous`: SHA-256 of the entry's link."""
    return hashlib.sha256(entry_link(seal)).hexdigest()


def entry_link(seal: Seal) -> bytes:
    """Return an entry as others may see it: its place, the link before it, the hash of its body.

    So the whole chain can be shown and checked without telling of anybody else's captures.
    """
    body = hashlib.sha256(entry_body(seal)).hexdigest()
    return _canonical({"index": seal.index, "previous": seal.previous, "body": body})


def entry_body(seal: Seal) -> bytes:
    """Return what an entry says, without its place; the random capture id keeps it unguessable."""
    return _canonical(seal.model_dump(mode="json", exclude={"index", "previous"}))


def entry_whole(seal: Seal) -> bytes:
    """Return the entry in full, whose hash was the link until version 0.1."""
    return _canonical(seal.model_dump(mode="json"))


def _canonical(value: dict[str, Any]) -> bytes:
    """Write an entry as RFC 8785 would.

    Keys and values are ASCII text and whole numbers, for which this is the same; a test holds it
    against `evidence.canonical`, which the vault may not import.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
