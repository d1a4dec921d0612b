"""Pages that speak of orders and show none, and pages that quote an order of somebody else."""

from __future__ import annotations

import pytest

from scrapers.read import extract_bytes

PAGES = {
    "questions": "<h1>常见问题</h1><p>订单号在哪里查看？订单号为20位数字。</p>"
    "<p>订单状态：待付款、已付款、已发货、已完成分别代表什么？</p>",
    "example": "<article><h1>怎样查询订单</h1><p>输入订单号（例如：订单号：2026081812345678，"
    "金额：¥10.00，订单状态：已完成）即可查询。</p></article>",
    "quotation": "<h1>用户评价</h1><blockquote><p>订单号：A123456789</p><p>实付金额：¥10.00</p>"
    "<p>订单状态：已完成</p></blockquote>",
    "cart": "<h1>购物车</h1><table><tr><th>商品</th><th>单价</th><th>数量</th><th>小计</th></tr>"
    "<tr><td>Q币</td><td>¥1.00</td><td>5</td><td>¥5.00</td></tr></table><p>合计：¥5.00</p>",
    "checkout": "<h1>确认订单</h1><p>商品名称：Q币</p><p>数量：5</p><p>应付金额：¥5.00</p>"
    "<p>支付方式：<select><option selected>支付宝</option></select></p><button>立即支付</button>",
    "search without result": "<form><label>订单号</label><input placeholder=请输入订单号 "
    "value=A20260818123456><button>查询</button></form><p>未找到相关订单</p>",
    "empty list": "<table><tr><th>订单号</th><th>金额</th><th>状态</th></tr>"
    "<tr><td colspan=3>暂无数据</td></tr></table>",
    "template never filled": "<div><p>订单号：{{ order.order_no }}</p>"
    "<p>金额：{{ order.amount }}</p><p>状态：{{ order.status }}</p></div>",
    "statement": "<table><tr><th>流水号</th><th>金额</th><th>时间</th><th>类型</th></tr>"
    "<tr><td>88202608181234</td><td>¥50.00</td><td>2026-08-18 10:00:00</td><td>充值</td></tr>"
    "</table>",
    "notice": "<h1>公告</h1><p>时间：2026-08-18 10:00:00</p><p>编号：20260818</p>",
    "agreement": "<h1>用户协议</h1><p>第4.2条 支付成功后，商家需在24小时内完成发货。</p>"
    "<p>订单金额：指用户实际支付的金额。</p>",
    "after-sales": "<h1>我的售后</h1><p>售后单号：SH20260818001</p><p>订单号：DD20260818001234</p>"
    "<p>退款金额：¥10.00</p><p>状态：退款中</p>",
}


@pytest.mark.parametrize("name", PAGES)
def test_no_order(name: str) -> None:
    result = extract_bytes(PAGES[name].encode(), url="https://shop.invalid/page", all_orders=True)
    assert result.orders == ()
    assert "no_order" in result.warnings


def test_an_order_quoted_in_a_review_is_not_the_buyers() -> None:
    page = (
        "<section><blockquote>我的订单号：DD20250101000001 也没发货，金额：¥99.00</blockquote>"
        "</section><main><p>订单号：DD20260818001234</p><p>金额：¥10.00</p>"
        "<p>订单状态：已发货</p></main>"
    )
    result = extract_bytes(page.encode(), url="https://shop.invalid/page", all_orders=True)
    assert [(order.order_no, str(order.amount)) for order in result.orders] == [
        ("DD20260818001234", "10.00")
    ]
