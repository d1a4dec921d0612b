from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession
from bs4 import BeautifulSoup

from helper.demo.platform import Demo

Fetch = Any


def names(page: str, selector: str) -> set[str]:
    soup = BeautifulSoup(page, "lxml")
    return {str(field["name"]) for field in soup.select(f"{selector} [name]")}


async def test_the_regulator_form_has_the_known_field_names(demo: Demo, fetch: Fetch) -> None:
    page = await fetch(demo.origins["12315"] + "/complaint/new")
    known = {"provideraddr", "spmc", "xffwlx", "tswtlx", "tsnr", "cldwdiv", "salemode", "dsptname"}
    assert known | {"ddh"} <= names(page, "#tscase")
    assert 'name="spmc" maxlength="50"' in page


async def test_the_public_form_has_the_known_fields(demo: Demo, fetch: Fetch) -> None:
    page = await fetch(demo.origins["heimao"] + "/complaint/new")
    assert {"title", "couid", "issue", "appeal", "cost", "order_no", "content"} <= names(
        page, "#complaint"
    )
    for label in ("投诉标题", "投诉对象", "投诉问题", "投诉要求", "涉诉金额", "订单号", "投诉详情"):
        assert label in page


@pytest.mark.parametrize(
    ("site", "form"),
    [
        (
            "12315",
            "name phone address provider provideraddr spmc tsnr tsqq",
        ),
        ("heimao", "title couid issue appeal cost content"),
    ],
)
async def test_a_complete_form_gets_a_number_an_empty_one_does_not(
    demo: Demo, client: ClientSession, site: str, form: str
) -> None:
    url = demo.origins[site] + "/complaint"
    async with client.post(url, data={"order_no": "1"}) as answer:
        assert "请填写必填项" in await answer.text()
    async with client.post(url, data=dict.fromkeys(form.split(), "x")) as answer:
        page = await answer.text()
        assert answer.url.path.rsplit("/", 1)[1] in page


@pytest.mark.parametrize("key", ["wangzi:not_delivered", "lechuang:not_delivered"])
async def test_a_bill_shows_payee_amount_and_both_numbers(
    demo: Demo, fetch: Fetch, key: str
) -> None:
    order = demo.orders[key]
    assert order.bill_url is not None
    page = await fetch(order.bill_url)
    assert order.order_no in page
    assert order.bill_url.rsplit("/", 1)[1] in page
    assert f"-{order.amount:.2f}" in page


async def test_an_order_charged_twice_has_two_bills(demo: Demo, fetch: Fetch) -> None:
    page = await fetch(demo.origins["bills"] + "/")
    bill = demo.orders["weijie:double_charged"].bill_url
    assert bill is not None
    first = bill.removeprefix(demo.origins["bills"])
    assert first in page
    assert first[:-2] + "02" in page
    assert demo.orders["weijie:pending"].bill_url is None
