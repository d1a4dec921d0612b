"""More than the page shows: its XHR, the second visit, a notice that vanished."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, Route

from tests.e2e.world import World

pytestmark = pytest.mark.browser

PAID = "document.querySelector('.wz-paid em').textContent = '9999'"
PROMISE = "document.querySelector('.wz-tips p').textContent = '商家承诺：未到账双倍赔付'"
AMOUNT = "document.querySelector('.wj-paid').textContent = '￥9999.00'"
QUERY = Path(__file__).parents[1] / "pages" / "qs_faka" / "not-paid.html"
NUMBER = "2608181505201b72a16e"
STOCK = "商品库存不足，请联系客服补充库存后再取卡密！"
SHOW = """text => {
  const box = document.createElement("div");
  box.className = "t-message t-is-error";
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 300);
}"""


@pytest.mark.long
async def test_a_page_that_agrees_with_its_json_has_no_warning_and_one_that_does_not_has_it(
    common: World,
) -> None:
    order = common.demo.orders["weijie:not_delivered"]
    page = await common.person.open(order.url)
    await page.wait_for_selector("#wj-trade[data-ready]")
    view = await common.sealed(await common.click(page))
    assert view.order is not None
    assert not [code for code in view.order.warnings if code.startswith("json_")]
    assert all(source.artifact == "seen/html" for source in view.order.sources.values())

    await page.evaluate(AMOUNT)
    view = await common.sealed(await common.click(page))
    assert view.order is not None
    assert str(view.order.amount) == "9999.00"
    assert "json_disagrees:amount" in view.order.warnings
    popup = await common.person.click_toolbar(page)
    await popup.wait_for("document.querySelector('#order .warnings') !== null")
    assert "网站发给页面的数据与页面显示的“订单金额”不一致" in await popup.text()
    await popup.close()
    _, shown = await common.command("case", "show", view.case_id or "")
    assert "json_disagrees:amount" in shown["order"]["warnings"]
    code, exported = await common.command(
        "export", view.case_id or "", "--out", str(common.folder / "second.zip")
    )
    assert code == 0
    code, verified = await common.command("verify", exported["evidence"])
    assert (code, verified["verdict"]) == (0, "pass"), verified


@pytest.mark.long
async def test_a_notice_that_vanished_before_the_click_tells_the_state(common: World) -> None:
    page = await open_query(common)
    popup = await common.person.click_toolbar(page)
    await popup.wait_for("document.body.dataset.state")
    await popup.close()
    await page.evaluate(SHOW, STOCK)
    await page.wait_for_function("() => !document.querySelector('.t-message')")
    view = await common.sealed(await common.click(page))
    assert view.order is not None
    assert (view.order.order_no, view.order.status) == (NUMBER, "paid")
    assert view.order.sources["status"].artifact == "seen/context"
    assert view.case_id is not None
    assert common.store.vault.case(view.case_id).order_no == NUMBER


async def open_query(world: World) -> Page:
    """Open the query page of 骑士寄售 on a demo shop's address, asking for an order."""
    html = QUERY.read_text("utf-8").replace("订单未支付", "")

    async def answer(route: Route) -> None:
        await route.fulfill(body=html, content_type="text/html; charset=utf-8")

    url = f"{world.demo.origins['weijie']}/order?orderId={NUMBER}"
    page = await world.person.context.new_page()
    await page.route("**/order?orderId=*", answer)
    await page.goto(url)
    return page


@pytest.mark.long
async def test_a_page_edited_before_the_click_is_found_out(common: World) -> None:
    await common.log_in()
    order = common.demo.orders["wangzi:not_delivered"]
    untouched = await common.sealed(await common.one_click(order.url, lend=True))
    assert untouched.corroboration is not None
    assert untouched.corroboration.verdict == "agree"
    assert untouched.corroboration.text is not None
    assert untouched.corroboration.text.state == "same", untouched.corroboration.text
    assert untouched.corroboration.picture is not None
    picture = untouched.corroboration.picture
    assert picture.share is not None, picture.reason
    assert picture.share < 0.05  # a sticky header moves

    page = await common.person.open(order.url, wait_until="networkidle")
    await page.evaluate(PROMISE)
    view = await common.sealed(await common.click(page))
    found = view.corroboration
    assert found is not None
    assert found.text is not None
    assert (found.verdict, found.reason, found.text.state) == ("agree", "text_differs", "differs")
    assert found.text.changed == 1
    [change] = found.text.changes
    assert change.seen == "商家承诺：未到账双倍赔付"
    assert change.witness is not None
    assert "线下转账" in change.witness

    await page.evaluate(PAID)
    view = await common.sealed(await common.click(page))
    found = view.corroboration
    assert found is not None
    assert found.verdict == "differs"
    assert "amount" in {field.field for field in found.fields if field.state == "differs"}
    kept = json.loads(common.store.read_role(view.artifacts, "corroboration") or b"")
    assert "amount" in kept["said"]["zh_CN"]
    assert kept["text"]["changed"] >= 2

    record = json.loads(common.store.read_role(view.artifacts, "environment") or b"")
    assert record["warnings"] == []
    states = {line["key"]: line["state"] for line in record["lines"]}
    assert (states["site_clock"], states["browser_proxy"]) == ("ok", "ok")
