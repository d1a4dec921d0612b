"""What the user tells is checked before it is kept: impossible refused, unlikely named. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from helper.complaints.course import answered, instants
from helper.complaints.course.closing import amount, back
from helper.complaints.dispute import issues
from helper.complaints.ladder.channels import channels
from helper.complaints.proof.credit_code import is_credit_code
from helper.complaints.returned import currency_of, unit
from helper.complaints.wording import clean, moment
from helper.dealings import MOST_MONEY, Answer, Answers, Contact, Dealing, Entry, Party, Refund
from helper.errors import InvalidError, NotFoundError
from helper.filling import filled_at
from helper.messages import Language, text
from helper.model import CaseView, Draft, Filing

_FIRST_YEAR: Final = 2000
_FURTHEST: Final = timedelta(days=3660)
_CENT: Final = Decimal("0.01")
_MOST_DECIMALS: Final = 8
_YUAN_DECIMALS: Final = 2
_MOST_ANSWERS: Final = 20_000


def checked(case: CaseView, what: Dealing, now: datetime) -> Dealing:
    """Return what may be kept: amounts with two decimals at least, a promise to the end of its day.

    Raises InvalidError for a time in the future, for an answer or a refund before the order, for
    a promise that ran out before it was made, an amount of nothing or beyond any order, more
    decimals than its currency has, a channel that takes no complaints, an unknown issue, a contact
    without a word. A contact before the order is what was said before buying.
    """
    if isinstance(what, Answers):
        issues.issue(what.issue)
        try:
            written = json.dumps(what.answers, ensure_ascii=False, allow_nan=False)
        except (ValueError, TypeError):
            raise InvalidError(what="answers") from None
        if len(written) > _MOST_ANSWERS:
            raise InvalidError(reason="told_too_long", limit=_MOST_ANSWERS)
    if isinstance(what, Answers | Party):
        return what
    _check_time(case, what.at, now, talk=isinstance(what, Contact))
    update: dict[str, object] = {}
    if isinstance(what, Contact) and not (what.said or what.promised):
        raise InvalidError(reason="told_nothing")
    if isinstance(what, Answer):
        _check_channel(what.channel)
        own = currency_of(case)
        update = {} if what.offered is None else {"offered": _amount(what.offered, own)}
    if isinstance(what, Refund):
        update = {"amount": _amount(what.amount, unit(what.currency, currency_of(case)))}
    elif what.promised_by is not None:
        update["promised_by"] = _promised_by(what.at, what.promised_by, now)
    return what.model_copy(update=update)


def checked_filing(case: CaseView, filing: Filing, now: datetime) -> Filing:
    """Return a filing that the user tells of, if it can be; raises as `checked`, NotFoundError."""
    _check_channel(filing.channel)
    if filing.draft_id and filing.draft_id not in case.drafts:
        raise NotFoundError(kind="draft", id=filing.draft_id)
    _check_time(case, filing.at, now)
    return filing


def filled_for(case: CaseView, filing: Filing, drafts: Sequence[Draft]) -> str:
    """Return the draft that stands in the form of a filing's channel, empty where none does.

    One that was filed already is meant only where the same filing is told again.
    """
    filled = [
        (at, one.draft_id)
        for one in drafts
        if one.channel == filing.channel and (at := filled_at(case, one)) is not None
    ]
    _, draft_id = max(filled, default=(None, ""))
    filed = [one.at for one in case.filings if one.draft_id == draft_id]
    return draft_id if all(at == filing.at for at in filed) else ""


def doubts(case: CaseView, entry: Entry, language: Language) -> tuple[str, ...]:
    """Return what is unlikely in what was told, each as a sentence with what to do.

    `case` holds it already. More money than was paid is kept: damages and a second charge come
    back too.
    """
    ids = {"case_id": case.case_id, "entry_id": entry.entry_id}
    return tuple(
        text(f"told.doubt.{key}", language, **ids, **values)
        for key, values in _doubts(case, entry.what, language)
    )


def _doubts(
    case: CaseView, what: Dealing, language: Language
) -> Iterator[tuple[str, dict[str, Any]]]:
    order = case.order
    paid = order.amount if order else None

    def said(value: Decimal) -> str:
        return amount(value, order.currency if order else None, language)

    if isinstance(what, Contact) and order and order.created_at:
        if instants.before(what.at, order.created_at):
            yield "before_order", {"created": instants.said(order.created_at)}
    elif isinstance(what, Answer):
        if all(filing.channel != what.channel for filing in case.filings):
            yield "no_filing", {"channel": what.channel}
        if paid is not None and what.offered is not None and what.offered > paid:
            yield "offered_more", {"offered": said(what.offered), "paid": said(paid)}
    elif isinstance(what, Refund) and order is not None:
        own = currency_of(case)
        if unit(what.currency, own) != own:
            yield "other_currency", {"own": clean(what.currency), "order": own}
        elif paid is not None and back(case) > paid:
            yield "more_back", {"back": said(back(case)), "paid": said(paid)}
    else:
        yield from _doubts_of_facts(what)


def _doubts_of_facts(what: Dealing) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(what, Party) and what.code and not is_credit_code(what.code):
        yield "credit_code", {"code": clean(what.code)}
    elif isinstance(what, Answers):
        yield from answered.doubts(what)


def _check_time(case: CaseView, at: datetime, now: datetime, *, talk: bool = False) -> None:
    if at.year < _FIRST_YEAR:
        raise InvalidError(reason="told_old", at=instants.said(at), first=_FIRST_YEAR)
    if at > now:
        raise InvalidError(reason="told_future", at=f"{at:%Y-%m-%d %H:%M}", now=moment(now))
    order = case.order
    begun = (order.created_at or order.payment.paid_at) if order else None
    if begun is not None and not talk and instants.before(at, begun):
        raise InvalidError(
            reason="told_before_order", at=instants.said(at), begun=instants.said(begun),
            case_id=case.case_id,
        )  # fmt: skip


def _promised_by(at: datetime, by: datetime, now: datetime) -> datetime:
    """Return when a promise runs out: of a day without an hour, its last second."""
    if by > now + _FURTHEST:
        latest = instants.said(now + _FURTHEST)[:10]
        raise InvalidError(reason="told_far", by=instants.said(by), latest=latest)
    if instants.before(by, at):
        raise InvalidError(reason="told_promise", at=instants.said(at), by=instants.said(by))
    return instants.latest(by)


def _check_channel(key: str) -> None:
    kinds = {channel.id: channel.kind for channel in channels()}
    if kinds.get(key) != "draft":
        reason = "no_complaints" if key in kinds else "channel"
        known = "、".join(one for one, kind in kinds.items() if kind == "draft")
        raise InvalidError(reason=reason, what=key, known=known)


def _amount(value: Decimal, currency: str) -> Decimal:
    if not value > 0:
        raise InvalidError(reason="told_amount", what=str(value)[:40])
    if value > MOST_MONEY:
        raise InvalidError(reason="told_much", what=str(value)[:40], limit=MOST_MONEY)
    most = _YUAN_DECIMALS if currency == "CNY" else _MOST_DECIMALS
    if value != round(value, most):
        what = str(value)[:40]
        raise InvalidError(reason="told_decimals", what=what, currency=clean(currency), most=most)
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(_CENT) if isinstance(exponent, int) and exponent > -2 else plain
