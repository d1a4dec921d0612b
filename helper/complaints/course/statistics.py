"""One's own cases in figures, by shop. Pure; nothing of it leaves the computer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Literal

from pydantic import ValidationError

from helper.complaints.course import instants
from helper.complaints.course.closing import amount, back
from helper.complaints.course.events import channel_name, settled, until_of
from helper.complaints.dispute.pursued import last_issue
from helper.complaints.due.deadlines import promised_by
from helper.complaints.returned import ZERO, refunds
from helper.dealings import Answer, Contact, Outcome, Refund
from helper.messages import Language, named, text
from helper.model import CaseView, Draft
from scrapers.record import Frozen, Money

Kept = Literal["kept", "broken", "unknown"]
_FEW = 5
_TELLING = frozenset({"refused", "silent", "ended", "resolved"})
"""Outcomes after which nobody can say that an earlier promise was kept."""


class CaseFigures(Frozen):
    """What one case adds to the figures; `issue` None: the user has not said, nor drafted.

    `back` is what came back of `paid` in the same currency, `promises` those whose time is over.
    """

    host: str | None
    shop: str | None
    open: bool
    issue: str | None
    currency: str | None
    paid: Money | None
    back: Money
    days_to_refund: int | None
    filed: tuple[str, ...]
    outcomes: dict[str, Outcome]
    promises: tuple[Kept, ...]


class Sums(Frozen):
    """Money of one currency: paid in all cases, come back, still out in those that are open."""

    currency: str | None
    paid: Money
    refunded: Money
    open: Money


class ChannelFigures(Frozen):
    """Complaints filed with one channel, and the last answer in each case."""

    channel: str
    filed: int
    outcomes: dict[Outcome, int]


class ShopFigures(Frozen):
    """The cases with one shop; `refunds` is how many cases the median is of.

    `issues` are those of the user's newest act in each case, a draft or answers; a case without
    either is counted under `unknown`. Promises are those of orders, chats and contacts
    that name a time that is over; of `unknown` ones nothing tells how they went.
    """

    shop: str
    host: str | None
    cases: int
    open: int
    issues: dict[str, int]
    sums: tuple[Sums, ...]
    median_days_to_refund: float | None
    refunds: int
    channels: tuple[ChannelFigures, ...]
    promises: dict[Kept, int]
    sentences: tuple[str, ...] = ()


class Statistics(Frozen):
    """All shops, the one with most cases first; `sentences` say how little it may mean."""

    cases: int
    shops: tuple[ShopFigures, ...]
    sentences: tuple[str, ...]


def statistics(
    cases: Sequence[CaseView],
    drafts: Mapping[str, Sequence[Draft]],
    *,
    now: datetime,
    language: Language = "zh_CN",
) -> Statistics:
    """Return the figures of one's own cases; `drafts` are those of each case id, oldest first."""
    found = [
        figures_of(case, next(reversed(drafts.get(case.case_id, ())), None), now) for case in cases
    ]
    return statistics_of(found, language)


def statistics_of(cases: Sequence[CaseFigures], language: Language = "zh_CN") -> Statistics:
    """Return the figures of cases whose own are known."""
    by_shop: defaultdict[str, list[CaseFigures]] = defaultdict(list)
    for case in cases:
        by_shop[case.host or ""].append(case)
    shops = [_shop(found, language) for found in by_shop.values()]
    shops.sort(key=lambda one: (-one.cases, one.shop))
    key = "none" if not cases else "few" if len(cases) < _FEW else "own"
    said = [text(f"statistics.{key}", language, count=len(cases))]
    return Statistics(cases=len(cases), shops=tuple(shops), sentences=tuple(said))


def parsed_figures(record: str) -> CaseFigures | None:
    """Return kept figures of a case, None where an older program made them otherwise."""
    try:
        return CaseFigures.model_validate_json(record)
    except ValidationError:
        return None


def figures_of(case: CaseView, draft: Draft | None, now: datetime) -> CaseFigures:
    """Return what a case adds; `draft` is its newest one."""
    order = case.order
    answers = [entry.what for entry in case.entries if isinstance(entry.what, Answer)]
    return CaseFigures(
        host=case.host,
        shop=order.platform.name if order else None,
        open=case.closed_at is None,
        issue=last_issue(case, draft),
        currency=order.currency if order else None,
        paid=order.amount if order else None,
        back=back(case),
        days_to_refund=_days_to_refund(case),
        filed=tuple(filing.channel for filing in case.filings),
        outcomes={one.channel: one.outcome for one in sorted(answers, key=lambda one: one.at)},
        promises=tuple(_promises(case, now)),
    )


def _shop(cases: Sequence[CaseFigures], language: Language) -> ShopFigures:
    days = [case.days_to_refund for case in cases if case.days_to_refund is not None]
    promises = Counter(kept for case in cases for kept in case.promises)
    host = cases[0].host
    figures = ShopFigures(
        shop=next(filter(None, (case.shop for case in cases)), None)
        or host
        or text("statistics.no_shop", language),
        host=host,
        cases=len(cases),
        open=sum(case.open for case in cases),
        issues=dict(Counter(case.issue or "unknown" for case in cases)),
        sums=_sums(cases),
        median_days_to_refund=float(median(days)) if days else None,
        refunds=len(days),
        channels=_channels(cases),
        promises={"kept": promises["kept"], "broken": promises["broken"],
                  "unknown": promises["unknown"]},
    )  # fmt: skip
    return figures.model_copy(update={"sentences": tuple(_sentences(figures, language))})


def _sums(cases: Sequence[CaseFigures]) -> tuple[Sums, ...]:
    paid: defaultdict[str | None, list[Decimal]] = defaultdict(lambda: [ZERO] * 3)
    for case in cases:
        if case.paid is not None:
            still = max(case.paid - case.back, ZERO) if case.open else ZERO
            sums = paid[case.currency]
            paid[case.currency] = [
                was + more for was, more in zip(sums, (case.paid, case.back, still), strict=True)
            ]
    return tuple(
        Sums(currency=currency, paid=one[0], refunded=one[1], open=one[2])
        for currency, one in paid.items()
    )


def _days_to_refund(case: CaseView) -> int | None:
    """Return the days from the payment until refunds reached what was paid; None until then."""
    order = case.order
    start = (order.payment.paid_at or order.created_at) if order else None
    if order is None or order.amount is None or start is None or order.amount <= 0:
        return None
    came = ZERO
    for one in refunds(case):
        came += one.amount
        if came >= order.amount:
            return max((instants.day(one.at) - instants.day(start)).days, 0)
    return None


def _channels(cases: Sequence[CaseFigures]) -> tuple[ChannelFigures, ...]:
    filed: Counter[str] = Counter()
    outcomes: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
    for case in cases:
        filed.update(case.filed)
        for channel, outcome in case.outcomes.items():
            outcomes[channel][outcome] += 1
    return tuple(
        ChannelFigures(channel=key, filed=filed[key], outcomes=dict(outcomes[key]))
        for key in dict.fromkeys([*filed, *outcomes])
    )


def _promises(case: CaseView, now: datetime) -> list[Kept]:
    """Judge each promise that names a time, only where something shows how it went."""
    order = case.order
    by = promised_by(order) if order else None
    found: list[Kept] = []
    if order is not None and by is not None and by <= now:
        came = order.delivered_at
        seen = [one.meta.clicked_at for one in case.captures if one.order and not came]
        late = came is not None and instants.before(by, came)
        waiting = order.status in {"paid", "processing", "failed"} and any(at > by for at in seen)
        found.append("broken" if late or waiting else "kept" if came else "unknown")
    return found + [_of_refund(case, *one) for one in _told(case) if one[1] <= now]


def _told(case: CaseView) -> list[tuple[datetime | None, datetime]]:
    """Return when promises were made and ran out, in chats (of a refund) and to the user."""
    chats = [view.shown.chat for view in case.captures if view.shown and view.shown.chat]
    pledged = {
        (one.at, one.text): until_of(one.promise.within, one.at)
        for chat in chats
        for one in chat.messages
        if one.promise is not None and one.promise.what == "refund"
    }
    own = [
        (entry.what.at, instants.latest(entry.what.promised_by))
        for entry in case.entries
        if isinstance(entry.what, Contact | Answer) and entry.what.promised_by is not None
    ]
    return [*((key[0], until) for key, until in pledged.items() if until is not None), *own]


def _of_refund(case: CaseView, since: datetime | None, until: datetime) -> Kept:
    """Judge a promise by what came in time, else by what came too late or was refused."""
    if settled(case, since, until):
        return "kept"
    later = [
        entry.what
        for entry in case.entries
        if isinstance(entry.what, Refund | Answer) and instants.before(until, entry.what.at)
    ]
    told = any(isinstance(one, Refund) or one.outcome in _TELLING for one in later)
    return "broken" if told else "unknown"


def _sentences(one: ShopFigures, language: Language) -> list[str]:
    issues = [
        text("statistics.item", language, name=_issue_name(key, language), count=count)
        for key, count in one.issues.items()
    ]
    said = [_say("cases", language, count=one.cases, open=one.open, issues=_and(issues, language))]
    for sums in one.sums:
        values = {name: amount(getattr(sums, name), sums.currency, language)
                  for name in ("paid", "refunded", "open")}  # fmt: skip
        said.append(_say("sums", language, **values))
    if one.median_days_to_refund is not None:
        days = f"{one.median_days_to_refund:g}"
        said.append(_say("days", language, days=days, count=one.refunds))
    for channel in one.channels:
        outcomes = [
            text("statistics.item", language, name=named("timeline.outcome", key, language),
                 count=count)
            for key, count in channel.outcomes.items()
        ]  # fmt: skip
        key = "channel" if outcomes else "channel_waiting"
        values = {
            "channel": channel_name(channel.channel, language),
            "outcomes": _and(outcomes, language),
        }
        said.append(_say(key, language, filed=channel.filed, **values))
    judged = one.promises["kept"] + one.promises["broken"]
    if judged or one.promises["unknown"]:
        counts = {"kept": one.promises["kept"], "unknown": one.promises["unknown"]}
        said.append(_say("promises", language, judged=judged, **counts))
    return said


def _issue_name(key: str, language: Language) -> str:
    if key == "unknown":
        return text("statistics.no_issue", language)
    return named("complaints.issue", key, language)


def _and(parts: Sequence[str], language: Language) -> str:
    return text("timeline.and_short", language).join(parts)


def _say(key: str, language: Language, **values: object) -> str:
    return text(f"statistics.{key}", language, **values)
