from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import ClientSession, FormData

from helper.demo.desk import Claim, Desk
from helper.demo.platform import Demo
from helper.demo.wangzi_complaints import STEPS

Fetch = Any


def complaint(demo: Demo, state: str = "not_delivered", *, files: int = 1) -> FormData:
    form = FormData(quote_fields=False)
    form.add_field("order_no", demo.orders[f"wangzi:{state}"].order_no)
    form.add_field("issue", "1")
    form.add_field("description", "付款后没有到账")
    form.add_field("demand_kind", "refund")
    form.add_field("demand", "退款98.00元")
    form.add_field("contact", "xiaoyu@example.com")
    for index in range(files):
        form.add_field("files", b"picture", filename=f"证据{index}.png", content_type="image/png")
    return form


async def send(session: ClientSession, demo: Demo, form: FormData) -> tuple[str, str]:
    url = demo.origins["wangzi"] + "/member/complaints"
    async with session.post(url, data=form) as answer:
        return answer.url.path, await answer.text()


async def test_orders_are_for_the_member_only(demo: Demo, client: ClientSession) -> None:
    async with client.get(demo.orders["wangzi:failed"].url, allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"].startswith("/login?next=/member/orders/")


async def test_the_member_is_named_to_the_member_only(
    demo: Demo, client: ClientSession, fetch: Fetch
) -> None:
    assert "小鱼" not in await fetch(demo.origins["wangzi"] + "/")
    form = {"username": demo.login.user, "password": demo.login.password}
    async with client.post(demo.login.url, data=form):
        page = await fetch(demo.orders["wangzi:failed"].url)
    assert "您好，小鱼" in page
    assert f'<th>登录账号</th><td class="wz-user">{demo.login.user}</td>' in page


async def test_login_sets_a_cookie_that_scripts_cannot_read(
    demo: Demo, client: ClientSession
) -> None:
    form = {"username": demo.login.user, "password": demo.login.password, "next": "/member/orders"}
    async with client.post(demo.login.url, data=form, allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]
        assert answer.headers["Location"] == "/member/orders"
    assert demo.secret_cookie in cookie
    assert "HttpOnly" in cookie
    assert "Secure" in cookie


async def test_login_never_leads_to_another_site(demo: Demo, client: ClientSession) -> None:
    form = {"username": demo.login.user, "password": demo.login.password, "next": "//evil.example"}
    async with client.post(demo.login.url, data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


async def test_a_wrong_password_gives_no_cookie(demo: Demo, client: ClientSession) -> None:
    form = {"username": demo.login.user, "password": "wrong"}
    async with client.post(demo.login.url, data=form) as answer:
        assert "Set-Cookie" not in answer.headers
        assert "用户名或密码错误" in await answer.text()


async def test_the_order_page_leads_to_a_form_that_knows_the_order(
    demo: Demo, member: ClientSession, fetch: Fetch
) -> None:
    order = demo.orders["wangzi:not_delivered"]
    page = await fetch(order.url)
    assert order.complaint_url.removeprefix(demo.origins["wangzi"]) in page
    assert f'value="{order.order_no}" readonly' in await fetch(order.complaint_url)


async def test_a_complaint_with_material_gets_a_number_and_is_taken_in(
    demo: Demo, member: ClientSession
) -> None:
    path, page = await send(member, demo, complaint(demo, files=2))
    number = path.rsplit("/", 1)[1]
    assert number.startswith("TS")
    assert f'wz-complaint-no">{number}<' in page
    assert 'wz-state">受理<' in page
    sent = demo.submissions[-1]
    assert sent.value("description") == "付款后没有到账"
    assert [file.name for file in sent.files] == ["证据0.png", "证据1.png"]


async def test_a_complaint_without_material_asks_for_it(demo: Demo, member: ClientSession) -> None:
    path, page = await send(member, demo, complaint(demo, files=0))
    assert 'wz-state">待补正<' in page
    assert "支付凭证、订单状态截图" in page
    more = FormData()
    more.add_field("files", b"picture", filename="a.png", content_type="image/png")
    async with member.post(demo.origins["wangzi"] + path + "/supplement", data=more) as answer:
        assert 'wz-state">受理<' in await answer.text()


async def test_the_entry_is_closed_15_days_after_payment(
    demo: Demo, member: ClientSession, fetch: Fetch
) -> None:
    late = demo.orders["wangzi:late"]
    assert "已超过15天投诉期" in await fetch(late.url)
    assert "投诉入口已关闭" in await fetch(late.complaint_url)
    path, page = await send(member, demo, complaint(demo, "late"))
    assert path == "/member/complaints"
    assert "投诉入口已关闭" in page


async def test_an_incomplete_complaint_gets_no_number(demo: Demo, member: ClientSession) -> None:
    form = FormData({"order_no": demo.orders["wangzi:failed"].order_no, "issue": "3"})
    _, page = await send(member, demo, form)
    assert "请填写问题描述" in page
    assert not demo.desks["wangzi"].tickets


async def test_a_result_can_be_confirmed_or_reviewed(demo: Demo, member: ClientSession) -> None:
    for answer, state in (("confirm", "已完结"), ("review", "复核中")):
        path, _ = await send(member, demo, complaint(demo))
        demo.desks["wangzi"].move(path.rsplit("/", 1)[1], "待确认", "退款98.00元")
        async with member.post(f"{demo.origins['wangzi']}{path}/{answer}") as page:
            assert f'wz-state">{state}<' in await page.text()


def test_a_complaint_moves_on_with_time(demo: Demo) -> None:
    now = [demo.now]
    desk = Desk("TS", STEPS, lambda: now[0], seconds_per_step=60)
    ticket = desk.file("WZ1", Claim("1", "…", "…", 1), first="受理", note="")
    states = []
    for _ in range(5):
        found = desk.find(ticket.number)
        assert found is not None
        states.append(found.state)
        now[0] += timedelta(seconds=61)
    assert states == ["受理", "审核中", "处理中", "待确认", "待确认"]
