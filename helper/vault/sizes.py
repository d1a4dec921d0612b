"""How many bytes of what was kept belong to which case."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from helper.vault import schema
from helper.vault.store import Store, reading
from helper.vault.views import require_case


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
        total = _total()
        with reading(self.engine) as connection:
            rows = connection.execute(_sizes(total).order_by(total.desc()).limit(limit))
            return [CaseSize(*row) for row in rows]

    def case_size(self, case_id: str) -> CaseSize:
        """Return what one case takes; raises NotFoundError."""
        with reading(self.engine) as connection:
            require_case(connection, case_id)
            found = _sizes(_total()).where(schema.cases.c.case_id == case_id)
            return CaseSize(*connection.execute(found).one())


def _total() -> ColumnElement[int]:
    size = func.json_extract(schema.artifacts.c.record, "$.bytes")
    return func.coalesce(func.sum(size), 0)


def _sizes(total: ColumnElement[int]) -> Select[Any]:
    cases, captures, artifacts = schema.cases, schema.captures, schema.artifacts
    count = func.count(captures.c.capture_id.distinct())
    return (
        select(cases.c.case_id, cases.c.title, count, total)
        .outerjoin(captures, captures.c.case_id == cases.c.case_id)
        .outerjoin(artifacts, artifacts.c.capture_id == captures.c.capture_id)
        .group_by(cases.c.case_id)
    )
