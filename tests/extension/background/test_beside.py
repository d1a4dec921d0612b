"""The panel beside a form, with nothing but the click's own grant: fill, next step, receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.async_api import Page

from helper.demo.driver import Popup
from helper.filling import FillPlan
from helper.model import CaptureMeta, Draft
from tests.extension.background.world import SHOP, World, paired, until

pytestmark = pytest.mark.browser

NOW = datetime(2026, 7, 11, tzinfo=UTC)
ORDER_NO = "WZ20260711083012"
VALUES = {
    "order_no": ORDER_NO,
    "contact": "13800000000",
    "amount": "99.50",
    "description": "付款后一直没有发货（证据1）。",
    "demand": "请退款99.50元。",
}
WIZARD = """<!doctype html><title>投诉</title><form action="/done" target="_blank">
<div id="one"><label>订单号 <input name="o"></label><label>投诉金额 <input name="a"></label>
<label>联系电话 <input name="c"></label><button type="button" id="next" onclick="
  one.hidden = true; two.hidden = false">下一步</button></div>
<div id="two" hidden><label>问题描述 <textarea name="d"></textarea></label>
<label>诉求 <textarea name="w"></textarea></label><button id="send">提交</button></div></form>"""
WRITTEN = "() => [...document.querySelectorAll('form [name]')].map(one => one.value)"


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One paired world whose helper has a draft for the shop."""
    async with paired(tmp_path_factory.mktemp("beside"), permissions=()) as made:
        vault, uuid = made.helper.vault, str(uuid4())
        meta = CaptureMeta(url=f"{made.shop.origin}/order", clicked_at=NOW)
        vault.create_capture(uuid, meta, [])
        case_id = vault.join_case(
            uuid, platform_key=None, host=SHOP, order_no=ORDER_NO, wanted=None, title="t", now=NOW
        )
        vault.put_draft(
            Draft(
                draft_id="d-1", case_id=case_id, channel="merchant_platform", issue="other",
                demand="refund", title="t", fields={}, text="x", sentences=(), exhibits=(),
                gaps=(), lint=(), law=(), created_at=NOW,
            )
        )  # fmt: skip
        made.helper.plan = FillPlan(
            draft_id="d-1", case_id=case_id, platform=None, origins=(made.shop.origin,),
            values=VALUES, files=(), title="付款后没有发货",
        )  # fmt: skip
        yield made


async def beside(world: World, page: Page) -> Popup:
    """Click the icon, then the button that moves the preview beside the page; return the panel."""
    popup = await world.person.click_toolbar(page)
    await popup.click("#beside")
    return await panel_of(world)


async def panel_of(world: World) -> Popup:
    browser = world.person.context.browser
    assert browser is not None
    session = await browser.new_browser_cdp_session()

    async def find() -> str | None:
        infos = (await session.send("Target.getTargets"))["targetInfos"]
        return next((info["targetId"] for info in infos if "&side" in info["url"]), None)

    return await Popup.attach(session, await until(find, "no panel"))


async def row(panel: Popup, name: str) -> str:
    text = f"document.querySelector('[data-field={name}]')?.innerText ?? ''"
    return str(await panel.evaluate(text))


async def fill(panel: Popup) -> None:
    await panel.click("#fill-apply")
    await panel.wait_for("document.body.dataset.state === 'filled'")


async def test_step_by_step_beside_the_form_then_the_receipt_from_its_own_tab(
    world: World,
) -> None:
    world.shop.pages["/complain"] = WIZARD
    page = await world.open("/complain")
    panel = await beside(world, page)
    await panel.wait_for("document.body.dataset.state === 'preview'")
    await page.click("label")
    await fill(panel)
    assert await page.evaluate(WRITTEN) == [ORDER_NO, "99.50", "13800000000", "", ""]
    assert ORDER_NO in await row(panel, "order_no")

    await page.click("#next")
    await panel.click("#fill-preview")
    await panel.wait_for("!!document.querySelector('[data-field=description] input:enabled')")
    assert "前面已填" in await row(panel, "order_no")
    await fill(panel)
    assert await page.evaluate(WRITTEN) == [
        ORDER_NO, "99.50", "13800000000", VALUES["description"], VALUES["demand"],
    ]  # fmt: skip
    await panel.click("#fill-undo")
    await panel.wait_for("document.body.dataset.state === 'undone'")
    assert await page.evaluate(WRITTEN) == [""] * 5
    await panel.click("#fill-preview")
    await fill(panel)

    world.shop.pages["/done"] = "<title>已提交</title>投诉编号 TS20260711001"
    async with page.expect_popup() as opened:
        await page.click("#send")
    receipt = await opened.value
    await panel.wait_for("!document.querySelector('#elsewhere').hidden")
    assert await panel.evaluate("document.querySelector('main').inert")
    popup = await world.person.click_toolbar(receipt)
    await popup.click("#keep-receipt")
    uuid = await popup.wait_for("document.body.dataset.capture")
    await world.reached(str(uuid), "sent")
    meta = world.helper.vault.capture(str(uuid)).meta
    assert (meta.receipt_for, meta.url.split("?")[0]) == ("d-1", f"{world.shop.origin}/done")

    for origin, offered in (
        (world.shop.origin, True),
        (f"http://b.localhost:{world.shop.port}", False),
    ):
        other = await world.person.open(f"{origin}/done")
        popup = await world.person.click_toolbar(other)
        await popup.wait_for("document.body?.dataset.answered === ''")
        assert await popup.evaluate("!!document.querySelector('#keep-receipt')") is offered
        await popup.close()


async def test_where_the_click_no_longer_reaches_the_icon_is_asked_for(world: World) -> None:
    world.shop.pages["/complain"] = world.shop.pages["/done"] = WIZARD
    page = await world.open("/complain")
    panel = await beside(world, page)
    await panel.wait_for("document.body.dataset.state === 'preview'")
    await page.goto(f"http://b.localhost:{world.shop.port}/done")
    await panel.wait_for(
        "document.body?.dataset.state === 'restricted' && document.body.dataset.answered === ''"
    )
    assert "点一下工具栏上的卡证图标" in await panel.text()
    await world.click(page)
    await panel.wait_for("document.body?.dataset.state === 'before'")
    assert "b.localhost" in await panel.text()


async def test_a_frame_that_the_click_does_not_reach_is_named(world: World) -> None:
    elsewhere = f"http://b.localhost:{world.shop.port}"
    frame = f'<iframe src="{elsewhere}/complain" width=600 height=400></iframe>'
    world.shop.pages |= {"/help": frame, "/complain": WIZARD}
    page = await world.open("/help", wait_until="networkidle")
    panel = await beside(world, page)
    await panel.wait_for("!document.querySelector('#error').hidden")
    text = await panel.text()
    assert f"可能在 {elsewhere} 的内嵌页里" in text
    assert "不往那里填" in text
    assert await page.frames[1].input_value("[name=o]") == ""
