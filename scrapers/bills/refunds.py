"""Which payment the money of a refund row came back from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from scrapers.bills.record import BillPayment
from scrapers.record import Frozen

_SAYS_SO = frozenset({"refunding", "refunded", "partially_refunded", "closed"})

_MOST_ALIKE = 500
"""Payments to one payee that are looked through for one refund; among more it would be a guess."""


class RefundPair(Frozen):
    """A refund row and its payment, as places in the list of payments."""

    refund: int
    payment: int
    reason: Literal["same_number", "same_payee"]


def pair_refunds(payments: Sequence[BillPayment]) -> tuple[RefundPair, ...]:
    """Pair each refund row with the one payment it fits; with none where two fit.

    Alipay's refund carries the payment's number with an ending behind `_`, or its merchant number.
    """
    alike: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for place, one in enumerate(payments):
        if one.direction == "out" and not one.refund:
            for number in (one.trade_no, one.merchant_no):
                alike[("number", one.provider, number or "")].add(place)
            alike[("payee", one.provider, one.counterparty or "")].add(place)
    pairs: list[RefundPair] = []
    for place, back in enumerate(payments):
        if not back.refund:
            continue
        numbers = {(back.trade_no or "").partition("_")[0], back.merchant_no or ""} - {""}
        numbered = {x for n in numbers for x in alike.get(("number", back.provider, n), ())}
        fitting = _fitting(payments, numbered, back)
        if len(fitting) == 1:
            pairs.append(RefundPair(refund=place, payment=fitting[0], reason="same_number"))
        elif not fitting and back.counterparty:
            payee = alike.get(("payee", back.provider, back.counterparty), set())
            told = [x for x in _fitting(payments, payee, back) if _says(payments[x], back)]
            if len(told) == 1:
                pairs.append(RefundPair(refund=place, payment=told[0], reason="same_payee"))
    return tuple(pairs)


def returned(payments: Sequence[BillPayment], pairs: Sequence[RefundPair]) -> set[int]:
    """Return the payments whose refund rows sum up to all of them."""
    back: dict[int, Decimal] = defaultdict(Decimal)
    for pair in pairs:
        back[pair.payment] += payments[pair.refund].amount
    return {place for place, total in back.items() if total >= payments[place].amount}


def _fitting(payments: Sequence[BillPayment], places: set[int], back: BillPayment) -> list[int]:
    if len(places) > _MOST_ALIKE:
        return []
    return [x for x in places if payments[x].at <= back.at and back.amount <= payments[x].amount]


def _says(paid: BillPayment, back: BillPayment) -> bool:
    """Tell whether a payment's own row tells of a refund of this amount."""
    return paid.status in _SAYS_SO and back.amount == (paid.refunded or paid.amount)
