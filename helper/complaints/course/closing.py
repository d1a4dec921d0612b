"""What speaks for closing a case, and what speaks against it. Pure; no case is closed by us."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, get_args

from helper.complaints.returned import currency_of, returned
from helper.complaints.wording import clean, money, plain_money
from helper.dealings import Answer
from helper.messages import Language, text
from helper.model import CaseView

Reason = Literal["refunded", "reissued", "withdrawn", "court", "other"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
_NEVER_PAID: Final = frozenset({"pending_payment", "cancelled", "expired"})


def amount(value: Decimal, currency: str | None, language: Language) -> str:
    """Return a sum with its unit in the reader's language: `29.00 元`, `29.00 CNY`."""
    if language == "zh_CN":
        return money(value, currency)
    return f"{plain_money(value)} {clean(currency)}".rstrip()


def back(case: CaseView) -> Decimal:
    """Return how much of the order's money the user says has come back, in its currency."""
    return returned(case)[currency_of(case)]


def is_back(case: CaseView) -> bool:
    """Tell whether refunds that arrived reach what was paid; False where that is not known."""
    paid = case.order.amount if case.order else None
    return paid is not None and 0 < paid <= back(case)


def advice(case: CaseView, language: Language) -> str | None:
    """Return what a person should know of closing this case, None where nothing speaks for it."""
    if case.closed_at is not None:
        return None
    if is_back(case):
        return text("closing.refunded", language, **_sums(case, language))
    if _resolved(case):
        return text("closing.resolved", language, **_sums(case, language))
    return None


def warning(case: CaseView, reason: str | None, language: Language) -> str | None:
    """Return why closing may be too early: the money is not back. None where it is, or no matter.

    Goods that came instead of money end a case as well.
    """
    order = case.order
    unpaid = order is not None and order.status in _NEVER_PAID and order.payment.paid_at is None
    if unpaid or reason == "reissued" or is_back(case):
        return None
    known = "known" if order is not None and order.amount is not None else "unknown"
    return text(f"closing.warning.{known}", language, **_sums(case, language))


def _resolved(case: CaseView) -> bool:
    """Tell whether the last answer of some channel is that the matter is resolved."""
    answers = [entry.what for entry in case.entries if isinstance(entry.what, Answer)]
    last = {one.channel: one.outcome for one in sorted(answers, key=lambda one: one.at)}
    return "resolved" in last.values()


def _sums(case: CaseView, language: Language) -> dict[str, str]:
    order = case.order
    currency = order.currency if order else None
    paid = order.amount if order else None
    return {
        "case_id": case.case_id,
        "paid": "?" if paid is None else amount(paid, currency, language),
        "back": _back(case, currency, language),
    }


def _back(case: CaseView, currency: str | None, language: Language) -> str:
    """Return what came back, with what cannot be added to it as it is of another currency."""
    own = currency_of(case)
    said = amount(back(case), currency, language)
    others = [
        amount(value, code, language) for code, value in returned(case).items() if code != own
    ]
    if not others:
        return said
    return text("closing.other_currency", language, back=said, others=" + ".join(others))
