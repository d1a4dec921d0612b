"""The time a letter gives: what was typed is read, what is no number of days is not taken."""

from datetime import UTC, datetime
from typing import Any

import pytest

from helper.complaints.drafts.terms import term_of

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("days", [3, "3", "3天", "3 日", " 3 ", "３天", "3 days"])
def test_a_number_of_days_is_read_as_it_was_typed(days: Any) -> None:
    end, words = term_of(days, NOW)
    assert (end.isoformat(), words) == ("2026-11-25T23:59:00+08:00", "3 日")


@pytest.mark.parametrize("days", [None, True, 0, -3, 61, 2.5, "", "soon", "0", "99", "-3", "3周"])
def test_what_is_no_number_of_days_gives_seven(days: Any) -> None:
    assert term_of(days, NOW)[1] == "7 日"
