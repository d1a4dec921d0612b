"""What the user tells of a case by a form: contacts, complaints, answers, refunds, corrections."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from helper.complaints.course.closing import REASONS, warning
from helper.complaints.dispute.asking import issue as known_issue
from helper.dealings import Answers, Dealing
from helper.errors import InvalidError, PasswordNeededError, TooLargeError
from helper.messages import field_label, named
from helper.model import Filing
from helper.steps import dealing
from helper.steps.attach import safe_name
from helper.steps.bill import said
from helper.web.bodies import RecordId
from helper.web.console.buttons import by_button
from helper.web.console.case import case_of
from helper.web.console.pages import Page, Visit
from helper.web.console.render import ZONE
from scrapers.bills.files import MAX_BYTES

_DEALING: Final[TypeAdapter[Dealing]] = TypeAdapter(Dealing)
_TIMES: Final = frozenset({"at", "promised_by"})
_NOT_TOLD: Final = frozenset({"csrf", "kind"})


async def tell(visit: Visit) -> web.Response:
    """Keep a contact, an answer, a refund or a party; say what is unlikely in it."""
    what: dict[str, Any] = {"kind": visit.field("kind")}
    for name, value in visit.form.items():
        if name not in _NOT_TOLD and value.strip():
            what[name] = _moment(visit, name) if name in _TIMES else value.strip()
    try:
        told = _DEALING.validate_python(what)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][-1])
        raise InvalidError(what=named("console.tell", where, visit.language)) from None
    case_id, vault, now = case_of(visit), visit.services.vault, visit.services.now()
    done = await asyncio.to_thread(dealing.tell, vault, case_id, told, now, visit.language)
    return _back(visit, done.warnings)


async def file(visit: Visit) -> web.Response:
    """Keep that a complaint was submitted elsewhere."""
    filing = Filing(
        draft_id="",
        channel=visit.field("channel"),
        number=visit.form.get("number", "").strip() or None,
        capture_id=None,
        at=_moment(visit, "at"),
    )
    case_id, vault, now = case_of(visit), visit.services.vault, visit.services.now()
    done = await asyncio.to_thread(dealing.file, vault, case_id, filing, now)
    return _back(visit, done.warnings)


async def answer(visit: Visit) -> web.Response:
    """Keep the answers to the questions of an issue; what is left open stays unanswered."""
    issue = known_issue(visit.field("issue"))
    given: dict[str, Any] = {}
    for one in issue.questions:
        value = visit.form.get(one.key, "").strip()
        if one.kind == "yes_no" and value in {"yes", "no"}:
            given[one.key] = value == "yes"
        elif one.kind != "yes_no" and value:
            given[one.key] = value
    if kind := visit.form.get("kind", "").strip():
        given["kind"] = kind
    what = Answers(issue=issue.key, answers=given)
    case_id, vault, now = case_of(visit), visit.services.vault, visit.services.now()
    done = await asyncio.to_thread(dealing.tell, vault, case_id, what, now, visit.language)
    return _back(visit, done.warnings)


async def undo(visit: Visit) -> web.Response:
    """Take back what was told."""
    entry = visit.id(RecordId, "entry", "entry")
    await asyncio.to_thread(visit.services.vault.undo_entry, case_of(visit), entry)
    return _back(visit, said="console.case.undone")


async def correct(visit: Visit) -> web.Response:
    """Set a field of the order to the user's value, or take that back."""
    vault, case_id, path = visit.services.vault, case_of(visit), visit.field("field")
    if "back" in visit.form:
        await asyncio.to_thread(vault.undo_correction, case_id, path)
    else:
        value, now = visit.field("value"), visit.services.now()
        label = field_label(path, visit.language)
        if not value:
            raise InvalidError(reason="value_empty", what=label)
        try:
            await asyncio.to_thread(vault.add_correction, case_id, path, value, now)
        except InvalidError as error:
            raise InvalidError(**error.details | {"what": label}) from None
    return _back(visit, said="console.case.corrected")


async def note(visit: Visit) -> web.Response:
    """Add a note."""
    words = visit.field("words")
    if not words:
        raise InvalidError(reason="empty_note")
    await asyncio.to_thread(
        visit.services.vault.add_note, case_of(visit), words, visit.services.now()
    )
    return _back(visit)


async def attach(visit: Visit) -> web.Response:
    """Keep a file of the user: a bill, a chat, a photo, a recording."""
    services, file = visit.services, visit.file
    if file is None or not file.name:
        raise InvalidError(reason="attach_none")
    note, kind = visit.field("note"), visit.field("kind") or None
    async with file.stored(services.work, services.limits.part_bytes) as path:
        await services.attach(case_of(visit), path, name=file.name, note=note, kind=kind)
    name = safe_name(file.name)
    return visit.redirect(f"/cases/{case_of(visit)}", said="console.attach.done", name=name)


async def bill(visit: Visit) -> web.Response:
    """Read a bill of WeChat or Alipay and show what of it belongs to which case."""
    services, file = visit.services, visit.file
    if file is None or not file.name:
        raise InvalidError(reason="bill_none")
    given, case_id = visit.form.get("password") or None, case_of(visit)
    try:
        async with file.stored(services.work, MAX_BYTES) as path:
            found = await services.bring_bill(
                case_id, path, name=file.name, password=given, likely="likely" in visit.form
            )
    except PasswordNeededError as error:
        if given is not None:
            raise
        raise PasswordNeededError(**error.details | {"reason": "bill_here"}) from None
    except TooLargeError as error:
        name, limit = safe_name(file.name), MAX_BYTES >> 20
        raise TooLargeError(reason="bill", path=name, limit=limit) from error
    taken = any(one.state != "not_added" for one in found.matched)
    likely = dict.fromkeys(one.case_id for one in found.matched if one.state == "not_added")
    return visit.page(
        "billed.html",
        case_id=case_id,
        lines=said(found, visit.language, case_id),
        taken=taken,
        others=[one for one in likely if one != case_id],
    )


async def close(visit: Visit) -> web.Response:
    """Close a case for a reason; nothing is deleted."""
    because, case_id, vault = visit.field("because"), case_of(visit), visit.services.vault
    if because not in REASONS:
        raise InvalidError(what="because")
    await asyncio.to_thread(vault.close_case, case_id, visit.services.now(), because)
    said = warning(await asyncio.to_thread(vault.case, case_id), because, visit.language)
    return _back(visit, (said,) if said else (), said="console.case.closed")


async def reopen(visit: Visit) -> web.Response:
    """Open a closed case again."""
    await asyncio.to_thread(visit.services.vault.reopen_case, case_of(visit), visit.services.now())
    return _back(visit, said="console.case.reopened")


PAGES: Final = (
    Page("POST", "/cases/{id}/tell", tell),
    Page("POST", "/cases/{id}/filings", file),
    Page("POST", "/cases/{id}/answers", answer),
    Page("POST", "/cases/{id}/entries/{entry}/undo", undo),
    Page("POST", "/cases/{id}/corrections", correct),
    Page("POST", "/cases/{id}/notes", note),
    Page("POST", "/cases/{id}/files", attach, brings_file=True),
    Page("POST", "/cases/{id}/bills", bill, brings_file=True),
    Page("POST", "/cases/{id}/close", close),
    Page("POST", "/cases/{id}/reopen", reopen),
)


def _moment(visit: Visit, name: str) -> datetime:
    """Return the time of a date field, in China where it says no zone; InvalidError names it."""
    try:
        at = datetime.fromisoformat(visit.field(name))
    except ValueError:
        raise InvalidError(what=named("console.tell", name, visit.language)) from None
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _back(
    visit: Visit, warnings: tuple[str, ...] = (), said: str = "console.case.told"
) -> web.Response:
    return visit.redirect(
        f"/cases/{case_of(visit)}",
        said=said,
        warnings=by_button(" ".join(warnings), visit.language),
    )
