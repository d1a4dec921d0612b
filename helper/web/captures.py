"""Handlers of captures: announce, upload, lend, commit, look."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from helper.capture.intake import Intake, Progress
from helper.errors import ConflictError
from helper.model import CaptureId, Sha256
from helper.web import events
from helper.web.bodies import (
    CaptureReply,
    CaptureRequest,
    CapturesReply,
    CommitReply,
    CommitRequest,
    EmptyReply,
    KeptPart,
    Limit,
    Offset,
    PartProgress,
    ReceivedReply,
    SessionRequest,
)
from helper.web.guard import BODY
from helper.web.replies import json_reply, parse, parse_value, path_value
from helper.web.services import Services


@dataclass(frozen=True)
class CaptureHandlers:
    """What the extension does with a capture; every answer may be asked for again."""

    services: Services
    intake: Intake

    async def announce(self, request: web.Request) -> web.Response:
        """Create the capture or add parts, and say what of each part is on disk."""
        body = parse(CaptureRequest, request[BODY])
        parts = await self.intake.announce(body.uuid, body.meta, body.parts)
        view = await asyncio.to_thread(self.services.vault.capture, body.uuid)
        return json_reply(CaptureReply(uuid=body.uuid, state=view.state, parts=_listed(parts)))

    async def upload(self, request: web.Request) -> web.Response:
        """Write a chunk at the offset."""
        uuid, sha256 = capture_id(request), path_value(Sha256, request, "sha256", "part")
        offset = parse_value(Offset, "offset", request.query.get("offset"))
        received = await self.intake.write(uuid, sha256, offset, request[BODY])
        return json_reply(ReceivedReply(received=received))

    async def lend(self, request: web.Request) -> web.Response:
        """Hand the session over to memory; it is in no log, no error and on no disk."""
        uuid = capture_id(request)
        body = parse(SessionRequest, request[BODY])
        await asyncio.to_thread(self.services.vault.capture, uuid)
        await self.services.lend_session(uuid, body.storage_state.model_dump())
        return json_reply(EmptyReply())

    async def commit(self, request: web.Request) -> web.Response:
        """Confirm what is kept, start the workflow, and note that the strips are complete."""
        uuid = capture_id(request)
        final = parse(CommitRequest, request[BODY]).final
        vault = self.services.vault
        parts = await self.intake.kept(uuid)
        lacking = [part for part in parts if part.received < part.size]
        if lacking:
            raise ConflictError(
                kind="capture", id=uuid, reason="incomplete", parts=_listed(lacking)
            )
        # Recorded before anything starts, so that a crash resumes from it.
        await asyncio.to_thread(vault.mark_kept, uuid, self.services.now(), final=final)
        await self.services.start_capture(uuid)
        if final:
            await self.services.strips_complete(uuid)
        view = await asyncio.to_thread(vault.capture, uuid)
        known = await asyncio.to_thread(vault.parts, uuid)
        is_final = await asyncio.to_thread(vault.is_final, uuid)
        kept = tuple(
            KeptPart(role=part.role, sha256=part.sha256, size=part.size)
            for part, received in known
            if received == part.size
        )
        return json_reply(CommitReply(uuid=uuid, state=view.state, final=is_final, parts=kept))

    async def show(self, request: web.Request) -> web.Response:
        """Return one capture; its last step says why it stands still, written down or not."""
        uuid = capture_id(request)
        view = await asyncio.to_thread(self.services.vault.capture, uuid)
        trouble = None if view.state == "sealed" else self.services.unwritten(uuid)
        if trouble is not None:
            view = view.model_copy(update={"steps": (*view.steps, trouble)})
        return json_reply(view)

    async def recent(self, request: web.Request) -> web.Response:
        """Return the newest captures."""
        limit = parse_value(Limit, "limit", request.query.get("limit", "20"))
        return json_reply(
            CapturesReply(
                captures=tuple(await asyncio.to_thread(self.services.vault.recent, limit))
            )
        )

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Stream the steps of a capture."""
        return await events.stream(request, self.services, capture_id(request))


def capture_id(request: web.Request) -> str:
    """Return the uuid of the path; NotFoundError when it is none."""
    return path_value(CaptureId, request, "uuid", "capture")


def _listed(parts: list[Progress] | tuple[Progress, ...]) -> tuple[PartProgress, ...]:
    return tuple(
        PartProgress(sha256=part.sha256, size=part.size, received=part.received) for part in parts
    )
