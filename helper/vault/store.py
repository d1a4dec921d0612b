"""Open the database and run transactions on it.

The workflow engine opens the same SQLite file with an engine of its own. Writers therefore begin
IMMEDIATE (a deferred transaction that turns into a writer fails at once, whatever the busy
timeout), and readers begin DEFERRED, which under WAL never waits.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from helper.errors import DiskFullError, KazhengError, VaultError
from helper.settings import Settings
from helper.vault import schema
from helper.vault.files import is_full, make_folder, room_on_disk

_BUSY_MILLISECONDS = 30_000
_READING = "kazheng_reading"


def open_engine(settings: Settings, *, checked: bool = True) -> Engine:
    """Open the vault, create its tables at the first use.

    Without `checked` its pages are not looked through, which takes long in a large one: for who
    writes a row beside a helper that has done so.
    Raises VaultError with reason newer, damaged, locked or unwritable, and DiskFullError.
    """
    url = make_url(settings.database_url)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, url.database)
    try:
        if checked:
            with reading(engine) as connection:  # no writer waits for it
                _check_health(connection)
        with writing(engine) as connection:
            schema.metadata.create_all(connection)
            _create_indices(connection)
            _create_triggers(connection)
            _check_version(connection)
    except (KazhengError, DBAPIError):
        engine.dispose()
        raise
    return engine


class Store:
    """One database; each public method of a subclass is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that may write; nobody else writes meanwhile."""
    with explained(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that only reads, on one unchanging view of the data."""
    with explained(engine), engine.connect() as connection:
        connection.execution_options(**{_READING: True})
        with connection.begin():
            yield connection


def empty_journal(engine: Engine) -> None:
    """Let nothing that was deleted go on standing in SQLite's journal.

    Where somebody reads or writes just now, a later checkpoint does it.
    """
    if engine.dialect.name == "sqlite" and engine.url.database:
        with suppress(sqlite3.Error), closing(sqlite3.connect(engine.url.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn what SQLite says into DiskFullError or VaultError; the rest goes on as it is."""
    try:
        yield
    except DBAPIError as error:
        known = cause(str(error.orig), engine.url.database or "")
        if known is None:
            raise
        raise known from error


def cause(message: str, path: str) -> KazhengError | None:
    """Return what SQLite's message means, None if unknown.

    The codes are not in the exception on every Python. A WAL index without room is an I/O error.
    """
    full = "disk I/O error" in message and is_full(Path(path).parent)
    if "disk is full" in message or full:
        return DiskFullError(path=path)
    for words, reason in (
        ("file is not a database", "damaged"),
        ("malformed", "damaged"),
        ("is locked", "locked"),
        ("unable to open database", "unwritable"),
        ("readonly database", "unwritable"),
        ("disk I/O error", "disk_failed"),
    ):
        if words in message:
            return VaultError(reason=reason, path=path)
    return None


def _prepare_sqlite(engine: Engine, database: str | None) -> None:
    if database and database != ":memory:":
        _create_private(Path(database))
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _create_private(path: Path) -> None:
    """Create the file for its owner only: pairing keys are in it."""
    try:
        with room_on_disk(path):
            make_folder(path.parent)
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise VaultError(reason="unwritable", path=str(path)) from error


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event starts transactions, not sqlite3
    for pragma in (
        f"busy_timeout = {_BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what a person deletes must not be readable in the file
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")


def _create_indices(connection: Connection) -> None:
    """Create the indices that the tables of an older vault do not have yet."""
    for table in schema.metadata.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _create_triggers(connection: Connection) -> None:
    """Create the triggers that are not there yet, or not as they should be now."""
    if connection.dialect.name != "sqlite":
        return
    known = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    there = {name: sql for name, sql in known}  # noqa: C416  # typed
    for name, wanted in schema.TRIGGERS.items():
        if there.get(name) != wanted:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(wanted)


def _check_health(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise VaultError(reason="damaged", path=connection.engine.url.database)


def _check_version(connection: Connection) -> None:
    found = connection.execute(select(schema.vault.c.schema_version)).scalar()
    if found is None:
        connection.execute(insert(schema.vault).values(schema_version=schema.SCHEMA_VERSION))
    elif found > schema.SCHEMA_VERSION:
        raise VaultError(
            reason="newer",
            path=connection.engine.url.database,
            found=found,
            known=schema.SCHEMA_VERSION,
        )
    elif found < schema.SCHEMA_VERSION:
        connection.execute(update(schema.vault).values(schema_version=schema.SCHEMA_VERSION))
