"""From the sealed order to the filled form; the person submits; the receipt joins the case."""

from __future__ import annotations

import pytest

from helper.demo.tour import TELL_CONTACT
from tests.e2e.world import World, until

SUBMIT = "form:has(input[type=file]) button:not([type=button])"


async def draft(common: World, shop: str) -> str:
    order = common.demo.orders[f"{shop}:not_delivered"]
    view = await common.sealed(await common.one_click(order.url, lend=True))
    code, made = await common.command("draft", view.case_id or "", "--channel", "merchant_platform")
    assert code == 0
    for word in (order.order_no, str(order.amount), "证据1"):
        assert word in made["text"]
    assert all(sentence["exhibits"] for sentence in made["sentences"])
    return str(view.case_id)


@pytest.mark.long
async def test_undo_gives_the_form_back(common: World) -> None:
    await draft(common, "lechuang")
    page = await common.person.open(common.demo.orders["lechuang:not_delivered"].complaint_url)
    state = "() => [...document.querySelectorAll('form input, form textarea, form select')]"
    state += (
        ".map(e => e.type === 'file' ? e.files.length : e.type === 'radio' ? e.checked : e.value)"
    )
    before = await page.evaluate(state)
    popup = await common.person.click_toolbar(page)
    await popup.click("#fill-preview")
    await popup.click("#fill-apply")
    await popup.wait_for("!!document.querySelector('#report')", 30)
    assert await page.evaluate(state) != before
    await popup.click("#fill-undo")
    await popup.wait_for("document.body.dataset.state === 'undone'")
    assert await page.evaluate(state) == before
    await popup.close()


@pytest.mark.parametrize(
    "shop",
    ["wangzi", *(pytest.param(shop, marks=pytest.mark.long) for shop in ("lechuang", "weijie"))],
)
async def test_fill_submit_and_receipt(common: World, shop: str) -> None:
    if shop == "wangzi":
        await common.log_in()
    case_id = await draft(common, shop)
    page = await common.person.open(common.demo.orders[f"{shop}:not_delivered"].complaint_url)
    before = len(common.demo.submissions)

    popup = await common.person.click_toolbar(page)
    await popup.click("#fill-preview")
    await popup.wait_for("!!document.querySelector('#preview')", 30)
    await popup.evaluate(TELL_CONTACT)
    await popup.click("#fill-apply")
    await popup.wait_for("!!document.querySelector('#report')", 30)
    marks = await popup.evaluate(
        "[...document.querySelectorAll('#report .chip')].map(c => c.className)"
    )
    assert marks
    assert all("good" in mark for mark in marks)
    await popup.close()

    empty = await page.eval_on_selector_all(
        "form [required]",
        "es => es.filter(e => !(e.type === 'radio'"
        " ? document.querySelector(`[name=${e.name}]:checked`) : e.value)).map(e => e.name)",
    )
    assert empty == []
    files = await page.eval_on_selector("input[type=file]", "e => [...e.files].map(f => f.name)")
    assert files
    assert files[0].startswith("证据1")
    assert len(common.demo.submissions) == before

    await page.click(SUBMIT)
    await page.wait_for_load_state("networkidle")
    assert len(common.demo.submissions) == before + 1
    popup = await common.person.click_toolbar(page)
    await popup.click("#keep-receipt")

    async def filed() -> object:
        _, case = await common.command("case", "show", case_id)
        return case["filings"]

    filings = await until(filed, "the receipt did not reach the case")
    assert filings[0]["number"] in await page.inner_text("body")
    await popup.close()
