"""All that the sentences of one document are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from helper.complaints import packaged
from helper.complaints.documents import Document, Line
from helper.complaints.drafts import around
from helper.complaints.drafts.demanding import records_of, supply
from helper.complaints.drafts.legal import Cited, is_consumer
from helper.complaints.figures import Figures
from helper.complaints.ladder.tried import refunded, tries
from helper.complaints.sums.amounts import MONEY_ITSELF, Claim
from helper.complaints.wording import SHANGHAI, clean, moment, money, quoted, shorten
from helper.dealings import Answer, Contact
from helper.model import CaseView

_BLOCKING = frozenset(
    {"12315", "cca", "court", "internet_court", "arbitration", "police", "industry_association"}
)
"""Who has the dispute, or may have it, once it was told there."""


@dataclass(frozen=True)
class Named:
    """Who is complained of, as a document names them, and what shows it."""

    text: str
    exhibits: tuple[int, ...]
    stated: bool
    addressee: str
    """Whom a letter is sent to, by the best name there is."""
    address: str = ""

    @property
    def name(self) -> str:
        """Return the name where one is known."""
        return self.addressee if self.exhibits or not self.stated else ""


@dataclass(frozen=True)
class Writing:
    """All that the sentences of one document are made from."""

    case: CaseView
    issue: str
    demand: str
    seen: Figures
    of: Document
    facts: str
    answers: Mapping[str, Any]
    stated: bool
    party: Named
    now: datetime
    subject: str
    """What it is about, the order number first."""
    matter: str
    """The same, the order number last."""
    term: datetime
    days: str
    sums: tuple[Claim, ...] = ()
    """All sums that the issue can have."""
    cited: tuple[Cited, ...] = ()
    drop: frozenset[str] = frozenset()
    """What the core of a short form does without."""

    @cached_property
    def values(self) -> dict[str, str]:
        """Return what lines may name; empty where it is not known."""
        order, seen = self.seen.order, self.seen
        number = shorten(clean(order.order_no), 64)
        words = seen.words["ways"]
        consumer = is_consumer(seen, self.answers.get("resale"))
        tried = self.tried
        elsewhere = any(one.channel in _BLOCKING for one in tries(self.case, self.now))
        return {
            "order": f"订单 {number} " if number else "该订单",
            "subject": self.subject,
            "matter": self.matter,
            "platform": clean(order.platform.name) or clean(order.platform.host) or "该网站",
            "addressee": self.party.addressee,
            "respondent": self.party.text,
            "host": clean(self.case.host),
            "root": next(iter(_roots(self.case, seen)), "") or clean(self.case.host),
            "amount": seen.amount or "",
            "account": shorten(clean(order.recharge_account), 64),
            "trade_no": "" if seen.unproven("payment.trade_no") else clean(order.payment.trade_no),
            "seller_contact": quoted(order.seller.contact, 60),
            "short": supply(self.issue, seen)[1],
            "issue": packaged.words()["titles"][self.issue],
            "codes": "yes" if seen.secrets else "",
            "records": records_of(self.issue, seen),
            "term": moment(self.term),
            "days": self.days,
            "today": f"{self.now.astimezone(SHANGHAI):%Y-%m-%d}",
            "ways": words["consumer" if consumer else "other"],
            "ends_contract": "yes" if self.ends_contract else "",
            "filed": "yes" if tried else "",
            "own_use": "yes" if self.answers.get("resale") is False else "",
            "no_other": "" if elsewhere else "yes",
            **{name: _said(self.answers.get(name)) for name in
               ("illegal_content", "spam", "fraud_signs", "arbitration_words")},
        }  # fmt: skip

    @property
    def rest(self) -> str | None:
        """Return what is still owed of the money paid; None where nothing came back, as told."""
        back, paid = refunded(self.case, self.now), self.seen.order.amount
        if not back or paid is None or self.seen.amount is None:
            return None
        return money(max(paid - back, Decimal(0)), self.seen.order.currency)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Return the sums that the case supports beside the money paid."""
        return tuple(one for one in self.sums if one.allowed and one.key not in MONEY_ITSELF)

    @property
    def tried(self) -> bool:
        """Tell whether the shop was complained to, or spoken with, before."""
        dealt = (isinstance(entry.what, Contact | Answer) for entry in self.case.entries)
        return bool(self.case.filings) or any(dealt)

    @property
    def ends_contract(self) -> bool:
        """Tell whether the letter may end the contract: a main duty is late, money is claimed."""
        ends = self.issue in self.of.rescission
        return ends and self.demand in {"reissue_or_refund", "refund"}

    @property
    def before(self) -> tuple[int, ...]:
        """Return the exhibits that show an earlier complaint or what was answered."""
        told = [one.capture_id for one in self.case.filings]
        dealt = (entry.what for entry in self.case.entries)
        told += [one.capture_id for one in dealt if isinstance(one, Contact | Answer)]
        found = (around.number_of(self.seen, one) for one in told if one)
        return tuple(dict.fromkeys(number for number in found if number is not None))

    def numbers(self, line: Line) -> tuple[int, ...]:
        """Return the exhibits that a line cites."""
        seen = self.seen
        return {
            "main": seen.main[:1],
            "amount": seen.cite(["amount"] if seen.amount else []),
            "payment": seen.cite(["payment.trade_no"]),
            "party": self.party.exhibits,
            "before": self.before,
            "none": (),
        }[line.cite]


def _urls(case: CaseView, seen: Figures) -> list[str]:
    kept = (view for view in case.captures if around.number_of(seen, view.capture_id) is not None)
    return [clean(url) for url in dict.fromkeys(view.meta.url for view in kept) if url][:5]


def _roots(case: CaseView, seen: Figures) -> list[str]:
    """Return the home pages of what was kept: a private address is nobody else's business."""
    parts = (urlsplit(url) for url in _urls(case, seen))
    return [f"{one.scheme}://{one.netloc}/" for one in parts if one.netloc]


def _said(value: Any) -> str:
    """Return an answer in words as one line; a bare yes is none."""
    parts = value if isinstance(value, list | tuple) else [value]
    return "、".join(clean(one).rstrip("。") for one in parts if isinstance(one, str) and one)
