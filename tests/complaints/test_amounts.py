"""What may be asked for in money: figures of the case only, each with formula and condition."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.sums.amounts import excessive, total
from helper.dealings import Answer, Entry
from helper.errors import InvalidError
from scrapers.record import Delivery, Item, OrderRecord, Secret, Source
from tests.complaints.conftest import HASH, NOW, case_of
from tests.complaints.reckoned import (
    AGREED,
    FRAUD,
    LENT,
    LOST,
    back,
    bill,
    bought,
    entry,
    proved,
    reckon,
    with_bills,
)


def test_the_money_paid_less_the_money_back_is_refunded() -> None:
    found = reckon(case_of(bought(refunded=Decimal("30.00"))), "failed_no_refund")["refund"]
    assert (found.amount, found.currency) == (Decimal("68.00"), "CNY")
    assert found.formula == "98.00 − 30.00 = 68.00"
    assert found.exhibits[0] == 1
    assert found.allowed
    assert found.law


def test_a_refund_in_the_other_name_of_the_yuan_is_subtracted() -> None:
    case = case_of(bought(), entries=back("30.00", "RMB"))
    assert reckon(case, "failed_no_refund")["refund"].amount == Decimal("68.00")


def test_what_the_page_and_the_user_call_the_same_refund_counts_once() -> None:
    case = case_of(bought(refunded=Decimal("30.00")), entries=back("30.00"))
    assert reckon(case, "failed_no_refund")["refund"].amount == Decimal("68.00")


def test_an_announced_refund_is_due_until_it_arrives() -> None:
    order = bought(status="refunded", refunded=Decimal("98.00"))
    assert reckon(case_of(order), "refund_missing")["refund"].amount == Decimal("98.00")
    arrived = reckon(case_of(order, entries=back("90.00")), "refund_missing")["refund"]
    assert (arrived.amount, arrived.allowed) == (Decimal("8.00"), True)
    done = reckon(case_of(order, entries=back("98.00")), "refund_missing")["refund"]
    assert (done.amount, done.allowed) == (Decimal("0.00"), False)


def test_a_refund_without_its_sum_leaves_the_rest_unknown() -> None:
    for issue in ("failed_no_refund", "refund_missing"):
        found = reckon(case_of(bought(status="partially_refunded")), issue)["refund"]
        assert (found.amount, found.allowed) == (None, False)
        assert "记下来" in (found.warning or "")


@pytest.mark.parametrize("amount", [None, "0.00", "-5.00"])
def test_an_amount_that_is_none_is_named_and_never_guessed(amount: str | None) -> None:
    found = reckon(case_of(bought(amount)))
    assert {one.amount for one in found.values()} == {None}
    assert not any(one.allowed for one in found.values())
    assert found["refund"].warning
    if amount:
        assert amount in found["refund"].warning


def test_a_bill_that_disagrees_is_named_and_the_smaller_sum_taken() -> None:
    found = reckon(with_bills(bought(), [bill(1, "97.50")]))["refund"]
    assert found.amount == Decimal("97.50")
    assert "98.00" in (found.warning or "")
    assert "97.50" in (found.warning or "")


def test_a_bill_alone_tells_what_was_paid() -> None:
    found = reckon(with_bills(bought(None), [bill(1, "97.50")]))["refund"]
    assert (found.amount, found.source) == (Decimal("97.50"), "付款账单上的金额。")


def test_a_value_of_the_user_is_said_to_be_theirs() -> None:
    order = bought(sources={"amount": Source(artifact="user")})
    assert "您自己填写" in reckon(case_of(order))["refund"].source


def test_the_excess_of_a_double_charge() -> None:
    found = reckon(with_bills(bought(), [bill(1, "98.00"), bill(2, "98.00")]), "duplicate_charge")
    assert "refund" not in found
    assert found["duplicate"].amount == Decimal("98.00")
    assert found["duplicate"].formula == "98.00 + 98.00 − 98.00 = 98.00"
    assert len(found["duplicate"].exhibits) >= 2


@pytest.mark.parametrize(
    ("bills", "entries", "amount"),
    [
        ([bill(1, "98.00")], (), None),
        ([bill(1, "98.00"), bill(2, "98.00", "refunded", out=False)], (), None),
        ([bill(1, "98.00"), bill(2, "98.00", "closed", out=False)], (), None),
        ([bill(1, "98.00"), bill(2, "98.00", "partially_refunded")], (), None),
        ([bill(1, "40.00"), bill(2, "58.00")], (), None),
        ([bill(1, "98.00"), bill(2, "98.00")], back("50.00"), "48.00"),
        ([bill(n, "98.00") for n in (1, 2, 3)], (), "196.00"),
    ],
)
def test_only_what_the_bills_show_as_kept_is_an_excess(
    bills: list[dict[str, Any]], entries: tuple[Entry, ...], amount: str | None
) -> None:
    case = with_bills(bought(), bills, entries=entries)
    found = reckon(case, "duplicate_charge")["duplicate"]
    assert found.amount == (Decimal(amount) if amount else None)
    assert found.allowed is (amount is not None)
    assert amount or found.warning


def test_a_refund_that_the_bills_know_too_is_deducted_once() -> None:
    bills = [bill(1, "98.00"), bill(2, "98.00"), bill(3, "98.00", "refunded", out=False)]
    found = reckon(with_bills(bought(), bills, entries=back("98.00")), "duplicate_charge")
    assert found["duplicate"].amount == Decimal("98.00")


def several(status: str = "partially_delivered", codes: int = 2, **changes: Any) -> OrderRecord:
    item = Item(title="点卡", quantity=3, unit_price=Decimal("10.00"))
    secrets = tuple(Secret(masked=f"A{n}*", sha256=HASH) for n in range(codes))
    given = {"status": status, "items": (item,), "delivery": Delivery(secrets=secrets)} | changes
    return bought("30.00").model_copy(update=given)


def test_of_a_part_only_the_part_is_claimed() -> None:
    found = reckon(case_of(several()))
    assert found["part"].amount == Decimal("10.00")
    assert found["part"].formula == "10.00 × 1 = 10.00"
    assert not found["refund"].allowed
    assert total(list(found.values())) == Decimal("10.00")


def test_dead_codes_are_counted_by_the_user() -> None:
    order = several("delivered", codes=3)
    unknown = reckon(case_of(order), "dead_code")
    assert (unknown["part"].amount, unknown["part"].allowed) == (None, False)
    assert reckon(case_of(order), "dead_code", missing="2")["part"].amount == Decimal("20.00")
    assert reckon(case_of(order), "dead_code", missing="4")["part"].amount is None
    assert reckon(case_of(order), "dead_code", missing="两个")["part"].amount is None
    whole = reckon(case_of(order), "dead_code", missing="3")
    assert "part" not in whole
    assert whole["refund"].amount == Decimal("30.00")


def test_of_a_discounted_order_the_part_is_shared_out_half_up() -> None:
    order = several(amount=Decimal("20.00"))
    found = reckon(case_of(order))["part"]
    assert (found.amount, found.formula) == (Decimal("6.67"), "20.00 × 1 ÷ 3 = 6.67")
    half = several(amount=Decimal("10.03"), items=(Item(title="x", quantity=2),), codes=1)
    assert reckon(case_of(half))["part"].amount == Decimal("5.02")


def test_the_agreed_penalty_of_the_seed() -> None:
    found = reckon(proved(bought("100.00")), **AGREED)["penalty"]
    assert (found.amount, found.allowed, found.exhibits) == (Decimal("10.00"), True, (4,))
    assert found.formula == "100.00 × 10% = 10.00"
    assert "4.2" in found.source
    assert [one.article for one in found.law] == ["第五百八十五条"]


@pytest.mark.parametrize(
    "changes",
    [
        {"penalty_rate": ""}, {"penalty_rate": "10"}, {"penalty_rate": "0%"},
        {"penalty_clause": ""}, {"penalty_clause": "逾期按5%赔付"}, {"penalty_exhibit": "99"},
        {"penalty_exhibit": ""},
    ],
)  # fmt: skip
def test_no_penalty_without_rate_clause_and_exhibit(changes: dict[str, str]) -> None:
    found = reckon(proved(bought()), **(AGREED | changes))["penalty"]
    assert not found.allowed
    assert found.warning


def test_a_rate_in_characters_is_the_same_rate() -> None:
    told = AGREED | {"penalty_clause": "违约金为订单金额的百分之十"}
    assert reckon(proved(bought()), **told)["penalty"].allowed


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "很多"},
        {"loss": "-5"},
        {"loss": "5 USDT"},
        {"loss_what": ""},
        {"loss_exhibit": "99"},
    ],
)
def test_no_loss_without_sum_ground_and_exhibit(changes: dict[str, str]) -> None:
    shown = reckon(proved(bought()), **LOST)["loss"]
    assert shown.allowed
    assert "对方下单时能够预见" in shown.condition
    assert "游戏账号的价值这类损失通常较难证明" in shown.condition
    found = reckon(proved(bought()), **(LOST | changes))["loss"]
    assert not found.allowed
    assert found.warning


def test_penalty_and_loss_are_not_both_paid() -> None:
    more = reckon(proved(bought("100.00")), **AGREED, **(LOST | {"loss": "10.01"}))
    assert [more[key].allowed for key in ("penalty", "loss")] == [False, True]
    less = reckon(proved(bought("100.00")), **AGREED, **LOST)
    assert [less[key].allowed for key in ("penalty", "loss")] == [True, False]
    assert total(list(less.values())) == Decimal("110.00")


def test_interest_runs_by_days_from_the_day_and_at_the_rate_that_the_user_names() -> None:
    found = reckon(case_of(bought("1000.00")), **LENT)["interest"]
    assert found.amount == Decimal("1.00")
    assert found.formula == "1000.00 × 3.65% × 10 ÷ 365 = 1.00"
    assert [one.article for one in found.law] == ["第五百八十四条"]
    prepaid = reckon(case_of(bought("1000.00")), **LENT, interest_for="prepaid")["interest"]
    assert [one.article for one in prepaid.law] == ["第五十三条"]
    resold = reckon(case_of(bought("1000.00")), **LENT, interest_for="prepaid", resale=True)
    assert [one.article for one in resold["interest"].law] == ["第五百八十四条"]


@pytest.mark.parametrize(
    "changes",
    [
        {"interest_rate": ""}, {"interest_rate": "3"}, {"interest_source": ""},
        {"interest_from": ""}, {"interest_from": "上个月"}, {"interest_from": "2027-01-01"},
    ],
)  # fmt: skip
def test_no_interest_without_rate_source_and_first_day(changes: dict[str, str]) -> None:
    found = reckon(case_of(bought()), **(LENT | changes))["interest"]
    assert (found.amount, found.allowed) == (None, False)
    assert found.warning


@pytest.mark.parametrize(("price", "added"), [("29.90", "500.00"), ("200.00", "600.00")])
def test_the_increase_of_fraud_is_three_times_the_price_and_500_at_least(
    price: str, added: str
) -> None:
    found = reckon(case_of(bought(price)), "not_as_described", **FRAUD)
    assert found["tripled"].amount == Decimal(added)
    assert found["tripled"].allowed
    assert total(list(found.values())) == Decimal(price) + Decimal(added)


@pytest.mark.parametrize(
    "changes",
    [
        {"resale": True}, {"resale": None}, {"false_statement": ""}, {"fraud_exhibit": "99"},
        {"fraud_exhibit": ""}, {"misled": False}, {"misled": None},
    ],
)  # fmt: skip
def test_no_increase_without_fraud_proof_own_use_and_deceit(changes: dict[str, Any]) -> None:
    found = reckon(case_of(bought()), "not_as_described", **(FRAUD | changes))["tripled"]
    assert not found.allowed
    assert found.warning
    if changes.get("resale"):
        assert found.law == ()


def test_another_currency_is_named_and_not_converted() -> None:
    order = bought("13.5712", currency="USDT")
    case = with_bills(order, [bill(1, "98.00"), bill(2, "98.00")], entries=back("10.00"))
    found = reckon(case, "not_as_described", **FRAUD)
    assert (found["refund"].amount, found["refund"].currency) == (Decimal("13.5712"), "USDT")
    assert "币种" in (found["refund"].warning or "")
    assert found["tripled"].amount is None
    assert reckon(case, "duplicate_charge")["duplicate"].amount is None


def test_a_coupon_is_no_payment() -> None:
    coupon = entry(Answer(at=NOW, channel="merchant_platform", outcome="coupon"))
    found = reckon(case_of(bought(), entries=(coupon,)))
    assert (found["coupon"].amount, found["coupon"].allowed) == (None, False)
    assert found["refund"].amount == Decimal("98.00")
    assert "coupon" not in reckon(case_of(bought()))


def test_other_disputes_have_no_refund_before_it_is_said_what_went_wrong() -> None:
    assert not reckon(case_of(bought()), "other")["refund"].allowed
    assert not reckon(case_of(bought()), "other", kind="lured")["refund"].allowed
    assert reckon(case_of(bought()), "other", kind="after_sales_refused")["refund"].allowed


def test_an_own_mistake_is_named_beside_the_refund() -> None:
    found = reckon(case_of(bought()), own_mistake=True)["refund"]
    assert "一部分" in (found.warning or "")


def test_a_demand_above_what_is_allowed_is_flagged() -> None:
    found = list(reckon(case_of(bought())).values())
    assert excessive(Decimal("98.00"), found) is None
    said = excessive(Decimal("300.00"), found)
    assert said is not None
    assert said.code == "excessive"
    for figure in ("300.00", "98.00", "202.00"):
        assert figure in said.text
    unknown = excessive(Decimal(1), list(reckon(case_of(bought(None))).values()))
    assert unknown is not None
    assert unknown.code == "unchecked"


def test_an_unknown_issue_is_invalid() -> None:
    with pytest.raises(InvalidError):
        reckon(case_of(bought()), "nothing")


def test_a_case_in_another_time_zone_counts_chinese_days() -> None:
    assert datetime(2026, 11, 22, 8, 0, tzinfo=UTC) == NOW
    late = reckon(case_of(bought("1000.00")), **(LENT | {"interest_from": "2026-11-21"}))
    assert "× 1 ÷" in late["interest"].formula
