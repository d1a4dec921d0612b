"""Open a bundle, folder or ZIP, within limits: the input may be hostile. Only the standard library.

Refused: links and special files, absolute, `..` and Windows-only names, names that differ only in
case, encrypted or unusual compression, sizes and ratios beyond the limits, and of a ZIP every byte
that belongs to none of its files (`archive.py`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from helper.evidence import names
from helper.evidence.archive import Archive
from helper.evidence.names import ContainerError, check_names

__all__ = ["ContainerError", "Files", "chunks", "opened"]
_CHUNK: Final = 1 << 20


class Files(Protocol):
    """The files of a bundle by name, with their sizes as stated; `note` says what was seen.

    `folders` are those that are there for themselves: in a ZIP as entries.
    """

    sizes: Mapping[str, int]
    folders: frozenset[str]
    note: str

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file, a piece at a time."""


@contextmanager
def opened(path: Path) -> Iterator[Files]:
    """Open a folder or ZIP; raises ContainerError, OSError."""
    if path.is_dir():
        yield _Folder(path)
    elif path.is_file():
        with path.open("rb") as stream:
            yield Archive(stream)
    else:
        raise ContainerError("there is no such file or folder")


def chunks(files: Files, name: str) -> Iterator[bytes]:
    """Yield the bytes of a file: exactly as many as it states."""
    left = files.sizes[name]
    for chunk in files.pieces(name):
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
        folders: set[str] = set()
        self.sizes: Mapping[str, int] = dict(self._walk(folders))
        self.folders = frozenset(folders)
        check_names(self.sizes, folders)

    def pieces(self, name: str) -> Iterator[bytes]:
        with (self._root / name).open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk

    def _walk(self, folders: set[str]) -> Iterator[tuple[str, int]]:
        waiting = [self._root]
        count = 0
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > names.MOST_FILES:
                        raise ContainerError(f"more than {names.MOST_FILES} files")
                    path = Path(entry.path)
                    name = path.relative_to(self._root).as_posix()
                    state = entry.stat(follow_symlinks=False)
                    if stat.S_ISLNK(state.st_mode) or _is_junction(state):
                        raise ContainerError(f"a link: {name}")
                    if stat.S_ISDIR(state.st_mode):
                        folders.add(name)
                        waiting.append(path)
                    elif stat.S_ISREG(state.st_mode):
                        yield name, state.st_size
                    else:
                        raise ContainerError(f"not a regular file: {name}")


def _is_junction(state: os.stat_result) -> bool:
    """Windows links that are no symlinks: junctions and other reparse points."""
    return bool(getattr(state, "st_file_attributes", 0) & 0x400)
