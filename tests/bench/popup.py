"""How soon the popup answers: its button, and the click on it, with much kept already."""

from __future__ import annotations

import statistics
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page

from helper.model import CaptureMeta
from helper.vault.catalogue import Catalogue
from tests.extension.background.world import World, build

CASES = 300
WAITING = 30
ORDER = "<!doctype html><html lang=zh><title>订单</title><p>订单号 12345678</p>"
SEED = """async ([count, url]) => {
  const outbox = await import("/background/outbox.js");
  for (let number = 0; number < count; number += 1) {
    const tab = { id: -1, window_id: -1, url: `${url}?${number}`, title: `订单 ${number}` };
    const meta = { url: tab.url, title: tab.title, missing: [] };
    const record = outbox.fresh(crypto.randomUUID(), Date.now() - number * 60_000, tab, meta);
    const blob = new Blob([new Uint8Array(100_000)]);
    const parts = [...Array(12).keys()].map((index) => ({ role: "seen/strip", size: 100_000,
      sha256: String(index), media_type: "image/png", about: { index } }));
    await outbox.begin(record);
    await outbox.update(record.uuid, (kept) => Object.assign(kept, { phase: "kept_here", parts,
      complete: true, error: { code: "helper_away" } }),
      parts.map(({ sha256 }) => ({ sha256, blob })));
  }
}"""
PAINTED = """new Promise((painted) => {
  new PerformanceObserver((list) => {
    const entry = list.getEntries().find(({ identifier }) => identifier === "keep");
    if (entry) painted(entry.renderTime);
  }).observe({ type: "element", buffered: true });
})"""
CLICKED = """new Promise((seen) => {
  const start = performance.now();
  document.getElementById("keep").click();
  const look = () => document.querySelector("#after:not([hidden]) li.active, #error:not([hidden])")
    ? setTimeout(() => seen(performance.now() - start)) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})"""
"""From the click to the frame after the one that has the first step in it."""


async def answers(folder: Path, runs: int) -> None:
    """Print both times with a warm and a cold worker, the helper there and away."""
    async with build(folder) as made:
        await made.pair()
        made.shop.pages["/order"] = ORDER
        page = await made.open("/order")
        fill(made.helper.vault)
        await _measure(made, page, f"helper there, {CASES} cases", runs)
        await made.helper.stop()
        await made.console.evaluate(SEED, [WAITING, made.shop.origin])
        await _measure(made, page, f"helper away, {WAITING} waiting", runs)


def fill(vault: Catalogue) -> None:
    """Put cases into a vault, each with one capture."""
    now = datetime.now(UTC)
    for number in range(CASES):
        at = now - timedelta(minutes=number + 60)
        key = str(uuid.uuid4())
        url = f"https://shop.example/order/A{number}"
        vault.create_capture(key, CaptureMeta(url=url, clicked_at=at, title="订单"), [])
        about = {"platform_key": "demo", "host": "shop.example", "order_no": f"A{number}"}
        vault.join_case(key, **about, wanted=None, title=f"订单 {number}", now=at)


async def _measure(made: World, page: Page, name: str, runs: int) -> None:
    for worker in ("warm", "cold"):
        opened, clicked = [], []
        for _ in range(runs + 1):
            if worker == "cold":
                await made.stop_workers()
            popup = await made.person.click_toolbar(page)
            opened.append(float(await popup.evaluate(PAINTED)))
            await popup.close()
        for _ in range(runs):
            fresh = await made.open(f"/order?{uuid.uuid4()}")
            if worker == "cold":
                await made.stop_workers()
            popup = await made.person.click_toolbar(fresh)
            await popup.evaluate(PAINTED)
            if worker == "cold":
                await made.stop_workers()
            clicked.append(float(await popup.evaluate(CLICKED)))
            await popup.close()
            await fresh.close()
        for what, values in (("button", opened[1:]), ("click", clicked)):
            low, *_, high = sorted(values)
            middle = statistics.median(values)
            times = f"{low:.0f} / {middle:.0f} / {high:.0f} ms"
            print(f"popup, {name}, worker {worker}: {what} {times}")
