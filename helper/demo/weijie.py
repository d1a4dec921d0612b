"""微捷: a market of several merchants; orders drawn by script, a voucher in GBK, 平台介入."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp import web

from helper.demo.desk import Desk
from helper.demo.markup import Markup, join, render
from helper.demo.site import Shop, add_pictures, add_static, html_page, rows, yuan
from helper.demo.stock import Order, clock
from helper.demo.weijie_tickets import add_tickets

LATE_SECONDS = 0.3


def application(shop: Shop, desk: Desk) -> web.Application:
    """Build the site."""
    app = web.Application(client_max_size=64 << 20)
    add_static(app, shop, "wj-market")
    add_pictures(app, shop)
    _add_market(app, shop)
    _add_trades(app, shop)
    add_tickets(app, shop, desk)
    return app


def page(title: str, body: Markup) -> web.Response:
    """Answer with a page of the market."""
    return html_page(render("weijie", "layout", title=title, body=body))


def _add_market(app: web.Application, shop: Shop) -> None:
    async def home(_: web.Request) -> web.Response:
        lines: list[dict[str, object]] = [
            {"key": key, **merchant} for key, merchant in shop.stock.merchants.items()
        ]
        merchants = rows("merchant", lines, "weijie")
        return page("首页", render("weijie", "home", merchants=merchants, cards=shop.cards()))

    async def merchant(request: web.Request) -> web.Response:
        key = request.match_info["key"]
        if key not in shop.stock.merchants:
            raise web.HTTPNotFound(text="店铺不存在")
        found = shop.stock.merchants[key]
        goods = [product for product in shop.stock.products.values() if product.merchant == key]
        cards = join(shop.card(product) for product in goods)
        return page(found["name"], render("weijie", "shop", cards=cards, **found))

    async def product(request: web.Request) -> web.Response:
        found = shop.product(request.match_info["key"])
        seller = shop.stock.merchants[found.merchant]
        body = render(
            "weijie",
            "product",
            key=found.key,
            title=found.title,
            category=found.category,
            price=yuan(found.price),
            sku=found.sku,
            promise=found.promise,
            sold=found.sold,
            merchant_key=found.merchant,
            merchant=seller["name"],
            level=seller["level"],
            contact=seller["contact"],
            city=seller["city"],
            company=seller["company"],
            cards=shop.cards(without=found.key, most=8),
        )
        return page(found.title, body)

    app.router.add_get("/", home)
    app.router.add_get("/shop/{key}", merchant)
    app.router.add_get("/goods/{key}", product)


def _add_trades(app: web.Application, shop: Shop) -> None:
    async def show(request: web.Request) -> web.Response:
        order = shop.order(request.match_info["order_no"])
        body = render("weijie", "trade", order_no=order.order_no)
        return page("交易详情", body)

    async def data(request: web.Request) -> web.Response:
        order = shop.order(request.match_info["order_no"])
        await asyncio.sleep(LATE_SECONDS)
        return web.json_response(_trade(shop, order))

    async def voucher(request: web.Request) -> web.Response:
        order = shop.order(request.match_info["order_no"])
        text = render("weijie", "print", issued=clock(shop.clock()), **_words(shop, order))
        # The charset stands only in the page's meta element, as on many old sites.
        return web.Response(
            body=text.encode("gbk", "xmlcharrefreplace"), headers={"Content-Type": "text/html"}
        )

    app.router.add_get("/trade/{order_no:\\d+}", show)
    app.router.add_get("/api/trade/{order_no:\\d+}", data)
    app.router.add_get("/trade/{order_no:\\d+}/print", voucher)


def _words(shop: Shop, order: Order) -> dict[str, str]:
    seller = shop.stock.merchants[order.product.merchant]
    return {
        "order_no": order.order_no,
        "status": order.status_text,
        "title": order.product.title,
        "sku": order.product.sku,
        "quantity": str(order.quantity),
        "unit": yuan(order.product.price),
        "amount": yuan(order.amount),
        "method": order.method_text if order.payments else "-",
        "created": clock(order.created_at),
        "paid": clock(order.paid_at),
        "merchant": seller["name"],
        "company": seller["company"],
        "seller_contact": seller["contact"],
        "contact": order.contact,
        "account": order.account or "-",
        "promise": order.product.promise,
        "note": order.failure or order.message or "-",
    }


def _trade(shop: Shop, order: Order) -> dict[str, Any]:
    paid = order.paid_at
    return _words(shop, order) | {
        "kind": order.status,
        "picture": f"/pic/{order.product.key}.svg",
        "goods": f"/goods/{order.product.key}",
        "shop": f"/shop/{order.product.merchant}",
        "ticket": f"/ticket/new?trade={order.order_no}",
        "print": f"/trade/{order.order_no}/print",
        "delivered": clock(order.delivered_at),
        "reply_by": clock(paid + timedelta(hours=24)) if paid else "-",
        "refunded": yuan(order.refunded),
        "codes": list(order.codes),
        "failure": order.failure,
        "message": order.message,
        "payments": [
            {"trade_no": line.trade_no, "at": clock(line.paid_at), "amount": yuan(line.amount)}
            for line in order.payments
        ],
        "more": [
            {
                "title": product.title,
                "price": yuan(product.price),
                "picture": f"/pic/{product.key}.svg",
                "url": f"/goods/{product.key}",
            }
            for product in list(shop.stock.products.values())[:6]
            if product.key != order.product.key
        ],
    }
