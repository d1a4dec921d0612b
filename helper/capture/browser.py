"""One warm Chromium for all witness visits: found, started, kept alive, started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psutil

from helper.capture.window import SLOTS, PrivateDisplay, start_display
from helper.errors import BrowserFailedError, BrowserMissingError
from helper.settings import Settings

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

_NAMES = (
    "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable",
    "chromium", "chromium-browser", "brave-browser", "brave",
)  # fmt: skip
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
    "BraveSoftware/Brave-Browser/Application/brave.exe",
)
_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
_ERRANDS = (
    # Chromium heeds only the last switch of this name: ours repeats that of Playwright, which
    # keeps http addresses on http and lets preflighted requests be held (tested against it).
    # Left out is ThirdPartyStoragePartitioning: a visit is to see what the user's browser sees.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch", "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
    # the browser's own pages, made ready behind each new window: a third of what a start costs,
    # two thirds of what a window costs (0.8 s of processor)
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "PreloadTopChromeWebUI",
    "Translate",
)  # fmt: skip


def without(*features: str) -> str:
    """Return the switch that turns off these features and all that no visit needs."""
    return "--disable-features=" + ",".join((*_ERRANDS, *features))


_FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--test-type",
    # one CDP session must see every frame; frames of other sites live in the same process then
    "--disable-site-isolation-trials",
    # the browser's own errands lead nowhere; each visit's context has the gate as its proxy
    "--proxy-server=socks5://127.0.0.1:1",
    # no UDP beside the gate
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    without("WebTransport"),
)  # fmt: skip
_PREFERENCES = {
    "omnibox": {"prevent_url_elisions": True},
    "translate": {"enabled": False},
    "profile": {"default_content_setting_values": {"notifications": 2, "geolocation": 2}},
}
_PREFIX = "kazheng-browser-"
_CLOSE_SECONDS = 5.0
_START_SECONDS = 60.0
_CONTEXT_SECONDS = 15.0
"""A browser that gives no context in that time is frozen."""
_Result = TypeVar("_Result")


def find_browser(settings: Settings, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the browser of the setting, else Chrome, Edge, Chromium; raise BrowserMissingError."""
    if settings.browser is not None:
        given = shutil.which(settings.browser)
        if given is None:
            raise BrowserMissingError(looked=[settings.browser])
        return Path(given)
    fixed = _fixed_places(environment)
    for place in fixed:
        if place.is_file():
            return place
    for name in _NAMES:
        found = shutil.which(name, path=environment.get("PATH"))
        if found is not None:
            return Path(found)
    raise BrowserMissingError(looked=[*(str(place) for place in fixed), *_NAMES])


class WarmBrowser:
    """Keep one browser running; at most two visits at once, one for each host."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.executable: Path | None = None
        self.sandboxed = True
        self.starts = 0
        self._playwright: Playwright | None = None
        self._home: BrowserContext | None = None
        self._browser: Browser | None = None
        self._display: PrivateDisplay | None = None
        self._profile: Path | None = None
        self._number: int | None = None
        self._starting = asyncio.Lock()
        self._slots: asyncio.Queue[int] = asyncio.Queue()
        for slot in range(SLOTS):
            self._slots.put_nowait(slot)
        self._visits = 0
        self._idle, self._busy = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._spare = asyncio.Lock()
        self._leaving: set[asyncio.Future[None]] = set()
        self._hosts: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def start(self) -> None:
        """Start the browser unless it runs; raise BrowserMissingError or BrowserFailedError."""
        async with self._starting:
            if self.alive:
                return
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await self._tear_down()
                    await self._launch()
            except TimeoutError as error:
                await self._tear_down()
                raise BrowserFailedError(cause="timeout") from error

    def abandon(self, start: int) -> None:
        """Kill the browser of that start, which answers no more; the next visit starts another."""
        if start != self.starts or self._browser is None:
            return
        self._browser = None
        if self._number is not None:
            with contextlib.suppress(psutil.Error):
                psutil.Process(self._number).kill()

    async def stop(self) -> None:
        """Close browser, display and profile."""
        async with self._starting:
            await self._tear_down()

    @property
    def alive(self) -> bool:
        """Tell whether the browser is connected."""
        return self._browser is not None and self._browser.is_connected()

    @property
    def version(self) -> str:
        """Return the version of the running browser, empty if none runs."""
        return self._browser.version if self._browser is not None else ""

    @property
    def display(self) -> PrivateDisplay | None:
        """Return the private display, None if the browser is headless."""
        return self._display

    @contextlib.asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[int]:
        """Hold one of the places for visits, alone on that host; give its number."""
        lock = self._hosts.get(host)
        if lock is None:
            lock = self._hosts.setdefault(host, asyncio.Lock())
        self._count(1)
        try:
            async with lock:
                slot = await self._slots.get()
                try:
                    yield slot
                finally:  # its place on the display is free when its window is gone
                    self.afterwards(partial(self._slots.put, slot))
        finally:
            self._count(-1)

    async def when_idle(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Do work that can wait, alone, while no visit is under way; return what it gives.

        A visit that begins meanwhile ends it, and it is begun anew after the last visit.
        """
        async with self._spare:
            while True:
                await self._idle.wait()
                task = asyncio.ensure_future(work())
                stirred = asyncio.ensure_future(self._busy.wait())
                try:
                    await asyncio.wait({task, stirred}, return_when=asyncio.FIRST_COMPLETED)
                    if task.done():
                        return task.result()
                finally:
                    stirred.cancel()
                    task.cancel()
                    await asyncio.gather(task, stirred, return_exceptions=True)

    def _count(self, more: int) -> None:
        self._visits += more
        still, stirred = (self._idle, self._busy) if self._visits else (self._busy, self._idle)
        still.clear()
        stirred.set()

    @contextlib.asynccontextmanager
    async def context(self, **options: Any) -> AsyncIterator[BrowserContext]:
        """Give a clean context; options are those of Playwright's `new_context`.

        Raise TimeoutError if the browser is frozen.
        """
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        try:
            context = await self._new_context(options)
        except Error:
            # under load the first context of a browser is sometimes closed at once
            context = await self._new_context(options)
        try:
            yield context
        finally:
            if self.alive:  # nobody waits for it
                self._leave(_close(context))

    def afterwards(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do work once the contexts that are being closed are gone; only `stop` waits for it."""
        leaving = tuple(self._leaving)

        async def wait() -> None:
            await asyncio.gather(*leaving, return_exceptions=True)
            await work()

        self._leave(wait())

    def _leave(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def process_id(self) -> int | None:
        """Return the process id of the running browser."""
        if self._browser is None or not self._browser.is_connected():
            return None
        session = await self._browser.new_browser_cdp_session()
        found = await session.send("SystemInfo.getProcessInfo")
        await session.detach()
        return next((int(p["id"]) for p in found["processInfo"] if p["type"] == "browser"), None)

    async def _new_context(self, options: dict[str, Any]) -> BrowserContext:
        await self.start()
        if self._browser is None:
            raise BrowserFailedError(cause="gone")
        async with asyncio.timeout(_CONTEXT_SECONDS):
            return await self._browser.new_context(**options)

    async def _launch(self) -> None:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415  # 165 MB

        self.executable = find_browser(self.settings)
        if self.settings.private_display:
            self._display = await start_display()
        self._profile = await asyncio.to_thread(_new_profile)
        root = getattr(os, "geteuid", lambda: 1)() == 0
        self.sandboxed = not root
        try:
            self._playwright = await async_playwright().start()
            try:
                await self._open_home(self._playwright)
            except Error as error:
                if root or "sandbox" not in str(error).lower():
                    raise
                self.sandboxed = False
                await self._open_home(self._playwright)
            self._number = await self.process_id()
        except (Error, OSError) as error:
            await self._tear_down()
            raise BrowserFailedError(cause=str(error).strip().split("\n")[0][:300]) from error
        self.starts += 1

    async def _open_home(self, playwright: Playwright) -> None:
        environment: dict[str, str | float | bool] = dict(os.environ)
        if self._display is not None:
            environment |= self._display.environment
            environment.pop("WAYLAND_DISPLAY", None)
        arguments = list(_FLAGS)
        if self._display is not None:
            arguments.append("--ozone-platform=x11")
        if self.settings.trusted_spki:
            keys = ",".join(self.settings.trusted_spki)
            arguments.append(f"--ignore-certificate-errors-spki-list={keys}")
        self._home = await playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=str(self.executable),
            headless=self._display is None,
            chromium_sandbox=self.sandboxed,
            no_viewport=True,
            args=arguments,
            env=environment,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        self._browser = self._home.browser

    async def _tear_down(self) -> None:
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        alive = self.alive
        home, playwright, display, profile = (
            self._home, self._playwright, self._display, self._profile,
        )  # fmt: skip
        self._home = self._browser = self._playwright = self._display = self._profile = None
        await asyncio.gather(*self._leaving, return_exceptions=True)
        if home is not None and alive:
            await _close(home)
        with contextlib.suppress(Error, TimeoutError):
            if playwright is not None:
                await asyncio.wait_for(playwright.stop(), _CLOSE_SECONDS)
        if display is not None:
            await display.stop()
        if profile is not None:
            await asyncio.to_thread(shutil.rmtree, profile, ignore_errors=True)


async def _close(context: BrowserContext) -> None:
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    with contextlib.suppress(Error, TimeoutError):
        await asyncio.wait_for(context.close(), _CLOSE_SECONDS)


def _fixed_places(environment: Mapping[str, str]) -> list[Path]:
    if sys.platform == "win32":
        names = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        roots = [Path(environment[name]) for name in names if environment.get(name)]
        places = [root / place for place in _WINDOWS for root in roots]
    elif sys.platform == "darwin":
        roots = [Path("/Applications"), Path.home() / "Applications"]
        places = [root / place for place in _MAC for root in roots]
    else:
        places = [Path("/opt/google/chrome/chrome"), Path("/opt/microsoft/msedge/msedge")]
    return places


def _new_profile() -> Path:
    """Make an empty profile; remove those that a killed helper left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).split("-", 1)[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    profile = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    default = profile / "Default"
    default.mkdir()
    (default / "Preferences").write_text(json.dumps(_PREFERENCES), "utf-8")
    return profile
