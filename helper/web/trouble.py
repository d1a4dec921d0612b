"""What is served while the vault cannot be opened: why, and what to do; none of its data.

It answers under the same names and rules as the console and the API, so that whoever opens either
learns what is wrong. It needs no login: there is nothing to see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from helper.errors import ForbiddenError, KazhengError
from helper.messages import explain
from helper.web.console import gate
from helper.web.console.render import STATIC, Renderer, static_reply
from helper.web.guard import add_headers, check_browser_rules
from helper.web.replies import error_reply

_STATIC = "/static/"


@dataclass
class Trouble:
    """Why the vault does not open. `look` tries again and returns why not, None if it does."""

    error: KazhengError
    look: Callable[[], KazhengError | None]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the vault opens: whoever serves this makes way for the helper."""

    def fail(self, error: KazhengError) -> None:
        """Tell that the vault does not open after all."""
        self.error = error
        self.over.clear()

    async def again(self) -> None:
        """Look once more; the page tells what came of it."""
        found = await asyncio.to_thread(self.look)
        if found is None:
            self.over.set()
        else:
            self.error = found


def trouble_app(trouble: Trouble) -> web.Application:
    """Return the application that explains the trouble on every address."""
    renderer = Renderer()

    @web.middleware
    async def explaining(request: web.Request, handler: Handler) -> web.StreamResponse:
        del handler  # every address says the same
        if not gate.of_console(request):
            return _api(request, trouble.error)
        reply = await _page(request, trouble, renderer)
        gate.add_headers(reply)
        return reply

    app = web.Application(middlewares=[explaining])
    app.on_response_prepare.append(add_headers)
    return app


def _api(request: web.Request, error: KazhengError) -> web.Response:
    language = request.headers.get("Accept-Language")
    try:
        check_browser_rules(request)
    except ForbiddenError as forbidden:
        return error_reply(forbidden, language)
    return error_reply(error, language, HTTPStatus.SERVICE_UNAVAILABLE)


async def _page(request: web.Request, trouble: Trouble, renderer: Renderer) -> web.Response:
    error, status = trouble.error, HTTPStatus.SERVICE_UNAVAILABLE
    try:
        gate.check(request)
        name = request.path.removeprefix(_STATIC)
        if request.path.startswith(_STATIC) and name in STATIC:
            return static_reply(name)
        if request.method == "POST":
            await trouble.again()
            error = trouble.error
    except ForbiddenError as forbidden:
        error, status = forbidden, HTTPStatus.FORBIDDEN
    language = gate.language_of(request)
    html = renderer.render(
        "trouble.html",
        language,
        error=explain(error, language),
        starting=trouble.over.is_set(),
        said=None,
        csrf="",
        pulse="",
        here=request.path,
    )
    return web.Response(text=html, content_type="text/html", charset="utf-8", status=status)
