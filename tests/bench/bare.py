"""What a script without any product does with the same page: the yardstick."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser


async def bare(browser: Browser, url: str, folder: Path, state: dict[str, Any] | None) -> float:
    """Visit, full-page PNG, MHTML, PDF and HAR in a fresh context of a warm browser; seconds."""
    begun = time.perf_counter()
    context = await browser.new_context(
        record_har_path=folder / "bare.har",
        viewport={"width": 1280, "height": 800},
        storage_state=state,
    )
    page = await context.new_page()
    await page.goto(url, wait_until="load")
    await page.screenshot(path=folder / "bare.png", full_page=True)
    cdp = await context.new_cdp_session(page)
    mhtml = await cdp.send("Page.captureSnapshot", {"format": "mhtml"})
    (folder / "bare.mhtml").write_text(mhtml["data"], "utf-8")
    await page.pdf(path=folder / "bare.pdf")
    await context.close()
    return time.perf_counter() - begun
