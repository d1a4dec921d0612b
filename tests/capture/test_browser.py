"""The life of the warm browser: killed, missing, side by side, stopped."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from aiohttp import web

from helper.capture.browser import WarmBrowser
from helper.capture.environment import record
from helper.capture.witness import visit
from helper.errors import BrowserFailedError, BrowserMissingError
from helper.model import Viewport
from helper.settings import Settings

from .conftest import (
    ORDER,
    Site,
    picture_of,
    request,
)

pytestmark = pytest.mark.browser


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[WarmBrowser]:
    """A browser of the test's own, that did not start yet."""
    warm = WarmBrowser(Settings(data=tmp_path / "data"))
    yield warm
    await warm.stop()


async def test_a_browser_killed_in_the_middle_is_started_again(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def fatal(_: web.Request) -> web.Response:
        if len(site.asked) == 1:
            number = await browser.process_id()
            assert number is not None
            psutil.Process(number).kill()
        return web.Response(text=ORDER, content_type="text/html")

    site.routes["/order"] = fatal
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.missing == ()
    assert "browser_restarted" in made.notes
    assert browser.starts == 2
    again = await visit(browser, request(f"{site.origin}/order"), tmp_path / "w")
    assert "browser_restarted" not in again.notes


async def test_what_playwright_turns_off_stays_off(browser: WarmBrowser) -> None:
    # of two such switches Chromium heeds the last: http addresses would be tried as https first
    await browser.start()
    number = await browser.process_id()
    assert number is not None
    name = "--disable-features="
    theirs, ours = (
        set(word.removeprefix(name).split(","))
        for word in psutil.Process(number).cmdline()
        if word.startswith(name)
    )
    assert "HttpsUpgrades" in theirs
    assert theirs - ours == {"ThirdPartyStoragePartitioning"}
    assert "WebTransport" in ours


@pytest.mark.long
async def test_what_a_visit_opened_is_closed_behind_it(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    for number in range(3):  # there are two places for visits
        made = await visit(browser, request(f"{site.origin}/order"), tmp_path / str(number))
        assert made.missing == ()

    async def breaks() -> None:
        raise RuntimeError("the driver is gone")

    profile, opened = browser._profile, browser._browser
    assert profile is not None
    assert opened is not None
    browser.afterwards(breaks)
    await asyncio.wait(browser._leaving)
    assert len(opened.contexts) == 1
    browser.afterwards(breaks)
    await browser.stop()
    assert not profile.exists()
    assert not opened.is_connected()


@pytest.mark.long
async def test_a_frozen_browser_is_killed_and_started_again(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helper.capture.browser._CONTEXT_SECONDS", 2.0, raising=False)
    site.page("/order", ORDER)
    await browser.start()
    number = await browser.process_id()
    assert number is not None
    frozen = psutil.Process(number)
    frozen.suspend()
    try:
        async with asyncio.timeout(40):
            made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
        assert made.missing == ()
        assert "browser_restarted" in made.notes
        assert browser.starts == 2
        assert not frozen.is_running() or frozen.status() == psutil.STATUS_ZOMBIE
    finally:
        if frozen.is_running():
            frozen.resume()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
async def test_a_browser_that_never_comes_up_is_an_explained_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helper.capture.browser._START_SECONDS", 2.0, raising=False)
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexec sleep 300\n")
    program.chmod(0o755)
    warm = WarmBrowser(Settings(data=tmp_path, browser=str(program), private_display=False))
    async with asyncio.timeout(25):
        with pytest.raises(BrowserFailedError):
            await visit(warm, request("https://shop.example/"), tmp_path / "v")
        assert not warm.alive
        await warm.stop()
    left = [p for p in psutil.Process().children(recursive=True) if p.name() == "sleep"]
    assert left == []


async def test_two_hosts_are_visited_at_once_each_in_its_own_window(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def coloured(got: web.Request) -> web.Response:
        colour = parse_qs(urlsplit(got.path_qs).query)["c"][0]
        text = f"<title>{colour}</title><body style='background:#{colour}'>" + "订单" * 40
        return web.Response(text=text, content_type="text/html")

    site.routes["/c"] = coloured
    hosts = {"a.localhost": "00a000", "b.localhost": "a00000"}
    made = await asyncio.gather(
        *(
            visit(browser, request(f"http://{host}:{site.port}/c?c={colour}"), tmp_path / host)
            for host, colour in hosts.items()
        )
    )
    for one, colour in zip(made, hosts.values(), strict=True):
        window = picture_of(one, "witness/window")
        assert window.getpixel((200, window.height - 10)) == tuple(bytes.fromhex(colour))


async def test_without_a_display_the_window_is_missing_with_its_reason(
    site: Site, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    warm = WarmBrowser(Settings(data=tmp_path, private_display=False))
    view = Viewport(width=900, height=700, scale=2.0)
    try:
        made = await visit(warm, request(f"{site.origin}/order", viewport=view), tmp_path / "v")
    finally:
        await warm.stop()
    assert [(lack.role, lack.reason) for lack in made.missing] == [
        ("witness/window", "no_private_display")
    ]
    assert picture_of(made, "witness/page").width == 1800


async def test_no_browser_is_an_explained_error(tmp_path: Path) -> None:
    warm = WarmBrowser(Settings(data=tmp_path, browser="/nowhere/chrome"))
    with pytest.raises(BrowserMissingError) as raised:
        await visit(warm, request("https://shop.example/"), tmp_path / "v")
    assert raised.value.details["looked"] == ["/nowhere/chrome"]
    await warm.stop()


async def test_the_environment_names_the_program_that_runs(
    browser: WarmBrowser, tmp_path: Path
) -> None:
    await browser.start()
    about = json.loads(json.dumps(await record(browser)))
    data = await asyncio.to_thread(Path(about["browser"]["path"]).read_bytes)
    assert about["browser"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert about["browser"]["version"]
    assert about["cjk_font"]


async def test_another_user_cannot_look_at_the_private_display(browser: WarmBrowser) -> None:
    await browser.start()
    assert browser.display is not None
    code = f"import mss\nwith mss.MSS(display={browser.display.name!r}) as s: s.grab(s.monitors[0])"
    environment = {k: v for k, v in os.environ.items() if k != "XAUTHORITY"}
    environment["HOME"] = "/nonexistent"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, env=environment
    )
    assert done.returncode != 0


async def test_stopping_leaves_no_process_and_no_profile(tmp_path: Path) -> None:
    warm = WarmBrowser(Settings(data=tmp_path))
    await warm.start()
    number = await warm.process_id()
    display = warm.display
    assert number is not None
    assert display is not None
    await warm.stop()
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == "zombie"
    assert display.process.returncode is not None
    assert not display.authority.exists()
