"""What starts a clock in a case, and when it ends: rules as data, promises as told. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from helper.complaints import packaged
from helper.complaints.due.calendar import End, Unit, end_of, end_of_day
from helper.complaints.due.deadlines import promised_by, promised_words, window
from helper.complaints.due.happened import OWN_CHANNEL, Done, Happened, Met, Pursuit
from helper.complaints.held import order_pages
from helper.messages import catalogue
from scrapers import promise
from scrapers.contract import Deadline
from scrapers.moments import SHANGHAI
from scrapers.record import Clause, Frozen, Message, Pledge
from scrapers.text import chinese_number
from scrapers.texts.pledges import promise_in

Whose = Literal["law", "shop", "promise", "user", "guide"]
Start = Literal[
    "filed", "filed_again", "accepted", "result", "theirs", "no_days", "request", "order"
]  # fmt: skip
_PROMISE_LAW = ("civil_509", "ecommerce_20")
_PLEDGE_MET: dict[str, Met] = {
    "delivery": "arrived", "reissue": "settled", "refund": "money", "reply": "answered",
}  # fmt: skip
_NUMBER = r"(?P<count>\d{1,4}|[一二两三四五六七八九十]{1,3})"
_LIMIT = re.compile(
    rf"(?<![\d.\-~～至到]){_NUMBER}\s*(?P<unit>分钟|个?小时|个?工作日|天|日)(?:之|以)?内"
)
_BY_DATE = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号](?:之|以)?前"
)
_UNITS: dict[str, Unit] = {
    "分钟": "minutes", "小时": "hours", "工作日": "working_days", "天": "days", "日": "days",
}  # fmt: skip
_SENTENCE = re.compile(r"[。；;！!\n]")
_THEIRS = re.compile(r"商家|卖家|平台|客服|店铺|我方|本站")
_BUYERS = re.compile(r"用户|买家|您|客户|消费者")
_REPLY = re.compile(r"响应|受理|答复|回复|处理")
_CONFIRM = re.compile(r"视为|默认|无异议|自动确认|点击.?确认")


class Rule(Frozen):
    """A period by law, of a shop or by experience: `count` of `unit` from `start`.

    `start` theirs: a day that only the other side knows; no_days: nobody says how long it takes.
    """

    key: str
    channels: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    start: Start
    count: int = 0
    unit: Unit = "days"
    shift: bool = False
    whose: Whose
    law: tuple[str, ...] = ()
    met: Met


@dataclass(frozen=True)
class Timer:
    """A clock before it is put into words; `words` is its part of the catalogue's keys.

    `missing` is a code for what is not known, `fact` names what `since` is; `law_on` is the day
    whose law counts where that is not `since`. `shown`: a page kept after the end shows it.
    """

    key: str
    words: str
    whose: Whose
    since: datetime | None
    end: End | None = None
    missing: str = ""
    fact: str = "filed"
    law: tuple[str, ...] = ()
    met: Done = False
    values: Mapping[str, object] = field(default_factory=dict)
    law_on: datetime | None = None
    shown: bool = False


def timers(told: Happened, rules: Sequence[Deadline], reminder_hours: int) -> Iterator[Timer]:
    """Return everything that runs, ran, or would run if one more fact were known."""
    yield from _order_promise(told)
    yield from _windows(told, rules)
    yield from _pledges(told)
    yield from _contacts(told)
    yield from _terms(told)
    data = packaged.data("clocks")
    rows = [*data["filed"], *data["shops"].get(told.case.platform_key or "", ())]
    for rule in map(Rule.model_validate, rows):
        for pursuit in told.pursuits(rule.channels):
            yield from _filed(told, rule, pursuit, reminder_hours)
    yield from _reminder(told, reminder_hours)
    yield from _requests(told, [Rule.model_validate(row) for row in data["request"]])
    yield from _rights(told, [Rule.model_validate(row) for row in data["rights"]])


def _order_promise(told: Happened) -> Iterator[Timer]:
    """Time the promise on the page; a missing one is said where it decides the case."""
    order, said = told.order, promised_words(told.order)
    by, start = promised_by(order), order.payment.paid_at
    met = told.met("arrived", start)
    if by is None and not said and told.issue != "not_delivered":
        return
    missing = "" if by else "paid_at" if said and not start else "no_span" if said else "no_promise"
    law = (*_PROMISE_LAW, "consumer_rules_12")
    named = by is not None and promise.latest(order.delivery.promised or "") == by
    words = "promise" if said else "promise_none"
    kept = [x.meta.clicked_at for x in order_pages(told.case)]
    shown = by is not None and any(by < at <= told.now for at in kept)
    yield Timer("promise", words, "promise", start, End(at=by) if by else None,
                missing or ("" if named else _order_doubt(told)), "paid_at", law, met,
                {"said": said}, shown=shown)  # fmt: skip


def _order_doubt(told: Happened) -> str:
    """Return the code for times of the order that contradict each other."""
    paid, created = told.order.payment.paid_at, told.order.created_at
    early = paid and created and paid < created - timedelta(minutes=10)  # clocks differ a little
    return "order_times" if early else ""


def _windows(told: Happened, rules: Sequence[Deadline]) -> Iterator[Timer]:
    """Time the shop's own windows, marked as the shop's rule."""
    kinds = packaged.data("clocks")["windows"]
    for rule in rules:
        start, end = window(told.order, rule)
        kind: Met = kinds.get(rule.key, "never")
        met = told.met(kind, start, channels=(OWN_CHANNEL,))
        missing = _order_doubt(told) if start else rule.start
        own = catalogue("zh_CN").get(f"due.{rule.key}.source", "")
        words = rule.key if "{by}" in own else "window"  # others are of the law, or of a promise
        values = {"by": rule.source}
        yield Timer(rule.key, words, "shop", start, end, missing, rule.start, (), met, values)


def _pledges(told: Happened) -> Iterator[Timer]:
    """Time what the shop's side promised in chats; a line in two captures counts once."""
    chats = (view.shown.chat for view in told.case.captures if view.shown and view.shown.chat)
    lines = {_line_key(line): line for chat in chats for line in chat.messages if line.promise}
    for key, line in lines.items():
        made = line.promise
        if made is None or made.within is None:
            continue
        end = _within(made, line.at)
        met = told.met(_PLEDGE_MET[made.what], line.at)
        values = {"said": made.text, "what": made.what}
        yield Timer(f"pledge:{key}", "pledge", "promise", line.at, end, "" if end else "said_at",
                    "said", _PROMISE_LAW, met, values)  # fmt: skip


def _line_key(line: Message) -> str:
    said = f"{line.at or line.at_text}|{line.text}"
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _within(made: Pledge, said_at: datetime | None) -> End | None:
    """Return the end that a pledge names: a date, a moment, or a time from when it was said."""
    words = made.within or ""
    if (span := promise.span(words)) is not None:
        return end_of(said_at, int(span.total_seconds()) // 60, "minutes") if said_at else None
    if (moment := promise.latest(words)) is not None:
        return End(at=moment)
    return End(at=end_of_day(date.fromisoformat(words)))


def _contacts(told: Happened) -> Iterator[Timer]:
    """Time promises that the user wrote down, and the period that a demand of theirs set."""
    said = [(key, one.at, one.promised, one.promised_by) for key, one in told.contacts]
    said += [(key, one.at, None, one.promised_by) for key, one in told.answers]
    for key, at, words, by in said:
        made = promise_in(words or "", at)
        end = _within(made, at) if made and made.within else None
        end = End(at=by) if by else end
        if end is not None or words:
            met = told.met(_PLEDGE_MET[made.what] if made else "settled", at)
            kind = "told" if words else "told_date"
            yield Timer(f"told:{key}", kind, "promise", at, end, "" if end else "no_span",
                        "contact", _PROMISE_LAW, met, {"said": words or ""})  # fmt: skip
    for key, asked in told.demands():
        end = _limit(asked.said, asked.at)
        if end is None and asked.way != "letter":
            continue
        met = told.met("settled", asked.at)
        yield Timer(f"demand:{key}", "demand", "user", asked.at, end, "" if end else "no_limit",
                    "contact", ("civil_563",), met, {})  # fmt: skip


def _limit(said: str, at: datetime) -> End | None:
    """Return the one period or date that words name, None where they name none or several."""
    spans = {(_count(match["count"]), _UNITS[match["unit"].lstrip("个")])
             for match in _LIMIT.finditer(said)}  # fmt: skip
    dates = list(_BY_DATE.finditer(said))
    if len(spans) + len(dates) != 1:
        return None
    if dates:
        return _by_date(dates[0], at)
    count, unit = spans.pop()
    return end_of(at, count, unit) if count else None


def _count(number: str) -> int | None:
    return int(number) if number.isdigit() else chinese_number(number)


def _by_date(found: re.Match[str], at: datetime) -> End | None:
    """Return the end of the named day; without a year the next such day."""
    today = at.astimezone(SHANGHAI).date()
    years = [int(found["year"])] if found["year"] else [today.year, today.year + 1]
    for year in years:
        try:
            day = date(year, int(found["month"]), int(found["day"]))
        except ValueError:
            continue
        if day >= today:
            return End(at=end_of_day(day))
    return None


def _terms(told: Happened) -> Iterator[Timer]:
    """Time periods in a captured agreement: the shop's answer, a silent confirmation."""
    shown = [view.shown.terms for view in told.case.captures if view.shown and view.shown.terms]
    found = {(terms.name, clause.number): clause for terms in shown for clause in terms.clauses}
    for (name, number), clause in found.items():
        for place, said in enumerate(_SENTENCE.split(clause.text)):
            kind = _kind(said)
            if kind is None or len(list(_LIMIT.finditer(said))) != 1:
                continue
            start = min(told.requests(), default=None) if kind == "terms_answer" else None
            end = _limit(said, start) if start else None
            met = told.met("answered" if start else "money", start)
            values = {"terms": name, "number": number, "said": said.strip()}
            missing = "" if end else "request" if kind == "terms_answer" else "confirm_start"
            yield Timer(f"{kind}:{_clause_key(name, clause, place)}", kind, "shop", start, end,
                        missing, "request", (), met, values)  # fmt: skip


def _kind(said: str) -> str | None:
    if _CONFIRM.search(said):
        return "terms_confirm"
    theirs = _THEIRS.search(said) and _REPLY.search(said) and not _BUYERS.search(said)
    return "terms_answer" if theirs else None


def _clause_key(name: str, clause: Clause, place: int) -> str:
    return hashlib.sha256(f"{name}|{clause.number}|{place}".encode()).hexdigest()[:8]


def _filed(told: Happened, rule: Rule, pursuit: Pursuit, reminder_hours: int) -> Iterator[Timer]:
    """Time a rule for a complaint at a channel, where it has begun or waits for one fact."""
    met = told.met(rule.met, pursuit.filed, pursuit)
    since, missing = _begun(rule, pursuit)
    if since is None and not missing:
        return
    count = rule.count or reminder_hours
    end = end_of(since, count, rule.unit, shift=rule.shift) if since and not missing else None
    name = pursuit.name if len(rule.channels) > 1 else pursuit.name.partition(":")[2]
    values = {"count": count, "channel": pursuit.channel}
    law_on = since or pursuit.accepted() or pursuit.filed
    yield Timer(f"{rule.key}:{name}", rule.key, rule.whose, since, end, missing, rule.start,
                rule.law, met, values, law_on)  # fmt: skip


def _begun(rule: Rule, pursuit: Pursuit) -> tuple[datetime | None, str]:
    """Return when a rule began to count, or a code for what is not known; neither: it does not."""
    accepted, over = pursuit.accepted(), any(x.outcome != "silent" for x in pursuit.answers)
    if rule.start == "accepted":
        return accepted, "" if accepted or over else "accepted"
    if rule.start == "theirs":
        return None, "theirs" if accepted else ""
    if rule.start == "no_days":
        return pursuit.filed, "no_days" if pursuit.filed else ""
    if rule.start == "filed_again":
        return (pursuit.filed if pursuit.again else None), ""
    return (pursuit.result() if rule.start == "result" else pursuit.filed), ""


def _reminder(told: Happened, hours: int) -> Iterator[Timer]:
    """Time the user's own reminder after a first demand by chat or phone."""
    first = min((one.at for _, one in told.demands()), default=None)
    if first is None:
        return
    met = told.met("answered", first)
    values = {"count": hours, "channel": OWN_CHANNEL}
    yield Timer("no_answer", "no_answer", "guide", first, end_of(first, hours, "hours"), "",
                "contact", (), met, values)  # fmt: skip


def _requests(told: Happened, rules: Sequence[Rule]) -> Iterator[Timer]:
    """Time the first rule of the issue, counted from the first dated demand."""
    rule = next(one for one in rules if not one.issues or told.issue in one.issues)
    since = min(told.requests(), default=None)
    end = end_of(since, rule.count, rule.unit) if since else None
    met = told.met(rule.met, since) if since else told.met("money", None)
    yield Timer("fifteen_days", rule.key, rule.whose, since, end, "" if since else "request",
                "request", rule.law, met, {})  # fmt: skip


def _rights(told: Happened, rules: Sequence[Rule]) -> Iterator[Timer]:
    """Time what ends by law, from the earliest day it can begin: never said too late."""
    order = told.order
    since = order.payment.paid_at or order.created_at
    fact = "paid_at" if order.payment.paid_at else "created_at"
    for rule in rules:
        met = told.met(rule.met, since, channels=rule.channels)
        end = end_of(since, rule.count, rule.unit) if since else None
        missing = "" if since else "paid_at"
        yield Timer(rule.key, rule.key, rule.whose, since, end, missing, fact, rule.law, met, {},
                    told.now)  # fmt: skip
