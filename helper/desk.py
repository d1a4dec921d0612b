"""What is done with a case: advice, draft, fill plan, export, a file brought along.

Composing itself is pure.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from helper import exporting
from helper.complaints.advice import Advice, advise
from helper.complaints.digest import parsed
from helper.complaints.dispute import issues
from helper.complaints.dispute.pursued import guess
from helper.complaints.drafts import editing, fill, packet
from helper.complaints.drafts.compose import compose
from helper.complaints.drafts.editing import Version
from helper.complaints.drafts.packet import Packet
from helper.complaints.drafts.publishing import is_public, private_of
from helper.complaints.drafts.signing import own_values, signed
from helper.complaints.drafts.upload import limits_of
from helper.complaints.drafts.upload import said as upload_said
from helper.complaints.due.clocks import Clock, is_due
from helper.complaints.exhibits import choose
from helper.complaints.ladder import replies
from helper.complaints.ladder.channels import channel
from helper.complaints.ladder.channels import limits as channel_limits
from helper.complaints.ladder.replies import Reply
from helper.complaints.ladder.tried import answers_of
from helper.complaints.lint import masked
from helper.complaints.visible import QUOTED, hidden_fields
from helper.dealings import Edit
from helper.evidence import redact
from helper.evidence.private import find
from helper.exporting import Exported
from helper.filling import FillPlan, Limits, Upload, filled_note
from helper.messages import Language, text
from helper.model import CaptureView, CaseView, Draft
from helper.steps import advising, bill, parcels
from helper.steps.attach import attach as bring
from helper.steps.attach import safe_name
from helper.steps.bill import ImportedBill
from helper.steps.digesting import refresh
from helper.steps.store import Store
from helper.vault.catalogue import Catalogue
from helper.vault.files import make_folder
from scrapers.record import Frozen, on_page

_FEW = 20
"""So many stale digests are made while somebody waits; with more the older ones tell."""
_UPLOAD = ("files", "file_bytes")


class Due(Frozen):
    """A deadline that closes soon, and the case it belongs to."""

    case_id: str
    title: str
    clock: Clock


class Desk:
    """Answers for one vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def suggest(self, case_id: str, language: Language = "zh_CN") -> Mapping[str, Any]:
        """Return the guessed issue and demand with their reason, and the alternatives."""
        case = await asyncio.to_thread(self._store.vault.case, case_id)
        found = guess(case, self._store.now(), language)
        return found.model_dump(mode="json")

    async def advise(
        self,
        case: str | CaseView,
        issue: str | None = None,
        language: Language = "zh_CN",
    ) -> Advice:
        """Return all that can be said of a case, told by its id or as it was read just now.

        The issue is the suggested one by default.
        """
        return await asyncio.to_thread(self._advice, case, issue, language)

    async def reply(
        self,
        case_id: str,
        move: str,
        issue: str | None = None,
        language: Language = "zh_CN",
    ) -> Reply:
        """Return a reply to a counter-move; raises InvalidError for an unknown one."""
        return await asyncio.to_thread(self._reply, case_id, move, issue, language)

    async def due(self, language: Language = "zh_CN") -> tuple[Due, ...]:
        """Return what closes soon in all open cases, the first to close first."""
        return await asyncio.to_thread(self._due, language)

    async def make_draft(
        self,
        case_id: str,
        *,
        channel: str,
        document: str | None = None,
        issue: str | None = None,
        demand: str | None = None,
        answers: Mapping[str, Any] | None = None,
        language: Language = "zh_CN",
    ) -> Draft:
        """Compose and keep a draft; its gaps and advice are in the user's language.

        Raises RefusedError where a precondition is not met.
        """
        return await asyncio.to_thread(
            self._draft, case_id, channel, document, issue, demand, answers or {}, language
        )

    async def edit_draft(
        self, draft_id: str, key: str, text: str | None, language: Language = "zh_CN"
    ) -> Draft:
        """Put a sentence into the user's own words, None takes them back; return the draft.

        It has another id where the draft was filed already. Raises InvalidError(empty_edit),
        NotFoundError(sentence, edit), ConflictError(older_version).
        """
        return await asyncio.to_thread(self._edit, draft_id, key, text, language)

    async def outgoing(self, draft_id: str) -> Draft:
        """Return a draft as it is copied, printed or sent: with the user's name where it belongs.

        It is not to be kept: the vault's own has blanks there.
        """
        return await asyncio.to_thread(self._outgoing, draft_id)

    async def packet(self, draft_id: str, language: Language = "zh_CN") -> Packet:
        """Return the blocks and pictures of a draft, for a form that lives in the phone."""
        return await asyncio.to_thread(self._packet, draft_id, language)

    async def fill_plan(
        self, draft_id: str, upload: Upload | None = None, language: Language = "zh_CN"
    ) -> FillPlan:
        """Return values, files and the only origins where they may be filled.

        With an `upload` the files are made to fit it; `prepared` gives what is no exhibit itself.
        """
        return await asyncio.to_thread(self._fill_plan, draft_id, upload, language)

    def prepared(self, draft_id: str, sha256: str) -> Path | None:
        """Return the file that was made for the upload of a draft, None where there is none."""
        return parcels.prepared(self._store, draft_id, sha256)

    async def filled(self, draft_id: str, report: Any) -> None:
        """Write into the case what a form was filled with."""
        draft = await asyncio.to_thread(self._store.vault.draft, draft_id)
        kept = sum(1 for field in report.fields if field.ok)
        text = filled_note(draft_id, kept, len(report.fields), report.attached)
        vault, now = self._store.vault, self._store.now()
        await asyncio.to_thread(vault.add_note, draft.case_id, text, now, "filled")

    async def export(self, case_id: str, *, redacted: bool) -> Exported:
        """Write the evidence of a case as a ZIP into the cache; raises as `exporting.export`."""
        out = exporting.standing(self._store.settings.data / "cache", case_id, redacted=redacted)
        make_folder(out.parent)
        return await asyncio.to_thread(
            exporting.export, self._store, case_id, out, redacted=redacted
        )

    async def attach(
        self, case_id: str, path: Path, *, name: str, note: str, kind: str | None
    ) -> CaptureView:
        """Keep a file of the user under a case and seal it; raises as `steps.attach`."""
        return await asyncio.to_thread(
            bring, self._store, case_id, path, name=name, note=note, kind=kind
        )

    async def bring_bill(
        self, case_id: str, path: Path, *, name: str, password: str | None, likely: bool
    ) -> ImportedBill:
        """Read a bill and add what it pays for; raises as `steps.bill`, NotFoundError."""
        return await asyncio.to_thread(self._bill, case_id, path, name, password, likely)

    def _fill_plan(self, draft_id: str, upload: Upload | None, language: Language) -> FillPlan:
        draft = self._outgoing(draft_id)
        case = self._store.vault.case(draft.case_id)
        plan = fill.plan(draft, case, origins(case, draft.channel))
        plan = plan.model_copy(update={"form": form_of(case, plan.origins)})
        if upload is None:
            return plan
        known = channel_limits(draft.channel, self._store.settings.limits)
        count, each = (known[name].max if name in known else None for name in _UPLOAD)
        # The page's own words are newer than the form we know.
        form = fill.form_limits(plan.platform) if not upload.accept else Limits()
        limits = limits_of(upload, form, Limits(files=count, file_bytes=each))
        files, stays = parcels.prepare(self._store, case, draft, limits, language)
        going = {number for file in files for number in file.numbers}
        told = fill.plan(draft, case, plan.origins, going=going)
        update = {"form": plan.form, "files": files, "stays": stays}
        return told.model_copy(update={**update, "takes": upload_said(limits, language)})

    def _bill(
        self, case_id: str, path: Path, name: str, password: str | None, likely: bool
    ) -> ImportedBill:
        self._store.vault.case(case_id)
        data, named = bill.bill_bytes(path), Path(safe_name(name))
        read = bill.read(named, data, password)
        return bill.bring(self._store, named, data, read, accept_likely=likely, likely_case=case_id)

    def _advice(self, case: str | CaseView, issue: str | None, language: Language) -> Advice:
        if isinstance(case, str):
            case = self._store.vault.case(case)
        chosen = issue or advising.issue(self._store, case, language)
        return advise(
            case,
            chosen,
            answers_of(case, chosen),
            drafts=self._store.vault.drafts_of(case.case_id),
            rules=advising.rules(case),
            now=self._store.now(),
            page_text=advising.shown(self._store, case),
            reminder_hours=self._store.settings.reminder_hours,
            language=language,
        )

    def _due(self, language: Language) -> tuple[Due, ...]:
        """Read it from the digests; the few that are stale after a write are made first."""
        refresh(self._store, _FEW)
        now, form = self._store.now(), advising.form(self._store)
        found = [
            Due(case_id=case.case_id, title=case.title, clock=clock)
            for case in self._store.vault.digests_due(form, now)
            if (digest := parsed(case.record)) is not None
            for clock in digest.told[language].clocks
            if is_due(clock, now)
        ]
        return tuple(sorted(found, key=lambda one: one.clock.at or now))

    def _reply(self, case_id: str, move: str, issue: str | None, language: Language) -> Reply:
        case = self._store.vault.case(case_id)
        chosen = issue or advising.issue(self._store, case, language)
        return replies.reply(case, move, chosen, now=self._store.now(), language=language)

    def _draft(
        self,
        case_id: str,
        channel: str,
        document: str | None,
        issue: str | None,
        demand: str | None,
        answers: Mapping[str, Any],
        language: Language,
    ) -> Draft:
        vault, now = self._store.vault, self._store.now()
        case = vault.case(case_id)
        chosen = issue or advising.issue(self._store, case, language)
        shown = advising.shown(self._store, case)
        given = {**answers_of(case, chosen), **answers}
        hidden = hidden_fields(on_page(case.order), shown) if case.order else frozenset()
        composed = compose(
            case,
            channel=channel,
            document=document,
            issue=chosen,
            demand=demand or issues.decide(chosen, given, case.order, language).demand,
            exhibits=choose(case, channel=channel, page_file=not hidden.isdisjoint(QUOTED)),
            page_text=shown,
            now=now,
            draft_id=_new_id(),
            answers=given,
            limits=self._store.settings.limits,
            hidden=own_values(self._store.identity()),
            language=language,
        )
        if case.closed_at is not None:
            closed = text("closing.drafted", language, case_id=case_id)
            composed = composed.model_copy(update={"remarks": (*composed.remarks, closed)})
        return vault.add_draft(composed, lambda own, edits: self._with(case, own, edits, language))

    def _edit(self, draft_id: str, key: str, text: str | None, language: Language) -> Draft:
        vault, now = self._store.vault, self._store.now()
        case = vault.case(vault.draft(draft_id).case_id)

        def reword(composed: Draft, edits: tuple[Edit, ...]) -> Draft:
            changed = editing.edited(composed, edits, key, text, now)
            return self._with(case, composed, changed, language)

        return vault.edit_draft(draft_id, reword, next_id=_new_id(), now=now)

    def _with(
        self, case: CaseView, composed: Draft, edits: tuple[Edit, ...], language: Language
    ) -> Draft:
        limits, hidden = self._store.settings.limits, own_values(self._store.identity())
        return editing.apply(composed, edits, case, limits=limits, hidden=hidden, language=language)

    def _outgoing(self, draft_id: str) -> Draft:
        return signed(self._store.vault.draft(draft_id), self._store.identity())

    def _packet(self, draft_id: str, language: Language) -> Packet:
        draft = self._outgoing(draft_id)
        cover = self._cover(draft) if is_public(draft) else None
        limits = self._store.settings.limits
        return packet.packet(draft, cover=cover, limits=limits, language=language)

    def _cover(self, draft: Draft) -> Callable[[str], str]:
        """Return what covers a text for anybody, also what only the kept pages tell."""
        case = self._store.vault.case(draft.case_id)
        shown = redact.of_case(case, self._store.blobs.read)
        orders = [one for one in (case.order, *(view.order for view in case.captures)) if one]
        typed = find(orders, [draft.title, draft.text])  # a code that the user wrote into it
        private = (*private_of(case), *own_values(self._store.identity()))
        return lambda text: masked(typed.clean(shown.clean(text)), private)


def history(vault: Catalogue, case_id: str) -> tuple[Version, ...]:
    """Return the versions of all drafts of a case, oldest first."""
    filed = {filing.draft_id for filing in vault.filings(case_id)}
    return editing.history(vault.drafts_of(case_id), filed)


def _new_id() -> str:
    return f"d-{uuid.uuid4().hex[:12]}"


def origins(case: CaseView, channel_key: str) -> tuple[str, ...]:
    """Return where a draft for a channel may be filled: the channel's own hosts, nowhere else.

    For the shop those of the case's captures on the case's own host.
    """
    if channel_key != fill.SHOP:
        return tuple(f"https://{host}" for host in channel(channel_key).hosts)
    found: dict[str, None] = {}
    for capture in case.captures:
        parts = urlsplit(capture.meta.url)
        if capture.meta.host == case.host and parts.scheme in {"http", "https"}:
            found[f"{parts.scheme}://{case.host}"] = None
    return tuple(found)


def form_of(case: CaseView, allowed: tuple[str, ...]) -> str | None:
    """Return where the newest kept page with such a link leads to the shop's complaint form."""
    for capture in reversed(case.captures):
        url = capture.shown.complaint_url if capture.shown else None
        if url and "://".join(urlsplit(url)[:2]) in allowed:
            return url
    return None
