"""Clocks of a dispute: the shop's promise and the shop's own windows. Pure; time is passed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from helper.model import Moment
from scrapers import promise
from scrapers.contract import Deadline
from scrapers.moments import SHANGHAI
from scrapers.record import Frozen, OrderRecord, Source

_UNSAID = Source()


class Due(Frozen):
    """A point in time that matters; `source` says whose rule it is."""

    key: str
    name: str
    at: Moment
    passed: bool
    source: str


def promised_span(order: OrderRecord) -> timedelta | None:
    """Return the promised time to deliver, only where the promise names exactly one."""
    named = _read(order)
    words = [order.delivery.promised_text or "", "" if promise.latest(named) else named]
    spans = {promise.span(named), *(promise.span(promise.duration(text) or "") for text in words)}
    spans.discard(None)
    return spans.pop() if len(spans) == 1 else None


def promised_by(order: OrderRecord) -> datetime | None:
    """Return when the promise ran out: the moment the page names, else counted from the payment."""
    at = promise.latest(_read(order))
    if at is not None:
        return at
    span, paid = promised_span(order), order.payment.paid_at
    return _plus(paid, span) if span and paid else None


def _read(order: OrderRecord) -> str:
    """Return the promise as read, unless the user gave other words for it."""
    words = order.sources.get("delivery.promised_text", _UNSAID)
    read = order.sources.get("delivery.promised", _UNSAID)
    by_user = words.artifact == "user" and read.artifact != "user"
    return "" if by_user else order.delivery.promised or ""


def due(order: OrderRecord, rules: Sequence[Deadline], now: datetime) -> tuple[Due, ...]:
    """Return the promise and the shop's windows for this order, earliest first."""
    found = []
    by = promised_by(order)
    if by is not None:
        text = order.delivery.promised_text or order.delivery.promised or ""
        found.append(Due(key="promise", name=text, at=by, passed=by < now, source="order"))
    for rule in rules:
        start = order.payment.paid_at if rule.start == "paid_at" else order.created_at
        span = timedelta(hours=rule.hours)
        at = _plus(start, span, whole_days=rule.whole_days) if start else None
        if at is not None:
            found.append(
                Due(key=rule.key, name=rule.name, at=at, passed=at < now, source=rule.source)
            )
    return tuple(sorted(found, key=lambda one: one.at))


def _plus(start: datetime, span: timedelta, *, whole_days: bool = False) -> datetime | None:
    try:
        if whole_days:
            start = start.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        return start + span
    except OverflowError:  # a year beyond 9999 has no deadline
        return None
