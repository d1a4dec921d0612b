"""The page of a case: what it shows, what can be done on it, with the keyboard too."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from helper.web.console import course
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
    await page.get_by_text("记下一次联系").click()
    form = page.locator("#tell-contact")
    await form.get_by_label("说了什么").fill("客服说<script>再等等</script>")
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
    await row.get_by_role("button", name="撤销改正").click()
    await expect(row).not_to_contain_text("本人填写")


async def test_the_next_step_is_taken_by_the_keyboard_alone(page: Page) -> None:
    await page.get_by_role("row", name="金额").wait_for()
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement?.id") == "do-next":
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/drafts/**")


async def test_an_open_page_follows_what_is_added_elsewhere(
    page: Page, town: Town, case_id: str
) -> None:
    vault, now = town.store.vault, town.store.now()
    async with page.expect_response(lambda reply: reply.url.endswith(case_id)):
        vault.add_note(case_id, "别处写下的", now)
    await expect(page.locator(".events")).to_contain_text("别处写下的")


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
    assert course.picture([], (), noon) is None
