"""Gathers what happened in a case, each with its source; `timeline` puts it in order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from helper.complaints.course import instants
from helper.complaints.course.closing import amount
from helper.complaints.due.deadlines import promised_by
from helper.complaints.exhibits import main_capture, payment_facts, payment_key
from helper.complaints.ladder.channels import channels, document_name
from helper.complaints.wording import SHANGHAI, clean, quoted
from helper.dealings import Answer, Answers, Contact, Entry, Moment, Party, Refund
from helper.filling import nothing_filled
from helper.messages import Language, named, text
from helper.model import CaptureView, CaseView, Draft
from scrapers import promise
from scrapers.record import Frozen, Message, OrderRecord

Source = Literal["page", "bill", "own", "helper"]
_LONGEST = 200
_SAME_PAYMENT = timedelta(minutes=2)
"""Between the times that page and bill give one payment."""


class Event(Frozen):
    """Something that happened. `at` is None where no time is known; `day_only`: its hour is not.

    `source`: shown by a page (`capture_id`), by a bill that the user added, the user's own word
    (`entry_id` takes it back; a capture may prove it), or written down by the helper. `phase` is
    before the payment, during the performance (until the promise ran out or goods came), after it.
    `text` and `doubts` are sentences.
    """

    key: str
    at: Moment | None
    text: str
    source: Source
    day_only: bool = False
    phase: Literal["before", "during", "after"] | None = None
    capture_id: str | None = None
    entry_id: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Events:
    """The events of one case, in no order."""

    case: CaseView
    now: datetime
    language: Language

    def all(self, drafts: Sequence[Draft]) -> Iterator[Event]:
        """Yield everything that is known to have happened."""
        if self.case.order is not None:
            yield from self._order(self.case.order)
        yield from self._bills()
        yield from self._pages()
        yield from self._pledges()
        yield from self._told()
        yield from self._filed()
        yield from self._written(drafts)

    def about(self) -> Iterator[Event]:
        """Yield what the user told that did not happen at a time: parties, answers to questions."""
        for entry in self.case.entries:
            what = entry.what
            if isinstance(what, Party):
                known = (what.name, what.code, what.address, what.phone, what.registry)
                facts = self._say("and_short").join(clean(fact) for fact in known if fact)
                said = self._say("party", role=self._say(f"role.{what.role}"), facts=facts)
            elif isinstance(what, Answers):
                pairs = [f"{key} = {self._value(value)}" for key, value in what.answers.items()]
                issue = named("complaints.issue", what.issue, self.language)
                said = self._say("answers", issue=issue, pairs=self._say("and_short").join(pairs))
            else:
                continue
            yield Event(key=what.kind, at=entry.added_at, text=said, source="own",
                        entry_id=entry.entry_id)  # fmt: skip

    def _order(self, order: OrderRecord) -> Iterator[Event]:
        goods = quoted(order.items[0].title if order.items else None, _LONGEST) or "-"
        number, paid = clean(order.order_no) or "-", order.payment.paid_at
        if order.created_at is not None:
            said = self._say("ordered", number=number, goods=goods)
            yield self._of_order("ordered", "created_at", order.created_at, said)
        if paid is not None:
            said = self._say("paid", sum=self._sum(order.amount))
            yield self._of_order("paid", "payment.paid_at", paid, said)
        by, came = promised_by(order), order.delivered_at
        if by is not None and by <= self.now and (came is None or instants.before(by, came)):
            words = quoted(order.delivery.promised_text or order.delivery.promised, _LONGEST)
            said = self._say("promise_over", words=words)
            yield self._of_order("promise_over", "delivery.promised_text", by, said)
        if came is not None:
            said = self._say("delivered", status=quoted(order.status_text, _LONGEST) or "-")
            yield self._of_order("delivered", "delivered_at", came, said)

    def _bills(self) -> Iterator[Event]:
        """Yield the payments of bills that are not the order's own, or not of its amount."""
        order = self.case.order or OrderRecord()
        for one in {payment_key(one): one for one in payment_facts(self.case)}.values():
            at, number = datetime.fromisoformat(one["paid_at"]), one["trade_no"]
            paid = order.payment.paid_at
            same = number is not None and number == order.payment.trade_no
            same = same or (paid is not None and abs(paid - at) < _SAME_PAYMENT)
            billed = Decimal(one["amount"])
            differs = same and order.amount is not None and order.amount != billed
            if not same or differs:
                sums = {"bill": self._sum(billed), "order": self._sum(order.amount)}
                said = self._say("paid_by_bill", sum=self._sum(billed), number=number or "-")
                doubts = [self._say("doubt.bill_amount", **sums)] if differs else []
                yield self._event("paid", at, said, "bill", doubts=doubts)

    def _pages(self) -> Iterator[Event]:
        """Yield the pages that were kept, with what they showed, and the files of the user."""
        sums: dict[str, Decimal] = {}
        for view in self._views():
            at, title = view.meta.clicked_at, quoted(view.meta.title or view.meta.url, _LONGEST)
            capture = {"capture_id": view.capture_id}
            if not view.meta.url:
                yield self._event("brought", at, self._say("brought", name=title), "own", **capture)
                continue
            status = quoted(view.order.status_text if view.order else None, _LONGEST)
            said = self._say(
                "captured_status" if status else "captured", title=title, status=status
            )
            doubts = list(self._page_doubts(view, sums))
            yield self._event("captured", at, said, "helper", doubts=doubts, **capture)
            source = view.order.sources.get("status_text") if view.order else None
            if source is not None and source.artifact == "seen/context":
                said = self._say("notice", words=quoted(source.text, _LONGEST))
                yield self._event("notice", at, said, "page", **capture)

    def _page_doubts(self, view: CaptureView, sums: dict[str, Decimal]) -> Iterator[str]:
        order, own = view.order, self.case.order_no
        given = [one for one in self.case.corrections if one.field == "order_no"]
        numbers = {own, *(one.read for one in given), *(one.read_then for one in given)}
        if order is None or order.order_no is None:
            return
        if own and order.order_no not in numbers:
            yield self._say("doubt.other_order", page=clean(order.order_no), own=clean(own))
        elif order.amount is not None:
            first = sums.setdefault(order.order_no, order.amount)
            if first != order.amount:
                page, earlier = self._sum(order.amount), self._sum(first)
                yield self._say("doubt.two_amounts", page=page, earlier=earlier)

    def _pledges(self) -> Iterator[Event]:
        """Yield what the shop's side promised in chats that were kept, and where time ran out."""
        seen: set[tuple[object, ...]] = set()
        for view in self._views():
            chat = view.shown.chat if view.shown else None
            for one in chat.messages if chat else ():
                key = (one.at or one.at_text, one.text)
                if one.promise is not None and key not in seen:
                    seen.add(key)
                    yield from self._pledge(view, one, one.promise.text, one.promise.within)

    def _pledge(
        self, view: CaptureView, one: Message, words: str, within: str | None
    ) -> Iterator[Event]:
        who = quoted(one.speaker or one.agent_no, _LONGEST) or "-"
        values = {"who": who, "words": quoted(words, _LONGEST)}
        said = self._say("pledge", **values)
        if one.at is None and one.at_text:
            said += self._say("at_text", at=quoted(one.at_text, _LONGEST))
        yield self._event("pledge", one.at, said, "page", capture_id=view.capture_id)
        until = until_of(within, one.at)
        if until is not None and until <= self.now and not settled(self.case, one.at, until):
            said = self._say("pledge_over", **values)
            yield self._event("promise_over", until, said, "page", capture_id=view.capture_id)

    def _told(self) -> Iterator[Event]:
        """Yield what the user told: contacts, answers of channels, money that came back."""
        for entry in self.case.entries:
            what = entry.what
            if isinstance(what, Contact):
                yield self._own("contact", entry, what, self._contact(what))
            elif isinstance(what, Answer):
                filed = [one.at for one in self.case.filings if one.channel == what.channel]
                early = bool(filed) and instants.before(what.at, min(filed))
                doubts = [self._say("doubt.answer_before_filing")] if early else []
                yield self._own("answered", entry, what, self._answer(what), doubts=doubts)
            elif isinstance(what, Refund):
                said = self._say("refunded", sum=amount(what.amount, what.currency, self.language))
                yield self._own("refunded", entry, what, said)
            if isinstance(what, Contact | Answer) and what.promised_by is not None:
                by = instants.latest(what.promised_by)
                if by <= self.now and not settled(self.case, what.at, by):
                    words = what.said if isinstance(what, Answer) else what.promised
                    said = self._say("told_over", words=quoted(words, _LONGEST) or "-")
                    event = self._own("promise_over", entry, what, said)
                    yield event.model_copy(update={"at": by})

    def _contact(self, what: Contact) -> str:
        number = self._say("agent", number=clean(what.agent_no)) if what.agent_no else ""
        who = self._say("and_short").join(part for part in (clean(what.who), number) if part)
        values = {"way": self._say(f"way.{what.way}"), "side": self._say(f"side.{what.side}")}
        form = "contact_who" if who else "contact"
        return self._joined(self._say(form, who=who, **values), what, promised=what.promised)

    def _answer(self, what: Answer) -> str:
        values = {"channel": self._channel(what.channel)}
        values["outcome"] = self._say(f"outcome.{what.outcome}")
        return self._joined(self._say("answered", **values), what, offered=what.offered)

    def _joined(
        self, first: str, what: Contact | Answer, *, promised: str | None = None,
        offered: Decimal | None = None,
    ) -> str:  # fmt: skip
        said = self._say("said", words=quoted(what.said, _LONGEST)) if what.said else ""
        parts = [first + said]
        if promised:
            parts.append(self._say("promised", words=quoted(promised, _LONGEST)))
        if offered is not None:
            parts.append(self._say("offered", sum=self._sum(offered)))
        if what.promised_by is not None:
            parts.append(self._say("promised_by", by=instants.said(what.promised_by)))
        return self._say("and").join(parts)

    def _filed(self) -> Iterator[Event]:
        """Yield the complaints that were filed; a receipt page proves one."""
        for one in self.case.filings:
            values = {"channel": self._channel(one.channel), "number": clean(one.number)}
            said = self._say("filed" if one.number else "filed_unnumbered", **values)
            own = {} if one.capture_id else {"entry_id": one.filing_id}
            source: Source = "page" if one.capture_id else "own"
            yield self._event("filed", one.at, said, source, capture_id=one.capture_id, **own)

    def _written(self, drafts: Sequence[Draft]) -> Iterator[Event]:
        """Yield drafts, forms that were filled, notes, and the closing of the case."""
        for draft in drafts:
            document = document_name(draft.channel, draft.document, self.language)
            said = self._say("drafted", channel=self._channel(draft.channel), document=document)
            yield self._event("drafted", draft.created_at, said, "helper")
        for note in self.case.notes:
            if note.step == "note":
                said = self._say("note", words=quoted(note.detail, _LONGEST))
                yield self._event("note", note.at, said, "own")
            elif note.step == "closed":
                yield self._closed(note.at, note.detail)
            elif note.step == "reopened" or (note.step == "filled" and not nothing_filled(note)):
                yield self._event(note.step, note.at, self._say(note.step), "helper")
        if self.case.closed_at and all(note.step != "closed" for note in self.case.notes):
            yield self._closed(self.case.closed_at, None)

    def _closed(self, at: datetime, reason: str | None) -> Event:
        why = named("closing.reason", reason or "none", self.language)
        return self._event("closed", at, self._say("closed", reason=why), "own")

    def _value(self, value: object) -> str:
        if isinstance(value, bool):
            return self._say("yes" if value else "no")
        return quoted(str(value), _LONGEST)

    def _views(self) -> list[CaptureView]:
        return sorted(self.case.captures, key=lambda view: view.meta.clicked_at)

    def _sum(self, value: Decimal | None) -> str:
        currency = self.case.order.currency if self.case.order else None
        return "-" if value is None else amount(value, currency, self.language)

    def _channel(self, key: str) -> str:
        return channel_name(key, self.language)

    def _of_order(self, key: str, path: str, at: datetime, said: str) -> Event:
        """Make an event of a field of the order: the page's, a bill's, or the user's own word."""
        main, order = main_capture(self.case), self.case.order
        source = order.sources.get(path) if order else None
        if source is not None and source.artifact == "user":
            given = [one.origin for one in self.case.corrections if one.field == path]
            by_bill = given[-1:] == ["attachment"]
            return self._event(key, at, said, "bill" if by_bill else "own")
        capture_id = main.capture_id if main else None
        return self._event(key, at, said, "page", capture_id=capture_id)

    def _own(
        self, key: str, entry: Entry, what: Contact | Answer | Refund, said: str,
        doubts: Sequence[str] = (),
    ) -> Event:  # fmt: skip
        proof = {"capture_id": what.capture_id, "entry_id": entry.entry_id}
        return self._event(key, what.at, said, "own", doubts=doubts, **proof)

    def _event(
        self, key: str, at: datetime | None, said: str, source: Source, *,
        doubts: Sequence[str] = (), **proof: Any,
    ) -> Event:  # fmt: skip
        return Event(key=key, at=at, text=said, source=source, doubts=tuple(doubts), **proof)

    def _say(self, key: str, **values: str) -> str:
        return text(f"timeline.{key}", self.language, **values)


def settled(case: CaseView, since: datetime | None, until: datetime) -> bool:
    """Tell whether a promise was met in its time: money or goods came, a channel said resolved."""
    came = [case.order.delivered_at] if case.order and case.order.delivered_at else []
    came += [
        one.what.at
        for one in case.entries
        if isinstance(one.what, Refund)
        or (isinstance(one.what, Answer) and one.what.outcome == "resolved")
    ]
    begun = [at for at in came if since is None or not instants.before(at, since)]
    return any(not instants.before(until, at) for at in begun)


def channel_name(key: str, language: Language) -> str:
    """Return what a channel is called, the key of one that is not known."""
    return next((one.name for one in channels(language) if one.id == key), key)


def until_of(within: str | None, said_at: datetime | None) -> datetime | None:
    """Return when a pledge runs out: a span from the message on, a moment, the end of a day."""
    if within is None:
        return None
    span = promise.span(within)
    try:
        if span is not None:
            return said_at + span if said_at is not None else None
        named_at = promise.latest(within)
        if named_at is not None:
            return named_at
        day = date.fromisoformat(within)
    except (ValueError, OverflowError):
        return None
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI)
