"""Digests come in the order of urgency, and the vault knows which are no longer true."""

from datetime import timedelta
from typing import Any

import pytest

from helper.vault.catalogue import Catalogue
from helper.vault.digests import NONE, KeptDigest, sortable
from tests.vault.conftest import NOON, Make

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def five(catalogue: Catalogue, make: Make) -> list[str]:
    """Five cases, the oldest first."""
    found = []
    for number in range(1, 6):
        catalogue.create_capture(make.uuid(number), make.meta(), [])
        found.append(
            catalogue.join_case(
                make.uuid(number), platform_key=None, host="shop.example", order_no=f"A{number}",
                wanted=None, title=f"order {number}", now=NOON,
            )
        )  # fmt: skip
    return found


def kept(catalogue: Catalogue, case_id: str, level: int, **values: Any) -> KeptDigest:
    plain: dict[str, Any] = {"record": "{}", "place": case_id}
    made = KeptDigest(case_id, catalogue.revision(case_id), "1", NOON, LATER, level)
    return made._replace(**(plain | values))


def order(catalogue: Catalogue, **asked: Any) -> list[str]:
    return [one.case_id for one in catalogue.digests_by_urgency("1", NOON, limit=9, **asked)]


def test_a_case_without_a_digest_comes_first_then_by_level_and_place(
    catalogue: Catalogue, five: list[str]
) -> None:
    a, b, c, d, e = five
    catalogue.put_digests([kept(catalogue, a, 1, place="2"), kept(catalogue, b, 1, place="1"),
                           kept(catalogue, c, 0), kept(catalogue, d, 4)])  # fmt: skip
    catalogue.close_case(d, NOON)
    assert order(catalogue) == [e, c, b, a]
    [first, *rest] = catalogue.digests_by_urgency("1", NOON, limit=9)
    assert (first.record, first.fresh, first.key.level) == (None, False, NONE)
    assert [(one.record, one.fresh, one.made_at) for one in rest] == [("{}", True, NOON)] * 3


def test_pages_go_on_behind_a_key_and_miss_nobody(catalogue: Catalogue, five: list[str]) -> None:
    catalogue.put_digests([kept(catalogue, one, 1, place="same") for one in five])
    found, after = [], None
    while page := catalogue.digests_by_urgency("1", NOON, limit=2, after=after):
        found += [one.case_id for one in page]
        after = page[-1].key
    assert found == sorted(five)


@pytest.mark.parametrize("why", ["changed", "over", "form", "clock"])
def test_it_is_stale_when_the_case_the_clock_or_the_form_changed_or_its_time_is_over(
    catalogue: Catalogue, five: list[str], why: str
) -> None:
    catalogue.put_digests([kept(catalogue, one, 1) for one in five])
    assert catalogue.stale_digests("1", NOON, 9) == []
    one, now, form = five[2], NOON, "1"
    if why == "changed":
        catalogue.add_note(one, "n", NOON)
    elif why == "clock":
        catalogue.put_digests([kept(catalogue, one, 1, made_at=LATER)])
    elif why == "over":
        catalogue.put_digests([kept(catalogue, one, 1, valid_until=NOON)])
    else:
        catalogue.put_digests([kept(catalogue, one, 1, form="0")])
    assert catalogue.stale_digests(form, now, 9) == [one]
    assert catalogue.digest_counts(form, now).stale == 1
    fresh = {case.case_id: case.fresh for case in catalogue.digests_by_urgency("1", now, limit=9)}
    assert fresh == dict.fromkeys(five, True) | {one: False}


def test_what_is_made_first_is_new_then_urgent_and_closed_cases_come_last(
    catalogue: Catalogue, five: list[str]
) -> None:
    a, b, c, d, e = five
    catalogue.put_digests([kept(catalogue, a, 2, form="0"), kept(catalogue, b, 0, form="0")])
    catalogue.close_case(e, NOON)
    assert catalogue.stale_digests("1", NOON, 9) == [d, c, b, a, e]
    assert catalogue.stale_digests("1", NOON, 2) == [d, c]


def test_a_case_of_an_older_vault_without_a_revision_has_a_digest_too(
    catalogue: Catalogue, five: list[str]
) -> None:
    with catalogue.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM changes")
    assert len(catalogue.stale_digests("1", NOON, 9)) == 5
    catalogue.put_digests([kept(catalogue, one, 1) for one in five])
    assert catalogue.stale_digests("1", NOON, 9) == []
    catalogue.add_note(five[0], "n", NOON)
    assert catalogue.stale_digests("1", NOON, 9) == [five[0]]


def test_a_digest_of_a_case_that_has_gone_is_dropped(catalogue: Catalogue) -> None:
    catalogue.put_digests([KeptDigest("c-gone", 1, "1", NOON, LATER)])
    with catalogue.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM digests").scalar() == 0


def test_clocks_and_what_is_due_are_found_without_reading_every_case(
    catalogue: Catalogue, five: list[str]
) -> None:
    a, b, c, d, e = five
    end = {a: 3, b: 1, c: -1}
    catalogue.put_digests(
        [kept(catalogue, one, 1, clock_at=NOON + timedelta(hours=end[one])) for one in end]
        + [kept(catalogue, d, 1, due=2), kept(catalogue, e, 1, due=1)]
    )
    catalogue.close_case(e, NOON)
    assert [one.case_id for one in catalogue.digests_by_clock("1", NOON, 9)] == [b, a]
    assert [one.case_id for one in catalogue.digests_due("1", NOON)] == [d]


def test_it_counts_cases_by_level_captures_by_state_and_stamps(
    catalogue: Catalogue, five: list[str], make: Make
) -> None:
    a, b, c, *_ = five
    catalogue.set_state(make.uuid(1), "sealed")
    catalogue.put_digests([kept(catalogue, a, 0), kept(catalogue, b, 1),
                           kept(catalogue, c, 1, lacking=3)])  # fmt: skip
    catalogue.close_case(five[4], NOON)
    catalogue.create_capture(make.uuid(9), make.meta(), [])
    assert catalogue.undigested() == 1
    found = catalogue.digest_counts("1", NOON)
    assert found.levels == {NONE: 1, 0: 1, 1: 2}
    assert (found.closed, found.alone, found.stamps, found.stale, found.lacking) == (1, 1, 0, 1, 1)
    assert found.captures == {"receiving": 5, "sealed": 1}


def test_times_sort_as_text() -> None:
    times = [NOON.replace(year=1), NOON, NOON + timedelta(microseconds=1), LATER,
             NOON.replace(year=9999)]  # fmt: skip
    assert [sortable(at) for at in times] == sorted(map(sortable, times))
