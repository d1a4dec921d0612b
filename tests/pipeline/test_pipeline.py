"""What was accepted is sealed, whatever fails on the way: a real helper without a browser."""

import asyncio
import hashlib
import os
import re
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS
from sqlalchemy.exc import OperationalError

from helper import app
from helper.app import Helper, open_helper
from helper.backup import backup
from helper.capture.intake import Intake, IntakeLimits
from helper.capture.packed import EXTENSION
from helper.dealings import Contact
from helper.errors import DiskFullError
from helper.model import CaptureMeta, CaptureView, Draft, Part
from helper.pipeline import CHAT_SECONDS
from helper.restoring import restore
from helper.settings import Settings
from helper.steps import advising, read
from helper.steps.store import Store
from scrapers.record import OrderRecord, Seller
from tests.steps.films import Recorder

URL = "https://shop.example/order/KZ20240102"
HTML = b"<!doctype html><p>order</p>"


def settings(folder: Path, **given: Any) -> Settings:
    away: dict[str, Any] = {"browser": str(folder / "none"), "private_display": False}
    return Settings.model_validate({"data": folder / "data", **away, **given})


@pytest.fixture
async def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Helper]:
    monkeypatch.setattr(app, "_RESUME_SECONDS", 0.2)
    async with open_helper(settings(tmp_path, strips_seconds=0.2)) as opened:
        yield opened


def arrive(
    store: Store,
    capture_id: str,
    role: Any,
    data: bytes,
    about: dict[str, Any] | None = None,
    *,
    received: int = -1,
) -> str:
    """Announce a part and let it arrive as the intake does."""
    sha256 = store.blobs.keep_bytes(data)
    kinds = {"seen/html": "text/html", "seen/recording": "video/webm", "seen/context": "text/json"}
    kind = kinds.get(role, "image/png")
    about = about or ({"index": 0} if role == "seen/strip" else {})
    part = Part(role=role, sha256=sha256, size=len(data), media_type=kind, about=about)
    meta = CaptureMeta(url=URL, clicked_at=datetime(2026, 3, 1, tzinfo=UTC), revisit="post")
    store.vault.create_capture(capture_id, meta, [part])
    store.vault.set_received(capture_id, sha256, len(data) if received < 0 else received)
    return sha256


def committed(store: Store) -> str:
    """Return a capture as it stands after its first commit: the strips are still to come."""
    capture_id = str(uuid.uuid4())
    arrive(store, capture_id, "seen/html", HTML)
    store.vault.set_state(capture_id, "kept")
    return capture_id


async def last_strip(helper: Helper, capture_id: str) -> str:
    """Do what the last commit does."""
    sha256 = arrive(helper.store, capture_id, "seen/strip", b"strip")
    helper.store.vault.set_final(capture_id)
    await helper.pipeline.strips_complete(capture_id)
    return sha256


async def until(
    helper: Helper, capture_id: str, check: Callable[[CaptureView], Any]
) -> CaptureView:
    async with asyncio.timeout(20):
        while True:
            view = helper.store.vault.capture(capture_id)
            if check(view):
                return view
            await asyncio.sleep(0.02)


def stages(view: CaptureView) -> list[str]:
    return [entry.stage for entry in view.seals]


async def test_strips_that_come_after_the_last_seal_get_their_own(helper: Helper) -> None:
    capture_id = committed(helper.store)
    await helper.pipeline.start(capture_id)
    assert await helper.sealed(capture_id, 20)
    sha256 = await last_strip(helper, capture_id)
    view = await until(helper, capture_id, lambda view: "partial" in stages(view))
    assert stages(view) == ["S0", "S1", "partial"]
    assert sha256 in {item.sha256 for item in view.artifacts}


async def test_strips_that_come_while_the_last_seal_is_made_are_not_forgotten(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture_id = committed(helper.store)
    loop = asyncio.get_running_loop()
    found: list[str] = []
    compare = read.compare_witness

    def meanwhile(store: Store, which: str) -> None:
        found.append(asyncio.run_coroutine_threadsafe(last_strip(helper, which), loop).result(10))
        compare(store, which)

    monkeypatch.setattr(read, "compare_witness", meanwhile)
    await helper.pipeline.start(capture_id)
    view = await until(helper, capture_id, lambda view: "partial" in stages(view))
    assert found[0] in {item.sha256 for item in view.artifacts}


async def test_a_late_seal_that_found_no_room_is_made_later(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture_id = committed(helper.store)
    await helper.pipeline.start(capture_id)
    assert await helper.sealed(capture_id, 20)
    seal_rest, tried = helper.pipeline.sealer.seal_rest, []

    def full(which: str) -> Any:
        tried.append(which)
        if len(tried) == 1:
            raise DiskFullError(path="x")
        return seal_rest(which)

    monkeypatch.setattr(type(helper.pipeline.sealer), "seal_rest", lambda _, which: full(which))
    await last_strip(helper, capture_id)
    view = await until(helper, capture_id, lambda view: "partial" in stages(view))
    assert len(tried) == 2
    assert ("failed", "disk_full") in {(step.step, step.detail) for step in view.steps}


async def test_a_failed_attempt_leaves_no_second_visit_under_way(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = [0, 0]
    keep, tried = helper.pipeline._keep, []

    async def visit(_visitor: object, _which: str) -> None:
        under_way[0] += 1
        under_way[1] = max(under_way)
        try:
            await asyncio.sleep(0.6)
        finally:
            under_way[0] -= 1

    def full(which: str) -> None:
        tried.append(which)
        if len(tried) == 1:
            raise DiskFullError(path="x")
        keep(which)

    monkeypatch.setattr(type(helper.pipeline.visitor), "visit", visit)
    monkeypatch.setattr(helper.pipeline, "_keep", full)
    capture_id = committed(helper.store)
    await helper.pipeline.start(capture_id)
    assert await helper.sealed(capture_id, 20)
    assert len(tried) == 2
    assert under_way[1] == 1


async def test_the_engine_out_of_room_does_not_end_the_trying(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, tried = helper.pipeline.start, []

    async def full(which: str) -> None:
        tried.append(which)
        if len(tried) == 1:
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        await start(which)

    monkeypatch.setattr(helper.pipeline, "start", full)
    capture_id = committed(helper.store)
    assert await helper.sealed(capture_id, 20)


async def test_a_workflow_whose_end_could_not_be_written_down_is_begun_anew(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture_id = committed(helper.store)
    capture, begun = helper.pipeline._capture, asyncio.Event()

    async def never(_which: str) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(helper.pipeline, "_capture", never)
    await helper.pipeline.start(capture_id)
    await begun.wait()
    monkeypatch.setattr(helper.pipeline, "_capture", capture)
    await helper.pipeline.stop()  # cut off: the engine has it as pending
    assert await helper.sealed(capture_id, 20)


async def test_a_helper_that_ends_before_the_archive_is_read_back_goes_on_at_its_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(tmp_path, strips_seconds=0.2)
    async with open_helper(given) as first:
        begun = asyncio.Event()

        async def never(_self: Any, _which: str) -> None:
            begun.set()
            await asyncio.Event().wait()

        with monkeypatch.context() as cut:
            cut.setattr(type(first.pipeline.archivist), "read_back", never)
            capture_id = committed(first.store)
            await first.pipeline.start(capture_id)
            assert await first.sealed(capture_id, 20)
            await begun.wait()
    async with open_helper(given) as second:
        status = await ended(capture_id)
        steps = {step.step for step in second.store.vault.capture(capture_id).steps}
    assert status == "SUCCESS"
    assert "failed" not in steps


async def ended(capture_id: str) -> str:
    """Return how the workflow of a capture ended."""
    async with asyncio.timeout(20):
        while True:
            known = await DBOS.get_workflow_status_async(f"capture:{capture_id}:1")
            if known is not None and known.status not in {"PENDING", "ENQUEUED"}:
                return str(known.status)
            await asyncio.sleep(0.02)


async def test_an_upload_that_a_crash_cut_off_is_sealed_as_partial_at_the_next_start(
    tmp_path: Path,
) -> None:
    chosen = settings(tmp_path, strips_seconds=0.2)
    capture_id = str(uuid.uuid4())
    async with open_helper(chosen) as before:
        arrive(before.store, capture_id, "seen/html", HTML)
        arrive(before.store, capture_id, "seen/viewport", b"half", received=2)
    async with open_helper(chosen) as helper:
        view = await until(helper, capture_id, lambda view: view.seals)
        assert (view.state, stages(view)) == ("receiving", ["partial"])
        assert [item.sha256 for item in view.artifacts] == [hashlib.sha256(HTML).hexdigest()]
        manifest = helper.store.blobs.read(view.seals[0].manifest)
        assert b'"reason":"upload_interrupted","role":"seen/viewport"' in manifest
        # the upload goes on after all
        helper.store.vault.set_received(capture_id, hashlib.sha256(b"half").hexdigest(), 4)
        helper.store.vault.set_state(capture_id, "kept")
        helper.store.vault.set_final(capture_id)
        await helper.pipeline.start(capture_id)
        assert await helper.sealed(capture_id, 20)
        view = helper.store.vault.capture(capture_id)
        assert stages(view) == ["partial", "S0", "S1"]
        assert "upload_interrupted" not in {entry.reason for entry in view.missing}


async def test_the_chunks_of_a_recording_go_with_the_seal_and_a_repeated_commit_asks_for_none(
    helper: Helper,
) -> None:
    capture_id, store = str(uuid.uuid4()), helper.store
    recorder = Recorder([n / 5 for n in range(30)], 6)
    sent = [
        arrive(store, capture_id, *part)
        for part in recorder.parts(datetime(2026, 3, 1, tzinfo=UTC))
    ]
    store.vault.mark_kept(capture_id, store.now(), final=True)
    await helper.pipeline.start(capture_id)
    assert await helper.sealed(capture_id, 20)
    [film] = [item for item in store.vault.capture(capture_id).artifacts if "webm" in item.name]
    assert store.blobs.read(film.sha256) == b"".join(data for _, data in recorder.chunks)
    assert film.sha256.encode() in store.blobs.read(
        store.vault.capture(capture_id).seals[-1].manifest
    )
    assert [store.blobs.size(sha256) is None for sha256 in sent] == [True] * (len(sent) - 1) + [
        False
    ]
    limits = IntakeLimits(part_bytes=1 << 20, capture_bytes=1 << 20, parts=100)
    intake = Intake(store.settings.data / "incoming", store.vault, store.blobs, limits)
    assert all(part.received == part.size for part in await intake.kept(capture_id))
    made = backup(store, store.settings.data.parent / "b.zip", None)
    assert made.missing == (), "nothing is lost that the file holds"
    assert restore(made.path, made.path.with_name("new"), None).captures == 1


def test_strips_are_waited_for_as_long_as_the_extension_walks_through_a_chat() -> None:
    text = (EXTENSION / "background" / "chat.js").read_text("utf-8")
    [most] = re.findall(r"const IN_ALL_MILLISECONDS = (\d+) \* 60_000;", text)
    assert int(most) * 60 + 60 == CHAT_SECONDS, "and a minute to put it together"


@pytest.mark.parametrize(("days", "stays"), [(0, True), (2, False)])
async def test_only_what_a_crash_left_half_made_long_ago_is_cleared(
    tmp_path: Path, days: int, stays: bool
) -> None:
    chosen = settings(tmp_path)
    (tmp_path / "data" / "work" / "tmpx").mkdir(parents=True)
    (tmp_path / "data" / "blobs" / "ab").mkdir(parents=True)
    left = [tmp_path / "data" / "work" / "tmpx" / "page.pdf", tmp_path / "data/blobs/ab/ab.0.tmp"]
    for path in left:
        path.write_bytes(b"half")
    for path in (*left, left[0].parent):
        os.utime(path, (time.time() - days * 86_400,) * 2)
    async with open_helper(chosen):  # a command may be making what is young
        assert [path.exists() for path in left] == [stays, stays]


async def test_nothing_of_a_deleted_case_is_left_on_the_disk(tmp_path: Path) -> None:
    data, words = tmp_path / "data", (b"SECRET-99", "秘密标题".encode())
    async with open_helper(settings(tmp_path, strips_seconds=0.2)) as helper:
        store = helper.store
        capture_id = committed(store)
        await helper.pipeline.start(capture_id)
        await ended(capture_id)
        other = committed(store)
        await helper.pipeline.start(other)
        await ended(other)
        case_id = told_of(store, capture_id)
        form = advising.form(store)
        async with asyncio.timeout(20):
            while True:
                if not store.vault.stale(9) and not store.vault.stale_digests(form, store.now(), 9):
                    break
                await asyncio.sleep(0.02)
        for path in (data / "blobs").glob("*/*"):
            os.utime(path, (1_700_000_000,) * 2)
        assert all(any(word in path.read_bytes() for path in files(data)) for word in words)
        assert store.delete_case(case_id).waiting == 0
    assert [path for path in files(data) for word in words if word in path.read_bytes()] == []
    raw = sqlite3.connect(data / "vault.db")
    tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    rows = {name: repr(raw.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables}
    raw.close()
    assert {name for name in rows if capture_id in rows[name] or case_id in rows[name]} == set()
    assert other in rows["workflow_status"]


def files(data: Path) -> list[Path]:
    return [path for path in data.rglob("*") if path.is_file()]


def told_of(store: Store, capture_id: str) -> str:
    """Let a case of its own hold what may be known of one; return its id."""
    order = OrderRecord(order_no="SECRET-99", seller=Seller(name="秘密标题"))
    store.vault.put_order(capture_id, order)
    case_id = store.vault.capture(capture_id).case_id or ""
    now = store.now()
    store.vault.add_correction(case_id, "order_no", "SECRET-99", now)
    store.vault.add_note(case_id, "秘密标题", now)
    store.vault.add_entry(case_id, Contact(at=now, way="chat", said="秘密标题"), now)
    store.vault.put_draft(
        Draft(
            draft_id="d-1",
            case_id=case_id,
            channel="12315",
            issue="other",
            demand="x",
            title="秘密标题",
            fields={},
            text="SECRET-99",
            sentences=(),
            exhibits=(),
            gaps=(),
            lint=(),
            law=(),
            created_at=now,
        )
    )
    return case_id
