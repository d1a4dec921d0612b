"""The append-only ledger: every seal carries the hash of the one before it.

Of a seal whose case was deleted only its link is left, and one entry tells of the deletion: the
chain can still be walked from end to end, and evidence exported earlier still fits into it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from helper.errors import ConflictError, NotFoundError
from helper.model import CaptureId, Seal, Sha256, Stage
from helper.vault import schema
from helper.vault.changes import touch_capture
from helper.vault.store import Store, reading, writing
from helper.vault.views import seal_of

_ledger = schema.ledger
_links = schema.ledger_links
ANY: Final = "any"
"""Append after whatever entry is the last."""


@dataclass(frozen=True)
class Bare:
    """An entry of which only the link is kept: `line` is what the next entry's `previous` hashes.

    `deletion` is what an entry that tells of a deletion says: time and places, nothing else.
    """

    index: int
    line: bytes
    deletion: str | None = None


Entry = Seal | Bare


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
            last = _last(connection)
            previous = None if last is None else entry_hash(last)
            if after not in (ANY, previous):
                raise ConflictError(kind="ledger", id=after)
            seal = Seal(
                index=0 if last is None else last.index + 1,
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

    def entries(self) -> list[Entry]:
        """Return all entries, first one first."""
        with reading(self.engine) as connection:
            return entries_of(connection)

    def head(self) -> Sha256 | None:
        """Return the hash of the last entry: `previous` of the next manifest."""
        with reading(self.engine) as connection:
            last = _last(connection)
        return None if last is None else entry_hash(last)


def entries_of(connection: Connection) -> list[Entry]:
    """Return all entries within a transaction, first one first."""
    found: list[Entry] = [seal_of(row) for row in connection.execute(select(_ledger))]
    found += [_bare(row) for row in connection.execute(select(_links))]
    return sorted(found, key=lambda entry: entry.index)


def bare(connection: Connection, capture_ids: Collection[CaptureId], at: datetime) -> int:
    """Leave only the links of the seals of some captures; return how many seals that were.

    One more entry tells when that was and which places it concerns.
    """
    entries = entries_of(connection)
    gone = [one for one in entries if isinstance(one, Seal) and one.capture_id in capture_ids]
    if not gone:
        return 0
    for seal in gone:
        after = entries[seal.index + 1] if seal.index + 1 < len(entries) else None
        connection.execute(insert(_links).values(position=seal.index, line=_line(seal, after)))
        connection.execute(delete(_ledger).where(_ledger.c.position == seal.index))
    deletion = _canonical({"deleted_at": at.isoformat(), "places": [one.index for one in gone]})
    values = {"index": len(entries), "previous": entry_hash(entries[-1])}
    line = _canonical({**values, "body": hashlib.sha256(deletion).hexdigest()})
    connection.execute(
        insert(_links).values(position=len(entries), line=line.decode(), deletion=deletion.decode())
    )
    return len(gone)


def shown(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Yield each entry as hashes only; one that was linked in full must be shown in full."""
    for entry, after in zip_longest(entries, entries[1:]):
        yield entry.line if isinstance(entry, Bare) else _line(entry, after).encode()


def entry_hash(entry: Entry) -> Sha256:
    """Return the hash that the next entry names as `previous`: SHA-256 of the entry's link."""
    link = entry.line if isinstance(entry, Bare) else entry_link(entry)
    return hashlib.sha256(link).hexdigest()


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


def _last(connection: Connection) -> Entry | None:
    """Return the last entry; it may be a bare one."""
    seal = connection.execute(
        select(_ledger).order_by(_ledger.c.position.desc()).limit(1)
    ).one_or_none()
    link = connection.execute(
        select(_links).order_by(_links.c.position.desc()).limit(1)
    ).one_or_none()
    if link is not None and (seal is None or seal.position < link.position):
        return _bare(link)
    return None if seal is None else seal_of(seal)


def _bare(row: Row[Any]) -> Bare:
    return Bare(row.position, row.line.encode(), row.deletion)


def _line(seal: Seal, after: Entry | None) -> str:
    """Return what the entry after this one hashed."""
    whole = entry_whole(seal)
    if after is not None:
        told = json.loads(after.line)["previous"] if isinstance(after, Bare) else after.previous
        if told == hashlib.sha256(whole).hexdigest():
            return whole.decode()
    return entry_link(seal).decode()


def _canonical(value: dict[str, Any]) -> bytes:
    """Write an entry as RFC 8785 would.

    Keys and values are ASCII text and whole numbers, for which this is the same; a test holds it
    against `evidence.canonical`, which the vault may not import.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
