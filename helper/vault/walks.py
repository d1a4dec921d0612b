"""Pages that were kept one after another as the user walked: they belong to one case."""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from helper.dealings import Walk
from helper.vault import schema
from helper.vault.changes import forget, touch

_cases = schema.cases
_captures = schema.captures


def case_of_walk(connection: Connection, walk: Walk, order_no: str | None) -> str:
    """Return the case for another page of a walk; it need not be there yet.

    That is the first of its cases with an order, else the one where its pages wait for an order. A
    page of another order than theirs gets a case of its own.
    """
    rows = connection.execute(
        select(_cases.c.case_id, _cases.c.order_no)
        .join(_captures, _captures.c.case_id == _cases.c.case_id)
        .where(_of(walk))
        .group_by(_cases.c.case_id)
        .order_by(_cases.c.order_no.is_(None), func.min(_captures.c.position))
    ).all()
    for row in rows:
        if None in {row.order_no, order_no} or row.order_no == order_no:
            return str(row.case_id)
    return _id(f"{walk.session}/{walk.step}" if rows else walk.session)


def gather(connection: Connection, walk: Walk, case_id: str) -> None:
    """Take the pages of a walk that wait for an order into the case where it was found.

    The case they waited in goes, unless something else was put into it.
    """
    waiting = _id(walk.session)
    if (
        waiting == case_id
        or connection.execute(select(_cases.c.order_no).where(_cases.c.case_id == waiting)).scalar()
    ):
        return
    connection.execute(
        update(_captures).where(_captures.c.case_id == waiting, _of(walk)).values(case_id=case_id)
    )
    apart = {_cases, *schema.DERIVED}
    tables = (table for table in schema.metadata.sorted_tables if table not in apart)
    holders = [table for table in tables if "case_id" in table.c]
    used = any(
        connection.execute(select(table.c.case_id).where(table.c.case_id == waiting)).first()
        for table in holders
    )
    if used:
        touch(connection, waiting)
    else:
        forget(connection, waiting)
        connection.execute(delete(_cases).where(_cases.c.case_id == waiting))


def _of(walk: Walk) -> ColumnElement[bool]:
    """Match the captures of a walk; its session is a UUID, which stands nowhere else in a meta."""
    return _captures.c.meta.contains(f'"session":"{walk.session}"')


def _id(seed: str) -> str:
    return f"c-{hashlib.sha256(seed.encode()).hexdigest()[:10]}"
