"""A plain Chromium for tests that need no extension, as quick as it can be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from helper.capture.browser import find_browser, without
from helper.settings import Settings

QUICK = ("--no-sandbox", "--test-type", without())
"""Also where the tests run as root; without pages of its own behind each window (0.8 s each)."""


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Browser]:
    """Run the browser of this machine, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(Settings()), args=[*QUICK, *arguments]
        )
        try:
            yield browser
        finally:
            await browser.close()
