"""What happened in a case up to a moment: requests, filings with their answers, money back. Pure.

What lies after `now` has not happened: it meets no deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from helper.complaints.returned import refunds
from helper.dealings import Answer, Answers, Contact
from helper.model import CaseView
from scrapers.record import OrderRecord

Done = datetime | bool
"""When something was done; True where the time is not known, False where it was not."""
Met = Literal["answered", "handled", "closed", "settled", "money", "arrived", "filed", "never"]
OWN_CHANNEL = "merchant_platform"

_QUALITY = frozenset({"dead_code", "not_as_described"})
_REFUND = re.compile(r"退款|退钱|退还|退回|返还|refund|money back", re.IGNORECASE)
_REMEDY = re.compile(
    r"退|补发|重发|更换|换货|换一|赔|refund|money back|re-?issue|replace", re.IGNORECASE
)
_CLOSED = frozenset({"refused", "ended", "resolved"})
_RESULT = frozenset({"refused", "ended", "resolved", "partial", "coupon"})
_Kind = TypeVar("_Kind", Contact, Answer, Answers)


class Pursuit(NamedTuple):
    """A complaint at a channel; `filed` is None where only its answers are known."""

    name: str
    channel: str
    filed: datetime | None
    again: bool
    answers: tuple[Answer, ...]

    def accepted(self) -> datetime | None:
        """Return when the complaint was taken up."""
        return min((one.at for one in self.answers if one.outcome == "accepted"), default=None)

    def result(self) -> datetime | None:
        """Return when the first answer came that decides something."""
        return min((one.at for one in self.answers if one.outcome in _RESULT), default=None)


@dataclass(frozen=True)
class Happened:
    """A case as it stands at `now`."""

    case: CaseView
    issue: str
    now: datetime

    @property
    def order(self) -> OrderRecord:
        """Return the order; an empty one where none was read."""
        return self.case.order or OrderRecord()

    @cached_property
    def contacts(self) -> tuple[tuple[str, Contact], ...]:
        """Return all contacts with their entry ids, by time."""
        return self._told(Contact)

    @cached_property
    def answers(self) -> tuple[tuple[str, Answer], ...]:
        """Return all answers of channels with their entry ids, by time."""
        return self._told(Answer)

    def _told(self, kind: type[_Kind]) -> tuple[tuple[str, _Kind], ...]:
        found = [(x.entry_id, x.what) for x in self.case.entries if isinstance(x.what, kind)]
        return tuple(sorted(found, key=lambda one: getattr(one[1], "at", self.now)))

    @cached_property
    def resale(self) -> bool:
        """Tell whether the buyer said that they resell; consumer law falls away then."""
        said = [one.what for one in self.case.entries if isinstance(one.what, Answers)]
        given = [one.answers["resale"] for one in said if "resale" in one.answers]
        return bool(given) and given[-1] is True

    def requests(self) -> Iterator[datetime]:
        """Return when the buyer asked the shop to make good, in the words the issue needs."""
        words = _REMEDY if self.issue in _QUALITY else _REFUND
        yield from (one.at for one in self.case.filings if one.channel == OWN_CHANNEL)
        yield from (x.at for _, x in self.demands() if words.search(x.said))

    def demands(self) -> Iterator[tuple[str, Contact]]:
        """Return the contacts with the shop's side in which a remedy is asked for."""
        for key, one in self.contacts:
            if one.side in {"merchant", "platform"} and _REMEDY.search(one.said):
                yield key, one

    def pursuits(self, channels: Sequence[str]) -> list[Pursuit]:
        """Return the complaints filed at these channels, and those of which only answers tell.

        An answer without a number belongs to every complaint before it.
        """
        found: dict[str, Pursuit] = {}
        answers = [one for _, one in self.answers if one.channel in channels]
        filings = [one for one in self.case.filings if one.channel in channels]
        rest = list(answers)
        for filing in sorted(filings, key=lambda one: one.at):
            own = [x for x in answers if _belongs(x, filing.channel, filing.number, filing.at)]
            rest = [x for x in rest if x not in own]
            name = f"{filing.channel}:{filing.number or filing.at.isoformat()}"
            again = any(x.outcome in _RESULT and x.at < filing.at for x in answers)
            pursuit = Pursuit(name, filing.channel, filing.at, again, self._past(own))
            found.setdefault(name, pursuit)
        for one in self._past(rest):
            name = f"{one.channel}:{one.number or 'answer'}"
            own = [x for x in rest if (x.channel, x.number) == (one.channel, one.number)]
            found.setdefault(name, Pursuit(name, one.channel, None, False, self._past(own)))
        return list(found.values())

    def _past(self, answers: Sequence[Answer]) -> tuple[Answer, ...]:
        return tuple(one for one in answers if one.at <= self.now)

    def met(self, kind: Met, since: datetime | None, pursuit: Pursuit | None = None,
            channels: Sequence[str] = ()) -> Done:  # fmt: skip
        """Tell whether, and when, what a deadline waits for was done.

        Without a `pursuit` the shop answers for itself; any channel may tell that it is solved.
        """
        if over := self.closed or self.paid_back:
            return over
        if kind == "arrived":
            return self.arrived
        if kind == "filed":
            filed = [x.at for x in self.case.filings if x.channel in channels and x.at <= self.now]
            return min(filed, default=False)
        if kind in {"never", "money"}:
            return False
        after = [one for _, one in self.answers if since is None or one.at >= since]
        theirs = [one for one in after if kind == "settled" or one.channel == OWN_CHANNEL]
        answers = pursuit.answers if pursuit else self._past(theirs)
        return min((x.at for x in answers if _meets(x, kind)), default=False)

    @property
    def closed(self) -> Done:
        """Return when the buyer closed the case."""
        at = self.case.closed_at
        return at if at and at <= self.now else False

    @cached_property
    def paid_back(self) -> Done:
        """Tell whether all the money of the order came back, by entries or by the order's state."""
        amount, total = self.order.amount, Decimal(0)
        for back in refunds(self.case):
            total += back.amount if back.at <= self.now else 0
            if amount and total >= amount:
                return back.at
        return self.order.status == "refunded" and self.issue != "refund_missing"

    @cached_property
    def arrived(self) -> Done:
        """Tell whether the goods came, as the order page says; not where that is the complaint."""
        order = self.order
        if self.issue == "not_delivered" or order.status not in {"delivered", "completed"}:
            return False
        at = order.delivered_at
        return at if at and at <= self.now else True


def _belongs(answer: Answer, channel: str, number: str | None, filed: datetime) -> bool:
    if answer.channel != channel:
        return False
    if answer.number is None or number is None:
        return answer.at >= filed
    return answer.number == number


def _meets(answer: Answer, kind: Met) -> bool:
    if kind == "closed":
        return answer.outcome in _CLOSED
    if kind == "settled":
        return answer.outcome == "resolved"
    if kind == "handled":
        return answer.outcome in _RESULT
    return answer.outcome != "silent"
