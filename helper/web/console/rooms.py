"""All pages of the console, in one table, and the middleware that leads to them.

They have a router of their own: the API's routes answer on every name of this computer, the
console's only on its own name, and neither knows the other's paths.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from helper.web.console import (
    capture,
    case,
    draft,
    entrance,
    exports,
    gate,
    kept,
    library,
    live,
    settings,
    telling,
    today,
    upkeep,
)
from helper.web.console.pages import Console, Page
from helper.web.console.plans import Plans
from helper.web.console.render import Renderer
from helper.web.console.sessions import Sessions
from helper.web.services import Services

PAGES: Final[tuple[Page, ...]] = (
    *entrance.PAGES, *live.PAGES, *kept.PAGES, *today.PAGES,
    *case.PAGES, *telling.PAGES, *exports.PAGES, *capture.PAGES, *draft.PAGES,
    *library.PAGES,
    *settings.PAGES, *upkeep.PAGES,
)  # fmt: skip


def console(services: Services) -> Middleware:
    """Return the middleware that answers what is for the console and passes on the rest."""
    desk = Console(services, Renderer(), Sessions(), Plans(services.blobs.read))
    router, pages = web.UrlDispatcher(), {}
    for number, page in enumerate(PAGES):
        pages[f"page{number}"] = page
        router.add_route(page.method, page.path, _unused, name=f"page{number}")

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not gate.of_console(request):
            return await handler(request)
        match = await router.resolve(request)
        page = pages.get(str(match.route.name))
        reply = await gate.answer(desk, request, match, page)
        gate.add_headers(reply)
        return reply

    return middleware


async def _unused(_request: web.Request) -> web.StreamResponse:
    """Stand in the router, whose only task is to find the page."""
    raise web.HTTPNotFound
