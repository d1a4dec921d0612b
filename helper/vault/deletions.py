"""Delete a case: its rows at once, its files once nobody else uses them.

The rows go in one transaction that also writes down which files may go. Removing those may be cut
off at any point and done again. A file that was put in place, or wanted, a short while ago stays
for now: its row may not be written yet.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    union_all,
)

from helper.errors import RefusedError
from helper.model import CaptureId, CaptureMeta, Role
from helper.vault import ledger, schema
from helper.vault.blobs import Blobs
from helper.vault.gone import note_gone
from helper.vault.search import remove_document
from helper.vault.store import Store, empty_journal, reading, writing
from helper.vault.views import require_case
from helper.vault.workflows import forget_workflows

BUSY: Final = timedelta(minutes=10)
"""How long a capture without a seal counts as being worked on after its last step."""
FRESH_SECONDS: Final = 900.0
"""How old the file of a deleted case must be: no step takes longer from bytes to row."""
_doomed = schema.doomed
_PLACE: Final = re.compile(
    r"blobs/[0-9a-f]{64}|(?:incoming|work|cache|cache/exports)/[A-Za-z0-9][A-Za-z0-9_-]*"
)
"""Where something of a case may lie: nothing else is ever removed."""
_WORDS: Final = "words"
"""The place of the words in the index: the only one that is no path."""
_PAGES: Final = 200
_TOLD_INDEX: Final = text("INSERT INTO library_grams (library_grams, rank) VALUES (:what, :value)")
_CHANGES: Final = text("SELECT total_changes()")
_RECORDING: Final[Role] = "seen/recording"
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
            forget_workflows(connection, ids)
            note_gone(connection, ids)
        self.forget_words()
        return Deleted(len(ids), seals)

    def forget_words(self) -> None:
        """Let the index forget the words of what was removed from it; raises DiskFullError.

        Step by step, so that whoever writes meanwhile waits for one of them at most; once this
        returns none of those words is in the file.
        """
        pages = -_PAGES  # the first step makes of all parts of the index one merge
        while self._merge_step(pages):
            pages = _PAGES
        empty_journal(self.engine)
        self.spare([_WORDS])

    def doom_orphans(self, hashes_kept: Collection[str]) -> None:
        """Write down bytes that no row names: left by a crash, or by a step that came too late."""
        orphans = set(hashes_kept) - self.wanted(hashes_kept)
        with writing(self.engine) as connection:
            _write_down(connection, {f"blobs/{sha256}" for sha256 in orphans})

    def doomed(self) -> list[str]:
        """Return the places of deleted cases that may still be on disk."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(_doomed.c.place)).scalars())

    def spare(self, places: Sequence[str]) -> None:
        """Strike places off: they are gone, or wanted again."""
        with writing(self.engine) as connection:
            for place in places:
                connection.execute(delete(_doomed).where(_doomed.c.place == place))

    def wanted(self, named: Collection[str]) -> set[str]:
        """Return those hashes whose bytes some capture, seal or stamp has or announces."""
        with reading(self.engine) as connection:
            used = set(connection.execute(hashes()).scalars())
        return used.intersection(named)

    def _merge_step(self, pages: int) -> bool:
        """Merge so many pages of the index; return whether there may be more to merge."""
        with writing(self.engine) as connection:
            connection.execute(_TOLD_INDEX, {"what": "usermerge", "value": 2})
            before = connection.execute(_CHANGES).scalar_one()
            connection.execute(_TOLD_INDEX, {"what": "merge", "value": pages})
            return bool(connection.execute(_CHANGES).scalar_one() - before > 1)


def sweep(catalogue: Deletions, blobs: Blobs, data: Path, fresh: float = FRESH_SECONDS) -> int:
    """Remove the files of deleted cases that nobody uses; return how many have to wait."""
    places = catalogue.doomed()
    if not places:
        return 0
    named = [place.removeprefix("blobs/") for place in places if place.startswith("blobs/")]
    wanted, before = catalogue.wanted(named), time.time() - fresh
    done: list[str] = []
    removed: set[str] = set()
    if _WORDS in places:
        catalogue.forget_words()
    for place in places:
        kind, _, name = place.partition("/")
        if not _PLACE.fullmatch(place) or name in wanted:
            done.append(place)
        elif kind == "blobs":
            if blobs.remove(name, before):
                removed.add(name)
        else:
            shutil.rmtree(data / kind / name, ignore_errors=True)
            if not (data / kind / name).exists():
                done.append(place)
    removed -= _left_of(data / "cache", removed)
    done += [f"blobs/{name}" for name in removed]
    catalogue.spare(done)
    return len(places) - len(done)


def hashes(capture_id: CaptureId | None = None, *, arrived: bool = False) -> Select[Any]:
    """Select the hashes of all bytes that rows name, of one capture or of all.

    With `arrived` those of announced parts are left out that are not here yet, or no more: the
    chunks of a recording, once one file holds them all.
    """
    records = schema.artifacts
    of_artifact = select(func.json_extract(records.c.record, "$.sha256").label("sha256"))
    found = [of_artifact.where(records.c.capture_id == capture_id) if capture_id else of_artifact]
    for table, name in _HASHES:
        one = select(table.c[name].label("sha256")).where(table.c[name].is_not(None))
        if arrived and table is schema.parts:
            one = one.where(table.c.received == table.c.size, ~_is_within())
        found.append(one.where(table.c.capture_id == capture_id) if capture_id else one)
    return select(union_all(*found).subquery().c.sha256).distinct()


def _is_within() -> ColumnElement[bool]:
    """Match chunks whose bytes the file of a whole recording holds (`capture.chunks.within`)."""
    parts, records, captures = schema.parts, schema.artifacts, schema.captures
    place = func.json_extract(parts.c.about, "$.index")
    return exists().where(
        parts.c.role == _RECORDING,
        captures.c.capture_id == parts.c.capture_id,
        captures.c.final,
        records.c.capture_id == parts.c.capture_id,
        func.json_extract(records.c.record, "$.role") == _RECORDING,
        place >= 0,
        func.json_extract(records.c.record, "$.about.chunks") > place,
    )


def _left_of(cache: Path, removed: set[str]) -> set[str]:
    """Remove what was made of removed bytes for the console; return those whose copy stays.

    Its names begin with their hash. Windows removes no file that somebody reads just now.
    """
    left: set[str] = set()
    for path in cache.glob("*/*") if removed else ():
        if path.name[:64] in removed:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                left.add(path.name[:64])
    return left


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
    places.add(_WORDS)
    places.add(f"cache/exports/{case_id}")  # a backup beside it is the user's to remove
    for capture_id in ids:
        places.add(f"incoming/{capture_id}")
        places |= {f"blobs/{one}" for one in connection.execute(hashes(capture_id)).scalars()}
    _write_down(connection, places)


def _write_down(connection: Connection, places: set[str]) -> None:
    known = connection.execute(select(_doomed.c.place)).scalars()
    for place in sorted(places.difference(known)):
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
