"""What the user told of a case, and the complaints that were filed. None of it is ever changed.

An entry that was wrong is taken back as a whole.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from helper.dealings import Answers, Dealing, Entry, Party
from helper.errors import NotFoundError, RefusedError
from helper.model import Filing
from helper.vault import schema
from helper.vault.changes import touch
from helper.vault.store import Store, reading, writing
from helper.vault.views import require_case

_entries = schema.entries
_filings = schema.filings
_DEALING: TypeAdapter[Dealing] = TypeAdapter(Dealing)


class Entries(Store):
    """The entries and filings of the catalogue."""

    def add_entry(self, case_id: str, what: Dealing, added_at: datetime) -> Entry:
        """Keep what the user told and return it; what is there already is no second one.

        Of a party and of answers the newest of a role or an issue holds, so that one may go back
        to what was told before. Raises NotFoundError for the case, and for a capture it has not.
        """
        with writing(self.engine) as connection:
            require_case(connection, case_id)
            if not isinstance(what, Answers) and what.capture_id is not None:
                _require_capture(connection, case_id, what.capture_id)
            told = entries_of(connection, case_id)
            known = next((one for one in _comparable(told, what) if one.what == what), None)
            if known is not None:
                return known
            entry = Entry(entry_id=f"e-{uuid.uuid4().hex[:12]}", added_at=added_at, what=what)
            connection.execute(
                insert(_entries).values(
                    case_id=case_id,
                    entry_id=entry.entry_id,
                    kind=what.kind,
                    record=what.model_dump_json(),
                    added_at=added_at.isoformat(),
                )
            )
            touch(connection, case_id)
        return entry

    def add_filing(self, case_id: str, filing: Filing) -> Filing:
        """Record a submitted complaint and return it as it stands.

        Told again, or kept with its receipt page later, it is one filing; a number or a receipt
        that it had stays. Raises NotFoundError.
        """
        with writing(self.engine) as connection:
            require_case(connection, case_id)
            for position, known in _filed(connection, case_id).items():
                if _is_same(known, filing):
                    filing = _completed(filing, known)
                    connection.execute(
                        update(_filings)
                        .where(_filings.c.position == position)
                        .values(record=_record(filing))
                    )
                    break
            else:
                values = {"case_id": case_id, "draft_id": filing.draft_id}
                connection.execute(insert(_filings).values(**values, record=_record(filing)))
            touch(connection, case_id)
        return _named(filing)

    def filings(self, case_id: str) -> tuple[Filing, ...]:
        """Return the filings of a case, in the order they were recorded; raises NotFoundError."""
        with reading(self.engine) as connection:
            require_case(connection, case_id)
            return filings_of(connection, case_id)

    def undo_entry(self, case_id: str, entry_id: str) -> None:
        """Take back an entry, or a filing that the user told of.

        Raises NotFoundError, RefusedError(filing_receipt) where a kept page shows the filing.
        """
        with writing(self.engine) as connection:
            require_case(connection, case_id)
            touch(connection, case_id)
            for position, one in _filed(connection, case_id).items():
                if one.filing_id == entry_id:
                    if one.capture_id is not None:
                        raise RefusedError(reason="filing_receipt", id=entry_id)
                    connection.execute(delete(_filings).where(_filings.c.position == position))
                    return
            of_case = (_entries.c.case_id == case_id) & (_entries.c.entry_id == entry_id)
            if not connection.execute(delete(_entries).where(of_case)).rowcount:
                raise NotFoundError(kind="entry", id=entry_id)


def entries_of(connection: Connection, case_id: str) -> tuple[Entry, ...]:
    """Return what the user told of a case, in the order it was told."""
    rows = connection.execute(
        select(_entries).where(_entries.c.case_id == case_id).order_by(_entries.c.position)
    )
    return tuple(
        Entry(entry_id=row.entry_id, added_at=row.added_at, what=_DEALING.validate_json(row.record))
        for row in rows
    )


def filings_of(connection: Connection, case_id: str) -> tuple[Filing, ...]:
    """Return the filings of a case, in the order they were recorded."""
    return tuple(_filed(connection, case_id).values())


def _filed(connection: Connection, case_id: str) -> dict[int, Filing]:
    """Return the filings of a case by their position."""
    rows = connection.execute(
        select(_filings).where(_filings.c.case_id == case_id).order_by(_filings.c.position)
    )
    return {row.position: _named(Filing.model_validate_json(row.record)) for row in rows}


def _comparable(told: tuple[Entry, ...], what: Dealing) -> list[Entry]:
    """Return the entries that may say the same: where only the newest holds, just that one."""
    if isinstance(what, Party):
        same = [x for x in told if isinstance(x.what, Party) and x.what.role == what.role]
    elif isinstance(what, Answers):
        same = [x for x in told if isinstance(x.what, Answers) and x.what.issue == what.issue]
    else:
        return list(told)
    return same[-1:]


def _require_capture(connection: Connection, case_id: str, capture_id: str) -> None:
    captures = schema.captures
    of_case = (captures.c.case_id == case_id) & (captures.c.capture_id == capture_id)
    if connection.execute(select(captures.c.position).where(of_case)).first() is None:
        raise NotFoundError(reason="case_capture", id=capture_id, case_id=case_id)


def _is_same(known: Filing, told: Filing) -> bool:
    """Tell whether two records are of one filing."""
    if told.draft_id:
        receipts = {known.capture_id, told.capture_id} - {None}
        return known.draft_id == told.draft_id and len(receipts) < 2
    if known.draft_id or known.channel != told.channel:
        return False
    numbers = {known.number, told.number} - {None}
    return len(numbers) < 2 and (known.at == told.at or None not in {known.number, told.number})


def _completed(told: Filing, known: Filing) -> Filing:
    """Return a filing told again, with what was known of it before; a receipt tells its time."""
    receipt = told.capture_id or known.capture_id
    at = known.at if known.capture_id and not told.capture_id else told.at
    update = {"number": told.number or known.number, "capture_id": receipt, "at": at}
    return told.model_copy(update=update)


def _record(filing: Filing) -> str:
    return filing.model_dump_json(exclude={"filing_id"})


def _named(filing: Filing) -> Filing:
    """Give a filing the id by which it can be taken back: it follows from what it says."""
    digest = hashlib.sha256(_record(filing).encode()).hexdigest()
    return filing.model_copy(update={"filing_id": f"f-{digest[:12]}"})
