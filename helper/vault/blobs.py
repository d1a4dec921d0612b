"""Content-addressed bytes: `<root>/ab/<sha256>`, never changed once in place.

Writing is local, because a byte is acknowledged only after fsync, which no object store offers;
reading goes through obstore, so that another store can stand behind the same names.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from obstore.store import LocalStore

from helper.errors import NotFoundError
from helper.vault.files import make_folder, remove_old, room_on_disk, sync_folder, write_synced

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """Bytes by their SHA-256 under one folder; safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        make_folder(root)
        self._store = LocalStore(prefix=root)

    def path(self, sha256: str) -> Path:
        """Return where the bytes are, or would be."""
        return self._root / _key(sha256)

    def size(self, sha256: str) -> int | None:
        """Return the size in bytes, None if they are not kept."""
        try:
            return self._store.head(_key(sha256))["size"]
        except FileNotFoundError:
            return None

    def read(self, sha256: str) -> bytes:
        """Return the bytes; raises NotFoundError."""
        try:
            return bytes(self._store.get(_key(sha256)).bytes())
        except FileNotFoundError:
            raise NotFoundError(kind="blob", id=sha256) from None

    def drop(self, sha256: str) -> None:
        """Remove bytes that are kept elsewhere; what another program holds open stays."""
        with suppress(FileNotFoundError, PermissionError):
            self.path(sha256).unlink()

    def clear_drafts(self, before: float) -> None:
        """Remove files that a crash left before they were in place, by Unix time of change."""
        remove_old(self._root.glob("*/*.tmp"), before)

    def older(self, before: float) -> list[str]:
        """Return the hashes of the bytes that nobody kept or claimed since a Unix time."""
        return [path.name for path in self._root.glob("*/*") if _is_older(path, before)]

    def keep_file(self, path: Path, sha256: str) -> None:
        """Move a file, already hashed, into place; durable on return, harmless when repeated.

        A repeated call finds the source gone and the bytes in place. Raises NotFoundError if
        neither is there, DiskFullError.
        """
        target = self.path(sha256)
        if _wanted_again(target):
            path.unlink(missing_ok=True)
            _sync_file(target)
            sync_folder(target.parent)
            return
        if not path.exists():
            raise NotFoundError(kind="blob", id=sha256)
        make_folder(target.parent)
        _sync_file(path)
        with room_on_disk(target):
            self._move(path, target)
        sync_folder(target.parent)

    def keep_bytes(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256; durable on return. Raises DiskFullError."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if not _wanted_again(target):
            make_folder(target.parent)
            draft = _draft(target)
            write_synced(draft, data)
            with room_on_disk(target):
                draft.replace(target)
        sync_folder(target.parent)
        return sha256

    def claim(self, sha256: str) -> bool:
        """Tell whether the bytes are kept; they are not removed in the next minutes then."""
        return _wanted_again(self.path(sha256))

    def remove(self, sha256: str, before: float) -> bool:
        """Remove bytes that nobody kept or claimed since a Unix time; tell whether they are gone.

        The file is taken aside before its time is looked at, so that whoever keeps the same bytes
        just now either renews the time of this one in time, or writes them anew.
        """
        target = self.path(sha256)
        aside = _draft(target)
        try:
            if target.stat().st_mtime >= before:
                return False
            target.replace(aside)
            if aside.stat().st_mtime >= before:
                aside.replace(target)
                return False
        except FileNotFoundError:
            return True
        except PermissionError:  # Windows: somebody reads it just now
            return False
        with suppress(PermissionError):  # `clear_drafts` takes it another time
            aside.unlink()
        return True

    @staticmethod
    def _move(path: Path, target: Path) -> None:
        """Rename, or copy where the file lies on another disk."""
        try:
            path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            draft = _draft(target)
            try:
                shutil.copyfile(path, draft)
                _sync_file(draft)
                draft.replace(target)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            path.unlink(missing_ok=True)


def _key(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise NotFoundError(kind="blob", id=sha256)
    return f"{sha256[:2]}/{sha256}"


def _wanted_again(target: Path) -> bool:
    """Tell whether bytes are in place, and renew their time: see `remove`."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _is_older(path: Path, before: float) -> bool:
    try:
        return _SHA256.fullmatch(path.name) is not None and path.stat().st_mtime < before
    except OSError:  # it has just gone
        return False


def _draft(target: Path) -> Path:
    return target.with_name(f"{target.name}.{secrets.token_hex(8)}.tmp")


def _sync_file(path: Path) -> None:
    with room_on_disk(path), path.open("r+b") as stream:
        os.fsync(stream.fileno())
