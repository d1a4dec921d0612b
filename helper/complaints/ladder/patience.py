"""How long an answer or a promise is waited for, and whose time that is. Pure.

The days of 12315 are those of `data/clocks.json`; the hours of shop and payment services are in
`data/ladder.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from helper.complaints import packaged
from helper.complaints.due.calendar import end_of, end_of_day
from helper.complaints.due.timers import Rule
from helper.complaints.ladder.tried import Try

Whose = Literal["guide", "documented", "law", "promised", "answer"]
_HOLIDAYS = timedelta(days=14)
"""Longer than any official holiday: with it an end in a year without calendar is surely past."""


@dataclass(frozen=True)
class Wait:
    """A wait: `until` None where no day can be named, `ends` None where nothing ends it.

    `promised` is the moment promised; `until` may be before it.
    """

    code: str
    whose: Whose
    since: datetime
    until: datetime | None = None
    ends: datetime | None = None
    promised: datetime | None = None


def of_promise(made: datetime, by: datetime) -> Wait:
    """Return the wait for a promise, at most fifteen days from when it was made."""
    most = made + timedelta(days=packaged.data("ladder")["promise_days"])
    if by <= most:
        return Wait("promised", "promised", made, by, by, by)
    return Wait("promised_long", "guide", made, most, most, by)


def of_answer(last: Try) -> Wait:
    """Return the wait for what a channel does next, promises aside."""
    since = last.answer.at if last.answer else last.at
    rule = packaged.data("ladder")["patience"].get(last.channel)
    if rule is not None:
        until = since + timedelta(hours=rule["hours"])
        return Wait(rule["whose"], rule["whose"], since, until, until)
    if last.channel == "12315":
        return _of_12315(last)
    return Wait("answer", "answer", since)


def _of_12315(last: Try) -> Wait:
    """Count to the decision on the intake, once it was taken up to the end of the mediation."""
    # a mediator who answers has taken the dispute up by then, whatever was noted
    taken_up = [one.at for one in last.answers if one.outcome != "silent"]
    code = "mediation" if taken_up else "decision"
    since = min(taken_up, default=last.at)
    rules = (Rule.model_validate(row) for row in packaged.data("clocks")["filed"])
    rule = next(one for one in rules if one.key == f"12315_{code}")
    end = end_of(since, rule.count, rule.unit, shift=rule.shift)
    if end.at is None:
        ends = end_of_day(end.about) + _HOLIDAYS if end.about else None
        return Wait(code, "law", since, ends=ends)
    return Wait(code, "law", since, end.at, end.at)
