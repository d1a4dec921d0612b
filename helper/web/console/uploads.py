"""A file that a form brings: its fields first, then one file, streamed to the disk.

The token is a field like the others, so that whoever may not send anything is refused before a
byte of the file is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aiohttp import BodyPartReader, MultipartReader, web

from helper.errors import InvalidError, TooLargeError
from helper.vault.files import room_on_disk

FIELD_BYTES: Final = 64 * 1024
"""Most bytes of all fields before the file."""
_MOST_FIELDS: Final = 20
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Upload:
    """The one file of a form, not read yet; `name` is the sender's and may be anything."""

    name: str
    _part: BodyPartReader
    _form: MultipartReader

    @asynccontextmanager
    async def stored(self, folder: Path, limit: int) -> AsyncIterator[Path]:
        """Write the file into a folder of its own below this one, which goes when the block ends.

        Raises TooLargeError(attach), DiskFullError, InvalidError(attach_empty, form).
        """
        with _folder(folder) as own:
            path = own / "file"
            if not await self._write(path, limit):
                raise InvalidError(reason="attach_empty", what=self.name)
            if await self._form.next() is not None:
                raise InvalidError(what="form")
            yield path

    async def _write(self, path: Path, limit: int) -> int:
        size = 0
        with room_on_disk(path), path.open("wb") as target:
            while chunk := await self._part.read_chunk(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLargeError(reason="attach", limit=limit, size=size)
                await asyncio.to_thread(target.write, chunk)
        return size


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    with room_on_disk(parent):
        parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent, prefix="upload-", ignore_cleanup_errors=True) as made:
        yield Path(made)


async def received(request: web.Request, limit: int) -> tuple[list[tuple[str, str]], Upload]:
    """Return the fields of a form and its file, which comes last; refuse any other shape.

    Raises TooLargeError(attach) where the whole is larger than a file of `limit` bytes needs.
    """
    size = request.content_length or 0
    if size > limit + FIELD_BYTES:
        raise TooLargeError(reason="attach", limit=limit, size=size)
    if request.content_type != "multipart/form-data":
        raise InvalidError(what="Content-Type")
    fields: list[tuple[str, str]] = []
    room = FIELD_BYTES
    try:
        form = await request.multipart()
        while len(fields) < _MOST_FIELDS:
            part = await form.next()
            if not isinstance(part, BodyPartReader) or not part.name:
                break
            if part.filename is not None:
                return fields, Upload(part.filename, part, form)
            value = await _value(part, room)
            room -= len(value)
            fields.append((part.name, as_typed(value.decode())))
    except (ValueError, AssertionError):  # what is no form at all; aiohttp asserts on some
        raise InvalidError(what="form") from None
    raise InvalidError(what="form")


def as_typed(value: str) -> str:
    """Return a field with the ends of lines that its `maxlength` counted; browsers send two."""
    return value.replace("\r\n", "\n")


async def _value(part: BodyPartReader, room: int) -> bytes:
    value = bytearray()
    while chunk := await part.read_chunk():
        value += chunk
        if len(value) > room:
            raise TooLargeError(limit=FIELD_BYTES, size=len(value))
    return bytes(value)
