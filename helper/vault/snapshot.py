"""A copy of the database as it was at one moment, for a backup; and what a copy refers to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import create_engine, delete, func, select

from helper.errors import VaultError
from helper.vault import schema
from helper.vault.deletions import hashes
from helper.vault.store import Store, cause, explained, reading


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
        copy = create_engine(f"sqlite:///{path.as_posix()}")
        left_out = [schema.pairings, schema.pairing_offer, schema.entrances, schema.doomed]
        try:
            with closing(sqlite3.connect(database)) as source:
                source.execute("VACUUM INTO ?", (str(path),))
            with explained(copy), copy.begin() as connection:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
                for table in [*left_out, *([] if identity else [schema.identity])]:
                    connection.execute(delete(table))
        except sqlite3.Error as error:
            raise cause(str(error), database) or VaultError(
                reason="damaged", path=database
            ) from error
        finally:
            copy.dispose()

    def contents(self) -> Contents:
        """Return what this database says that there is."""
        with reading(self.engine) as connection:
            known = frozenset(connection.execute(hashes(arrived=True)).scalars())
            captures, cases = (
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (schema.captures, schema.cases)
            )
        return Contents(captures, cases, known)
