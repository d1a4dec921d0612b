"""Default deny over every route: Host, Origin, fetch metadata, signature, body; sign the reply.

A route is reachable without a signature only if its name is in `OPEN`; a path that matches no route
is refused like any other before it is called unknown.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from helper.errors import ForbiddenError, KazhengError, TooLargeError, UnauthorizedError
from helper.web import signing
from helper.web.replies import error_reply, from_http
from helper.web.services import Services

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

OPEN: Final = frozenset({"hello", "pair"})
"""Names of the routes that need no signature."""
OPEN_BODY_BYTES = 4096

_HOSTS = ("127.0.0.1", "[::1]", "kazheng.localhost")
_ORIGIN = re.compile(
    r"chrome-extension://[a-p]{32}|moz-extension://[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_SITES = frozenset({"none", "same-origin"})
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caller:
    """Who signed the request, and what signs the reply to it."""

    pairing: str
    name: str
    key: bytes
    nonce: str


CALLER = web.RequestKey("caller", Caller)
BODY = web.RequestKey("body", bytes)


def check_browser_rules(request: web.Request) -> None:
    """Raise ForbiddenError for a request that a web page or a rebound name could have made."""
    hosts = request.headers.getall("Host", [])
    if not hosts:
        raise ForbiddenError(reason="host_missing")
    if hosts not in [[f"{name}:{port_of(request)}"] for name in _HOSTS]:
        raise ForbiddenError(reason="host")
    if not request.raw_path.startswith("/"):
        raise ForbiddenError(reason="target")
    origins = request.headers.getall("Origin", [])
    if origins and (len(origins) > 1 or _ORIGIN.fullmatch(origins[0]) is None):
        raise ForbiddenError(reason="origin")
    if set(request.headers.getall("Sec-Fetch-Site", [])) - _SITES:
        raise ForbiddenError(reason="cross_site")
    if "navigate" in request.headers.getall("Sec-Fetch-Mode", []):
        raise ForbiddenError(reason="navigation")


def guard(services: Services) -> Middleware:
    """Return the one middleware of the application."""
    nonces = signing.Nonces()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        reply = await _answer(request, handler, services, nonces)
        caller = request.get(CALLER)
        if isinstance(reply, web.Response) and caller is not None:
            body = reply.body if isinstance(reply.body, bytes) else b""
            code = signing.reply_code(caller.key, caller.nonce, reply.status, body)
            reply.headers[signing.REPLY] = code
        return reply

    return middleware


async def add_headers(_request: web.Request, reply: web.StreamResponse) -> None:
    """Forbid storing, framing and sniffing, where a page does not say more; name no version."""
    reply.headers["Server"] = "kazheng"
    for name, value in _HEADERS.items():
        reply.headers.setdefault(name, value)


async def _answer(
    request: web.Request, handler: Handler, services: Services, nonces: signing.Nonces
) -> web.StreamResponse:
    language = request.headers.get("Accept-Language")
    try:
        check_browser_rules(request)
        limit = OPEN_BODY_BYTES
        if request.match_info.route.name not in OPEN:
            await _authenticate(request, services, nonces)
            limit = _body_limit(request, services)
        request[BODY] = await _read_body(request, limit)
        return await handler(request)
    except KazhengError as error:
        return error_reply(error, language)
    except web.HTTPException as error:
        explained, status = from_http(error)
        return error_reply(explained, language, status)
    except ConnectionError:
        # The client is gone; aiohttp needs something to drop.
        return web.Response(status=400)
    except Exception:  # noqa: BLE001 - recorded below; the client gets a signed, explained 500
        _log.exception("request failed: %s %s", request.method, request.path)
        return error_reply(KazhengError(), language)


async def _authenticate(request: web.Request, services: Services, nonces: signing.Nonces) -> None:
    """Find the caller before a byte of the body is read; UnauthorizedError says what is wrong."""
    signed = signing.SignedHeaders.read(request.headers)
    found = await asyncio.to_thread(services.vault.pairing, signed.pairing)
    if found is None:
        raise UnauthorizedError(reason="unknown_pairing")
    key, name = found
    signed.check(key, request.method, request.raw_path)
    request[CALLER] = Caller(signed.pairing, name, key, signed.nonce)
    if signed.start != services.start:
        raise UnauthorizedError(reason="restarted")
    nonces.admit(signed, int(services.now().timestamp() * 1000))


def _body_limit(request: web.Request, services: Services) -> int:
    if request.method == "GET":
        return 0
    return services.limits.chunk_bytes if request.method == "PUT" else services.limits.json_bytes


async def _read_body(request: web.Request, limit: int) -> bytes:
    """Return the whole body; refuse more than the limit, and bytes that were not signed."""
    body = await read_within(request, limit)
    if CALLER in request:
        sent = request.headers[signing.BODY]
        if not signing.same(hashlib.sha256(body).hexdigest(), sent):
            raise UnauthorizedError(reason="body")
    return body


async def read_within(request: web.Request, limit: int) -> bytes:
    """Return the whole body; TooLargeError as soon as it is known to be longer than the limit."""
    if (request.content_length or 0) > limit:
        raise TooLargeError(limit=limit, size=request.content_length)
    body = bytearray()
    async for block in request.content.iter_any():
        body += block
        if len(body) > limit:
            raise TooLargeError(limit=limit, size=len(body))
    return bytes(body)


def port_of(request: web.Request) -> int:
    """Return the port this connection came in on."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0
