"""The ladder of a case: every channel with its state, one recommended step, what follows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from helper.complaints import packaged
from helper.complaints.dispute.issues import issue as known_issue
from helper.complaints.ladder import replies
from helper.complaints.ladder.channels import Channel, channels, document_name
from helper.complaints.ladder.failing import Diagnosis, diagnose
from helper.complaints.ladder.patience import Whose, of_answer
from helper.complaints.ladder.standing import Move, Standing, ahead, move, standing
from helper.complaints.ladder.tried import SHOP, contacts, in_future
from helper.complaints.ladder.writable import stopped, writable
from helper.complaints.wording import moment, money
from helper.errors import RefusedError
from helper.messages import Language, explain, text
from helper.model import CaseView, Moment
from scrapers.record import Frozen

State = Literal["done", "now", "possible", "later", "blocked", "not_for_this"]
_UNSUITED = frozenset({
    "paid_otherwise", "paid_from_balance", "paid_to_person", "not_mini_program", "no_spam",
    "no_illegal_content", "no_fraud_signs", "words_needed", "court_unconfirmed", "no_clause",
})  # fmt: skip
"""Refusals that say that a channel is not made for this case; all others say that it is shut."""
_UNCONFIRMED = frozenset({
    "paid", "processing", "partially_delivered", "delivered", "refunding", "partially_refunded",
})  # fmt: skip
"""Order states where a shop may ask for a confirmation while the money is not back."""


class Step(Frozen):
    """One channel. `documents` are those that it takes now; `why` and `remarks` are sentences.

    `document_names` says what each is called; `lives` where its form is, as `channels` has it.
    """

    channel: str
    name: str
    kind: str
    state: State
    why: str
    documents: tuple[str, ...] = ()
    document_names: dict[str, str] = {}
    remarks: tuple[str, ...] = ()
    lives: tuple[str, ...] = ()
    where: str
    can: str
    cannot: str
    public: bool


class Next(Frozen):
    """The recommended step."""

    channel: str
    name: str
    document: str
    document_name: str


class Waiting(Frozen):
    """An answer that is waited for; `until` None where no day can be named.

    `whose`: guide is our own value, documented the channel's, law that of a law, promised theirs.
    """

    channel: str
    name: str
    since: Moment
    until: Moment | None
    whose: Whose


class Branch(Frozen):
    """What to do when the other side does this."""

    outcome: str
    name: str
    text: str


class Ladder(Frozen):
    """All channels in the order of the research and one next step, `next` or `waiting`, or none.

    `state` check: something is to be looked at or mended first; `why` says what was tried, then
    the `reason` for the step.

    `replies` are keys of counter-moves that fit what the other side said last.
    """

    state: Literal["act", "wait", "over", "check", "ended"]
    next: Next | None
    waiting: Waiting | None
    why: str
    reason: str
    branches: tuple[Branch, ...]
    diagnosis: tuple[Diagnosis, ...]
    replies: tuple[str, ...]
    hints: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Told:
    """The case with the step chosen and the language it is told in."""

    look: Standing
    move: Move
    language: Language

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the ladder."""
        return text(f"ladder.{key}", self.language, **values)


def ladder(case: CaseView, issue: str, *, now: datetime, language: Language = "zh_CN") -> Ladder:
    """Say where a case can go. Only advice: no way has to be used up before another.

    Raises InvalidError for an unknown issue.
    """
    known_issue(issue)
    look = standing(case, issue, now)
    told = _Told(look, move(look), language)
    reason = _reason(told)
    why = f"{_tried(told)}{reason}".strip()
    going = told.move.state in {"act", "wait"}
    return Ladder(
        state=told.move.state,
        next=_next(told),
        waiting=_waiting(told),
        why=why,
        reason=reason.strip(),
        branches=tuple(_branches(told)) if going else (),
        diagnosis=diagnose(look, language) if told.move.state == "act" else (),
        replies=_replies(look) if going else (),
        hints=tuple(_hints(told)),
        steps=tuple(_step(told, one, why) for one in channels(language)),
    )


def _name(told: _Told, key: str) -> str:
    return text(f"channels.name.{key}", told.language)


def _next(told: _Told) -> Next | None:
    key, document = told.move.channel, told.move.document
    if told.move.state != "act" or key is None or document is None:
        return None
    named = document_name(key, document, told.language)
    return Next(channel=key, name=_name(told, key), document=document, document_name=named)


def _waiting(told: _Told) -> Waiting | None:
    one = told.move
    if one.state != "wait" or one.channel is None or one.since is None or one.whose is None:
        return None
    name = _name(told, one.channel)
    return Waiting(
        channel=one.channel, name=name, since=one.since, until=one.until, whose=one.whose
    )


def _tried(told: _Told) -> str:
    """Say what was tried with what answer."""
    return "".join(
        told.say(
            "tried.one", name=_name(told, t.channel), at=moment(t.at), outcome=_outcome(told, i)
        )
        for i, t in enumerate(told.look.tries)
    )


def _reason(told: _Told) -> str:
    """Say why the next step is the next."""
    one = told.move
    if one.state == "check" and one.document:
        return _refused(told)
    values = {
        "name": _name(told, one.channel) if one.channel else "",
        "since": moment(one.since) if one.since else "",
        "until": moment(one.until) if one.until else "",
        "promised": moment(one.promised) if one.promised else "",
        "amount": _money(told, told.look.back),
    }
    return f"{_passed(told)}{told.say(f'{one.state}.{one.code}', **values)}"


def _refused(told: _Told) -> str:
    """Say what must be mended before the document can be written."""
    one, said = told.move, ""
    if one.stage == "police":  # that a report comes first holds all the same
        said = told.say(f"act.{one.code}")
    error = told.look.refusal(one.channel or "", one.document or "", told.language)
    return said + (told.say("state.shut", **explain(error, told.language)) if error else "")


def _passed(told: _Told) -> str:
    """Say that the time of 12315 has passed, where that is why a court comes next."""
    before = told.look.at("12315")
    if told.move.stage != "final" or told.move.state != "act" or not before:
        return ""
    wait = of_answer(before[-1])
    if before[-1].outcome in {"refused", "ended", "resolved"} or wait.ends is None:
        return ""
    over = told.look.over(wait)
    return told.say(f"passed.{wait.code}", until=moment(wait.ends)) if over else ""


def _outcome(told: _Told, index: int) -> str:
    return told.say(f"outcome.{told.look.tries[index].outcome or 'none'}")


def _money(told: _Told, value: Decimal) -> str:
    order = told.look.case.order
    return money(value, order.currency, told.language) if order else ""


def _branches(told: _Told) -> Iterator[Branch]:
    again = told.move.stage == "shop" and told.move.state == "act" and told.look.at(SHOP)
    stage = "shop_again" if again else told.move.stage
    for outcome in packaged.data("ladder")["branches"].get(stage, ()):
        yield Branch(
            outcome=outcome,
            name=told.say(f"branch.name.{outcome}"),
            text=told.say(f"branch.{stage}.{outcome}"),
        )


def _replies(look: Standing) -> tuple[str, ...]:
    """Return the counter-moves in what was answered and said last, at most once each."""
    if stopped(look.issue, look.answers, look.case.order):
        return ()
    answers = [one.answer for one in look.tries if one.answer is not None]
    newest = max(answers, key=lambda one: one.at, default=None)
    talks = contacts(look.case, look.now)
    words = [newest.said if newest else "", *(c.said + (c.promised or "") for c in talks[-1:])]
    found = [key for word in words for key in replies.spot(word)]
    if newest is not None and newest.outcome in {"coupon", "silent"}:
        found.append({"coupon": "coupon", "silent": "delay"}[newest.outcome])
    return tuple(dict.fromkeys(found))


def _hints(told: _Told) -> Iterator[str]:
    """Yield what holds besides the step: keep the money in sight, skip if you like."""
    look, order = told.look, told.look.case.order
    if in_future(look.case, look.now):
        yield told.say("hint.future")
    if told.move.state in {"act", "wait"} and order and order.status in _UNCONFIRMED:
        yield told.say("hint.dont_confirm")
    if order and order.amount and 0 < look.back < order.amount:
        rest = _money(told, order.amount - look.back)
        yield told.say("hint.rest", back=_money(told, look.back), rest=rest)
    if told.move.stage == "shop":
        if not look.at(SHOP):
            yield told.say("hint.chat_or_ticket")
        yield told.say("hint.talks")
    if told.move.state == "act":
        yield from _acting(told)


def _acting(told: _Told) -> Iterator[str]:
    """Yield what to know before the step is taken."""
    stage = told.move.stage
    yield from _unkept(told)
    if stage in {"shop", "payment"}:
        yield told.say("hint.may_skip")
    if stage == "authority":
        yield told.say("hint.one_intake")
    if stage == "final":
        yield told.say("hint.amount")
    if told.look.tries:
        yield told.say("hint.exposure")


def _unkept(told: _Told) -> Iterator[str]:
    """Yield the last promise that was waited for long enough."""
    for one in [one for one in told.look.promises() if told.look.over(one)][-1:]:
        by = moment(one.promised) if one.promised else ""
        yield told.say("hint.promise", at=moment(one.since), by=by)


def _step(told: _Told, one: Channel, why: str) -> Step:
    documents, remarks, refusal = _taken(told, one)
    state, reason = _state(told, one, why, refusal)
    shown = one.model_dump(include={"name", "kind", "lives", "where", "can", "cannot", "public"})
    names = {key: document_name(one.id, key, told.language) for key in documents}
    return Step(
        channel=one.id, state=state, why=reason, documents=documents, document_names=names,
        remarks=remarks, **shown,
    )  # fmt: skip


def _taken(
    told: _Told, one: Channel
) -> tuple[tuple[str, ...], tuple[str, ...], RefusedError | None]:
    """Return the documents taken, the remarks of the first, and why none is taken."""
    taken: list[str] = []
    remarks: tuple[str, ...] = ()
    refusal: RefusedError | None = None
    look = told.look
    for document in one.documents:
        try:
            found = writable(
                look.case, one.id, document, look.issue, look.answers,
                now=look.now, language=told.language,
            )  # fmt: skip
        except RefusedError as error:
            refusal = refusal or error
            continue
        remarks = remarks if taken else found
        taken.append(document)
    return tuple(taken), remarks, None if taken else refusal


def _state(told: _Told, one: Channel, why: str, refusal: RefusedError | None) -> tuple[State, str]:
    if told.move.state == "act" and one.id == told.move.channel:
        return "now", why
    before = told.look.at(one.id)
    if before:
        last = before[-1]
        outcome = told.say(f"outcome.{last.outcome or 'none'}")
        return "done", told.say("state.done", at=moment(last.at), outcome=outcome)
    if refusal is not None:
        said = explain(refusal, told.language)
        shut: State = "not_for_this" if refusal.details["reason"] in _UNSUITED else "blocked"
        return shut, told.say("state.shut", **said)
    if told.move.state == "over" or (told.move.state == "check" and not told.move.document):
        return "later", told.say(f"state.{told.move.state}")
    if one.id in ahead(told.look, told.move):
        return "later", told.say("state.later")
    return "possible", told.say(f"possible.{one.id}")
