"""A page edited in the developer tools before the click is found out, in a known field or not."""

import json

from tests.e2e.world import World

AMOUNT = "document.querySelector('.wz-paid em').textContent = '9999'"
PROMISE = "document.querySelector('.wz-tips p').textContent = '商家承诺：未到账双倍赔付'"


async def test_a_page_edited_before_the_click_is_found_out(world: World) -> None:
    await world.log_in()
    order = world.demo.orders["wangzi:not_delivered"]
    untouched = await world.sealed(await world.one_click(order.url, lend=True))
    assert untouched.corroboration is not None
    assert untouched.corroboration.verdict == "agree"
    assert untouched.corroboration.text is not None
    assert untouched.corroboration.text.state == "same", untouched.corroboration.text
    assert untouched.corroboration.picture is not None
    picture = untouched.corroboration.picture
    assert picture.share is not None, picture.reason
    assert picture.share < 0.05  # a sticky header moves

    page = await world.person.open(order.url, wait_until="networkidle")
    await page.evaluate(PROMISE)
    view = await world.sealed(await world.click(page))
    found = view.corroboration
    assert found is not None
    assert found.text is not None
    assert (found.verdict, found.reason, found.text.state) == ("agree", "text_differs", "differs")
    assert found.text.changed == 1
    [change] = found.text.changes
    assert change.seen == "商家承诺：未到账双倍赔付"
    assert change.witness is not None
    assert "线下转账" in change.witness

    await page.evaluate(AMOUNT)
    view = await world.sealed(await world.click(page))
    found = view.corroboration
    assert found is not None
    assert found.verdict == "differs"
    assert "amount" in {field.field for field in found.fields if field.state == "differs"}
    kept = json.loads(world.store.read_role(view.artifacts, "corroboration") or b"")
    assert "amount" in kept["said"]["zh_CN"]
    assert kept["text"]["changed"] >= 2

    record = json.loads(world.store.read_role(view.artifacts, "environment") or b"")
    assert record["warnings"] == []
    states = {line["key"]: line["state"] for line in record["lines"]}
    assert (states["site_clock"], states["browser_proxy"]) == ("ok", "ok")
