"""Write a ZIP whole or not at all, its files checked and remembered on their way."""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from helper.errors import InvalidError, NotFoundError, TooLargeError, VaultError
from helper.evidence.archive import ATTRIBUTES, COMMENT, SYSTEM, hash_of_start
from helper.evidence.names import BAD_PART, LARGEST_FILE, MOST_FILES, folded
from helper.vault.files import room_on_disk, sync_folder

LARGEST_BUNDLE: Final = 4_000_000_000
"""Below what `verify` reads, and small enough to need no ZIP64."""
_CHUNK = 1 << 20
_MEMBER = struct.Struct("<4s2B5H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@contextmanager
def zipped(out: Path, read: Callable[[str], Path], created_at: datetime) -> Iterator[Writer]:
    """Give a writer; the ZIP is in its place, with its own hash and synced, when the block ends.

    Raises what the writer raises, DiskFullError.
    """
    draft = out.with_name(f"{out.name}.{secrets.token_hex(8)}.tmp")
    try:
        with room_on_disk(out), zipfile.ZipFile(draft, "x", zipfile.ZIP_STORED) as archive:
            yield Writer(archive, read, created_at)
        with room_on_disk(out):
            _put_directory(draft, archive)
            _put_own_hash(draft)
            draft.replace(out)
            sync_folder(out.parent)
    finally:
        draft.unlink(missing_ok=True)


@dataclass
class Writer:
    """Adds files to the archive; `files` has hash and size of each."""

    archive: zipfile.ZipFile
    read: Callable[[str], Path]
    created_at: datetime
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    _folded: set[str] = field(default_factory=set)
    _total: int = 0

    def add(self, name: str, data: bytes) -> None:
        """Add small content."""
        with self._entry(name, len(data)) as stream:
            stream.write(data)
        self.files[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def blob(self, sha256: str) -> bytes:
        """Return small kept content, checked; raises NotFoundError, VaultError(damaged_blob)."""
        try:
            data = self.read(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFoundError(kind="blob", id=sha256) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultError(reason="damaged_blob", path=str(self.read(sha256)))
        return data

    def copy(self, name: str, sha256: str) -> None:
        """Add kept content, checked on its way; raises NotFoundError, VaultError(damaged_blob)."""
        path = self.read(sha256)
        try:
            self.add_file(name, path)
        except FileNotFoundError:
            raise NotFoundError(kind="blob", id=sha256) from None
        if self.files[name][0] != sha256:
            raise VaultError(reason="damaged_blob", path=str(path))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file from elsewhere, a piece at a time."""
        digest = hashlib.sha256()
        size = path.stat().st_size
        with path.open("rb") as source, self._entry(name, size) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
        self.files[name] = (digest.hexdigest(), size)

    def _entry(self, name: str, size: int) -> Any:
        for part in name.split("/"):
            if not part or BAD_PART.search(part):
                raise InvalidError(what=name)
        if folded(name) in self._folded:
            raise InvalidError(what=name)
        self._folded.add(folded(name))
        self._total += size
        if len(self._folded) > MOST_FILES:
            raise TooLargeError(limit=MOST_FILES, size=len(self._folded))
        if size > LARGEST_FILE or self._total > LARGEST_BUNDLE:
            raise TooLargeError(limit=LARGEST_BUNDLE, size=self._total)
        moment = self.created_at.astimezone(UTC)
        info = zipfile.ZipInfo(name, (max(moment.year, 1980), *moment.timetuple()[1:6]))
        info.external_attr = ATTRIBUTES
        info.create_system = SYSTEM
        info.file_size = size
        return self.archive.open(info, "w")


def _put_directory(path: Path, archive: zipfile.ZipFile) -> None:
    """Write the list of members anew, and the comment, as APPNOTE 4.3.12 and 4.3.16 have it.

    From 2 GiB on zipfile writes ZIP64, which the verifiers refuse; LARGEST_BUNDLE needs none.
    """
    start, members = archive.start_dir, archive.infolist()
    comment = COMMENT + b"0" * 64
    with path.open("r+b") as stream:
        stream.truncate(start)
        stream.seek(start)
        for member in members:
            stream.write(_directory_entry(member))
        size = stream.tell() - start
        count = len(members)
        stream.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, start, len(comment)))
        stream.write(comment)


def _directory_entry(member: zipfile.ZipInfo) -> bytes:
    year, month, day, hour, minute, second = member.date_time
    name = member.filename.encode()
    flags = member.flag_bits | (0 if member.filename.isascii() else 0x800)
    head = _MEMBER.pack(
        b"PK\1\2", member.create_version, member.create_system, member.extract_version,
        flags, member.compress_type, hour << 11 | minute << 5 | second // 2,
        (year - 1980) << 9 | month << 5 | day, member.CRC, member.compress_size,
        member.file_size, len(name), 0, 0, 0, 0, member.external_attr,
        member.header_offset,
    )  # fmt: skip
    return head + name


def _put_own_hash(path: Path) -> None:
    """Write the hash of the archive into its comment and sync it."""
    length = len(COMMENT) + 64
    with path.open("r+b") as stream:
        end = stream.seek(-length, os.SEEK_END)
        digest = hash_of_start(stream, end)
        stream.seek(end + len(COMMENT))
        stream.write(digest.encode())
        stream.flush()
        os.fsync(stream.fileno())
