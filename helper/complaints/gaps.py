"""Proof that is missing for an issue, in the order in which it helps most."""

from __future__ import annotations

from collections.abc import Iterator

from helper import messages
from helper.complaints import exhibits as choosing
from helper.complaints.figures import Figures
from helper.complaints.listing import QUOTED
from helper.messages import Language
from helper.model import CaseView, Gap

_PROOF = {
    "dead_code": (("redeem_error", "redeem_error"),),
    "duplicate_charge": (("second_payment", "payment"),),
    "refund_missing": (("refund_bill", "payment"),),
    "failed_no_refund": (("refund_bill", "payment"),),
    "not_as_described": (("product_page", "product"), ("received", "received")),
}
"""Issue to gaps, each with the kind of attachment that closes it."""
_NEEDS_FACTS = frozenset({"not_as_described", "other"})


def find(
    case: CaseView, issue: str, seen: Figures, *, facts: bool, language: Language = "zh_CN"
) -> tuple[Gap, ...]:
    """Return what is missing; `facts` says that the user has described the matter in own words."""
    keys = [*_figures(seen), *_proof(issue, seen, facts), *_pages(case, seen)]
    return tuple(
        Gap(key=key, text=messages.text(f"complaints.gap.{key}", language))
        for key in dict.fromkeys(keys)
    )


def _figures(seen: Figures) -> Iterator[str]:
    order = seen.order
    present = {
        "order_no": order.order_no,
        "product": seen.items,
        "amount": seen.amount,
        "status": order.status_text or order.status != "unknown",
        "paid_at": order.payment.paid_at,
    }
    yield from (key for key, value in present.items() if not value)
    if not order.payment.trade_no and not seen.bills:
        yield "payment_bill"
    if any(seen.is_hidden(path) for path in QUOTED):
        yield "hidden"
    doubted = (code.partition(":") for code in order.warnings)
    if any(name == "json_disagrees" and not seen.by_user(path) for name, _, path in doubted):
        yield "json_disagrees"
    if any(seen.unproven(path) for path in order.sources):
        yield "user_value"


def _proof(issue: str, seen: Figures, facts: bool) -> Iterator[str]:
    if issue == "not_delivered" and not _promise_read(seen):
        yield "promise"
    if issue == "dead_code" and not seen.secrets:
        yield "code"
    if issue == "dead_code" and len(seen.secrets) > 1 and not facts:
        yield "which_code"
    yield from (gap for gap, kind in _PROOF.get(issue, ()) if kind not in seen.attached)
    if issue in _NEEDS_FACTS and not facts:
        yield "facts"


def _promise_read(seen: Figures) -> bool:
    delivery = seen.order.delivery
    values = {
        "delivery.promised": delivery.promised,
        "delivery.promised_text": delivery.promised_text,
    }
    return any(value and not seen.by_user(path) for path, value in values.items())


def _pages(case: CaseView, seen: Figures) -> Iterator[str]:
    roles = {exhibit.role for exhibit in seen.exhibits}
    if not roles & {"seen/sheet", "witness/sheet", "witness/window", "seen/window"}:
        yield "address"
    capture = choosing.main_capture(case)
    compared = capture.corroboration if capture else None
    if compared and any(field.state == "differs" for field in compared.fields):
        yield "witness_differs"
    if seen.order.buyer_contact and "*" in seen.order.buyer_contact:
        yield "contact"
