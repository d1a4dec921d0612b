"""Drafts by id, each a version of the document for its case and channel.

What was filed is never altered: an edit of it makes the next version.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select, update

from helper.dealings import Edit
from helper.errors import ConflictError, NotFoundError
from helper.model import Draft
from helper.vault import schema
from helper.vault.changes import touch
from helper.vault.store import Store, reading, writing
from helper.vault.views import require_case

Reword = Callable[[Draft, tuple[Edit, ...]], Draft]
"""Puts edits into a draft of our words alone."""

_drafts = schema.drafts
_ADVICE = {"draft_id", "version", "replaces", "created_at", "gaps", "lint", "remarks"}
"""What two drafts may differ in that say the same."""


class Drafts(Store):
    """The drafts of the catalogue."""

    def put_draft(self, draft: Draft) -> None:
        """Keep a draft as it is, in place of an earlier one with its id.

        Raises NotFoundError for the case, ConflictError if the id belongs to another case.
        """
        with writing(self.engine) as connection:
            require_case(connection, draft.case_id)
            _put(connection, _drafts, draft)
            of_draft = schema.composed.c.draft_id == draft.draft_id
            connection.execute(delete(schema.composed).where(of_draft))
            touch(connection, draft.case_id)

    def add_draft(self, composed: Draft, reword: Reword) -> Draft:
        """Keep what was composed as the next version of its document, and return it as kept.

        The user's words of the version before go into it. What says the same as that version is
        no other one: its gaps and advice are renewed. Raises NotFoundError for the case.
        """
        with writing(self.engine) as connection:
            require_case(connection, composed.case_id)
            line = _line(connection, composed)
            edits = line[-1].edits if line else ()
            if line and _says(composed) == _says(_composed(connection, line[-1])):
                same = ("draft_id", "version", "replaces", "created_at")
                composed = composed.model_copy(
                    update={name: getattr(line[-1], name) for name in same}
                )
            else:
                composed = _numbered(composed, line)
            return _keep(connection, composed, reword(composed, edits))

    def edit_draft(self, draft_id: str, reword: Reword, *, next_id: str, now: datetime) -> Draft:
        """Let `reword` change what the user says in a draft, and return it as kept.

        A filed one stays as it is: the change makes the next version, `next_id`. Raises
        NotFoundError, ConflictError(older_version) for any but the newest version.
        """
        with writing(self.engine) as connection:
            draft = _draft(connection, draft_id)
            line = _line(connection, draft)
            if line[-1].draft_id != draft_id:
                raise ConflictError(reason="older_version", id=draft_id, newest=line[-1].draft_id)
            composed = _composed(connection, draft)
            changed = reword(composed, draft.edits)
            if changed.edits == draft.edits:
                return draft
            filed = select(schema.filings).where(schema.filings.c.draft_id == draft_id)
            if connection.execute(filed).first() is not None:
                own = {"draft_id": next_id, "created_at": now}
                composed = _numbered(composed.model_copy(update=own), line)
                changed = reword(composed, draft.edits)
            return _keep(connection, composed, changed)

    def draft(self, draft_id: str) -> Draft:
        """Return a draft; raises NotFoundError."""
        with reading(self.engine) as connection:
            return _draft(connection, draft_id)

    def drafts_of(self, case_id: str) -> list[Draft]:
        """Return the drafts of a case, oldest first."""
        with reading(self.engine) as connection:
            return _drafts_of(connection, case_id)

    def latest_draft(self, case_id: str) -> Draft | None:
        """Return the newest draft of a case."""
        with reading(self.engine) as connection:
            record = connection.execute(
                select(_drafts.c.record)
                .where(_drafts.c.case_id == case_id)
                .order_by(_drafts.c.position.desc())
                .limit(1)
            ).scalar()
        return None if record is None else Draft.model_validate_json(record)


def _draft(connection: Connection, draft_id: str) -> Draft:
    found = _record(connection, _drafts, draft_id)
    if found is None:
        raise NotFoundError(kind="draft", id=draft_id)
    return found


def _composed(connection: Connection, draft: Draft) -> Draft:
    """Return a draft in our words alone; one without edits is that itself."""
    return _record(connection, schema.composed, draft.draft_id) or draft


def _record(connection: Connection, table: Table, draft_id: str) -> Draft | None:
    record = connection.execute(select(table.c.record).where(table.c.draft_id == draft_id)).scalar()
    return None if record is None else Draft.model_validate_json(record)


def _drafts_of(connection: Connection, case_id: str) -> list[Draft]:
    records = connection.execute(
        select(_drafts.c.record).where(_drafts.c.case_id == case_id).order_by(_drafts.c.position)
    )
    return [Draft.model_validate_json(record) for record in records.scalars()]


def _line(connection: Connection, draft: Draft) -> list[Draft]:
    """Return the versions of a draft's document, oldest first."""
    return [
        one
        for one in _drafts_of(connection, draft.case_id)
        if (one.channel, one.document) == (draft.channel, draft.document)
    ]


def _numbered(draft: Draft, line: list[Draft]) -> Draft:
    before = line[-1].draft_id if line else None
    return draft.model_copy(update={"version": len(line) + 1, "replaces": before})


def _says(draft: Draft) -> Draft:
    return draft.model_copy(update=dict.fromkeys(_ADVICE))


def _keep(connection: Connection, composed: Draft, draft: Draft) -> Draft:
    _put(connection, _drafts, draft)
    _put(connection, schema.composed, composed)
    touch(connection, draft.case_id)
    return draft


def _put(connection: Connection, table: Table, draft: Draft) -> None:
    of_draft = table.c.draft_id == draft.draft_id
    known = connection.execute(select(table.c.case_id).where(of_draft)).scalar()
    values = {"case_id": draft.case_id, "record": draft.model_dump_json()}
    if known is None:
        connection.execute(insert(table).values(draft_id=draft.draft_id, **values))
    elif known == draft.case_id:
        connection.execute(update(table).where(of_draft).values(**values))
    else:
        raise ConflictError(kind="draft", id=draft.draft_id)
