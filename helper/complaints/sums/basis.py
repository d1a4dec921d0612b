"""What the case says of money: bills, refunds, the user's own figures; a sum with its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from helper.complaints import packaged
from helper.complaints.exhibits import payment_facts, payment_key
from helper.complaints.figures import Figures
from helper.complaints.wording import clean
from helper.dealings import Refund
from helper.model import CaseView
from scrapers import money
from scrapers.text import fold

CENT = Decimal("0.01")
NOTHING = Decimal(0)
_NOT_CHARGED = frozenset({"pending", "closed", "failed"})
_EXHIBIT = re.compile(r"(?:证据|exhibit)?\s*(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True)
class Sum:
    """A reckoned sum: codes of its source and of what is wrong, with the values they name."""

    amount: Decimal | None
    formula: str = ""
    source: str = ""
    exhibits: tuple[int, ...] = ()
    ready: bool = True
    """Whether what its condition asks for is in the case."""
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """Tell whether it may be claimed as it stands."""
        return self.ready and self.amount is not None and self.amount > 0


def lacking(problem: str, **values: str) -> Sum:
    """Return a sum that is not known."""
    return Sum(None, ready=False, problem=problem, values=values)


@dataclass(frozen=True)
class Basis:
    """A case as the reckoning sees it."""

    case: CaseView
    issue: str
    seen: Figures
    answers: Mapping[str, Any]
    now: datetime

    @property
    def currency(self) -> str:
        """The order's currency; where none is named a refund in yuan is one of this order."""
        return "CNY" if self.yuan else self.seen.order.currency or ""

    @property
    def yuan(self) -> bool:
        """Tell whether the order is in yuan, or names no currency that says otherwise."""
        return self.seen.order.currency in {None, "CNY", "RMB"}

    def bills(self) -> list[Mapping[str, Any]]:
        """Return the payments by the bills, each in its latest state; bills are in yuan."""
        if not self.yuan:
            return []
        return list({payment_key(one): one for one in payment_facts(self.case)}.values())

    def kept(self) -> list[Decimal]:
        """Return what stayed out by the bills."""
        return [Decimal(one["amount"]) for one in self.bills() if one["stayed_out"]]

    def returned(self) -> Decimal:
        """Return what came back in full by the bills."""
        gone = [one for one in self.bills() if not one["stayed_out"]]
        return added(Decimal(x["amount"]) for x in gone if x.get("status") not in _NOT_CHARGED)

    def partly_returned(self) -> bool:
        """Tell whether a bill says that a part came back, without saying how much."""
        return any(one.get("status") == "partially_refunded" for one in self.bills())

    def arrived(self) -> Decimal:
        """Return the refunds that the user recorded in the order's currency."""
        found = self._refunds()
        return added(
            x.amount for x in found if x.currency in {None, self.currency} and x.amount > 0
        )

    def other_refunds(self) -> bool:
        """Tell whether a refund was recorded in another currency, which cannot be subtracted."""
        return any(one.currency not in {None, self.currency} for one in self._refunds())

    def _refunds(self) -> list[Refund]:
        return [one.what for one in self.case.entries if isinstance(one.what, Refund)]

    def shown_back(self) -> Decimal:
        """Return the refund that the page shows; where it is disputed it counts as not made."""
        shown = self.seen.order.refunded or NOTHING
        return NOTHING if self.issue == "refund_missing" else max(shown, NOTHING)

    def said(self, key: str) -> str:
        """Return an answer in words, in one line; empty where there is none."""
        value = self.answers.get(key)
        return "" if value is None or isinstance(value, bool) else clean(str(value))

    @property
    def erred(self) -> bool:
        """Tell whether the user named a mistake of their own that this issue asks about."""
        rows = packaged.data("questions")
        asked = packaged.data("issues")[self.issue]["questions"]
        tests = [(key, rows[key]["lowers"]) for key in asked if "lowers" in rows[key]]
        return any(self.answers.get(key) is value for key, value in tests)

    @property
    def kind(self) -> Mapping[str, Any]:
        """The sub-type that the user picked, empty where none was."""
        kinds: dict[str, dict[str, Any]] = packaged.data("issues")[self.issue]["kinds"]
        return kinds.get(self.said("kind"), {})

    def exhibit(self, key: str) -> tuple[int, ...]:
        """Return the exhibit that an answer names by its number, if there is one."""
        match = _EXHIBIT.fullmatch(fold(self.said(key)))
        numbers = {one.number for one in self.seen.exhibits}
        return (int(match[1]),) if match and int(match[1]) in numbers else ()


def cents(value: Decimal) -> Decimal:
    """Round half up to 0.01."""
    return value.quantize(CENT, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Return an amount with two decimals at least, more only where the case has them."""
    return format(money.normal(value), "f")


def added(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts."""
    return sum(values, NOTHING)
