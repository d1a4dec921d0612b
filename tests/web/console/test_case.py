"""The page of a case: what it shows, what can be done on it, with the keyboard too."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from helper.complaints.ladder.channels import channels
from helper.filling import filled_note
from helper.model import CaptureMeta
from helper.web.console import course
from helper.web.console.entrance import HOST, address
from helper.web.server import create_app, serve
from tests.web.console.conftest import Town

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def case_id(town: Town) -> str:
    capture_id = await town.keep()
    found = town.store.vault.capture(capture_id).case_id
    assert found is not None
    return found


@pytest.fixture
async def page(town: Town, case_id: str) -> Page:
    page = await town.enter()
    await page.goto(town.url(f"/cases/{case_id}"))
    return page


async def test_it_says_what_is_safe_missing_due_and_next(page: Page) -> None:
    now = page.get_by_role("region", name="现在做什么")
    await expect(now).to_contain_text("保存了 1 页，1 页已封存")
    await expect(now).to_contain_text("还缺")
    await expect(now.get_by_role("button")).to_have_count(1)


async def test_a_click_shows_where_on_the_page_a_value_stands(page: Page) -> None:
    row = page.get_by_role("row", name="订单号")
    await expect(row).to_contain_text("KZ202603011200")
    await row.get_by_role("link", name="在图上看").click()
    frame = page.locator("#place-order-no")
    await expect(frame).to_have_css("stroke-width", "5px")
    await expect(frame).to_be_in_viewport()
    await expect(page.locator(".sheet img")).to_have_js_property("complete", value=True)


async def test_what_the_user_tells_is_kept_shown_and_taken_back(
    page: Page, town: Town, case_id: str
) -> None:
    offered = await page.locator("#tell-filed option").evaluate_all("all => all.map(x => x.value)")
    assert {"merchant_platform", "12315"} <= set(offered)
    assert {one.id for one in channels() if one.id in offered and one.kind != "draft"} == set()
    await page.get_by_text("记下一次联系").click()
    form = page.locator("#tell-contact")
    await form.get_by_label("说了什么").fill("客服说<script>再等等</script>")
    at = form.get_by_label("什么时候")
    await at.evaluate("(field) => { field.max = '2026-01-01T00:00'; }")  # the form stood open
    await at.focus()
    await expect(at).not_to_have_attribute("max", "2026-01-01T00:00")
    await at.fill(await at.input_value())
    await form.get_by_role("button", name="保存").click()
    await expect(page.locator("#said")).to_contain_text("已记下")
    told = page.locator(".events li", has_text="再等等")
    await expect(told).to_contain_text("<script>")
    await told.get_by_role("button", name="撤销").click()
    await expect(page.locator(".events li", has_text="再等等")).to_have_count(0)
    assert town.store.vault.case(case_id).entries == ()


async def test_a_correction_stands_beside_what_the_page_reads(page: Page) -> None:
    row = page.get_by_role("row", name="金额")
    await row.get_by_text("改正").click()
    await row.get_by_label("金额应为").fill("29.00")
    await row.get_by_role("button", name="保存").click()
    await expect(row).to_contain_text("29.00")
    await expect(row).to_contain_text("本人填写")
    await row.get_by_text("改正").first.click()
    await row.get_by_role("button", name="保存").click()  # without a word
    await expect(row.get_by_label("金额应为")).to_be_focused()
    await row.get_by_role("button", name="撤销改正").click()
    await expect(row).not_to_contain_text("本人填写")


async def test_the_next_step_is_taken_by_the_keyboard_alone(
    page: Page, town: Town, case_id: str
) -> None:
    await page.get_by_role("row", name="金额").wait_for()
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement?.id") == "do-next":
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/drafts/**")
    written = page.url
    await page.go_back()
    await page.reload()
    now = page.get_by_role("region", name="现在做什么")
    await expect(now).to_contain_text("写好了")
    await expect(now).not_to_contain_text("还没有向商家投诉过")
    await now.get_by_role("link", name="填进表单").click()
    await page.wait_for_url(written)
    # The extension's panel says the same of it.
    advice = await town.services.advise(case_id, None, "zh_CN")
    assert written.endswith(f"/drafts/{advice.written}")
    # Once it was filled, only the user knows whether it was submitted.
    note = filled_note(str(advice.written), 5, 6, 2)
    town.store.vault.add_note(case_id, note, town.services.now(), "filled")
    await page.go_back()
    await page.reload()
    await expect(now.get_by_role("link", name="还没提交，接着填")).to_have_attribute(
        "href", f"/drafts/{advice.written}"
    )
    await now.get_by_role("link", name="记下我提交了").click()
    form = page.locator("#tell-filed")
    await expect(form.locator("select[name=channel]")).to_have_value("merchant_platform")
    await form.get_by_role("button", name="保存").click()
    await expect(page.locator("#said")).to_contain_text("已记下")
    [filing] = town.store.vault.case(case_id).filings
    assert filing.draft_id == advice.written, "its receipt, kept later, is of the same filing"


async def test_an_open_page_follows_what_is_added_elsewhere_and_leaves_what_is_written_here(
    page: Page, town: Town, case_id: str
) -> None:
    vault, now = town.store.vault, town.store.now()
    await page.goto(town.url(f"/cases/{case_id}?issue=duplicate_charge"))
    await page.locator("#tell-note > summary").click()
    words = page.locator("#tell-note").get_by_role("textbox")
    await words.fill("写到一半")
    more = page.locator("#moving li.step details").first
    await more.locator("summary").click()
    vault.add_note(case_id, "别处写下的", now)
    events = page.locator(".events").last
    await expect(events).to_contain_text("别处写下的")
    await expect(words).to_have_value("写到一半")
    await expect(more).to_have_attribute("open", "")
    await expect(page.get_by_label("遇到的是")).to_have_value("duplicate_charge")

    row = page.get_by_role("row", name="金额")
    await row.get_by_text("改正").click()
    await row.get_by_label("金额应为").fill("30.00")
    async with page.expect_response(lambda reply: case_id in reply.url):
        vault.add_note(case_id, "又一条", now)
    await words.focus()
    await expect(row.get_by_label("金额应为")).to_have_value("30.00")
    await expect(events).not_to_contain_text("又一条")
    await row.get_by_label("金额应为").fill("")
    await page.keyboard.press("Tab")
    await expect(events).to_contain_text("又一条")


async def test_what_is_refused_or_unheard_is_said_in_view_and_stays_in_its_form(
    page: Page, town: Town
) -> None:
    await page.get_by_text("记下一次联系").click()
    form = page.locator("#tell-contact")
    save, notice = form.get_by_role("button", name="保存"), page.get_by_role("alert")
    await form.get_by_label("客服工号").fill("A-7")
    await save.click()
    await expect(notice).to_contain_text("没有写说了什么")
    await expect(notice).to_be_in_viewport()
    lines = ("字" * 99 + "\n") * 50
    await form.get_by_label("说了什么").fill(lines)  # as long as the field lets one write
    await page.route("**/tell", lambda route: route.abort())
    await save.click()
    await expect(notice).to_contain_text("助手没有回应")
    await expect(notice).to_be_in_viewport()
    town.problems.clear()  # the browser notes both
    await page.unroute("**/tell")
    await expect(form.get_by_label("客服工号")).to_have_value("A-7")
    await save.click()
    await expect(page.locator("#said")).to_contain_text("已记下")
    told = page.locator(".events li", has_text="A-7")
    await told.get_by_role("button", name="撤销").click()
    await expect(told).to_have_count(0)


async def test_an_open_page_whose_case_was_deleted_elsewhere_says_so(
    page: Page, town: Town
) -> None:
    vault, now = town.store.vault, town.store.now()
    uuid = "00000000-0000-0000-0000-000000000777"
    vault.create_capture(uuid, CaptureMeta(url="https://b.example/o", clicked_at=now), [])
    other = vault.join_case(
        uuid, platform_key=None, host="b.example", order_no=None, wanted=None, title="一页", now=now
    )
    vault.set_state(uuid, "sealed")
    await page.goto(town.url(f"/cases/{other}"))
    vault.delete_case(other, now)
    notice = page.get_by_role("alert")
    await expect(notice).to_contain_text("没有这个案件")
    await expect(notice).to_contain_text("在“今天”里再选一个")
    await expect(page.get_by_role("heading", name="一页")).to_be_visible()  # what stood there stays
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('kazheng:changed'))")
    await page.evaluate("fetch('/static/style.css')")  # what was asked before is known by then
    assert [one for one in asked if other in one] == []
    town.problems.clear()  # the browser notes the answer


async def test_where_nothing_is_missing_the_links_to_it_lead_to_that(
    town: Town, case_id: str, stranger: aiohttp.ClientSession
) -> None:
    async def advise(*asked: Any) -> Any:
        return (await town.services.advise(*asked)).model_copy(update={"gaps": ()})

    served = await serve(create_app(replace(town.services, advise=advise)), 0)
    try:
        own = f"http://{HOST}:{served.port}"
        token = address(town.store.vault, served.port, town.store.now()).partition("#")[2]
        door = await stranger.post(
            f"{own}/enter", data={"token": token}, headers={"Origin": own}, allow_redirects=False
        )
        cookie = door.headers["Set-Cookie"].partition(";")[0]
        reply = await stranger.get(f"{own}/cases/{case_id}", headers={"Cookie": cookie})
        [found] = re.findall(r'<li id="gaps">(.*?)</li>', await reply.text())
        assert "这一步需要的证明都有了" in found
    finally:
        await served.stop()


async def test_money_is_told_in_the_currency_of_the_order(
    page: Page, town: Town, case_id: str
) -> None:
    vault, now = town.store.vault, town.store.now()
    sums = page.get_by_role("region", name="能要多少")
    await expect(sums.locator(".big-number")).to_have_count(0)  # nothing known is no 0
    vault.add_correction(case_id, "amount", "29.00", now)
    vault.add_correction(case_id, "currency", "USDT", now)
    await page.reload()
    await expect(sums.locator(".big-number")).to_have_text("合计 29.00 USDT")
    await page.get_by_text("钱退回来了").click()
    form = page.locator("#tell-refund")
    await form.get_by_label("退了多少 (USDT)").fill("1.2345")
    await form.get_by_role("button", name="保存").click()
    await expect(page.locator("#said")).to_contain_text("已记下")
    [entry] = vault.case(case_id).entries
    assert (entry.what.kind, entry.what.currency) == ("refund", "USDT")
    vault.undo_entry(case_id, entry.entry_id)
    for path in ("currency", "amount"):
        vault.undo_correction(case_id, path)


def test_events_at_one_place_become_one_point_that_says_all() -> None:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from helper.complaints.course.events import Event  # noqa: PLC0415

    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    events = [
        Event(key=key, at=noon + timedelta(hours=hours), text=key, source="page")
        for key, hours in [("ordered", 0), ("paid", 0.01), ("filed", 240)]
    ]
    drawn = course.picture(events, (), noon + timedelta(hours=480))
    assert drawn is not None
    assert [point.said for point in drawn.points] == [("ordered", "paid"), ("filed",)]
    assert drawn.now == course.WIDTH - 24
    crowd = [events[0].model_copy(update={"text": str(number)}) for number in range(500)]
    [point] = course.picture(crowd, (), noon).points  # type: ignore[union-attr]
    assert (len(point.said), point.told[0], len(point.told) + point.more) == (500, "0", 500)
    assert len(point.told) < 10
    assert course.picture([], (), noon) is None
