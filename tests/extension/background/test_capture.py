"""One click: what is seen is frozen, kept in the outbox, and brought to the helper."""

from __future__ import annotations

import asyncio
import contextlib
import io
from datetime import datetime

import pytest
from aiohttp import web
from PIL import Image

from helper.capture.stitch import stitch
from helper.errors import NotFoundError
from helper.model import Part
from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser

TALL = """<!doctype html><html lang=zh><title>订单 12345678</title>
<style>body{margin:0}header{position:fixed;top:0;height:60px;width:100%;background:#00f}
h2{position:sticky;top:60px;margin:0;background:#0ff}
section{height:700px;background:linear-gradient(#fff,#f00)}</style>
<header>王子商城</header><section style="background:#fafafa"></section><h2>明细</h2>
<section id=second>订单号 12345678</section></html>"""


async def test_a_two_viewport_page_is_kept_with_all_it_showed(world: World) -> None:
    world.shop.pages["/order"] = TALL
    page = await world.open("/order")
    uuid = await world.kept(page)
    roles = {part.role for part in world.helper.parts(uuid)}
    assert roles == {
        "seen/viewport", "seen/html", "seen/text", "seen/context", "seen/mhtml", "seen/strip",
    }  # fmt: skip
    meta = world.helper.vault.capture(uuid).meta
    assert meta.url == f"{world.shop.origin}/order"
    assert meta.title == "订单 12345678"
    assert (meta.missing, meta.session, meta.revisit) == ((), "not_lent", "allowed")
    assert world.helper.called("start", uuid)
    assert world.helper.called("strips", uuid)
    picture = Image.open(io.BytesIO(world.helper.bytes(uuid, "seen/viewport")))
    assert picture.size == (1280, 800)


async def test_the_times_of_a_capture_are_told_in_their_order(world: World) -> None:
    world.shop.pages["/order"] = TALL
    uuid = await world.capture(await world.open("/order"))
    timings = (await world.reached(uuid, "sent"))["timings"]
    assert timings["clicked_at"] <= timings["s0_kept_at"] <= timings["kept_at"]


async def test_strips_make_the_whole_page_and_the_page_is_put_back(world: World) -> None:
    world.shop.pages["/order"] = TALL.replace("<header>", '<header style="color: red">')
    page = await world.open("/order")
    before = await page.content()
    uuid = await world.kept(page)
    await page.wait_for_function("scrollY === 0")
    assert await page.content() == before
    strips = world.helper.parts(uuid, "seen/strip")
    [viewport] = world.helper.parts(uuid, "seen/viewport")
    first, *_ = sorted(strips, key=lambda part: part.about["index"])
    assert first.sha256 == viewport.sha256
    changes = first.about["page_changes"]
    assert {(change["selector"], change["property"]) for change in changes} == {
        ("html > body > header", "clip-path"),
        ("html > body > h2", "position"),
        ("html > body > h2", "inset"),
    }
    assert first.about["missing"] == []
    stitched = stitch([(world.helper.blobs.read(part.sha256), part.about) for part in strips])
    picture = Image.open(io.BytesIO(stitched))
    assert picture.size[1] == first.about["scroll_height"]
    assert picture.getpixel((600, 30)) == (0, 0, 255), "the header, once"
    assert picture.getpixel((600, 710)) == (0, 255, 255), "the sticky title in its own place"
    assert picture.getpixel((600, 820)) != (0, 0, 255), "no header again on the second strip"


async def test_a_bar_at_the_bottom_does_not_hide_what_is_under_it(world: World) -> None:
    bar = "<div style='position:fixed;bottom:0;height:80px;width:100%;background:#0f0'></div>"
    world.shop.pages["/order"] = TALL.replace("</html>", bar + "</html>")
    page = await world.open("/order")
    uuid = await world.kept(page)
    strips = world.helper.parts(uuid, "seen/strip")
    stitched = stitch([(world.helper.blobs.read(part.sha256), part.about) for part in strips])
    picture = Image.open(io.BytesIO(stitched)).convert("RGB")
    assert (0, 255, 0) not in {picture.getpixel((600, y)) for y in range(0, picture.size[1], 10)}
    seen = Image.open(io.BytesIO(world.helper.bytes(uuid, "seen/viewport")))
    assert seen.getpixel((600, 790)) == (0, 255, 0), "the raw picture shows what the person saw"


async def test_a_page_scrolled_down_is_seen_as_it_stood_and_pictured_from_the_top(
    world: World,
) -> None:
    world.shop.pages["/order"] = TALL
    page = await world.open("/order")
    await page.evaluate("scrollTo(0, 300)")
    uuid = await world.kept(page)
    [viewport] = world.helper.parts(uuid, "seen/viewport")
    assert viewport.about["y"] == 300
    strips = world.helper.parts(uuid, "seen/strip")
    assert min(part.about["y"] for part in strips) == 0
    assert await page.evaluate("scrollY") == 300


async def test_strips_stop_when_another_tab_comes_to_the_front(world: World) -> None:
    world.shop.pages["/order"] = TALL.replace("700px", "20000px")
    page = await world.open("/order")
    uuid = await world.capture(page)
    await until(lambda: strips_of(world, uuid), "no strip came")
    await world.console.bring_to_front()
    await world.reached(uuid, "sent")
    strips = world.helper.parts(uuid, "seen/strip")
    assert 1 <= len(strips) < 45, "the page has fifty"
    [first] = [part for part in strips if part.about["index"] == 0]
    assert [item["reason"] for item in first.about["missing"]] == ["tab_changed"]
    for part in strips:
        picture = Image.open(io.BytesIO(world.helper.blobs.read(part.sha256))).convert("RGB")
        assert picture.getpixel((600, 400))[0] >= 200, "no strip shows the other tab"
    await page.wait_for_function("document.querySelector('header').style.clipPath === ''")


@pytest.mark.parametrize(
    ("leave", "reason"),
    [("reload", "page_reloaded"), pytest.param("close", "tab_closed", marks=pytest.mark.long)],
)
async def test_strips_that_end_because_the_page_is_gone_say_why(
    world: World, leave: str, reason: str
) -> None:
    world.shop.pages["/order"] = TALL.replace("700px", "4000px")
    page = await world.open("/order")
    uuid = await world.capture(page)
    await until(lambda: strips_of(world, uuid), "no strip came")
    await getattr(page, leave)()
    await world.reached(uuid, "sent")
    [first] = [p for p in world.helper.parts(uuid, "seen/strip") if p.about["index"] == 0]
    assert [item["reason"] for item in first.about["missing"]] == [reason, "changes_unknown"]
    assert first.about["page_changes"] is None


async def test_a_second_click_counts_for_when_its_page_is_taken(world: World) -> None:
    world.shop.pages["/order"] = TALL.replace("700px", "4000px")
    page = await world.open("/order")
    tab = await world.click(page)
    first = (await world.message("capture", tabId=tab))["uuid"]
    await until(lambda: strips_of(world, first), "no strip came")
    second = (await world.message("capture", tabId=tab))["uuid"]
    asked = (await world.state(second))["timings"]["clicked_at"]
    until_then = (await world.reached(first, "sent", 60))["timings"]["kept_at"]
    await page.evaluate("for (const one of document.querySelectorAll('section')) one.remove()")
    timings = (await world.reached(second, "sent"))["timings"]
    assert timings["asked_at"] == asked < timings["clicked_at"]
    assert timings["clicked_at"] >= until_then
    meta = world.helper.vault.capture(second).meta
    assert meta.clicked_at.timestamp() * 1000 == pytest.approx(timings["clicked_at"])
    told = world.context(second)
    assert (told["asked_at"], meta.extra["asked_at"]) == (told["asked_at"],) * 2
    assert datetime.fromisoformat(told["asked_at"]).timestamp() * 1000 == pytest.approx(asked)


async def test_a_clock_that_is_set_back_does_not_hold_up_the_pictures(world: World) -> None:
    world.shop.pages["/order"] = TALL
    page = await world.open("/order")
    await world.kept(page)
    await world.person.context.service_workers[0].evaluate(
        "() => { const now = Date.now; Date.now = () => now() - 3_600_000 }"
    )
    tab = await world.click(page)
    uuid = (await world.message("capture", tabId=tab))["uuid"]

    async def whole() -> bool:
        return bool((await world.state(uuid))["complete"])

    await until(whole, "the pictures wait for the clock")
    await world.stop_workers()


async def test_what_announces_a_capture_stays_short_whatever_the_page_calls_its_parts(
    world: World,
) -> None:
    rows = f"<i class='{'名' * 1_000}'>明细</i>" + "<i></i>" * 2_000
    sticky = "<style>i{position:sticky;top:0}p{height:1000px}</style>"
    world.shop.pages["/order"] = (
        f"<!doctype html><title>{'订' * 10_000}</title>{sticky}<p>订单</p>{rows}"
    )
    uuid = await world.kept(await world.open("/order"))
    assert len(world.helper.vault.capture(uuid).meta.title) == 2_000
    [first] = [p for p in world.helper.parts(uuid, "seen/strip") if p.about["index"] == 0]
    changes = first.about["page_changes"]
    assert len(changes) == 2_000
    assert max(len(change["selector"]) for change in changes) == 300


def strips_of(world: World, uuid: str) -> list[Part]:
    try:
        found = world.helper.vault.parts(uuid)
    except NotFoundError:
        return []
    return [part for part, received in found if part.role == "seen/strip" and received]


async def test_a_page_that_never_finishes_loading_is_kept(world: World) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
        await response.prepare(request)
        await response.write("<!doctype html><title>慢</title><p>订单 87654321".encode())
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.2)
        return response

    world.shop.pages["/slow"] = endless
    page = await world.open("/slow", wait_until="commit")
    await page.wait_for_selector("p")
    uuid = await world.kept(page)
    assert "订单 87654321" in world.helper.bytes(uuid, "seen/text").decode()
    await page.close()


async def test_a_page_with_an_open_dialog_is_kept_as_picture_and_says_what_is_missing(
    world: World,
) -> None:
    world.shop.pages["/alert"] = "<!doctype html><title>提示</title><p>订单"
    page = await world.open("/alert")
    tab = await world.click(page)
    page.on("dialog", lambda _: None)
    await page.evaluate("setTimeout(() => alert('请先登录'), 0)")
    uuid = (await world.message("capture", tabId=tab))["uuid"]
    await world.reached(uuid, "sent", seconds=40)
    assert world.helper.bytes(uuid, "seen/viewport").startswith(b"\x89PNG")
    missing = world.helper.vault.capture(uuid).meta.missing
    assert {(item.role, item.reason) for item in missing} >= {("seen/html", "page_busy")}


@pytest.mark.long
async def test_a_30_mb_page_is_kept_whole(world: World) -> None:
    row = "<tr><td>订单</td><td>" + "甲" * 300 + "</td></tr>\n"
    rows = row * (30_000_000 // len(row.encode()))
    world.shop.pages["/big"] = (
        f"<!doctype html><title>大</title><div hidden><table>{rows}</table></div>"
    )
    page = await world.open("/big")
    uuid = await world.kept(page)
    html = world.helper.bytes(uuid, "seen/html").decode()
    assert html.count("<tr>") == rows.count("<tr>")
    assert "\ufffd" not in html


@pytest.mark.parametrize(
    ("path", "wishes", "verdict"),
    [
        ("/order?no=12345678", {}, "allowed"),
        ("/order?token=8f3a9b2c7d6e5f4a8f3a", {}, "one_time"),
        ("/order?code=12345678", {}, "allowed"),
        ("/order", {"refuse_revisit": True}, "user_refused"),
    ],
)
async def test_what_may_be_visited_again(
    world: World, path: str, wishes: dict[str, bool], verdict: str
) -> None:
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单"
    page = await world.open(path)
    uuid = await world.kept(page, **wishes)
    assert world.helper.vault.capture(uuid).meta.revisit == verdict


async def test_a_page_that_answers_its_own_form_is_not_visited_again(world: World) -> None:
    world.shop.pages["/query"] = (
        "<!doctype html><title>查询</title><form method=post><input name=no>"
        "<button>查询</button></form>"
    )
    page = await world.open("/query")
    asked = await world.kept(page)
    async with page.expect_navigation():
        await page.click("button")
    answered = await world.kept(page)
    assert world.helper.vault.capture(asked).meta.revisit == "allowed"
    assert world.helper.vault.capture(answered).meta.revisit == "post"


async def test_of_a_pdf_it_is_said_that_only_what_the_window_shows_was_kept(world: World) -> None:
    async def pdf(_: web.Request) -> web.StreamResponse:
        out = io.BytesIO()
        Image.new("RGB", (900, 1200), "white").save(out, "PDF")
        return web.Response(body=out.getvalue(), content_type="application/pdf")

    world.shop.pages["/terms"] = pdf
    uuid = await world.kept(await world.open("/terms"))
    missing = world.helper.vault.capture(uuid).meta.missing
    told = {item.role for item in missing if item.reason == "pdf_viewer"}
    assert told == {"seen/html", "seen/page"}
    roles = {part.role for part in world.helper.parts(uuid)}
    assert "seen/viewport" in roles
    assert "seen/strip" not in roles, "the window's picture is no page"


async def test_a_page_that_is_no_web_page_is_refused_in_words(world: World) -> None:
    page = await world.person.open("chrome://version")
    tab = await world.click(page)
    answer = await world.message("capture", tabId=tab)
    assert (answer["ok"], answer["error"]["code"]) == (False, "not_capturable")
    assert (await world.message("page", tabId=tab))["capturable"] is False


async def test_the_wishes_of_the_popup_reach_the_helper(world: World) -> None:
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单"
    page = await world.open("/order")
    uuid = await world.kept(page, case_id="c-0123456789", receipt_for="d-1")
    meta = world.helper.vault.capture(uuid).meta
    assert (meta.case_id, meta.receipt_for) == ("c-0123456789", "d-1")
