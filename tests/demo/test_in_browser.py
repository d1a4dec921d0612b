"""The shops in a real Chromium: what a person sees is what the platform files read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page as Tab

from helper.demo import platform
from helper.demo.platform import Demo
from scrapers.page import load
from scrapers.read import PLATFORMS, read
from tests.chromium import chromium

pytestmark = pytest.mark.browser
READY = {"wangzi": ".wz-order-page", "lechuang": ".lc-result", "weijie": "#wj-trade[data-ready]"}


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """One demo for the module: its tests only look."""
    running = await platform.start(tmp_path_factory.mktemp("demo"))
    yield running
    await running.stop()


@pytest.fixture(scope="module")
async def tab(demo: Demo) -> AsyncIterator[Tab]:
    """A tab that is logged in."""
    async with chromium(f"--ignore-certificate-errors-spki-list={demo.spki}") as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(demo.login.url)
        await page.fill("[name=username]", demo.login.user)
        await page.fill("[name=password]", demo.login.password)
        await page.click("form[action='/login'] button")
        await page.wait_for_selector(".wz-orders")
        yield page


async def test_every_order_page_is_read_as_the_shop_means_it(demo: Demo, tab: Tab) -> None:
    for order in demo.orders.values():
        await tab.goto(order.url)
        await tab.wait_for_selector(READY[order.shop])
        seen = read(load((await tab.content()).encode(), url=tab.url))
        assert seen.platform.key == order.shop
        record = seen.orders[0]
        assert record.order_no == order.order_no
        assert record.amount == order.amount
        assert (record.status, record.status_text) == (order.status, order.status_text)
        assert record.items[0].title == order.product
        assert record.payment.paid_at == order.paid_at
        assert not [text for text in record.warnings if text != "several_payments"]


@pytest.mark.parametrize("shop", sorted(READY))
async def test_an_order_page_is_about_two_viewports_tall(demo: Demo, tab: Tab, shop: str) -> None:
    await tab.goto(demo.orders[f"{shop}:not_delivered"].url)
    await tab.wait_for_selector(READY[shop])
    height = await tab.evaluate("document.documentElement.scrollHeight")
    assert 1300 <= height <= 1600


@pytest.mark.parametrize("shop", sorted(READY))
async def test_the_form_map_finds_every_field_and_the_entry(
    demo: Demo, tab: Tab, shop: str
) -> None:
    order = demo.orders[f"{shop}:not_delivered"]
    await tab.goto(order.url)
    await tab.wait_for_selector(READY[shop])
    form = next(one for one in PLATFORMS if one.key == shop).complaint_form
    assert form is not None
    assert form.entry is not None
    await tab.click(form.entry)
    await tab.wait_for_url(order.complaint_url)
    found = {
        field.name: await tab.locator(form.selector).locator(field.selector).count()
        for field in form.fields
    }
    assert all(found.values()), found
    wanted = await tab.evaluate(
        "css => new Set([...document.querySelectorAll(`${css} :is(input,select,textarea)`)]"
        ".filter(e => e.required && !e.readOnly).map(e => e.name)).size",
        form.selector,
    )
    assert wanted == sum(field.required for field in form.fields)


@pytest.mark.parametrize("shop", sorted(READY))
async def test_lazy_pictures_come_when_scrolled_to(demo: Demo, tab: Tab, shop: str) -> None:
    await tab.goto(demo.origins[shop])
    await tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await tab.wait_for_function(
        "[...document.images].slice(-2).every(i => i.complete && i.naturalWidth > 1)"
    )
