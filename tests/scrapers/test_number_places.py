"""Order numbers that are not plain text beside a label, and those that are only part of one."""

from __future__ import annotations

import pytest

from scrapers.read import extract_bytes

NUMBER = "2026081814230552817"
REST = "<p>实付金额：¥9.90</p><p>订单状态：已发货</p>"
PAGES = {
    "shortened, whole in its title": f"<p>订单号：<b title={NUMBER}>2026…817</b></p>",
    "hidden field": f"<form><input type=hidden name=order_no value={NUMBER}></form>",
    "attribute": f"<div data-order-no={NUMBER}></div>",
    "link": f"<a href='/pay?order_no={NUMBER}'>再次支付</a>",
    "behind a mark": f"<p><i>#</i><span>{NUMBER}</span></p>",
    "disabled field": f"<label>订单号</label><input disabled value={NUMBER}>",
}
ADDRESSES = [
    f"/orders/{NUMBER}", f"/orders/detail/{NUMBER}", f"/order?order_no={NUMBER}",
    f"/app#/order/{NUMBER}", f"/app#/order?order_no={NUMBER}", f"/detail-order-sn/{NUMBER}",
]  # fmt: skip


def numbers(html: str, path: str = "/page") -> list[str | None]:
    result = extract_bytes(html.encode(), url=f"https://shop.invalid{path}", all_orders=True)
    return [order.order_no for order in result.orders]


@pytest.mark.parametrize("name", PAGES)
def test_the_number_is_found(name: str) -> None:
    assert numbers(PAGES[name] + REST + "<p>商品名称：Steam 充值卡</p>") == [NUMBER]


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_number_is_found_in_the_address(path: str) -> None:
    assert numbers(REST + "<p>商品名称：Steam 充值卡</p>", path) == [NUMBER]


@pytest.mark.parametrize("shown", ["2026…817", "2026****2817", "20260818..."])
def test_part_of_a_number_is_none(shown: str) -> None:
    assert numbers(f"<p>订单号：{shown}</p>{REST}") in ([], [None])
