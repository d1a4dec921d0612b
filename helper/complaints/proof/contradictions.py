"""What in a case contradicts itself: order, payment, chat, time. Named, never smoothed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from helper import messages
from helper.complaints import exhibits as choosing
from helper.complaints.figures import Figures
from helper.complaints.held import order_numbers, order_pages
from helper.complaints.wording import clean, moment, money, shorten
from helper.complaints.wording import exhibits as cited
from helper.dealings import Answer, Contact, Refund
from helper.messages import Language
from helper.model import CaseView, Gap
from scrapers.record import Chat, OrderRecord

_CLOCKS_APART = timedelta(minutes=5)
"""As bills are matched: two clocks may differ so far, and pages may show whole minutes."""
_LABELLED = re.compile(
    r"(?<![付宝户信易])订单(?:号|编号)\s*[:：]?\s*([A-Za-z0-9][A-Za-z0-9_-]{5,63})"
)
"""Not 商户订单号 or 支付宝订单号: those are numbers of the payment."""
_NUMBERS = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{8,64}(?![A-Za-z0-9_-])")
_OWN_LENGTH = 12
"""A shorter number is built as phone or QQ numbers are."""
_LONG = 64

Found = tuple[str, str | None, dict[str, str]]
"""Key, action, values of the sentence."""


def contradictions(
    case: CaseView, seen: Figures, now: datetime, language: Language = "zh_CN"
) -> tuple[Gap, ...]:
    """Return what does not fit together, as findings with the action that settles each."""
    found = (
        *_order(seen.order, language),
        *_times(seen.order, now),
        *_told_times(case, now),
        *_pictures(case, seen, language),
        *_bills(case, seen, language),
        *_other_orders(case, seen, language),
    )
    return tuple(
        Gap(
            key=key,
            text=messages.text(f"proof.contradiction.{key}", language, **values),
            why=messages.text(f"proof.contradiction_why.{key}", language),
            action=action,
        )
        for key, action, values in found
    )


def _order(order: OrderRecord, language: Language) -> Iterator[Found]:
    if not order.order_no:
        yield "no_order_no", "correct:order_no", {}
    if order.amount is not None and order.amount <= 0:
        shown = money(order.amount, order.currency, language)
        yield "zero_amount", "correct:amount", {"amount": shown}
    paid_out = order.refunded is not None and order.amount is not None
    if paid_out and (order.refunded or 0) > (order.amount or 0) > 0:
        values = {
            "refunded": money(order.refunded or Decimal(), order.currency, language),
            "amount": money(order.amount or Decimal(), order.currency, language),
        }
        yield "refunded_more", "correct:refunded", values


def _times(order: OrderRecord, now: datetime) -> Iterator[Found]:
    created, paid, delivered = order.created_at, order.payment.paid_at, order.delivered_at
    if created and paid and created - paid > _CLOCKS_APART:
        values = {"paid_at": moment(paid), "created_at": moment(created)}
        yield "paid_before_ordered", "correct:payment.paid_at", values
    if paid and delivered and paid - delivered > _CLOCKS_APART:
        values = {"delivered_at": moment(delivered), "paid_at": moment(paid)}
        yield "delivered_before_paid", "correct:delivered_at", values
    fields = {"created_at": created, "payment.paid_at": paid, "delivered_at": delivered}
    for path, at in fields.items():
        if at and at - now > _CLOCKS_APART:
            yield f"future.{path.rpartition('.')[2]}", f"correct:{path}", {"at": moment(at)}


def _told_times(case: CaseView, now: datetime) -> Iterator[Found]:
    for entry in case.entries:
        told = entry.what
        if isinstance(told, Contact | Answer | Refund) and told.at - now > _CLOCKS_APART:
            yield f"future.{told.kind}", None, {"at": moment(told.at)}


def _pictures(case: CaseView, seen: Figures, language: Language) -> Iterator[Found]:
    """Name pictures of the order page from before the payment: they show nothing after it."""
    paid = seen.order.payment.paid_at
    early = {c.capture_id for c in order_pages(case) if paid and c.meta.clicked_at < paid}
    numbers = [e.number for e in seen.exhibits if e.capture_id in early and e.role != "attachment"]
    if paid and numbers:
        values = {"exhibits": cited(numbers, language), "paid_at": moment(paid)}
        yield "picture_before_payment", "capture:order", values


def _bills(case: CaseView, seen: Figures, language: Language) -> Iterator[Found]:
    """Compare the order with each bill: its amount, and its time where the number is the same."""
    order = seen.order
    latest = {choosing.payment_key(bill): bill for bill in choosing.payment_facts(case)}
    for bill in latest.values():
        amount = _decimal(bill.get("amount"))
        in_yuan = (order.currency or "CNY").upper() in {"CNY", "RMB"}
        if in_yuan and amount is not None and order.amount not in {None, amount}:
            values = {
                "order": money(order.amount or Decimal(), order.currency, language),
                "bill": money(amount, "CNY", language),
                "number": clean(bill.get("trade_no")) or "-",
            }
            yield "two_amounts", "correct:amount", values
    if len(latest) == 1:
        yield from _one_bill(order, next(iter(latest.values())))
    read = {
        c.order.amount: moment(c.meta.clicked_at)
        for c in order_pages(case)
        if c.order and c.order.order_no and c.order.amount is not None
    }
    if len(read) > 1:
        shown = messages.text("proof.and", language).join(
            messages.text("proof.amount_at", language, amount=said, at=at)
            for amount, at in read.items()
            for said in [money(amount, order.currency, language)]
        )
        yield "amount_changed", "correct:amount", {"shown": shown}


def _one_bill(order: OrderRecord, bill: Mapping[str, Any]) -> Iterator[Found]:
    at, paid = _moment(bill.get("paid_at")), order.payment.paid_at
    if at and paid and abs(at - paid) > _CLOCKS_APART:
        values = {"order": moment(paid), "bill": moment(at)}
        yield "two_payment_times", "correct:payment.paid_at", values
    number, own = clean(bill.get("trade_no")), clean(order.payment.trade_no)
    known = {number, clean(bill.get("merchant_no"))}
    # A page often shows the shop's own number of the payment; only both known ones can differ.
    if own and all(known) and own not in known:
        values = {"order": shorten(own, _LONG), "bill": number}
        yield "two_trade_numbers", "correct:payment.trade_no", values


def _other_orders(case: CaseView, seen: Figures, language: Language) -> Iterator[Found]:
    own = clean(seen.order.order_no)
    if not own:
        return
    for capture in case.captures:
        chat = capture.shown.chat if capture.shown else None
        others = _others(chat, own) if chat else []
        if others:
            numbers = [e.number for e in seen.exhibits if e.capture_id == capture.capture_id]
            values = {
                "exhibits": cited(numbers, language) or moment(capture.meta.clicked_at),
                "others": messages.text("proof.and", language).join(others),
                "order_no": shorten(own, _LONG),
            }
            yield "other_order_chat", "capture:chat", values
    pages = {c.order.order_no for c in case.captures if c.order and c.order.order_no}
    strangers = sorted(pages - order_numbers(case))
    if strangers:
        values = {
            "others": messages.text("proof.and", language).join(
                shorten(clean(one), _LONG) for one in strangers
            ),
            "order_no": shorten(own, _LONG),
        }
        yield "other_order_page", "capture:order", values


def _others(chat: Chat, own: str) -> list[str]:
    """Return other orders' numbers in a chat that never names the own one.

    A number counts where it is called so, or is built exactly as the own one is.
    """
    words = "\n".join(clean(f"{line.quoted or ''} {line.text}") for line in chat.messages)
    if own.casefold() in words.casefold():
        return []
    shape = _shape(own)
    alike = _NUMBERS.findall(words) if len(own) >= _OWN_LENGTH else []
    built = [one for one in alike if _shape(one) == shape]
    return list(dict.fromkeys([*_LABELLED.findall(words), *built]))


def _shape(number: str) -> str:
    """Return a number with every digit as 0, letters as they are before the first digit."""
    head = re.match(r"[^0-9]*", number)
    start = head.end() if head else 0
    return number[:start] + re.sub(r"[A-Za-z]", "a", re.sub(r"[0-9]", "0", number[start:]))


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo else None
