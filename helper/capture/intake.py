"""Takes the bytes of a capture in: announce, write at an offset, hash, hand over to the blobs.

A byte counts as received only once it is written and synced and the catalogue says so; whatever a
crash or a full disk leaves behind that count is cut off before the next write.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakValueDictionary

from helper.capture.chunks import within
from helper.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    RefusedError,
    TooLargeError,
)
from helper.model import SEEN_ROLES, CaptureMeta, Part
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue
from helper.vault.files import make_folder, room_on_disk, sync_folder

_HASH_STEP = 1 << 20
_EMPTY = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class IntakeLimits:
    """Most bytes of one part and of one capture, most parts of a capture."""

    part_bytes: int
    capture_bytes: int
    parts: int


@dataclass(frozen=True)
class Progress:
    """A part's bytes, by content: two roles may share them."""

    sha256: str
    size: int
    received: int


@dataclass(frozen=True)
class Intake:
    """Uploads on their way into the vault; `incoming` holds what is not complete."""

    incoming: Path
    vault: Catalogue
    blobs: Blobs
    limits: IntakeLimits
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def announce(
        self, uuid: str, meta: CaptureMeta, parts: Sequence[Part]
    ) -> tuple[Progress, ...]:
        """Create the capture or add parts to it; return what is on disk of each part."""
        async with self._turn(uuid):
            return await asyncio.to_thread(self._announce, uuid, meta, parts)

    def check(self, uuid: str, meta: CaptureMeta, parts: Sequence[Part]) -> None:
        """Raise what announcing this capture would raise; nothing is changed."""
        known = self._known(uuid)
        self._check(uuid, known, parts)
        if known and self.vault.capture(uuid).meta != meta:
            raise ConflictError(kind="capture", id=uuid)

    async def write(self, uuid: str, sha256: str, offset: int, chunk: bytes) -> int:
        """Put the chunk at the offset, synced, and return the bytes received so far.

        ConflictError (details: received) when the offset is not where the part stands,
        RefusedError when the complete part has another hash (it then starts anew),
        DiskFullError when there is no room: what was received before stays.
        """
        async with self._turn(uuid):
            return await asyncio.to_thread(self._write, uuid, sha256, offset, chunk)

    async def progress(self, uuid: str) -> tuple[Progress, ...]:
        """Return what is on disk of each part; NotFoundError for an unknown capture."""
        return await asyncio.to_thread(self._progress, uuid)

    async def kept(self, uuid: str) -> tuple[Progress, ...]:
        """Return the progress after looking for the bytes of every complete part in the blobs."""
        async with self._turn(uuid):
            return await asyncio.to_thread(self._kept, uuid)

    def _turn(self, name: str) -> asyncio.Lock:
        return self._turns.setdefault(name, asyncio.Lock())

    def _announce(
        self, uuid: str, meta: CaptureMeta, parts: Sequence[Part]
    ) -> tuple[Progress, ...]:
        self._check(uuid, self._known(uuid), parts)
        self.vault.create_capture(uuid, meta, parts)
        for part in self._progress(uuid):
            if part.size == 0:
                self.blobs.keep_bytes(b"")
            elif part.received < part.size:
                self._kept_before(uuid, part)
        return self._progress(uuid)

    def _kept_before(self, uuid: str, part: Progress) -> bool:
        """Count a part as received whose bytes are in the blobs: from elsewhere, or a crash."""
        if not self.blobs.claim(part.sha256) or self.blobs.size(part.sha256) != part.size:
            return False
        self.vault.set_received(uuid, part.sha256, part.size)
        self._path(uuid, part.sha256).unlink(missing_ok=True)
        return True

    def _path(self, uuid: str, sha256: str) -> Path:
        return self.incoming / uuid / f"{sha256}.part"

    def _kept(self, uuid: str) -> tuple[Progress, ...]:
        joined = within(self.vault.capture(uuid).artifacts, self._known(uuid))
        for part in self._progress(uuid):
            complete = part.received == part.size and part.sha256 not in joined
            if complete and self.blobs.size(part.sha256) != part.size:
                self.vault.set_received(uuid, part.sha256, 0)
        return self._progress(uuid)

    def _known(self, uuid: str) -> list[Part]:
        try:
            return [part for part, _ in self.vault.parts(uuid)]
        except NotFoundError:
            return []

    def _check(self, uuid: str, known: Sequence[Part], parts: Sequence[Part]) -> None:
        new = [part for part in parts if part not in known]
        foreign = sorted({part.role for part in new} - set(SEEN_ROLES))
        if foreign:
            raise InvalidError(what=f"role {foreign[0]}")
        sizes: dict[str, int] = {}
        for part in (*known, *new):
            if sizes.setdefault(part.sha256, part.size) != part.size:
                raise ConflictError(kind="part", id=part.sha256)
            if part.size == 0 and part.sha256 != _EMPTY:
                raise RefusedError(reason="hash_mismatch", part=part.sha256, received=0)
        for size in sizes.values():
            _within(size, self.limits.part_bytes)
        _within(sum(sizes.values()), self.limits.capture_bytes)
        _within(len(known) + len(new), self.limits.parts)
        if known and new and self.vault.is_final(uuid):
            raise ConflictError(kind="capture", id=uuid, reason="final")

    def _progress(self, uuid: str) -> tuple[Progress, ...]:
        found: dict[str, Progress] = {}
        for part, received in self.vault.parts(uuid):
            before = found.get(part.sha256)
            most = max(received, before.received) if before else received
            found[part.sha256] = Progress(part.sha256, part.size, most)
        return tuple(found.values())

    def _write(self, uuid: str, sha256: str, offset: int, chunk: bytes) -> int:
        part = next((one for one in self._progress(uuid) if one.sha256 == sha256), None)
        if part is None:
            raise NotFoundError(kind="part", id=sha256)
        if self._kept_before(uuid, part):
            return part.size
        path = self._path(uuid, sha256)
        received = self._standing(uuid, part, path)
        if offset != received:
            raise ConflictError(kind="part", id=sha256, reason="offset", received=received)
        if received + len(chunk) > part.size:
            raise TooLargeError(limit=part.size, size=received + len(chunk))
        _append(path, received, chunk)
        received += len(chunk)
        if received < part.size:
            self.vault.set_received(uuid, sha256, received)
            return received
        self._complete(uuid, part, path)
        return part.size

    def _standing(self, uuid: str, part: Progress, path: Path) -> int:
        """Return the received bytes that are really there; correct the catalogue if it hoped."""
        there = path.stat().st_size if path.exists() else 0
        if there < part.received:
            self.vault.set_received(uuid, part.sha256, there)
        return min(there, part.received)

    def _complete(self, uuid: str, part: Progress, path: Path) -> None:
        if _hash(path) != part.sha256:
            self.vault.set_received(uuid, part.sha256, 0)
            path.unlink()
            raise RefusedError(reason="hash_mismatch", part=part.sha256, received=0)
        self.blobs.keep_file(path, part.sha256)
        self.vault.set_received(uuid, part.sha256, part.size)
        with suppress(OSError):  # another part still uses the folder
            path.parent.rmdir()


def _within(size: int, limit: int) -> None:
    if size > limit:
        raise TooLargeError(limit=limit, size=size)


def _append(path: Path, offset: int, chunk: bytes) -> None:
    """Write at the offset, cut what was behind it, sync; a full disk leaves the first `offset`."""
    make_folder(path.parent)
    with room_on_disk(path):
        new = not path.exists()
        with path.open("xb" if new else "r+b", buffering=0) as file:
            try:
                file.truncate(offset)
                file.seek(offset)
                view = memoryview(chunk)
                while view:
                    view = view[file.write(view) or 0 :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(offset)
                raise
        if new:
            sync_folder(path.parent)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_STEP):
            digest.update(block)
    return digest.hexdigest()
