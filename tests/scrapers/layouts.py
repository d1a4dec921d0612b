"""Order pages of shops that do not exist: invented orders in every layout that shops use.

`render(layout, order, source)` gives the page of an order; what it shows is `order` itself, a list
of (field, label, text as shown, value). Labels, formats and noise are drawn from a seeded source.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from scrapers.moments import SHANGHAI
from scrapers.status import status

LABELS = {
    "order_no": ["订单号", "订单编号", "订单 ID", "交易订单号", "訂單編號", "Order No", "订单号码"],
    "items.0.title": ["商品名称", "订单名称", "购买商品", "商品名稱", "Product Name"],
    "items.0.quantity": ["购买数量", "数量", "下单数量", "Quantity"],
    "amount": [
        "实付金额",
        "订单金额",
        "订单总价",
        "实际支付",
        "支付金额",
        "Order Amount",
        "實付金額",
    ],
    "created_at": ["下单时间", "创建时间", "购买时间", "訂單創建時間", "Created At"],
    "payment.paid_at": ["付款时间", "支付时间", "Paid At"],
    "payment.method_text": ["支付方式", "付款方式", "Payment Method"],
    "status_text": ["订单状态", "状态", "訂單狀態", "Order Status"],
    "recharge_account": ["充值账号", "下单账号", "游戏账号"],
    "buyer_contact": ["下单邮箱", "联系方式", "邮箱"],
}
PRODUCTS = [
    "网易云黑胶会员 月卡",
    "Steam 充值卡 50 元",
    "《剑起江湖》玉佩 648档",
    "Q币 100个（自动）",
]
STATES = [
    "待付款",
    "已付款",
    "待发货",
    "处理中",
    "已发货",
    "已完成",
    "充值失败",
    "已退款",
    "已取消",
]
METHODS = ["支付宝", "微信支付", "QQ钱包", "余额支付", "USDT-TRC20"]


@dataclass(frozen=True)
class Row:
    """One field of an order: its label, the text shown, and the value to be read."""

    field: str
    label: str
    text: str
    value: str


def invent(source: random.Random, like: list[Row] | None = None) -> list[Row]:
    """Return the rows of an invented order, the number first; labelled as another one is."""
    labels = {field: source.choice(words) for field, words in LABELS.items()}
    labels |= {row.field: row.label for row in like or ()}
    at = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=source.randrange(20_000_000))
    paid = at + timedelta(seconds=source.randrange(20, 900))
    cents = source.randrange(100, 2_000_000)
    state = source.choice(STATES)
    values = {
        "order_no": _both(_number(source)),
        "items.0.title": _both(source.choice(PRODUCTS)),
        "items.0.quantity": (source.choice(["{}", "×{}", "{} 件", "{}张"]), source.randrange(1, 9)),
        "amount": (_money(source, cents), f"{cents / 100:.2f}"),
        "status_text": _both(state),
        "created_at": (_time(source, at), at.isoformat()),
        "payment.paid_at": (_time(source, paid), paid.isoformat()),
        "payment.method_text": _both(source.choice(METHODS)),
        "recharge_account": _both(f"player{source.randrange(10**6):06}"),
        "buyer_contact": _both(f"buyer{source.randrange(99)}@example.com"),
    }
    optional = {"payment.paid_at", "recharge_account", "buyer_contact", "items.0.quantity"}
    return [
        Row(field, labels[field], str(text).format(value), str(value))
        for field, (text, value) in values.items()
        if field not in optional or source.random() < 0.7
    ]


def expected(rows: list[Row]) -> dict[str, str]:
    """Return what a reader must read of an order: its rows, and the state that its word means."""
    state = next(row.value for row in rows if row.field == "status_text")
    return {row.field: row.value for row in rows} | {"status": status(state)}


def _both(text: str) -> tuple[str, str]:
    return text, text


def _number(source: random.Random) -> str:
    digits = "".join(source.choices("0123456789", k=source.choice([10, 16, 18, 20])))
    return source.choice(["{}", "DD{}", "A{}", "zl-{}"]).format(digits)


def _money(source: random.Random, cents: int) -> str:
    plain, bare = (
        f"{cents / 100:.2f}",
        f"{cents / 100:g}" if cents < 10**6 else f"{cents / 100:.2f}",
    )
    return source.choice([f"¥{plain}", f"￥{plain}", f"{plain}元", f"¥ {bare}", f"{plain} CNY",
                          f"{plain}0元", f"¥{float(plain):,.2f}"])  # fmt: skip


def _time(source: random.Random, at: datetime) -> str:
    half = "上午" if at.hour < 12 else "下午"
    return source.choice([
        f"{at:%Y-%m-%d %H:%M:%S}", f"{at.year}/{at.month}/{at.day} {at:%H:%M:%S}",
        f"{at:%Y年%m月%d日 %H:%M:%S}", f"{at:%Y-%m-%dT%H:%M:%S}+08:00",
        f"{at.year}/{at.month}/{at.day} {half}{(at.hour - 1) % 12 + 1}:{at:%M:%S}",
    ])  # fmt: skip


# --- layouts -----------------------------------------------------------------------------------


def _each(form: str, around: str = "{}") -> Callable[[list[Row], random.Random], str]:
    def made(rows: list[Row], _source: random.Random) -> str:
        return around.format(
            "".join(form.format(k=escape(r.label), v=escape(r.text)) for r in rows)
        )

    return made


def _two_a_row(rows: list[Row], _source: random.Random) -> str:
    cells = [f"<td>{escape(r.label)}</td><td>{escape(r.text)}</td>" for r in rows]
    lines = ["".join(cells[at : at + 2]) for at in range(0, len(cells), 2)]
    head = "<tr><td colspan=4>订单信息</td></tr>"
    return f"<table>{head}{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _columns(rows: list[Row], _source: random.Random) -> str:
    head = "".join(f"<th>{escape(r.label)}</th>" for r in rows)
    body = "".join(f"<td>{escape(r.text)}</td>" for r in rows)
    return (
        f"<table><thead><tr>{head}<th>操作</th></tr></thead>"
        f"<tbody><tr>{body}<td><a href=#>详情</a></td></tr></tbody></table>"
    )


def _two_pairs_a_line(rows: list[Row], _source: random.Random) -> str:
    texts = [f"{escape(r.label)}：{escape(r.text)}" for r in rows]
    lines = [texts[at : at + 2] for at in range(0, len(texts), 2)]
    return "".join(f"<div>{' &nbsp; '.join(line)}</div>" for line in lines)


def _split_amount(rows: list[Row], source: random.Random) -> str:
    def value(row: Row) -> str:
        if row.field != "amount":
            return f"<span>{escape(row.text)}</span>"
        whole, _, cents = row.value.partition(".")
        return f"<span class=price><i>¥</i><b>{whole}</b><small>.{cents}</small></span>"

    return "".join(f"<p><em>{escape(r.label)}：</em>{value(r)}</p>" for r in rows)


def _over_a_list(rows: list[Row], source: random.Random) -> str:
    others = [invent(source) for _ in range(3)]
    listed = "".join(f"<li>{escape(o[0].label)}：{o[0].text} {o[-1].text}</li>" for o in others)
    inner = _each("<tr><td class=k>{k}</td><td>{v}</td></tr>", "<table>{}</table>")(rows, source)
    return (
        f"<ul class=list>{listed}</ul><div class='layui-layer layui-layer-page'>"
        f"<div class=layui-layer-title>订单详细信息</div>{inner}</div>"
    )


LAYOUTS: dict[str, Callable[[list[Row], random.Random], str]] = {
    "one text": _each("<p>{k}：{v}</p>"),
    "one text, ASCII colon": _each("<li>{k}: {v}</li>", "<ul>{}</ul>"),
    "two pairs a text": _two_pairs_a_line,
    "label and span": _each("<div class=mb-1><label>{k}：</label><span>{v}</span></div>"),
    "strong and bare text": _each("<li><strong>{k} :</strong> {v}</li>", "<ul>{}</ul>"),
    "definition list": _each("<dt>{k}</dt><dd>{v}</dd>", "<dl>{}</dl>"),
    "stacked blocks": _each("<div><div class=l>{k}</div><div class=v>{v}</div></div>"),
    "flex spans": _each("<li><span>{k}</span><span>{v}</span></li>", "<ul>{}</ul>"),
    "bootstrap": _each("<div class=row><div class=col-4>{k}</div><div class=col-8>{v}</div></div>"),
    "cells": _each("<tr><td>{k}</td><td>{v}</td></tr>", "<table>{}</table>"),
    "head cells": _each("<tr><th>{k}</th><td><b>{v}</b></td></tr>", "<table>{}</table>"),
    "two pairs a row": _two_a_row,
    "columns": _columns,
    "inputs": _each("<div><label>{k}</label><div><input disabled value='{v}'></div></div>"),
    "broken lines": _each("{k}：{v}<br>", "<div>{}</div>"),
    "broken lines, bold": _each("<b>{k}：</b>{v}<br>", "<p>{}</p>"),
    "amount in pieces": _split_amount,
    "over a list": _over_a_list,
    "collapsed": _each(
        "<p><span>{k}：</span>{v}</p>", "<details><summary>详情</summary>{}</details>"
    ),
    "copy buttons": _each("<p><span>{k}</span><b>{v}</b><a class=copy>复制</a></p>"),
    "Ant Design": _each(
        "<tr class=ant-descriptions-row><th class=ant-descriptions-item-label><span>{k}</span></th>"
        "<td class=ant-descriptions-item-content><span>{v}</span></td></tr>",
        "<div class=ant-descriptions><table><tbody>{}</tbody></table></div>",
    ),
    "Vant": _each(
        "<div class=van-cell><div class=van-cell__title><span>{k}</span></div>"
        "<div class=van-cell__value><span>{v}</span></div></div>"
    ),
    "Element": _each(
        "<tr><td class=el-descriptions__label>{k}</td>"
        "<td class=el-descriptions__content>{v}</td></tr>",
        "<div class=el-descriptions><table><tbody>{}</tbody></table></div>",
    ),
    "uni-app": _each(
        "<uni-view class=item><uni-text class=l><span>{k}</span></uni-text>"
        "<uni-text class=v><span>{v}</span></uni-text></uni-view>"
    ),
}
NOISE = (
    "<script>var order = {'order_no': 'JS0000000001', 'amount': '1.00'}</script>",
    "<template><p>订单号：{{ order.no }}</p><p>金额：{{ order.amount }}</p></template>",
    "<p>订单号：{{ item.order_no }}</p>",
    "<ul class=tabs><li>全部</li><li>待付款</li><li>待发货</li><li>已完成</li><li>已退款</li></ul>",
    "<div class=tips>温馨提示：付款成功后请勿退款，已完成的订单不予处理，谨防诈骗。</div>",
    "<form><input placeholder='请输入订单号'><button>查询订单</button></form>",
    "<footer><p>客服QQ：10001 电话：400-000-0000</p><p>ICP备00000000号</p></footer>",
    "<div class=goods><h3>大家都在买</h3><p>热卖点卡 100元</p><p>¥99.00</p></div>",
    "<nav><a href=/>首页</a><a href=/order>订单查询</a><span>余额：¥0.00</span></nav>",
)


def render(layout: str, rows: list[Row], source: random.Random) -> str:
    """Return the page of an order in a layout, among what else such pages hold."""
    noise = source.sample(NOISE, source.randrange(1, len(NOISE)))
    before = source.randrange(len(noise) + 1)
    body = LAYOUTS[layout](rows, source)
    return (
        f"<!DOCTYPE html><title>订单详情</title><body>{''.join(noise[:before])}"
        f"<main><h2>订单详情</h2>{body}</main>{''.join(noise[before:])}</body>"
    )


def render_list(layout: str, orders: list[list[Row]], source: random.Random) -> str:
    """Return a page with one block of a layout for each of several orders."""
    blocks = "".join(f"<div class=card>{LAYOUTS[layout](rows, source)}</div>" for rows in orders)
    return f"<!DOCTYPE html><title>我的订单</title><body><h2>我的订单</h2>{blocks}</body>"


def render_table(orders: list[list[Row]]) -> str:
    """Return a column table of several orders; all have the fields of the first."""
    names = [row.label for row in orders[0]]
    lines = [
        "".join(f"<td>{escape(row.text)}</td>" for row in sorted_as(orders[0], rows))
        for rows in orders
    ]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<body><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body>"


def sorted_as(first: list[Row], rows: list[Row]) -> list[Row]:
    """Return the rows of an order in the fields of `first`; one that it lacks shows a dash."""
    own = {row.field: row for row in rows}
    return [own.get(row.field, Row(row.field, row.label, "-", "-")) for row in first]
