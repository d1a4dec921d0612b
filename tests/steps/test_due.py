"""What closes soon is gathered over all open cases."""

from datetime import timedelta
from typing import Any

from helper.dealings import Contact
from helper.desk import Desk
from helper.steps.store import Store
from tests.steps.test_bill import case_of


def promised(store: Store, case_id: str, hours: int) -> None:
    """Note a promise that ends in so many hours."""
    now = store.now()
    said = Contact(at=now - timedelta(days=2), way="chat", promised="会退",
                   promised_by=now + timedelta(hours=hours))  # fmt: skip
    store.vault.add_entry(case_id, said, now)


async def test_what_closes_first_comes_first_and_a_closed_case_is_silent(
    store: Store, captures: Any
) -> None:
    later, sooner, closed = (
        case_of(
            store, captures, order_no=f"A{number}000000", created_at=store.now() - timedelta(days=3)
        )
        for number in range(3)
    )
    for case_id, hours in ((later, 5), (sooner, 2), (closed, 1)):
        promised(store, case_id, hours)
    store.vault.close_case(closed, store.now())
    found = [one for one in await Desk(store).due() if one.clock.whose == "promise"]
    assert [one.case_id for one in found] == [sooner, later]
    assert {one.clock.state for one in found} == {"due_soon"}
