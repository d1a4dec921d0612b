"""Every deadline of a dispute: whose rule it is, where it stands, what to do. Pure.

For a growing `now` a clock goes running, due soon, passed; it is met when what it waits for has
happened. A passed one never becomes open again: every start is the first of its kind, so that a
fact told later moves an end earlier or not at all. `unknown` names the missing fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from helper.complaints import packaged
from helper.complaints.due.happened import Happened
from helper.complaints.due.timers import Timer, Whose, timers
from helper.complaints.law import Article, article, cited
from helper.complaints.wording import moment, quoted
from helper.messages import Language, catalogue, named, text
from helper.model import CaseView, LawRef, Moment
from scrapers.contract import Deadline
from scrapers.record import Frozen

State = Literal["running", "due_soon", "passed", "met", "unknown"]
_RANK: dict[State, int] = {"due_soon": 0, "running": 0, "passed": 1, "unknown": 3, "met": 4}
_LONG = timedelta(days=180)
_LAST = datetime.max.replace(tzinfo=UTC)
OPEN: frozenset[State] = frozenset({"running", "due_soon"})
"""Clocks that run towards an end."""


class Clock(Frozen):
    """A deadline. `source` says whose rule it is and what it says, `todo` what to do now.

    `key` is a rule's name, with `:` and what it belongs to where there may be several.
    """

    key: str
    name: str
    at: Moment | None
    state: State
    whose: Whose
    source: str
    law: tuple[LawRef, ...] = ()
    todo: str
    since: Moment | None


def clocks(
    case: CaseView,
    issue: str,
    rules: Sequence[Deadline],
    *,
    now: datetime,
    language: Language = "zh_CN",
    reminder_hours: int | None = None,
) -> tuple[Clock, ...]:
    """Return all deadlines of a case, what closes first at the top.

    `rules` are the platform's own windows; `reminder_hours` is how long to wait for an answer
    before asking again, a choice of the user's.
    """
    told = Happened(case, issue, now)
    hours = reminder_hours or packaged.data("clocks")["reminder_hours"]
    found = [_clock(one, told, language) for one in timers(told, rules, hours)]
    return tuple(sorted((one for one in found if one), key=lambda one: _place(one, now)))


def _place(clock: Clock, now: datetime) -> tuple[int, float, str]:
    """Return the place in the list: what closes first, what is over, what has time, the rest."""
    left = clock.at - now if clock.at else timedelta()
    far = clock.state == "running" and left > timedelta(days=90)
    return 2 if far else _RANK[clock.state], left.total_seconds(), clock.key


def _clock(timer: Timer, told: Happened, language: Language) -> Clock | None:
    """Put a timer into words; None where no law gives it: not yet in force, or resold goods."""
    rows = [row for key in timer.law if (row := article(key))]
    rows = [row for row in rows if _holds(row, timer, told)]
    if timer.whose == "law" and not rows:
        return None
    missing = _missing(timer, told.now)
    end = timer.end.at if timer.end and not missing else None
    state = _state(timer, end, told.now)
    values = _values(timer, rows, end, language)
    return Clock(
        key=timer.key,
        name=text(f"due.{timer.words}.name", language, **values),
        at=end,
        state=state,
        whose=timer.whose,
        source=text(f"due.{timer.words}.source", language, **values),
        law=tuple(row.ref() for row in rows),
        todo=_todo(timer, told, state, missing, values, language),
        since=timer.since,
    )


def _holds(row: Article, timer: Timer, told: Happened) -> bool:
    """Tell whether an article held on the day that counts, and for this buyer."""
    day = timer.law_on or timer.since or told.now
    return row.effective <= moment(day) and not (told.resale and row.consumer_only)


def _missing(timer: Timer, now: datetime) -> str:
    """Return the code of the fact that is not known."""
    if timer.since is not None and timer.since > now:
        return "future"
    if timer.missing:
        return timer.missing
    return (timer.end.why or "") if timer.end else "range"


def _state(timer: Timer, end: datetime | None, now: datetime) -> State:
    if timer.met:
        return "met"
    if end is None:
        return "unknown"
    if end < now:
        return "passed"
    return "due_soon" if end - now <= _soon(timer.since, end) else "running"


def _soon(since: datetime | None, end: datetime) -> timedelta:
    """Return how long before its end a clock is due soon: the last quarter, at most 3 days.

    Of long ones it is 90 days.
    """
    whole = end - since if since else timedelta(days=4)
    return min(whole / 4, timedelta(days=90) if whole > _LONG else timedelta(days=3))


def is_due(clock: Clock, now: datetime) -> bool:
    """Tell whether a clock, told at an earlier moment, is due soon by now."""
    return bool(moments := turns(clock)) and moments[0] <= now < moments[1]


def turns(clock: Clock) -> tuple[datetime, ...]:
    """Return the moments at which an open clock changes its state by itself."""
    if clock.at is None or clock.state not in OPEN:
        return ()
    passed = clock.at + timedelta(microseconds=1) if clock.at < _LAST else clock.at
    return (clock.at - _soon(clock.since, clock.at), passed)


def _values(
    timer: Timer, rows: Sequence[Article], end: datetime | None, language: Language
) -> dict[str, object]:
    """Return what the sentences may name."""
    late = timer.end
    law = cited(rows, language)
    values = {name: _plain(value) for name, value in timer.values.items()}
    values |= {
        "law": law,
        "cited": text("due.cited", language, law=law) if law else "",
        "since": moment(timer.since) if timer.since else "",
        "at": moment(end) if end else "",
        "fact": text(f"due.fact.{timer.fact}", language),
        "year": late.year if late else "",
        "about": late.about.isoformat() if late and late.about else "",
    }
    for name in ("channel", "what"):
        if name in values:
            values[name] = named(f"due.{name}", str(values[name]), language)
    return values


def _plain(value: object) -> object:
    return quoted(value, 80) if isinstance(value, str) else value


def _todo(
    timer: Timer,
    told: Happened,
    state: State,
    missing: str,
    values: dict[str, object],
    language: Language,
) -> str:
    """Return the sentence for the state: the clock's own where it has one, else the common one."""
    part = {"running": "todo", "due_soon": "todo"}.get(state, str(state))
    if state == "unknown":
        part = f"unknown.{missing}"
    elif state == "met" and told.closed:
        part = "closed"
    elif state == "passed" and timer.shown:
        part = "shown"
    elif isinstance(timer.met, datetime) and timer.end and timer.end.at:
        part = "late" if timer.met > timer.end.at and timer.whose != "user" else part
    own = f"due.{timer.words}.{part}"
    return text(own if own in catalogue(language) else f"due.{part}", language, **values)
