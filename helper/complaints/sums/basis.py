"""What the case says of money: bills, refunds, the user's own figures; a sum with its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from helper.complaints import packaged
from helper.complaints.exhibits import kind_of, payment_facts, payment_key
from helper.complaints.figures import Figures
from helper.complaints.returned import currency_of, refunds, returned
from helper.complaints.wording import clean
from helper.model import CaptureView, CaseView, Exhibit
from scrapers import money
from scrapers.moments import SHANGHAI
from scrapers.text import compact, fold

CENT = Decimal("0.01")
NOTHING = Decimal(0)
_NOT_CHARGED = frozenset({"pending", "closed", "failed"})
_EXHIBIT = re.compile(r"(?:证据|exhibit)?\s*(\d{1,4})", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{8,64}")
_RULES = frozenset({"terms", "product"})
"""Kinds of pages and of own files that may hold what was agreed."""


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
    proof: Exhibit | None = None
    """The exhibit that the user named for it."""

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
        return currency_of(self.case)

    @property
    def yuan(self) -> bool:
        """Tell whether the order is in yuan, or names no currency that says otherwise."""
        return self.currency == "CNY"

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
        return added(one.amount for one in refunds(self.case) if one.amount > 0)

    def other_refunds(self) -> bool:
        """Tell whether a refund was recorded in another currency, which cannot be subtracted."""
        return len(returned(self.case)) > 1

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

    def exhibit(self, key: str) -> Exhibit | None:
        """Return the exhibit that an answer names, None where none or several have that name.

        Its number moves when a page is kept later; capture id, SHA-256 (8 digits at least) and file
        name do not. Of a capture it is the first exhibit.
        """
        told = fold(self.said(key))
        if match := _EXHIBIT.fullmatch(told):
            return next((e for e in self.seen.exhibits if e.number == int(match[1])), None)
        of_capture = [e for e in self.seen.exhibits if e.capture_id == told.lower()]
        named = [e for e in self.seen.exhibits if told and self._named(e, told)]
        return of_capture[0] if of_capture else named[0] if len(named) == 1 else None

    def _named(self, exhibit: Exhibit, told: str) -> bool:
        if _HASH.fullmatch(told.lower()) and exhibit.sha256.startswith(told.lower()):
            return True
        brought = exhibit.role == "attachment" and self._view(exhibit).meta.title
        return told.casefold() in {fold(name).casefold() for name in (exhibit.name, brought or "")}

    def _view(self, exhibit: Exhibit) -> CaptureView:
        return next(one for one in self.case.captures if one.capture_id == exhibit.capture_id)

    def shows_clause(self, exhibit: Exhibit, clause: str) -> bool:
        """Tell whether an exhibit is one of rules or goods, or an order that quotes the clause."""
        if exhibit.role == "attachment":
            return kind_of(self.case, exhibit) in _RULES
        view = self._view(exhibit)
        shown, order = view.shown, view.order
        if shown is not None and (shown.terms or shown.page_kind in _RULES):
            return True
        if order is None:
            return False
        told = [order.delivery.promised_text, order.delivery.message]
        told += [source.text for source in order.sources.values() if source.artifact != "user"]
        return any(compact(clause) in compact(text) for text in told if text)

    def shows_loss(self, exhibit: Exhibit) -> bool:
        """Tell whether an exhibit is not just a page of this order, which tells of no loss."""
        if exhibit.role == "attachment":
            return True
        view = self._view(exhibit)
        same = view.order is not None and view.order.order_no == self.seen.order.order_no
        return not same and exhibit.number not in {*self.seen.main, *self.seen.again}

    def paid_on(self) -> date | None:
        """Return the Chinese day of the first payment known, None where none is."""
        told = [one["paid_at"] for one in self.bills() if one.get("paid_at")]
        times = [datetime.fromisoformat(one) for one in told]
        if self.seen.order.payment.paid_at is not None:
            times.append(self.seen.order.payment.paid_at)
        return min(times).astimezone(SHANGHAI).date() if times else None


def cents(value: Decimal) -> Decimal:
    """Round half up to 0.01."""
    return value.quantize(CENT, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Return an amount with two decimals at least, more only where the case has them."""
    return format(money.normal(value), "f")


def added(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts."""
    return sum(values, NOTHING)
