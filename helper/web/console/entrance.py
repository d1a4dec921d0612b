"""The way in: a token in the fragment of an address, posted by the page, good once for a minute.

A fragment is in no request, no log and no referrer; the page takes it out of the address bar.

What a cookie cannot do: browsers send it to every port of its host. Another program of this
computer that a browser is led to at `kazheng.localhost:OTHER` gets it and may use it here, until
the user signs out. A program of the same user could read the vault itself; one of another user is
kept away by nothing here.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from helper.errors import NotFoundError
from helper.vault.catalogue import Catalogue
from helper.web.console.pages import Page, Visit, own_path
from helper.web.console.render import STATIC, static_reply
from helper.web.console.sessions import cookie_of
from helper.web.guard import port_of

LANGUAGE_COOKIE: Final = "kazheng_language"
HOST: Final = "kazheng.localhost"
LIFETIME: Final = timedelta(seconds=60)


def address(vault: Catalogue, port: int, now: datetime) -> str:
    """Return an address that opens the console once, within a minute."""
    token = secrets.token_urlsafe(32)
    vault.offer_entrance(token, now + LIFETIME)
    return f"http://{HOST}:{port}/enter#{token}"


async def show(visit: Visit) -> web.Response:
    """Show the door: the page posts the token it finds in its address."""
    return visit.page("enter.html", failed=False, to=own_path(visit.query("to")))


async def enter(visit: Visit) -> web.Response:
    """Let in whoever brings a token that was not used."""
    now, vault = visit.services.now(), visit.services.vault
    if not await asyncio.to_thread(vault.spend_entrance, visit.field("token"), now):
        return visit.page("enter.html", status=403, failed=True, to="/")
    reply = web.Response(status=303, headers={"Location": own_path(visit.form.get("to", "/"))})
    _set(reply, cookie_of(port_of(visit.request)), visit.console.sessions.open(now))
    return reply


async def leave(visit: Visit) -> web.Response:
    """End the session."""
    visit.console.sessions.close(visit.cookie)
    reply = web.Response(status=303, headers={"Location": "/enter"})
    reply.del_cookie(cookie_of(port_of(visit.request)), path="/")
    return reply


async def speak(visit: Visit) -> web.Response:
    """Remember the language of the pages."""
    reply = web.Response(status=303, headers={"Location": own_path(visit.field("to"))})
    _set(reply, LANGUAGE_COOKIE, "en" if visit.field("language") == "en" else "zh_CN")
    return reply


async def static(visit: Visit) -> web.Response:
    """Return a file of the pages."""
    name = visit.path("name")
    if name not in STATIC:
        raise NotFoundError(kind="file", id=name)
    return static_reply(name)


PAGES: Final = (
    Page("GET", "/enter", show, open=True),
    Page("POST", "/enter", enter, open=True),
    Page("POST", "/leave", leave),
    Page("POST", "/language", speak),
    Page("GET", "/static/{name}", static, open=True),
)


def _set(reply: web.Response, name: str, value: str) -> None:
    reply.set_cookie(name, value, path="/", httponly=True, samesite="Strict")
