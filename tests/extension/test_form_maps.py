"""The form maps of shop systems on saved pages of their forms, in a real browser."""

import json
import re
from pathlib import Path

import pytest

from scrapers.rules import rules

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
NAMED = (ROOT / "extension/background/fill_scripts.js").read_text("utf-8")
SCRIPTS = [ROOT / f"extension/content/{name}.js" for name in re.findall(r'"(\w+)"', NAMED)]
MAPS = {row["key"]: row["complaint_form"] for row in json.loads(rules())["platforms"]}
VALUES = {
    "order_no": "523260818142305817",
    "title": "订单付款后未收到卡密",
    "description": "8月18日付款后至今未收到卡密。",
    "contact": "13800000000",
}


@pytest.mark.parametrize(
    "saved", ["acg_faka/ticket-form", "qs_faka/complaint-dialog", "zfaka/ticket-form"]
)
async def test_what_is_mapped_can_be_filled(browser, saved):
    page = await browser[0].new_page()
    body = (ROOT / f"tests/pages/{saved}.html").read_text("utf-8")
    url = json.loads((ROOT / f"tests/pages/{saved}.json").read_text("utf-8"))["url"]

    async def answer(route):
        if route.request.url == url:
            await route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            await route.abort()

    await page.route("**/*", answer)
    await page.goto(url)
    for script in SCRIPTS:
        await page.evaluate(script.read_text("utf-8"))
    form = MAPS[saved.split("/")[0]]
    words = {"fields": {}, "options": {}, "other": "其他", "forbidden": {}}
    origin = await page.evaluate("location.origin")
    wish = {"values": VALUES, "map": form, "words": words, "files": 1, "origins": [origin]}
    plan = await page.evaluate("(wish) => kazhengFill.preview(wish)", wish)
    rows = [*plan["fields"], *([plan["upload"]] if plan["upload"] else [])]
    assert {row["name"] for row in rows if row["found"]} == {row["name"] for row in form["fields"]}
    held = {row["name"]: row["current"] for row in plan["fields"]}
    order = wish | {"url": url, "structure": plan["structure"], "held": held, "names": [*VALUES]}
    done = await page.evaluate("(order) => kazhengFill.apply(order)", order)
    assert {row["name"]: row["read_back"] for row in done["fields"]} == {
        row["name"]: VALUES[row["name"]] for row in plan["fields"]
    }
    await page.close()
