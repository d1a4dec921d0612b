"""Hostile words in every field and hostile pages and pictures: nothing runs, leaves or breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page

from helper.steps import advising
from helper.steps.digesting import refresh
from helper.steps.indexing import RULES, Indexer
from tests.bench import stock
from tests.web.console import walk
from tests.web.console.conftest import Town, served
from tests.web.console.hostile import BANG, WORDS, Hostile, pages
from tests.web.console.walk import Things

pytestmark = pytest.mark.browser
NARROW = {"width": 390, "height": 800}
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('main *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll, .diff, .page-picture'))
  .map(one => one.outerHTML.slice(0, 160)).slice(0, 3)"""  # fmt: skip


@pytest.fixture(scope="module")
async def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A large vault: one case of 500 captures, one of none, one closed; and the hostile ones."""
    folder = tmp_path_factory.mktemp("hostile 敌意")
    async with served(browser, folder) as made:
        await made.keep()
        yield made


@pytest.fixture(scope="module")
async def hostile(town: Town) -> Things:
    build = Hostile(town.bench, town.services, town.folder)
    return await _built(town, [await build.case(0)])


@pytest.fixture(scope="module")
async def all_hostile(town: Town) -> Things:
    build = Hostile(town.bench, town.services, town.folder)
    return await _built(town, [await build.case(number) for number in range(1, len(WORDS))])


async def _built(town: Town, cases: list[str]) -> Things:
    await asyncio.to_thread(worked_up, town)
    return _asking(Things.of(town.store.vault, cases))


def worked_up(town: Town) -> None:
    """Do what the helper does in the background: digests and the index of words."""
    while town.store.vault.stale_digests(advising.form(town.store), town.store.now(), 50):
        refresh(town.store, 50)
    town.store.vault.make_stale(RULES)
    while Indexer(town.store).turn():
        pass


def _asking(things: Things) -> Things:
    """Add what a hostile link could ask for."""
    from urllib.parse import quote  # noqa: PLC0415

    asked = [f"q={quote(word[:200])}" for word in WORDS]
    things.asked["/library"] = ["", *asked, "q=%ED%A0%80%00", f"host={quote(WORDS[0])}"]
    return things


async def walked(town: Town, paths: list[str], **how: Any) -> None:
    """Open pages one after the other; none runs what it holds, or is wider than the window."""
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
        town.problems += [f"ran: {path}"] if set(ran) != {"undefined"} else []
        town.problems += [f"wide: {path} {wider}"] if wider else []
        town.problems += [] if page.url == town.url(path) else [f"went: {path} → {page.url}"]
    await page.context.close()


async def _opened(page: Page) -> None:
    """Open all folds and let everything that is loaded lazily come."""
    await page.evaluate(
        """() => { for (const one of document.querySelectorAll('details')) one.open = true;
        for (const one of document.querySelectorAll('[loading]')) one.loading = 'eager'; }"""
    )


async def test_nothing_hostile_runs_leaves_or_breaks_a_page(town: Town, hostile: Things) -> None:
    await walked(town, list(walk.pages(hostile)))


@pytest.mark.long
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
async def test_nothing_of_all_that_is_hostile(town: Town, all_hostile: Things, locale: str) -> None:
    await walked(town, list(walk.pages(all_hostile)), locale=locale)
