"""Three minutes of recording, the worker killed four times, the helper twice: one file."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from helper.model import CaptureView
from tests.e2e.world import World, world
from tests.extension.background.test_recording import PLAY, SCREEN, away

SECONDS = 180
KILLS = (20, 60, 100, 150)
"""Seconds at which the background worker is killed."""
RESTARTS = ((40, 48), (120, 135))
"""Seconds at which the helper is killed, and at which it is started again."""


async def measure(folder: Path) -> None:
    """Record, kill, and print what came of it; raises AssertionError where something is lost."""
    async with world(folder, granted=False, arguments=SCREEN) as made:
        page = await made.person.extension_page("pages/recorder.html")
        await page.click("#record")
        await page.wait_for_selector("body[data-state=recording]")
        began = time.monotonic()
        uuid = str(await page.evaluate("document.body.dataset.capture"))
        for at, act in sorted(_acts(made), key=lambda entry: entry[0]):
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            await act()
            print(f"  {time.monotonic() - began:5.0f} s  {act.__name__}", flush=True)
        await asyncio.sleep(max(0.0, began + SECONDS - time.monotonic()))
        await page.click("#stop")
        await page.wait_for_selector("body[data-state=ended]")
        stopped = time.monotonic()
        view = await made.sealed(uuid, 120)
        print(f"  sealed {time.monotonic() - stopped:.1f} s after the stop")
        await _report(made, view)


def _acts(made: World) -> list[tuple[int, Any]]:
    async def kill_worker() -> None:
        await made.stop_worker()

    async def kill_helper() -> None:
        await made.stop_helper(signal.SIGKILL)

    async def start_helper() -> None:
        await made.start_helper(seconds=SECONDS)

    restarts = [(a, kill_helper) for a, _ in RESTARTS] + [(b, start_helper) for _, b in RESTARTS]
    return [*((at, kill_worker) for at in KILLS), *restarts]


async def _report(made: World, view: CaptureView) -> None:
    """Print what the file holds, as the browser's own decoder plays it."""
    store = made.store
    [item] = [one for one in view.artifacts if one.role == "seen/recording"]
    [told] = [one for one in view.artifacts if one.role == "seen/context"]
    context = json.loads(store.blobs.read(told.sha256))
    data = store.blobs.read(item.sha256)
    at = 0
    for one in context["chunks"]:
        piece = data[at : at + one["size"]]
        assert hashlib.sha256(piece).hexdigest() == one["sha256"], "the file is not its chunks"
        at += one["size"]
    assert at == len(data)
    found = await _played(made, data)
    begin, ended, *times = [
        datetime.fromisoformat(moment)
        for moment in (
            context["started_at"],
            context["ended_at"],
            *(one["at"] for one in context["chunks"]),
        )
    ]
    seconds = (ended - begin).total_seconds()
    lacks = any(one.reason == "recording_unpictured" for one in view.missing)
    without = sum(away(view, "unpictured")) if lacks else 0
    assert abs(seconds - found["duration"] - without) <= 1, (
        "the film is shorter, and nobody says so"
    )
    apart = max((b - a).total_seconds() for a, b in zip([begin, *times], times, strict=False))
    for one in context["chunks"]:
        if one["sha256"] != item.sha256:
            assert store.blobs.size(one["sha256"]) is None, "the chunks lie beside the file"
    gaps = [(one.reason, one.detail) for one in view.missing if one.role == "seen/recording"]
    print(
        f"  recorded {seconds:.1f} s, {without:.1f} s listed without a picture\n"
        f"  {len(context['chunks'])} chunks, one file {item.name}"
        f" of {item.bytes / 1e6:.1f} MB\n"
        f"  last chunk {(times[-1] - begin).total_seconds():.1f} s after the begin, none later than"
        f" {apart:.1f} s after the one before\n"
        f"  plays {found['duration']:.1f} s, {found['width']} px wide, distinct values at"
        f" 10/50/90 %: {found['colours']}\n"
        f"  gaps: {gaps}; seals: {[seal.stage for seal in view.seals]}"
    )


async def _played(made: World, data: bytes) -> dict[str, Any]:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/recording.webm":
            return web.Response(body=data, content_type="video/webm")
        return web.Response(text="<!doctype html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        shown = await made.person.open(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        return dict(await shown.evaluate(PLAY, "/recording.webm"))
    finally:
        await runner.cleanup()
