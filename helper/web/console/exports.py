"""Evidence to take along: a case as a ZIP that anybody can check, whole or with codes covered."""

from __future__ import annotations

import asyncio
from typing import Final, Literal
from urllib.parse import quote

from aiohttp import web

from helper.errors import NotFoundError
from helper.exporting import standing
from helper.web.console.case import case_of
from helper.web.console.pages import Page, Visit

Kind = Literal["whole", "redacted"]


async def make(visit: Visit) -> web.Response:
    """Make the ZIP and show where to take it; making may take some seconds."""
    case_id, redacted = case_of(visit), visit.form.get("kind") == "redacted"
    done = await visit.services.export(case_id, redacted=redacted)
    size = await asyncio.to_thread(lambda: done.path.stat().st_size)
    kind: Kind = "redacted" if redacted else "whole"
    return visit.page("exported.html", case_id=case_id, kind=kind, size=size, missing=done.missing)


async def take(visit: Visit) -> web.StreamResponse:
    """Return the ZIP that was made last."""
    case_id, kind = case_of(visit), visit.path("kind")
    path = standing(visit.services.cache, case_id, redacted=kind == "redacted")
    if kind not in {"whole", "redacted"} or not await asyncio.to_thread(path.is_file):
        raise NotFoundError(kind="file", id=kind)
    return web.FileResponse(
        path,
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.name)}",
        },
    )


PAGES: Final = (
    Page("POST", "/cases/{id}/exports", make),
    Page("GET", "/cases/{id}/exports/{kind}", take, gives_file=True),
)
