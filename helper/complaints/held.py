"""What a case holds, in the words of `data/proof.json`; a further exhibit only adds to it.

So it looks at the whole case, not at the exhibits chosen for a channel: a new page may take the
place of an older one among those.
"""

from __future__ import annotations

from collections.abc import Iterator

from helper.complaints import exhibits as choosing
from helper.complaints.figures import Figures
from helper.dealings import Answer, Answers, Contact, Party, Shown
from helper.model import CaptureView, CaseView, StampView
from scrapers.record import Operator

_DIRECT = frozenset({"direct_recharge"})
_DELIVERED = frozenset({"delivered", "completed"})
_FAILED = frozenset({"failed", "cancelled", "expired"})
_PLEDGED = frozenset({"delivery", "reissue"})


def holds(case: CaseView, seen: Figures, *, facts: bool) -> dict[str, bool]:
    """Tell of every word of the data whether the case holds it; `facts`: told in own words."""
    return {
        **_order(seen),
        **_attached(case),
        **_shown(case),
        **_pages(case, seen),
        **_told(case, facts),
    }


def nature(seen: Figures) -> dict[str, bool]:
    """Tell which conditions the order meets; they rest on the order alone, never on exhibits."""
    order = seen.order
    return {
        "paid_at_known": order.payment.paid_at is not None,
        "delivered_without_code": order.status in _DELIVERED and not seen.secrets,
        "several_codes": len(seen.secrets) > 1,
        "direct_recharge": order.delivery.kind in _DIRECT or bool(order.recharge_account),
        "failed": order.status in _FAILED,
        "masked_contact": "*" in (order.buyer_contact or ""),
    }


def order_numbers(case: CaseView) -> frozenset[str]:
    """Return the number of the case's order, and what was read where the user gave another."""
    corrected = [one for one in case.corrections if one.field == "order_no"]
    known = {case.order_no, case.order.order_no if case.order else None}
    known |= {read for one in corrected for read in (one.read, one.read_then)}
    return frozenset(number for number in known if number)


def order_pages(case: CaseView) -> list[CaptureView]:
    """Return the captures that show the order of the case or one without number, oldest first."""
    numbers = {None, *order_numbers(case)}
    pages = [c for c in case.captures if c.order is not None and c.order.order_no in numbers]
    return sorted(pages, key=lambda c: c.meta.clicked_at)


def site_operators(case: CaseView) -> Iterator[tuple[CaptureView, Operator]]:
    """Yield who runs the shop's own site, as its pages say; pages of others do not count."""
    for capture in case.captures:
        told = capture.shown.operator if capture.shown else None
        if told is not None and capture.meta.host == case.host:
            yield capture, told


def parties(case: CaseView) -> tuple[Party, ...]:
    """Return what the user told of who the shop is."""
    return tuple(entry.what for entry in case.entries if isinstance(entry.what, Party))


def party_named(case: CaseView) -> bool:
    """Tell whether the user or the shop's own site names who is complained of."""
    told = any(one.role != "payee" for one in parties(case))
    return told or any(operator.name for _, operator in site_operators(case))


def confirmed(stamp: StampView) -> bool:
    """Tell whether somebody else's time stamp stands: one without a pinned root does not."""
    return stamp.state == "stamped" and (stamp.root is not None or stamp.kind != "rfc3161")


def two_payments(case: CaseView) -> bool:
    """Tell whether files show two debits; a picture may show both, an extract shows one."""
    files = [item for _, item in case.attached]
    pictures = [f for f in files if f.about.get("kind") == "payment" and "payment" not in f.about]
    keys = {choosing.payment_key(bill) for bill in choosing.payment_facts(case)}
    return bool(pictures) or len(keys) > 1


def _order(seen: Figures) -> dict[str, bool]:
    order = seen.order
    return {
        "order.number": bool(order.order_no),
        "order.goods": bool(seen.items),
        "order.amount": bool(seen.amount),
        "order.status": bool(order.status_text) or order.status != "unknown",
        "order.paid_at": order.payment.paid_at is not None,
        "order.trade_no": bool(order.payment.trade_no),
        "order.promise": promise_read(seen),
        "order.code": bool(seen.secrets),
        "order.account": bool(order.recharge_account),
        "order.failure": bool(order.failure_reason or order.delivery.message),
    }


def promise_read(seen: Figures) -> bool:
    """Tell whether a page, not only the user, names the time of delivery."""
    delivery = seen.order.delivery
    values = {
        "delivery.promised": delivery.promised,
        "delivery.promised_text": delivery.promised_text,
    }
    return any(value and not seen.by_user(path) for path, value in values.items())


def _attached(case: CaseView) -> dict[str, bool]:
    files = [item for _, item in case.attached]
    kinds = {file.about.get("kind") for file in files}
    bills = choosing.payment_facts(case)
    return {
        **{f"attached.{kind}": kind in kinds for kind in choosing.KINDS},
        "bill.read": bool(bills),
        "bill.number": any(bill.get("trade_no") for bill in bills),
        "bill.payee": any(bill.get("counterparty") for bill in bills),
        "payments.two": two_payments(case),
    }


def _shown(case: CaseView) -> dict[str, bool]:
    shown = [capture.shown for capture in case.captures if capture.shown is not None]
    topics = {t for one in shown if one.terms for c in one.terms.clauses for t in c.topics}
    return {
        "shown.product": any(one.product or one.page_kind == "product" for one in shown),
        "shown.promise": any(_promises(one) for one in shown),
        "shown.chat": any(one.chat for one in shown),
        "shown.pledge": any(_pledges(one) for one in shown),
        "shown.terms": any(one.terms for one in shown),
        "shown.delivery_clause": "delivery" in topics,
        "shown.arbitration_clause": "arbitration" in topics,
    }


def _promises(shown: Shown) -> bool:
    told = shown.product.delivery if shown.product else None
    return told is not None and bool(told.promised or told.promised_text)


def _pledges(shown: Shown) -> bool:
    lines = shown.chat.messages if shown.chat else ()
    return any(line.promise is not None and line.promise.what in _PLEDGED for line in lines)


def _pages(case: CaseView, seen: Figures) -> dict[str, bool]:
    pages, paid = order_pages(case), seen.order.payment.paid_at
    roles = {artifact.role for capture in case.captures for artifact in capture.artifacts}
    stamps = [stamp for capture in case.captures for stamp in capture.stamps]
    return {
        "page.address": any(_address_visible(capture) for capture in case.captures),
        "page.after_payment": paid is not None and any(c.meta.clicked_at >= paid for c in pages),
        "page.again": len(pages) > 1 or any(choosing.agreed_fields(c) for c in pages),
        "page.recorded": "seen/recording" in roles,
        "stamp.confirmed": any(confirmed(stamp) for stamp in stamps),
    }


def _address_visible(capture: CaptureView) -> bool:
    """Tell whether a picture of this page that may be an exhibit shows the page's address."""
    roles = {artifact.role for artifact in capture.artifacts}
    if roles & {"seen/sheet", "seen/window"}:
        return True
    trusted = bool(choosing.agreed_fields(capture)) or not roles & {"seen/page", "seen/viewport"}
    return trusted and bool(roles & {"witness/sheet", "witness/window"})


def _told(case: CaseView, facts: bool) -> dict[str, bool]:
    told = [entry.what for entry in case.entries]
    named = [one for one in parties(case) if one.role != "payee"]
    operators = [operator for _, operator in site_operators(case) if operator.name]
    addresses = [*(one.address for one in named), *(one.address for one in operators)]
    answered = [one.answers.get("facts") for one in told if isinstance(one, Answers)]
    return {
        "told.facts": facts or any(str(words or "").strip() for words in answered),
        "told.contact": any(isinstance(one, Contact) for one in told),
        "told.answer": any(isinstance(one, Answer) for one in told),
        "told.filed": bool(case.filings),
        "party.name": party_named(case),
        "party.address": any(addresses),
        "party.payee": any(one.role == "payee" for one in parties(case)),
        "party.register": any(one.found_in == "register" for one in named),
    }
