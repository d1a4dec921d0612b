"""Open a bundle, folder or ZIP, within limits: the input may be hostile. Only the standard library.

Refused: links and special files, absolute, `..` and Windows-only names, names that differ only in
case, encrypted or unusual compression, sizes and ratios beyond the limits, bytes outside the ZIP's
own structure.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol

LARGEST_FILE: Final = 2**30
LARGEST_TOTAL: Final = 4 * 2**30
LARGEST_RATIO: Final = 1000
MOST_FILES: Final = 20_000
_LARGEST_DIRECTORY = 8 * 2**20
"""Of a ZIP: its entries are all in memory before they can be counted."""
_COMMENT = re.compile(rb"kazheng/bundle/2 sha256=([0-9a-f]{64})")
_END = struct.Struct("<4s4H2LH")
_CHUNK = 1 << 20


class ContainerError(Exception):
    """The container is not acceptable; the message says why."""


class Files(Protocol):
    """The files of a bundle by name, with their sizes as stated; `note` says what was seen."""

    sizes: Mapping[str, int]
    note: str

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""


@contextmanager
def opened(path: Path) -> Iterator[Files]:
    """Open a folder or ZIP; raises ContainerError, OSError, zipfile.BadZipFile."""
    if path.is_dir():
        yield _Folder(path)
    elif path.is_file():
        with path.open("rb") as stream:
            note = _check_end(stream)
            with zipfile.ZipFile(stream) as archive:
                yield _Archive(archive, note)
    else:
        raise ContainerError("there is no such file or folder")


def chunks(files: Files, name: str) -> Iterator[bytes]:
    """Yield the bytes of a file: exactly as many as it states."""
    left = files.sizes[name]
    with files.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise ContainerError(f"longer than it states: {name}")
            yield chunk
    if left:
        raise ContainerError(f"shorter than it states: {name}")


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.note = " in a folder"
        self.sizes: Mapping[str, int] = dict(self._walk())
        _check_names(self.sizes)

    def open(self, name: str) -> IO[bytes]:
        return (self._root / name).open("rb")

    def _walk(self) -> Iterator[tuple[str, int]]:
        waiting = [self._root]
        count = 0
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > MOST_FILES:
                        raise ContainerError(f"more than {MOST_FILES} files")
                    path = Path(entry.path)
                    name = path.relative_to(self._root).as_posix()
                    state = entry.stat(follow_symlinks=False)
                    if stat.S_ISLNK(state.st_mode) or _is_junction(state):
                        raise ContainerError(f"a link: {name}")
                    if stat.S_ISDIR(state.st_mode):
                        waiting.append(path)
                    elif stat.S_ISREG(state.st_mode):
                        yield name, state.st_size
                    else:
                        raise ContainerError(f"not a regular file: {name}")


class _Archive:
    def __init__(self, archive: zipfile.ZipFile, note: str) -> None:
        self._archive = archive
        self.note = note
        members = archive.infolist()
        if len(members) > MOST_FILES:
            raise ContainerError(f"more than {MOST_FILES} files")
        sizes: dict[str, int] = {}
        for member in members:
            name = member.orig_filename
            _check_member(member)
            if name.endswith("/"):
                _check_name(name[:-1])
                continue
            if name in sizes:
                raise ContainerError(f"twice: {name}")
            sizes[name] = member.file_size
        self.sizes: Mapping[str, int] = sizes
        _check_names(sizes)

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ContainerError(f"a link or special file: {name}")
    if name.endswith("/") and member.file_size:
        raise ContainerError(f"a folder with content: {name}")
    if member.flag_bits & 1:
        raise ContainerError(f"encrypted: {name}")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ContainerError(f"compressed in an unusual way: {name}")
    if member.file_size > LARGEST_RATIO * member.compress_size:
        raise ContainerError(f"compressed more than {LARGEST_RATIO}:1: {name}")


def _check_names(sizes: Mapping[str, int]) -> None:
    seen: dict[str, str] = {}
    for name, size in sizes.items():
        _check_name(name)
        if name.casefold() in seen:
            raise ContainerError(f"twice: {name} and {seen[name.casefold()]}")
        seen[name.casefold()] = name
        if size > LARGEST_FILE:
            raise ContainerError(f"larger than {LARGEST_FILE} bytes: {name}")
    if sum(sizes.values()) > LARGEST_TOTAL:
        raise ContainerError(f"larger than {LARGEST_TOTAL} bytes in all")


def _check_name(name: str) -> None:
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts) or any(c in "\\:\0" for c in name):
        raise ContainerError(f"a name that leads elsewhere: {name}")


def _check_end(stream: IO[bytes]) -> str:
    """Check the end record, and the hash in its comment if the bundle is as it was written.

    A bundle that somebody unpacked and packed again has no such comment; its files are checked
    all the same. A comment that is there must be right.
    """
    size = stream.seek(0, os.SEEK_END)
    if size > LARGEST_TOTAL + _LARGEST_DIRECTORY:
        raise ContainerError("larger than a bundle may be")
    start = max(size - _END.size - 0xFFFF, 0)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise ContainerError("not a ZIP, or cut off")
    _, *_counts, directory, offset, length = _END.unpack_from(tail, at)
    comment = tail[at + _END.size :]
    if len(comment) != length:
        raise ContainerError("bytes after the end of the ZIP, or cut off")
    if directory > _LARGEST_DIRECTORY or offset + directory != start + at:
        raise ContainerError("bytes outside the structure of the ZIP")
    stream.seek(0)
    if not comment:
        return " in a ZIP that was packed again"
    match = _COMMENT.fullmatch(comment)
    if match is None or match[1].decode() != _hash(stream, size - length):
        raise ContainerError("the ZIP is not as it was written; unpack it and check the folder")
    stream.seek(0)
    return " in the ZIP as it was written"


def _hash(stream: IO[bytes], length: int) -> str:
    digest = hashlib.sha256()
    while length and (chunk := stream.read(min(_CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()


def _is_junction(state: os.stat_result) -> bool:
    """Windows links that are no symlinks: junctions and other reparse points."""
    return bool(getattr(state, "st_file_attributes", 0) & 0x400)
