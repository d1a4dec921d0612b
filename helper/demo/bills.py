"""Payment bills: detail pages in the manner of WeChat and Alipay, for every debit of the shops."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from helper.demo.markup import Markup, render
from helper.demo.site import Site, add_static, html_page, rows, yuan
from helper.demo.stock import Order, PaymentLine, Stock, clock

PAYEES = {
    "wangzi": "王子数卡（演示）科技有限公司",
    "lechuang": "乐创数字（演示）工作室",
    "weijie": "微捷网络（演示）有限公司",
}
_STATES = {"refunded": "已全额退款"}


def application(site: Site, stocks: Mapping[str, Stock]) -> web.Application:
    """Build the site."""
    debits = {
        line.trade_no: (order, line)
        for stock in stocks.values()
        for order in stock.orders.values()
        for line in order.payments
    }
    app = web.Application()
    add_static(app, site, "bills")

    async def index(_: web.Request) -> web.Response:
        newest = sorted(debits.values(), key=lambda pair: pair[1].paid_at, reverse=True)
        lines = [_row(order, line) for order, line in newest]
        return _page("账单", render("bills", "index", rows=rows("row", lines, "bills")))

    async def detail(request: web.Request) -> web.Response:
        found = debits.get(request.match_info["trade_no"])
        if found is None or found[0].method != request.match_info["method"]:
            raise web.HTTPNotFound(text="账单不存在")
        return _page("账单详情", _detail(*found))

    app.router.add_get("/", index)
    app.router.add_get("/{method:wechat|alipay}/{trade_no}", detail)
    return app


def path_of(order: Order) -> str | None:
    """Return the path of an order's first bill; None while it is not paid."""
    return f"/{order.method}/{order.payments[0].trade_no}" if order.payments else None


def _page(title: str, body: Markup) -> web.Response:
    return html_page(render("bills", "layout", title=title, body=body))


def _row(order: Order, line: PaymentLine) -> dict[str, object]:
    return {
        "url": f"/{order.method}/{line.trade_no}",
        "payee": PAYEES[order.shop],
        "method": order.method_text,
        "at": clock(line.paid_at),
        "amount": yuan(line.amount),
    }


def _detail(order: Order, line: PaymentLine) -> Markup:
    return render(
        "bills",
        order.method,
        payee=PAYEES[order.shop],
        title=order.product.title,
        amount=yuan(line.amount),
        state=_STATES.get(order.status, "支付成功" if order.method == "wechat" else "交易成功"),
        at=clock(line.paid_at),
        created=clock(order.created_at),
        trade_no=line.trade_no,
        order_no=order.order_no,
    )
