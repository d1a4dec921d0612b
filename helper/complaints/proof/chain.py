"""The chain of proof: before, during, after; time, evidence, responsibility; paid, failed, linked.

Each link says which exhibits show it, or that only the user's word stands for it, or that nothing
does. What each exhibit is worth by 真实性, 合法性 and 关联性 is `worth`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from helper import messages
from helper.complaints import exhibits as choosing
from helper.complaints.figures import Figures
from helper.complaints.held import order_pages, parties, site_operators, two_payments
from helper.complaints.law import article
from helper.complaints.proof.worth import ExhibitWorth, worths
from helper.complaints.wording import exhibits as cited
from helper.dealings import Contact
from helper.messages import Language
from helper.model import CaptureView, CaseView, LawRef
from scrapers.record import Frozen

PhaseKey = Literal["before", "during", "after"]
State = Literal["proved", "stated", "missing"]
"""proved: an exhibit shows it; stated: only the user says so."""
_FAILED = frozenset({"failed", "refunding", "cancelled", "expired"})
_REFUND = frozenset({"refunding", "refunded", "partially_refunded"})
_OPEN = frozenset({"pending_payment", "paid", "processing", "partially_delivered"})
_DELIVERED = frozenset({"delivered", "completed"})
_LAW = ("civil_512", "civil_577", "civil_584", "ecommerce_51")
_LIMITS = ("proof_15", "proof_90", "proof_93", "proof_94")


class Link(Frozen):
    """One thing to be proved: its state, the exhibits that show it, a sentence that says so."""

    key: str
    name: str
    state: State
    exhibits: tuple[int, ...] = ()
    text: str


class Phase(Frozen):
    """before, during or after the trade."""

    key: PhaseKey
    name: str
    links: tuple[Link, ...]


class Limit(Frozen):
    """What the exhibits cannot do, with the article that says so."""

    text: str
    law: LawRef | None


class Chain(Frozen):
    """What is proved and what is not. `note` says when causation matters, by the articles `law`."""

    phases: tuple[Phase, ...]
    triangle: tuple[Link, ...]
    elements: tuple[Link, ...]
    exhibits: tuple[ExhibitWorth, ...]
    limits: tuple[Limit, ...]
    note: str
    law: tuple[LawRef, ...]


class _Judge:
    """Finds the exhibits and words for each link of one case."""

    def __init__(self, case: CaseView, issue: str, seen: Figures, language: Language) -> None:
        self.case, self.issue, self.seen, self.language = case, issue, seen, language

    def link(self, key: str, numbers: Iterable[int], *, stated: bool = False) -> Link:
        """Return a link: proved by `numbers`, else stated or missing."""
        found = tuple(sorted(set(numbers)))
        state: State = "proved" if found else "stated" if stated else "missing"
        named = cited(found, self.language)
        said = messages.text(f"proof.chain.{key}.{state}", self.language, exhibits=named)
        name = messages.text(f"proof.chain.{key}", self.language)
        return Link(key=key, name=name, state=state, exhibits=found, text=said)

    def fields(self, key: str, *paths: str) -> Link:
        """Return the link that needs all of these order fields."""
        present = all(self._present(path) for path in paths)
        unproven = any(self.seen.unproven(path) for path in paths)
        numbers = self.seen.cite(paths) if present and not unproven else ()
        return self.link(key, numbers, stated=present)

    def _present(self, path: str) -> bool:
        order = self.seen.order
        values: dict[str, object] = {
            "order_no": order.order_no,
            "items.0.title": self.seen.items,
            "amount": self.seen.amount,
            "payment.paid_at": order.payment.paid_at,
            "payment.trade_no": order.payment.trade_no,
            "status": order.status_text or order.status != "unknown",
        }
        return bool(values[path])

    def of_pages(self, pages: Iterable[CaptureView]) -> tuple[int, ...]:
        """Return the exhibits of these captures."""
        wanted = {page.capture_id for page in pages}
        return tuple(e.number for e in self.seen.exhibits if e.capture_id in wanted)

    def own_files(self, *kinds: str) -> tuple[int, ...]:
        """Return the user's own files of these kinds."""
        return tuple(n for kind in kinds for n in self.seen.attached.get(kind, ()))

    def before(self) -> tuple[Link, ...]:
        """Return what was offered, promised and agreed."""
        shown = [c for c in self.case.captures if c.shown]
        product = self.of_pages(c for c in shown if c.shown and c.shown.product)
        terms = self.of_pages(c for c in shown if c.shown and c.shown.terms)
        promise = "delivery.promised_text"
        told = self.seen.order.delivery
        read = bool(told.promised_text) and not self.seen.by_user(promise)
        return (
            self.link("product", (*product, *self.own_files("product"))),
            self.link(
                "promise",
                self.seen.cite([promise]) if read else (),
                stated=bool(told.promised_text or told.promised),
            ),
            self.link("terms", (*terms, *self.own_files("terms"))),
        )

    def during(self) -> tuple[Link, ...]:
        """Return that it was ordered and paid."""
        ordered = self.fields("ordered", "order_no", "items.0.title")
        return (ordered, self.paid(), self.fields("paid_at", "payment.paid_at"))

    def paid(self) -> Link:
        """Return that the money was paid: the bill shows it, or the page says so."""
        paths = [p for p in ("payment.paid_at", "payment.trade_no") if self._present(p)]
        read = [path for path in paths if not self.seen.by_user(path)]
        page = self.seen.cite(read) if read else ()
        return self.link("paid", (*page, *self.seen.bills), stated=bool(paths))

    def after(self) -> tuple[Link, ...]:
        """Return the state after the payment, the fault itself, and that the shop was asked."""
        chats = self.of_pages(c for c in self.case.captures if c.shown and c.shown.chat)
        receipts = self.of_pages(c for c in self.case.captures if c.meta.receipt_for is not None)
        entries = self.case.entries
        asked = bool(self.case.filings) or any(isinstance(e.what, Contact) for e in entries)
        talk = (*chats, *receipts, *self.own_files("chat", "call"))
        return (self.state_after(), self.fault(), self.link("asked", talk, stated=asked))

    def state_after(self) -> Link:
        """Return the order's state on a page kept after the payment."""
        paid, by_user = self.seen.order.payment.paid_at, self.seen.by_user("status", "status_text")
        late = {c.capture_id for c in order_pages(self.case) if paid and c.meta.clicked_at >= paid}
        shown = [
            e.number
            for e in self.seen.exhibits
            if e.capture_id in late and e.role.startswith("seen/")
        ]
        known = self._present("status")
        return self.link("state_after", shown if known and not by_user else (), stated=known)

    def fault(self) -> Link:
        """Return what went wrong, by a page kept after the payment or the user's own files."""
        own, page = self.seen.proof(self.issue), self.state_after().exhibits
        status, received = self.seen.order.status, self.own_files("received")
        products = self.before()[0].exhibits
        # That no money came back no page of the shop shows: page and bill do, side by side.
        unreturned = (*page, *own) if page and own and self._stayed_out() else ()
        found: dict[str, tuple[int, ...]] = {
            "not_delivered": (*(page if self._nothing_came() else ()), *own),
            "dead_code": own,
            "failed_no_refund": unreturned if status in _FAILED else (),
            "refund_missing": unreturned if status in _REFUND else (),
            "duplicate_charge": own if two_payments(self.case) else (),
            "not_as_described": (*products, *received) if products and received else (),
        }
        return self.link(f"fault.{self.issue}", found.get(self.issue, ()), stated=True)

    def _nothing_came(self) -> bool:
        """Tell whether the page itself shows no delivery; of a top-up only its state tells."""
        order = self.seen.order
        without_code = order.delivery.kind == "card_secret" and not self.seen.secrets
        return order.status in _OPEN | _FAILED or (order.status in _DELIVERED and without_code)

    def _stayed_out(self) -> bool:
        """Tell whether no bill that was read says that the money came back."""
        read = choosing.payment_facts(self.case)
        return not read or bool(choosing.payments(self.case))

    def responsibility(self) -> Link:
        """Return who has to answer: a name that a kept page shows, or that the user gave."""
        named = [one for one in parties(self.case) if one.role != "payee"]
        kept = {one.capture_id for one in named if one.capture_id}
        kept |= {c.capture_id for c, operator in site_operators(self.case) if operator.name}
        pages = [c for c in self.case.captures if c.capture_id in kept]
        return self.link("responsibility", self.of_pages(pages), stated=bool(named))

    def linked(self) -> Link:
        """Return that payment and order belong together: one number, or one page for both."""
        order = self.seen.order
        both = ["order_no", "amount", "payment.paid_at"]
        page = all(self._present(path) and not self.seen.by_user(path) for path in both)
        numbers = {order.order_no, order.payment.trade_no} - {None}
        same = [
            bill
            for bill in choosing.payment_facts(self.case)
            if numbers & {bill.get("trade_no"), bill.get("merchant_no")}
        ]
        found = self.seen.cite(both) if page else ()
        return self.link("linked", (*found, *(self.seen.bills if same else ())), stated=True)


def chain(case: CaseView, issue: str, seen: Figures, *, language: Language = "zh_CN") -> Chain:
    """Return the chain of proof of a case for an issue."""
    judge = _Judge(case, issue, seen, language)
    before, during, after = judge.before(), judge.during(), judge.after()
    paid, fault = judge.paid(), judge.fault()
    links = {link.key: link for link in (*before, *during, *after)}
    phases: dict[PhaseKey, tuple[Link, ...]] = {"before": before, "during": during, "after": after}
    return Chain(
        phases=tuple(
            Phase(key=key, name=messages.text(f"proof.phase.{key}", language), links=found)
            for key, found in phases.items()
        ),
        triangle=(
            _joined(judge, "time", [links["paid_at"], links["state_after"]]),
            _joined(judge, "evidence", [paid, fault]),
            judge.responsibility(),
        ),
        elements=(paid, fault, judge.linked()),
        exhibits=worths(case, seen, language=language),
        limits=tuple(_limit(key, language) for key in _LIMITS),
        note=messages.text("proof.chain.note", language),
        law=tuple(found.ref() for key in _LAW if (found := article(key)) is not None),
    )


def _joined(judge: _Judge, key: str, links: Sequence[Link]) -> Link:
    """Return a corner: proved where all its links are, stated where none is missing."""
    states = {link.state for link in links}
    numbers = [n for link in links for n in link.exhibits] if states == {"proved"} else []
    return judge.link(key, numbers, stated="missing" not in states)


def _limit(key: str, language: Language) -> Limit:
    found = article(key)
    law = found.ref() if found is not None else None
    return Limit(text=messages.text(f"proof.limit.{key}", language), law=law)
