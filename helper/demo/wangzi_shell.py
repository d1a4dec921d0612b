"""What all pages of 王子 need: the frame, the member, the 15 days of the complaint entry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from urllib.parse import quote

from aiohttp import web

from helper.demo.markup import Markup, render
from helper.demo.site import Shop, html_page
from helper.demo.stock import Order

COOKIE = "WZSESSID"
ENTRY_DAYS = 15
NICKNAME = "小鱼"
"""What the shop calls its member."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guard = Callable[[Handler], Handler]


@dataclass(frozen=True)
class Member:
    """The one member of the demo and the value of the session cookie."""

    user: str
    password: str
    cookie: str


def page(title: str, body: Markup, *, door: str = "登录", hello: str = "") -> web.Response:
    """Answer with a page of the shop; `door` is what its login link says."""
    return html_page(render("wangzi", "layout", title=title, body=body, door=door, hello=hello))


def member_page(title: str, body: Markup) -> web.Response:
    """Answer with a page that only the member sees."""
    return page(title, body, door="退出", hello=f"您好，{NICKNAME}")


def entry_open(shop: Shop, order: Order) -> bool:
    """Tell whether the complaint entry is still open: 15 days after payment."""
    paid = order.paid_at
    return paid is not None and shop.clock() - paid <= timedelta(days=ENTRY_DAYS)


def members_only(member: Member) -> Guard:
    """Return the decorator that sends everyone without the member's cookie to the login."""

    def wrap(handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not compare_digest(request.cookies.get(COOKIE, "").encode(), member.cookie.encode()):
                raise web.HTTPFound("/login?next=" + quote(request.path_qs, safe="/"))
            return await handler(request)

        return guarded

    return wrap
