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
from helper.vault.files import make_folder, room_on_disk, sync_folder, write_synced

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
        for draft in self._root.glob("*/*.tmp"):
            with suppress(FileNotFoundError):  # another process has just put it in place
                if draft.stat().st_mtime < before:
                    draft.unlink()

    def keep_file(self, path: Path, sha256: str) -> None:
        """Move a file, already hashed, into place; durable on return, harmless when repeated.

        A repeated call finds the source gone and the bytes in place. Raises NotFoundError if
        neither is there, DiskFullError.
        """
        target = self.path(sha256)
        if target.exists():
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
        if not target.exists():
            make_folder(target.parent)
            draft = _draft(target)
            write_synced(draft, data)
            with room_on_disk(target):
                draft.replace(target)
        sync_folder(target.parent)
        return sha256

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


def _draft(target: Path) -> Path:
    return target.with_name(f"{target.name}.{secrets.token_hex(8)}.tmp")


def _sync_file(path: Path) -> None:
    with room_on_disk(path), path.open("r+b") as stream:
        os.fsync(stream.fileno())
