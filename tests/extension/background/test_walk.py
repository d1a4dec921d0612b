"""Each page of a site that a person walks to is kept as one chain, and a gap in it says why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page

from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser

LONG = "<div style='height:4000px'>条款</div>"


def page(title: str, *links: str, body: str = "") -> str:
    anchors = "".join(f"<a id=to{n} href='{to}'>{to}</a> " for n, to in enumerate(links))
    return f"<!doctype html><html lang=zh><title>{title}</title><p>{title}</p>{anchors}{body}"


@pytest.fixture
async def shop(granted: World) -> AsyncIterator[World]:
    pages = granted.shop.pages
    pages["/"] = page("首页", "/order", "/terms")
    pages["/order"] = page("订单", "/chat")
    pages["/chat"] = page("客服", "/terms")
    pages["/terms"] = page("规则", "/", body=LONG)
    yield granted
    await granted.message("walk-stop")
    await granted.clear()


async def begun(world: World, path: str = "/", **more: Any) -> tuple[Page, int]:
    shown = await world.open(path)
    tab = await world.click(shown)
    answer = await world.message("walk-start", tabId=tab, had=True, **more)
    assert answer["ok"], answer
    return shown, tab


async def walk(world: World) -> dict[str, Any]:
    return dict((await world.message("walk-state"))["walk"])


async def steps(world: World, count: int, phase: str = "sent") -> list[dict[str, Any]]:
    async def there() -> list[dict[str, Any]] | None:
        found = (await walk(world))["steps"]
        done = len(found) == count and all(one["phase"] == phase for one in found)
        return found if done else None

    return list(await until(there, f"never {count} steps that are {phase}"))


async def badge(world: World, tab: int) -> str:
    return str(await world.console.evaluate("tabId => chrome.action.getBadgeText({tabId})", tab))


async def test_the_pages_a_person_walks_to_are_one_numbered_chain(shop: World) -> None:
    shown, tab = await begun(shop)
    await steps(shop, 1)
    await shown.click("#to0")
    await steps(shop, 2)
    await shown.evaluate("history.pushState({}, '', '/order?view=2'); document.title = '明细'")
    await steps(shop, 3)
    await shown.goto(f"{shop.shop.origin}/terms")
    found = await steps(shop, 4)
    assert [one["title"] for one in found] == ["首页", "订单", "明细", "规则"]
    assert await badge(shop, tab) == "4"
    views = [shop.helper.vault.capture(one["uuid"]) for one in found]
    walks = [view.meta.walk for view in views]
    assert [one and one.step for one in walks] == [1, 2, 3, 4]
    assert len({one and one.session for one in walks}) == 1
    origin = shop.shop.origin
    assert [one and one.from_url for one in walks] == [
        None, f"{origin}/", f"{origin}/order", f"{origin}/order?view=2",
    ]  # fmt: skip
    assert shop.context(found[1]["uuid"])["walk"]["step"] == 2, "the place is sealed with the page"
    for one in found:
        roles = {part.role for part in shop.helper.parts(one["uuid"])}
        assert roles >= {"seen/viewport", "seen/html", "seen/text", "seen/mhtml", "seen/context"}
    assert views[0].meta.revisit == "allowed", "the page that was clicked on"
    assert {view.meta.revisit for view in views[1:]} == {"walk"}
    missing = {(one.role, one.reason) for one in views[3].meta.missing}
    assert ("seen/strip", "walk") in missing, "it is not scrolled under the person's hands"
    # A reload is no page walked to; another site is none of this walk.
    await shown.reload()
    await shown.goto(f"http://127.0.0.1:{shop.shop.port}/chat")
    await shown.goto(f"{origin}/chat")
    assert (await steps(shop, 5))[-1]["title"] == "客服"
    answer = await shop.message("walk-stop")
    assert (answer["walk"]["why"], await badge(shop, tab)) == ("stopped", "")
    await shown.goto(f"{origin}/")
    await shop.message("capture", tabId=tab)
    assert len((await walk(shop))["steps"]) == 5


async def test_a_page_left_too_early_is_a_step_that_says_so(shop: World) -> None:
    shown, _ = await begun(shop)
    await steps(shop, 1)
    never = asyncio.Event()

    async def hanging(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
        await response.prepare(request)
        await response.write(page("支付中").encode() + b" " * 4096)
        await never.wait()
        return response

    shop.shop.pages["/paying"] = hanging
    await shown.goto(f"{shop.shop.origin}/paying", wait_until="commit")
    await until(shown.title, "the page did not begin")
    await shown.goto(f"{shop.shop.origin}/order")
    never.set()
    found = await steps(shop, 3)
    assert [one["reason"] for one in found] == [None, "left", None]
    view = shop.helper.vault.capture(found[1]["uuid"])
    assert view.meta.walk
    assert view.meta.walk.step == 2
    assert {(one.role, one.reason) for one in view.meta.missing} >= {
        ("seen/viewport", "left"), ("seen/html", "left"),
    }  # fmt: skip
    assert shop.context(found[1]["uuid"])["tab"]["address"].endswith("/paying")
    assert shop.helper.called("strips", found[1]["uuid"]), "it is committed, so that it is sealed"


async def test_the_walk_outlives_the_worker_and_a_click_joins_it(shop: World) -> None:
    shown, tab = await begun(shop)
    await steps(shop, 1)
    await shop.stop_workers()
    await shown.click("#to0")
    await steps(shop, 2)
    # A worker that dies between keeping a page and noting its step: neither lost nor kept twice.
    await shop.console.evaluate(
        "chrome.storage.local.get('walk').then(({walk}) => {"
        " const { url, title } = walk.steps.pop();"
        " walk.arrival = { url, title, at: Date.now(), window_id: 1 };"
        " return chrome.storage.local.set({walk}) })"
    )
    await shop.stop_workers()
    await shown.goto(f"{shop.shop.origin}/terms")
    found = await steps(shop, 3)
    assert [one["title"] for one in found] == ["首页", "订单", "规则"]
    uuid = (await shop.message("capture", tabId=tab))["uuid"]
    found = await steps(shop, 4)
    assert found[-1]["uuid"] == uuid
    assert len(shop.helper.parts(uuid, "seen/strip")) > 1, "who clicks gets the whole page"
    await shown.close()
    await until(lambda: ended(shop), "the walk goes on without its tab")
    assert (await walk(shop))["why"] == "tab_closed"


async def ended(world: World) -> bool:
    return (await walk(world))["ended_at"] is not None


async def test_a_site_that_was_not_granted_needs_a_click_on_each_page(shop: World) -> None:
    origin = f"http://localhost:{shop.shop.port}"
    shown = await shop.person.open(f"{origin}/")
    tab = await shop.click(shown)
    await shop.message("walk-start", tabId=tab, had=False)
    await steps(shop, 1)
    assert not (await walk(shop))["granted"]
    await shown.goto(f"{origin}/order")
    await shown.goto(f"{origin}/chat")
    assert await shop.click(shown) == tab
    await shop.message("capture", tabId=tab)
    found = await steps(shop, 2)
    assert [one["title"] for one in found] == ["首页", "客服"], "none was read without a click"


REMOVES = """() => {
  chrome.permissions.remove = async ({ origins }) => {
    if (origins) globalThis.left = { origins, at: Date.now() };
  };
}"""


@asynccontextmanager
async def given_back(world: World) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Tell which sites the worker gives back, and when; the next worker gives them back again."""
    worker = world.person.context.service_workers[0]
    await worker.evaluate(REMOVES)
    try:
        yield lambda: worker.evaluate("globalThis.left")
    finally:
        await world.stop_workers()


async def test_a_site_granted_for_a_login_that_is_lent_no_more_is_given_back(shop: World) -> None:
    origin = shop.shop.origin
    await shop.message("lend", origin=origin, allowed=True)
    await begun(shop)
    await steps(shop, 1)
    async with given_back(shop) as left:
        await shop.message("lend", origin=origin, allowed=False)
        assert await left() is None, "the walk goes on"
        await shop.message("walk-stop")
        assert (await until(left, "the site stays granted"))["origins"] == [
            "http://shop.localhost/*"
        ]


@pytest.mark.long
async def test_a_bound_or_a_restart_ends_the_walk_and_says_so(shop: World) -> None:
    shown, _ = await begun(shop)
    await steps(shop, 1)
    many = (
        "() => chrome.storage.local.get('walk').then(({walk}) => {"
        " const one = walk.steps[0];"
        " walk.steps = Array.from({length: 59}, (_, n) => ({...one, step: n + 1}));"
        " walk.had = false;"
        " return chrome.storage.local.set({walk}) })"
    )
    await shop.console.evaluate(many)
    async with given_back(shop) as left:
        await shown.click("#to0")
        await until(lambda: ended(shop), "sixty pages are no bound")
        found = await walk(shop)
        assert (found["why"], len(found["steps"])) == ("pages", 60)
        taken = await shop.reached(found["steps"][-1]["uuid"], "sent")
        given = (await until(left, "the site stays granted"))["at"]
        assert given >= taken["timings"]["frozen_at"], "the last page was still to be read"
    await begun(shop)
    # What a restart of the browser clears and leaves.
    await shop.console.evaluate("chrome.storage.session.clear()")
    assert (await walk(shop))["why"] == "restart"


async def test_without_a_walk_no_page_wakes_the_worker(shop: World) -> None:
    await begun(shop)
    await steps(shop, 1)
    await shop.message("walk-stop")
    shown = await shop.open("/")
    await shop.stop_workers()
    session = await shop.person.context.new_cdp_session(shop.console)
    running: list[str] = []

    def told(event: dict[str, Any]) -> None:
        running.extend(
            one["runningStatus"] for one in event["versions"] if one["runningStatus"] != "stopped"
        )

    session.on("ServiceWorker.workerVersionUpdated", told)
    await session.send("ServiceWorker.enable")
    running.clear()
    await shown.goto(f"{shop.shop.origin}/order")
    await shown.goto(f"{shop.shop.origin}/terms")
    assert running == []
    # The same watch sees a worker that is woken: it is not blind.
    await shop.message("status")
    await until(lambda: running, "the watch is blind")
    await session.detach()
