"""Where words stand, as the click records it, and what the frames of an order make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import Page

from helper.evidence.boxes import boxes
from scrapers.dom import selector_of
from scrapers.page import load
from scrapers.record import OrderRecord, Source
from tests.extension.background.world import World

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang=zh><title>订单</title><style>
body { margin: 0; font: 16px monospace } p { margin: 8px }
#list { height: 60px; overflow: auto } #list p { height: 30px; margin: 0 }
#short { width: 90px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis }
#modal { position: fixed; left: 300px; top: 300px; width: 400px; height: 120px; background: #fff }
#under { position: absolute; left: 320px; top: 330px }
#narrow { width: 130px }
</style>
<p class=first>数量 <b>1</b></p><p class=second>数量 <b>1</b></p>
<form><input name=no value=旧><select name=pay><option>支付宝<option selected>微信</select>
<textarea name=note>备注</textarea><input name=off type=hidden value=H1></form>
<p id=attribute data-no=AT-7788>复制</p><p id=hidden style="display:none">HID-1</p>
<div id=list><p>行一</p><p>行二</p><p>行三</p><p id=far>行四</p></div>
<p id=short>很长的商品名称一直写到看不见的地方</p>
<p id=joined></p><p id=narrow>第一行的文字 <i>单号 AB12345678 结束</i></p>
<div id=under>被盖住的 99.00</div><div id=modal><p id=shown>弹窗里的 88.00</p></div><script>
document.querySelector("input").value = "WZ2026113000001";
document.querySelector("#joined").append("金额：", "88.00", "元");
</script></html>"""
FIELDS = {
    "items.0.quantity": (".second b", "1"),
    "order_no": ("input[name=no]", "WZ2026113000001"),
    "payment.method_text": ("select", "微信"),
    "delivery.message": ("textarea", "备注"),
    "recharge_account": ("input[name=off]", "H1"),
    "payment.trade_no": ("#attribute", "AT-7788"),
    "status_text": ("#hidden", "HID-1"),
    "failure_reason": ("#far", "行四"),
    "items.0.title": ("#short", "很长的商品名称一直写到看不见的地方"),
    "amount": ("#joined", "88.00"),
    "seller.name": ("#narrow", "AB12345678"),
    "discount": ("#under", "99.00"),
    "refunded": ("#shown", "88.00"),
}


async def order_on(world: World, html: str, **open_with: Any) -> tuple[Page, OrderRecord, Any]:
    """Keep a page; return it, the order with the sources above, and its boxes."""
    world.shop.pages["/page"] = html
    page = await world.open("/page", **open_with)
    uuid = await world.kept(page)
    context, kept = (world.helper.bytes(uuid, f"seen/{name}") for name in ("context", "html"))
    soup = load(kept, url="").soup
    sources = {}
    for field, (selector, text) in FIELDS.items():
        tag = soup.select_one(selector)
        assert tag is not None, selector
        sources[field] = Source(artifact="seen/html", selector=selector_of(tag), text=text)
    sources["seller.contact"] = Source(artifact="seen/html", text="page")  # of the address
    sources["buyer_contact"] = Source(artifact="user", selector="html > body", text="数量")
    order = OrderRecord(sources=sources)
    return page, order, boxes(order, context, kept)


async def box_of(page: Page, selector: str) -> Mapping[str, float]:
    box = await page.locator(selector).bounding_box()
    assert box is not None
    return box


def near(area: tuple[float, ...], box: Mapping[str, float]) -> bool:
    sides = (box["x"], box["y"], box["width"], box["height"])
    return area == pytest.approx(sides, abs=2)


async def test_each_field_has_the_place_of_its_own_element(world: World) -> None:
    page, _, found = await order_on(world, PAGE)
    [quantity] = found["items.0.quantity"]
    assert near(quantity, await box_of(page, ".second b"))
    for field, selector in (("order_no", "input[name=no]"), ("payment.method_text", "select"),
                            ("delivery.message", "textarea")):  # fmt: skip
        assert near(found[field][0], await box_of(page, selector)), field
    [amount], [joined] = found["amount"], [await box_of(page, "#joined")]
    assert amount[0] > joined["x"] + 30  # only the text that says it, not the label before it
    assert joined["y"] <= amount[1] <= joined["y"] + joined["height"]
    [refunded] = found["refunded"]
    assert 300 <= refunded[0] <= 700
    assert 300 <= refunded[1] <= 420


async def test_what_no_picture_shows_has_no_place(world: World) -> None:
    _, _, found = await order_on(world, PAGE)
    unseen = {
        "recharge_account": "a hidden field",
        "payment.trade_no": "an attribute",
        "status_text": "not displayed",
        "failure_reason": "scrolled out of its list",
        "discount": "under a window of the page",
        "seller.contact": "in the address",
        "buyer_contact": "said by the user",
    }
    assert {field: why for field, why in unseen.items() if field in found} == {}


async def test_a_clipped_text_is_framed_as_far_as_it_shows(world: World) -> None:
    page, _, found = await order_on(world, PAGE)
    [title], short = found["items.0.title"], await box_of(page, "#short")
    assert title[0] + title[2] <= short["x"] + short["width"] + 2
    assert title[2] > 80


async def test_a_text_over_two_lines_is_framed_line_by_line(world: World) -> None:
    page, _, found = await order_on(world, PAGE)
    lines, whole = found["seller.name"], await box_of(page, "#narrow")
    assert len(lines) > 1
    tops = [area[1] for area in lines]
    assert tops == sorted(set(tops))
    for x, y, width, height in lines:
        assert whole["x"] - 2 <= x
        assert x + width <= whole["x"] + whole["width"] + 2
        assert whole["y"] - 2 <= y
        assert y + height <= whole["y"] + whole["height"] + 2
