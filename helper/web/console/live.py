"""Tell an open page that something changed, so that it asks again for what it shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import web

from helper.web.console.pages import Page, Visit
from helper.web.events import CLOSING

_POLL_SECONDS: Final = 1.0
_HEARTBEAT: Final = 15


async def follow(visit: Visit) -> web.StreamResponse:
    """Send `changed` whenever the vault changed, until the page goes or the session ends."""
    vault, request = visit.services.vault, visit.request
    reply = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await reply.prepare(request)
    closing = request.app[CLOSING]
    before, silent = visit.query("since") or visit.pulse, 0
    with suppress(ConnectionError):  # the page is gone, nobody to tell
        while not closing.is_set() and visit.logged_in:
            now = await asyncio.to_thread(vault.pulse)
            silent += 1
            if now != before:
                await reply.write(f"event: changed\ndata: {now}\n\n".encode())
                before, silent = now, 0
            elif silent >= _HEARTBEAT:
                # Writing is how the server learns that the page went away.
                await reply.write(b": waiting\n\n")
                silent = 0
            with suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), _POLL_SECONDS)
    return reply


PAGES: Final = (Page("GET", "/live", follow),)
