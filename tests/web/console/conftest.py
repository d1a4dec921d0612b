"""The console over a real vault and desk, on loopback, in the real browser.

One helper and one browser serve a module. A page that a test opens notes whatever it should not
do: an error in its console, a script that failed, a request to anywhere but its own server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from helper.desk import Desk
from helper.keeper import Keeper
from helper.steps import advising
from helper.steps.store import Store
from helper.web.console.entrance import HOST, address
from helper.web.console.sessions import cookie_of
from helper.web.server import create_app, serve
from helper.web.services import Services
from tests.bench.material import Bench, Size, draw, sealed
from tests.chromium import chromium

SMALL = Size(strips=1, photographs=0)


@dataclass
class Town:
    """A served vault, and the browser that looks at its console."""

    store: Store
    bench: Bench
    services: Services
    port: int
    browser: Browser
    folder: Path
    problems: list[str] = field(default_factory=list)
    shared: Page | None = None

    def url(self, path: str = "/") -> str:
        return f"http://{HOST}:{self.port}{path}"

    def door(self) -> str:
        return address(self.store.vault, self.port, self.store.now())

    async def keep(self, number: int = 0) -> str:
        """Keep an order page as the workflow does, sealed and witnessed; return the capture's id.

        Pages of all numbers show one order, hence join one case.
        """
        page = draw(number, SMALL, self.folder)
        await asyncio.to_thread(sealed, self.bench, page)
        return page.capture_id

    async def enter(self, **how: Any) -> Page:
        """Return a page that was let in; it stands on Today.

        Without wishes of its own it is the page of all tests of the module, which stays open: a
        renderer of its own costs each test a second.
        """
        if not how and self.shared is not None and not self.shared.is_closed():
            await self.shared.goto(self.url("/"))
            return self.shared
        page = await (await self.context(**how)).new_page()
        await page.goto(self.door())
        await page.wait_for_url(self.url("/"))
        if not how:
            self.shared = page
        return page

    async def cookie(self, page: Page) -> str:
        """Return the header by which a page that was let in is known."""
        name = cookie_of(self.port)
        [value] = [c["value"] for c in await page.context.cookies() if c["name"] == name]
        return f"{name}={value}"

    async def context(self, **how: Any) -> BrowserContext:
        context = await self.browser.new_context(**{"locale": "zh-CN"} | how)
        context.on("page", self._watch)
        return context

    def _watch(self, page: Page) -> None:
        own = {self.url("/").rstrip("/")}
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: (
                said.type in {"error", "warning"}
                and self.problems.append(f"{said.type}: {said.text} {_place(said)} {page.url}")
            ),
        )
        page.on(
            "request",
            lambda asked: (
                asked.url.startswith(("data:", "blob:", *own))
                or self.problems.append(f"left: {asked.url}")
            ),
        )
        page.on("requestfailed", self._stopped)

    def _stopped(self, asked: Request) -> None:
        """Strike off what a policy stopped: it never left, and the browser's console names it."""
        if asked.failure == "csp" and f"left: {asked.url}" in self.problems:
            self.problems.remove(f"left: {asked.url}")


def _place(said: ConsoleMessage) -> str:
    """Return the address of the document or file that said something."""
    return str(said.location["url"])


def services_of(store: Store) -> Services:
    """Give the web layer the store and a desk; nothing of the workflow runs."""
    desk = Desk(store)

    async def unused(*_: Any) -> Any:
        raise AssertionError("the console starts no capture")

    return Services(
        version="0.1.0",
        vault=store.vault,
        blobs=store.blobs,
        incoming=store.settings.data / "incoming",
        start_capture=unused,
        strips_complete=unused,
        lend_session=unused,
        make_draft=desk.make_draft,
        suggest=desk.suggest,
        edit_draft=desk.edit_draft,
        outgoing=desk.outgoing,
        packet=desk.packet,
        advise=desk.advise,
        due=desk.due,
        reply=desk.reply,
        fill_plan=desk.fill_plan,
        filled=desk.filled,
        prepared=desk.prepared,
        subscribe=unused,
        keeper=Keeper(store),
        export=desk.export,
        digest_form=advising.form(store),
        attach=desk.attach,
        bring_bill=desk.bring_bill,
    )


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture(scope="module")
async def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with served(browser, tmp_path_factory.mktemp("console 工作台")) as town:
        yield town


@asynccontextmanager
async def served(browser: Browser, folder: Path) -> AsyncIterator[Town]:
    """Serve the console of the vault that lies in a folder, or of a new one."""
    bench = Bench.open(folder / "data")
    services = services_of(bench.store)
    running = await serve(create_app(services), 0)
    yield Town(bench.store, bench, services, running.port, browser, folder)
    await running.stop()
    bench.store.close()


@pytest.fixture(autouse=True)
def nothing_went_wrong(request: pytest.FixtureRequest) -> Any:
    """Fail a test whose page said an error or asked anybody else, unless it took note of it."""
    yield
    if "town" in request.fixturenames:
        town: Town = request.getfixturevalue("town")
        found, town.problems = town.problems, []
        assert found == []


@pytest.fixture
async def stranger(town: Town) -> AsyncIterator[aiohttp.ClientSession]:
    """A program of this computer that was not let in: it resolves the console's name itself."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=_Here()), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield session


class _Here(aiohttp.abc.AbstractResolver):
    """Every name is this computer."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[Any]:
        return [
            {"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0,
             "flags": 0}
        ]  # fmt: skip

    async def close(self) -> None:
        return None
