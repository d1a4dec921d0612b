"""Pages that mean harm, for tests: `hostile.localhost`.

`port` in the query is where a page aims on loopback; `to` is an address it leads to. `PAGES` says
what each page does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from aiohttp import web

from helper.demo.markup import Markup, join, render
from helper.demo.site import Site, html_page, yuan
from helper.demo.stock import Stock

PAGES = {
    "/aims": "frames, scripts, pictures, fetches, WebSockets to loopback, private and metadata",
    "/redirect": "HTTP redirect to `to`, else to 127.0.0.1:port",
    "/refresh": "meta refresh to 127.0.0.1:port after one second",
    "/member/complaints/new": "王子's complaint form on another site; its action is `to`",
    "/dialogs": "alert, confirm, prompt, beforeunload, one after the other",
    "/popups": "opens windows, starts a download, asks for permissions",
    "/hanging": "a picture that never arrives, so that `load` never fires",
    "/endless": "a document whose last byte never arrives",
    "/big": "a document of 30 MB",
    "/tampering": "overrides DOM and JSON prototypes to make a snapshot lie",
}
BIG_BYTES = 30_000_000
_PLAIN = "aims|refresh|dialogs|popups|hanging|tampering"


def application(site: Site, bait: Stock) -> web.Application:
    """Build the site; each page looks like an order of `bait`."""
    app = web.Application(client_max_size=64 << 20)
    order = bait.orders["not_delivered"]
    bill = {
        "order_no": order.order_no,
        "title": order.product.title,
        "amount": yuan(order.amount),
        "status": order.status_text,
    }
    app.router.add_get("/", _index)
    app.router.add_get("/redirect", _redirect)
    app.router.add_get("/never/{name}", _never)
    app.router.add_get("/file.bin", _download)
    _add_orders(app, render("hostile", "order", **bill))
    _add_form(app, site, bill)
    return app


def _add_orders(app: web.Application, order: Markup) -> None:
    async def plain(request: web.Request) -> web.Response:
        body = render("hostile", request.match_info["name"], order=order, port=_port(request))
        return html_page(body)

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = await _begin(request)
        await answer.write(render("hostile", "endless", order=order).encode())
        with suppress(ConnectionError):
            await asyncio.Event().wait()
        return answer

    async def big(request: web.Request) -> web.StreamResponse:
        answer = await _begin(request)
        for chunk in _bulk(render("hostile", "big", order=order)):
            await answer.write(chunk)
        await answer.write_eof()
        return answer

    app.router.add_get("/endless", endless)
    app.router.add_get("/big", big)
    app.router.add_get(f"/{{name:{_PLAIN}}}", plain)


def _add_form(app: web.Application, site: Site, bill: dict[str, str]) -> None:
    async def form(request: web.Request) -> web.Response:
        action = request.query.get("to", "/member/complaints")
        return html_page(render("hostile", "form", action=action, **bill))

    async def take(request: web.Request) -> web.Response:
        await site.journal.submission(site.key, request)
        return html_page(Markup("<p>ok</p>"))

    app.router.add_get("/member/complaints/new", form)
    app.router.add_post("/member/complaints", take)


async def _index(_: web.Request) -> web.Response:
    lines = (render("hostile", "line", path=path, text=text) for path, text in PAGES.items())
    return html_page(render("hostile", "index", lines=join(lines)))


async def _redirect(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.query.get("to") or f"http://127.0.0.1:{_port(request)}/")


async def _never(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


async def _download(_: web.Request) -> web.Response:
    headers = {"Content-Disposition": 'attachment; filename="file.bin"'}
    return web.Response(body=bytes(1000), content_type="application/octet-stream", headers=headers)


async def _begin(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    await answer.prepare(request)
    return answer


def _bulk(page: Markup) -> Iterator[bytes]:
    """Yield the page with filler before its end, `BIG_BYTES` in all.

    The filler is inert (a JSON block), so that the size is in the bytes and not in the layout.
    """
    head, tail = (part.encode() for part in page.split("FILLER"))
    left = BIG_BYTES - len(head) - len(tail)
    yield head
    line = b'"' + b"0123456789abcdef" * 4095 + b'",\n'
    while left > 0:
        yield line[: min(len(line), left)]
        left -= len(line)
    yield tail


def _port(request: web.Request) -> int:
    given = request.query.get("port", "")
    return int(given) if given.isdecimal() and 0 < int(given) < 65536 else 9
