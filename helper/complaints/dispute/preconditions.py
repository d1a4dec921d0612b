"""When a draft would say something that the page contradicts: refused, with the next step."""

from __future__ import annotations

from helper.complaints.figures import Figures
from helper.errors import RefusedError

_NOT_PAID = frozenset({"pending_payment", "cancelled", "expired"})
_CLAIMS_NO_REFUND = frozenset({"failed_no_refund", "not_delivered"})
_DELIVERED = frozenset({"delivered", "completed", "partially_delivered"})
_FAILED = frozenset({"failed", "refunding", "partially_refunded", *_NOT_PAID})
_REFUND = frozenset({"refunding", "refunded", "partially_refunded"})
_SUPPORT = {
    "failed_no_refund": "no_failure_on_page",
    "refund_missing": "no_refund_on_page",
    "duplicate_charge": "one_payment_on_page",
    "dead_code": "no_code_on_page",
    "not_as_described": "nothing_delivered_on_page",
}
"""Issue to the reason why it is refused where the page says otherwise."""


def check(issue: str, seen: Figures, *, facts: bool = False) -> bool:
    """Tell whether what is complained of stands on the user's word alone.

    `facts`: the user has told the matter in own words. Raises RefusedError with reason not_paid,
    already_refunded, code_on_page or one of `_SUPPORT`: the page shows another state, and neither a
    value of the user, nor a file of theirs, nor their own words support the complaint.
    """
    order = seen.order
    proof = order.payment.paid_at or order.payment.trade_no or seen.bills
    if order.status in _NOT_PAID and not proof:
        raise RefusedError(reason="not_paid")
    if issue in _CLAIMS_NO_REFUND and order.status == "refunded":
        raise RefusedError(reason="already_refunded")
    partial = order.status == "partially_delivered"
    if issue == "not_delivered" and seen.secrets and not partial:
        raise RefusedError(reason="code_on_page")
    if issue not in _SUPPORT or _supported(issue, seen):
        return False
    if order.status != "unknown" and not facts:
        status = order.status_text or order.status
        raise RefusedError(reason=_SUPPORT[issue], status=status)
    return True


def _supported(issue: str, seen: Figures) -> bool:
    """Tell whether the page, or a value or file of the user, shows what an issue claims."""
    order = seen.order
    delivered = bool(seen.secrets) or order.status in _DELIVERED or order.delivered_at is not None
    shows = {
        "failed_no_refund": order.status in _FAILED or bool(order.failure_reason),
        "refund_missing": order.status in _REFUND or seen.refunded is not None,
        "duplicate_charge": "several_payments" in order.warnings or len(seen.bills) > 1,
        "dead_code": delivered,
        "not_as_described": delivered,
    }
    own_file = issue not in {"duplicate_charge", "failed_no_refund", "refund_missing"}
    return shows[issue] or (own_file and bool(seen.proof(issue)))
