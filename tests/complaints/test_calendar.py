"""Chinese working days by the official notices, and how periods are counted."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.complaints import packaged
from helper.complaints.due.calendar import (
    End,
    Unit,
    add_working_days,
    end_of,
    end_of_day,
    is_working_day,
)
from scrapers.moments import SHANGHAI

KNOWN = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, days: int) -> None:
    """Weekdays of the year, less the holidays on weekdays, plus the weekends to work on."""
    first = date(year, 1, 1)
    whole = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    assert sum(is_working_day(day) is True for day in whole) == days
    assert None not in {is_working_day(day) for day in whole}


@pytest.mark.parametrize("year", ["2024", "2025", "2026"])
def test_only_weekends_outside_of_holidays_are_worked_instead(year: str) -> None:
    notice = packaged.data("holidays")[year]
    assert re.fullmatch(r"国办发明电〔\d{4}〕\d+号", notice["notice"])
    days = [date.fromisoformat(day) for day in notice["work"]]
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in notice["off"]]
    assert all(day.weekday() >= 5 for day in days)
    assert not [day for day in days for first, last in spans if first <= day <= last]
    assert all(first <= last and last - first <= timedelta(8) for first, last in spans)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-02-09", True),  # 除夕 was no holiday in 2024
        ("2024-02-18", True),
        ("2024-05-11", True),
        ("2025-01-27", True),
        ("2025-02-04", False),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-11-21", False),
        ("2026-11-23", True),
        ("2027-01-04", None),
        ("2023-12-29", None),
    ],
)
def test_single_days(day: str, works: bool | None) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        ("2026-09-30", 7, "2026-10-15"),  # over 国庆; Saturday 10 October is worked
        ("2026-02-13", 6, "2026-02-28"),  # over 春节, both swapped Saturdays count
        ("2026-11-20", 7, "2026-12-01"),
        ("2026-11-21", 7, "2026-12-01"),  # a Saturday starts as the Friday before it
        ("2025-12-30", 7, "2026-01-09"),
        ("2024-12-31", 3, "2025-01-06"),
    ],
)
def test_working_days_are_counted_from_the_next_one(start: str, count: int, last: str) -> None:
    assert add_working_days(date.fromisoformat(start), count) == date.fromisoformat(last)


def test_a_year_without_notice_is_said_with_what_weekends_alone_would_give() -> None:
    assert add_working_days(date(2026, 12, 28), 7) is None
    end = end_of(at("2026-12-28T10:00"), 7, "working_days")
    assert end == End(why="calendar", year=2027, about=date(2027, 1, 6))
    before = end_of(at("2023-12-29T10:00"), 3, "working_days")
    assert (before.why, before.year) == ("calendar", 2023)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-08-05T09:00", "2026-10-08"),  # day 60 is 4 October: the holiday ends on the 7th
        ("2026-08-06T09:00", "2026-10-08"),
        ("2026-08-11T00:00", "2026-10-10"),  # a Saturday that is worked stays
        ("2026-09-15T23:59", "2026-11-16"),  # a Saturday moves to Monday
        ("2026-10-01T10:00", "2026-11-30"),
    ],
)
def test_an_end_on_a_holiday_moves(start: str, last: str) -> None:
    end = end_of(at(start), 60, "days", shift=True)
    assert end.at == end_of_day(date.fromisoformat(last))


def test_an_end_in_an_unknown_year_may_be_a_holiday_so_it_is_not_said() -> None:
    end = end_of(at("2026-12-02T10:00"), 60, "days", shift=True)
    assert end == End(why="calendar", year=2027, about=date(2027, 2, 1))  # 31 January: Sunday
    assert end_of(at("2026-12-02T10:00"), 60, "days").at == at("2027-01-31T23:59:59")


def test_the_day_is_that_of_china() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past midnight on the 21st
    assert end_of(late, 15, "days").at == at("2026-12-06T23:59:59")


@pytest.mark.parametrize(
    ("start", "count", "unit", "last"),
    [
        ("2024-02-29T12:00", 1, "years", "2025-02-28"),
        ("2024-02-29T12:00", 3, "years", "2027-02-28"),
        ("2026-11-20T14:23", 3, "years", "2029-11-20"),
        ("2026-12-31T10:00", 2, "months", "2027-02-28"),
        ("2026-10-31T10:00", 2, "months", "2026-12-31"),
    ],
)
def test_years_and_months_end_on_the_same_day(
    start: str, count: int, unit: Unit, last: str
) -> None:
    assert end_of(at(start), count, unit).at == end_of_day(date.fromisoformat(last))


@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "working_days", "months", "years"])
def test_the_end_of_all_years_has_no_deadline(unit: Unit) -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert end_of(last, 24, unit) == End(why="range")


@given(KNOWN, st.integers(0, 30))
def test_working_days_end_on_one_and_grow(start: date, count: int) -> None:
    last = add_working_days(start, count)
    following = add_working_days(start, count + 1)
    if last is not None and count:
        assert is_working_day(last)
        assert last > start
    if following is not None:
        assert last is not None
        assert last < following


@given(KNOWN, KNOWN, st.integers(1, 30))
def test_who_starts_later_does_not_end_earlier(one: date, other: date, count: int) -> None:
    ends = [add_working_days(day, count) for day in sorted((one, other))]
    assert None in ends or ends[0] <= ends[1]  # type: ignore[operator]
