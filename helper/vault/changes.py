"""How often a case was changed: its revision grows with every write to it or to a capture of it.

Commands and the running helper write the same vault, so that only the database can tell. It grows
in the transaction of the write itself.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from helper.vault import schema

_changes = schema.changes


def revision_of(connection: Connection, case_id: str) -> int:
    """Return how often a case was changed; 0 where nobody counted, as in an older vault."""
    of_case = select(_changes.c.revision).where(_changes.c.case_id == case_id)
    return connection.execute(of_case).scalar() or 0


def touch(connection: Connection, *case_ids: str | None) -> None:
    """Let the revision of cases grow; None is what belongs to no case."""
    for case_id in filter(None, case_ids):
        of_case = _changes.c.case_id == case_id
        grown = update(_changes).where(of_case).values(revision=_changes.c.revision + 1)
        if connection.execute(grown).rowcount == 0:
            connection.execute(insert(_changes).values(case_id=case_id, revision=1))


def touch_capture(connection: Connection, capture_id: str) -> None:
    """Let the revision of the case grow that a capture is in, if it is in one."""
    captures = schema.captures
    own = select(captures.c.case_id).where(captures.c.capture_id == capture_id)
    touch(connection, connection.execute(own).scalar())


def forget(connection: Connection, case_id: str) -> None:
    """Remove what was derived from a case that goes."""
    for table in schema.DERIVED:
        connection.execute(delete(table).where(table.c.case_id == case_id))
