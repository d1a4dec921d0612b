"""A worker that is stopped while it freezes loses nothing of what it had."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Dialog, Page

from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser

PAGE = "<!doctype html><html lang=zh><title>订单</title><p>订单号 12345678</p>"
WHOLE = {"seen/viewport", "seen/html", "seen/text", "seen/context", "seen/mhtml"}
RECORD = (
    "uuid => new Promise((resolve, reject) => { const open = indexedDB.open('kazheng');"
    " open.onsuccess = () => { const get = open.result.transaction('captures')"
    ".objectStore('captures').get(uuid); get.onsuccess = () => { open.result.close();"
    " resolve(get.result) }; get.onerror = reject } })"
)
BEGIN = (
    "async ([uuid, tabId]) => {"
    " const outbox = await import('/background/outbox.js');"
    " const { sketch } = await import('/background/meta.js');"
    " const { url, title, windowId } = await chrome.tabs.get(tabId);"
    " const tab = { id: tabId, window_id: windowId, url, title };"
    " await outbox.begin(outbox.fresh(uuid, Date.now(), tab, sketch(Date.now(), tab, {}))) }"
)
HELD_UP = (
    "async (uuid) => {"
    " const outbox = await import('/background/outbox.js');"
    " const { sketch } = await import('/background/meta.js');"
    " const { sha256 } = await import('/background/crypto.js');"
    " const tab = { id: -1, window_id: -1, url: 'http://shop.localhost/order', title: '订单' };"
    " const make = (uuid, at) => outbox.fresh(uuid, at, tab, sketch(at, tab, {}));"
    " const blob = new Blob(['picture']);"
    " const part = { role: 'seen/viewport', sha256: await sha256(await blob.arrayBuffer()),"
    "   size: blob.size, media_type: 'image/png', about: {} };"
    " const error = { code: 'outbox_full' };"
    " await outbox.begin({ ...make(uuid, 1), error });"
    " await outbox.update(uuid, (kept) => kept.parts.push(part), [{ ...part, blob }]);"
    " for (let n = 0; n < 60; n += 1) {"
    "   await outbox.begin({ ...make(crypto.randomUUID(), 2 + n), error, complete: true }) }"
    " await outbox.prune() }"
)


@pytest.fixture
def uuid() -> str:
    return str(uuid4())


@pytest.fixture
def world(fresh_world: World) -> World:
    """These tests leave it broken, or must find it untouched."""
    return fresh_world


async def record_of(world: World, uuid: str) -> dict[str, Any]:
    return dict(await world.console.evaluate(RECORD, uuid))


async def stopped_after_the_picture(world: World) -> tuple[Page, Dialog, str]:
    """Stop the worker while a dialog keeps it from reading the page it has a picture of."""
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    tab = await world.click(page)
    opened: asyncio.Future[Dialog] = asyncio.get_running_loop().create_future()
    page.on("dialog", lambda dialog: opened.set_result(dialog))  # noqa: PLW0108  # Playwright marks it
    await page.evaluate("setTimeout(() => alert('稍等'), 0)")
    dialog = await opened
    uuid = str((await world.message("capture", tabId=tab, case_id="c-0123456789"))["uuid"])

    async def pictured() -> bool:
        parts = (await record_of(world, uuid))["parts"]
        return [part["role"] for part in parts] == ["seen/viewport"]

    await until(pictured, "the picture did not go into the outbox first")
    await world.stop_workers()
    return page, dialog, uuid


async def test_the_click_and_its_picture_are_in_the_outbox_before_the_page_is_read(
    world: World,
) -> None:
    _, dialog, uuid = await stopped_after_the_picture(world)
    record = await record_of(world, uuid)
    assert record["phase"] == "freezing"
    assert record["meta"]["url"] == f"{world.shop.origin}/order"
    assert (record["meta"]["title"], record["meta"]["case_id"]) == ("订单", "c-0123456789")
    assert record["meta"]["timezone"] == "Asia/Shanghai"
    await dialog.dismiss()


async def test_the_next_worker_goes_on_with_the_freeze_if_the_tab_is_the_same(
    world: World,
) -> None:
    _, dialog, uuid = await stopped_after_the_picture(world)
    before = await record_of(world, uuid)
    await dialog.dismiss()
    await world.message("status")
    await world.reached(uuid, "sent")
    assert {part.role for part in world.helper.parts(uuid)} >= WHOLE
    [picture] = world.helper.parts(uuid, "seen/viewport")
    assert picture.sha256 == before["parts"][0]["sha256"]
    meta = world.helper.vault.capture(uuid).meta
    assert meta.missing == ()
    assert meta.clicked_at.timestamp() * 1000 == pytest.approx(before["timings"]["clicked_at"])
    assert meta.extra["resumed_at"]
    assert meta.case_id == "c-0123456789"
    assert world.helper.called("strips", uuid)


async def test_the_alarm_that_wakes_the_next_worker_does_not_have_the_page_frozen_twice(
    world: World,
) -> None:
    page, dialog, uuid = await stopped_after_the_picture(world)
    await dialog.dismiss()
    await world.console.evaluate("chrome.alarms.create('outbox', {when: Date.now()})")
    await world.reached(uuid, "sent")
    # Captures of a tab are taken one after another: behind this one there is nothing left.
    await world.kept(page)
    local = await world.state(uuid)
    assert (local["phase"], local["error"]) == ("sent", None)


async def test_what_there_is_is_sent_if_the_tab_went_elsewhere(world: World) -> None:
    page, dialog, uuid = await stopped_after_the_picture(world)
    await dialog.dismiss()
    world.shop.pages["/other"] = PAGE.replace("12345678", "87654321")
    await page.goto(f"{world.shop.origin}/other")
    await world.message("status")
    await world.reached(uuid, "sent")
    roles = {part.role for part in world.helper.parts(uuid)}
    assert roles == {"seen/viewport", "seen/context"}, "nothing of the other page"
    missing = {(one.role, one.reason) for one in world.helper.vault.capture(uuid).meta.missing}
    assert missing == {
        (role, "interrupted") for role in ("seen/html", "seen/text", "seen/mhtml", "seen/strip")
    }
    assert world.helper.called("start", uuid)
    assert world.helper.called("strips", uuid)


@pytest.mark.parametrize(
    "seconds", [0.05, *(pytest.param(one, marks=pytest.mark.long) for one in (0, 0.15))]
)
async def test_a_worker_stopped_right_after_the_click_loses_nothing(
    world: World, seconds: float
) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    uuid = await world.capture(page)
    # No promise hangs on this wait: the worker dies at another moment each time.
    await asyncio.sleep(seconds)
    await world.stop_workers()
    await world.message("status")
    await world.reached(uuid, "sent")
    assert {part.role for part in world.helper.parts(uuid)} >= WHOLE


async def test_what_a_full_disk_held_up_is_not_forgotten_and_is_sent_once_there_is_room(
    world: World, uuid: str
) -> None:
    await world.console.evaluate(HELD_UP, uuid)
    await world.console.evaluate("chrome.alarms.create('outbox', {when: Date.now()})")
    await world.reached(uuid, "sent")
    assert world.helper.bytes(uuid, "seen/viewport") == b"picture"


async def test_a_click_without_a_picture_is_frozen_again(world: World, uuid: str) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    tab = await world.click(page)
    await world.console.evaluate(BEGIN, [uuid, tab])
    await world.stop_workers()
    await world.message("status")
    await world.reached(uuid, "sent")
    assert {part.role for part in world.helper.parts(uuid)} >= WHOLE


async def test_a_click_without_a_picture_whose_tab_is_gone_says_it_was_interrupted(
    world: World, uuid: str
) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    tab = await world.click(page)
    await world.console.evaluate(BEGIN, [uuid, tab])
    await page.close()
    await world.stop_workers()

    async def said() -> bool:
        local = await world.state(uuid)
        return bool(local["error"] and local["error"]["code"] == "interrupted")

    await until(said, "the capture hangs")
    assert (await world.state(uuid))["complete"]
    assert (await world.message("status"))["outbox"]["count"] == 0


async def test_what_was_changed_for_the_strips_is_told_by_the_next_worker_or_said_to_be_unknown(
    world: World,
) -> None:
    bar = "<div style='position:fixed;top:0;height:60px;width:100%'>王子商城</div>"
    world.shop.pages["/order"] = f"{PAGE}{bar}<p style='height:9000px'>"
    page = await world.open("/order")
    told = []
    for anew in (False, True):
        uuid = await world.capture(page)
        await page.wait_for_function("document.querySelector('div').style.clipPath !== ''")
        await world.stop_workers()
        if anew:
            await page.reload()
        else:  # the page puts itself back before anybody asks
            await page.wait_for_function("document.querySelector('div').style.clipPath === ''")
        await world.message("status")
        await world.reached(uuid, "sent")
        [first] = [p for p in world.helper.parts(uuid, "seen/strip") if p.about["index"] == 0]
        told.append(
            (first.about["page_changes"], [row["reason"] for row in first.about["missing"]])
        )
    [changes, reasons], lost = told
    assert {(one["selector"], one["property"]) for one in changes} == {
        ("html > body > div", "clip-path")
    }
    assert reasons == ["interrupted"]
    assert lost == (None, ["interrupted", "changes_unknown"])
