"""Backup, the doctor, what is stored, and a case that is deleted."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote

from aiohttp import web

from helper import doctor
from helper.backup import PASSPHRASE
from helper.errors import InvalidError, KazhengError, NotFoundError
from helper.messages import text
from helper.web.bodies import RecordId
from helper.web.console.case import case_of
from helper.web.console.pages import Page, Visit
from helper.web.console.render import ZONE
from helper.web.console.settings import backup_of
from helper.web.replies import shaped


async def begin(visit: Visit) -> web.Response:
    """Begin a backup; the keys go along under a passphrase that was typed twice."""
    words = visit.form.get("passphrase", "") if visit.form.get("keys") != "no" else None
    if words is not None:
        if words != visit.form.get("again", ""):
            return _backup(visit, InvalidError(reason="passphrase_differs"))
        if len(words) < PASSPHRASE:
            return _backup(visit, InvalidError(reason="passphrase_short", limit=PASSPHRASE))
    visit.services.keeper.begin_backup(words)
    return _backup(visit)


async def progress(visit: Visit) -> web.Response:
    """Show how far the backup is, where to take it, or why there is none."""
    return _backup(visit)


async def take(visit: Visit) -> web.StreamResponse:
    """Return the backup that was made."""
    keeper = visit.services.keeper
    made = keeper.making.made if keeper.making else None
    if made is None or not await asyncio.to_thread(made.path.is_file):
        raise NotFoundError(kind="file", id=keeper.backup_file.name)
    day = f"{made.created_at.astimezone(ZONE):%Y%m%d}"
    name = text("console.settings.backup.name", visit.language, day=day)
    return web.FileResponse(
        made.path,
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        },
    )


async def forget(visit: Visit) -> web.Response:
    """Remove the finished backup from this computer."""
    await asyncio.to_thread(visit.services.keeper.forget_backup)
    return visit.redirect("/settings", "console.settings.backup.removed")


async def examine(visit: Visit) -> web.Response:
    """Show what the doctor finds; install what is missing where that was asked for."""
    fix = visit.form.get("fix") == "yes"
    found = await visit.services.keeper.examine(fix=fix, ask=visit.form.get("ask") == "yes")
    rows = [(one, doctor.advice(one, visit.language)) for one in found]
    fixable = doctor.lacks_packages(found) and doctor.can_install()
    return visit.page("doctor.html", rows=rows, fixable=fixable)


async def stored(visit: Visit) -> web.Response:
    """Show what is stored where."""
    return visit.page("stored.html", stored=await visit.services.keeper.stored())


async def find(visit: Visit) -> web.Response:
    """Lead from the number of a case to its deletion."""
    if not visit.query("case"):
        return web.Response(status=303, headers={"Location": "/settings#delete"})
    case_id = shaped(RecordId, visit.query("case"), "case")
    return web.Response(status=303, headers={"Location": f"/cases/{quote(case_id)}/delete"})


async def ask(visit: Visit) -> web.Response:
    """Show what a deletion takes and what it leaves, and ask for the number of the case."""
    return await _asked(visit, wrong=False)


async def delete(visit: Visit) -> web.Response:
    """Delete a case whose number was typed."""
    case_id = case_of(visit)
    if visit.field("typed").strip() != case_id:
        return await _asked(visit, wrong=True)
    done = await visit.services.keeper.delete_case(case_id)
    key = "waiting" if done.waiting else "deleted"
    values = {"case_id": case_id, "captures": done.captures, "count": done.waiting}
    return visit.redirect("/settings", f"console.settings.delete.{key}", **values)


def _backup(visit: Visit, wrong: KazhengError | None = None) -> web.Response:
    return visit.page("backup.html", **backup_of(visit, wrong))


async def _asked(visit: Visit, *, wrong: bool) -> web.Response:
    case_id, vault = case_of(visit), visit.services.vault
    size = await asyncio.to_thread(vault.case_size, case_id)
    making = visit.services.keeper.making
    return visit.page(
        "delete.html", size=size, wrong=wrong, status=422 if wrong else 200,
        backup=making is not None and making.made is not None,
    )  # fmt: skip


PAGES: Final = (
    Page("POST", "/settings/backup", begin),
    Page("GET", "/settings/backup", progress),
    Page("GET", "/settings/backup/file", take, gives_file=True),
    Page("POST", "/settings/backup/forget", forget),
    Page("POST", "/settings/doctor", examine),
    Page("GET", "/settings/stored", stored),
    Page("GET", "/settings/delete", find),
    Page("GET", "/cases/{id}/delete", ask),
    Page("POST", "/cases/{id}/delete", delete),
)
