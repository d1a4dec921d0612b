"""A case on one page: what to do now, proved and missing, the order, the course, the sums."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web

from helper.complaints.course.closing import REASONS
from helper.complaints.course.timeline import timeline
from helper.complaints.dispute import pursued
from helper.complaints.dispute.asking import issue as known_issue
from helper.complaints.exhibits import KINDS
from helper.complaints.ladder.tried import answers_of
from helper.complaints.returned import currency_of
from helper.complaints.wording import money, unit_name
from helper.messages import Language
from helper.model import CaseView
from helper.web.bodies import RecordId
from helper.web.console import course, facts
from helper.web.console.pages import Page, Visit

_MOST_EXHIBITS = 12
"""Captures shown with a picture; of more a link leads to the library."""
_CHANNELS_TOLD = frozenset({"done", "now", "possible", "later", "blocked"})


async def show(visit: Visit) -> web.Response:
    """Show a case with all that can be said of it, for the issue that is asked for or pursued."""
    case_id = case_of(visit)
    vault, services = visit.services.vault, visit.services
    case = await asyncio.to_thread(vault.case, case_id)
    advice = await services.advise(case, visit.query("issue") or None, visit.language)
    drafts = await asyncio.to_thread(vault.drafts_of, case_id)
    now = services.now()
    events = timeline(case, drafts, now=now, language=visit.language)
    plan = await visit.console.plans.of(case, visit.language)
    asked = _asked(case, advice.issue, visit.language, visit)
    named = case.order.currency if case.order else None
    return visit.page(
        "case.html",
        case=case,
        advice=advice,
        plan=plan,
        facts=facts.facts(case, plan, visit.language),
        safe=safe(case),
        events=events,
        course=course.picture(events, advice.clocks, now),
        exhibits=[facts.card(view) for view in case.captures[::-1][:_MOST_EXHIBITS]],
        drafts=drafts[::-1],
        steps=[step for step in advice.ladder.steps if step.state in _CHANNELS_TOLD],
        closing=REASONS,
        kinds=tuple(KINDS),
        add=visit.query("add"),
        money=lambda value: money(value, named, visit.language),
        currency=currency_of(case),
        unit=unit_name(currency_of(case), visit.language),
        **asked,
    )


async def draft(visit: Visit) -> web.Response:
    """Compose a complaint for a channel and go to it."""
    made = await visit.services.make_draft(
        case_of(visit),
        channel=visit.field("channel"),
        document=visit.form.get("document") or None,
        issue=visit.form.get("issue") or None,
        demand=None,
        answers={},
        language=visit.language,
    )
    return visit.redirect(f"/drafts/{made.draft_id}")


PAGES: Final = (
    Page("GET", "/cases/{id}", show),
    Page("POST", "/cases/{id}/drafts", draft),
)


def case_of(visit: Visit) -> str:
    """Return the case that the address names."""
    return visit.id(RecordId, "id", "case")


def safe(case: CaseView) -> dict[str, int]:
    """Return how many captures are kept, sealed, stamped, and how many stamps are waited for."""
    cards = [facts.card(view) for view in case.captures]
    return {
        "kept": sum(view.state != "receiving" for view in case.captures),
        "sealed": sum(view.state == "sealed" for view in case.captures),
        "stamped": sum(card.stamped for card in cards),
        "waiting": sum(card.pending and not card.stamped for card in cards),
    }


def _asked(case: CaseView, issue: str, language: Language, visit: Visit) -> dict[str, Any]:
    """Return the issues to choose from, and the questions of the chosen one with their answers."""
    suggestion = pursued.guess(case, visit.services.now(), language)
    of_order = {one.key: one for one in suggestion.choices}
    chosen = of_order.get(issue) or known_issue(issue, language)
    given = answers_of(case, issue)
    questions = sorted(chosen.questions, key=lambda one: not one.deciding)
    open_ones = [one for one in questions if one.only_if is None or given.get(one.only_if) is True]
    return {
        "issues": suggestion.choices,
        "chosen": chosen,
        "guessed": suggestion.reason_text if suggestion.issue == issue else "",
        "questions": open_ones,
        "given": given,
    }
