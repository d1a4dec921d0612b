"""A shop on loopback, the real API over a real vault, and a browser with the real extension."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Error, Page

from helper.capture.browser import find_browser
from helper.complaints.due.clocks import Clock
from helper.demo import stage
from helper.demo.driver import Person, launch
from helper.desk import Due
from helper.filling import FillPlan
from helper.keeper import Keeper
from helper.model import Part, Step
from helper.settings import Settings
from helper.steps.store import open_store
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue
from helper.web import pairing
from helper.web.server import Running, create_app, serve
from helper.web.services import Services
from tests.chromium import driver
from tests.extension.corpus.libraries import HOME

SHOP = "shop.localhost"
LIBRARY = "/library/"
"""Under which a shop serves the libraries that its pages are drawn with."""
CONSOLE = "pages/options.html"
FORGET = """async () => {
  await new Promise((done, failed) => {
    const asked = indexedDB.open("kazheng");
    asked.onsuccess = () => {
      const all = asked.result.transaction(["captures", "parts"], "readwrite");
      for (const name of all.objectStoreNames) all.objectStore(name).clear();
      all.oncomplete = () => { asked.result.close(); done() };
      all.onabort = failed;
    };
    asked.onerror = failed;
  });
  const { port } = await chrome.storage.local.get("port");
  await chrome.storage.local.clear();
  await chrome.storage.local.set({ port });
  const { own_files_sha256: own } = await chrome.storage.session.get("own_files_sha256");
  await chrome.storage.session.clear();
  if (own) await chrome.storage.session.set({ own_files_sha256: own });
  await chrome.alarms.clearAll();
}"""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def until(check: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Wait until a check gives something true."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        value: Any = check()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        assert asyncio.get_running_loop().time() < end, what
        await asyncio.sleep(0.02)


class Shop:
    """Pages by path; a page is HTML text or an aiohttp handler."""

    def __init__(self) -> None:
        self.pages: dict[str, str | Handler] = {}
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://{SHOP}:{self.port}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith(LIBRARY):
            return web.FileResponse(HOME / request.path.removeprefix(LIBRARY))
        page = self.pages.get(request.path)
        if page is None:
            raise web.HTTPNotFound
        if isinstance(page, str):
            return web.Response(text=page, content_type="text/html", charset="utf-8")
        return await page(request)


@dataclass
class Helper:
    """The API over a vault; only the pipeline is recorded. It can go away and come back."""

    data: Path
    port: int = 0
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    due: int = 0
    """How many deadlines close soon."""
    plan: FillPlan | None = None
    """What a form is filled with."""
    running: Running | None = None
    services: Services | None = None

    @property
    def vault(self) -> Catalogue:
        assert self.services is not None
        return self.services.vault

    @property
    def blobs(self) -> Blobs:
        assert self.services is not None
        return self.services.blobs

    async def start(self) -> None:
        store = open_store(Settings(data=self.data))
        self.services = Services(
            version="0.1.0",
            vault=store.vault,
            blobs=store.blobs,
            incoming=self.data / "incoming",
            start_capture=self._note("start"),
            strips_complete=self._note("strips"),
            lend_session=self._note("lend"),
            make_draft=self._note("draft"),
            suggest=self._note("suggest"),
            edit_draft=self._note("edit"),
            outgoing=self._note("outgoing"),
            packet=self._note("packet"),
            advise=self._note("advise"),
            due=self._due,
            reply=self._note("reply"),
            fill_plan=self._plan,
            filled=self._note("filled"),
            export=self._note("export"),
            attach=self._note("attach"),
            bring_bill=self._note("bring_bill"),
            keeper=Keeper(store),
            subscribe=self._subscribe,
        )
        self.running = await serve(create_app(self.services), self.port)
        self.port = self.running.port

    async def stop(self) -> None:
        if self.running is not None and self.services is not None:
            await self.running.stop()
            self.services.vault.engine.dispose()
        self.running = None

    def _note(self, name: str) -> Any:
        async def noted(*given: Any, **named: Any) -> dict[str, Any]:
            self.calls.append((name, *given, *named.values()))
            return {}

        return noted

    async def _plan(self, draft_id: str, upload: Any, _language: str) -> FillPlan | None:
        self.calls.append(("plan", draft_id, upload))
        return self.plan

    async def _due(self, _language: str) -> tuple[Due, ...]:
        clock = Clock(
            key="k",
            name="n",
            at=None,
            state="due_soon",
            whose="law",
            source="s",
            todo="t",
            since=None,
        )
        return tuple(Due(case_id="c-1", title="t", clock=clock) for _ in range(self.due))

    async def _subscribe(self, _uuid: str) -> AsyncIterator[Step]:
        return
        yield

    def called(self, name: str, uuid: str) -> list[tuple[Any, ...]]:
        return [call for call in self.calls if call[:2] == (name, uuid)]

    def parts(self, uuid: str, role: str | None = None) -> list[Part]:
        """Return the completely received parts of a capture."""
        found = self.vault.parts(uuid)
        assert all(received == part.size for part, received in found)
        return [part for part, _ in found if role in {None, part.role}]

    def bytes(self, uuid: str, role: str) -> bytes:
        [part] = self.parts(uuid, role)
        return self.blobs.read(part.sha256)


@dataclass
class World:
    """What a test touches."""

    shop: Shop
    helper: Helper
    person: Person
    console: Page
    """An own page of the extension, in a tab of its own that stays behind."""

    start: Callable[[], Awaitable[Person]]

    async def restart_browser(self, *, crash: bool = False) -> None:
        """Close the browser, or let it die in the middle, and start it on the same profile."""
        browser = self.person.context.browser
        if crash and browser is not None:
            session = await browser.new_browser_cdp_session()
            gone = asyncio.get_running_loop().create_future()
            self.person.context.on("close", lambda _: gone.set_result(None))
            with suppress(Error):  # nobody is left to answer
                await session.send("Browser.crash")
            await gone
        else:
            await self.person.close()
        self.person = await self.start()
        self.console = await self.person.extension_page(CONSOLE)

    async def message(self, kind: str, **message: Any) -> dict[str, Any]:
        script = "m => (globalThis.browser ?? chrome).runtime.sendMessage(m)"
        return dict(await self.console.evaluate(script, {"type": kind, **message}))

    async def pair(self) -> None:
        assert self.helper.services is not None
        code = pairing.offer(self.helper.vault, datetime.now(UTC))
        answer = await self.message("pair", code=code, port=self.helper.port)
        assert answer["ok"], answer

    async def open(self, path: str, **options: Any) -> Page:
        return await self.person.open(self.shop.origin + path, **options)

    async def click(self, page: Page) -> int:
        """Click the toolbar on a page, which grants activeTab; return its tab id."""
        popup = await self.person.click_toolbar(page)
        script = "chrome.tabs.query({active: true, currentWindow: true}).then(t => t[0].id)"
        tab = int(await popup.evaluate(script))
        await popup.close()
        return tab

    async def capture(self, page: Page, **wishes: Any) -> str:
        tab = await self.click(page)
        answer = await self.message("capture", tabId=tab, **wishes)
        assert answer["ok"], answer
        return str(answer["uuid"])

    async def state(self, uuid: str) -> dict[str, Any]:
        answer = await self.message("capture-state", uuid=uuid)
        assert answer["ok"], answer
        return dict(answer["local"])

    async def reached(self, uuid: str, phase: str, seconds: float = 30) -> dict[str, Any]:
        async def check() -> dict[str, Any] | None:
            local = await self.state(uuid)
            return local if local["phase"] == phase and local["complete"] else None

        return dict(await until(check, f"{uuid} never reached {phase}", seconds))

    async def kept(self, page: Page, **wishes: Any) -> str:
        """Capture a page and wait until the helper has all of it."""
        uuid = await self.capture(page, **wishes)
        await self.reached(uuid, "sent")
        return uuid

    def context(self, uuid: str) -> Mapping[str, Any]:
        return dict(json.loads(self.helper.bytes(uuid, "seen/context")))

    async def clear(self) -> None:
        """Close all tabs but the first and the extension's own; forget pages, calls, deadlines."""
        for page in self.person.context.pages[1:]:
            if page is not self.console:
                await page.close()
        self.shop.pages.clear()
        self.helper.calls.clear()
        self.helper.due = 0

    async def forget(self) -> None:
        """Make all as it is after pairing, but for the helper's vault: nothing waits any more."""
        await self.clear()
        self.helper.plan = None
        if self.helper.running is None:
            await self.helper.start()
        await self.stop_workers()
        await self.console.evaluate(FORGET)
        await self.stop_workers()
        session = await self.person.context.new_cdp_session(self.console)
        await session.send("Network.clearBrowserCookies")
        given = {"origin": self.shop.origin, "storageTypes": "all"}
        await session.send("Storage.clearDataForOrigin", given)
        await session.detach()
        if (await self.message("status"))["helper"] != "ready":
            await self.pair()

    async def stop_workers(self) -> None:
        """Kill the background worker without touching the tab in front."""
        session = await self.person.context.new_cdp_session(self.console)
        await session.send("ServiceWorker.enable")
        await session.send("ServiceWorker.stopAllWorkers")
        await session.detach()


@asynccontextmanager
async def build(
    folder: Path,
    *,
    granted: bool = False,
    permissions: tuple[str, ...] = ("pageCapture",),
    arguments: Sequence[str] = (),
) -> AsyncIterator[World]:
    """Build a world, not yet paired, and take it down again.

    The user has allowed MHTML files, or what `permissions` says, or with `granted` everything. If
    that is nothing, the extension is the untouched one.
    """
    shop, helper = Shop(), Helper(folder / "data")
    (folder / "data").mkdir()
    await helper.start()
    if granted or permissions:
        chosen = None if granted else permissions
        copy = stage.with_permissions(folder, [SHOP] if granted else [], chosen)
    else:
        copy = Path(shutil.copytree(stage.EXTENSION, folder / "extension"))
    async with on_loopback(shop), driver() as playwright:
        start = partial(
            launch,
            playwright,
            executable=find_browser(Settings()),
            profile=folder / "profile",
            extension=copy,
            arguments=arguments,
        )
        person = await start()
        made = World(shop, helper, person, await person.extension_page(CONSOLE), start)
        try:
            yield made
        finally:
            await made.person.close()
            await helper.stop()


@asynccontextmanager
async def paired(folder: Path, **options: Any) -> AsyncIterator[World]:
    """Build a world as `build` does, and pair it."""
    async with build(folder, **options) as made:
        await made.pair()
        yield made


@asynccontextmanager
async def on_loopback(shop: Shop) -> AsyncIterator[None]:
    """Serve a shop until the block ends."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", shop.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    shop.port = await _serve_shop(runner)
    try:
        yield
    finally:
        await runner.cleanup()


async def _serve_shop(runner: web.AppRunner) -> int:
    """Serve on both loopback addresses: browsers try ::1 first for *.localhost."""
    first = web.TCPSite(runner, "127.0.0.1", 0)
    await first.start()
    port = int(runner.addresses[0][1])
    await web.TCPSite(runner, "::1", port).start()
    return port
