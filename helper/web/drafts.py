"""Handlers of drafts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from helper.desk import history
from helper.errors import NotFoundError, TooLargeError
from helper.filling import Upload
from helper.model import Sha256
from helper.packing import qr_png
from helper.web.bodies import EditRequest, EmptyReply, PartNumber, RecordId, VersionsReply
from helper.web.guard import BODY
from helper.web.replies import json_reply, language_of, parse, path_value
from helper.web.services import FilledReport, Services


@dataclass(frozen=True)
class DraftHandlers:
    """What the extension needs to edit a draft, to fill a form from it, to take it to the phone."""

    services: Services

    async def show(self, request: web.Request) -> web.Response:
        """Return a draft."""
        draft_id = _draft_id(request)
        return json_reply(await asyncio.to_thread(self.services.vault.draft, draft_id))

    async def fill(self, request: web.Request) -> web.Response:
        """Return values and files for the form."""
        plan = self.services.fill_plan(_draft_id(request), None, language_of(request))
        return json_reply(await plan)

    async def prepare(self, request: web.Request) -> web.Response:
        """Return the same with the files that fit an upload; they are made where it needs that."""
        upload = parse(Upload, request[BODY])
        plan = self.services.fill_plan(_draft_id(request), upload, language_of(request))
        return json_reply(await plan)

    async def file(self, request: web.Request) -> web.Response:
        """Return the bytes of a file that this draft cites or that was made of such ones."""
        draft_id = _draft_id(request)
        sha256 = path_value(Sha256, request, "sha256", "file")
        draft = await asyncio.to_thread(self.services.vault.draft, draft_id)
        media_types = {exhibit.sha256: exhibit.media_type for exhibit in draft.exhibits}
        made = self.services.prepared(draft_id, sha256)
        if made is None and sha256 not in media_types:
            raise NotFoundError(kind="file", id=sha256)
        body = await asyncio.to_thread(made.read_bytes if made else lambda: self._read(sha256))
        # A page's own HTML must stay bytes to whoever opens it, hence never a type a browser runs.
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Kazheng-Media-Type": media_types.get(sha256, "application/octet-stream"),
        }
        return web.Response(body=body, headers=headers)

    async def edit(self, request: web.Request) -> web.Response:
        """Put a sentence into the user's words, or take them back; return the draft after it."""
        draft_id = _draft_id(request)
        body = parse(EditRequest, request[BODY])
        edit = self.services.edit_draft
        return json_reply(await edit(draft_id, body.key, body.text, language_of(request)))

    async def versions(self, request: web.Request) -> web.Response:
        """Return the versions of this draft's document, oldest first."""
        vault, draft_id = self.services.vault, _draft_id(request)
        draft = await asyncio.to_thread(vault.draft, draft_id)
        found = await asyncio.to_thread(history, vault, draft.case_id)
        line = (draft.channel, draft.document)
        versions = tuple(one for one in found if (one.channel, one.document) == line)
        return json_reply(VersionsReply(versions=versions))

    async def packet(self, request: web.Request) -> web.Response:
        """Return the texts and pictures for a form in the phone."""
        return json_reply(await self.services.packet(_draft_id(request), language_of(request)))

    async def qr(self, request: web.Request) -> web.Response:
        """Return one QR code of a block as PNG."""
        draft_id = _draft_id(request)
        key = request.match_info["block"]
        number = int(path_value(PartNumber, request, "part", "qr"))
        packet = await self.services.packet(draft_id, language_of(request))
        drawn = await asyncio.to_thread(qr_png, packet.part(key, number))
        return web.Response(body=drawn, content_type="image/png")

    async def filled(self, request: web.Request) -> web.Response:
        """Record what the form was filled with."""
        draft_id = _draft_id(request)
        report = parse(FilledReport, request[BODY])
        await asyncio.to_thread(self.services.vault.draft, draft_id)
        await self.services.filled(draft_id, report)
        return json_reply(EmptyReply())

    def _read(self, sha256: str) -> bytes:
        size, limit = self.services.blobs.size(sha256), self.services.limits.file_bytes
        if size is not None and size > limit:
            raise TooLargeError(limit=limit, size=size)
        return self.services.blobs.read(sha256)


def _draft_id(request: web.Request) -> str:
    return path_value(RecordId, request, "id", "draft")
