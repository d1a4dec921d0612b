"""The first page: what is safe, what is missing, what is due, what to do now."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from helper.web.console.pages import Page, Visit

_MOST = 50


async def today(visit: Visit) -> web.Response:
    """Show the newest captures, until the cases come in their order of urgency."""
    captures = await asyncio.to_thread(visit.services.vault.recent, _MOST)
    return visit.page("today.html", captures=captures)


PAGES: Final = (Page("GET", "/", today),)
