"""When the shop's promise and the shop's own windows end. Pure; see `clocks` for all deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta

from helper.complaints.due.calendar import End, end_of
from scrapers import promise
from scrapers.contract import Deadline
from scrapers.moments import SHANGHAI
from scrapers.record import OrderRecord, Source

_UNSAID = Source()


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


def promised_words(order: OrderRecord) -> str:
    """Return the promise as the page or the user words it, empty where there is none."""
    return order.delivery.promised_text or order.delivery.promised or ""


def window(order: OrderRecord, rule: Deadline) -> tuple[datetime | None, End | None]:
    """Return when a window of the shop's own rules begins for this order, and when it closes."""
    start = order.payment.paid_at if rule.start == "paid_at" else order.created_at
    if start is None:
        return None, None
    try:
        return start, end_of(_before(start) if rule.whole_days else start, rule.hours, "hours")
    except OverflowError:  # no local day in the year 9999
        return start, End(why="range")


def _before(start: datetime) -> datetime:
    """Return the last second before the day of a moment in China."""
    day = start.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(seconds=1)


def _plus(start: datetime, span: timedelta) -> datetime | None:
    try:
        return start + span
    except OverflowError:  # a year beyond 9999 has no deadline
        return None
