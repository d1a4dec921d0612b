"""Hostile words in every field and hostile pages and pictures: nothing runs, leaves or breaks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Browser, Page
from yarl import URL

from tests.bench import stock
from tests.web.console import walk
from tests.web.console.conftest import Town, served
from tests.web.console.hostile import BANG, WORDS, Hostile
from tests.web.console.pictures import stood
from tests.web.console.walk import Things, worked_up

pytestmark = pytest.mark.browser
STOPPED = re.compile(
    r"error: Loading the image '[^']+' violates the following Content Security Policy directive: "
    r'"img-src data:"\. The action has been blocked\. '
    r"http://kazheng\.localhost:\d+/captures/[0-9a-f-]+/page/\S+ \S+"
)
"""What a kept page still names, as by a style's escaped `url`, its policy lets nobody ask for."""
NARROW = {"width": 390, "height": 800}
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? []
  : [...document.querySelectorAll('main *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1
      && !one.closest('.scroll, .diff, .page-picture'))
    .map((one) => one.outerHTML.slice(0, 160)).slice(0, 3)"""


@pytest.fixture(scope="module")
async def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with served(browser, tmp_path_factory.mktemp("hostile 敌意")) as made:
        yield made


@pytest.fixture(scope="module")
async def hostile(town: Town) -> Things:
    build = Hostile(town.bench, town.services, town.folder)
    return await _built(town, [await build.case(0)])


@pytest.fixture(scope="module")
async def all_hostile(town: Town) -> Things:
    build = Hostile(town.bench, town.services, town.folder)
    cases = [await build.case(number) for number in range(1, len(WORDS))]
    return await _built(town, [*cases, await build.case(len(WORDS), ordered=False)])


async def _built(town: Town, cases: list[str]) -> Things:
    await asyncio.to_thread(worked_up, town.store)
    return _asking(Things.of(town.store.vault, cases))


def _asking(things: Things) -> Things:
    """Add what a hostile link could ask for."""
    asked = [f"q={quote(word[:200])}" for word in WORDS]
    things.asked["/library"] = ["", *asked, "q=%ED%A0%80%00", f"host={quote(WORDS[0])}"]
    return things


async def walked(town: Town, paths: list[str], **how: Any) -> str:
    """Open pages one after the other; none runs what it holds, or is wider than the window.

    Return what stood on them.
    """
    said = []
    page = await town.enter(viewport=NARROW, **how)
    page.on("dialog", lambda said: town.problems.append(f"dialog: {said.message}"))
    page.on("popup", lambda other: town.problems.append(f"popup: {other.url}"))
    for path in paths:
        reply = await page.goto(town.url(path))
        assert reply is not None
        if reply.status != 200:
            town.problems.append(f"{reply.status}: {path}")
        await _opened(page)
        await page.wait_for_load_state("load")
        ran = [await frame.evaluate(f"typeof {BANG}") for frame in page.frames]
        wider = await page.evaluate(WIDER)
        said.append(await page.inner_text("body"))
        town.problems += [f"ran: {path}"] if set(ran) != {"undefined"} else []
        town.problems += [f"wide: {path} {wider}"] if wider else []
        if not reply.request.redirected_from and page.url != town.url(path):
            town.problems.append(f"went: {path} → {page.url}")
    town.problems = [one for one in town.problems if not STOPPED.fullmatch(one)]
    await page.context.close()
    return "\n".join(said)


async def _opened(page: Page) -> None:
    """Open all folds and let everything that is loaded lazily come."""
    await page.evaluate(
        """() => { for (const one of document.querySelectorAll('details')) one.open = true;
        for (const one of document.querySelectorAll('[loading]')) one.loading = 'eager'; }"""
    )


async def test_nothing_hostile_runs_leaves_or_breaks_a_page(town: Town, hostile: Things) -> None:
    assert "{{7*7}}" in await walked(town, list(walk.pages(hostile)))


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
async def test_nothing_of_all_that_is_hostile(town: Town, all_hostile: Things, locale: str) -> None:
    assert "{{7*7}}" in await walked(town, list(walk.pages(all_hostile)), locale=locale)


@pytest.mark.long
async def test_a_case_of_500_captures_one_of_none_one_closed_and_no_case_at_all_open(
    browser: Browser,
) -> None:
    async with stood(browser, "empty") as (nothing, things):
        await walked(nothing, list(walk.pages(things)))
        assert nothing.problems == []
    async with stood(browser, "full") as (full, _):
        vault = full.store.vault
        cases = [vault.case(stock.case_id(number)) for number in (0, 1, 9)]
        assert len(cases[0].captures) >= 500
        assert (len(cases[1].captures), cases[2].closed_at is not None) == (0, True)
        things = Things.of(vault, [case.case_id for case in cases])
        things.captures = things.captures[:2]
        await walked(full, list(walk.pages(things)), locale="en-US")
        assert full.problems == []


async def test_no_name_splits_a_header_of_what_is_taken_along(
    town: Town, hostile: Things, stranger: aiohttp.ClientSession
) -> None:
    page = await town.enter()
    headers = {"Cookie": await town.cookie(page)}
    await page.close()
    for path in walk.files(hostile):
        async with stranger.get(URL(town.url(path), encoded=True), headers=headers) as reply:
            assert "Set-Cookie" not in reply.headers, path
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert reply.content_type != "text/html" or reply.status == 404, path
