"""Count hours, days, Chinese working days, months and years from a moment. Pure; China time.

Working days follow the yearly notices of the State Council's office (`data/holidays.json`); a
year without one is said, never guessed. A period of days does not count its first day and runs to
the end of its last one (市场监督管理投诉举报处理办法 45).
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

from helper.complaints import packaged
from scrapers.moments import SHANGHAI
from scrapers.record import Frozen

Unit = Literal["minutes", "hours", "days", "working_days", "months", "years"]
_LAST_SECOND = time(23, 59, 59, tzinfo=SHANGHAI)
_DAY = timedelta(days=1)


class End(Frozen):
    """When a period ends, or why that is unknown.

    `why` calendar: the calendar of `year` is not known, by weekends alone it would be `about`;
    range: no date can hold it.
    """

    at: datetime | None = None
    why: Literal["calendar", "range"] | None = None
    year: int | None = None
    about: date | None = None


class _Days(Frozen):
    """The notices' days: official holidays with the weekends in them, and weekends to work on."""

    years: frozenset[int]
    off: frozenset[date]
    work: frozenset[date]


@cache
def _days() -> _Days:
    off: set[date] = set()
    work: set[date] = set()
    notices = packaged.data("holidays")
    for notice in notices.values():
        for first, last in notice["off"]:
            day = date.fromisoformat(first)
            while day <= date.fromisoformat(last):
                off.add(day)
                day += _DAY
        work.update(map(date.fromisoformat, notice["work"]))
    return _Days(years=frozenset(map(int, notices)), off=frozenset(off), work=frozenset(work))


def is_working_day(day: date) -> bool | None:
    """Tell whether offices work on a day; None where the calendar of its year is not known."""
    days = _days()
    if day.year not in days.years:
        return None
    return day in days.work or (day.weekday() < 5 and day not in days.off)


def add_working_days(start: date, count: int) -> date | None:
    """Return the working day that is `count` after `start`, which does not count itself.

    None where a day between lies in a year whose calendar is not known.
    """
    day = start
    while count > 0:
        day += _DAY
        works = is_working_day(day)
        if works is None:
            return None
        count -= works
    return day


def end_of(start: datetime, count: int, unit: Unit, *, shift: bool = False) -> End:
    """Return when a period that begins at `start` ends; days end at 23:59:59 in China.

    With `shift` an end on a holiday or weekend moves to the next working day. 办法 45 names
    holidays; a weekend moves too, so that an office is never called late too early.
    """
    try:
        if unit in {"minutes", "hours"}:
            return End(at=start + timedelta(**{unit: count}))
        first = start.astimezone(SHANGHAI).date()
        if unit == "working_days":
            return _working(first, count)
        last = first + count * _DAY if unit == "days" else _months(first, count, unit)
        return _shifted(last) if shift else End(at=end_of_day(last))
    except (OverflowError, ValueError):  # beyond the year 9999
        return End(why="range")


def end_of_day(day: date) -> datetime:
    """Return the last second of a day in China."""
    return datetime.combine(day, _LAST_SECOND)


def _working(first: date, count: int) -> End:
    last = add_working_days(first, count)
    if last is not None:
        return End(at=end_of_day(last))
    return _unknown(_weekdays(first, count), first)


def _shifted(last: date) -> End:
    day = last
    while (works := is_working_day(day)) is False:
        day += _DAY
    return End(at=end_of_day(day)) if works else _unknown(_weekdays(last - _DAY, 1), day)


def _unknown(about: date, first: date) -> End:
    years = range(first.year, about.year + 1)
    missing = next((year for year in years if year not in _days().years), about.year)
    return End(why="calendar", year=missing, about=about)


def _weekdays(day: date, count: int) -> date:
    """Return the day `count` after, only weekends left out."""
    while count > 0:
        day += _DAY
        count -= day.weekday() < 5
    return day


def _months(first: date, count: int, unit: Unit) -> date:
    """Return the same day of a later month or year, its last day where there is none."""
    year, month = divmod(first.month - 1 + (count * 12 if unit == "years" else count), 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
