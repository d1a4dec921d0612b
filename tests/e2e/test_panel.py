"""The panel with the real helper: answered, told, written, edited, taken to the phone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.world import World


@pytest.mark.long
async def test_from_an_order_gone_wrong_to_the_words_and_the_wait(world: World) -> None:
    order = world.demo.orders["lechuang:not_delivered"]
    view = await world.sealed(await world.one_click(order.url, lend=True))
    page = await world.person.extension_page(f"pages/panel.html?case={view.case_id}")

    await page.click("#answer-own_mistake-no")
    await page.wait_for_selector("#answer-own_mistake-no:checked")
    await page.click("#do-next")
    first = page.locator("#sentences li").first
    assert order.order_no in await first.inner_text()
    await first.get_by_role("button").first.click()
    await first.locator("textarea").fill("页面一直显示等待发货（证据1）。")
    await first.locator("button.primary").click()
    await page.wait_for_selector("#sentences li.edited")
    await page.reload()
    assert "页面一直显示等待发货" in await page.locator("#sentences li.edited").inner_text()
    assert await page.is_checked("#answer-own_mistake-no")

    await page.select_option("#channel", "alipay")
    await page.click("#make-draft")
    await page.locator("[data-block=text] button[aria-expanded]").click()
    await page.wait_for_function(
        "() => document.querySelector('[data-block=text] img')?.naturalWidth > 0"
    )

    await page.select_option("#channel", "merchant_platform")
    await page.click("#make-draft")
    await page.wait_for_selector("#open-form, .notice.plain")
    await page.click("#submitted")
    await page.fill("#told-number", "TS20260818001")
    await page.click("#told-save")
    await page.wait_for_selector("#answered")
    await expect(page.locator("#timeline")).to_contain_text("TS20260818001")
    kept = world.store.vault.case(str(view.case_id))
    [filing] = kept.filings
    assert (filing.number, filing.draft_id in kept.drafts) == ("TS20260818001", True)
    await page.click("#told-undo")
    await page.wait_for_selector("#do-next")
    assert world.store.vault.case(str(view.case_id)).filings == ()
