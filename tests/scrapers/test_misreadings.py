"""Pages on which an unknown shop's order was once misread: now right, or null rather than wrong.

Each case is (HTML, {field: value}); a field that is named has just that value, null included.
"""

from __future__ import annotations

from typing import Any

import pytest

from scrapers.read import extract_bytes
from tests.scrapers.conftest import flat

NUMBER = "<p>订单号：300112233445</p>"
TITLE = "<p>商品：月卡会员</p>"
AMOUNT = "<p>金额：¥3.00</p>"
STATE = "<p>状态：已完成</p>"
TIME = "<p>下单时间：2026-08-18 14:23:05</p>"


def page(**replaced: str) -> str:
    lines = {"number": NUMBER, "title": TITLE, "amount": AMOUNT, "state": STATE, "more": ""}
    return "".join((lines | replaced).values())


NUMBERS: dict[str, tuple[str, dict[str, Any]]] = {
    "count beside": (page(number="<p>订单号：<span>300112233445</span><span>1件</span></p>"),
                     {"order_no": "300112233445"}),
    "tag beside": (page(number="<dl><dt>订单号</dt><dd>300112233445<span>VIP</span></dd></dl>"),
                   {"order_no": "300112233445"}),
    "time beside": (page(number="<p>订单号：<span>300112233445</span>"
                                "<span>2026-08-18 14:23:05</span></p>"),
                    {"order_no": "300112233445"}),
    "in a sentence": (page(number="<p>Order #<mark>100234</mark> was placed</p>"),
                      {"order_no": "100234"}),
    "hidden twin": (page(number="<p>订单号：<span style='display:none'>A100000009</span>"
                                "<span>B200000001</span></p>"), {"order_no": "B200000001"}),
    "soft break": (page(number="<p>订单号：D20260818<wbr>142305001</p>"),
                   {"order_no": "D20260818142305001"}),
    "groups of digits": (page(number="<p>订单号：2026 0818 1423 0500</p>"), {"order_no": None}),
    "notice above": ("<div><p>公告：订单号：D20260801000000009 因维护已退款。</p></div>"
                     + page(number="<p>订单编号：D20260818000000001</p>"),
                     {"order_no": "D20260818000000001", "status": "completed"}),
    "ticker above": ("<div>用户***12 购买 Q币 订单号：X999999991 金额：¥5.00 已完成</div>"
                     + page(), {"order_no": "300112233445", "amount": "3.00"}),
}  # fmt: skip
MONEY: dict[str, tuple[str, dict[str, Any]]] = {
    "count beside": (page(amount="<p>实付：<b>¥30</b><span>2件商品</span></p>"), {"amount": None}),
    "footnote": (page(amount="<p>金额：¥30.00<sup>1</sup></p>"), {"amount": None}),
    "cents apart": (page(amount="<p>金额：¥9<sup>50</sup></p>"), {"amount": None}),
    "hidden part": (page(amount="<p>金额：<span hidden>1</span><span>30.00</span>元</p>"),
                    {"amount": "30.00"}),
    "soft break": (page(amount="<p>金额：¥1,<wbr>230.00</p>"), {"amount": "1230.00"}),
    "struck": (page(amount="<p>金额：<del>¥100.00</del> <b>¥95.00</b></p>"), {"amount": "95.00"}),
    "range": (page(amount="<p>金额：¥10~20</p>"), {"amount": None}),
    "times": (page(amount="<p>金额：¥5.00×20</p>"), {"amount": None}),
    "jiao": (page(amount="<p>金额：9元8角</p>"), {"amount": None}),
    "each": (page(amount="<p>金额：9.00元/张</p>"), {"amount": None}),
    "unpaid": (page(amount="<p>应付：¥50.00</p><p>实付：¥0.00</p>", state="<p>状态：待付款</p>"),
               {"amount": "50.00"}),
    "face value": (NUMBER + STATE + "<span class=goods-name>Q币 100元</span>", {"amount": None}),
    "condition": (page(more="<p>优惠：满100元可用</p>"), {"discount": None}),
    "rate": (page(more="<p>折扣：9.5</p>"), {"discount": None}),
    "coupon number": (page(more="<p>优惠券：20260818</p>"), {"discount": None}),
    "promise of a refund": (page(more="<p>退款：最多可退95.00元</p>"), {"refunded": None}),
    "refund asked for": (page(state="<p>状态：退款审核中</p>", more="<p>退款金额：¥3.00</p>"),
                         {"refunded": None, "status": "refunding"}),
    "refund of a finished order": (page(more="<p>退款金额：¥3.00</p>"), {"refunded": None}),
    "refunded": (page(state="<p>状态：已退款</p>", more="<p>退款金额：¥3.00</p>"),
                 {"refunded": "3.00", "status": "refunded"}),
    "two refunds": (page(state="<p>状态：已退款</p>", more="<table><tr><th>退款时间</th>"
                         "<th>退款金额</th></tr><tr><td>2026-08-19 10:00:00</td><td>¥9.00</td></tr>"
                         "<tr><td>2026-08-20 10:00:00</td><td>¥9.00</td></tr></table>"),
                    {"refunded": None}),
}  # fmt: skip
STATES: dict[str, tuple[str, dict[str, Any]]] = {
    text: (page(state=f"<p>订单状态：{text}</p>"), {"status": state})
    for state, texts in (
        ("unknown", ["已退款（失败）", "已付款，发货失败", "已完成（已退款）", "交易关闭，退款中",
                     "已处理", "已支付（部分退款¥5）", "已发货 3/10",
                     "待付款（已超时取消）", "已发货 已退款", "Completed (Refunded)"]),
        ("completed", ["已完成（系统自动）"]),
        ("paid", ["已付款，等待发货", "待发货（已付款）"]),
    )
    for text in texts
} | {
    "link beside": (page(state="<p>订单状态：<span>已完成</span><span>去评价</span></p>"),
                    {"status": "completed"}),
    "hidden beside": (page(state="<p>订单状态：<span hidden>已完成</span><span>待发货</span></p>"),
                      {"status": "paid"}),
}  # fmt: skip
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "log": (page(more="<h4>处理记录</h4><table><tr><th>时间</th><th>状态</th></tr>"
                      "<tr><td>2026-08-18 15:00:00</td><td>已付款</td></tr></table>"),
            {"created_at": None, "status": "completed"}),
    "statement": (page(amount="", more="<h3>充值记录</h3><table><tr><th>流水号</th><th>金额</th>"
                       "<th>时间</th></tr><tr><td>R2026081800001</td><td>500.00</td>"
                       "<td>2026-08-17 10:00:00</td></tr></table>"),
                  {"amount": None, "created_at": None, "payment.trade_no": None}),
    "time of a notice": (f"<div><p>时间：2026-08-01 10:00:00</p></div><div>{page()}</div>",
                         {"created_at": None}),
    "comments": (page(more="<h3>评价</h3><p>用户：张三</p><p>时间：2026-08-01 10:00:00</p>"),
                 {"created_at": None}),
    "complaint": (page(state="", more="<div><h4>投诉记录</h4><p>状态：已完成</p></div>"),
                  {"status": "unknown"}),
    "a lone tab": ("<div class=status-tab>已完成</div>" + page(state=""), {"status": "unknown"}),
    "the number as a code": (page(more="<h4>卡密信息</h4><div>300112233445</div>"),
                             {"delivery.secrets.0.masked": None}),
    "account with its password": (page(more="<p>充值账号：abc----qwe123pass</p>"),
                                  {"recharge_account": "abc"}),
    "epoch": (page(more="<p>付款时间：1970-01-01 08:00:00</p>"), {"payment.paid_at": None}),
    "clock of the page": (page(more="<div>2026-08-18 15:00:00</div>"), {"created_at": None}),
    "template": (page(title="<p>商品：{{ order.title }}</p>", more="<p>充值账号：{{account}}</p>"),
                 {"items.0.title": None, "recharge_account": None}),
    "loading": (page(title="<p>商品：加载中...</p>"), {"items.0.title": None}),
    "sums below goods": (page(title="<table><tr><th>商品</th><th>价格</th></tr><tr><td>Q币</td>"
                              "<td>¥3.00</td></tr><tr><td>小计：</td><td>¥3.00</td></tr></table>"),
                         {"items.0.title": "Q币", "items.1.title": None}),
    "name of a user": (page(title="<p class=user-name>张三丰丰丰</p>"), {"items.0.title": None}),
    "reason on a finished order": (page(more="<p>退款原因：不想要了可以申请</p>"),
                                   {"failure_reason": None}),
    "gift card": (page(more="<p>支付方式：Gift Card</p>"), {"payment.method": "other"}),
    "balance too low": (page(more="<p>支付方式：余额不足，请选择其他方式</p>"),
                        {"payment.method_text": None}),
    "ten thousands": (page(more="<p>数量：2万金币</p>"), {"items.0.quantity": None}),
}  # fmt: skip
CASES = {
    f"{room}: {name}": case
    for room, cases in (("number", NUMBERS), ("money", MONEY), ("state", STATES), ("else", OTHERS))
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_once_misread(name: str) -> None:
    html, wanted = CASES[name]
    result = extract_bytes(html.encode(), url="https://shop.invalid/page", all_orders=True)
    read: dict[str, Any] = flat(result.orders[0]) if result.orders else {}
    told = {"status": "unknown"} | read
    assert {path: told.get(path) for path in wanted} == wanted


QUOTED = {
    "warning": "<p>骗子会冒充客服，订单号：D20260818000000001，金额：¥95.00，状态：已完成。</p>",
    "review": "<div>用户 张** 订单号：D20260818000000001 金额：¥95.00 已完成 好评</div>",
    "cases": "<h1>纠纷公示</h1><div><p>订单编号：300112233445</p><p>金额：¥95.00</p></div>",
    "log of deals": "<h1>Q币100个</h1><p>价格：¥95.00</p><button>立即购买</button><h3>成交记录</h3>"
    "<table><tr><th>买家</th><th>订单号</th><th>金额</th></tr><tr><td>张三</td><td>300112233445</td>"
    "<td>95.00</td></tr></table>",
    "related": "<p>关联订单号：B2026081500001</p><p>金额：¥3.00</p><p>状态：已完成</p>",
}


@pytest.mark.parametrize("name", QUOTED)
def test_a_number_that_is_only_told_makes_no_order(name: str) -> None:
    result = extract_bytes(QUOTED[name].encode(), url="https://shop.invalid/page", all_orders=True)
    assert [order.order_no for order in result.orders if order.order_no] == []
