"""Set the stage of a demonstration: a copy of the extension, paired with the running helper."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from helper.capture.packed import EXTENSION
from helper.demo.driver import Person, until
from helper.errors import BrowserFailedError


def with_permissions(
    folder: Path, hosts: Iterable[str], permissions: Iterable[str] | None = None
) -> Path:
    """Copy the extension with optional permissions, all or these, and hosts granted; return it.

    The browser's permission bubble cannot be answered by a program; everything else is the same
    code. A person who runs the demo by hand gets the untouched extension and is asked.
    """
    copy = folder / "extension"
    shutil.copytree(EXTENSION, copy)
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    optional = manifest["optional_permissions"]
    granted = optional if permissions is None else list(permissions)
    manifest["permissions"] += granted
    manifest["optional_permissions"] = [name for name in optional if name not in granted]
    manifest["host_permissions"] += [f"*://{host}/*" for host in hosts]
    path.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return copy


async def pair(person: Person, *, port: int, code: str) -> None:
    """Enter port and pairing code on the extension's options page, as a person would."""
    page = await person.extension_page("pages/options.html")
    # The page fills in the port and listens to the form in one go; a click before is lost.
    await until(lambda: page.input_value("#port"), "the options page did not get ready")
    await page.click("details summary")
    await page.fill("#port", str(port))
    await page.fill("#code", code)
    await page.click("#pair-go")
    notice = "#pair-result .notice"
    await page.wait_for_selector(notice)
    if "good" not in (await page.get_attribute(notice, "class") or "").split():
        raise BrowserFailedError(reason="demo", cause=await page.inner_text(notice))
    await page.close()
