"""No wait is endless: 12315 has its legal time, a promise fifteen days, a broken one none."""

from datetime import UTC, datetime, timedelta

import pytest

from helper.complaints.wording import moment
from helper.dealings import Contact
from scrapers.record import OrderRecord

from .conftest import NOW
from .test_ladder import SHOP, answer, filed, look, step


@pytest.mark.parametrize(
    ("outcome", "days", "passed"), [(None, 9, "七个工作日"), ("accepted", 63, "六十日")]
)
def test_12315_is_waited_for_as_long_as_its_rules_say(
    full: OrderRecord, outcome: str | None, days: int, passed: str
) -> None:
    """Filed on Monday, 2026-06-01: a decision by 06-10; taken up on 06-04: over by Monday 08-03."""
    at = datetime(2026, 6, 1, 2, tzinfo=UTC)
    told = filed("12315", 0).model_copy(update={"at": at})
    taken = () if outcome is None else (
        answer("12315", outcome, 0).model_copy(update={"at": at + timedelta(days=3)}),
    )  # fmt: skip
    until = at.replace(hour=15, minute=59, second=59) + timedelta(days=days)
    still = look(full, *taken, filings=[told], now=until - timedelta(hours=1))
    assert still.waiting is not None
    assert (still.waiting.until, still.waiting.whose) == (until, "law")
    assert passed in still.why
    after = look(full, *taken, filings=[told], now=until + timedelta(hours=1))
    assert step(after) == ("court", "claim")
    assert passed in after.why
    assert moment(until) in after.why


def test_a_year_without_calendar_ends_the_wait_for_12315_too(full: OrderRecord) -> None:
    taken_up = answer("12315", "accepted", 1)
    waiting = look(full, taken_up, filings=[filed("12315", 3)]).waiting
    assert waiting is not None
    assert waiting.until is None
    later = look(full, taken_up, filings=[filed("12315", 3)], now=NOW + timedelta(days=90))
    assert step(later) == ("court", "claim")


def test_a_promise_without_end_is_waited_for_fifteen_days(full: OrderRecord) -> None:
    far = datetime(2034, 1, 1, tzinfo=UTC)
    talk = Contact(at=NOW - timedelta(days=3), way="chat", side="merchant", promised_by=far)
    for what, filings in (
        (talk, []),
        (answer(SHOP, "accepted", 3, promised_by=far), [filed(SHOP, 4)]),
    ):
        found = look(full, what, filings=filings)
        assert found.waiting is not None
        assert (found.waiting.until, found.waiting.whose) == (NOW + timedelta(days=12), "guide")
        assert "2034" in found.why
        later = look(full, what, filings=filings, now=NOW + timedelta(days=12))
        assert later.state == "act"
        assert any("2034" in hint for hint in later.hints)


def test_after_a_broken_promise_no_newer_one_is_waited_for(full: OrderRecord) -> None:
    broken = Contact(
        at=NOW - timedelta(days=5), way="chat", side="merchant", promised_by=NOW - timedelta(days=4)
    )
    newer = Contact(
        at=NOW - timedelta(days=1), way="chat", side="merchant", promised_by=NOW + timedelta(days=4)
    )
    assert look(full, newer).state == "wait"
    found = look(full, broken, newer)
    assert step(found) == (SHOP, "complaint")
    assert any("答应" in hint and "不必再等" in hint for hint in found.hints)
    again = answer(SHOP, "accepted", 1, promised_by=NOW + timedelta(days=4))
    assert step(look(full, broken, again, filings=[filed(SHOP, 3)])) == (SHOP, "demand_letter")


def test_a_promise_taken_back_is_not_waited_for(full: OrderRecord) -> None:
    talk = Contact(
        at=NOW - timedelta(days=2), way="chat", side="merchant", promised_by=NOW + timedelta(days=4)
    )
    found = look(full, talk, answer(SHOP, "refused", 1), filings=[filed(SHOP, 3)])
    assert step(found) == (SHOP, "recomplaint")
