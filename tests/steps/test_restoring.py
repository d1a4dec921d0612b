"""What a backup and a restore leave beside them, and who may read it."""

import os
import stat
from pathlib import Path

import pytest

from helper.backup import backup
from helper.restoring import restore
from helper.steps.store import Store
from helper.vault.snapshot import Snapshots

from . import test_backup

case_id, opened = test_backup.case_id, test_backup.opened
WORDS = test_backup.WORDS
OLD = 1_700_000_000


def test_what_a_killed_backup_or_restore_left_goes_a_day_later(
    store: Store, case_id: str, tmp_path: Path
):
    left = [
        tmp_path / "b.zip.0123.tmp",
        tmp_path / "new.restoring-0123",
        tmp_path / "data.restoring-0123",
        store.settings.data / "cache/exports/kazheng-backup.zip.0123.tmp",
    ]
    others = [tmp_path / "b.zip.0123", tmp_path / "c.zip.0123.tmp", tmp_path / "new.restoring-1"]
    for path in (*left, *others):
        if "restoring" in path.name:
            path.mkdir()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
        os.utime(path, (OLD, OLD))
    os.utime(others[-1])
    made = backup(store, tmp_path / "b.zip", None)
    restore(made.path, tmp_path / "new", None)
    store.clear_leftovers()
    assert [path.exists() for path in left] == [False] * len(left)
    assert all(path.exists() for path in others)


def test_no_key_is_on_the_disk_before_the_rest_was_found_right(
    store: Store, case_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = backup(store, tmp_path / "b.zip", WORDS)
    looked = Snapshots.foreign

    def look(self: Snapshots) -> str | None:
        assert list(tmp_path.glob("new.restoring-*"))
        assert not list(tmp_path.glob("new.restoring-*/keys"))
        return looked(self)

    monkeypatch.setattr(Snapshots, "foreign", look)
    assert restore(made.path, tmp_path / "new", WORDS).keys


def test_a_restore_into_the_folder_where_one_stands_needs_nothing_beside_it(
    store: Store, case_id: str, tmp_path: Path, opened, monkeypatch: pytest.MonkeyPatch
):
    made = backup(store, tmp_path / "b.zip", WORDS)
    here = tmp_path / "around" / "here"
    (here / ".restoring-0123").mkdir(parents=True)  # another was killed a moment ago
    monkeypatch.chdir(here)
    around = here.parent.stat().st_mtime_ns, here.stat().st_ino
    done = restore(made.path, Path(), WORDS)
    assert done.data == here
    assert (here.parent.stat().st_mtime_ns, here.stat().st_ino) == around
    assert opened(here).vault.case(case_id) == store.vault.case(case_id)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_only_the_owner_may_read_a_backup_and_the_folder_of_the_vault(
    store: Store, case_id: str, tmp_path: Path
):
    made = backup(store, tmp_path / "b.zip", None)
    restore(made.path, tmp_path / "new", None)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    for folder in (store.settings.data, tmp_path / "new"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
