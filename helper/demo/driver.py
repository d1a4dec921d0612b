"""Drive a real Chromium with the real extension, as a person's hand would.

The extension comes by `--load-extension`. Google Chrome ignores that flag since version 137: there
it is loaded by CDP `Extensions.loadUnpacked`, which `--enable-unsafe-extension-debugging` allows
on the pipe that Playwright uses.

The toolbar click goes through the browser's own `Extensions.triggerAction`, so that the popup
opens with the activeTab grant. The popup is a CDP target that Playwright does not show as a page;
it is reached with a nested session.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helper.capture.browser import find_browser, without
from helper.capture.packed import EXTENSION
from helper.errors import BrowserFailedError
from helper.settings import Settings

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page, Playwright

_QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    without(),
    "--lang=zh-CN",
    "--enable-unsafe-extension-debugging",
)
_LOADS_EXTENSIONS = (
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Chromium/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
"""Browsers that take an extension from the command line, the best first."""
_FLAG_SECONDS = 5
_EXTENSION_SECONDS = 15


def demo_browser(settings: Settings) -> Path:
    """Return the browser of the setting, else Chromium or Edge, else what the witness would take.

    Raises BrowserMissingError.
    """
    if settings.browser is None:
        for name in _LOADS_EXTENSIONS:
            found = shutil.which(name)
            if found is not None:
                return Path(found)
    return find_browser(settings)


async def launch(
    playwright: Playwright,
    *,
    executable: Path,
    profile: Path,
    extension: Path = EXTENSION,
    headless: bool = True,
    spki: str | None = None,
    arguments: Sequence[str] = (),
    viewport: tuple[int, int] | None = (1280, 800),
    locale: str = "zh-CN",
) -> Person:
    """Start a browser with the extension on a profile folder; it keeps the profile.

    Raises BrowserFailedError(reason="extension") where the extension does not come up.
    """
    flags = [
        *_QUIET,
        *arguments,
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
    ]
    if spki:
        flags.append(f"--ignore-certificate-errors-spki-list={spki}")
    if sys.platform != "win32" and os.geteuid() == 0:
        flags += ["--no-sandbox", "--test-type"]
    context = await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable,
        headless=headless,
        args=flags,
        locale=locale,
        timezone_id="Asia/Shanghai",
        no_viewport=viewport is None,
        viewport={"width": viewport[0], "height": viewport[1]} if viewport else None,
        ignore_default_args=["--disable-extensions"],
        # Chromium on Linux takes the language of its own pages from here, not from --lang.
        env={**os.environ, "LANGUAGE": locale.replace("-", "_")},
    )
    person = Person(context)
    try:
        await person.find_extension(extension, executable)
    except BaseException:
        await context.close()
        raise
    return person


class Person:
    """A browser window with the extension in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.extension_id = ""

    async def find_extension(self, folder: Path, executable: Path) -> None:
        """Wait until the extension's background worker runs, note its id; load it if it must be."""
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        cause = f"no background worker after {_EXTENSION_SECONDS} s"
        if await self._worker_comes(_FLAG_SECONDS):
            return
        try:
            session = await self._browser_session()
            await session.send("Extensions.loadUnpacked", {"path": str(folder)})
            await session.detach()
        except Error as error:
            cause = first_line(error)
        if not await self._worker_comes(_EXTENSION_SECONDS - _FLAG_SECONDS):
            raise BrowserFailedError(
                reason="extension", cause=cause, executable=executable, extension=folder
            )

    async def _worker_comes(self, seconds: float) -> bool:
        async def look() -> str | None:
            return next((w.url for w in self.context.service_workers if _is_own(w.url)), None)

        try:
            url = await until(look, "", seconds)
        except BrowserFailedError:
            return False
        self.extension_id = url.split("/")[2]
        return True

    async def close(self) -> None:
        """Close the browser."""
        await self.context.close()

    async def open(self, url: str, **options: Any) -> Page:
        """Open an address in a new tab and wait until it has loaded."""
        page = await self.context.new_page()
        await page.goto(url, **options)
        return page

    async def extension_page(self, path: str) -> Page:
        """Open one of the extension's own pages in a tab."""
        return await self.open(f"chrome-extension://{self.extension_id}/{path}")

    async def click_toolbar(self, page: Page) -> Popup:
        """Click the extension's button while the page is in front; return the open popup."""
        await page.bring_to_front()
        session = await self._browser_session()
        tab = await self._tab_target(session, page)
        await session.send("Extensions.triggerAction", {"id": self.extension_id, "targetId": tab})
        target = await until(lambda: self._popup_target(session), "the popup did not open")
        return await Popup.attach(session, target)

    async def _browser_session(self) -> CDPSession:
        browser = self.context.browser
        if browser is None:
            raise BrowserFailedError(reason="demo", cause="no browser session")
        return await browser.new_browser_cdp_session()

    async def _tab_target(self, session: CDPSession, page: Page) -> str:
        own = await self.context.new_cdp_session(page)
        target = (await own.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
        await own.detach()
        tabs = await session.send(
            "Target.getTargets", {"filter": [{"type": "tab", "exclude": False}]}
        )
        pages = await session.send("Target.getTargets")
        urls = {info["targetId"]: info for info in pages["targetInfos"]}
        wanted = urls[target]
        matches = [
            info["targetId"]
            for info in tabs["targetInfos"]
            if info["url"] == wanted["url"] and info["title"] == wanted["title"]
        ]
        if not matches:
            raise BrowserFailedError(reason="demo", cause="no tab target for the page")
        return str(matches[0])

    async def _popup_target(self, session: CDPSession) -> str | None:
        prefix = f"chrome-extension://{self.extension_id}/pages/popup.html"
        infos = (await session.send("Target.getTargets"))["targetInfos"]
        found = [
            info["targetId"]
            for info in infos
            if info["url"].startswith(prefix) and not info["attached"]
        ]
        return str(found[0]) if found else None


class Shown(ABC):
    """A page of the extension that a program looks at and presses."""

    @abstractmethod
    async def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript with a user's gesture; promises are awaited."""

    async def wait_for(self, expression: str, seconds: float = 15) -> Any:
        """Wait until an expression is true in the popup and return its value."""
        return await until(
            lambda: self.evaluate(expression), f"popup never had: {expression}", seconds
        )

    async def click(self, selector: str, seconds: float = 15) -> None:
        """Click an enabled, visible element with a user gesture."""
        quoted = json.dumps(selector)
        await self.wait_for(
            f"(() => {{ const e = document.querySelector({quoted});"
            " return !!e && !e.disabled && e.getClientRects().length > 0 })()",
            seconds,
        )
        await self.evaluate(f"document.querySelector({quoted}).click()")

    async def text(self) -> str:
        """Return the popup's visible text."""
        return str(await self.evaluate("document.body.innerText"))


class Popup(Shown):
    """The open popup, reached through a nested session."""

    def __init__(self, session: CDPSession, target: str, nested: str) -> None:
        self._session = session
        self._target = target
        self._nested = nested
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        session.on("Target.receivedMessageFromTarget", self._receive)

    @classmethod
    async def attach(cls, session: CDPSession, target: str) -> Popup:
        """Attach to a popup target whose document is there, as it is for a hand that clicks."""
        nested = await session.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        popup = cls(session, target, nested["sessionId"])
        await popup.wait_for("location.href !== 'about:blank' && document.readyState !== 'loading'")
        return popup

    def _receive(self, event: dict[str, Any]) -> None:
        if event["sessionId"] != self._nested:
            return
        message = json.loads(event["message"])
        waiting = self._waiting.pop(message.get("id", -1), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one CDP command to the popup and return its result."""
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = json.dumps({"id": number, "method": method, "params": params})
        await self._session.send(
            "Target.sendMessageToTarget", {"sessionId": self._nested, "message": message}
        )
        answer = await asyncio.wait_for(future, 30)
        if "error" in answer:
            raise BrowserFailedError(reason="demo", cause=str(answer["error"]))
        return dict(answer["result"])

    async def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript in the popup; promises are awaited."""
        result = await self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in result:
            raise BrowserFailedError(reason="demo", cause=str(result["exceptionDetails"]))
        return result["result"].get("value")

    async def screenshot(self) -> bytes:
        """Return the popup as PNG."""
        import base64  # noqa: PLC0415  # only needed for pictures of the popup

        data = await self.send("Page.captureScreenshot", format="png")
        return base64.b64decode(data["data"])

    async def close(self) -> None:
        """Close the popup; a popup that is already gone is fine."""
        self._session.remove_listener("Target.receivedMessageFromTarget", self._receive)
        await self._session.send("Target.closeTarget", {"targetId": self._target})
        await self._session.detach()


def first_line(error: Exception) -> str:
    """Return what an error says, short enough for a person."""
    return str(error).strip().split("\n")[0][:300]


def _is_own(url: str) -> bool:
    return url.startswith("chrome-extension://") and url.endswith("/background/main.js")


async def until(check: Callable[[], Any], failure: str, seconds: float = 15) -> Any:
    """Await `check` again and again until it gives something true; BrowserFailedError if never."""
    end = time.monotonic() + seconds
    while True:
        value = await check()
        if value:
            return value
        if time.monotonic() > end:
            raise BrowserFailedError(reason="demo", cause=failure)
        await asyncio.sleep(0.05)
