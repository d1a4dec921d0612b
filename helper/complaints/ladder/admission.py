"""Whether a channel takes this case: refused with the next step, or allowed with remarks.

Answers read: `resale`, `arbitration_clause`, `court_confirmed`, `mini_program`, `paid_to_person`,
`unlawful_goods`, `shop_gone` (true or false), `illegal_content`, `spam` (text) and `fraud_signs`
(list or text).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from helper.complaints import packaged
from helper.complaints.documents import document as written
from helper.complaints.due.deadlines import promised_by
from helper.complaints.ladder.channels import Channel, channel, document_name
from helper.complaints.ladder.tried import SHOP, Try, answers_of, contacts, tries
from helper.dealings import Party
from helper.errors import RefusedError
from helper.messages import Language, text
from helper.model import CaseView

LIMITATION_YEARS = 3
"""民法典188, 投诉举报处理办法16(四)."""
_LATER = frozenset({"recomplaint", "review", "escalation"})
_SUITS = frozenset({"claim", "request"})
_SETTLED = frozenset({"ended", "resolved"})
_PAID_BY = {"wechat_pay": "wechat", "alipay": "alipay", "card_bank": "bank"}
_IN_WORDS = frozenset({"illegal_content", "spam", "fraud_signs"})
"""Answers that a report quotes: a bare yes says nothing."""
_UNSURE = frozenset({"unknown", "other"})


@dataclass(frozen=True)
class _Look:
    """All that decides, gathered once."""

    case: CaseView
    channel: Channel
    document: str
    answers: Mapping[str, Any]
    tries: tuple[Try, ...]
    now: datetime
    language: Language

    def last(self, key: str) -> Try | None:
        """Return the newest complaint at a channel."""
        return next((one for one in reversed(self.tries) if one.channel == key), None)

    def refuse(self, reason: str, **details: object) -> RefusedError:
        """Return the error that names the channel."""
        return RefusedError(reason=reason, channel=self.channel.name, **details)


def admit(
    case: CaseView,
    key: str,
    document: str,
    issue: str,
    answers: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    language: Language = "zh_CN",
) -> tuple[str, ...]:
    """Return remarks for the user, sentences in `language`, where the channel takes the case.

    `answers` win over those kept in the case. Raises InvalidError for an unknown channel or
    document, RefusedError where a precondition is not met. What is only unknown does not refuse.
    """
    found = channel(key, language)
    look = _Look(
        case=case,
        channel=found,
        document=document,
        answers={**answers_of(case, issue), **(answers or {})},
        tries=tries(case, now),
        now=now,
        language=language,
    )
    if found.kind == "query":
        raise look.refuse(f"query_{key}")
    written(key, document)
    for check in _CHECKS:
        check(look)
    return tuple(text(f"channels.remark.{code}", language) for code in _remarks(look))


def signs(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the signs of fraud that the user stated; late or refused performance is none."""
    given = answers.get("fraud_signs")
    parts = re.split(r"[、，,;；\n]", given) if isinstance(given, str) else given
    listed = parts if isinstance(parts, list | tuple) else ()
    told = [sign for sign in map(_words, listed) if sign and not _late(sign)]
    return (*told, *(["失联"] if answers.get("shop_gone") is True else []))


def _words(told: Any) -> str:
    """Return what the user stated as a fact; a bare yes or no states none."""
    words = str(told).strip(" 。.!！") if isinstance(told, str) else ""
    return "" if _bare("yes", words) or _bare("no", words) else words


def _bare(word: Literal["yes", "no"], told: Any) -> bool:
    """Tell whether an answer is only that word."""
    if isinstance(told, bool):
        return told is (word == "yes")
    words = told.strip(" 。.!！").lower() if isinstance(told, str) else ""
    return words in packaged.data("ladder")["bare"][word]


def _late(sign: str) -> bool:
    """Tell whether a sign names late or refused performance and nothing that points to fraud."""
    rows = packaged.data("ladder")
    late = re.search("|".join(rows["delay_only"]), sign, re.IGNORECASE)
    return late is not None and not re.search("|".join(rows["deceit"]), sign, re.IGNORECASE)


def overdue(case: CaseView, now: datetime) -> bool:
    """Tell whether the buyer knew, by the order's dates, for more than three years.

    Counted from the latest date of the order, as the right cannot be infringed before it.
    """
    order = case.order
    if order is None:
        return False
    known = [order.created_at, order.payment.paid_at, order.delivered_at, promised_by(order)]
    past = [at for at in known if at is not None and at <= now]
    if not past or len(past) < sum(at is not None for at in known):
        return False  # no date, or one in the future: nothing sure follows from the others
    start = max(past)
    try:
        end = start.replace(year=start.year + LIMITATION_YEARS)
    except ValueError:  # 29 February
        end = start.replace(year=start.year + LIMITATION_YEARS, month=3, day=1)
    return end < now


def _consumer(look: _Look) -> None:
    if "consumer" in look.channel.preconditions and look.answers.get("resale") is True:
        raise look.refuse("resale")


def _years(look: _Look) -> None:
    if "three_years" in look.channel.preconditions and overdue(look.case, look.now):
        raise look.refuse("three_years")


def _taken(look: _Look) -> None:
    """Refuse what another body has; one that did not accept it (refused) does not have it."""
    for other in look.channel.exclusions:
        there = look.last(other)
        if there is not None and there.outcome != "refused":
            raise look.refuse("taken_court" if other == "internet_court" else f"taken_{other}")
    own = look.last(look.channel.id)
    if "one_intake" in look.channel.preconditions and own and own.outcome in _SETTLED:
        raise look.refuse("already_handled")


def _clause(look: _Look) -> None:
    clause = look.answers.get("arbitration_clause")
    if "no_arbitration_clause" in look.channel.preconditions and clause is True:
        raise look.refuse("arbitration_clause")
    if "arbitration_clause" in look.channel.preconditions and clause is not True:
        raise look.refuse("no_clause")


def _payment(look: _Look) -> None:
    wanted = _PAID_BY.get(look.channel.id)
    method = look.case.order.payment.method if look.case.order else "unknown"
    if wanted is not None and method not in {wanted, *_UNSURE}:
        if method == "balance":
            raise look.refuse("paid_from_balance")
        raise look.refuse("paid_otherwise", method=text(f"channels.method.{method}", look.language))
    personal = look.answers.get("paid_to_person") is True
    if personal and "merchant_payment" in look.channel.preconditions:
        raise look.refuse("paid_to_person")


def _stated(look: _Look) -> None:
    """Refuse what needs a fact that only the user can state."""
    answers, needed = look.answers, look.channel.preconditions
    fraud = signs(answers)
    fishing = packaged.data("ladder")["phishing"]
    phishing = any(word in sign.lower() for sign in fraud for word in fishing)
    content, junk = _words(answers.get("illegal_content")), _words(answers.get("spam"))
    illegal = content or answers.get("unlawful_goods") is True or phishing
    stated = {
        "in_mini_program": (answers.get("mini_program") is True, "not_mini_program"),
        "court_confirmed": (answers.get("court_confirmed") is True, "court_unconfirmed"),
        "illegal_content": (bool(illegal), "no_illegal_content"),
        "spam": (bool(junk), "no_spam"),
        "fraud_signs": (bool(fraud), "no_fraud_signs"),
    }
    for name, (met, reason) in stated.items():
        if name in needed and not met:
            bare = name in _IN_WORDS and _bare("yes", answers.get(name))
            raise look.refuse("words_needed") if bare else look.refuse(reason)


def _first(look: _Look) -> None:
    if look.document not in _LATER:
        return
    if look.last(SHOP) is None and not contacts(look.case, look.now):
        name = document_name(look.channel.id, look.document, look.language)
        raise look.refuse("first_complaint_needed", document=name)


_CHECKS: tuple[Callable[[_Look], None], ...] = (
    _consumer, _years, _taken, _clause, _payment, _stated, _first,
)  # fmt: skip


def _remarks(look: _Look) -> Iterator[str]:
    """Yield the codes of the caveats that hold for this case."""
    key, needed, answers = look.channel.id, look.channel.preconditions, look.answers
    method = look.case.order.payment.method if look.case.order else "unknown"
    parties = [one.what for one in look.case.entries if isinstance(one.what, Party)]
    holds = {
        "payment_unknown": key in _PAID_BY and method in _UNSURE,
        "association_unverified": "association_found" in needed,
        "public_warning": look.channel.public,
        "clause_unknown": "no_arbitration_clause" in needed
        and answers.get("arbitration_clause") is None,
        "clause_check": "arbitration_clause" in needed,
        "limitation": look.document in _SUITS and overdue(look.case, look.now),
        "address_missing": "respondent_known" in needed and not any(p.address for p in parties),
        "already_filed": "one_intake" in needed and look.last(key) is not None,
        "after_refusal": any(look.last(other) for other in look.channel.exclusions),
        "report_apart": key == "12315_report",
        "resale_unknown": "consumer" in needed and answers.get("resale") is None,
        "second_text": look.document in _LATER,
        "police_facts": "fraud_signs" in needed,
    }
    return (code for code, held in holds.items() if held)
