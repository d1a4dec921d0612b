"""Who may talk to the background, and what the popup is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helper.web import pairing
from tests.extension.background.world import World, build

SAVED = Path(__file__).resolve().parents[2] / "pages" / "lechuang"
pytestmark = pytest.mark.browser

PAGE = "<!doctype html><html lang=zh><title>订单</title><p>订单号 12345678</p>"


async def test_content_scripts_and_pages_get_no_answer(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    tab = await world.click(page)
    answer = await world.console.evaluate(
        "tabId => chrome.scripting.executeScript({target: {tabId}, func: () => Promise.race(["
        "chrome.runtime.sendMessage({type: 'status'}).then(a => a ?? 'nothing', () => 'refused'),"
        "new Promise(r => setTimeout(r, 2000, 'silence'))])}).then(r => r[0].result)",
        tab,
    )
    assert answer in {"nothing", "refused", "silence"}
    assert (
        await page.evaluate("typeof (globalThis.chrome ?? {}).runtime?.sendMessage") == "undefined"
    )


@pytest.mark.parametrize("kind", ["nonsense", "constructor", "__proto__", ""])
async def test_messages_that_are_not_in_the_table_are_refused(world: World, kind: str) -> None:
    answer = await world.message(kind)
    assert (answer["ok"], answer["error"]["code"]) == (False, "unknown_message")


async def test_an_unknown_page_can_be_kept_and_says_so(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    tab = await world.click(page)
    told = await world.message("page", tabId=tab)
    assert (told["capturable"], told["platform"], told["order_no"]) == (True, None, None)
    assert told["url"] == f"{world.shop.origin}/order"
    assert told["lend"] == {"possible": True, "allowed": False, "chosen": False, "granted": False}


async def test_a_short_order_number_is_told_too(world: World) -> None:
    page = SAVED.parent / "caihong" / "default-dialog-paid.html"
    world.shop.pages["/order"] = page.read_text("utf-8")
    told = await world.message("page", tabId=await world.click(await world.open("/order")))
    assert (told["platform"]["key"], told["order_no"]) == ("caihong", "10232")


@pytest.mark.parametrize(("where", "told"), [("", True), ("https://elsewhere.test", False)])
async def test_the_shops_own_link_to_its_complaint_form_is_told(
    world: World, where: str, told: bool
) -> None:
    html = (SAVED / "failed.html").read_text("utf-8")
    world.shop.pages["/order"] = re.sub(r'(class="lc-to-ticket" href=")', rf"\1{where}", html)
    tab = await world.click(await world.open("/order"))
    page = await world.message("page", tabId=tab)
    assert page["platform"]["key"] == "lechuang"
    assert bool(page["complaint_url"]) is told
    if told:
        assert page["complaint_url"].startswith(f"{world.shop.origin}/")


async def test_pairing_is_told_apart_from_absence(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with build(tmp_path_factory.mktemp("unpaired")) as world:
        await world.console.evaluate("port => chrome.storage.local.set({port})", world.helper.port)
        assert (await world.message("status"))["helper"] == "unpaired"
        wrong = await world.message("pair", code="AAAA-AAAA-AAAA-AAAA-AAAA", port=world.helper.port)
        assert (wrong["ok"], wrong["error"]["code"]) == (False, "pairing_failed")
        assert wrong["error"]["next_step"]
        bad = await world.message("pair", code="too short", port=world.helper.port)
        assert bad["error"]["code"] == "pairing_code"
        await world.pair()
        status = await world.message("status")
        assert (status["helper"], status["version"]) == ("ready", "0.1.0")
        await world.helper.stop()
        assert (await world.message("status"))["helper"] == "away"


async def test_the_key_cannot_be_read_out(world: World) -> None:
    script = (
        "() => new Promise(resolve => { const open = indexedDB.open('kazheng');"
        " open.onsuccess = () => { const get = open.result.transaction('keys').objectStore('keys')"
        ".get('pairing'); get.onsuccess = () => { open.result.close();"
        " crypto.subtle.exportKey('raw', get.result.key)"
        ".then(() => resolve('read'), () => resolve('sealed')) } } })"
    )
    assert await world.console.evaluate(script) == "sealed"


async def test_recent_captures_of_a_site_are_listed_newest_first(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    world.shop.pages["/other"] = PAGE
    before = [row["uuid"] for row in (await world.message("recent"))["captures"]]
    first = await world.kept(await world.open("/order"))
    page = await world.open("/other")
    second = await world.kept(page)
    tab = await world.click(page)
    listed = (await world.message("recent", tabId=tab))["captures"]
    assert [row["uuid"] for row in listed] == [second, first, *before]
    assert listed[0]["phase"] == "sent"
    elsewhere = await world.person.open("about:blank")
    assert elsewhere
    assert len((await world.message("recent"))["captures"]) == 2 + len(before)


def test_the_code_is_normalised_as_the_helper_does() -> None:
    assert pairing.normalise("abcd-efgh 2345-abcd-efgh") == "ABCDEFGH2345ABCDEFGH"
