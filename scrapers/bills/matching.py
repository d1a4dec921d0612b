"""Which payment of a bill paid which order, which refund belongs to it, what was charged twice.

Pure: no clock, no vault. Nothing is guessed: where two orders fit a payment, or two payments an
order, none is chosen, and all that fit are listed. Reasons are codes (`bills.reason.<code>`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from scrapers.bills.record import BillPayment
from scrapers.bills.refunds import RefundPair, pair_refunds, returned
from scrapers.record import Frozen, OrderRecord
from scrapers.text import compact

_LONG_NUMBER = 10
"""From this length on two equal numbers are no chance; a shorter one needs amount and time too."""
_BEFORE, _AFTER = timedelta(days=1), timedelta(days=7)
"""Around an order whose number a payment carries: another shop's may be the same."""
_EARLY, _LATE = timedelta(minutes=5), timedelta(minutes=60)
"""Around the creation of an order: clocks differ a little, a payment code lives an hour at most."""
_NEAR = timedelta(minutes=5)
"""Around the payment time that the shop shows."""
_TWICE = timedelta(minutes=10)
_SHORTEST_NAME = 3
_NOT_PAID = frozenset({"pending", "failed"})
_UNPAID = frozenset({"pending_payment", "expired", "cancelled"})

Orders = Mapping[str, OrderRecord]
Reason = Literal[
    "merchant_no_is_order_no", "merchant_no_is_trade_no", "trade_no_is_order_no",
    "trade_no_is_trade_no", "same_amount", "amount_differs", "near_paid_at", "near_created_at",
    "same_words", "same_number", "same_payee", "minutes_apart", "several_orders",
    "several_payments", "short_number", "time_differs",
]  # fmt: skip


class Match(Frozen):
    """A payment and the order it paid; `payment` is its place in the list of payments.

    `likely`: only amount and time say so, or something speaks against the number: it is short, the
    amounts differ, the payment is days from the order. The first reason decided.
    """

    order: str
    payment: int
    confidence: Literal["certain", "likely"]
    reasons: tuple[Reason, ...]


class Candidates(Frozen):
    """A payment with all orders that it may have paid; none of them was chosen."""

    payment: int
    orders: tuple[str, ...]
    reasons: tuple[Reason, ...]


class DoubleCharge(Frozen):
    """Payments for one order that all stayed out; `certain` if all carry its number."""

    order: str
    payments: tuple[int, ...]
    confidence: Literal["certain", "possible"]
    reasons: tuple[Reason, ...]


class Matching(Frozen):
    """All that payments and orders say about each other."""

    matches: tuple[Match, ...] = ()
    candidates: tuple[Candidates, ...] = ()
    double_charges: tuple[DoubleCharge, ...] = ()
    refunds: tuple[RefundPair, ...] = ()


def match(payments: Sequence[BillPayment], orders: Orders) -> Matching:
    """Match payments with orders; the keys of `orders` are the caller's own (case ids)."""
    paid = [place for place, one in enumerate(payments) if _went_out(one)]
    named = _named(payments, paid, orders)
    sure = [_by_number(payments, place, keys, orders) for place, keys in named.items()]
    free = [place for place in paid if place not in named]
    by_amount: dict[Decimal | None, list[str]] = defaultdict(list)
    for key, order in orders.items():
        by_amount[order.amount].append(key)
    fitting = {
        place: _fitting(payments[place], {k: orders[k] for k in by_amount[payments[place].amount]})
        for place in free
    }
    taken = {one.order for one in sure if isinstance(one, Match)}
    settled = [*sure, *_settle(fitting, taken)]
    refunds = pair_refunds(payments)
    back = returned(payments, refunds)
    stayed = [place for place in paid if payments[place].charged and place not in back]
    return Matching(
        matches=tuple(sorted((x for x in settled if isinstance(x, Match)), key=_place)),
        candidates=tuple(sorted((x for x in settled if isinstance(x, Candidates)), key=_place)),
        double_charges=tuple(_twice(payments, stayed, named, fitting, orders)),
        refunds=refunds,
    )


def _place(found: Match | Candidates) -> int:
    return found.payment


def _went_out(one: BillPayment) -> bool:
    return one.direction == "out" and not one.refund and one.status not in _NOT_PAID


def _named(
    payments: Sequence[BillPayment], paid: Sequence[int], orders: Orders
) -> dict[int, dict[str, Reason]]:
    """Return for each payment the orders one of whose numbers it carries, with the reason."""
    numbers: dict[str, list[tuple[str, Reason, Reason]]] = defaultdict(list)
    for key, order in orders.items():
        numbers[compact(order.order_no or "")].append(
            (key, "merchant_no_is_order_no", "trade_no_is_order_no")
        )
        numbers[compact(order.payment.trade_no or "")].append(
            (key, "merchant_no_is_trade_no", "trade_no_is_trade_no")
        )
    numbers.pop("", None)
    found: dict[int, dict[str, Reason]] = defaultdict(dict)
    for place in paid:
        one = payments[place]
        for column, value in enumerate((one.merchant_no, one.trade_no)):
            plain = compact(value or "")
            for key, *reasons in numbers.get(plain, ()):
                order = orders[key]
                alike = order.amount == one.amount and _is_timely(one, order)
                if len(plain) >= _LONG_NUMBER or alike:
                    found[place].setdefault(key, reasons[column])
    return dict(found)


def _by_number(
    payments: Sequence[BillPayment], place: int, keys: Mapping[str, Reason], orders: Orders
) -> Match | Candidates:
    if len(keys) > 1:
        return Candidates(payment=place, orders=tuple(keys), reasons=("several_orders",))
    [(key, reason)] = keys.items()
    one, order = payments[place], orders[key]
    doubts = _doubts(one, order, reason)
    agree: tuple[Reason, ...] = ("same_amount",) if order.amount == one.amount else ()
    confidence: Literal["certain", "likely"] = "likely" if doubts else "certain"
    reasons = (reason, *agree, *doubts)
    return Match(order=key, payment=place, confidence=confidence, reasons=reasons)


def _doubts(one: BillPayment, order: OrderRecord, reason: Reason) -> tuple[Reason, ...]:
    """Return what speaks against a payment that carries an order's number."""
    number = one.merchant_no if reason.startswith("merchant_no") else one.trade_no
    found: dict[Reason, bool] = {
        "amount_differs": order.amount not in {None, one.amount},
        "short_number": len(compact(number or "")) < _LONG_NUMBER,
        "time_differs": not _is_timely(one, order),
    }
    return tuple(code for code, speaks in found.items() if speaks)


def _is_timely(one: BillPayment, order: OrderRecord) -> bool:
    """Tell whether a payment may be of this order by its time; one without a time has any."""
    made = order.created_at or order.payment.paid_at
    return made is None or made - _BEFORE <= one.at <= made + _AFTER


def _fitting(one: BillPayment, orders: Orders) -> dict[str, tuple[Reason, ...]]:
    """Return the orders of the same amount that time and way of payment allow, with reasons."""
    found: dict[str, tuple[Reason, ...]] = {}
    for key, order in orders.items():
        unfit = order.payment.trade_no or order.status in _UNPAID
        near = None if unfit else _near(one, order)
        if near and order.payment.method in {one.provider, "bank", "other", "unknown"}:
            found[key] = ("same_amount", near, *_shared(one, order))
    return found


def _near(one: BillPayment, order: OrderRecord) -> Reason | None:
    if order.payment.paid_at is not None:
        return "near_paid_at" if abs(one.at - order.payment.paid_at) <= _NEAR else None
    made = order.created_at
    return "near_created_at" if made and made - _EARLY <= one.at <= made + _LATE else None


def _shared(one: BillPayment, order: OrderRecord) -> Iterator[Reason]:
    """Yield a reason where payment and order name the same shop or goods."""
    theirs = (order.seller.name, order.platform.name, *(item.title for item in order.items))
    ours = [compact(text) for text in (one.counterparty, one.goods) if text]
    names = [compact(text) for text in theirs if text]
    pairs = ((a, b) for a in ours for b in names if min(len(a), len(b)) >= _SHORTEST_NAME)
    if any(a in b or b in a for a, b in pairs):
        yield "same_words"


def _settle(
    fitting: Mapping[int, Mapping[str, tuple[Reason, ...]]], taken: set[str]
) -> Iterator[Match | Candidates]:
    """Yield a match where a payment fits one order alone and no other payment fits that one.

    An order in `taken` is one whose number another payment carries.
    """
    rivals: dict[str, list[int]] = defaultdict(list)
    for place, keys in fitting.items():
        for key in keys:
            rivals[key].append(place)
    for place, keys in fitting.items():
        if taken.issuperset(keys):
            continue
        if len(keys) == 1 and all(len(rivals[key]) == 1 for key in keys):
            [(key, reasons)] = keys.items()
            yield Match(order=key, payment=place, confidence="likely", reasons=reasons)
        else:
            several: Reason = "several_orders" if len(keys) > 1 else "several_payments"
            yield Candidates(payment=place, orders=tuple(keys), reasons=(several,))


def _twice(
    payments: Sequence[BillPayment],
    stayed: Sequence[int],
    named: Mapping[int, Mapping[str, Reason]],
    fitting: Mapping[int, Mapping[str, tuple[Reason, ...]]],
    orders: Orders,
) -> Iterator[DoubleCharge]:
    """Yield what was charged more than once for one order."""
    known = {place: {*named.get(place, ()), *fitting.get(place, ())} for place in stayed}
    alike: dict[tuple[str, str | None, Decimal], list[int]] = defaultdict(list)
    for place in stayed:
        alike[_likeness(payments[place])].append(place)
    alone: dict[str, list[int]] = defaultdict(list)
    for place, keys in known.items():
        if len(keys) == 1:
            alone[next(iter(keys))].append(place)
    for key, own in alone.items():
        carry = [place for place in own if place in named]
        if _apart(payments, carry):
            doubts = [_doubts(payments[x], orders[key], named[x][key]) for x in carry]
            yield _carried(payments, key, carry, sum(doubts, ()))
        elif payments[own[0]].counterparty:
            one = payments[own[0]]
            near = [
                place
                for place in alike[_likeness(one)]
                if known[place] <= {key} and abs(payments[place].at - one.at) <= _TWICE
            ]
            if _apart(payments, near):
                yield DoubleCharge(
                    order=key,
                    payments=tuple(near),
                    confidence="possible",
                    reasons=("same_payee", "same_amount", "minutes_apart"),
                )


def _carried(
    payments: Sequence[BillPayment], key: str, carry: Sequence[int], doubts: Sequence[Reason]
) -> DoubleCharge:
    """Return the double charge of payments that all carry the order's number."""
    unsure = [code for code in dict.fromkeys(doubts) if code != "amount_differs"]
    alike = len({payments[place].amount for place in carry}) == 1  # else a deposit and the rest
    return DoubleCharge(
        order=key,
        payments=tuple(carry),
        confidence="certain" if alike and not unsure else "possible",
        reasons=("same_number", "same_amount" if alike else "amount_differs", *unsure),
    )


def _likeness(one: BillPayment) -> tuple[str, str | None, Decimal]:
    return one.provider, one.counterparty, one.amount


def _apart(payments: Sequence[BillPayment], places: Sequence[int]) -> bool:
    """Tell whether these are more than one payment: each has a number of its own."""
    return len({payments[place].trade_no for place in places} - {None}) > 1
