"""乐创: a guest finds an order by its number; tickets, a chat, an agreement with clause 4.2."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from helper.demo.desk import Claim, Desk, Ticket
from helper.demo.journal import Submission
from helper.demo.markup import Markup, join, render
from helper.demo.site import Shop, add_pictures, add_static, html_page, rows, yuan
from helper.demo.stock import Order, clock

STEPS = ("待受理", "处理中", "已回复")
TYPES = {
    "late": "卡密未按时发放",
    "invalid": "卡密无效",
    "recharge": "充值失败/退款未到账",
    "double": "重复支付",
    "wrong": "商品信息不符",
    "other": "其他",
}
WISHES = {"tk": "退款", "bf": "补发", "qt": "其他"}
_CHAT = (
    (2, "客服 1027", "您好，乐创客服1027号为您服务，请问有什么可以帮您？"),
    (3, "我", "你好，我的订单 {order_no}，{product}，付款了还没有收到卡密"),
    (5, "客服 1027", "请稍等，正在为您查询订单。"),
    (11, "客服 1027", "订单 {order_no} 已付款 {amount} 元，系统繁忙，卡密会在24小时内发放。"),
    (12, "我", "商品页写的就是24小时内发货，请问最晚几点？"),
    (16, "客服 1027", "最晚明天这个时间，请您耐心等待。"),
    (1475, "我", "已经超过24小时了，卡密还是没有发放"),
    (1479, "客服 1033", "您好，1033号接待您，请提供订单号。"),
    (1480, "我", "{order_no}"),
    (1488, "客服 1033", "这边帮您催促一下供应商，请再等等。"),
    (1490, "我", "请直接退款 {amount} 元到原支付方式"),
    (1499, "客服 1033", "虚拟商品不退不换的，请理解。可以提交工单处理。"),
    (1502, "我", "用户协议第4.2条写的是24小时内完成发货"),
    (1520, "客服 1033", "已记录，请提交工单。"),
)


def application(shop: Shop, desk: Desk) -> web.Application:
    """Build the site."""
    app = web.Application(client_max_size=64 << 20)
    add_static(app, shop, "lc-faka")
    add_pictures(app, shop)
    _add_public(app, shop)
    _add_query(app, shop)
    _add_tickets(app, shop, desk)
    return app


def page(title: str, body: Markup) -> web.Response:
    """Answer with a page of the shop."""
    return html_page(render("lechuang", "layout", title=title, body=body))


def _add_public(app: web.Application, shop: Shop) -> None:
    async def home(_: web.Request) -> web.Response:
        return page("首页", render("lechuang", "home", cards=shop.cards()))

    async def product(request: web.Request) -> web.Response:
        found = shop.product(request.match_info["key"])
        body = render(
            "lechuang",
            "product",
            key=found.key,
            title=found.title,
            category=found.category,
            price=yuan(found.price),
            sku=found.sku,
            promise=found.promise,
            sold=found.sold,
            cards=shop.cards(without=found.key),
        )
        return page(found.title, body)

    async def agreement(_: web.Request) -> web.Response:
        return page("用户协议", render("lechuang", "agreement"))

    async def chat(request: web.Request) -> web.Response:
        order = shop.order(request.query.get("order_no", ""))
        body = render("lechuang", "chat", order_no=order.order_no, lines=_chat(shop, order))
        return page("在线客服", body)

    app.router.add_get("/", home)
    app.router.add_get("/item/{key}", product)
    app.router.add_get("/agreement", agreement)
    app.router.add_get("/chat", chat)


def _add_query(app: web.Application, shop: Shop) -> None:
    async def form(_: web.Request) -> web.Response:
        return page("订单查询", render("lechuang", "query", error=""))

    async def look_up(request: web.Request) -> web.Response:
        given = await request.post()
        order = shop.stock.order(str(given.get("order_no", "")).strip())
        if order is None:
            body = render("lechuang", "query", error="没有找到这个订单，请核对订单号")
            return page("订单查询", body)
        return page("查询结果", _order(shop, order))

    async def show(request: web.Request) -> web.Response:
        order = shop.order(request.match_info["order_no"])
        return page(f"订单 {order.order_no}", _order(shop, order))

    app.router.add_get("/query", form)
    app.router.add_post("/query", look_up)
    app.router.add_get("/order/{order_no}", show)


def _add_tickets(app: web.Application, shop: Shop, desk: Desk) -> None:
    async def form(request: web.Request) -> web.Response:
        return page("提交工单", _form(request.query.get("order_no", ""), ""))

    async def send(request: web.Request) -> web.Response:
        sent = await shop.journal.submission("lechuang", request)
        fault = _fault(shop, sent)
        if fault:
            return page("提交工单", _form(sent.value("order"), fault))
        claim = Claim(
            sent.value("type"), sent.value("content"), sent.value("appeal"), len(sent.files)
        )
        ticket = desk.file(sent.value("order"), claim, first="待受理", note="工单已提交")
        raise web.HTTPSeeOther(f"/ticket/{ticket.number}")

    async def show(request: web.Request) -> web.Response:
        ticket = desk.find(request.match_info["number"])
        if ticket is None:
            raise web.HTTPNotFound(text="工单不存在")
        return page(f"工单 {ticket.number}", _receipt(ticket))

    app.router.add_get("/ticket/new", form)
    app.router.add_post("/ticket", send)
    app.router.add_get("/ticket/{number}", show)


def _fault(shop: Shop, sent: Submission) -> str:
    if shop.stock.order(sent.value("order")) is None:
        return "订单号不存在"
    if sent.value("type") not in TYPES:
        return "请选择问题类型"
    missing = [name for name in ("content", "wish", "appeal", "mail") if not sent.value(name)]
    return "请填写全部必填项" if missing else ""


def _form(order_no: str, error: str) -> Markup:
    types = join(
        render("lechuang", "option", value=value, text=text) for value, text in TYPES.items()
    )
    return render("lechuang", "ticket-form", order_no=order_no, types=types, error=error)


def _receipt(ticket: Ticket) -> Markup:
    log = join(
        render("lechuang", "log-row", at=clock(at), text=f"{state} · {note}")
        for at, state, note in ticket.log
    )
    return render(
        "lechuang",
        "receipt",
        number=ticket.number,
        order_no=ticket.order_no,
        state=ticket.state,
        filed=clock(ticket.log[0][0]),
        files=ticket.claim.files,
        log=log,
    )


def _order(shop: Shop, order: Order) -> Markup:
    promised = (order.paid_at or order.created_at) + timedelta(hours=24)
    return render(
        "lechuang",
        "order",
        order_no=order.order_no,
        status=order.status_text,
        kind=order.status,
        key=order.product.key,
        product_key=order.product.key,
        title=order.product.title,
        sku=order.product.sku,
        quantity=order.quantity,
        unit=yuan(order.product.price),
        discount=yuan(order.discount),
        amount=yuan(order.amount),
        method=order.method_text if order.payments else "-",
        created=clock(order.created_at),
        paid=clock(order.paid_at),
        promised=clock(promised) if order.payments else "付款后24小时内",
        contact=order.contact,
        account=_account(order),
        delivery=_delivery(order),
        payments=_payments(order),
        cards=shop.cards(without=order.product.key, most=5),
    )


def _account(order: Order) -> Markup:
    if not order.account:
        return Markup("")
    return render("lechuang", "account", account=order.account)


def _delivery(order: Order) -> Markup:
    if order.codes:
        codes = "\n".join(order.codes)
        return render(
            "lechuang",
            "delivered",
            codes=codes,
            count=len(order.codes),
            at=clock(order.delivered_at),
        )
    if order.failure:
        return render("lechuang", "failed", reason=order.failure)
    if order.refunded is not None:
        return render("lechuang", "refunded", amount=yuan(order.refunded))
    return render("lechuang", "waiting", message=order.message or "请尽快完成付款")


def _payments(order: Order) -> Markup:
    lines: list[dict[str, object]] = [
        {
            "method": order.method_text,
            "at": clock(line.paid_at),
            "amount": yuan(line.amount),
            "trade_no": line.trade_no,
        }
        for line in order.payments
    ]
    return rows("payment-row", lines, "lechuang")


def _chat(shop: Shop, order: Order) -> Markup:
    start = order.created_at
    values = {
        "order_no": order.order_no,
        "product": order.product.title,
        "amount": yuan(order.amount),
    }
    lines = [
        (start + timedelta(minutes=minutes), who, text.format(**values))
        for minutes, who, text in _CHAT
    ]
    shown = [line for line in lines if line[0] <= shop.clock()]
    return join(_line(at, who, text) for at, who, text in shown)


def _line(at: datetime, who: str, text: str) -> Markup:
    side = "me" if who == "我" else "agent"
    return render("lechuang", "chat-line", side=side, who=who, at=clock(at), text=text)
