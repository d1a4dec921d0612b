"""The outside: a regulator's complaint form (12315 field names) and a public complaint site."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from helper.demo.journal import Submission
from helper.demo.markup import render
from helper.demo.site import Site, add_static, html_page
from helper.demo.stock import CHINA, clock


@dataclass(frozen=True)
class _Form:
    """What differs between the two sites."""

    title: str
    prefix: str
    required: tuple[str, ...]
    notice: str


_REGULATOR = _Form(
    "投诉登记",
    "3320",
    ("name", "phone", "address", "provider", "provideraddr", "spmc", "tsnr", "tsqq"),
    "受理机关将自收到投诉之日起7个工作日内作出受理或者不予受理的决定。",
)
_PUBLIC = _Form(
    "发起投诉",
    "17",
    ("title", "couid", "issue", "appeal", "cost", "content"),
    "投诉审核通过后将公开展示，并转交商家处理。",
)


def regulator(site: Site) -> web.Application:
    """Build the regulator's site."""
    return _application(site, _REGULATOR)


def public_complaints(site: Site) -> web.Application:
    """Build the public complaint site."""
    return _application(site, _PUBLIC)


def _application(site: Site, form: _Form) -> web.Application:
    app = web.Application(client_max_size=64 << 20)
    add_static(app, site, site.key)
    filed: dict[str, Submission] = {}

    async def home(_: web.Request) -> web.Response:
        return _page(site, "首页", "home")

    async def show_form(_: web.Request) -> web.Response:
        return _page(site, form.title, "form", error="")

    async def send(request: web.Request) -> web.Response:
        sent = await site.journal.submission(site.key, request)
        missing = [name for name in form.required if not sent.value(name).strip()]
        if missing:
            return _page(site, form.title, "form", error=f"请填写必填项（{len(missing)} 项未填）")
        number = f"{form.prefix}{site.clock().astimezone(CHINA):%Y%m%d%H%M%S}{len(filed):03d}"
        filed[number] = sent
        raise web.HTTPSeeOther(f"/complaint/{number}")

    async def receipt(request: web.Request) -> web.Response:
        number = request.match_info["number"]
        if number not in filed:
            raise web.HTTPNotFound(text="登记编号不存在")
        values = {
            "number": number,
            "at": clock(site.clock()),
            "notice": form.notice,
            "files": len(filed[number].files),
        }
        return _page(site, "提交成功", "receipt", **values)

    app.router.add_get("/", home)
    app.router.add_get("/complaint/new", show_form)
    app.router.add_post("/complaint", send)
    app.router.add_get("/complaint/{number}", receipt)
    return app


def _page(site: Site, title: str, name: str, **values: object) -> web.Response:
    body = render(site.key, name, **values)
    return html_page(render(site.key, "layout", title=title, body=body))
