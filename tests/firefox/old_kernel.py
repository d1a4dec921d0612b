"""Drive an older Chromium with the package of the store, pressing keys on a display of its own.

Many browsers carry an older kernel. Chromium 120 has no `Extensions.triggerAction`, so that the
popup is opened by a real key on the button's own shortcut, which grants activeTab as a click does.
The tests run in it where `KAZHENG_OLD_CHROMIUM` names its program; Debian 11's last package
`chromium` is 120. xdotool presses the keys.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from helper.capture.packed import manifest_for
from helper.capture.window import start_display
from helper.demo import stage
from helper.demo.driver import Person, Popup, launch, until
from helper.errors import BrowserFailedError
from tests.chromium import driver

VARIABLE = "KAZHENG_OLD_CHROMIUM"
_SHORTCUT = "Alt+Shift+J"
_KEY_SECONDS = 3
_LATER = ("background", "minimum_chrome_version")
"""What the store's manifest says otherwise than that of the folder."""


class OldPerson(Person):
    """A window of an older Chromium on a display that nobody looks at."""

    async def click_toolbar(self, page: Page) -> Popup:
        """Press the button's shortcut while the page is in front; return the open popup."""
        await page.bring_to_front()
        session = await self._browser_session()

        async def shown() -> str | None:
            return await self._popup_target(session)

        await press(_SHORTCUT)
        try:
            target = await until(shown, "", _KEY_SECONDS)
        except BrowserFailedError:  # the window had no focus yet; on an open popup it would close
            await press(_SHORTCUT)
            target = await until(shown, "the popup did not open")
        return await Popup.attach(session, target)


@asynccontextmanager
async def launched(executable: Path, folder: Path, spki: str) -> AsyncIterator[OldPerson]:
    """Start it with the extension as the store has it, and nothing granted for any site."""
    display = await start_display()
    assert display is not None, "install Xvfb"
    try:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in display.environment.items():
                environment.setenv(name, value)
            async with driver() as playwright:
                found = await launch(
                    playwright,
                    executable=executable,
                    profile=folder / "profile",
                    extension=_as_in_the_store(folder / "stage"),
                    headless=False,
                    spki=spki,
                    arguments=["--window-size=1280,900"],  # the display is as tall as a page
                    viewport=None,
                )
                person = OldPerson(found.context)
                person.extension_id = found.extension_id
                yield person
                await person.close()
    finally:
        await display.stop()


async def press(shortcut: str) -> None:
    """Press keys on the display."""
    program = shutil.which("xdotool")
    assert program is not None, "install xdotool"
    keys = shortcut.lower()
    process = await asyncio.create_subprocess_exec(program, "key", "--clearmodifiers", keys)
    assert await process.wait() == 0


def wanted() -> Path | None:
    """Return the program that is named, None where there is none to test with."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def _as_in_the_store(folder: Path) -> Path:
    folder.mkdir(parents=True)
    extension = stage.with_permissions(folder, ())
    path = extension / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest.update({name: manifest_for("chrome")[name] for name in _LATER})
    manifest["commands"]["_execute_action"] = {"suggested_key": {"default": _SHORTCUT}}
    path.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return extension
