"""Which dispute an order, its payments and its chats look like; what is asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from helper.complaints.dispute.asking import (
    DEMAND_KINDS,
    Choice,
    Issue,
    Kind,
    Question,
    Said,
    default_demand,
    issue,
    issues,
    say,
)
from helper.complaints.dispute.deciding import (
    Decision,
    Possibility,
    asked,
    decide,
    likely_kind,
    paid,
)
from helper.complaints.dispute.signals import Signal, signals
from helper.complaints.due.deadlines import promised_by
from helper.complaints.wording import moment
from helper.messages import Language
from scrapers.record import Chat, Frozen, OrderRecord, Payment

__all__ = [
    "DEMAND_KINDS", "Choice", "Decision", "Issue", "Kind", "Possibility", "Question", "Said",
    "Suggestion", "decide", "default_demand", "guess", "issue", "issues",
]  # fmt: skip


class Suggestion(Frozen):
    """What an order looks like. `reason` is a code, `reason_text` its sentence.

    `kind` is the sub-type where it shows; `signals` what the shop's side said about it.
    """

    issue: str
    reason: str
    reason_text: str
    demand: str
    alternatives: tuple[str, ...]
    choices: tuple[Issue, ...]
    kind: str | None = None
    signals: tuple[Signal, ...] = ()


def guess(
    order: OrderRecord | None,
    payments: Sequence[Payment] = (),
    *,
    chats: Sequence[Chat] = (),
    now: datetime,
    language: Language = "zh_CN",
) -> Suggestion:
    """Say which dispute the order looks like; `payments` are bills that belong to it."""
    key, reason = _look(order, payments, now)
    said = signals(chats, now=now, language=language)
    told = _told(reason, said)
    if told is not None:
        key, text = _BY_SIGNAL[told.code], told.text
        reason = told.code
    else:
        by = promised_by(order) if order is not None and reason == "promise_running" else None
        text = say("reason", reason, language, by=moment(by) if by else "").text
    return Suggestion(
        issue=key,
        reason=reason,
        reason_text=text,
        demand=default_demand(key),
        alternatives=tuple(one.key for one in issues(language) if one.key != key),
        choices=tuple(asked(one, order) for one in issues(language)),
        kind=likely_kind(reason),
        signals=said,
    )


_BY_STATUS = {
    "failed": ("failed_no_refund", "status_failed"),
    "refunding": ("refund_missing", "status_refunding"),
    "refunded": ("refund_missing", "status_refunded"),
    "partially_refunded": ("refund_missing", "status_refunded"),
    "partially_delivered": ("not_delivered", "status_partly"),
}
_BY_SIGNAL = {
    "agent_says_refunded": "refund_missing",
    "chat_refund_over": "refund_missing",
    "chat_delivery_over": "not_delivered",
    "agent_says_delivered": "not_delivered",
    "agent_lured": "other",
    "agent_refused": "other",
}
"""What tells the issue where the page does not, the clearest first."""
_PAGE_IS_SILENT = frozenset({"no_order", "unclear"})


def _told(reason: str, said: Sequence[Signal]) -> Signal | None:
    """Return the signal that decides: the page goes first, a chat only where it is silent."""
    by_code = {signal.code: signal for signal in said}
    if reason in _PAGE_IS_SILENT:
        return next((by_code[code] for code in _BY_SIGNAL if code in by_code), None)
    return by_code.get("chat_delivery_over") if reason == "paid_not_delivered" else None


def _look(order: OrderRecord | None, payments: Sequence[Payment], now: datetime) -> tuple[str, str]:
    if order is None:
        return "other", "no_order"
    if len({payment.trade_no for payment in payments if payment.trade_no}) > 1:
        return "duplicate_charge", "two_payments"
    if "several_payments" in order.warnings:  # the page itself lists more than one debit
        return "duplicate_charge", "two_payments"
    if order.status in _BY_STATUS:
        return _BY_STATUS[order.status]
    money_out = paid(order) or bool(payments)
    if order.status in {"pending_payment", "cancelled", "expired"}:
        return _unpaid(order, money_out)
    return _by_page(order, money_out, now)


def _by_page(order: OrderRecord, money_out: bool, now: datetime) -> tuple[str, str]:
    if order.failure_reason:
        return "failed_no_refund", "failure_reason"
    if order.delivery.secrets:
        return "dead_code", "code_on_page"
    if order.status in {"delivered", "completed"}:
        return "not_delivered", "delivered_without_code"
    if order.status in {"paid", "processing"} or money_out:
        due = promised_by(order)
        if due is None:
            return "not_delivered", "paid_not_delivered"
        return "not_delivered", "promise_over" if due < now else "promise_running"
    return "other", "unclear"


def _unpaid(order: OrderRecord, money_out: bool) -> tuple[str, str]:
    if not money_out:
        return "other", "not_paid"
    if order.status == "pending_payment":
        return "not_delivered", "paid_but_pending"
    return "failed_no_refund", "paid_but_closed"
