"""What the extension costs where nobody clicks it: loads of ordinary pages, its worker at rest."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

import psutil
from playwright.async_api import Page, async_playwright

from helper.capture.browser import find_browser
from helper.demo.driver import launch
from helper.settings import Settings
from tests.extension.background.world import Shop, on_loopback

PAGE = (
    "<!doctype html><title>订单</title><table>"
    + "".join(f"<tr><td>订单号</td><td>{n}</td></tr>" for n in range(2000))
    + "</table><script>for (let n = 0; n < 2000; n += 1) document.body.append(String(n))</script>"
)
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


async def cost(folder: Path, runs: int) -> None:
    """Print the load of a page with and without the extension in turn, and the worker's memory."""
    shop = Shop()
    shop.pages["/order"] = PAGE
    async with on_loopback(shop), async_playwright() as playwright:
        person = await launch(
            playwright, executable=find_browser(Settings()), profile=folder / "with"
        )
        plain = await playwright.chromium.launch_persistent_context(
            folder / "without", executable_path=find_browser(Settings()), args=["--no-sandbox"]
        )
        pages = {"with": person.context.pages[0], "without": plain.pages[0]}
        took: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(runs + 1):
            for name, page in pages.items():
                took[name].append(await _load(page, f"{shop.origin}/order"))
        for name, values in took.items():
            low, *_, high = measured = sorted(values[1:])  # the first one warms the browser
            middle = statistics.median(measured)
            print(f"page load {name} the extension: {low:.1f} / {middle:.1f} / {high:.1f} ms")
        for page in person.context.pages:
            if page.url.startswith("chrome-extension:"):
                await page.close()  # the welcome page shares the worker's process
        awake = _extension_mib()
        session = await person.context.new_cdp_session(pages["with"])
        await session.send("ServiceWorker.enable")
        await session.send("ServiceWorker.stopAllWorkers")
        await _until_gone()
        print(f"worker at rest: {awake} MiB, {_extension_mib()} MiB once the browser stopped it")
        await plain.close()
        await person.close()


async def _load(page: Page, url: str) -> float:
    await page.goto(url)
    return float(await page.evaluate(LOADED))


async def _until_gone() -> None:
    """Wait until the browser has ended the extension's process, at most a few seconds."""
    for _ in range(100):
        if not _extension_mib():
            return
        await asyncio.sleep(0.1)


def _extension_mib() -> int:
    """Return the memory of the extension's process (shared pages counted once: PSS)."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            if "--extension-process" in process.cmdline():
                info = process.memory_full_info()
                total += getattr(info, "pss", info.rss)
        except psutil.NoSuchProcess:
            continue
    return total >> 20
