"""Lending the session: only where the user said so, only to the helper, stored nowhere."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser

SECRET = "s3ss10n-secret-value"


async def login(_request: web.Request) -> web.Response:
    response = web.Response(
        text="<!doctype html><title>订单</title><p>订单</p><script>"
        "localStorage.setItem('basket', 'kept-locally')</script>",
        content_type="text/html",
    )
    response.set_cookie("sid", SECRET, httponly=True, samesite="Lax")
    response.set_cookie("api", "for-a-path", path="/api")
    return response


async def test_a_lent_session_reaches_the_helper_whole_and_before_the_visit(
    trusted_world: World,
) -> None:
    world = trusted_world
    world.shop.pages["/order"] = login
    page = await world.open("/order")
    tab = await world.click(page)
    answer = await world.message("lend", origin=world.shop.origin, allowed=True)
    assert answer["ok"]
    described = await world.message("page", tabId=tab)
    assert described["lend"]["allowed"] is True
    uuid = await world.kept(page)
    assert world.helper.vault.capture(uuid).meta.session == "lent"
    names = [call[0] for call in world.helper.calls if call[1] == uuid]
    assert names.index("lend") < names.index("start")
    [(_, _, state)] = world.helper.called("lend", uuid)
    cookies = {cookie["name"]: cookie for cookie in state["cookies"]}
    assert cookies["sid"]["value"] == SECRET
    assert (cookies["sid"]["httpOnly"], cookies["sid"]["sameSite"]) == (True, "Lax")
    assert cookies["sid"]["domain"] == "shop.localhost"
    assert "sameSite" not in cookies["api"], "unspecified is left out"
    assert state["origins"] == [
        {
            "origin": world.shop.origin,
            "localStorage": [{"name": "basket", "value": "kept-locally"}],
        }
    ]

    # Lent for a visit and for nothing else: where none is made the login stays in the browser.
    alone = await world.kept(page, refuse_revisit=True)
    meta = world.helper.vault.capture(alone).meta
    assert (meta.session, meta.revisit) == ("not_lent", "user_refused")
    assert not world.helper.called("lend", alone)

    # Once the tab is closed nobody can say any more whose cookies a private one had.
    closed = (
        "tab => import('/background/session.js').then(session => session.storageState(tab))"
        ".then(state => state && state.cookies.length)"
    )
    gone = {"id": -1, "window_id": 1, "url": f"{world.shop.origin}/order", "title": ""}
    assert await world.console.evaluate(closed, gone | {"incognito": False}) == 2
    assert await world.console.evaluate(closed, gone | {"incognito": True}) is None


async def test_a_browser_takes_the_lent_state_as_it_is(trusted_world: World) -> None:
    world = trusted_world
    world.shop.pages["/order"] = login
    page = await world.open("/order")
    await world.message("lend", origin=world.shop.origin, allowed=True)
    uuid = await world.kept(page)
    [(_, _, state)] = world.helper.called("lend", uuid)
    seen: list[str | None] = []

    async def look(request: web.Request) -> web.Response:
        seen.append(request.cookies.get("sid"))
        return web.Response(text="<title>好</title>", content_type="text/html")

    world.shop.pages["/witness"] = look
    browser = world.person.context.browser
    assert browser is not None
    context = await browser.new_context(storage_state=state)
    visit = await context.new_page()
    await visit.goto(world.shop.origin + "/witness")
    assert seen == [SECRET]
    assert await visit.evaluate("localStorage.getItem('basket')") == "kept-locally"
    await context.close()


async def test_without_the_users_word_nothing_is_lent(trusted_world: World) -> None:
    world = trusted_world
    world.shop.pages["/order"] = login
    page = await world.open("/order")
    uuid = await world.kept(page)
    assert world.helper.vault.capture(uuid).meta.session == "not_lent"
    assert not world.helper.called("lend", uuid)


async def test_without_the_browsers_permission_nothing_is_lent(world: World) -> None:
    world.shop.pages["/order"] = login
    page = await world.open("/order")
    await world.message("lend", origin=world.shop.origin, allowed=True)
    uuid = await world.kept(page)
    assert world.helper.vault.capture(uuid).meta.session == "not_lent"
    assert not world.helper.called("lend", uuid)


async def test_a_helper_that_lost_the_session_gets_it_again(trusted_world: World) -> None:
    world = trusted_world
    world.shop.pages["/order"] = login
    page = await world.open("/order")
    await world.message("lend", origin=world.shop.origin, allowed=True)
    uuid = await world.kept(page)
    world.helper.vault.set_session_wanted(uuid, True)
    await until(lambda: len(world.helper.called("lend", uuid)) == 2, "it was not lent again")


async def test_the_session_is_in_no_file_of_extension_or_helper(
    trusted_world: World,
) -> None:
    world = trusted_world
    world.shop.pages["/order"] = login
    page = await world.open("/order")
    await world.message("lend", origin=world.shop.origin, allowed=True)
    uuid = await world.kept(page)
    assert world.helper.called("lend", uuid)
    stored = await world.console.evaluate("chrome.storage.local.get(null).then(JSON.stringify)")
    assert SECRET not in stored
    folder = world.helper.data.parent
    places = [folder / "data"]
    places += (folder / "profile").rglob("*indexeddb*")
    places += (folder / "profile").rglob("Local Extension Settings")
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    found = await asyncio.to_thread(lambda: [f for f in files if SECRET.encode() in f.read_bytes()])
    assert files
    assert found == []


ODD = "localStorage.setItem('packed', String.fromCharCode(0xd800, 0x4e00))"
HUGE = "localStorage.setItem('huge', '证'.repeat(3_500_000))"


@pytest.mark.parametrize(
    ("script", "lent"), [(ODD, True), pytest.param(HUGE, False, marks=pytest.mark.long)]
)
async def test_a_session_that_is_hard_to_lend_does_not_keep_the_page_from_being_kept(
    trusted_world: World, script: str, lent: bool
) -> None:
    world = trusted_world
    world.shop.pages["/order"] = f"<!doctype html><title>订单</title><script>{script}</script>"
    page = await world.open("/order")
    assert (await world.message("lend", origin=world.shop.origin, allowed=True))["ok"]
    uuid = await world.kept(page)
    assert world.helper.called("strips", uuid)
    assert bool(world.helper.called("lend", uuid)) is lent
