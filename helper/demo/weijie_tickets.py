"""微捷's complaints: a ticket to the merchant first, then the market steps in (平台介入)."""

from __future__ import annotations

from aiohttp import web

from helper.demo.desk import Claim, Desk, Ticket
from helper.demo.journal import Submission
from helper.demo.markup import Markup, join, render
from helper.demo.site import Shop, html_page, yuan
from helper.demo.stock import Order, clock

STEPS = ("待商家处理", "商家已回复")
REASONS = {
    "NOT_RECEIVED": ("未收到卡密/未到账", "付款后超过商家承诺时间"),
    "CODE_INVALID": ("卡密/授权码无效", "提示不存在或已被使用"),
    "RECHARGE_FAIL": ("失败未退款/退款未到账", "订单失败后款项未退"),
    "PAID_TWICE": ("重复付款", "同一订单扣款两次"),
    "NOT_AS_DESC": ("与描述不符", "面值、类型或版本不一致"),
    "OTHER": ("其他", "以上均不符合"),
}
EXPECTS = {"REFUND": "退款", "RESEND": "补发", "OTHER": "其他"}


def add_tickets(app: web.Application, shop: Shop, desk: Desk) -> None:
    """Add the pages of the ticket."""

    async def form(request: web.Request) -> web.Response:
        return _page("发起售后", _form(shop, shop.order(request.query.get("trade", "")), ""))

    async def send(request: web.Request) -> web.Response:
        sent = await shop.journal.submission("weijie", request)
        order = shop.order(sent.value("tradeNo"))
        if _incomplete(sent):
            return _page("发起售后", _form(shop, order, "请完整填写带 * 的项目"))
        claim = Claim(
            sent.value("reason"), sent.value("detail"), sent.value("claim"), len(sent.files)
        )
        note = "工单已送达商家，商家需在24小时内响应"
        ticket = desk.file(order.order_no, claim, first="待商家处理", note=note)
        raise web.HTTPSeeOther(f"/ticket/{ticket.number}")

    async def show(request: web.Request) -> web.Response:
        ticket = _ticket(desk, request)
        return _page(f"售后工单 {ticket.number}", _show(shop, ticket))

    async def intervene(request: web.Request) -> web.Response:
        ticket = _ticket(desk, request)
        await shop.journal.submission("weijie", request)
        if ticket.state in STEPS:
            desk.move(ticket.number, "平台介入中", "买家申请平台介入，平台将调取商家发货日志")
        raise web.HTTPSeeOther(f"/ticket/{ticket.number}")

    app.router.add_get("/ticket/new", form)
    app.router.add_post("/ticket", send)
    app.router.add_get("/ticket/{number}", show)
    app.router.add_post("/ticket/{number}/intervene", intervene)


def _page(title: str, body: Markup) -> web.Response:
    return html_page(render("weijie", "layout", title=title, body=body))


def _incomplete(sent: Submission) -> bool:
    chosen = sent.value("reason") in REASONS and sent.value("expect") in EXPECTS
    return not chosen or not all(sent.value(name) for name in ("detail", "claim", "phone"))


def _ticket(desk: Desk, request: web.Request) -> Ticket:
    found = desk.find(request.match_info["number"])
    if found is None:
        raise web.HTTPNotFound(text="工单不存在")
    return found


def _form(shop: Shop, order: Order, error: str) -> Markup:
    reasons = join(
        render("weijie", "reason", value=value, text=text, hint=hint)
        for value, (text, hint) in REASONS.items()
    )
    return render(
        "weijie",
        "ticket-form",
        order_no=order.order_no,
        title=order.product.title,
        merchant=shop.stock.merchants[order.product.merchant]["name"],
        amount=yuan(order.amount),
        status=order.status_text,
        reasons=reasons,
        error=error,
    )


def _show(shop: Shop, ticket: Ticket) -> Markup:
    order = shop.order(ticket.order_no)
    log = join(
        render("weijie", "log-row", at=clock(at), text=f"【{state}】{note}")
        for at, state, note in reversed(ticket.log)
    )
    can = ticket.state in STEPS
    return render(
        "weijie",
        "receipt",
        number=ticket.number,
        order_no=ticket.order_no,
        merchant=shop.stock.merchants[order.product.merchant]["name"],
        state=ticket.state,
        reason=REASONS[ticket.claim.issue][0],
        demand=ticket.claim.demand,
        files=ticket.claim.files,
        filed=clock(ticket.log[0][0]),
        log=log,
        intervene=render("weijie", "intervene", number=ticket.number) if can else "",
    )
