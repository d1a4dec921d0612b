"""Nothing is lost: outbox first, helper second, whatever dies in between."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from aiohttp import web

from helper.vault.catalogue import Catalogue
from helper.vault.gone import note_gone
from helper.vault.store import writing
from helper.web.bodies import KeptPart
from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser

PAGE = "<!doctype html><html lang=zh><title>订单</title><p>订单号 12345678</p>"
TALL = PAGE + "<header style='position:fixed;top:0'>顶</header><div style='height:12000px'></div>"
CHUNK = 4 * 1024 * 1024
PARTS = (
    "() => new Promise((resolve, reject) => { const open = indexedDB.open('kazheng');"
    " open.onsuccess = () => { const all = open.result.transaction('parts').objectStore('parts')"
    ".getAll(); all.onsuccess = () => { open.result.close();"
    " resolve(all.result.map(row => row.sha256)) }; all.onerror = reject } })"
)


@pytest.fixture
def world(fresh_world: World) -> World:
    """These tests leave it broken, or must find it untouched."""
    return fresh_world


async def held(world: World) -> list[str]:
    return list(await world.console.evaluate(PARTS))


async def test_with_the_helper_away_a_capture_waits_and_is_delivered_later(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    await world.helper.stop()
    uuid = await world.capture(page)
    local = await world.reached(uuid, "kept_here")
    await until(lambda: error_of(world, uuid, "helper_away"), "no word that the helper is away")
    assert local["missing"] == []
    status = await world.message("status")
    assert (status["helper"], status["outbox"]["count"]) == ("away", 1)
    assert status["outbox"]["bytes"] > 0
    told = await world.message("recent")
    assert ([one["uuid"] for one in told["captures"]], told["unasked"]) == ([uuid], "helper_away")
    assert await world.console.evaluate("chrome.alarms.get('outbox')"), "nothing would try again"
    await page.close()
    await world.helper.start()
    assert (await world.message("status"))["helper"] == "ready"
    await world.reached(uuid, "sent")
    assert {part.role for part in world.helper.parts(uuid)} >= {"seen/viewport", "seen/mhtml"}
    assert world.helper.called("strips", uuid)


async def error_of(world: World, uuid: str, code: str) -> bool:
    local = await world.state(uuid)
    return bool(local["error"] and local["error"]["code"] == code)


async def test_bytes_leave_the_outbox_only_after_the_helper_has_them(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    await world.helper.stop()
    uuid = await world.capture(page)
    await world.reached(uuid, "kept_here")
    assert len(await held(world)) == 5
    await world.helper.start()
    await world.message("status")
    await world.reached(uuid, "sent")
    assert await held(world) == []
    assert (await world.message("status"))["outbox"]["count"] == 0
    await until(lambda: no_alarm(world), "the alarm goes on for nothing")
    await world.helper.stop()
    deleted = await world.capture(page)
    await world.reached(deleted, "kept_here")
    await world.helper.start()
    with writing(world.helper.vault.engine) as connection:
        note_gone(connection, [deleted])  # its case went while the rest of it waited here
    await world.message("status")
    await until(lambda: holds_nothing(world), "what was deleted is kept here for ever")
    assert deleted not in {view.capture_id for view in world.helper.vault.recent(9)}
    assert (await world.message("status"))["outbox"]["count"] == 0


async def holds_nothing(world: World) -> bool:
    return not await held(world)


async def no_alarm(world: World) -> bool:
    return not await world.console.evaluate("chrome.alarms.get('outbox')")


async def test_an_upload_goes_on_where_it_was_when_worker_helper_and_browser_die(
    bare_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = bare_world
    text = "卡密" * 4_000_000
    world.shop.pages["/order"] = f"<!doctype html><title>大</title><p hidden>{text}</p>"
    received: list[int] = []
    stops = {CHUNK: (threading.Event(), threading.Event())}
    stops |= {2 * CHUNK: (threading.Event(), threading.Event())}
    stops |= {3 * CHUNK: (threading.Event(), threading.Event())}
    real = Catalogue.set_received

    def watched(vault: Catalogue, uuid: str, sha256: str, count: int) -> None:
        real(vault, uuid, sha256, count)
        received.append(count)
        if count in stops:
            reached, go_on = stops[count]
            reached.set()
            go_on.wait(20)

    async def reached(chunks: int) -> threading.Event:
        there, go_on = stops[chunks * CHUNK]
        await until(there.is_set, f"{chunks} chunks never came", 90)
        return go_on

    monkeypatch.setattr(Catalogue, "set_received", watched)
    uuid = await world.capture(await world.open("/order"))
    go_on = await reached(1)
    await world.stop_workers()
    go_on.set()
    await world.message("status")
    go_on = await reached(2)
    stopping = asyncio.create_task(world.helper.stop())
    go_on.set()
    await stopping
    await world.helper.start()
    await until(lambda: ready(world), "the helper did not come back")
    go_on = await reached(3)
    await world.restart_browser(crash=True)
    go_on.set()
    await world.message("status")
    await world.reached(uuid, "sent")
    chunks = [count for count in received if count >= CHUNK]
    assert chunks == sorted(set(chunks)), "what was received is not sent again"
    assert world.helper.bytes(uuid, "seen/html").decode().count("卡密") == 4_000_000
    assert await held(world) == []


async def ready(world: World) -> bool:
    return bool((await world.message("status"))["helper"] == "ready")


async def test_a_worker_killed_between_strips_leaves_an_honest_capture(world: World) -> None:
    world.shop.pages["/order"] = TALL
    page = await world.open("/order")
    before = await page.content()
    uuid = await world.capture(page)
    await until(lambda: changed(page), "the page was never changed for a strip")
    await world.stop_workers()
    await world.message("status")
    await world.reached(uuid, "sent")
    strips = world.helper.parts(uuid, "seen/strip")
    [first] = [part for part in strips if part.about["index"] == 0]
    assert [item["reason"] for item in first.about["missing"]] == ["interrupted"]
    await page.wait_for_function("scrollY === 0")
    assert await page.content() == before
    assert world.helper.bytes(uuid, "seen/viewport")


async def changed(page: Any) -> bool:
    return bool(await page.evaluate("document.querySelector('header').style.clipPath"))


async def test_a_page_left_alone_by_a_dead_worker_puts_itself_back(world: World) -> None:
    world.shop.pages["/order"] = TALL
    page = await world.open("/order")
    await world.capture(page)
    await until(lambda: changed(page), "the page was never changed for a strip")
    await world.stop_workers()
    await page.wait_for_function(
        "scrollY === 0 && !document.querySelector('header').style.clipPath", timeout=8_000
    )


async def test_the_first_commit_does_not_wait_for_the_strips(world: World) -> None:
    world.shop.pages["/order"] = TALL.replace("12000px", "6000px")
    page = await world.open("/order")
    uuid = await world.capture(page)
    await until(lambda: world.helper.called("start", uuid), "S0 never came")
    assert not world.helper.called("strips", uuid)
    await world.reached(uuid, "sent")
    assert world.helper.called("strips", uuid)


async def test_a_program_that_cannot_prove_itself_gets_nothing(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    await world.helper.stop()
    assert (await world.message("status"))["helper"] == "away"  # the last proof counts no more
    asked: list[str] = []

    async def stranger(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        return web.json_response(
            {
                "helper": "kazheng", "version": "0.1.0", "api": 1, "start": "00", "time": 0,
                "pairing": "known", "proof": "0" * 64,
                "limits": {"chunk_bytes": 1, "part_bytes": 1, "capture_bytes": 1},
            }
        )  # fmt: skip

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stranger)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", world.helper.port).start()
        uuid = await world.capture(page)
        await until(lambda: error_of(world, uuid, "helper_stranger"), "the stranger was believed")
        assert (await world.message("status"))["helper"] == "stranger"
    finally:
        await runner.cleanup()
    assert set(asked) == {"GET /v1/hello"}
    assert await held(world)
    assert (await world.message("status"))["outbox"]["count"] == 1


async def test_a_revoked_pairing_is_said_and_a_new_one_delivers(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    for known in world.helper.vault.pairings():
        world.helper.vault.revoke_pairing(
            known[0] if isinstance(known, tuple) else known.pairing_id
        )
    uuid = await world.capture(page)
    await until(lambda: error_of(world, uuid, "helper_unpaired"), "nobody said it is unpaired")
    await world.pair()
    await world.reached(uuid, "sent")


async def test_two_clicks_are_two_captures_one_after_the_other(world: World) -> None:
    world.shop.pages["/order"] = TALL.replace("12000px", "2000px")
    page = await world.open("/order")
    tab = await world.click(page)
    answers = await asyncio.gather(*(world.message("capture", tabId=tab) for _ in range(2)))
    uuids = {answer["uuid"] for answer in answers}
    assert len(uuids) == 2
    for uuid in uuids:
        await world.reached(uuid, "sent")
        [viewport] = world.helper.parts(uuid, "seen/viewport")
        assert viewport.about["y"] == 0
        [first] = [p for p in world.helper.parts(uuid, "seen/strip") if p.about["index"] == 0]
        assert first.about["missing"] == []


async def test_bytes_stay_when_the_helper_names_other_hashes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")

    def confused(role: str, sha256: str, size: int) -> KeptPart:
        return KeptPart(role=role, sha256=sha256[::-1], size=size)

    with monkeypatch.context() as patched:
        patched.setattr("helper.web.captures.KeptPart", confused)
        uuid = await world.capture(page)
        await until(lambda: error_of(world, uuid, "helper_hashes"), "other hashes were accepted")
        assert await held(world)
    await world.message("status")
    await world.reached(uuid, "sent")
    assert await held(world) == []
