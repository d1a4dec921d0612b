"""When a draft would say something that the page contradicts: refused, with the next step."""

from __future__ import annotations

from helper.complaints.figures import Figures
from helper.errors import RefusedError

_NOT_PAID = frozenset({"pending_payment", "cancelled", "expired"})
_CLAIMS_NO_REFUND = frozenset({"failed_no_refund", "not_delivered"})


def check(issue: str, seen: Figures) -> None:
    """Raise RefusedError with reason not_paid, already_refunded or code_on_page."""
    order = seen.order
    proof = order.payment.paid_at or order.payment.trade_no or seen.bills
    if order.status in _NOT_PAID and not proof:
        raise RefusedError(reason="not_paid")
    if issue in _CLAIMS_NO_REFUND and order.status == "refunded":
        raise RefusedError(reason="already_refunded")
    partial = order.status == "partially_delivered"
    if issue == "not_delivered" and seen.secrets and not partial:
        raise RefusedError(reason="code_on_page")
