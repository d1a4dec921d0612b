"""A copy of the database as it was at one moment, for a backup; and what a copy refers to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

from pydantic import StringConstraints, TypeAdapter, ValidationError
from sqlalchemy import Select, delete, func, select, union_all

from helper.errors import VaultError
from helper.model import CaptureId, Sha256
from helper.vault import schema
from helper.vault.deletions import hashes
from helper.vault.store import Store, cause, reading

_NEVER: Final = (schema.pairings, schema.pairing_offer, schema.entrances, schema.doomed)
"""What lets somebody in, and what is not done yet: it stays where it is."""
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


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

    def foreign(self) -> str | None:
        """Return a hash or an id that no vault of ours has, None where all are as ours.

        Files are named after them.
        """
        kinds = (
            (TypeAdapter(list[Sha256]), hashes()),
            (TypeAdapter(list[CaptureId]), _all("capture_id")),
            (TypeAdapter(list[_Id]), _all("case_id")),
            (TypeAdapter(list[_Id]), _all("draft_id")),
        )
        with reading(self.engine) as connection:
            for kind, names in kinds:
                try:
                    kind.validate_python(connection.execute(names).scalars().all(), strict=True)
                except ValidationError as error:
                    return str(error.errors()[0]["input"])[:200]
        return None


def _all(name: str) -> Select[Any]:
    """Select an id wherever it stands, in records too."""
    found = [
        select(table.c[name].label("name")).where(table.c[name] != "")
        for table in schema.metadata.sorted_tables
        if name in table.c
    ]
    if name == "draft_id":
        found += [
            select(func.json_extract(table.c.record, "$.draft_id").label("name"))
            for table in (schema.drafts, schema.composed)
        ]
    return select(union_all(*found).subquery().c.name).distinct()


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
