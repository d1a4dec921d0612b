"""What else the case holds, told with its proof: other kept pages, contacts, complaints, answers.

What no exhibit shows is the user's own word and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from helper.complaints.dispute.signals import stated
from helper.complaints.exhibits import CHAT
from helper.complaints.figures import Figures
from helper.complaints.ladder.channels import channel
from helper.complaints.wording import clean, exhibits, moment, money, quoted, shorten
from helper.dealings import Answer, Contact, Refund
from helper.model import CaptureView, CaseView, Filing, Sentence
from scrapers.record import Message

_MOST = 3
_LONG = 64
_WORDS = 80
_PROMISE_ISSUES = frozenset({"not_delivered", "other"})
_TOPICS = {
    "not_delivered": ("delivery", "refund"),
    "dead_code": ("warranty", "refund"),
    "failed_no_refund": ("refund", "delivery"),
    "refund_missing": ("refund",),
    "duplicate_charge": ("refund",),
    "not_as_described": ("warranty", "refund"),
    "other": ("refund",),
}
UNFAIR = re.compile(
    r"(?:概|一律|一经\S{1,8})不?退|不予退款|不退不换|不支持退|最终解释权|不承担任何"
)
"""What a shop's terms say against its buyers: never quoted for them, a lead for an authority."""
_PUT_OFF = re.compile(
    r"不退|不能退|无法退|不支持退|不予|拒绝|等待|再等|等通知|维护|调查中|核实中|上游|货源"
)
_DONE = frozenset({"agent_says_delivered", "agent_says_refunded"})

_What = TypeVar("_What")


@dataclass(frozen=True)
class Told:
    """A sentence with the moment it tells of, None where that is not known."""

    at: datetime | None
    sentence: Sentence


def rules(case: CaseView, issue: str, seen: Figures) -> Iterator[Sentence]:
    """Quote what product page and terms lay down, each from its own kept page."""
    for view, number in kept(case, seen):
        shown = view.shown
        if shown is None:
            continue
        goods = shown.product
        if goods is not None:
            promise, says = quoted(goods.delivery.promised_text), quoted(goods.description, _WORDS)
            own = quoted(seen.order.delivery.promised_text)
            if promise and issue in _PROMISE_ISSUES and promise != own:
                yield _shown(seen, "product_promise", number, words=promise)
            if says and issue == "not_as_described":
                yield _shown(seen, "product_says", number, words=says)
        if shown.terms is not None:
            for clause in _clauses(shown.terms.clauses, issue):
                values = {"name": quoted(shown.terms.name, 40), "clause": clause_of(clause.number)}
                words = quoted(clause.text, _WORDS)
                yield _shown(seen, "clause", number, words=words, **values)


def dealings(case: CaseView, seen: Figures) -> list[Told]:
    """Return what was said, complained of and answered, in the order of time."""
    found = [
        *_chats(case, seen),
        *(_contact(one, seen) for one in _of(case, Contact)),
        *(_filing(one, seen) for one in case.filings),
        *(_answer(one, seen) for one in _of(case, Answer)),
        *(_refund(one, seen) for one in _of(case, Refund)),
    ]
    known = [one for one in found if one.at is not None]
    return [*sorted(known, key=_at), *(one for one in found if one.at is None)]


def _at(told: Told) -> datetime:
    assert told.at is not None
    return told.at


def kept(case: CaseView, seen: Figures) -> Iterator[tuple[CaptureView, int]]:
    """Yield the captures that are exhibits, each with its first number."""
    for view in case.captures:
        number = number_of(seen, view.capture_id)
        if number is not None:
            yield view, number


def number_of(seen: Figures, capture_id: str | None) -> int | None:
    """Return the first exhibit of a capture, None where it is none."""
    found = (one.number for one in seen.exhibits if one.capture_id == capture_id)
    return next(found, None)


def _clauses(clauses: Iterable[Any], issue: str) -> list[Any]:
    wanted = _TOPICS.get(issue, ())
    found = [one for one in clauses if any(topic in wanted for topic in one.topics)]
    return [one for one in found if not UNFAIR.search(one.text)][:2]


def clause_of(number: str) -> str:
    """Return how a clause is cited: 第 4.2 条, or as the terms number it."""
    plain = clean(number)
    return f"第 {plain} 条" if re.fullmatch(r"[\d.]+", plain) else plain


def _shown(seen: Figures, form: str, exhibit: int, /, **values: str) -> Sentence:
    cite = f"（{exhibits((exhibit,))}）"
    text = seen.words["around"][form].format(cite=cite, **values)
    return Sentence(text=text, exhibits=(exhibit,), key=form)


def _of(case: CaseView, kind: type[_What]) -> list[_What]:
    return [entry.what for entry in case.entries if isinstance(entry.what, kind)]


def _chats(case: CaseView, seen: Figures) -> Iterator[Told]:
    for view, first in kept(case, seen):
        number = _of_chat(seen, view.capture_id) or first
        chat = view.shown.chat if view.shown else None
        said = [one for one in chat.messages if one.side == "agent"] if chat else []
        pledges = [one for one in said if one.promise]
        replies = [one for one in said if not one.promise and _counts(one.text)]
        for form, chosen in (("pledge", pledges[-_MOST:]), ("reply", replies[-_MOST:])):
            for message in chosen:
                yield Told(message.at, _message(seen, form, message, number))


def _of_chat(seen: Figures, capture_id: str) -> int | None:
    """Return the exhibit that holds the whole chat of a capture, None where it was not kept."""
    found = (e.number for e in seen.exhibits if (e.capture_id, e.role) == (capture_id, CHAT))
    return next(found, None)


def _counts(words: str) -> bool:
    """Tell whether words of the shop put the buyer off, or say that it has sent or paid back."""
    return bool(_PUT_OFF.search(words)) or any(code in _DONE for code, _ in stated(words))


def _message(seen: Figures, form: str, message: Message, number: int) -> Sentence:
    words = message.promise.text if message.promise else message.text
    values = {"words": quoted(words, _WORDS), "agent": _agent(seen, message.agent_no)}
    values["at"] = seen.words["around"]["at"].format(at=moment(message.at)) if message.at else ""
    return _shown(seen, form, number, **values)


def _proof(seen: Figures, capture_id: str | None) -> tuple[str, tuple[int, ...]]:
    """Return the mark behind a statement, and what proves it."""
    number = number_of(seen, capture_id) if capture_id else None
    numbers = (number,) if number is not None else ()
    return f"（{exhibits(numbers)}）" if numbers else str(seen.words["stated"]), numbers


def _own(seen: Figures, form: str, at: datetime, capture_id: str | None, **values: str) -> Told:
    mark, numbers = _proof(seen, capture_id)
    text = seen.words["around"][form].format(at=moment(at), mark=mark, **values)
    return Told(at, Sentence(text=text, exhibits=numbers, key=form, stated=not numbers))


def _agent(seen: Figures, number: str | None) -> str:
    agent = shorten(clean(number), 20)
    return str(seen.words["around"]["agent"].format(agent=agent)) if agent else ""


def _contact(contact: Contact, seen: Figures) -> Told:
    words = seen.words["around"]
    said, promised = quoted(contact.said, 120), quoted(contact.promised, _WORDS)
    values = {
        "way": words["ways"][contact.way],
        "side": words["sides"][contact.side],
        "agent": _agent(seen, contact.agent_no),
        "said": words["said"].format(said=said) if said else "",
        "promised": words["promised"].format(promised=promised) if promised else "",
    }
    return _own(seen, "contact", contact.at, contact.capture_id, **values)


def shop_of(seen: Figures) -> str:
    """Return how a draft names the shop."""
    seller = quoted(seen.order.seller.name, 40)
    site = clean(seen.order.platform.name) or clean(seen.order.platform.host)
    return (f"商家“{seller}”" if seller else site) or str(seen.words["opening"]["unknown_shop"])


def _filing(filing: Filing, seen: Figures) -> Told:
    words = seen.words["around"]
    number = shorten(clean(filing.number), _LONG)
    did = words["did"].get(filing.channel, words["did"]["other"]).format(shop=shop_of(seen))
    told = words["number"].format(number=number) if number else ""
    return _own(seen, "filing", filing.at, filing.capture_id, did=did, number=told)


def _answer(answer: Answer, seen: Figures) -> Told:
    words = seen.words["around"]
    said = quoted(answer.said, 120)
    offered = f"{answer.offered} 元" if answer.offered is not None else ""
    own = answer.channel == "merchant_platform"
    values = {
        "channel": shop_of(seen) if own else channel(answer.channel).name.partition("（")[0],
        "outcome": words["outcomes"][answer.outcome],
        "said": words["replied"].format(said=said) if said else "",
        "offered": words["offered"].format(offered=offered) if offered else "",
    }
    return _own(seen, "answer", answer.at, answer.capture_id, **values)


def _refund(refund: Refund, seen: Figures) -> Told:
    amount = money(refund.amount, refund.currency)
    return _own(seen, "refund", refund.at, refund.capture_id, amount=amount)
