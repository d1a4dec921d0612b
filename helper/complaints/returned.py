"""How much money came back, as the user noted it, by currency; no rate is ever guessed. Pure."""

from __future__ import annotations

from decimal import Decimal

from helper.dealings import Refund
from helper.model import CaseView

ZERO = Decimal("0.00")
_YUAN = frozenset({"CNY", "RMB"})


def currency_of(case: CaseView) -> str:
    """Return the currency of a case; an order that names none is in yuan, as shops here are."""
    return unit(case.order.currency if case.order else None)


def refunds(case: CaseView) -> tuple[Refund, ...]:
    """Return the refunds in the currency of the case, oldest first: those that can be compared."""
    own = currency_of(case)
    found = [one for one in _all(case) if unit(one.currency, own) == own]
    return tuple(sorted(found, key=lambda one: one.at))


def returned(case: CaseView) -> dict[str, Decimal]:
    """Return what came back by currency, that of the case first and always there.

    A refund that names no currency is in that of the case. The others cannot be compared with
    what was paid.
    """
    own = currency_of(case)
    found = {own: ZERO}
    for one in _all(case):
        code = unit(one.currency, own)
        found[code] = found.get(code, ZERO) + one.amount
    return found


def unit(currency: str | None, unnamed: str = "CNY") -> str:
    """Return a currency under its one name, `unnamed` where there is none."""
    code = (currency or "").strip().upper() or unnamed
    return "CNY" if code in _YUAN else code


def _all(case: CaseView) -> list[Refund]:
    return [entry.what for entry in case.entries if isinstance(entry.what, Refund)]
