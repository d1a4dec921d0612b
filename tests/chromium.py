"""Chromium for tests: one driver, and one plain browser without an extension, for all modules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from helper.capture.browser import find_browser, without
from helper.settings import Settings

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

QUICK = ("--no-sandbox", "--test-type", without())
"""Also where the tests run as root; without pages of its own behind each window (0.8 s each)."""


class Shared:
    """What the modules of a test run use together; each is started when it is first asked for."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._driver: Playwright | None = None
        self._browser: Browser | None = None

    async def driver(self) -> Playwright:
        """Return the driver: a program that takes half a second to start."""
        from playwright.async_api import async_playwright  # noqa: PLC0415, not every run drives one

        if self._driver is None:
            self._driver = await self._stack.enter_async_context(async_playwright())
        return self._driver

    async def browser(self) -> Browser:
        """Return a browser without a window; who opens contexts in it closes them."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = await _launched(await self.driver())
            self._stack.push_async_callback(self._browser.close)
        return self._browser

    async def stop(self) -> None:
        """Stop what was started."""
        await self._stack.aclose()


_shared: Shared | None = None


@asynccontextmanager
async def sharing() -> AsyncIterator[None]:
    """Let all who ask for a driver or a plain browser in this event loop have the same one."""
    global _shared  # noqa: PLW0603, one test run
    _shared = Shared()
    try:
        yield
    finally:
        await _shared.stop()
        _shared = None


@asynccontextmanager
async def driver() -> AsyncIterator[Playwright]:
    """Give the shared driver, outside of a test run one of its own."""
    from playwright.async_api import async_playwright  # noqa: PLC0415, as above

    if _shared is not None:
        yield await _shared.driver()
    else:
        async with async_playwright() as own:
            yield own


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Browser]:
    """Give the browser of this machine, without a window; with arguments one of its own.

    Users of the shared one come one after the other, as modules do: what was opened since is taken
    for the user's own and closed, for a browser does not tell who opened a context.
    """
    if _shared is not None and not arguments:
        browser = await _shared.browser()
        before = set(browser.contexts)
        try:
            yield browser
        finally:
            for context in set(browser.contexts) - before:
                await context.close()
    else:
        async with driver() as playwright:
            browser = await _launched(playwright, *arguments)
            try:
                yield browser
            finally:
                await browser.close()


async def _launched(playwright: Playwright, *arguments: str) -> Browser:
    return await playwright.chromium.launch(
        executable_path=find_browser(Settings()), args=[*QUICK, *arguments]
    )
