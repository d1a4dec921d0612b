"""Times that people tell: to the minute, or only the day. Pure.

Midnight sharp, China time, is a day whose hour is not known: `2026-11-20` is read so, and nobody
means the first instant of a day.
"""

from __future__ import annotations

from datetime import date, datetime

from helper.complaints.wording import SHANGHAI, moment


def local(at: datetime) -> datetime:
    """Return a time as China time; of the first and last day of all time as it is given."""
    try:
        return at.astimezone(SHANGHAI)
    except OverflowError:
        return at


def day(at: datetime) -> date:
    """Return the day of a time in China."""
    return local(at).date()


def is_day(at: datetime) -> bool:
    """Tell whether only the day is known."""
    here = local(at)
    return (here.hour, here.minute, here.second, here.microsecond) == (0, 0, 0, 0)


def said(at: datetime) -> str:
    """Return a time as China time `2026-11-20 14:23`, or `2026-11-20` where the day is all."""
    return moment(at)[:10] if is_day(at) else moment(at)


def before(one: datetime, other: datetime) -> bool:
    """Tell whether a time is surely before another: clocks and people are exact to the minute."""
    if is_day(one) or is_day(other):
        return day(one) < day(other)
    return one.replace(second=0, microsecond=0) < other.replace(second=0, microsecond=0)


def latest(at: datetime) -> datetime:
    """Return the last moment that a time may mean: of a day its last second."""
    if not is_day(at):
        return at
    return local(at).replace(hour=23, minute=59, second=59)
