"""What a crash, a full disk or a lost file leaves behind costs nothing that was acknowledged."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from helper.capture.intake import Intake, IntakeLimits
from helper.errors import ConflictError, DiskFullError, NotFoundError, TooLargeError
from helper.model import CaptureMeta, Part
from helper.settings import Settings
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine

UUID = "00000000-0000-4000-8000-000000000002"
META = CaptureMeta.model_validate(
    {"url": "https://shop.example/", "clicked_at": "2026-01-05T10:00:00+08:00"}
)
DATA = bytes(range(256)) * 40
SHA256 = hashlib.sha256(DATA).hexdigest()
PART = Part(role="seen/html", sha256=SHA256, size=len(DATA), media_type="text/html")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    vault = Catalogue(open_engine(Settings(data=tmp_path)))
    limits = IntakeLimits(part_bytes=1 << 20, capture_bytes=2 << 20, parts=3)
    yield Intake(tmp_path / "incoming", vault, Blobs(tmp_path / "blobs"), limits)
    vault.engine.dispose()


@pytest.fixture
async def half(intake: Intake) -> Intake:
    await intake.announce(UUID, META, [PART])
    assert await intake.write(UUID, SHA256, 0, DATA[:5000]) == 5000
    return intake


def part_file(intake: Intake) -> Path:
    return intake.incoming / UUID / f"{SHA256}.part"


async def finish(intake: Intake, offset: int) -> None:
    assert await intake.write(UUID, SHA256, offset, DATA[offset:]) == len(DATA)
    assert intake.blobs.read(SHA256) == DATA


@pytest.mark.parametrize("left", [21, 20_000])
async def test_bytes_that_were_written_but_not_counted_are_cut_off(half: Intake, left: int) -> None:
    part_file(half).write_bytes(DATA[:5000] + b"?" * left)
    await finish(half, 5000)


async def test_a_crash_between_keeping_and_counting_is_made_good(half: Intake) -> None:
    half.blobs.keep_bytes(DATA)
    part_file(half).unlink()
    assert await half.write(UUID, SHA256, 5000, DATA[5000:]) == len(DATA)
    assert [one.received for one in await half.kept(UUID)] == [len(DATA)]


async def test_announcing_again_after_that_crash_asks_for_no_byte(half: Intake) -> None:
    half.blobs.keep_bytes(DATA)
    assert [one.received for one in await half.announce(UUID, META, [PART])] == [len(DATA)]
    assert not part_file(half).exists()


@pytest.mark.parametrize("left", [None, 0, 3000])
async def test_a_part_file_that_got_shorter_is_filled_from_there(
    half: Intake, left: int | None
) -> None:
    if left is None:
        part_file(half).unlink()
    else:
        os.truncate(part_file(half), left)
    with pytest.raises(ConflictError) as refused:
        await half.write(UUID, SHA256, 5000, DATA[5000:])
    assert refused.value.details["received"] == (left or 0)
    await finish(half, left or 0)


async def test_a_new_process_goes_on_where_the_old_one_stopped(half: Intake) -> None:
    again = Intake(half.incoming, half.vault, half.blobs, half.limits)
    assert [one.received for one in await again.announce(UUID, META, [PART])] == [5000]
    await finish(again, 5000)


@pytest.mark.parametrize("failing", ["write", "sync"])
@pytest.mark.parametrize("cause", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_explained_and_costs_nothing(
    half: Intake, monkeypatch: pytest.MonkeyPatch, failing: str, cause: int
) -> None:
    with monkeypatch.context() as patch:
        full_disk(patch, failing, cause)
        with pytest.raises(DiskFullError):
            await half.write(UUID, SHA256, 5000, DATA[5000:])
    assert part_file(half).read_bytes() == DATA[:5000]
    assert [one.received for one in await half.progress(UUID)] == [5000]
    await finish(half, 5000)


def full_disk(patch: pytest.MonkeyPatch, failing: str, cause: int) -> None:
    """Let the operating system say that there is no room, after some bytes were written."""

    def no_room(*_args: object) -> None:
        raise OSError(cause, os.strerror(cause))

    if failing == "sync":
        patch.setattr(os, "fsync", no_room)
        return
    open_really = Path.open

    def open_full(path: Path, *args: Any, **options: Any) -> Any:
        file = open_really(path, *args, **options)
        if path.suffix != ".part":
            return file
        return _FullFile(file, no_room)

    patch.setattr(Path, "open", open_full)


class _FullFile:
    """A file on a disk with room for 700 more bytes."""

    def __init__(self, file: Any, no_room: Any) -> None:
        self._file, self._no_room, self._room = file, no_room, 700

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: memoryview) -> int:
        if not self._room:
            self._no_room()
        written = int(self._file.write(data[: self._room]))
        self._room -= written
        return written


async def test_other_failures_of_the_disk_are_not_called_full(
    half: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        full_disk(patch, "write", errno.EIO)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            await half.write(UUID, SHA256, 5000, DATA[5000:])
    assert part_file(half).read_bytes() == DATA[:5000]


async def test_bytes_are_counted_only_after_they_were_synced(
    half: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    sync = os.fsync

    def watch(handle: int) -> None:
        sync(handle)
        size = os.fstat(handle).st_size
        seen.append((size, half.vault.parts(UUID)[0][1]))

    monkeypatch.setattr(os, "fsync", watch)
    await half.write(UUID, SHA256, 5000, DATA[5000:6000])
    assert (6000, 5000) in seen
    assert half.vault.parts(UUID)[0][1] == 6000


async def test_an_unknown_part_is_not_found(half: Intake) -> None:
    with pytest.raises(NotFoundError):
        await half.write(UUID, "0" * 64, 0, b"x")
    with pytest.raises(NotFoundError):
        await half.progress("00000000-0000-4000-8000-00000000dead")


async def test_a_capture_has_no_more_parts_than_the_limit(intake: Intake) -> None:
    parts = [PART.model_copy(update={"sha256": secrets.token_hex(32), "size": 1}) for _ in range(4)]
    with pytest.raises(TooLargeError):
        await intake.announce(UUID, META, parts)
    with pytest.raises(NotFoundError):
        intake.vault.capture(UUID)


async def test_one_hash_cannot_have_two_sizes(intake: Intake) -> None:
    other = PART.model_copy(update={"size": 1, "role": "seen/text"})
    with pytest.raises(ConflictError):
        await intake.announce(UUID, META, [PART, other])
