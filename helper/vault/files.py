"""Bytes that must survive a power cut: written, synced, then put in place."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helper.errors import DiskFullError

_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_LITTLE_ROOM = 1 << 20
_RESTORING = ".restoring-"


@contextmanager
def room_on_disk(path: Path) -> Iterator[None]:
    """Turn "no space left" and "over quota" into DiskFullError."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFullError(path=str(path)) from error
        raise


def is_full(folder: Path) -> bool:
    """Return whether the disk of a folder has next to no room: not every program says so."""
    try:
        return shutil.disk_usage(folder).free < _LITTLE_ROOM
    except OSError:
        return False


def write_synced(path: Path, data: bytes) -> None:
    """Create a file of mode 0600 and sync it; raises FileExistsError, DiskFullError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with (
            room_on_disk(path),
            os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0) as stream,
        ):
            view = memoryview(data)
            while view:
                view = view[stream.write(view) or 0 :]
            os.fsync(stream.fileno())
    except DiskFullError:
        path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable; Windows syncs names with the file."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with room_on_disk(folder):
            os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create a folder of mode 0700 with its parents, durably."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    with suppress(FileExistsError), room_on_disk(folder):
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


def remove_old(paths: Iterable[Path], before: float) -> None:
    """Remove files and folders that were last changed before a Unix time; what is in use stays."""
    for path in paths:
        with suppress(OSError):  # a command has just ended, or Windows holds it open
            if path.stat().st_mtime >= before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def half_restored(data: Path) -> list[Path]:
    """Return the folders in which a restore of a vault here was begun."""
    beside = data.parent.glob(f"{glob.escape(data.name)}{_RESTORING}*")
    return [*beside, *data.glob(f"{_RESTORING}*")]


def restoring_in(data: Path) -> Path:
    """Return a new place for a restore: in the folder where there is one, else beside it."""
    name = f"{_RESTORING}{secrets.token_hex(8)}"
    return data / name if data.exists() else data.with_name(data.name + name)
