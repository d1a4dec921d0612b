"""Print how fast, how large, how exact: clicks, evidence and reading beside bare programs."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import async_playwright

from helper.capture.browser import find_browser
from helper.model import CaptureView
from helper.result import timings
from helper.settings import Settings
from tests.bench import chat, console, cost, drafting, evidence, filling, popup, reading, recording
from tests.bench.bare import bare
from tests.e2e.world import World, until, world

STRIP_MS = 510
"""Chromium allows two pictures of a tab a second: each strip after the first costs this."""


def main() -> None:
    """Run the parts that are asked for, all without `--only`."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument(
        "--only",
        choices=(
            "chat",
            "click",
            "console",
            "cost",
            "drafting",
            "evidence",
            "filling",
            "popup",
            "reading",
            "recording",
        ),
        help="only this part",
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--memory", type=int, default=50, help="captures; 0 leaves memory out")
    parser.add_argument("--shop", action="append")
    given = parser.parse_args()
    without_folder(given)
    with tempfile.TemporaryDirectory(prefix="kazheng bench ", ignore_cleanup_errors=True) as name:
        if given.only in (None, "evidence"):
            evidence.speed(Path(name) / "speed", given.runs)
            if given.memory:
                evidence.memory(Path(name) / "memory", given.memory)
        if given.only in (None, "cost"):
            asyncio.run(cost.cost(Path(name) / "cost", given.runs))
        if given.only in (None, "chat"):
            (folder := Path(name) / "chat").mkdir()
            asyncio.run(chat.whole(folder))
        if given.only in (None, "click"):
            (folder := Path(name) / "clicks").mkdir()
            asyncio.run(clicks(folder, given))
        if given.only in (None, "popup"):
            (folder := Path(name) / "popup").mkdir()
            asyncio.run(popup.answers(folder, given.runs))
        if given.only in (None, "recording"):
            (folder := Path(name) / "recording").mkdir()
            asyncio.run(recording.measure(folder))


def without_folder(given: argparse.Namespace) -> None:
    """Run the parts that leave nothing behind, or keep their own folder."""
    if given.only in (None, "reading"):
        reading.quality()
        reading.throughput(given.runs)
    if given.only in (None, "drafting"):
        drafting.speed(given.runs)
    if given.only in (None, "filling"):
        filling.accuracy()
    if given.only in (None, "console"):
        asyncio.run(console.measure())


async def clicks(folder: Path, given: argparse.Namespace) -> None:
    """Measure clicks in a real browser: speed in each shop, memory over many."""
    async with world(folder, display=True) as made:
        await made.log_in()
        for shop in given.shop or ("wangzi", "lechuang", "weijie"):
            await speed(made, shop, given.runs)
        if given.memory:
            await memory(made, given.memory)


async def speed(made: World, shop: str, runs: int) -> None:
    """Capture and bare visit in turn, so that a drift of the machine hits both."""
    url = made.demo.orders[f"{shop}:not_delivered"].url
    arguments = [f"--ignore-certificate-errors-spki-list={made.demo.spki}"]
    if sys.platform != "win32":
        arguments.append("--no-sandbox")
    rows: list[dict[str, float]] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(Settings()), args=arguments
        )
        state: Any = await made.person.context.storage_state()
        await bare(browser, url, made.folder, state)
        for _ in range(runs):
            view = await made.sealed(await made.one_click(url, lend=True))
            await until(partial(read_back, made, view), "the archive was not read back")
            row = {**figures(view), "bare": 1000 * await bare(browser, url, made.folder, state)}
            row["ratio"] = (row["sealed"] - row["quota"]) / row["bare"]
            rows.append(row)
            await made.close_tabs()
        await browser.close()
    print(f"{shop}, {runs} runs, milliseconds: min / median / max")
    for name in rows[0]:
        values = sorted(row[name] for row in rows)
        low, middle, high = values[0], statistics.median(values), values[-1]
        digits = 2 if name == "ratio" else 0
        print(f"  {name:8} {low:8.{digits}f} {middle:8.{digits}f} {high:8.{digits}f}")


def read_back(made: World, view: CaptureView) -> bool:
    """Tell whether the helper's browser is at rest again: the bare script must not pay for it."""
    steps = made.store.vault.capture(view.capture_id).steps
    return any(step.step == "read_back" for step in steps)


def figures(view: CaptureView) -> dict[str, float]:
    """Return the milliseconds of one capture and the strips' own quota."""
    found = timings(view)
    strips = sum(1 for item in view.artifacts if item.role == "seen/strip")
    return {
        "kept": found["click_to_kept"],
        "s0": found["click_to_s0"],
        "witness": found["click_to_witness"],
        "sealed": found["click_to_sealed"],
        "quota": max(0, strips - 1) * STRIP_MS,
    }


async def memory(made: World, captures: int) -> None:
    """Print the resident memory of the helper with its browser after 5 captures and at the end."""
    url = made.demo.orders["lechuang:not_delivered"].url
    early = 0
    for number in range(1, captures + 1):
        await made.sealed(await made.one_click(url))
        await made.close_tabs()
        if number == 5:
            early = resident(made)
    late = resident(made)
    print(f"memory of helper and its browser: {early} MiB after 5, {late} MiB after {captures}")


def resident(made: World) -> int:
    """Return MiB of the helper process and all its children (shared pages counted once: PSS)."""
    assert made.process is not None
    family = [psutil.Process(made.process.pid)]
    family += family[0].children(recursive=True)
    total = 0
    for process in family:
        try:
            info = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        total += getattr(info, "pss", info.rss)
    return total >> 20


if __name__ == "__main__":
    main()
