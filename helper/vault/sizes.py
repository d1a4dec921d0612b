"""How many bytes of what was kept belong to which case."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from helper.vault import schema
from helper.vault.store import Store, reading


class CaseSize(NamedTuple):
    """What a case takes: pages, and bytes of all files of its pages, those shared included."""

    case_id: str
    title: str
    captures: int
    bytes: int


class Sizes(Store):
    """The sizes of the catalogue."""

    def case_sizes(self, limit: int) -> list[CaseSize]:
        """Return the cases that take most, the largest first."""
        cases, captures, artifacts = schema.cases, schema.captures, schema.artifacts
        size = func.sum(func.json_extract(artifacts.c.record, "$.bytes"))
        of_capture = (
            select(artifacts.c.capture_id, size.label("bytes"))
            .group_by(artifacts.c.capture_id)
            .subquery()
        )
        total = func.coalesce(func.sum(of_capture.c.bytes), 0)
        found = (
            select(cases.c.case_id, cases.c.title, func.count(captures.c.capture_id), total)
            .outerjoin(captures, captures.c.case_id == cases.c.case_id)
            .outerjoin(of_capture, of_capture.c.capture_id == captures.c.capture_id)
            .group_by(cases.c.case_id)
            .order_by(total.desc(), cases.c.position)
            .limit(limit)
        )
        with reading(self.engine) as connection:
            return [CaseSize(*row) for row in connection.execute(found)]

    def case_size(self, case_id: str) -> int:
        """Return the bytes of all files of a case's pages."""
        captures, artifacts = schema.captures, schema.artifacts
        found = (
            select(func.sum(func.json_extract(artifacts.c.record, "$.bytes")))
            .join(captures, captures.c.capture_id == artifacts.c.capture_id)
            .where(captures.c.case_id == case_id)
        )
        with reading(self.engine) as connection:
            return int(connection.execute(found).scalar() or 0)
