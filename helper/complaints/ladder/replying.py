"""What a reply takes from the case: its facts, the conditions of its sentences, the demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute.deciding import bulk
from helper.complaints.due.deadlines import promised_by
from helper.complaints.ladder.admission import overdue
from helper.complaints.ladder.tried import SHOP, answers_of, contacts, refunded, tries
from helper.complaints.wording import clean, moment, money, quoted, shorten
from helper.messages import Language, text
from helper.model import CaseView
from scrapers.record import OrderRecord

_FIFTEEN = timedelta(days=15)
"""侵害消费者权益行为处罚办法 8."""
_SUPPLIED = frozenset({"not_delivered", "dead_code", "not_as_described"})


@dataclass(frozen=True)
class Look:
    """The case as a reply sees it.

    `until` is the last moment demanded, `due` when the goods were promised, `asked` when the shop
    was first complained to, `kept` when the order's page was kept, `broken` the last promise that
    the other side let pass: when it was made, its words.
    """

    case: CaseView
    issue: str
    answers: Mapping[str, Any]
    now: datetime
    until: datetime
    consumer: bool
    due: datetime | None
    asked: datetime | None
    kept: datetime | None
    broken: tuple[datetime, str] | None

    def meets(self, conditions: Iterable[str]) -> bool:
        """Tell whether all conditions hold; `!` before a name asks that it does not."""
        held = self._held()
        return all(held[name.removeprefix("!")] != name.startswith("!") for name in conditions)

    def values(self, language: Language) -> dict[str, str]:
        """Return all that a sentence may name; it stands in the case, or is the term set."""
        order, broken = self.case.order, self.broken
        return {
            "until": moment(self.until),
            "today": moment(self.now)[:10],
            "said_at": moment(broken[0]) if broken else "",
            "said": quoted(broken[1]) if broken else "",
            "asked_at": moment(self.asked) if self.asked else "",
            "kept_at": moment(self.kept) if self.kept else "",
            "by": moment(self.due) if self.due else "",
            "account": clean(order.recharge_account) if order else "",
            "complaint": text(f"replies.complaint.{self.issue}", language),
            "records": text(f"replies.records.{self.issue}", language),
        }

    def _held(self) -> dict[str, bool]:
        order, now = self.case.order, self.now
        checked = [self.answers.get(key) for key in ("account_checked", "used_as_told")]
        return {
            "promise_broken": self.broken is not None,
            "overdue": self.due is not None and self.due < now,
            "overdue_15": self.due is not None and now - self.due > _FIFTEEN,
            "asked_15": self.asked is not None and now - self.asked > _FIFTEEN,
            "kept": self.kept is not None,
            "account": bool(order and clean(order.recharge_account)),
            "checked": True in checked,
            "own_mistake": self.answers.get("own_mistake") is True,
            "in_time": not overdue(self.case, now),
            "resale": not self.consumer,
        }


def look_at(case: CaseView, issue: str, answers: Mapping[str, Any], now: datetime) -> Look:
    """Gather what a reply needs; `answers` win over those kept in the case."""
    given = {**answers_of(case, issue), **answers}
    order = case.order
    asked = [one.at for one in tries(case, now) if one.channel == SHOP]
    pages = [one for one in case.captures if one.seals and one.order is not None]
    return Look(
        case=case,
        issue=issue,
        answers=given,
        now=now,
        until=now + timedelta(hours=packaged.data("replies")["hours"]),
        consumer=_consumes(order, given.get("resale")),
        due=promised_by(order) if order else None,
        asked=min(asked, default=None),
        kept=max((one.meta.clicked_at for one in pages), default=None),
        broken=_broken(case, now),
    )


def facts(look: Look, language: Language) -> str:
    """Return order number, time of payment, goods and amount, as far as they are known."""
    order = look.case.order
    if order is None:
        return ""
    paid_at = order.payment.paid_at
    known = {
        "order_no": shorten(clean(order.order_no), 64),
        "paid_at": moment(paid_at) if paid_at else "",
        "goods": "、".join(quoted(item.title) for item in order.items if clean(item.title)),
        "amount": money(order.amount, order.currency, language) if order.amount else "",
    }
    parts = [text(f"replies.fact.{key}", language, value=v) for key, v in known.items() if v]
    joined = text("replies.join", language).join(parts)
    return text("replies.facts", language, facts=joined) if parts else ""


def demand(look: Look, move: str, language: Language) -> str:
    """Return the one demand, with its last moment."""
    values = look.values(language)
    if move == "user_error" and look.meets(["own_mistake"]):
        return text("replies.demand.negotiate", language, **values)
    if look.issue == "other":
        return text("replies.demand.answer", language, **values)
    if look.issue in _SUPPLIED:
        values["supply"] = text(f"replies.supply.{look.issue}", language)
    key = "supply" if look.issue in _SUPPLIED else "refund"
    return text(f"replies.demand.{key}", language, sum=_sum(look, language), **values)


def _sum(look: Look, language: Language) -> str:
    """Name the money demanded: a figure only where it follows from the case."""
    order, back = look.case.order, refunded(look.case, look.now)
    if order is None or look.issue == "duplicate_charge":
        return text(f"replies.sum.{'twice' if order else 'unknown'}", language)
    if order.amount and 0 < back < order.amount:
        rest = money(order.amount - back, order.currency, language)
        return text("replies.sum.left", language, rest=rest)
    if look.issue == "refund_missing" and order.refunded:
        shown = money(order.refunded, order.currency, language)
        return text("replies.sum.refund", language, refunded=shown)
    return text(
        f"replies.sum.{_part(look.issue, order)}", language, amount=_amount(order, language)
    )


def _part(issue: str, order: OrderRecord) -> str:
    """Return for what the money is asked: all of the order, or a part whose sum no page shows."""
    if order.status == "partially_refunded" or order.refunded:
        return "rest"
    if issue == "not_delivered" and order.status == "partially_delivered":
        return "undelivered"
    if issue == "dead_code" and len(order.delivery.secrets) > 1:
        return "codes"
    return "full" if order.amount else "unknown"


def _amount(order: OrderRecord, language: Language) -> str:
    return money(order.amount, order.currency, language) if order.amount else ""


def _consumes(order: OrderRecord | None, resale: Any) -> bool:
    return resale is False or (resale is not True and bulk(order) is None)


def _broken(case: CaseView, now: datetime) -> tuple[datetime, str] | None:
    promises = [one for one in contacts(case, now) if one.promised and one.promised_by]
    for last in promises[-1:]:
        if last.promised and last.promised_by and last.promised_by <= now:
            return last.at, last.promised
    return None
