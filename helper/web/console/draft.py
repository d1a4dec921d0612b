"""A draft beside its evidence: each sentence with its exhibits, edited in place, ready to go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from helper.capture.fonts import cjk_font
from helper.complaints import law
from helper.desk import history
from helper.evidence.letter import letter
from helper.model import Draft, LintFinding
from helper.web.bodies import RecordId
from helper.web.console.pages import Page, Visit


async def show(visit: Visit) -> web.Response:
    """Show a draft with its exhibits, what a reader would object to, and its versions."""
    vault = visit.services.vault
    draft = await asyncio.to_thread(vault.draft, _id(visit))
    versions = await asyncio.to_thread(history, vault, draft.case_id)
    own = [
        one for one in versions if (one.channel, one.document) == (draft.channel, draft.document)
    ]
    plan = await visit.services.fill_plan(draft.draft_id, None, visit.language)
    numbered = {exhibit.number: exhibit for exhibit in draft.exhibits}
    return visit.page(
        "draft.html",
        draft=draft,
        whole=(await visit.services.outgoing(draft.draft_id)).text,
        exhibits=numbered,
        law=[(law.told(one, visit.language), one.effective) for one in draft.law],
        versions=own[::-1],
        newest=own[-1].draft_id if own else draft.draft_id,
        lint=_by_place(draft),
        elsewhere=[one for one in draft.lint if one.place is None],
        plan=plan,
        length=len(draft.text),
    )


async def edit(visit: Visit) -> web.Response:
    """Put a sentence into the user's own words, or take them back; go to the new version."""
    words = None if "back" in visit.form else visit.field("text")
    made = await visit.services.edit_draft(_id(visit), visit.field("key"), words, visit.language)
    return visit.redirect(f"/drafts/{made.draft_id}", said="console.draft.edited")


async def again(visit: Visit) -> web.Response:
    """Compose the same document anew, from what the case holds by now; the edits stay."""
    old = await asyncio.to_thread(visit.services.vault.draft, _id(visit))
    made = await visit.services.make_draft(
        old.case_id, channel=old.channel, document=old.document, issue=old.issue, demand=None,
        answers={}, language=visit.language,
    )  # fmt: skip
    return visit.redirect(f"/drafts/{made.draft_id}", said="console.draft.composed")


async def pdf(visit: Visit) -> web.Response:
    """Return the text as a PDF."""
    draft = await visit.services.outgoing(_id(visit))
    made = await asyncio.to_thread(letter, draft.title, draft.text, cjk_font(), draft.created_at)
    return _download(made, f"{draft.draft_id}.pdf", "application/pdf")


async def plain(visit: Visit) -> web.Response:
    """Return the text as a file."""
    draft = await visit.services.outgoing(_id(visit))
    # Windows' own editor takes a text without a mark for the system's code page.
    return _download(draft.text.encode("utf-8-sig"), f"{draft.draft_id}.txt", "text/plain")


PAGES: Final = (
    Page("GET", "/drafts/{id}", show),
    Page("POST", "/drafts/{id}/edits", edit),
    Page("POST", "/drafts/{id}/again", again),
    Page("GET", "/drafts/{id}/pdf", pdf, gives_file=True),
    Page("GET", "/drafts/{id}/text", plain, gives_file=True),
)


def _id(visit: Visit) -> str:
    return visit.id(RecordId, "id", "draft")


def _by_place(draft: Draft) -> dict[str, Sequence[LintFinding]]:
    found: dict[str, Any] = {}
    for one in draft.lint:
        if one.place is not None:
            found.setdefault(one.place, []).append(one)
    return found


def _download(content: bytes, name: str, media_type: str) -> web.Response:
    return web.Response(
        body=content,
        content_type=media_type,
        charset="utf-8" if media_type.startswith("text/") else None,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
