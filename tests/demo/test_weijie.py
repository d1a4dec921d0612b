from __future__ import annotations

import time
from typing import Any

from aiohttp import ClientSession, FormData

from helper.demo.platform import Demo

Fetch = Any


async def test_the_order_comes_by_script_300_ms_late(
    demo: Demo, client: ClientSession, fetch: Fetch
) -> None:
    order = demo.orders["weijie:not_delivered"]
    page = await fetch(order.url)
    assert order.product not in page
    started = time.monotonic()
    async with client.get(order.url.replace("/trade/", "/api/trade/")) as answer:
        trade = await answer.json()
    assert time.monotonic() - started >= 0.29
    assert trade["title"] == order.product
    assert trade["merchant"] == "清风数卡专营店"


async def test_the_voucher_is_gbk_and_says_so_only_in_the_page(
    demo: Demo, client: ClientSession
) -> None:
    order = demo.orders["weijie:not_delivered"]
    async with client.get(order.url + "/print") as answer:
        data = await answer.read()
        assert answer.headers["Content-Type"] == "text/html"
    assert b"charset=gbk" in data
    assert order.product in data.decode("gbk")


async def test_several_merchants_sell_in_the_market(demo: Demo, fetch: Fetch) -> None:
    home = await fetch(demo.origins["weijie"] + "/")
    assert home.count('class="wj-merchant"') == 3
    assert "经营主体" in await fetch(demo.origins["weijie"] + "/shop/laowang")


async def test_a_ticket_goes_to_the_merchant_then_the_market_steps_in(
    demo: Demo, client: ClientSession
) -> None:
    form = FormData(
        {
            "tradeNo": demo.orders["weijie:not_delivered"].order_no,
            "reason": "NOT_RECEIVED",
            "detail": "付款后没有发货",
            "expect": "REFUND",
            "claim": "退款29.00元",
            "phone": "xiaoyu@example.com",
        }
    )
    async with client.post(demo.origins["weijie"] + "/ticket", data=form) as answer:
        assert "待商家处理" in await answer.text()
        ticket = str(answer.url)
    async with client.post(ticket + "/intervene", data={"supplement": ""}) as answer:
        assert 'wj-ticket-state">平台介入中<' in await answer.text()
