"""Clocks of a dispute: the shop's promise and the shop's own windows. Pure; time is passed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from helper.model import Moment
from scrapers.contract import Deadline
from scrapers.record import Frozen, OrderRecord

_SPAN = re.compile(r"(?<![\d.])(\d{1,4})\s*(分钟|个小时|小时|分|天|日)(?:之|以)?内")
_CLAUSE = re.compile(r"[，。；,;\n]")
_DELIVERY = re.compile(r"到账|到帐|发货|发卡|发放|充值|代充|交付|送达|完成")
_AFTERWARDS = re.compile(r"退|换|售后|质保|无理由|投诉|联系|补发")
_ISO = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")
_UNSURE = re.compile(r"\d\s*(?:个?工作日|[-~～至到]\s*\d)")
_UNITS = {"分钟": "minutes", "分": "minutes", "小时": "hours", "个小时": "hours"}


class Due(Frozen):
    """A point in time that matters; `source` says whose rule it is."""

    key: str
    name: str
    at: Moment
    passed: bool
    source: str


def promised_span(order: OrderRecord) -> timedelta | None:
    """Return the promised time to deliver, only where the promise names exactly one."""
    text = order.delivery.promised or ""
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        days, hours, minutes = (int(part or 0) for part in iso.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)
    spans = _spans(text) | _spans(order.delivery.promised_text or "")
    return spans.pop() if len(spans) == 1 else None


def _spans(text: str) -> set[timedelta]:
    """Return the times to deliver in a text. “24小时自动发货” is no limit, so “内” must follow."""
    if _UNSURE.search(text):  # working days and ranges need a calendar or an opinion
        return set()
    clauses = [c for c in _CLAUSE.split(text) if _DELIVERY.search(c) and not _AFTERWARDS.search(c)]
    return {
        timedelta(**{_UNITS.get(match[2], "days"): int(match[1])})
        for clause in clauses
        for match in _SPAN.finditer(clause)
    }


def promised_by(order: OrderRecord) -> datetime | None:
    """Return when the shop's promise ran out, counted from the payment."""
    span, paid = promised_span(order), order.payment.paid_at
    return _plus(paid, span) if span and paid else None


def due(order: OrderRecord, rules: Sequence[Deadline], now: datetime) -> tuple[Due, ...]:
    """Return the promise and the shop's windows for this order, earliest first."""
    found = []
    promise = promised_by(order)
    if promise is not None:
        text = order.delivery.promised_text or order.delivery.promised or ""
        found.append(
            Due(key="promise", name=text, at=promise, passed=promise < now, source="order")
        )
    for rule in rules:
        start = order.payment.paid_at if rule.start == "paid_at" else order.created_at
        at = _plus(start, timedelta(hours=rule.hours)) if start else None
        if at is not None:
            found.append(
                Due(key=rule.key, name=rule.name, at=at, passed=at < now, source=rule.source)
            )
    return tuple(sorted(found, key=lambda one: one.at))


def _plus(start: datetime, span: timedelta) -> datetime | None:
    try:
        return start + span
    except OverflowError:  # a year beyond 9999 has no deadline
        return None
