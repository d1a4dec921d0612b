"""The helper dies at each named step: nothing acknowledged is lost, and what is there verifies."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from helper.evidence.verify import verify
from helper.exporting import export_case
from helper.model import CaptureView
from helper.settings import Settings
from helper.steps.store import open_store
from helper.web import pairing
from tests.faults.dying import STEPS
from tests.web.client import Client

ROOT = Path(__file__).parents[2]
ORDER = (ROOT / "tests" / "pages" / "lechuang" / "failed.html").read_bytes()
VISITS = {"visit_made", "visit_kept", "compared"}
FIRST = {"chunk_written", "s0_in_ledger"}
"""Where most is at stake; the steps between them are for the long run."""
pytestmark = pytest.mark.browser


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 400), colour).save(out, "PNG")
    return out.getvalue()


PARTS: list[tuple[str, str, bytes, dict[str, Any]]] = [
    ("seen/html", "text/html", ORDER, {}),
    ("seen/viewport", "image/png", picture("navy"), {}),
    ("seen/text", "text/plain", "订单 失败".encode(), {}),
    ("seen/strip", "image/png", picture("teal"), {"index": 0, "offset": 0, "scale": 1}),
]


def part(role: str, kind: str, data: bytes, about: dict[str, Any]) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    return {
        "role": role, "sha256": sha256, "size": len(data), "media_type": kind, "about": about,
    }  # fmt: skip


@asynccontextmanager
async def serving(folder: Path, step: str = "", *, visits: bool = False) -> AsyncIterator[int]:
    """Run the helper, which dies at the step if there is one; without visits it has no browser."""
    environment = {**os.environ, "KAZHENG_PRIVATE_DISPLAY": "false"}
    if not visits:
        environment["KAZHENG_BROWSER"] = str(folder / "none")
    # asyncio's own subprocess would also wait for the browser, which outlives a killed helper a bit
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "tests.faults.dying", step,
         "serve", "--json", "--data", str(folder / "data"), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    text = b""
    try:
        while b"}" not in text:
            line = await asyncio.to_thread(process.stdout.readline)
            assert line, "the helper did not start"
            text += line
        yield json.loads(text)["port"]
        if step:
            assert await asyncio.to_thread(process.wait, 30) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@asynccontextmanager
async def shop() -> AsyncIterator[str]:
    async def order(_request: web.Request) -> web.Response:
        return web.Response(body=ORDER, content_type="text/html", charset="utf-8")

    application = web.Application()
    application.router.add_get("/order", order)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/order"
    finally:
        await runner.cleanup()


async def deliver(client: Client, capture_id: str, meta: dict[str, Any]) -> set[str]:
    """Bring the capture as the extension does; return the hashes that were acknowledged."""
    kept: set[str] = set()
    body = {"uuid": capture_id, "meta": meta, "parts": [part(*one) for one in PARTS]}
    contents = {part(*one)["sha256"]: one[2] for one in PARTS}
    try:
        announced = await client.call("POST", "/v1/captures", body)
        for row in announced.json["parts"]:
            sha256, at = row["sha256"], row["received"]
            if at < row["size"]:
                answer = await client.put(capture_id, sha256, at, contents[sha256][at:])
                assert answer.status == 200
            kept.add(sha256)
        assert (await client.commit(capture_id, final=True)).status == 200
    except OSError:  # the helper is gone
        return kept
    return kept


async def paired(folder: Path, port: int) -> Client:
    store = open_store(Settings(data=folder / "data"))
    code = pairing.offer(store.vault, datetime.now(UTC))
    store.close()
    return await Client.pair(port, code)


async def until(folder: Path, capture_id: str, state: str, stage: str) -> CaptureView:
    store = open_store(Settings(data=folder / "data"))
    try:
        async with asyncio.timeout(60):
            while True:
                view = store.vault.capture(capture_id)
                if view.state == state and any(entry.stage == stage for entry in view.seals):
                    return view
                await asyncio.sleep(0.05)
    finally:
        store.close()


def check(folder: Path, view: CaptureView, kept: set[str]) -> None:
    store = open_store(Settings(data=folder / "data"))
    assert kept <= {item.sha256 for item in view.artifacts}
    assert all(hashlib.sha256(store.blobs.read(one)).hexdigest() == one for one in kept)
    assert view.case_id is not None
    path = export_case(store, view.case_id, folder / "evidence.zip")
    store.close()
    found = verify(path)
    assert found.verdict == "pass", found.checks


@pytest.mark.parametrize(
    "step", [s if s in FIRST else pytest.param(s, marks=pytest.mark.long) for s in STEPS]
)
async def test_dead_at_a_step_and_back_again(tmp_path: Path, step: str) -> None:
    capture_id = str(uuid.uuid4())
    async with shop() as url:
        meta = {
            "url": url,
            "clicked_at": "2026-03-01T12:00:00+08:00",
            "revisit": "allowed" if step in VISITS else "post",
        }
        async with serving(tmp_path, step, visits=step in VISITS) as port:
            client = await paired(tmp_path, port)
            kept = await deliver(client, capture_id, meta)
        async with serving(tmp_path, visits=step in VISITS) as client.port:
            await client.hello()
            kept |= await deliver(client, capture_id, meta)
            assert len(kept) == len(PARTS)
            view = await until(tmp_path, capture_id, "sealed", "S1")
    stages = [entry.stage for entry in view.seals if entry.stage != "partial"]
    assert stages == ["S0", "S1"]
    roles = [item.role for item in view.artifacts]
    assert "seen/page" in roles
    assert roles.count("witness/page") == (step in VISITS)
    check(tmp_path, view, kept)


async def test_an_upload_that_never_goes_on_is_partial_evidence(tmp_path: Path) -> None:
    capture_id = str(uuid.uuid4())
    meta = {"url": "https://shop.example/o", "clicked_at": "2026-03-01T12:00:00+08:00"}
    async with serving(tmp_path, "third_part_in_place") as port:
        kept = await deliver(await paired(tmp_path, port), capture_id, meta)
    async with serving(tmp_path):
        view = await until(tmp_path, capture_id, "receiving", "partial")
    assert len(kept) == 2
    check(tmp_path, view, kept)
