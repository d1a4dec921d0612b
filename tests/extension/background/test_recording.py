"""A recording grows into the outbox and to the helper, and nothing of it is lost on the way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page

from helper.capture.chunks import RECORDING
from helper.model import CaptureView
from helper.settings import Settings
from helper.steps.keep import keep_parts
from helper.steps.store import Store
from helper.vault.ledger import Ledger
from tests.extension.background.world import World, paired, until

pytestmark = pytest.mark.browser

SCREEN = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
"""The browser chooses a screen of its own, with a picture that moves: no person is there to."""
STOPS = """() => {
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d");
  const stream = canvas.captureStream(0);
  let at = 0;
  window.draw = (on) => {
    clearInterval(window.drawing);
    const one = () => {
      paper.fillStyle = `hsl(${at += 40} 80% 50%)`;
      paper.fillRect(0, 0, 300, 150);
      stream.getVideoTracks()[0].requestFrame();
    };
    if (on) window.drawing = setInterval(one, 100);
    window.since = performance.now();
  };
  navigator.mediaDevices.getDisplayMedia = async () => (window.draw(true), stream);
}"""
"""A screen that brings pictures or none, as the test wants."""
PLAY = """async (path) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = URL.createObjectURL(await (await fetch(path)).blob());
  const event = (name) => new Promise((good, bad) => {
    video.addEventListener(name, good, { once: true });
    video.addEventListener("error", () => bad(new Error(video.error.message)), { once: true });
  });
  await event("loadeddata");
  const seek = (to) => {
    const there = event("seeked");
    video.currentTime = to;
    return there;
  };
  await seek(1e9);
  const { duration, videoWidth: width } = video;
  const colours = [];
  for (const part of [0.1, 0.5, 0.9]) {
    await seek(duration * part);
    const canvas = new OffscreenCanvas(64, 36);
    canvas.getContext("2d").drawImage(video, 0, 0, 64, 36);
    const { data } = canvas.getContext("2d").getImageData(0, 0, 64, 36);
    colours.push(new Set(data).size);
  }
  return { duration, width, colours };
}"""


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with paired(tmp_path_factory.mktemp("recording"), arguments=SCREEN) as made:
        yield made


async def recorder(world: World) -> Page:
    """Open the recorder over a page, as the popup does."""
    world.shop.pages["/order"] = "<!doctype html><html lang=zh><title>订单</title><p>等待发货</p>"
    tab = await world.click(await world.open("/order"))
    return await world.person.extension_page(f"pages/recorder.html?tab={tab}")


async def recording(page: Page) -> str:
    await page.click("#record")
    await page.wait_for_selector("body[data-state=recording]")
    return str(await page.evaluate("document.body.dataset.capture"))


async def arrived(world: World, uuid: str, count: int) -> None:
    def enough() -> bool:
        known = [view for view in world.helper.vault.recent(9) if view.capture_id == uuid]
        parts = world.helper.vault.parts(uuid) if known else []
        return sum(received == part.size for part, received in parts) >= count

    await until(enough, f"never {count} chunks at the helper")


async def in_outbox(page: Page, uuid: str) -> int:
    script = (
        "uuid => import('/background/outbox.js').then(({find}) => find(uuid))"
        ".then(({parts}) => parts.length)"
    )
    return int(await page.evaluate(script, uuid))


def joined(world: World, uuid: str) -> bytes:
    """Do what the helper's workflow does with the parts; return the bytes of the one file."""
    vault = world.helper.vault
    settings = Settings(data=world.helper.data)
    assert world.helper.services is not None
    now = world.helper.services.now
    keep_parts(Store(settings, vault, Ledger(vault.engine), world.helper.blobs, b"", now), uuid)
    [item] = [one for one in vault.capture(uuid).artifacts if one.role == RECORDING]
    return world.helper.blobs.read(item.sha256)


async def played(world: World, data: bytes) -> dict[str, Any]:
    """Let the browser's own decoder judge a file."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=data, content_type="video/webm")

    world.shop.pages["/recording.webm"] = answer
    shown = await world.open("/order")
    return dict(await shown.evaluate(PLAY, "/recording.webm"))


async def test_a_recording_outlives_worker_and_helper_as_one_file_that_plays(world: World) -> None:
    page = await recorder(world)
    assert "UTC+08:00" in await page.inner_text("#clock")
    assert "Asia/Shanghai" in await page.inner_text("#zone")
    uuid = await recording(page)
    await arrived(world, uuid, 1)
    await world.stop_workers()
    await arrived(world, uuid, 2)
    await world.helper.stop()
    before = await in_outbox(page, uuid)

    async def grew() -> bool:
        return await in_outbox(page, uuid) > before

    await until(grew, "it does not go on without the helper")
    await world.helper.start()
    await page.click("#pause")
    await page.wait_for_selector("body[data-state=paused]")
    await page.click("#pause")
    await page.wait_for_selector("body[data-state=recording]")
    await world.stop_workers()
    await arrived(world, uuid, before + 2)
    await page.click("#stop")
    await page.wait_for_selector("body[data-state=ended]")
    await world.reached(uuid, "sent")
    assert world.helper.called("start", uuid)
    chunks = world.helper.parts(uuid, RECORDING)
    assert [part.about["index"] for part in chunks] == list(range(len(chunks)))
    whole = joined(world, uuid)
    found = await played(world, whole)
    assert found["width"] > 0
    assert min(found["colours"]) > 1, "pictures at the beginning, in the middle and at the end"
    half = b"".join(world.helper.blobs.read(part.sha256) for part in chunks[: len(chunks) // 2])
    assert found["duration"] > (await played(world, half))["duration"] > 0
    view = world.helper.vault.capture(uuid)
    assert view.meta.revisit == "recording"
    paused = lack(view, "paused")
    [span] = [one.split(" – ") for one in str(paused).split("; ")]
    assert chunks[0].about["at"] < span[0] < span[1] < chunks[-1].about["at"]
    context = json.loads(world.helper.bytes(uuid, "seen/context"))
    assert [one["sha256"] for one in context["chunks"]] == [part.sha256 for part in chunks]
    assert context["why"] == "stopped"
    assert (await world.message("status"))["outbox"]["count"] == 0


@pytest.mark.long
async def test_where_no_picture_comes_is_listed_and_the_film_is_as_long_as_all_the_rest(
    world: World,
) -> None:
    page = await recorder(world)
    await page.evaluate(STOPS)
    uuid = await recording(page)
    await arrived(world, uuid, 1)
    for on, seconds in ((False, 4), (True, 1), (False, 2)):
        await page.evaluate("on => draw(on)", on)
        over = partial(page.evaluate, f"performance.now() - since > {seconds * 1000}")
        await until(over, "time stands still")
    await page.click("#stop")
    await page.wait_for_selector("body[data-state=ended]")
    await world.reached(uuid, "sent")
    shown = (await played(world, joined(world, uuid)))["duration"]
    view = world.helper.vault.capture(uuid)
    [film] = [one for one in view.artifacts if one.role == RECORDING]
    assert film.about["milliseconds"] / 1000 == pytest.approx(shown, abs=0.05)
    context = json.loads(world.helper.bytes(uuid, "seen/context"))
    began, ended = (datetime.fromisoformat(context[name]) for name in ("started_at", "ended_at"))
    assert abs((ended - began).total_seconds() - shown - sum(away(view, "unpictured"))) <= 1
    assert away(view, "unpictured")[-1] > 1.5
    assert max(away(view, "still")) > 3.5


def lack(view: CaptureView, reason: str) -> str | None:
    """Return the detail of the one row that says why something is missing."""
    [detail] = [one.detail for one in view.missing if one.reason == f"recording_{reason}"]
    return detail


def away(view: CaptureView, reason: str) -> list[float]:
    """Return how long each listed stretch is, in seconds."""
    stretches = str(lack(view, reason)).split("; ")
    spans = [map(datetime.fromisoformat, one.split(" – ")) for one in stretches]
    return [(to - since).total_seconds() for since, to in spans]


@pytest.mark.long
async def test_what_a_closed_recorder_left_plays_and_the_next_is_a_segment_after_a_gap(
    world: World,
) -> None:
    page = await recorder(world)
    uuid = await recording(page)
    await arrived(world, uuid, 2)
    await page.close(run_before_unload=False)
    # Opened from nowhere, as by its address: no page is needed.
    page = await world.person.extension_page("pages/recorder.html")
    await page.wait_for_selector("#goes-on:visible")
    await world.stop_workers()
    await world.message("status")
    await world.reached(uuid, "sent")
    assert (await played(world, joined(world, uuid)))["duration"] > 0
    last = world.helper.parts(uuid, RECORDING)[-1].about["at"]
    assert lack(world.helper.vault.capture(uuid), "cut") == last
    await page.bring_to_front()
    second = await recording(page)
    await arrived(world, second, 1)
    await page.click("#stop")
    await world.reached(second, "sent")
    joined(world, second)
    gap = lack(world.helper.vault.capture(second), "gap")
    assert str(gap).startswith(f"{last} – ")
    told = [world.helper.vault.capture(one).meta.extra["recording"] for one in (uuid, second)]
    assert [one["segment"] for one in told] == [1, 2]
    assert len({one["session"] for one in told}) == 1
