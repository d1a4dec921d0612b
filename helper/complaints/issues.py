"""Kinds of disputes: their demands and questions, and which one an order looks like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from helper import messages
from helper.complaints import packaged
from helper.complaints.deadlines import promised_by
from helper.errors import InvalidError
from helper.messages import Language
from scrapers.record import Frozen, OrderRecord, Payment

DEMAND_KINDS = {
    "reissue_or_refund": "reissue_or_refund",
    "reissue": "reissue",
    "refund": "refund",
    "complete_refund": "refund",
    "refund_duplicate": "refund",
    "answer": "explain",
}
"""Demand to the coarse kind that forms offer: refund, reissue, compensate, explain, other.

Few forms offer reissue_or_refund; `fill` then takes other, as neither part alone is meant.
"""


class Choice(Frozen):
    """Something to pick, with its name in the user's language."""

    key: str
    name: str


class Issue(Frozen):
    """A kind of dispute. `demands` has the usual one first; `questions` decide what is said."""

    key: str
    name: str
    demands: tuple[Choice, ...]
    questions: tuple[Choice, ...]


class Suggestion(Frozen):
    """What an order looks like. `reason` is a code, `reason_text` its sentence."""

    issue: str
    reason: str
    reason_text: str
    demand: str
    alternatives: tuple[str, ...]
    choices: tuple[Issue, ...]


@cache
def issues(language: Language = "zh_CN") -> tuple[Issue, ...]:
    """Return all kinds of disputes with their names."""
    rows: dict[str, dict[str, Any]] = packaged.data("issues")
    return tuple(
        Issue(
            key=key,
            name=messages.text(f"complaints.issue.{key}", language),
            demands=_choices("demand", row["demands"], language),
            questions=_choices("question", row["questions"], language),
        )
        for key, row in rows.items()
    )


def issue(key: str) -> Issue:
    """Return one kind of dispute; raises InvalidError for an unknown one."""
    found = next((one for one in issues() if one.key == key), None)
    if found is None:
        known = "、".join(one.key for one in issues())
        raise InvalidError(reason="issue", what=key, known=known)
    return found


def default_demand(key: str) -> str:
    """Return the usual demand of an issue; raises InvalidError for an unknown one."""
    return issue(key).demands[0].key


def guess(
    order: OrderRecord | None,
    payments: Sequence[Payment] = (),
    *,
    now: datetime,
    language: Language = "zh_CN",
) -> Suggestion:
    """Say which dispute the order looks like; `payments` are bills that belong to it."""
    key, reason = _look(order, payments, now)
    choices = issues(language)
    return Suggestion(
        issue=key,
        reason=reason,
        reason_text=messages.text(f"complaints.reason.{reason}", language),
        demand=default_demand(key),
        alternatives=tuple(one.key for one in choices if one.key != key),
        choices=choices,
    )


_BY_STATUS = {
    "failed": ("failed_no_refund", "status_failed"),
    "refunding": ("refund_missing", "status_refunding"),
    "refunded": ("refund_missing", "status_refunded"),
    "partially_refunded": ("refund_missing", "status_refunded"),
    "partially_delivered": ("not_delivered", "status_partly"),
}


def _look(order: OrderRecord | None, payments: Sequence[Payment], now: datetime) -> tuple[str, str]:
    if order is None:
        return "other", "no_order"
    if len({payment.trade_no for payment in payments if payment.trade_no}) > 1:
        return "duplicate_charge", "two_payments"
    if "several_payments" in order.warnings:  # the page itself lists more than one debit
        return "duplicate_charge", "two_payments"
    if order.status in _BY_STATUS:
        return _BY_STATUS[order.status]
    paid = order.payment.paid_at is not None or order.payment.trade_no is not None or payments
    if order.status in {"pending_payment", "cancelled", "expired"}:
        return _unpaid(order, bool(paid))
    return _by_page(order, bool(paid), now)


def _by_page(order: OrderRecord, paid: bool, now: datetime) -> tuple[str, str]:
    if order.failure_reason:
        return "failed_no_refund", "failure_reason"
    if order.delivery.secrets:
        return "dead_code", "code_on_page"
    if order.status in {"delivered", "completed"}:
        return "not_delivered", "delivered_without_code"
    if order.status in {"paid", "processing"} or paid:
        due = promised_by(order)
        return "not_delivered", "promise_over" if due and due < now else "paid_not_delivered"
    return "other", "unclear"


def _unpaid(order: OrderRecord, paid: bool) -> tuple[str, str]:
    if not paid:
        return "other", "not_paid"
    if order.status == "pending_payment":
        return "not_delivered", "paid_but_pending"
    return "failed_no_refund", "paid_but_closed"


def _choices(kind: str, keys: Sequence[str], language: Language) -> tuple[Choice, ...]:
    return tuple(
        Choice(key=key, name=messages.text(f"complaints.{kind}.{key}", language)) for key in keys
    )
