"""As the screen says: an order that was kept, the console, the next step, the form filled."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.world import World


async def test_from_a_kept_order_over_the_console_to_the_filled_form(world: World) -> None:
    order = world.demo.orders["lechuang:not_delivered"]
    page = await world.person.open(order.url)
    await page.wait_for_load_state("networkidle")
    popup = await world.person.click_toolbar(page)
    await popup.click("#keep")
    await popup.wait_for("document.body.dataset.state === 'done'", 90)
    async with world.person.context.expect_page() as opening:
        await popup.click("#console")
    desk = await opening.value

    await desk.wait_for_url("**/cases/c-*")
    await expect(desk.get_by_role("heading", level=1)).to_contain_text("能量块")
    await desk.click("#do-next")
    await desk.wait_for_url("**/drafts/d-*")
    draft = world.store.vault.draft(desk.url.rpartition("/")[2])
    async with desk.context.expect_page() as opening:
        await desk.click("#open-form")
    form = await opening.value
    await form.wait_for_load_state("networkidle")
    assert form.url == order.complaint_url

    popup = await world.person.click_toolbar(form)
    await popup.click("#fill-preview")
    await popup.wait_for("!!document.querySelector('#preview')", 30)
    assert draft.title in await popup.text()
    await popup.click("#fill-apply")
    await popup.wait_for("!!document.querySelector('#report')", 30)
    await popup.close()
    boxes = "form input, form textarea"
    filled = await form.eval_on_selector_all(boxes, "es => es.map(e => e.value)")
    assert {order.order_no, draft.title} <= set(filled)
    assert any(draft.sentences[0].text in value for value in filled)
    assert not world.demo.submissions
