"""Server-sent events: the steps of a capture, each one signed on its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from pydantic_core import to_json

from helper.errors import UnauthorizedError
from helper.model import Step
from helper.web import signing
from helper.web.bodies import EventBody
from helper.web.guard import CALLER, Caller
from helper.web.services import Services

CLOSING = web.AppKey("closing", asyncio.Event)
"""Set when the server stops: streams end then, so that stopping does not wait for them."""


async def stream(request: web.Request, services: Services, uuid: str) -> web.StreamResponse:
    """Send the steps so far, then new ones, until the capture is sealed or the client is gone.

    The head is signed like a reply with an empty body; event `id` is the signed index.
    """
    caller = request.get(CALLER)
    if caller is None:
        raise UnauthorizedError(reason="unsigned")
    await asyncio.to_thread(services.vault.capture, uuid)
    reply = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            signing.REPLY: signing.reply_code(caller.key, caller.nonce, 200, b""),
        }
    )
    await reply.prepare(request)
    closing = asyncio.create_task(request.app[CLOSING].wait())
    try:
        with suppress(ConnectionError):  # the client is gone, nobody to tell
            await _send(
                reply, caller, services.subscribe(uuid), services.heartbeat_seconds, closing
            )
            await reply.write_eof()
    finally:
        closing.cancel()
    return reply


async def _send(
    reply: web.StreamResponse,
    caller: Caller,
    steps: AsyncIterator[Step],
    heartbeat: float,
    closing: asyncio.Task[bool],
) -> None:
    index = 0
    pending: asyncio.Task[Step | None] = asyncio.create_task(_next(steps))
    try:
        while not closing.done():
            await asyncio.wait(
                {pending, closing}, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED
            )
            if not pending.done():
                # Writing is how the server learns that the client went away.
                await reply.write(b": waiting\n\n")
                continue
            step = pending.result()
            if step is None:
                return
            await reply.write(_event(caller, index, step))
            index += 1
            pending = asyncio.create_task(_next(steps))
    finally:
        pending.cancel()
        with suppress(asyncio.CancelledError):
            await pending
        close = getattr(steps, "aclose", None)
        if close is not None:
            await close()


async def _next(steps: AsyncIterator[Step]) -> Step | None:
    return await anext(steps, None)


def _event(caller: Caller, index: int, step: Step) -> bytes:
    at = step.at.isoformat()
    code = signing.event_code(
        caller.key, caller.nonce, index, step=step.step, at=at, detail=step.detail
    )
    body = EventBody(step=step.step, at=at, detail=step.detail, signature=code)
    return b"id: %d\ndata: %s\n\n" % (index, to_json(body))
