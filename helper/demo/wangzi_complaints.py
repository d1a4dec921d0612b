"""王子's complaints: form, number at once, 补正, 审核, 处理, 确认, 复核."""

from __future__ import annotations

from aiohttp import web

from helper.demo.desk import Claim, Desk, Ticket
from helper.demo.journal import Submission
from helper.demo.markup import Markup, join, render
from helper.demo.site import Shop, yuan
from helper.demo.stock import Order, clock
from helper.demo.wangzi_shell import Guard, entry_open, member_page

STEPS = ("受理", "审核中", "处理中", "待确认")
ISSUES = {
    "1": "商品未到账",
    "2": "卡密无效/商品问题",
    "3": "充值失败/退款未到账",
    "4": "重复扣款",
    "5": "与描述不符",
    "9": "其他问题",
}
MATERIALS = {
    "1": "支付凭证、订单状态截图（需含订单号与时间）",
    "2": "卡密使用失败截图、商品详情页截图",
    "3": "支付凭证、失败或退款页面截图",
    "4": "两笔扣款的支付凭证",
    "5": "商品详情页截图、实际收到的商品截图",
    "9": "与问题有关的截图",
}
DEMANDS = {"refund": "退款", "resend": "补发商品", "other": "其他"}
_BAR = ("受理", "审核中", "处理中", "待确认", "已完结")


def add(app: web.Application, shop: Shop, desk: Desk, guard: Guard) -> None:
    """Add the complaint pages."""
    _add_form(app, shop, desk, guard)
    _add_progress(app, shop, desk, guard)


def _add_form(app: web.Application, shop: Shop, desk: Desk, guard: Guard) -> None:
    async def form(request: web.Request) -> web.StreamResponse:
        order = shop.order(request.query.get("order_no", ""))
        if not entry_open(shop, order):
            return member_page("投诉入口已关闭", render("wangzi", "entry-closed"))
        return member_page("申请投诉", _form(order, ""))

    async def send(request: web.Request) -> web.StreamResponse:
        sent = await shop.journal.submission("wangzi", request)
        order = shop.order(sent.value("order_no"))
        if not entry_open(shop, order):
            return member_page("投诉入口已关闭", render("wangzi", "entry-closed"))
        fault = _fault(sent)
        if fault:
            return member_page("申请投诉", _form(order, fault))
        ticket = _file(desk, order, sent)
        raise web.HTTPSeeOther(f"/member/complaints/{ticket.number}")

    app.router.add_get("/member/complaints/new", guard(form))
    app.router.add_post("/member/complaints", guard(send))


def _add_progress(app: web.Application, shop: Shop, desk: Desk, guard: Guard) -> None:
    async def show(request: web.Request) -> web.StreamResponse:
        ticket = _ticket(desk, request)
        order = shop.order(ticket.order_no)
        return member_page(f"投诉详情 {ticket.number}", _show(ticket, order))

    async def supplement(request: web.Request) -> web.StreamResponse:
        ticket = _ticket(desk, request)
        sent = await shop.journal.submission("wangzi", request)
        if ticket.state == "待补正" and sent.files:
            desk.move(ticket.number, "受理", "已补充材料")
        raise web.HTTPSeeOther(f"/member/complaints/{ticket.number}")

    async def answer(request: web.Request) -> web.StreamResponse:
        ticket = _ticket(desk, request)
        if ticket.state == "待确认":
            if request.match_info["answer"] == "confirm":
                desk.move(ticket.number, "已完结", "买家确认处理结果")
            else:
                desk.move(ticket.number, "复核中", "买家申请复核，12小时内重新审核")
        raise web.HTTPSeeOther(f"/member/complaints/{ticket.number}")

    app.router.add_get("/member/complaints/{number}", guard(show))
    app.router.add_post("/member/complaints/{number}/supplement", guard(supplement))
    app.router.add_post("/member/complaints/{number}/{answer:confirm|review}", guard(answer))


def _fault(sent: Submission) -> str:
    if sent.value("issue") not in ISSUES:
        return "请选择投诉类型"
    if not sent.value("description").strip():
        return "请填写问题描述"
    if sent.value("demand_kind") not in DEMANDS or not sent.value("demand").strip():
        return "请选择并填写您的诉求"
    return "" if sent.value("contact").strip() else "请填写联系方式"


def _file(desk: Desk, order: Order, sent: Submission) -> Ticket:
    claim = Claim(
        sent.value("issue"), sent.value("description"), sent.value("demand"), len(sent.files)
    )
    if sent.files:
        return desk.file(order.order_no, claim, first="受理", note="材料齐全，10分钟内初步审核")
    wanted = MATERIALS[sent.value("issue")]
    return desk.file(order.order_no, claim, first="待补正", note=f"材料缺失，请补充：{wanted}")


def _ticket(desk: Desk, request: web.Request) -> Ticket:
    found = desk.find(request.match_info["number"])
    if found is None:
        raise web.HTTPNotFound(text="投诉不存在")
    return found


def _form(order: Order, error: str) -> Markup:
    options = join(
        render("wangzi", "option", value=value, text=text, hint=MATERIALS[value])
        for value, text in ISSUES.items()
    )
    return render(
        "wangzi",
        "complaint",
        order_no=order.order_no,
        title=order.product.title,
        key=order.product.key,
        amount=yuan(order.amount),
        method=order.method_text,
        paid=clock(order.paid_at),
        status=order.status_text,
        options=options,
        error=error,
    )


def _show(ticket: Ticket, order: Order) -> Markup:
    reached = _BAR.index(ticket.state) if ticket.state in _BAR else 0
    bar = join(
        render("wangzi", "step", text=text, css="on" if index <= reached else "")
        for index, text in enumerate(_BAR)
    )
    log = join(
        render("wangzi", "log-row", at=clock(at), text=f"{state}：{note}")
        for at, state, note in reversed(ticket.log)
    )
    actions = {"待补正": "supplement", "待确认": "answer"}.get(ticket.state)
    return render(
        "wangzi",
        "receipt",
        number=ticket.number,
        order_no=ticket.order_no,
        title=order.product.title,
        issue=ISSUES[ticket.claim.issue],
        filed=clock(ticket.log[0][0]),
        state=ticket.state,
        bar=bar,
        log=log,
        files=ticket.claim.files,
        demand=ticket.claim.demand,
        description=ticket.claim.description,
        actions=render("wangzi", actions, number=ticket.number) if actions else "",
    )
