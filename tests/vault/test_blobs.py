import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helper.errors import DiskFullError, NotFoundError
from helper.vault.blobs import Blobs

HELLO = hashlib.sha256(b"hello").hexdigest()


def test_kept_bytes_are_found_by_their_hash(blobs: Blobs):
    assert blobs.keep_bytes(b"hello") == HELLO
    assert blobs.read(HELLO) == b"hello"
    assert blobs.size(HELLO) == 5
    assert blobs.path(HELLO).parts[-3:] == ("blobs", HELLO[:2], HELLO)
    with blobs.path(HELLO).open("rb") as stream:
        assert stream.read() == b"hello"


def test_empty_bytes_are_bytes(blobs: Blobs):
    empty = blobs.keep_bytes(b"")
    assert blobs.size(empty) == 0
    assert blobs.read(empty) == b""


def test_a_file_is_moved_into_place(blobs: Blobs, tmp_path: Path):
    (tmp_path / "part").write_bytes(b"hello")
    blobs.keep_file(tmp_path / "part", HELLO)
    assert blobs.read(HELLO) == b"hello"
    assert not (tmp_path / "part").exists()


def test_keeping_a_file_again_is_harmless(blobs: Blobs, tmp_path: Path):
    (tmp_path / "part").write_bytes(b"hello")
    blobs.keep_file(tmp_path / "part", HELLO)
    blobs.keep_file(tmp_path / "part", HELLO)
    (tmp_path / "again").write_bytes(b"hello")
    blobs.keep_file(tmp_path / "again", HELLO)
    assert not (tmp_path / "again").exists()
    assert blobs.read(HELLO) == b"hello"


def test_a_file_on_another_disk_is_copied(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = tmp_path / "part"
    source.write_bytes(b"hello")
    rename = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self == source:
            raise OSError(errno.EXDEV, "another disk")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    blobs.keep_file(source, HELLO)
    assert blobs.read(HELLO) == b"hello"
    assert not source.exists()
    assert len(list(blobs.path(HELLO).parent.iterdir())) == 1


@pytest.mark.parametrize("sha256", ["0" * 64, "", "../../etc/passwd", "A" * 64])
def test_what_is_not_kept_is_not_found(blobs: Blobs, sha256: str):
    with pytest.raises(NotFoundError):
        blobs.read(sha256)


def test_the_size_of_what_is_not_kept_is_none(blobs: Blobs):
    assert blobs.size("0" * 64) is None


def test_a_file_that_is_nowhere_is_not_found(blobs: Blobs, tmp_path: Path):
    with pytest.raises(NotFoundError):
        blobs.keep_file(tmp_path / "gone", HELLO)


def test_many_threads_keep_the_same_bytes(blobs: Blobs):
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(lambda n: blobs.keep_bytes(b"%d" % (n % 4)), range(64)))
    assert len(hashes) == 4
    assert all(hashlib.sha256(blobs.read(sha256)).hexdigest() == sha256 for sha256 in hashes)


def test_a_full_disk_is_explained_and_leaves_nothing(blobs: Blobs, monkeypatch: pytest.MonkeyPatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        blobs.keep_bytes(b"hello")
    monkeypatch.undo()
    assert blobs.size(HELLO) is None
    assert not list(blobs.path(HELLO).parent.glob("*"))


def test_bytes_are_synced_before_the_call_returns(blobs: Blobs, monkeypatch: pytest.MonkeyPatch):
    synced: list[bool] = []
    sync = os.fsync

    def watch(handle: int) -> None:
        synced.append(blobs.path(HELLO).exists())
        sync(handle)

    monkeypatch.setattr(os, "fsync", watch)
    blobs.keep_bytes(b"hello")
    assert False in synced, "the file before it gets its name"
    if os.name != "nt":
        assert synced[-1], "the folder after that"
