"""Delete a case: its rows at once, its files once nobody else uses them.

The rows go in one transaction that also writes down which files may go. Removing those may be cut
off at any point and done again. A file that was put in place, or wanted, a short while ago stays
for now: its row may not be written yet.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, select, text, union_all

from helper.errors import RefusedError
from helper.model import CaptureId, CaptureMeta
from helper.vault import ledger, schema
from helper.vault.blobs import Blobs
from helper.vault.search import remove_document
from helper.vault.store import Store, empty_journal, reading, writing
from helper.vault.views import require_case

BUSY: Final = timedelta(minutes=10)
"""How long a capture without a seal counts as being worked on after its last step."""
FRESH_SECONDS: Final = 900.0
"""How old the file of a deleted case must be: no step takes longer from bytes to row."""
_doomed = schema.doomed
_HASHES: Final = (
    (schema.parts, "sha256"),
    (schema.ledger, "manifest"),
    (schema.ledger, "signature"),
    (schema.stamps, "query"),
    (schema.stamps, "reply"),
)


class Deleted(NamedTuple):
    """What went with a case; `waiting` files are removed a little later."""

    captures: int
    seals: int
    waiting: int = 0


class Deletions(Store):
    """The deletions of the catalogue."""

    def delete_case(self, case_id: str, at: datetime) -> Deleted:
        """Delete a case with all that belongs to it; of its seals only the links are left.

        Raises NotFoundError, RefusedError(case_busy) while a capture of it is being worked on.
        """
        with writing(self.engine) as connection:
            require_case(connection, case_id)
            captures = schema.captures
            rows = connection.execute(
                select(captures.c.capture_id, captures.c.state, captures.c.meta).where(
                    captures.c.case_id == case_id
                )
            ).all()
            ids = [row.capture_id for row in rows]
            for row in rows:
                if row.state != "sealed" and at - _touched(connection, row) < BUSY:
                    raise RefusedError(reason="case_busy", case_id=case_id)
            _doom(connection, case_id, ids)
            seals = ledger.bare(connection, ids, at)
            _delete_rows(connection, case_id, ids)
        empty_journal(self.engine)
        return Deleted(len(ids), seals)

    def doomed(self) -> list[str]:
        """Return the places of deleted cases that may still be on disk."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(_doomed.c.place)).scalars())

    def spare(self, places: Sequence[str]) -> None:
        """Strike places off: they are gone, or wanted again."""
        with writing(self.engine) as connection:
            for place in places:
                connection.execute(delete(_doomed).where(_doomed.c.place == place))

    def wanted(self, named: Sequence[str]) -> set[str]:
        """Return those hashes whose bytes some capture, seal or stamp has or announces."""
        with reading(self.engine) as connection:
            used = set(connection.execute(hashes()).scalars())
        return used.intersection(named)


def sweep(catalogue: Deletions, blobs: Blobs, data: Path, fresh: float = FRESH_SECONDS) -> int:
    """Remove the files of deleted cases that nobody uses; return how many have to wait."""
    places = catalogue.doomed()
    if not places:
        return 0
    named = [place.removeprefix("blobs/") for place in places if place.startswith("blobs/")]
    wanted, before = catalogue.wanted(named), time.time() - fresh
    done: list[str] = []
    removed: set[str] = set()
    for place in places:
        kind, _, name = place.partition("/")
        if kind == "blobs":
            if name in wanted:
                done.append(place)
            elif blobs.remove(name, before):
                removed.add(name)
        else:
            shutil.rmtree(data / kind / name, ignore_errors=True)
            if not (data / kind / name).exists():
                done.append(place)
    _forget_made(data / "cache", removed)
    done += [f"blobs/{name}" for name in removed]
    catalogue.spare(done)
    return len(places) - len(done)


def hashes(capture_id: CaptureId | None = None, *, arrived: bool = False) -> Select[Any]:
    """Select the hashes of all bytes that rows name, of one capture or of all.

    With `arrived` those of announced parts that are not here yet are left out.
    """
    records = schema.artifacts
    of_artifact = select(func.json_extract(records.c.record, "$.sha256").label("sha256"))
    found = [of_artifact.where(records.c.capture_id == capture_id) if capture_id else of_artifact]
    for table, name in _HASHES:
        one = select(table.c[name].label("sha256")).where(table.c[name].is_not(None))
        if arrived and table is schema.parts:
            one = one.where(table.c.received == table.c.size)
        found.append(one.where(table.c.capture_id == capture_id) if capture_id else one)
    return select(union_all(*found).subquery().c.sha256).distinct()


def _forget_made(cache: Path, removed: set[str]) -> None:
    """Remove what was made of removed bytes for the console; its names begin with their hash."""
    for path in cache.glob("*/*") if removed else ():
        if path.name[:64] in removed:
            path.unlink(missing_ok=True)


def _touched(connection: Connection, row: Any) -> datetime:
    """Return when a capture was last worked on."""
    steps = schema.steps
    latest = connection.execute(
        select(func.max(steps.c.at)).where(steps.c.capture_id == row.capture_id)
    ).scalar()
    clicked = CaptureMeta.model_validate_json(row.meta).clicked_at
    return max(clicked, datetime.fromisoformat(latest)) if latest else clicked


def _doom(connection: Connection, case_id: str, ids: Sequence[CaptureId]) -> None:
    """Write down what may go from the disk."""
    drafts = schema.drafts
    own = select(drafts.c.draft_id).where(drafts.c.case_id == case_id)
    places = {f"work/upload-{draft}" for draft in connection.execute(own).scalars()}
    places.add(f"cache/exports/{case_id}")  # a backup beside it is the user's to remove
    for capture_id in ids:
        places.add(f"incoming/{capture_id}")
        places |= {f"blobs/{one}" for one in connection.execute(hashes(capture_id)).scalars()}
    places -= set(connection.execute(select(_doomed.c.place)).scalars())
    for place in sorted(places):
        connection.execute(insert(_doomed).values(place=place))


def _delete_rows(connection: Connection, case_id: str, ids: Sequence[CaptureId]) -> None:
    """Delete from every table that knows captures or cases, what refers before what is meant."""
    cases, captures = schema.cases, schema.captures
    own = union_all(
        select(captures.c.position).where(captures.c.case_id == case_id),
        select(-cases.c.position).where(cases.c.case_id == case_id),
    )
    for position in connection.execute(own).scalars().all():
        remove_document(connection, position)
    for table in reversed(schema.metadata.sorted_tables):
        if "capture_id" in table.c:
            for capture_id in ids:
                connection.execute(delete(table).where(table.c.capture_id == capture_id))
        if "case_id" in table.c:
            connection.execute(delete(table).where(table.c.case_id == case_id))
    for ref in (case_id, *ids):  # the triggers of these tables ask to look at them once more
        connection.execute(delete(schema.stale).where(schema.stale.c.ref == ref))
    connection.execute(text("INSERT INTO library_grams (library_grams) VALUES ('optimize')"))
