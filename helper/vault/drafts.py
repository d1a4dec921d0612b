"""Drafts: complaints as composed, by id."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from helper.errors import ConflictError, NotFoundError
from helper.model import Draft
from helper.vault import schema
from helper.vault.store import Store, reading, writing

_drafts = schema.drafts


class Drafts(Store):
    """The drafts of the catalogue."""

    def put_draft(self, draft: Draft) -> None:
        """Keep a draft, in place of an earlier one with its id.

        Raises NotFoundError for the case, ConflictError if the id belongs to another case.
        """
        values = {"case_id": draft.case_id, "record": draft.model_dump_json()}
        with writing(self.engine) as connection:
            case = select(schema.cases).where(schema.cases.c.case_id == draft.case_id)
            if connection.execute(case).first() is None:
                raise NotFoundError(kind="case", id=draft.case_id)
            of_draft = _drafts.c.draft_id == draft.draft_id
            known = connection.execute(select(_drafts.c.case_id).where(of_draft)).scalar()
            if known is None:
                connection.execute(insert(_drafts).values(draft_id=draft.draft_id, **values))
            elif known == draft.case_id:
                connection.execute(update(_drafts).where(of_draft).values(**values))
            else:
                raise ConflictError(kind="draft", id=draft.draft_id)

    def draft(self, draft_id: str) -> Draft:
        """Return a draft; raises NotFoundError."""
        with reading(self.engine) as connection:
            record = connection.execute(
                select(_drafts.c.record).where(_drafts.c.draft_id == draft_id)
            ).scalar()
        if record is None:
            raise NotFoundError(kind="draft", id=draft_id)
        return Draft.model_validate_json(record)

    def drafts_of(self, case_id: str) -> list[Draft]:
        """Return the drafts of a case, oldest first."""
        with reading(self.engine) as connection:
            records = connection.execute(
                select(_drafts.c.record)
                .where(_drafts.c.case_id == case_id)
                .order_by(_drafts.c.position)
            )
            return [Draft.model_validate_json(record) for record in records.scalars()]

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
