"""Bring a payment bill: read it, match it with the orders of the vault, keep what belongs there.

A bill lists months of a person's life, so the file stays outside the vault unless the user asks
for it. A case gets an extract: the rows that concern it, as they stand, with the file's SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from helper.complaints.exhibits import payment_facts, payment_key
from helper.complaints.wording import money
from helper.errors import InvalidError, KazhengError, PasswordNeededError, TooLargeError
from helper.messages import Language, coded, text
from helper.model import CaseView
from helper.steps.attach import attach
from helper.steps.store import Store
from scrapers.bills import read_bill
from scrapers.bills.files import MAX_BYTES
from scrapers.bills.matching import Candidates, DoubleCharge, Match, Matching, Reason, match
from scrapers.bills.record import Bill, BillError, BillPayment
from scrapers.bills.refunds import RefundPair, returned
from scrapers.record import Frozen, OrderRecord

State = Literal["added", "already", "not_added"]


class Matched(Frozen):
    """A payment and the order it paid; `payment` is its place in `payments`, from 0.

    `state`: the extract was added to the case now, was there already, or was not added because
    the match is only likely. Reasons are codes (`bills.reason.<code>`).
    """

    case_id: str
    order_no: str | None
    payment: int
    trade_no: str | None
    confidence: Literal["certain", "likely"]
    reasons: tuple[Reason, ...]
    state: State


class ImportedBill(Frozen):
    """What a bill gave; `candidates`, `double_charges` and `refunds` name places in `payments`."""

    sha256: str
    whole: bool = False
    """Whether the file itself was added to the cases."""
    payments: tuple[BillPayment, ...]
    matched: tuple[Matched, ...] = ()
    candidates: tuple[Candidates, ...] = ()
    double_charges: tuple[DoubleCharge, ...] = ()
    refunds: tuple[RefundPair, ...] = ()
    warnings: tuple[str, ...] = ()


def bill_bytes(path: Path) -> bytes:
    """Return the bytes of a bill. Raises InvalidError(file), TooLargeError(bill)."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidError(reason="file", what=str(path), cause=error.strerror) from error
    if len(data) > MAX_BYTES:
        raise TooLargeError(reason="bill", path=str(path), limit=MAX_BYTES >> 20)
    return data


def read(path: Path, data: bytes, password: str | None) -> Bill:
    """Read a bill. Raises PasswordNeededError, TooLargeError(bill), InvalidError(bill_…)."""
    try:
        return read_bill(data, password)
    except BillError as error:
        raise _explained(error, path) from error


def bring(
    store: Store | None,
    path: Path,
    data: bytes,
    bill: Bill,
    *,
    accept_likely: bool = False,
    whole: bool = False,
    likely_case: str | None = None,
) -> ImportedBill:
    """Match a bill with the orders of a vault and add extracts to the cases they belong to.

    `accept_likely` adds those whose match is only likely, of `likely_case` alone where it is
    given, `whole` the file itself to each case that has an extract of it. Without a store nothing
    is matched. The same payment is never added twice. Raises what `attach` raises.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    cases = {case.case_id: case for case in store.vault.cases()} if store else {}
    orders = {key: case.order for key, case in cases.items() if case.order is not None}
    found = match(bill.payments, orders)
    matched = []
    for one in found.matches:
        state: State = "not_added"
        likely = accept_likely and likely_case in {None, one.order}
        if store and (one.confidence == "certain" or likely):
            state = _add(store, one, bill.payments, found, sha256)
            if whole:
                attach(store, one.order, path, limit=MAX_BYTES, data=data)
        matched.append(_matched(one, bill.payments, orders[one.order], state))
    return ImportedBill(
        sha256=sha256,
        whole=whole and any(one.state != "not_added" for one in matched),
        payments=bill.payments,
        matched=tuple(matched),
        candidates=found.candidates,
        double_charges=found.double_charges,
        refunds=found.refunds,
        warnings=bill.warnings,
    )


def said(found: ImportedBill, language: Language, here: str | None = None) -> list[str]:
    """Return what a bill gave: how many payments, those of the cases, and why; not the others.

    `here` is the case on whose page it is told: what is likely is taken into no other from there.
    """

    def payment(place: int) -> str:
        one = found.payments[place]
        provider = text(f"bills.provider.{one.provider}", language)
        at = f"{one.at:%Y-%m-%d %H:%M:%S}"  # always China time; two charges may be seconds apart
        values = {"provider": provider, "amount": one.amount, "at": at}
        return text("bills.payment", language, number=one.trade_no or "-", **values)

    def reasons(codes: Iterable[str]) -> str:
        named = [text(f"bills.reason.{code}", language) for code in codes]
        return text("bills.and", language).join(named)

    key = "bills.read_attached" if found.whole else "bills.read"
    lines = [text(key, language, count=len(found.payments), sha256=found.sha256)]
    for one in found.matched:
        values = {"case_id": one.case_id, "order_no": one.order_no or "-"}
        values |= {"payment": payment(one.payment), "reasons": reasons(one.reasons)}
        lines.append(text(f"bills.matched.{one.confidence}", language, **values))
        elsewhere = one.state == "not_added" and here not in {None, one.case_id}
        state = "other_case" if elsewhere else one.state
        lines[-1] += "\n    " + text(f"bills.state.{state}", language, case_id=one.case_id)
    own = {one.payment for one in found.matched}
    for back in (pair for pair in found.refunds if pair.payment in own):
        values = {"payment": payment(back.payment), "refund": payment(back.refund)}
        lines.append(text(f"bills.refund.{back.reason}", language, **values))
    for unsure in found.candidates:
        values = {"payment": payment(unsure.payment), "cases": ", ".join(unsure.orders)}
        lines.append(text(f"bills.{unsure.reasons[0]}", language, **values))
    for double in found.double_charges:
        charged = text("bills.and", language).join(map(payment, double.payments))
        values = {"case_id": double.order, "payments": charged, "reasons": reasons(double.reasons)}
        lines.append(text(f"bills.double.{double.confidence}", language, **values))
    if not found.matched and not found.candidates:
        lines.append(text("bills.none", language))
    return lines + [coded("warnings", code, language) for code in found.warnings]


def _explained(error: BillError, path: Path) -> KazhengError:
    if error.reason in {"password_needed", "wrong_password"}:
        return PasswordNeededError(reason=error.reason, path=str(path))
    if error.reason == "too_large":
        return TooLargeError(reason="bill", path=str(path), limit=MAX_BYTES >> 20)
    return InvalidError(reason=f"bill_{error.reason}", what=str(path), cause=error.detail)


def _matched(
    one: Match, payments: Sequence[BillPayment], order: OrderRecord, state: State
) -> Matched:
    return Matched(
        case_id=one.order,
        order_no=order.order_no,
        payment=one.payment,
        trade_no=payments[one.payment].trade_no,
        confidence=one.confidence,
        reasons=one.reasons,
        state=state,
    )


def _add(
    store: Store, one: Match, payments: Sequence[BillPayment], found: Matching, sha256: str
) -> State:
    """Add the extract of a payment to its case, and its facts where the order has none."""
    paid = payments[one.payment]
    pairs = [pair for pair in found.refunds if pair.payment == one.payment]
    rows = [paid, *(payments[pair.refund] for pair in pairs)]
    facts = {
        "provider": paid.provider,
        "trade_no": paid.trade_no,
        "paid_at": paid.at.isoformat(),
        "amount": format(paid.amount, "f"),
        "status": paid.status,
        "counterparty": paid.counterparty,
        "merchant_no": paid.merchant_no,
        "stayed_out": paid.charged and one.payment not in returned(payments, pairs),
    }
    case = store.vault.case(one.order)
    known = [item for item in payment_facts(case) if payment_key(item) == payment_key(facts)]
    if any(item.items() <= facts.items() for item in known):  # older extracts say less
        return "already"
    _complete(store, case, paid)
    with store.work_folder() as folder:
        file = folder / f"{_said('name')}-{paid.at:%Y%m%d-%H%M%S}.txt"
        file.write_text(_extract(rows, sha256), "utf-8", newline="\n")
        attach(
            store,
            one.order,
            file,
            limit=MAX_BYTES,
            note=_said("note", reasons="；".join(text(f"bills.reason.{x}") for x in one.reasons)),
            kind=None if known else "payment",  # a later state of one payment is no second bill
            facts={"payment": facts},
        )
    return "added"


def _complete(store: Store, case: CaseView, paid: BillPayment) -> None:
    """Give the case what its order does not say: payment number, time, amount."""
    order = case.order or OrderRecord()
    values = {
        "payment.trade_no": paid.trade_no if order.payment.trade_no is None else None,
        "payment.paid_at": paid.at.isoformat() if order.payment.paid_at is None else None,
        "amount": format(paid.amount, "f") if order.amount is None else None,
    }
    for field, value in values.items():
        if value is not None:
            store.vault.add_correction(case.case_id, field, value, store.now())


def _extract(rows: Sequence[BillPayment], sha256: str) -> str:
    """Return the rows as they stand and what was read out of each, in Chinese as all evidence."""
    lines = [_said("title"), "", _said("about"), _said("file", sha256=sha256)]
    for one in rows:
        place = one.source
        lines += ["", _said("refund" if one.refund else "payment")]
        lines += [_said("member", member=place.file)] if place.file else []
        lines += [_said("row", row=place.row)] if place.row else []
        lines += [_said("text"), place.text, _said("read")]
        values = {
            "provider": text(f"bills.provider.{one.provider}"),
            "at": f"{one.at:%Y-%m-%d %H:%M:%S}",
            "direction": text(f"bills.direction.{one.direction}"),
            "amount": money(one.amount, "CNY"),
            "counterparty": one.counterparty,
            "goods": one.goods,
            "method": one.method_text,
            "status": one.status_text,
            "trade_no": one.trade_no,
            "merchant_no": one.merchant_no,
        }
        lines += [f"{_said(f'field.{key}')}：{value}" for key, value in values.items() if value]
    return "\n".join([*lines, ""])


def _said(name: str, **values: object) -> str:
    return text(f"bills.extract.{name}", "zh_CN", **values)
