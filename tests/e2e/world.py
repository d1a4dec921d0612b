"""A whole small world for end-to-end tests: shops, the helper as a process, a person's browser."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page

from helper.capture.browser import find_browser
from helper.demo import platform, stage, tour
from helper.demo.driver import Person, launch
from helper.errors import NotFoundError
from helper.model import CaptureView
from helper.settings import Settings
from helper.steps.store import Store, open_store
from helper.web import pairing
from tests.chromium import driver

RECENT = (
    "chrome.runtime.sendMessage({type: 'recent'}).then(r => (r.captures || []).map(c => c.uuid))"
)


SHOWN = (
    "['again', 'keep'].find(id => document.getElementById(id)?.getClientRects().length)"
    " && document.body.dataset.state !== undefined"
    " && ['again', 'keep'].find(id => document.getElementById(id)?.getClientRects().length)"
)


async def until(check: Any, what: str, seconds: float = 40) -> Any:
    """Wait until a check (a function, awaited if it must be) gives something true."""
    async with asyncio.timeout(seconds):
        while True:
            value = check()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return value
            await asyncio.sleep(0.05)
    raise AssertionError(what)


@dataclass
class Ground:
    """Shops and a vault, and nobody there yet: commands work."""

    folder: Path
    demo: platform.Demo
    environment: dict[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def store(self) -> Store:
        """Return the vault, read beside the running helper."""
        return open_store(Settings(data=self.data))

    async def command(self, *words: str) -> tuple[int, Any]:
        """Run a kazheng command on this world's vault; return exit code and JSON."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "helper.cli", *words, "--json", "--data", str(self.data),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self.environment},
        )  # fmt: skip
        out, errors = await process.communicate()
        assert out, errors.decode()[-3000:]
        return process.returncode or 0, json.loads(out)


@dataclass
class World(Ground):
    """Everything a test touches; processes are real."""

    person: Person
    control: Page
    """A page of the extension in a tab behind the others: messages go through it."""
    port: int = 0
    process: asyncio.subprocess.Process | None = None

    async def start_helper(self, seconds: float = 40) -> None:
        """Start `kazheng serve` and wait until it answers."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "helper.cli", "serve", "--json",
            "--data", str(self.data), "--port", str(self.port),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self.environment},
        )  # fmt: skip
        assert self.process.stdout is not None
        text = b""
        async with asyncio.timeout(seconds):
            while True:
                line = await self.process.stdout.readline()
                text += line
                if not line:
                    assert self.process.stderr is not None
                    raise AssertionError((await self.process.stderr.read()).decode()[-3000:])
                with suppress(ValueError):
                    self.port = json.loads(text)["port"]
                    return

    async def stop_helper(self, how: int = signal.SIGTERM) -> None:
        """End the helper; SIGKILL is the crash."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.communicate()
        self.process = None

    async def pair(self) -> None:
        """Pair the extension with the running helper."""
        code = pairing.offer(self.store.vault, datetime.now(UTC))
        await stage.pair(self.person, port=self.port, code=code)

    async def log_in(self) -> None:
        """Log in at the member shop, as a buyer."""
        await tour.log_in(self.person, self.demo)

    async def message(self, **message: Any) -> dict[str, Any]:
        """Send a message to the background as the extension's own pages do."""
        answer = await self.control.evaluate("m => chrome.runtime.sendMessage(m)", message)
        return dict(answer)

    async def stop_worker(self) -> None:
        """Kill the extension's background worker, as Chromium does after 30 idle seconds."""
        session = await self.person.context.new_cdp_session(self.control)
        await session.send("ServiceWorker.enable")
        await session.send("ServiceWorker.stopAllWorkers")
        await session.detach()

    async def close_tabs(self) -> None:
        """Close all tabs but the first and the extension's own."""
        for page in self.person.context.pages[1:]:
            if page is not self.control:
                await page.close()

    async def one_click(self, url: str, *, lend: bool = False, settled: bool = True) -> str:
        """Open an address, click the toolbar and the one button; return the capture's id."""
        page = await self.person.open(url, wait_until="load" if settled else "commit")
        if settled:
            await page.wait_for_load_state("networkidle")
        if lend:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            await self.message(type="lend", origin=origin, allowed=True)
        return await self.click(page)

    async def click(self, page: Page, *, refuse: bool = False) -> str:
        """Click the toolbar button and the one button of the popup over a page.

        `refuse`: the helper is not to visit the page again.
        """
        popup = await self.person.click_toolbar(page)
        before = await popup.evaluate(RECENT)
        shown = await popup.wait_for(SHOWN)
        if shown == "again":  # the popup shows the capture of this page made a moment ago
            await popup.click("#again")
        if refuse:
            await popup.click("#refuse")
        await popup.click("#keep")

        async def fresh() -> str | None:
            now = await popup.evaluate(RECENT)
            return next((uuid for uuid in now if uuid not in before), None)

        uuid = await until(fresh, "no capture began")
        await popup.close()
        return str(uuid)

    async def sealed(self, uuid: str, seconds: float = 60) -> CaptureView:
        """Wait until a capture is sealed and return it."""
        vault = self.store.vault

        def check() -> CaptureView | None:
            with suppress(NotFoundError):  # it is still on its way
                view = vault.capture(uuid)
                return view if view.state == "sealed" else None
            return None

        view = await until(check, f"{uuid} was not sealed", seconds)
        assert isinstance(view, CaptureView)
        return view


@asynccontextmanager
async def ground(folder: Path, *, display: bool = False) -> AsyncIterator[Ground]:
    """Build the shops in a folder and take them down again, whatever happens.

    With a display the helper visits in a real window: slower, and what a user has.
    """
    demo = await platform.start(folder / "demo")
    environment = {
        "KAZHENG_TRUSTED_SPKI": demo.spki,
        "KAZHENG_OUTSIDE": "no",
        "KAZHENG_PRIVATE_DISPLAY": str(display).lower(),
    }
    try:
        yield Ground(folder, demo, environment)
    finally:
        await demo.stop()


@asynccontextmanager
async def world(
    folder: Path, *, granted: bool = True, paired: bool = True, display: bool = False,
    scale: float | None = None, arguments: Sequence[str] = (),
) -> AsyncIterator[World]:  # fmt: skip
    """Build a whole world in a folder: shops, a person's browser, the helper, paired.

    `scale`: the person's screen has so many pixels to a CSS pixel.
    """
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(ground(folder, display=display))
        demo = base.demo
        hosts = [urlsplit(origin).hostname or "" for origin in demo.origins.values()]
        (folder / "stage").mkdir()
        person = await launch(
            await stack.enter_async_context(driver()),
            executable=find_browser(Settings()),
            profile=folder / "profile",
            extension=stage.with_permissions(folder / "stage", hosts if granted else ()),
            spki=demo.spki,
            arguments=[*arguments, *([f"--force-device-scale-factor={scale}"] if scale else ())],
            viewport=None if scale else (1280, 800),
        )
        stack.push_async_callback(person.close)
        made = await stack.enter_async_context(inhabited(base, person))
        if paired:
            await made.pair()
        yield made


@asynccontextmanager
async def inhabited(base: Ground, person: Any) -> AsyncIterator[World]:
    """Bring a person to the ground, whatever their browser is, and start the helper."""
    control = await person.extension_page("pages/options.html")
    made = World(base.folder, base.demo, base.environment, person, control)
    try:
        await made.start_helper()
        yield made
    finally:
        await made.stop_helper()
