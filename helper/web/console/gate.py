"""Who may see the console: Host, Origin and fetch metadata, the session, the token of each form.

A browser sends `Origin` with every POST; one without it is no page of ours. Nothing here trusts
the cookie alone: SameSite keeps other sites away, these checks keep other origins of this site.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, quote

from aiohttp import web
from aiohttp.web_urldispatcher import UrlMappingMatchInfo
from multidict import MultiDict

from helper.errors import ForbiddenError, InvalidError, KazhengError
from helper.messages import Language, explain, pick_language
from helper.web import signing
from helper.web.console.buttons import by_button
from helper.web.console.entrance import HOST, LANGUAGE_COOKIE
from helper.web.console.pages import Console, Page, Visit
from helper.web.console.sessions import Session
from helper.web.console.uploads import as_typed, received
from helper.web.guard import port_of, read_within
from helper.web.replies import from_http

FORM_BYTES: Final = 256 * 1024
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With "no-referrer" a browser sends `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""Beside those of every reply; a handler's own go before them."""
_DEST: Final = "Sec-Fetch-Dest"
_log = logging.getLogger(__name__)


def of_console(request: web.Request) -> bool:
    """Tell whether a request is for the console: its own name, and no path of the API."""
    host = request.headers.get("Host", "")
    return host.partition(":")[0] == HOST and not request.path.startswith("/v1/")


async def answer(
    console: Console, request: web.Request, match: UrlMappingMatchInfo, page: Page | None
) -> web.StreamResponse:
    """Return a page, or an explained refusal as one; None is an address that does not exist."""
    visit = Visit(console, request, match, language_of(request), None, MultiDict())
    try:
        check(request)
        visit = replace(visit, session=_session(visit))
        if visit.session is None and (page is None or not page.open):
            return _to_the_door(visit)
        reply = await _shown(visit, page)
    except KazhengError as error:
        reply = refusal(visit, error, error.status)
    except web.HTTPException as error:
        reply = refusal(visit, *from_http(error))
    except ConnectionError:
        return web.Response(status=400)  # the client is gone; aiohttp needs something to drop
    except Exception:  # noqa: BLE001  # recorded; the user gets an explained page
        _log.exception("page failed: %s %s", request.method, page.path if page else "unknown")
        reply = refusal(visit, KazhengError(), 500)
    return reply


async def _shown(visit: Visit, page: Page | None) -> web.StreamResponse:
    if page is None:
        raise visit.match.http_exception or web.HTTPNotFound
    if not (page.open or page.gives_file):
        visit = replace(visit, pulse=await asyncio.to_thread(visit.services.vault.pulse))
    if page.method == "POST":
        if page.brings_file:
            fields, file = await received(visit.request, visit.services.limits.part_bytes)
            visit = replace(visit, file=file)
        else:
            fields = await _form(visit.request)
        visit.form.extend(fields)
        if not page.open:
            _check_token(visit)
    return await page.handler(visit)


def add_headers(reply: web.StreamResponse) -> None:
    """Add what keeps a page from running or reaching anything that is not ours."""
    for name, value in HEADERS.items():
        reply.headers.setdefault(name, value)


def refusal(visit: Visit, error: KazhengError, status: int) -> web.Response:
    """Return an error as a page, or as a notice where htmx asked for a part of one."""
    told = explain(error, visit.language)
    said = {name: by_button(one, visit.language) for name, one in told.items()}
    if not visit.partial:
        back = visit.here if visit.request.method == "POST" else ""
        return visit.page("error.html", status=status, error=said, back=back)
    reply = visit.page("notice.html", status=status, error=said)
    reply.headers["HX-Retarget"] = "#said"
    reply.headers["HX-Reselect"] = "unset"  # the part that asked wants itself out of the answer
    reply.headers["HX-Reswap"] = "innerHTML show:window:top"
    return reply


def _session(visit: Visit) -> Session | None:
    """Return the session; what an open page fetches by itself is no use of it."""
    request, now = visit.request, visit.services.now()
    by_user = request.method != "GET" or request.headers.get(_DEST, "document") == "document"
    return visit.console.sessions.find(visit.cookie, now, used=by_user)


def language_of(request: web.Request) -> Language:
    """Return the language that the user chose here, else the browser's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in {"zh_CN", "en"}:
        return "en" if chosen == "en" else "zh_CN"
    return pick_language(request.headers.get("Accept-Language"))


def check(request: web.Request) -> None:
    """Raise ForbiddenError for what no page of ours, no bookmark and no typed address sends."""
    own = f"{HOST}:{port_of(request)}"
    if request.headers.getall("Host", []) != [own]:
        raise ForbiddenError(reason="host")
    if not request.raw_path.startswith("/"):
        raise ForbiddenError(reason="target")
    if set(request.headers.getall("Sec-Fetch-Site", [])) - {"none", "same-origin"}:
        raise ForbiddenError(reason="cross_site")
    origins = request.headers.getall("Origin", [])
    if (origins or request.method != "GET") and origins != [f"http://{own}"]:
        raise ForbiddenError(reason="page")


def _check_token(visit: Visit) -> None:
    sent = visit.form.get("csrf") or visit.request.headers.get("X-Kazheng-Token") or ""
    if visit.session is None or not signing.same(sent, visit.session.csrf):
        raise ForbiddenError(reason="page")


def _to_the_door(visit: Visit) -> web.Response:
    path = f"/enter?to={quote(visit.here, safe='')}"
    if visit.partial:
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": path})
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


async def _form(request: web.Request) -> list[tuple[str, str]]:
    """Return the fields of a form; only what HTML forms and htmx send is read."""
    body = await read_within(request, FORM_BYTES)
    if request.content_type not in {
        "application/x-www-form-urlencoded",
        "application/octet-stream",
    }:
        raise InvalidError(what="Content-Type")
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=500
        )
        return [(name, as_typed(value)) for name, value in fields]
    except (ValueError, UnicodeDecodeError):
        raise InvalidError(what="form") from None
