import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from helper.errors import DiskFullError, VaultError
from helper.settings import Settings
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.store import reading, writing


def file_of(settings: Settings) -> Path:
    return settings.data / "vault.db"


def test_an_opened_vault_opens_again(settings: Settings, make):
    engine = open_engine(settings)
    Catalogue(engine).create_capture(make.uuid(), make.meta(), [])
    engine.dispose()
    again = open_engine(settings)
    assert Catalogue(again).capture(make.uuid()).state == "receiving"
    again.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 30_000), ("foreign_keys", 1)],
)
def test_every_connection_is_safe(catalogue: Catalogue, pragma: str, value: object):
    with reading(catalogue.engine) as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_only_the_owner_may_read_the_vault(catalogue: Catalogue, settings: Settings):
    assert stat.S_IMODE(file_of(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700


def reason_of(settings: Settings) -> object:
    with pytest.raises(VaultError) as raised:
        open_engine(settings)
    assert str(file_of(settings)) == str(raised.value.details["path"])
    return raised.value.details["reason"]


def test_a_vault_of_a_newer_version_is_left_alone(settings: Settings):
    engine = open_engine(settings)
    with writing(engine) as connection:
        connection.execute(text("UPDATE kazheng_vault SET schema_version = 99"))
    engine.dispose()
    assert reason_of(settings) == "newer"


def test_a_file_that_is_no_database_is_damaged(settings: Settings):
    settings.data.mkdir()
    file_of(settings).write_bytes(b"this is not a database" * 100)
    assert reason_of(settings) == "damaged"
    assert file_of(settings).read_bytes() == b"this is not a database" * 100


def test_a_page_that_was_overwritten_is_damaged(settings: Settings):
    open_engine(settings).dispose()
    with file_of(settings).open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(4096))
    assert reason_of(settings) == "damaged"


def test_a_folder_that_cannot_be_made_is_explained(settings: Settings):
    settings.data.write_text("a file where the folder should be")
    assert reason_of(settings) == "unwritable"


def test_a_full_disk_is_explained_and_changes_nothing(catalogue: Catalogue, make):
    with reading(catalogue.engine) as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    catalogue.engine.dispose()
    limited = _limited(catalogue.engine, pages)
    with pytest.raises(DiskFullError):
        Catalogue(limited).create_capture(make.uuid(), make.meta(title="x" * 100_000), [])
    limited.dispose()
    assert catalogue.recent(5) == []


def _limited(engine: Engine, pages: int) -> Engine:
    """Let SQLite itself say that there is no room: no page beyond those in use."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()

    event.listen(engine, "connect", limit)
    return engine


def test_a_transaction_that_fails_leaves_nothing(catalogue: Catalogue, make):
    def fail() -> None:
        with writing(catalogue.engine) as connection:
            connection.execute(text("INSERT INTO kazheng_vault VALUES (7)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with reading(catalogue.engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM kazheng_vault")).scalar() == 1


def triggers(settings: Settings) -> dict[str, str]:
    with sqlite3.connect(file_of(settings)) as raw:
        rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    raw.close()
    return dict(rows)


def test_a_vault_with_older_triggers_gets_those_of_now_once(settings: Settings):
    open_engine(settings).dispose()
    made = triggers(settings)
    raw = sqlite3.connect(file_of(settings))
    raw.execute("DROP TRIGGER stale_cases_said")
    raw.execute("CREATE TRIGGER stale_cases_said AFTER UPDATE ON cases BEGIN SELECT 1; END")
    raw.commit()
    raw.close()
    open_engine(settings).dispose()
    assert triggers(settings) == made
    raw = sqlite3.connect(file_of(settings))
    before = raw.execute("PRAGMA schema_version").fetchone()
    open_engine(settings).dispose()
    assert raw.execute("PRAGMA schema_version").fetchone() == before, "made anew for nothing"
    raw.close()
