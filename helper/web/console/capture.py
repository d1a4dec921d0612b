"""A capture on one page: what was seen, what the second visit saw, how both are sealed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from helper.evidence.verify import verify
from helper.messages import Language
from helper.model import Artifact, CaptureId, CaptureView, FieldComparison
from helper.vault.blobs import Blobs
from helper.web.console import facts
from helper.web.console.network import Summary, summary
from helper.web.console.pages import Page, Visit
from helper.web.console.render import moment

_LONGEST_RECORD = 32 << 20
"""Bytes of a kept JSON file that is read for a page."""
_TIME: Final = re.compile(
    r"\b20\d\d-[01]\d-(?:0[1-9]|[12]\d|3[01])T[0-2]\d:[0-5]\d:[0-5]\d[+-]\d\d:\d\d\b"
)
_PICTURES: Final = (
    "seen/sheet", "witness/sheet", "witness/window", "seen/page", "witness/page", "seen/viewport",
    "seen/chat-strip",
)  # fmt: skip
"""Pictures worth looking at, in this order; strips are parts of the page."""


async def show(visit: Visit) -> web.Response:
    """Show a capture."""
    view = await _view(visit)
    blobs, language = visit.services.blobs, visit.language
    environment = await asyncio.to_thread(_environment, blobs, view, language)
    kept = {item.role: item for item in reversed(view.artifacts)}
    waits = visit.services.unwritten(view.capture_id)
    compared = _compared(view, language)
    kept_times = await asyncio.to_thread(visit.services.vault.times_kept, view.capture_id)
    return visit.page(
        "capture.html",
        view=view,
        kept=kept,
        card=facts.card(view),
        pictures=_pictures(view.artifacts),
        environment=environment,
        waits=waits,
        kept_times=kept_times,
        differing=[one for one in compared if one.state != "agree"],
        verdict=_verdict(view, language),
        agreeing=[one for one in compared if one.state == "agree"],
    )


async def network(visit: Visit) -> web.Response:
    """Show what the second visit's network record holds: hosts, kinds, sizes."""
    view = await _view(visit)
    har = next((item for item in view.artifacts if item.role == "witness/har"), None)
    told: Summary | None = None
    if har is not None and har.bytes <= _LONGEST_RECORD:
        content = await asyncio.to_thread(visit.services.blobs.read, har.sha256)
        told = await asyncio.to_thread(summary, content)
    return visit.page("network.html", told=told)


async def check(visit: Visit) -> web.Response:
    """Export the case of a capture and check it from the file alone, as a stranger would."""
    view = await _view(visit)
    found = None
    if view.case_id is not None:
        exported = await visit.services.export(view.case_id, redacted=False)
        found = await asyncio.to_thread(verify, exported.path)
    return visit.page("checked.html", found=found)


PAGES: Final = (
    Page("GET", "/captures/{id}", show),
    Page("GET", "/captures/{id}/network", network),
    Page("POST", "/captures/{id}/check", check),
)


async def _view(visit: Visit) -> CaptureView:
    capture_id = visit.id(CaptureId, "id", "capture")
    return await asyncio.to_thread(visit.services.vault.capture, capture_id)


def _pictures(artifacts: Sequence[Artifact]) -> list[Artifact]:
    return [
        item
        for role in _PICTURES
        for item in artifacts
        if item.role == role and item.media_type.startswith("image/")
    ]


def _compared(view: CaptureView, language: Language) -> list[FieldComparison]:
    """Return the compared fields with their values in words."""
    found = view.corroboration.fields if view.corroboration else ()
    return [
        one.model_copy(
            update={
                "seen": facts.in_words(one.field, one.seen, language),
                "witness": facts.in_words(one.field, one.witness, language),
            }
        )
        for one in found
    ]


def _verdict(view: CaptureView, language: Language) -> str | None:
    """Return the kept words of the comparison, their times as one reads them here."""
    said = view.corroboration.said if view.corroboration else {}
    words = said.get(language) or said.get("zh_CN")
    return words and _TIME.sub(lambda at: moment(datetime.fromisoformat(at[0]), language), words)


def _environment(blobs: Blobs, view: CaptureView, language: Language) -> list[dict[str, str]]:
    """Return the lines of the environment record in words; none where there is no usable one."""
    kept = next((item for item in view.artifacts if item.role == "environment"), None)
    if kept is None or kept.bytes > _LONGEST_RECORD:
        return []
    try:
        lines = json.loads(blobs.read(kept.sha256)).get("lines", [])
        return [_line(one, language) for one in lines]
    except (ValueError, AttributeError, TypeError, KeyError):
        return []


def _line(one: Mapping[str, Any], language: Language) -> dict[str, str]:
    said = one["text"]
    return {"state": str(one["state"]), "text": str(said.get(language) or said["zh_CN"])}
