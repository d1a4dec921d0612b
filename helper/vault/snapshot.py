"""A copy of the database as it was at one moment, for a backup; and what a copy refers to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select

from helper.errors import VaultError
from helper.vault import schema
from helper.vault.deletions import hashes
from helper.vault.store import Store, cause, reading

_NEVER: Final = (schema.pairings, schema.pairing_offer, schema.entrances, schema.doomed)
"""What lets somebody in, and what is not done yet: it stays where it is."""


class Contents(NamedTuple):
    """What a database says that there is."""

    captures: int
    cases: int
    hashes: frozenset[str]
    """Bytes that must be among the blobs."""


class Snapshots(Store):
    """Copies of the catalogue."""

    def write_snapshot(self, path: Path, *, identity: bool) -> None:
        """Write the database as one new file, while others go on writing to it.

        Keys of paired browsers never go along, nor what waits to be removed; `identity` tells
        whether the encrypted identity does. Nothing that was deleted before is in the file's gaps.
        Raises DiskFullError.
        """
        database = str(self.engine.url.database)
        with _explained(database), closing(sqlite3.connect(database)) as source:
            source.execute("VACUUM INTO ?", (str(path),))
        strip(path, identity=identity)

    def contents(self) -> Contents:
        """Return what this database says that there is."""
        with reading(self.engine) as connection:
            known = frozenset(connection.execute(hashes(arrived=True)).scalars())
            captures, cases = (
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (schema.captures, schema.cases)
            )
        return Contents(captures, cases, known)


def strip(path: Path, *, identity: bool) -> None:
    """Leave of a database only what is the vault's own, no key, nothing that acts by itself.

    The workflow engine's tables go as well: the vault alone says what is left to do, and the engine
    runs what it finds in them. Raises VaultError(damaged), DiskFullError.
    """
    with _explained(str(path)), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("trusted_schema = OFF", "secure_delete = ON", "foreign_keys = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        found = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
        for kind, name in found:
            if kind in {"trigger", "view"} or (kind == "table" and not _is_ours(name)):
                connection.execute(f'DROP {kind} IF EXISTS "{name.replace(chr(34), chr(34) * 2)}"')
        there = {name for kind, name in found if kind == "table"}
        for table in [*_NEVER, *([] if identity else [schema.identity])]:
            if table.name in there:
                connection.execute(str(delete(table)))
        connection.execute("COMMIT")


def _is_ours(name: str) -> bool:
    """Tell whether a table is the vault's; those of SQLite itself go by themselves."""
    return name in schema.metadata.tables or name.startswith(("library_grams", "sqlite_"))


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise cause(str(error), path) or VaultError(reason="damaged", path=path) from error
