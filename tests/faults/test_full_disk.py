"""The disk fills up in witness, seal or export: it is said, nothing is lost, and it goes on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from helper import app
from helper.app import Helper, open_helper
from helper.capture.visits import Taken
from helper.cli import app as commands
from helper.errors import DiskFullError
from helper.evidence import book, book_sign, zipping
from helper.evidence.verify import verify
from helper.exporting import export, export_case
from helper.model import CaptureView
from helper.settings import Settings
from helper.steps.store import open_store
from helper.steps.visit import Visitor
from helper.vault.ledger import Ledger
from helper.visiting import capture_address
from helper.web import pairing
from tests.faults.small_disk import SmallDisk, needs_root, small_disk
from tests.faults.test_named_steps import deliver, shop
from tests.web.client import Client

pytestmark = needs_root


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "小 盘", 24) as made:
        yield made


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again what failed without the minute between."""
    monkeypatch.setattr(app, "_RESUME_SECONDS", 0.2)


def chosen(disk: SmallDisk, **given: Any) -> Settings:
    plain = {"data": disk.folder / "data", "private_display": False, "strips_seconds": 5}
    return Settings.model_validate(plain | given)


@asynccontextmanager
async def told_and_gone_on(
    disk: SmallDisk, settings: Settings, url: str, revisit: str
) -> AsyncIterator[CaptureView]:
    """Keep a page while the disk fills up, see that it is said, make room, see it sealed."""
    async with open_helper(settings, port=0) as helper:
        assert helper.running is not None
        code = pairing.offer(helper.store.vault, datetime.now(UTC))
        client = await Client.pair(helper.running.port, code)
        capture_id = "12345678-1234-4234-8234-123456789012"
        meta = {"url": url, "clicked_at": "2026-03-01T12:00:00+08:00", "revisit": revisit}
        kept = await deliver(client, capture_id, meta)
        async with asyncio.timeout(60):
            while (seen := await last_step(client, capture_id)) != ("failed", "disk_full"):
                assert seen[0] != "sealed_s1"
                await asyncio.sleep(0.05)
        assert disk.is_filled
        before = helper.store.ledger.entries()
        disk.free()
        assert await helper.sealed(capture_id, 60)
        assert (await last_step(client, capture_id))[0] != "failed"
        view = helper.store.vault.capture(capture_id)
        assert helper.store.ledger.entries()[: len(before)] == before
        intact(disk, helper, view, kept)
        yield view


async def last_step(client: Client, capture_id: str) -> tuple[str, str | None]:
    """Return what the popup goes by."""
    found = (await client.call("GET", f"/v1/captures/{capture_id}")).json["steps"]
    return (found[-1]["step"], found[-1]["detail"]) if found else ("", None)


def intact(disk: SmallDisk, helper: Helper, view: CaptureView, kept: set[str]) -> None:
    store = helper.store
    assert kept <= {item.sha256 for item in view.artifacts}
    for item in view.artifacts:
        assert hashlib.sha256(store.blobs.read(item.sha256)).hexdigest() == item.sha256
    with closing(sqlite3.connect(disk.folder / "data" / "vault.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list((disk.folder / "data" / "blobs").rglob("*.tmp"))
    assert view.case_id is not None
    found = verify(export_case(store, view.case_id, disk.folder.parent / "evidence.zip"))
    assert found.verdict == "pass", found.checks


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("head", 1),
        pytest.param("append", 1, marks=pytest.mark.long),
        pytest.param("head", 2, marks=pytest.mark.long),
        ("append", 2),
    ],
    ids=["S0 manifest", "S0 entry", "S1 manifest", "S1 entry"],
)
async def test_a_seal_without_room_says_so_and_is_made_later(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, name: str, call: int
) -> None:
    disk.fill_before(monkeypatch, Ledger, name, call)
    settings = chosen(disk, browser=str(disk.folder / "none"))
    url = "https://shop.example/order"
    async with told_and_gone_on(disk, settings, url, "post") as view:
        assert [entry.stage for entry in view.seals] == ["S0", "S1"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("place", "name"),
    [(Taken, "keep"), pytest.param(Visitor, "_keep", marks=pytest.mark.long)],
    ids=["taken", "kept"],
)
async def test_a_visit_without_room_says_so_and_is_made_again(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    disk.fill_before(monkeypatch, place, name)
    async with (
        shop() as url,
        told_and_gone_on(disk, chosen(disk), url, "allowed") as view,
    ):
        roles = [item.role for item in view.artifacts]
        assert roles.count("witness/page") == roles.count("witness/warc") == 1
        assert {"disk_full", "browser_failed"}.isdisjoint(lack.reason for lack in view.missing)


async def test_a_browser_that_fails_on_a_full_disk_is_tried_again(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = disk.folder.parent / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    broken.chmod(0o700)
    disk.fill_before(monkeypatch, Visitor, "_request")
    settings = chosen(disk, browser=str(broken))
    async with told_and_gone_on(disk, settings, "http://shop.example/", "allowed") as view:
        assert [lack.reason for lack in view.missing if lack.role == "witness"] == [
            "browser_failed"
        ]


@pytest.mark.browser
async def test_the_command_says_that_the_disk_is_full_at_once(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.fill_before(monkeypatch, Visitor, "_keep")
    async with shop() as url:
        with pytest.raises(DiskFullError):
            await capture_address(chosen(disk, visit_seconds=600), url, None)


# --- export ---------------------------------------------------------------------------------------


@pytest.fixture
async def case_id(disk: SmallDisk) -> str:
    """A vault on the small disk with one sealed case."""
    settings = chosen(disk, browser=str(disk.folder / "none"))
    capture_id = "12345678-1234-4234-8234-123456789012"
    async with open_helper(settings, port=0) as helper:
        assert helper.running is not None
        code = pairing.offer(helper.store.vault, datetime.now(UTC))
        client = await Client.pair(helper.running.port, code)
        meta = {"url": "https://shop.example/o", "clicked_at": "2026-03-01T12:00:00+08:00"}
        await deliver(client, capture_id, meta | {"revisit": "post"})
        assert await helper.sealed(capture_id, 60)
        found = helper.store.vault.capture(capture_id).case_id
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("place", "name", "call", "out"),
    [
        (book, "make_book", 1, "elsewhere"),
        (book_sign, "sign", 1, "elsewhere"),
        (zipping.Writer, "copy", 2, "小 盘"),
    ],
    ids=["book", "signature", "zip"],
)
def test_an_export_without_room_leaves_no_half_file_and_works_when_repeated(
    disk: SmallDisk, case_id: str, monkeypatch: pytest.MonkeyPatch,
    place: Any, name: str, call: int, out: str,
) -> None:  # fmt: skip
    folder = disk.folder.parent / out / "交 出"
    folder.mkdir(parents=True)
    path = folder / "案件 包.zip"
    path.write_bytes(b"the last export")
    disk.fill_before(monkeypatch, place, name, call)
    store = open_store(chosen(disk))
    with pytest.raises(DiskFullError):
        export(store, case_id, path)
    assert [left.name for left in folder.iterdir()] == [path.name]
    assert path.read_bytes() == b"the last export"
    assert not list((disk.folder / "data" / "work").iterdir())
    disk.free()
    assert export(store, case_id, path).missing == ()
    store.close()
    assert verify(path).verdict == "pass"


def test_the_export_command_says_what_to_do(disk: SmallDisk, case_id: str) -> None:
    out = disk.folder / "out.zip"
    words = ["export", case_id, "--out", str(out), "--data", str(disk.folder / "data"), "--json"]
    disk.fill()
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 1
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "disk_full"
    assert error["next_step"]
    assert not out.exists()
    disk.free()
    assert CliRunner().invoke(commands, words).exit_code == 0
    assert verify(out).verdict == "pass"
