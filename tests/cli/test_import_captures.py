"""`kazheng import-captures`: once, twice, beside an upload; a broken file leaves nothing behind."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from helper.capture.intake import Intake, IntakeLimits
from helper.capture.outbox_file import OutboxFile
from helper.cli import app
from helper.messages import text
from helper.model import CaptureMeta, Part
from helper.settings import Settings
from helper.steps.store import Store, open_store
from helper.vault.gone import note_gone
from helper.vault.store import writing
from tests.capture.outbox_files import UUID, capture, outbox_file, part

FIRST = UUID.format(1)


def run(*words: str | Path, language: str = "zh_CN") -> Result:
    given = ["import-captures", *map(str, words)]
    return CliRunner().invoke(app, given, env={"KAZHENG_LANGUAGE": language})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "数据 文件夹"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    opened = open_store(Settings(data=data))
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return outbox_file(tmp_path / "待送达.kazheng-outbox", capture(1), capture(2))


def states(done: Result) -> list[str]:
    assert done.exit_code == 0, done.output
    return [one["state"] for one in json.loads(done.stdout)["captures"]]


def kept(store: Store, uuid: str) -> dict[str, bytes]:
    """Return the bytes of all parts, each of them complete."""
    rows = store.vault.parts(uuid)
    assert all(received == part.size for part, received in rows)
    return {part.sha256: store.blobs.read(part.sha256) for part, _ in rows}


def test_captures_come_in_as_an_upload_would_bring_them(
    data: Path, file: Path, store: Store
) -> None:
    assert states(run(file, "--json", "--data", data)) == ["added", "added"]
    view = store.vault.capture(FIRST)
    assert view.meta == CaptureMeta.model_validate(capture(1)[0]["meta"])
    assert (view.state, store.vault.is_final(FIRST)) == ("kept", True)
    assert [step.step for step in view.steps] == ["kept", "all_kept"]
    assert [p.model_dump() for p, _ in store.vault.parts(FIRST)] == capture(1)[0]["parts"]
    assert all(
        hashlib.sha256(bytes_).hexdigest() == name for name, bytes_ in kept(store, FIRST).items()
    )
    assert store.vault.unsealed() == [FIRST, UUID.format(2)]


def test_the_same_file_twice_gives_each_capture_once(data: Path, file: Path, store: Store) -> None:
    run(file, "--json", "--data", data)
    before = store.vault.parts(FIRST), store.vault.capture(FIRST).steps
    assert states(run(file, "--json", "--data", data)) == ["already", "already"]
    assert (store.vault.parts(FIRST), store.vault.capture(FIRST).steps) == before
    assert len(store.vault.recent(10)) == 2


@pytest.fixture
def intake(data: Path, store: Store) -> Intake:
    return Intake(data / "incoming", store.vault, store.blobs, IntakeLimits(2**30, 2**31, 1000))


@pytest.fixture
def announced() -> tuple[CaptureMeta, list[Part], bytes]:
    given, bytes_ = capture(1)
    parts = [Part.model_validate(one) for one in given["parts"]]
    return CaptureMeta.model_validate(given["meta"]), parts, bytes_


def test_an_upload_after_the_import_finds_everything_there(
    data: Path, file: Path, store: Store, intake: Intake, announced: Any
) -> None:
    run(file, "--json", "--data", data)
    meta, parts, _ = announced
    progress = asyncio.run(intake.announce(FIRST, meta, parts))
    assert all(one.received == one.size for one in progress)
    assert len(store.vault.recent(10)) == 2


def test_an_upload_that_stopped_in_the_middle_is_completed(
    data: Path, file: Path, store: Store, intake: Intake, announced: Any
) -> None:
    meta, parts, bytes_ = announced
    asyncio.run(intake.announce(FIRST, meta, parts))
    strip = parts[1]
    page = parts[0].size
    asyncio.run(intake.write(FIRST, strip.sha256, 0, bytes_[page : page + 5000]))
    assert states(run(file, "--json", "--data", data)) == ["added", "added"]
    assert kept(store, FIRST)[strip.sha256] == bytes_[page:]
    after = asyncio.run(intake.write(FIRST, strip.sha256, 5000, bytes_[page + 5000 :]))
    assert after == strip.size, "the upload that goes on is told that all is there"


def test_a_capture_whose_strips_are_still_to_come_stays_open(tmp_path: Path, data: Path) -> None:
    path = outbox_file(tmp_path / "a", capture(1, complete=False))
    assert states(run(path, "--json", "--data", data)) == ["added"]
    path = outbox_file(tmp_path / "b", capture(1))
    assert states(run(path, "--json", "--data", data)) == ["added"]
    assert states(run(path, "--json", "--data", data)) == ["already"]


def test_a_strip_that_was_held_back_in_the_file_is_no_other_than_the_one_sent_later(
    tmp_path: Path, data: Path, store: Store
) -> None:
    sent, bytes_ = capture(1)
    sent["meta"]["page_changes"] = []  # as older extensions said
    sent["parts"][1]["about"] |= {"page_changes": [{"selector": "nav"}], "missing": []}
    early = capture(1, complete=False)
    for given, state in (((sent, bytes_), "added"), (early, "already")):
        path = outbox_file(tmp_path / state, given)
        assert states(run(path, "--json", "--data", data)) == [state]
    assert [part.model_dump() for part, _ in store.vault.parts(FIRST)] == sent["parts"]


def test_a_person_reads_what_came_in_and_what_follows(data: Path, file: Path) -> None:
    done = run(file, "--data", data).stdout
    assert "已存入：订单 1" in done
    assert "存入 2 份，0 份保管库里已有" in done
    assert "kazheng serve" in done
    again = run(file, "--data", data, language="en").stdout
    assert "0 kept, 2 were in the vault already" in again


def said(reason: str, path: Path) -> str:
    return text(f"errors.invalid.{reason}.message", "zh_CN", what=path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def changed(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def cut_in_the_index(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def only_begun(path: Path) -> None:
    path.write_bytes(b"")


def other(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + path.read_bytes())


def newer(path: Path) -> None:
    outbox_file(path, capture(1), first=b"kazheng/outbox/2\n")


def index(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Return a breaker that changes the second capture of the index."""

    def broken(path: Path) -> None:
        second, bytes_ = capture(2)
        change(second)
        outbox_file(path, capture(1), (second, bytes_))

    return broken


def twice(path: Path) -> None:
    outbox_file(path, capture(1), capture(1))


def deep(path: Path) -> None:
    path.write_bytes(b"kazheng/outbox/1\n" + b"[" * 100_000 + b"\n")


HOSTILE = {
    "cut": (cut, "outbox_size"),
    "longer": (longer, "outbox_size"),
    "changed": (changed, "outbox_bytes"),
    "cut_in_the_index": (cut_in_the_index, "outbox_size"),
    "empty": (only_begun, "outbox_file"),
    "other": (other, "outbox_file"),
    "newer": (newer, "outbox_version"),
    "deep": (deep, "outbox_index"),
    "twice": (twice, "outbox_index"),
    "no_parts": (index(lambda one: one.update(parts=[])), "outbox_index"),
    "path_for_an_id": (index(lambda one: one.update(uuid="../../etc")), "outbox_index"),
    "negative": (index(lambda one: one["parts"][0].update(size=-1)), "outbox_index"),
    "huge": (index(lambda one: one["parts"][0].update(size=10**30)), "outbox_size"),
    "session": (index(lambda one: one.update(storage_state={})), "outbox_index"),
    "other_sizes": (index(lambda one: one["parts"][2].update(size=1)), None),
    "role_of_the_helper": (index(lambda one: one["parts"][0].update(role="witness/html")), None),
    "too_many_parts": (
        index(lambda one: one["parts"].extend([part("seen/strip", "x", b"\x89PNG" * 40_000, n=n)
                                               for n in range(1000)])), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_file_is_explained_and_leaves_nothing(
    name: str, data: Path, file: Path, store: Store
) -> None:
    breaker, reason = HOSTILE[name]
    breaker(file)
    done = run(file, "--json", "--data", data)
    assert done.exit_code == 1
    error = json.loads(done.stdout)["error"]
    assert error["message"]
    assert error["next_step"]
    if reason:
        assert error["message"] == said(reason, file)
    assert store.vault.recent(10) == []
    assert [path for path in (data / "blobs").rglob("*") if path.is_file()] == []


def test_an_id_of_another_capture_is_refused_before_anything_is_kept(
    tmp_path: Path, data: Path, file: Path, store: Store
) -> None:
    run(file, "--json", "--data", data)
    second, bytes_ = capture(2)
    second["meta"]["title"] = "另一页"
    path = outbox_file(tmp_path / "other", capture(3), (second, bytes_))
    done = run(path, "--json", "--data", data)
    assert json.loads(done.stdout)["error"]["code"] == "conflict"
    assert len(store.vault.recent(10)) == 2


def test_a_file_that_is_not_there_is_said(data: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        done = run(path, "--json", "--data", data)
        assert json.loads(done.stdout)["error"]["message"] == said("file", path)


def test_a_full_disk_is_said_and_the_same_command_goes_on_later(
    data: Path, file: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = OutboxFile.copy

    def full(self: OutboxFile, piece: Any, target: Path) -> None:
        if piece.sha256 == capture(2)[0]["parts"][0]["sha256"]:
            raise OSError(errno.ENOSPC, "no room")
        real(self, piece, target)

    with monkeypatch.context() as patched:
        patched.setattr(OutboxFile, "copy", full)
        done = run(file, "--json", "--data", data)
    assert json.loads(done.stdout)["error"]["code"] == "disk_full"
    assert [view.capture_id for view in store.vault.recent(10)] == [FIRST], "whole or not at all"
    assert kept(store, FIRST)
    assert states(run(file, "--json", "--data", data)) == ["already", "added"]


def test_what_was_deleted_with_its_case_is_left_out_and_said(
    data: Path, file: Path, store: Store
) -> None:
    with writing(store.vault.engine) as connection:
        note_gone(connection, [FIRST])
    assert states(run(file, "--json", "--data", data)) == ["gone", "added"]
    assert [view.capture_id for view in store.vault.recent(9)] == [UUID.format(2)]
    done = run(file, "--data", data)
    assert FIRST in done.stdout
    assert "删除" in done.stdout
