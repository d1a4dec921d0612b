"""Drive a real Firefox with the real extension, as a person's hand would.

A page answers to the same words as one of Playwright, so that a test written once runs in Chromium
and in Firefox. The toolbar button is pressed by the browser's own mouse events, which opens the
popup and grants activeTab. The popup is no BiDi context: a frame script runs what is asked of it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from helper.capture.packed import EXTENSION
from helper.demo.driver import Shown, until
from tests.firefox.bidi import Bidi, BidiError, awaited, firefox

_ID = json.loads((EXTENSION / "manifest.json").read_text("utf-8"))["browser_specific_settings"][
    "gecko"
]["id"]
_WIDGET = "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in _ID)
_PRESS = f"""async () => {{
  CustomizableUI.addWidgetToArea("{_WIDGET}-browser-action", "nav-bar");
  const box = document.getElementById("{_WIDGET}-BAP").getBoundingClientRect();
  for (const kind of ["mousemove", "mousedown", "mouseup"]) {{
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    window.synthesizeMouseEvent(kind, x, y, {{ button: 0, clickCount: 1 }});
  }}
}}"""
_POPUP = "document.querySelector('.webextension-popup-browser')"
_SIDEBAR = (
    "document.getElementById('sidebar')?.contentDocument?.getElementById('webext-panels-browser')"
)
_RUNNER = """
addMessageListener("kazheng:run", async ({ data: { number, code } }) => {
  const answer = { number };
  const hand = content.windowUtils.setHandlingUserInput(true);
  try {
    const box = Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
    const running = Cu.evalInSandbox(code, box);
    hand.destruct();
    answer.value = await running;
  } catch (error) {
    answer.error = String(error);
  }
  sendAsyncMessage("kazheng:ran", answer);
});
"""
_RUN = """([runner, code]) => new Promise((resolve) => {{
  const popup = {place};
  const channel = popup.messageManager;
  const number = Math.random();
  channel.addMessageListener("kazheng:ran", function heard({{ data }}) {{
    if (data.number !== number) return;
    channel.removeMessageListener("kazheng:ran", heard);
    resolve(data);
  }});
  if (!popup.kazhengRunner) channel.loadFrameScript("data:," + encodeURIComponent(runner), false);
  popup.kazhengRunner = true;
  channel.sendAsyncMessage("kazheng:run", {{ number, code }});
}})"""


def find_firefox() -> Path | None:
    """Return the Firefox of this machine, None where there is none."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    return Path(found) if found else None


@asynccontextmanager
async def launch(executable: Path, profile: Path) -> AsyncIterator[FirefoxPerson]:
    """Start Firefox with the untouched extension on a new profile folder."""
    async with firefox(executable, profile) as bidi:
        unpacked = {"type": "path", "path": str(EXTENSION)}
        await bidi.send("webExtension.install", extensionData=unpacked)
        tree = await bidi.send("browsingContext.getTree", **{"moz:scope": "chrome"})
        window = tree["contexts"][0]["context"]
        host = await bidi.evaluate(
            window, f"WebExtensionPolicy.getByID({json.dumps(_ID)}).mozExtensionHostname"
        )
        yield FirefoxPerson(bidi, window, f"moz-extension://{host}")


class FirefoxPerson:
    """A Firefox window with the extension in it."""

    def __init__(self, bidi: Bidi, window: str, origin: str) -> None:
        self._bidi = bidi
        self.window = window
        """The browser's own window, as a context."""
        self.origin = origin

    async def in_window(self, expression: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in the browser's own window."""
        return await self._bidi.evaluate(self.window, expression, argument)

    async def open(self, url: str, *, wait_until: str = "load") -> FirefoxPage:
        """Open an address in a new tab and wait until it has loaded."""
        tab = (await self._bidi.send("browsingContext.create", type="tab"))["context"]
        wait = "none" if wait_until == "commit" else "complete"
        await self._bidi.send("browsingContext.navigate", context=tab, url=url, wait=wait)
        return FirefoxPage(self._bidi, tab)

    async def extension_page(self, path: str) -> FirefoxPage:
        """Open one of the extension's own pages in a tab."""
        return await self.open(f"{self.origin}/{path}")

    async def click_toolbar(self, page: FirefoxPage) -> FirefoxPopup:
        """Press the extension's button while the page is in front; return the open popup."""
        await self._bidi.send("browsingContext.activate", context=page.context)
        await self.in_window(_PRESS)

        async def opened() -> bool:
            # it is loaded before, in another place: only then are messages not lost
            return bool(await self.in_window(f"{_POPUP}?.closest('panel')?.state === 'open'"))

        await until(opened, "the popup did not open")
        popup = FirefoxPopup(self)
        await popup.wait_for("location.href !== 'about:blank' && document.readyState !== 'loading'")
        return popup

    async def sidebar(self) -> FirefoxPopup:
        """Return the extension's page in the open sidebar."""

        async def opened() -> bool:
            there = f"{_SIDEBAR}?.currentURI?.spec?.startsWith('{self.origin}/')"
            return bool(await self.in_window(there))

        await until(opened, "the sidebar did not open")
        return FirefoxPopup(self, _SIDEBAR)

    async def stop_background(self) -> None:
        """End the extension's event page, as Firefox does after 30 idle seconds."""
        policy = f"WebExtensionPolicy.getByID({json.dumps(_ID)})"
        await self.in_window(f"async () => {{ await {policy}.extension.terminateBackground() }}")

    async def allow(self) -> None:
        """Press the button that says yes to what the browser asks the person."""
        yes = """() => {
          const { panel } = PopupNotifications;
          if (panel.state !== "open") return false;
          panel.firstElementChild.button.click();
          return true;
        }"""
        await until(lambda: self.in_window(yes), "the browser asked nothing")


class FirefoxPage:
    """A tab, in Playwright's words."""

    def __init__(self, bidi: Bidi, context: str) -> None:
        self._bidi = bidi
        self.context = context

    async def evaluate(self, expression: str, argument: Any = None) -> Any:
        return await self._bidi.evaluate(self.context, expression, argument)

    async def wait_for_load_state(self, state: str = "load") -> None:
        """Wait until the page and its pictures are there."""
        loaded = "document.readyState === 'complete' && [...document.images].every(i => i.complete)"
        await until(lambda: self.evaluate(loaded), f"the page never came to {state}")

    async def wait_for_selector(self, selector: str) -> None:
        found = f"!!document.querySelector({json.dumps(selector)})"
        await until(lambda: self.evaluate(found), f"the page never had {selector}")

    async def get_attribute(self, selector: str, name: str) -> str | None:
        find = "([s, name]) => document.querySelector(s).getAttribute(name)"
        value = await self.evaluate(find, [selector, name])
        return None if value is None else str(value)

    async def inner_text(self, selector: str) -> str:
        return str(await self.evaluate("s => document.querySelector(s).innerText", selector))

    async def input_value(self, selector: str) -> str:
        return str(await self.evaluate("s => document.querySelector(s).value", selector))

    async def click(self, selector: str) -> None:
        await self.evaluate("s => document.querySelector(s).click()", selector)

    async def fill(self, selector: str, text: str) -> None:
        """Type a text over what stands in a field."""
        typed = """([selector, text]) => {
          const field = document.querySelector(selector);
          field.focus();
          field.select();
          document.execCommand("insertText", false, text);
        }"""
        await self.evaluate(typed, [selector, text])

    async def close(self) -> None:
        await self._bidi.send("browsingContext.close", context=self.context)


class FirefoxPopup(Shown):
    """The open popup, or the page in the sidebar, reached through a frame script."""

    def __init__(self, person: FirefoxPerson, place: str = _POPUP) -> None:
        self._person = person
        self._run = _RUN.format(place=place)

    async def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript in the popup with a user's gesture; promises are awaited."""
        code = awaited(expression)
        answer = await asyncio.wait_for(self._person.in_window(self._run, [_RUNNER, code]), 30)
        if "error" in answer:
            raise BidiError(answer["error"])
        return json.loads(answer["value"])

    async def close(self) -> None:
        """Close the popup; a popup that is already gone is fine."""
        await self._person.in_window(f"() => {{ {_POPUP}?.closest('panel')?.hidePopup() }}")
