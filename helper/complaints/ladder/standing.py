"""Where a case stands and which one step comes next: the order of the ladder. Pure.

No law asks for this order (消保法39): it only spares time, and the user may skip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from helper.complaints.ladder.admission import admit, signs
from helper.complaints.ladder.patience import Wait, Whose, of_answer, of_promise
from helper.complaints.ladder.tried import SHOP, Try, answers_of, contacts, refunded, tries
from helper.complaints.ladder.writable import writable
from helper.dealings import Answer, Contact
from helper.errors import RefusedError
from helper.messages import Language
from helper.model import CaseView

Stage = Literal["police", "shop", "payment", "authority", "final"]
_PAYMENTS = {"wechat": "wechat_pay", "alipay": "alipay", "bank": "card_bank"}
_STAGE: dict[str, Stage] = {
    SHOP: "shop",
    **dict.fromkeys(("wechat_pay", "wechat_mini", "alipay", "card_bank"), "payment"),
    **dict.fromkeys(("12315", "cca"), "authority"),
    **dict.fromkeys(("court", "internet_court", "arbitration"), "final"),
    "police": "police",
}
_ORDER: tuple[Stage, ...] = ("shop", "payment", "authority", "final")
_SECOND = {
    "accepted": "demand_letter",
    "silent": "demand_letter",
    "partial": "demand_letter",
    "refused": "recomplaint",
    "coupon": "recomplaint",
    "resolved": "recomplaint",
    "ended": "review",
}
"""What follows the outcome of a first complaint to the shop."""
_STILL: dict[Stage, tuple[str, ...]] = {
    "authority": ("silent", "coupon", "partial"),
    "final": ("silent", "coupon"),
}
"""Outcomes at which an authority or a court still has the dispute: its end is waited for."""


@dataclass(frozen=True)
class Move:
    """What to do: `act` with a document at a channel, `wait` for one, or nothing.

    `code` is the reason; over: the case is done; check: something is to be looked at first, as the
    document cannot be written yet (refused) or only the other side says that it is settled; ended:
    every step was taken. `promised` is the moment promised.
    """

    state: Literal["act", "wait", "over", "check", "ended"]
    code: str
    channel: str | None = None
    document: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    whose: Whose | None = None
    promised: datetime | None = None

    @property
    def stage(self) -> Stage | None:
        """The stage of the channel."""
        return stage_of(self.channel) if self.channel else None


@dataclass(frozen=True)
class Standing:
    """What decides, gathered once. `back` is the money that came back."""

    case: CaseView
    issue: str
    now: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    tries: tuple[Try, ...] = ()
    back: Decimal = Decimal(0)

    def at(self, *channels: str) -> tuple[Try, ...]:
        """Return the complaints at these channels, oldest first."""
        return tuple(one for one in self.tries if one.channel in channels)

    def admitted(self, key: str, document: str) -> bool:
        """Tell whether a channel takes this document now."""
        try:
            admit(self.case, key, document, self.issue, self.answers, now=self.now)
        except RefusedError:
            return False
        return True

    def refusal(self, key: str, document: str, language: Language = "zh_CN") -> RefusedError | None:
        """Return why a document cannot be written now, None where it can."""
        try:
            writable(
                self.case, key, document, self.issue, self.answers, now=self.now, language=language
            )
        except RefusedError as error:
            return error
        return None

    def promises(self) -> tuple[Wait, ...]:
        """Return the promises of the shop's side with how long each is waited for, oldest first."""
        answers = [answer for one in self.at(SHOP) for answer in one.answers]
        told: list[Contact | Answer] = [*contacts(self.case, self.now), *answers]
        dated = [of_promise(one.at, one.promised_by) for one in told if one.promised_by]
        return tuple(sorted(dated, key=lambda one: one.since))

    def over(self, wait: Wait) -> bool:
        """Tell whether a wait has ended."""
        return wait.ends is not None and wait.ends <= self.now


def standing(case: CaseView, issue: str, now: datetime) -> Standing:
    """Gather what was tried, answered and paid back."""
    answers, back = answers_of(case, issue), refunded(case, now)
    return Standing(case, issue, now, answers, tries(case, now), back)


def stage_of(channel: str) -> Stage | None:
    """Return the stage of a channel, None for one beside the ladder."""
    return _STAGE.get(channel)


def ahead(look: Standing, now: Move) -> tuple[str, ...]:
    """Return the channels of the ladder that come after a step."""
    found = (SHOP, _payment_channel(look), _authority_channel(look), _final_channel(look))
    first = _ORDER.index(now.stage) + 1 if now.stage in _ORDER else 0
    return tuple(key for key in found[first:] if key is not None)


def move(look: Standing) -> Move:
    """Return the next step."""
    done = _done(look)
    if done is not None:
        return done
    for step in (_police, *_steps(look)):
        found = step(look)
        if found is None:
            continue
        if found.channel and found.document and look.refusal(found.channel, found.document):
            return replace(found, state="check")
        return found
    return Move("ended", "nothing_left")


def _steps(look: Standing) -> Iterator[Callable[[Standing], Move | None]]:
    """Yield the stages from the one reached on.

    Where an office or a court did not take the dispute up, the cheaper stages that were left out,
    or taken only after it, come first.
    """
    last = {stage: _last(look, stage) for stage in _ORDER}
    reached = max((i for i, stage in enumerate(_ORDER) if last[stage]), default=0)
    there = last[_ORDER[reached]]
    shut = there if there and there.outcome == "refused" and reached > 1 else None
    for index, stage in enumerate(_ORDER):
        before = last[stage]
        left_out = shut is not None and (before is None or before.at > shut.at)
        if index >= reached or left_out:
            yield _STEPS[index]


def _last(look: Standing, stage: Stage) -> Try | None:
    return next((one for one in reversed(look.tries) if stage_of(one.channel) == stage), None)


def _done(look: Standing) -> Move | None:
    amount = look.case.order.amount if look.case.order else None
    if look.case.closed_at is not None:
        return Move("over", "closed")
    if amount is not None and 0 < amount <= look.back:
        # of a double charge the excess is not known from the order: the user compares
        twice = look.issue == "duplicate_charge"
        return Move("check", "check_duplicate") if twice else Move("over", "refunded")
    answered = [(one.answers[-1].at, one.outcome) for one in look.tries if one.answers]
    newest = max(answered, default=None, key=lambda pair: pair[0])
    later = newest is not None and any(one.at > newest[0] for one in look.tries)
    if newest is not None and newest[1] == "resolved" and not later:
        return Move("over" if _shown_settled(look) else "check", "resolved")
    return None


def _shown_settled(look: Standing) -> bool:
    """Tell whether the page bears out that it is settled; `resolved` alone is what they say."""
    status = look.case.order.status if look.case.order else "unknown"
    if status == "refunded":
        return look.issue != "refund_missing"
    return status == "delivered" and look.issue == "not_delivered"


def _police(look: Standing) -> Move | None:
    if signs(look.answers) and not look.at("police"):
        return Move("act", "fraud", "police", "report")
    return None


def _shop(look: Standing) -> Move | None:
    told, before = contacts(look.case, look.now), look.at(SHOP)
    newest = max((one.answer.at if one.answer else one.at for one in before), default=None)
    talks = [one for one in told if one.promised_by and (newest is None or one.at > newest)]
    for talk in talks[-1:]:
        if talk.promised_by and not any(look.over(one) for one in look.promises()):
            return _waiting(SHOP, of_promise(talk.at, talk.promised_by))
    if not before:
        return Move("act", "first_after_talk" if told else "first", SHOP, "complaint")
    waiting = _waits(look, before[-1])
    if waiting is not None or len(before) > 1:
        return waiting
    outcome = before[-1].outcome or "silent"
    return Move("act", f"shop_{outcome}", SHOP, _SECOND[outcome])


def _payment(look: Standing) -> Move | None:
    key = _payment_channel(look)
    if key is None:
        return None
    before = look.at(key)
    return _waits(look, before[-1]) if before else Move("act", "payment", key, "complaint")


def _authority(look: Standing) -> Move | None:
    key = _authority_channel(look)
    if key is None:
        return None
    before = look.at(key)
    if before:
        return _waits(look, before[-1])
    return Move("act", "authority", key, "complaint")


def _final(look: Standing) -> Move | None:
    key = _final_channel(look)
    before = look.at(key) if key else ()
    if before:
        return _waits(look, before[-1])
    if key is None:
        return None
    code = "arbitration" if key == "arbitration" else "court"
    resale = look.answers.get("resale") is True
    document = "request" if key == "arbitration" else "claim"
    return Move("act", f"{code}_resale" if resale else code, key, document)


_STEPS: tuple[Callable[[Standing], Move | None], ...] = (_shop, _payment, _authority, _final)


def _waits(look: Standing, last: Try) -> Move | None:
    """Return the wait for an answer, or for what was promised; None where it is over."""
    answer, stage = last.answer, stage_of(last.channel)
    promised = answer.promised_by if answer else None
    going = {None, "accepted", *_STILL.get(stage or "shop", ())}
    if last.outcome not in going and not (last.outcome == "partial" and promised):
        return None
    if answer is None or promised is None:
        wait = of_answer(last)
    elif stage == "final":  # a day that a court has set is no promise of the other side's
        wait = Wait("promised", "promised", answer.at, promised, promised, promised)
    else:
        wait = of_promise(answer.at, promised)
        if stage == "shop" and any(look.over(one) for one in look.promises()):
            return None
    return None if look.over(wait) else _waiting(last.channel, wait)


def _waiting(channel: str, wait: Wait) -> Move:
    code = wait.code if wait.until else "answer"
    return Move("wait", code, channel, None, wait.since, wait.until, wait.whose, wait.promised)


def _payment_channel(look: Standing) -> str | None:
    """Return the payment service that was used or would take it; an unknown one is not guessed."""
    used = [one.channel for one in look.tries if stage_of(one.channel) == "payment"]
    if used:
        return used[-1]
    method = look.case.order.payment.method if look.case.order else "unknown"
    found = "wechat_mini" if look.answers.get("mini_program") is True else _PAYMENTS.get(method)
    return found if found and look.admitted(found, "complaint") else None


def _authority_channel(look: Standing) -> str | None:
    """Return 12315, or the association where the user chose it: one of them, never both."""
    used = [one.channel for one in look.tries if stage_of(one.channel) == "authority"]
    if used:
        return used[-1]
    return "12315" if look.admitted("12315", "complaint") else None


def _final_channel(look: Standing) -> str | None:
    used = [one.channel for one in look.tries if stage_of(one.channel) == "final"]
    if used:
        return used[-1]
    clause = look.answers.get("arbitration_clause") is True
    key, document = ("arbitration", "request") if clause else ("court", "claim")
    return key if look.admitted(key, document) else None
