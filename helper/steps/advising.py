"""Gather what advice on a case rests on: its drafts, the shop's rules, the page's text."""

from __future__ import annotations

from helper.complaints import digest as digests
from helper.complaints.digest import Digest
from helper.complaints.dispute.pursued import issue_of
from helper.complaints.exhibits import main_capture
from helper.errors import NotFoundError
from helper.messages import LANGUAGES, Language
from helper.model import CaseView
from helper.steps.store import Store
from helper.vault.digests import KeptDigest
from scrapers.contract import Deadline
from scrapers.page import PageTooLargeError, load
from scrapers.read import platform_of
from scrapers.reading import shown_text


def form(store: Store) -> str:
    """Return what a digest depends on besides its case: how it is made, and the user's settings."""
    return f"{digests.FORM}/{store.settings.reminder_hours}"


def digest(store: Store, case_id: str) -> Digest:
    """Work out the digest of a case; raises NotFoundError."""
    return _digest(store, store.vault.case(case_id))


def kept_digest(store: Store, case_id: str, revision: int) -> KeptDigest:
    """Work out the digest of a case for the vault; raises NotFoundError.

    The `revision` was read before: what is written meanwhile makes it stale, never wrong for good.
    """
    case = store.vault.case(case_id)
    made = _digest(store, case)
    return KeptDigest(
        case_id=case_id,
        revision=revision,
        form=form(store),
        made_at=made.made_at,
        valid_until=made.valid_until,
        level=digests.LEVELS.index(made.level),
        place=digests.place(made, case.created_at),
        clock_at=made.clock_at,
        due=made.due,
        # Of a case whose order was not read the gaps are not known: that page itself is to be kept.
        lacking=made.counts.gaps or int(made.unread),
        record=made.model_dump_json(),
    )


def issue(store: Store, case: CaseView, language: Language) -> str:
    """Return the issue that a case is pursued for."""
    return issue_of(case, store.vault.latest_draft(case.case_id), store.now(), language)


def rules(case: CaseView) -> tuple[Deadline, ...]:
    """Return the windows of the case's platform."""
    platform = platform_of(case.platform_key)
    return platform.deadlines if platform else ()


def shown(store: Store, case: CaseView) -> str | None:
    """Return the text that the order page showed, None where nothing tells it or it was lost."""
    main = main_capture(case)
    if main is None:
        return None
    try:
        text = store.read_role(main.artifacts, "seen/text")
        if text is not None:
            return text.decode("utf-8", "replace")
        html = store.read_role(main.artifacts, "witness/html")
        return shown_text(load(html, url=main.meta.url)) if html else None
    except (NotFoundError, PageTooLargeError):
        return None


def _digest(store: Store, case: CaseView) -> Digest:
    drafts, now = store.vault.drafts_of(case.case_id), store.now()
    return digests.digest(
        case,
        issue_of(case, next(reversed(drafts), None), now, LANGUAGES[0]),
        drafts,
        rules=rules(case),
        now=now,
        page_text=shown(store, case),
        reminder_hours=store.settings.reminder_hours,
    )
