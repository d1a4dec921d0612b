"""Reads `.kazheng-outbox`: waiting captures that the extension wrote into a file.

    kazheng/outbox/1 LF
    one line of JSON (`Index`) LF
    bytes

The bytes follow one another without gaps: for each capture of the index, in its order, each part
that has a hash not yet named in this capture. The file ends with the last of them. What writes it
is extension/background/outbox_file.js; nothing in it is believed, as it may come from anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

from pydantic import Field, ValidationError

from helper.errors import InvalidError
from helper.model import CaptureId, CaptureMeta, Moment, Part
from helper.vault.files import room_on_disk
from scrapers.record import Frozen

_MAGIC: Final = b"kazheng/outbox/1\n"
_KIND: Final = b"kazheng/outbox/"
_INDEX_BYTES: Final = 64 << 20
_STEP: Final = 1 << 20


class Waiting(Frozen):
    """A capture as the extension announces it; `complete`: no more parts will come."""

    uuid: CaptureId
    meta: CaptureMeta
    complete: bool
    parts: tuple[Part, ...] = Field(min_length=1)


class Index(Frozen):
    """What a file holds, when and by which version of the extension it was written."""

    exported_at: Moment
    extension_version: str
    captures: tuple[Waiting, ...]


@dataclass(frozen=True)
class Bytes:
    """Where the bytes of a hash lie in the file."""

    sha256: str
    offset: int
    size: int


@dataclass(frozen=True)
class OutboxFile:
    """A file whose every byte was checked."""

    path: Path
    captures: tuple[tuple[Waiting, tuple[Bytes, ...]], ...]

    def copy(self, piece: Bytes, target: Path) -> None:
        """Write bytes of the file into a new one; raises InvalidError(outbox_bytes), DiskFullError.

        They are hashed once more on the way: the file may have changed since it was checked.
        """
        with _opened(self.path) as stream, room_on_disk(target), target.open("xb") as out:
            digest = hashlib.sha256()
            for block in _blocks(stream, piece):
                digest.update(block)
                out.write(block)
        if digest.hexdigest() != piece.sha256:
            raise _broken(self.path, "outbox_bytes")


def read(path: Path) -> OutboxFile:
    """Read a file and check all hashes; nothing is written.

    Raises InvalidError with reason `file` (cannot be read), `outbox_file` (another kind of file),
    `outbox_version` (of a newer extension), `outbox_index` (not as described), `outbox_size` (cut
    off, or something was added) or `outbox_bytes` (changed).
    """
    if not path.is_file():
        raise InvalidError(reason="file", what=str(path), cause="")
    with _opened(path) as stream:
        index = _index(path, stream)
        captures = tuple(_placed(index.captures, stream.tell()))
        pieces = [piece for _, placed in captures for piece in placed]
        end = pieces[-1].offset + pieces[-1].size if pieces else stream.tell()
        if stream.seek(0, 2) != end:
            raise _broken(path, "outbox_size")
        for piece in pieces:
            digest = hashlib.sha256()
            for block in _blocks(stream, piece):
                digest.update(block)
            if digest.hexdigest() != piece.sha256:
                raise _broken(path, "outbox_bytes")
    return OutboxFile(path, captures)


def _index(path: Path, stream: IO[bytes]) -> Index:
    first = stream.readline(len(_MAGIC))
    if first != _MAGIC:
        known: Literal["outbox_version", "outbox_file"] = (
            "outbox_version" if first.startswith(_KIND) else "outbox_file"
        )
        raise _broken(path, known)
    line = stream.readline(_INDEX_BYTES)
    if not line.endswith(b"\n"):
        raise _broken(path, "outbox_size" if len(line) < _INDEX_BYTES else "outbox_index")
    try:
        index = Index.model_validate_json(line)
    except ValidationError as error:
        raise _broken(path, "outbox_index") from error
    if len({one.uuid for one in index.captures}) < len(index.captures):
        raise _broken(path, "outbox_index")
    return index


def _placed(
    captures: Sequence[Waiting], offset: int
) -> Iterator[tuple[Waiting, tuple[Bytes, ...]]]:
    for one in captures:
        pieces: dict[str, Bytes] = {}
        for part in one.parts:
            if part.sha256 not in pieces:
                pieces[part.sha256] = Bytes(part.sha256, offset, part.size)
                offset += part.size
        yield one, tuple(pieces.values())


def _blocks(stream: IO[bytes], piece: Bytes) -> Iterator[bytes]:
    stream.seek(piece.offset)
    left = piece.size
    while left and (block := stream.read(min(left, _STEP))):
        left -= len(block)
        yield block


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InvalidError(reason="file", what=str(path), cause=error.strerror) from error
    with stream:
        yield stream


def _broken(path: Path, reason: str) -> InvalidError:
    return InvalidError(reason=reason, what=str(path))
