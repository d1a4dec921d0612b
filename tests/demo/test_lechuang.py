from __future__ import annotations

from typing import Any

from aiohttp import ClientSession, FormData
from bs4 import BeautifulSoup

from helper.demo.platform import Demo

Fetch = Any


async def test_a_guest_finds_an_order_by_its_number(demo: Demo, client: ClientSession) -> None:
    order = demo.orders["lechuang:dead_code"]
    url = demo.origins["lechuang"] + "/query"
    async with client.post(url, data={"order_no": f" {order.order_no} "}) as answer:
        page = await answer.text()
    assert order.product in page
    assert "PS26-AK7X-99QD-M3LE-0W5T" in page


async def test_an_unknown_number_is_told(demo: Demo, client: ClientSession) -> None:
    url = demo.origins["lechuang"] + "/query"
    async with client.post(url, data={"order_no": "LC1"}) as answer:
        assert "没有找到这个订单" in await answer.text()


async def test_the_same_order_has_an_address_of_its_own(demo: Demo, fetch: Fetch) -> None:
    order = demo.orders["lechuang:not_delivered"]
    page = await fetch(order.url)
    assert order.order_no in page
    assert f"¥{order.amount:.2f}" in page


async def test_the_chat_names_agents_and_times_in_an_inner_scroller(
    demo: Demo, fetch: Fetch
) -> None:
    order = demo.orders["lechuang:not_delivered"]
    page = await fetch(f"{demo.origins['lechuang']}/chat?order_no={order.order_no}")
    log = BeautifulSoup(page, "lxml").select("#lc-chat-log .lc-msg")
    assert len(log) >= 10
    assert {"客服 1027", "客服 1033"} <= {line.select("b")[0].text for line in log}
    assert all(line.select_one("time") for line in log)


async def test_clause_4_2_promises_delivery_within_24_hours(demo: Demo, fetch: Fetch) -> None:
    page = BeautifulSoup(await fetch(demo.origins["lechuang"] + "/agreement"), "lxml")
    clause = page.select_one("#c4-2")
    assert clause is not None
    assert "24小时内完成发货" in clause.text


async def test_a_ticket_gets_a_number(demo: Demo, client: ClientSession) -> None:
    form = FormData(quote_fields=False)
    for name, value in {
        "order": demo.orders["lechuang:failed"].order_no,
        "type": "recharge",
        "content": "充值失败未退款",
        "wish": "tk",
        "appeal": "退款49.80元",
        "mail": "xiaoyu@example.com",
    }.items():
        form.add_field(name, value)
    form.add_field("proof[]", b"x", filename="a.png", content_type="image/png")
    async with client.post(demo.origins["lechuang"] + "/ticket", data=form) as answer:
        page = await answer.text()
        number = answer.url.path.rsplit("/", 1)[1]
    assert number.startswith("GD")
    assert f'lc-ticket-no">{number}<' in page
    assert demo.submissions[-1].files[0].field == "proof[]"


async def test_what_a_visitor_gives_is_escaped(demo: Demo, fetch: Fetch) -> None:
    page = await fetch(demo.origins["lechuang"] + "/ticket/new?order_no=%22%3E%3Cscript%3E")
    assert "&quot;&gt;&lt;script&gt;" in page
