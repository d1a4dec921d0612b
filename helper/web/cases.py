"""Handlers of cases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from helper.complaints.course.timeline import timeline
from helper.messages import Language
from helper.model import CaseView, Filing
from helper.steps import dealing
from helper.web.bodies import (
    CaseReply,
    CasesReply,
    CorrectionRequest,
    DraftRequest,
    EntryRequest,
    FilingRequest,
    RecordId,
    TimelineReply,
    ToldReply,
)
from helper.web.guard import BODY
from helper.web.replies import json_reply, language_of, parse, path_value
from helper.web.services import Services


@dataclass(frozen=True)
class CaseHandlers:
    """What the extension shows and asks about a case."""

    services: Services

    async def list(self, _request: web.Request) -> web.Response:
        """Return all cases."""
        cases = await asyncio.to_thread(self.services.vault.cases)
        return json_reply(CasesReply(cases=tuple(cases)))

    async def show(self, request: web.Request) -> web.Response:
        """Return one case with its suggestion."""
        return await self._case(_record(request, "case"), language_of(request))

    async def correct(self, request: web.Request) -> web.Response:
        """Set an order field to the user's value, or take it back; return the case after it."""
        case_id = _record(request, "case")
        body = parse(CorrectionRequest, request[BODY])
        vault, now = self.services.vault, self.services.now()
        if body.value is None:
            await asyncio.to_thread(vault.undo_correction, case_id, body.field)
        else:
            await asyncio.to_thread(vault.add_correction, case_id, body.field, body.value, now)
        return await self._case(case_id, language_of(request))

    async def tell(self, request: web.Request) -> web.Response:
        """Keep what the user tells of a case; return the case after it."""
        case_id, language = _record(request, "case"), language_of(request)
        what = parse(EntryRequest, request[BODY]).what
        vault, now = self.services.vault, self.services.now()
        return await self._told(
            await asyncio.to_thread(dealing.tell, vault, case_id, what, now, language), language
        )

    async def file(self, request: web.Request) -> web.Response:
        """Keep that the user submitted a complaint; return the case after it."""
        case_id, language = _record(request, "case"), language_of(request)
        filing = Filing(capture_id=None, **dict(parse(FilingRequest, request[BODY])))
        vault, now = self.services.vault, self.services.now()
        return await self._told(
            await asyncio.to_thread(dealing.file, vault, case_id, filing, now), language
        )

    async def undo(self, request: web.Request) -> web.Response:
        """Take back what the user told; return the case after it."""
        case_id = _record(request, "case")
        entry_id = path_value(RecordId, request, "entry_id", "entry")
        await asyncio.to_thread(self.services.vault.undo_entry, case_id, entry_id)
        return await self._case(case_id, language_of(request))

    async def timeline(self, request: web.Request) -> web.Response:
        """Return what happened in the order of time."""
        case_id, vault = _record(request, "case"), self.services.vault
        case = await asyncio.to_thread(vault.case, case_id)
        drafts = await asyncio.to_thread(vault.drafts_of, case_id)
        now, language = self.services.now(), language_of(request)
        return json_reply(TimelineReply(events=timeline(case, drafts, now=now, language=language)))

    async def draft(self, request: web.Request) -> web.Response:
        """Compose a draft for a channel."""
        case_id = _record(request, "case")
        body = parse(DraftRequest, request[BODY])
        draft = await self.services.make_draft(
            case_id,
            channel=body.channel,
            document=body.document or None,
            issue=body.issue or None,
            demand=body.demand or None,
            answers=body.answers,
            language=language_of(request),
        )
        return json_reply(draft)

    async def _case(self, case_id: str, language: Language) -> web.Response:
        case = await asyncio.to_thread(self.services.vault.case, case_id)
        return json_reply(CaseReply(**await self._shown(case, language)))

    async def _told(self, told: dealing.Told, language: Language) -> web.Response:
        shown = await self._shown(told.case, language)
        return json_reply(ToldReply(**shown, entry_id=told.entry_id, warnings=told.warnings))

    async def _shown(self, case: CaseView, language: Language) -> dict[str, Any]:
        suggestion = await self.services.suggest(case.case_id, language)
        return {"case": case, "suggestion": dict(suggestion)}


def _record(request: web.Request, kind: str) -> str:
    return path_value(RecordId, request, "id", kind)
