"""For any case: no claim is negative, beyond what was paid, or without its condition."""

import re
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helper.complaints.dispute.issues import issues
from helper.messages import LANGUAGES
from scrapers.record import Item, OrderRecord
from tests.complaints.reckoned import (
    AGREED,
    FRAUD,
    LENT,
    LOST,
    back,
    bill,
    bought,
    proved,
    reckon,
    with_bills,
)

ISSUES = [one.key for one in issues()]

money = st.decimals(min_value=-100, max_value=10**9, places=2)
some_bills = st.lists(
    st.tuples(
        st.decimals(min_value=0, max_value=10**6, places=2),
        st.sampled_from(["paid", "refunded", "closed", "partially_refunded"]),
        st.booleans(),
    ),
    max_size=4,
)
told = st.fixed_dictionaries(
    {},
    optional={
        "resale": st.booleans(),
        "misled": st.booleans(),
        "missing": st.sampled_from(["0", "1", "2", "9", "多"]),
        "kind": st.sampled_from(["lured", "vanished"]),
        "interest_for": st.sampled_from(["prepaid", "loss"]),
        **{key: st.just(value) for key, value in (AGREED | LOST | LENT | FRAUD).items()},
    },
)
orders = st.builds(
    bought,
    st.none() | money.map(str),
    status=st.sampled_from(
        ["unknown", "processing", "partially_delivered", "delivered", "refunded", "refunding"]
    ),
    refunded=st.none() | money,
    currency=st.sampled_from([None, "CNY", "USDT"]),
    items=st.lists(
        st.builds(Item, quantity=st.none() | st.integers(-1, 5), unit_price=st.none() | money),
        max_size=2,
    ),
)


def figures_of(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


@settings(max_examples=300)
@given(
    order=orders,
    bills=some_bills,
    back_at=st.none() | money,
    issue=st.sampled_from(ISSUES),
    answers=told,
    shuffled=st.randoms(use_true_random=False),
)
def test_for_any_case_no_claim_is_negative_or_beyond_what_was_paid(
    order: OrderRecord,
    bills: list[tuple[Decimal, str, bool]],
    back_at: Decimal | None,
    issue: str,
    answers: dict[str, Any],
    shuffled: Any,
) -> None:
    rows = [bill(n, str(a), status, out=out) for n, (a, status, out) in enumerate(bills)]
    entries = back(str(back_at)) if back_at is not None else ()
    found = reckon(with_bills(order, rows, entries=entries), issue, **answers)
    assert all(one.amount is None or one.amount >= 0 for one in found.values())
    assert all(one.amount for one in found.values() if one.allowed)
    assert all(one.allowed or one.warning for one in found.values())
    kept = [Decimal(row["amount"]) for row in rows if row["stayed_out"]]
    paid = order.amount if order.amount is not None else sum(kept, Decimal(0))
    for key in ("refund", "part"):
        if key in found and found[key].amount is not None and order.amount is not None:
            assert found[key].amount <= paid
    if "duplicate" in found and found["duplicate"].amount is not None:
        assert order.amount is not None
        assert found["duplicate"].amount <= sum(kept, Decimal(0)) - order.amount
    if "tripled" in found and found["tripled"].amount is not None:
        assert found["tripled"].amount >= 500
    assert not found.get("refund") or not found.get("part") or not found["refund"].allowed
    shuffled.shuffle(rows)
    again = reckon(with_bills(order, rows, entries=entries), issue, **answers)
    assert [one.amount for one in again.values()] == [one.amount for one in found.values()]


@settings(max_examples=100)
@given(
    order=orders, issue=st.sampled_from(ISSUES), answers=told, language=st.sampled_from(LANGUAGES)
)
def test_every_claim_says_its_condition_and_every_figure_comes_from_the_case(
    order: OrderRecord, issue: str, answers: dict[str, Any], language: Any
) -> None:
    for one in reckon(proved(order), issue, language, **answers).values():
        for text in (one.name, one.condition, one.source, one.warning or ""):
            assert not text.startswith("complaints.")
            assert not re.search(r"[{}]", text)
        assert one.condition
        assert (one.formula != "") is (one.amount is not None)
        if one.amount is not None and one.key != "tripled":
            result = figures_of(one.formula.rpartition("= ")[2])
            assert {Decimal(figure) for figure in result} == {one.amount}
