"""Handlers of advice: what a case needs next, and ready replies to the other side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from helper.web.bodies import DueReply, IssueKey, RecordId
from helper.web.replies import json_reply, language_of, parse_value, path_value
from helper.web.services import Services


@dataclass(frozen=True)
class AdviceHandlers:
    """What the extension's panel is made of; without an issue it is the case's own."""

    services: Services

    async def show(self, request: web.Request) -> web.Response:
        """Return all that can be said of a case."""
        case_id = path_value(RecordId, request, "id", "case")
        return json_reply(
            await self.services.advise(case_id, _issue(request), language_of(request))
        )

    async def due(self, request: web.Request) -> web.Response:
        """Return what closes soon in all open cases."""
        due = await self.services.due(language_of(request))
        waiting = await asyncio.to_thread(self.services.vault.undigested)
        return json_reply(DueReply(due=due, waiting=waiting))

    async def reply(self, request: web.Request) -> web.Response:
        """Return a reply to a counter-move, ready to be sent."""
        case_id, move = path_value(RecordId, request, "id", "case"), request.match_info["move"]
        return json_reply(
            await self.services.reply(case_id, move, _issue(request), language_of(request))
        )


def _issue(request: web.Request) -> str | None:
    given = request.query.get("issue")
    return None if given is None else str(parse_value(IssueKey, "issue", given))
