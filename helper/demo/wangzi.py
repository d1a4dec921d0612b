"""王子: member login, orders in the member centre, a complaint form that knows the order."""

from __future__ import annotations

from aiohttp import web

from helper.demo import wangzi_complaints
from helper.demo.desk import Desk
from helper.demo.markup import Markup, join, render
from helper.demo.site import Shop, add_pictures, add_static, rows, yuan
from helper.demo.stock import Order, clock
from helper.demo.wangzi_shell import (
    COOKIE,
    NICKNAME,
    Guard,
    Member,
    entry_open,
    member_page,
    members_only,
    page,
)


def application(shop: Shop, member: Member, desk: Desk) -> web.Application:
    """Build the site."""
    app = web.Application(client_max_size=64 << 20)
    add_static(app, shop, "wz-shop")
    add_pictures(app, shop)
    _add_public(app, shop)
    _add_login(app, member)
    guard = members_only(member)
    _add_member(app, shop, member, guard)
    wangzi_complaints.add(app, shop, desk, guard)
    return app


def _add_public(app: web.Application, shop: Shop) -> None:
    async def home(_: web.Request) -> web.Response:
        return page("首页", render("wangzi", "home", cards=shop.cards()))

    async def product(request: web.Request) -> web.Response:
        found = shop.product(request.match_info["key"])
        body = render(
            "wangzi",
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

    async def rules(_: web.Request) -> web.Response:
        return page("投诉规则", render("wangzi", "rules"))

    app.router.add_get("/", home)
    app.router.add_get("/goods/{key}", product)
    app.router.add_get("/help/complaint-rules", rules)


def _add_login(app: web.Application, member: Member) -> None:
    async def form(request: web.Request) -> web.Response:
        following = request.query.get("next", "/member/orders")
        return page("会员登录", render("wangzi", "login", following=following, error=""))

    async def enter(request: web.Request) -> web.Response:
        given = await request.post()
        following = str(given.get("next", "/member/orders"))
        right = given.get("username") == member.user and given.get("password") == member.password
        if not right:
            body = render("wangzi", "login", following=following, error="用户名或密码错误")
            return page("会员登录", body)
        local = following.startswith("/") and not following.startswith("//")
        answer = web.Response(status=303, headers={"Location": following if local else "/"})
        answer.set_cookie(
            COOKIE, member.cookie, httponly=True, secure=True, samesite="Lax", path="/"
        )
        return answer

    async def leave(_: web.Request) -> web.Response:
        answer = web.Response(status=303, headers={"Location": "/login"})
        answer.del_cookie(COOKIE, path="/")
        return answer

    app.router.add_get("/login", form)
    app.router.add_post("/login", enter)
    app.router.add_get("/logout", leave)


def _add_member(app: web.Application, shop: Shop, member: Member, guard: Guard) -> None:
    async def centre(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/member/orders")

    async def orders(_: web.Request) -> web.StreamResponse:
        listed = rows("orders-row", map(_row, _newest(shop)), "wangzi")
        return member_page("我的订单", render("wangzi", "orders", rows=listed))

    async def detail(request: web.Request) -> web.StreamResponse:
        order = shop.order(request.match_info["order_no"])
        return member_page(f"订单详情 {order.order_no}", _detail(shop, member, order))

    app.router.add_get("/member", guard(centre))
    app.router.add_get("/member/orders", guard(orders))
    app.router.add_get("/member/orders/{order_no}", guard(detail))


def _newest(shop: Shop) -> list[Order]:
    return sorted(shop.stock.orders.values(), key=lambda order: order.created_at, reverse=True)


def _row(order: Order) -> dict[str, object]:
    return {
        "order_no": order.order_no,
        "title": order.product.title,
        "key": order.product.key,
        "quantity": order.quantity,
        "amount": yuan(order.amount),
        "created": clock(order.created_at),
        "status": order.status_text,
        "kind": order.status,
    }


def _detail(shop: Shop, member: Member, order: Order) -> Markup:
    whole, cents = yuan(order.amount).split(".")
    return render(
        "wangzi",
        "order",
        order_no=order.order_no,
        status=order.status_text,
        kind=order.status,
        key=order.product.key,
        title=order.product.title,
        sku=order.product.sku,
        quantity=order.quantity,
        unit=yuan(order.product.price),
        discount=yuan(order.discount),
        whole=whole,
        cents=cents,
        method=order.method_text if order.payments else "-",
        created=clock(order.created_at),
        paid=clock(order.paid_at),
        user=member.user,
        nickname=NICKNAME,
        account=order.account or "-",
        contact=order.contact,
        promise=order.product.promise,
        delivery=_delivery(order),
        payments=_payments(order),
        log=_log(order),
        complain=_complain(shop, order),
        cards=shop.cards(without=order.product.key, most=6),
    )


def _complain(shop: Shop, order: Order) -> Markup:
    if entry_open(shop, order):
        return render("wangzi", "complain-open", order_no=order.order_no)
    reason = "订单未付款，暂不可投诉" if not order.payments else "已超过15天投诉期，入口已关闭"
    return render("wangzi", "complain-closed", reason=reason)


def _delivery(order: Order) -> Markup:
    if order.codes:
        codes = join(render("wangzi", "code", code=code) for code in order.codes)
        return render(
            "wangzi", "delivered", codes=codes, at=clock(order.delivered_at), message=order.message
        )
    if order.failure:
        return render("wangzi", "failed", reason=order.failure)
    if order.refunded is not None:
        return render("wangzi", "refunded", amount=yuan(order.refunded), message=order.message)
    message = order.message or "订单尚未付款，付款后自动发货。"
    return render("wangzi", "waiting", message=message)


def _payments(order: Order) -> Markup:
    lines: list[dict[str, object]] = [
        {
            "index": index,
            "trade_no": line.trade_no,
            "method": order.method_text,
            "at": clock(line.paid_at),
            "amount": yuan(line.amount),
        }
        for index, line in enumerate(order.payments, 1)
    ]
    return rows("payment-row", lines, "wangzi") if lines else render("wangzi", "payment-none")


def _log(order: Order) -> Markup:
    entries = [(order.created_at, "提交订单，等待买家付款")]
    entries += [
        (line.paid_at, f"收到{order.method_text}付款 {yuan(line.amount)} 元")
        for line in order.payments
    ]
    if order.delivered_at:
        entries.append((order.delivered_at, "商家发放卡密"))
    return join(
        render("wangzi", "log-row", at=clock(at), text=text) for at, text in reversed(entries)
    )
