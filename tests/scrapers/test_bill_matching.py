"""Payments find their orders by number, amount and time; two that fit are never chosen between."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.bills.matching import Matching, match
from scrapers.bills.record import BillPayment, BillSource
from scrapers.moments import SHANGHAI
from scrapers.record import OrderRecord

NOON = datetime(2026, 8, 18, 12, tzinfo=SHANGHAI)
NUMBER = "20260818142305617"


def paid(trade: str = "4200000001", **given: Any) -> BillPayment:
    said: dict[str, Any] = {
        "provider": "wechat", "at": NOON + timedelta(minutes=1), "counterparty": "快卡小站",
        "direction": "out", "amount": Decimal("36.00"), "status": "paid", "trade_no": trade,
        "source": BillSource(row=18, text="-"),
    }  # fmt: skip
    return BillPayment.model_validate(said | given)


def order(**given: Any) -> OrderRecord:
    said = {"order_no": NUMBER, "amount": Decimal("36.00"), "created_at": NOON}
    return OrderRecord.model_validate(said | given)


def pairs(found: Matching) -> list[tuple[int, str, str]]:
    return [(one.payment, one.order, one.confidence) for one in found.matches]


@pytest.mark.parametrize(
    ("payment", "known", "reason"),
    [
        (paid(merchant_no=NUMBER), order(created_at=None), "merchant_no_is_order_no"),
        (paid(merchant_no=NUMBER), order(order_no=f" {NUMBER} "), "merchant_no_is_order_no"),
        (paid(trade=NUMBER), order(), "trade_no_is_order_no"),
        (paid(), order(payment={"trade_no": "4200000001"}), "trade_no_is_trade_no"),
        (paid(merchant_no="GW20260818001"), order(payment={"trade_no": "GW20260818001"}),
         "merchant_no_is_trade_no"),
    ],
)  # fmt: skip
def test_a_number_decides(payment: BillPayment, known: OrderRecord, reason: str) -> None:
    [found] = match([payment], {"c": known}).matches
    assert (found.order, found.confidence) == ("c", "certain")
    assert found.reasons == (reason, "same_amount")


def test_a_number_with_another_amount_is_only_likely() -> None:
    [found] = match([paid(merchant_no=NUMBER)], {"c": order(amount=Decimal(35))}).matches
    assert (found.confidence, found.reasons[1]) == ("likely", "amount_differs")


def test_an_unknown_amount_does_not_speak_against_a_number() -> None:
    [found] = match([paid(merchant_no=NUMBER)], {"c": order(amount=None)}).matches
    assert (found.confidence, found.reasons) == ("certain", ("merchant_no_is_order_no",))


def test_a_short_number_needs_the_amount_too_and_is_never_certain() -> None:
    short = order(order_no="1001", created_at=None, amount=Decimal(5))
    assert not match([paid(merchant_no="1001")], {"c": short}).matches
    [found] = match([paid(merchant_no="1001", amount=Decimal(5))], {"c": short}).matches
    wanted = ("merchant_no_is_order_no", "same_amount", "short_number")
    assert (found.confidence, found.reasons) == ("likely", wanted)


DAYS = [(-1, True), (-2, False), (7, True), (8, False), (-270, False)]


@pytest.mark.parametrize("known", [{}, {"created_at": None, "payment": {"paid_at": NOON}}])
@pytest.mark.parametrize(("days", "fits"), DAYS)
def test_a_payment_days_from_the_order_whose_number_it_carries_is_only_likely(
    days: int, fits: bool, known: dict[str, Any]
) -> None:
    one = paid(merchant_no=NUMBER, at=NOON + timedelta(days=days))
    [found] = match([one], {"c": order(**known)}).matches
    assert (found.confidence == "certain", "time_differs" in found.reasons) == (fits, not fits)
    short = paid(merchant_no="10231", at=one.at)
    assert bool(match([short], {"c": order(order_no="10231", **known)}).matches) == fits


@pytest.mark.parametrize("status", ["pending_payment", "expired", "cancelled"])
def test_amount_and_time_do_not_pay_an_order_that_was_not_paid(status: str) -> None:
    noodles = paid(counterparty="面馆", at=NOON + timedelta(minutes=17))
    assert match([noodles], {"c": order(status=status)}) == Matching()
    assert pairs(match([paid(merchant_no=NUMBER)], {"c": order(status=status)}))


def test_two_payments_under_a_short_number_are_only_possibly_one_charged_twice() -> None:
    twice = [paid(f"420000000{n}", merchant_no="10231") for n in (1, 2)]
    [found] = match(twice, {"a": order(order_no="10231")}).double_charges
    wanted = ("same_number", "same_amount", "short_number")
    assert (found.confidence, found.reasons) == ("possible", wanted)


@pytest.mark.parametrize(
    ("minutes", "fits"), [(-6, False), (-5, True), (0, True), (60, True), (61, False)]
)
def test_amount_and_time_after_the_order(minutes: int, fits: bool) -> None:
    found = match([paid(at=NOON + timedelta(minutes=minutes))], {"c": order()})
    assert pairs(found) == ([(0, "c", "likely")] if fits else [])


@pytest.mark.parametrize(("minutes", "fits"), [(-6, False), (-5, True), (5, True), (6, False)])
def test_amount_and_the_payment_time_that_the_shop_shows(minutes: int, fits: bool) -> None:
    known = order(payment={"paid_at": NOON}, created_at=NOON - timedelta(hours=9))
    found = match([paid(at=NOON + timedelta(minutes=minutes))], {"c": known})
    assert pairs(found) == ([(0, "c", "likely")] if fits else [])


@pytest.mark.parametrize(
    "known",
    [
        order(amount=Decimal("36.01")),
        order(amount=None),
        order(created_at=None),
        order(payment={"method": "alipay"}),
        order(payment={"method": "balance"}),
        order(payment={"trade_no": "4200000009"}),
    ],
)
def test_what_speaks_against_a_payment(known: OrderRecord) -> None:
    assert match([paid()], {"c": known}) == Matching()


@pytest.mark.parametrize(
    "given",
    [
        {"direction": "in"},
        {"direction": "neutral"},
        {"status": "pending"},
        {"status": "failed"},
        {"refund": True},
    ],
)
def test_what_is_no_payment_pays_no_order(given: dict[str, Any]) -> None:
    assert not match([paid(merchant_no=NUMBER, **given)], {"c": order()}).matches


def test_the_same_words_are_a_reason() -> None:
    known = order(items=({"title": "QQ会员一个月"},))
    [found] = match([paid(goods="QQ会员一个月(自动发货)")], {"c": known}).matches
    assert found.reasons == ("same_amount", "near_created_at", "same_words")


def test_two_orders_fit_and_none_is_chosen() -> None:
    found = match([paid()], {"a": order(order_no="A1"), "b": order(order_no="B1")})
    assert found.matches == ()
    [unsure] = found.candidates
    assert (unsure.orders, unsure.reasons) == (("a", "b"), ("several_orders",))


def test_two_payments_fit_and_none_is_chosen() -> None:
    found = match([paid("4200000001", counterparty="甲"), paid("4200000002", counterparty="乙")],
                  {"a": order()})  # fmt: skip
    assert found.matches == ()
    assert [one.reasons for one in found.candidates] == [("several_payments",)] * 2
    assert found.double_charges == ()


def test_the_same_number_in_two_cases_is_not_chosen_between() -> None:
    found = match([paid(merchant_no=NUMBER)], {"a": order(), "b": order()})
    assert (found.matches, found.candidates[0].orders) == ((), ("a", "b"))


def test_a_numbered_payment_leaves_its_order_to_no_other() -> None:
    found = match([paid(merchant_no=NUMBER), paid("4200000002", counterparty="乙")], {"a": order()})
    assert pairs(found) == [(0, "a", "certain")]
    assert found.candidates == ()


def test_a_payment_that_fits_a_taken_order_and_a_free_one_is_not_chosen_for() -> None:
    payments = [paid(merchant_no=NUMBER), paid("4200000002", counterparty="乙")]
    found = match(payments, {"a": order(), "b": order(order_no="B1")})
    assert pairs(found) == [(0, "a", "certain")]
    assert found.candidates[0].reasons == ("several_orders",)


def test_an_order_paid_twice_under_its_number() -> None:
    twice = [paid("4200000001", merchant_no=NUMBER), paid("4200000002", merchant_no=NUMBER)]
    [found] = match(twice, {"a": order(created_at=None)}).double_charges
    assert (found.order, found.payments, found.confidence) == ("a", (0, 1), "certain")
    assert found.reasons == ("same_number", "same_amount")
    rest = [twice[0], twice[1].model_copy(update={"amount": Decimal(10)})]
    assert match(rest, {"a": order()}).double_charges[0].confidence == "possible"


def test_one_payment_by_each_provider_under_one_number() -> None:
    both = [paid(merchant_no=NUMBER), paid("2026081822", provider="alipay", merchant_no=NUMBER)]
    assert match(both, {"a": order()}).double_charges[0].confidence == "certain"


def test_the_same_payee_and_amount_at_once_is_possibly_twice() -> None:
    soon = [paid(), paid("4200000002", at=NOON + timedelta(minutes=10))]
    [found] = match(soon, {"a": order()}).double_charges
    assert (found.payments, found.confidence) == ((0, 1), "possible")
    assert found.reasons == ("same_payee", "same_amount", "minutes_apart")
    late = [paid(), paid("4200000002", at=NOON + timedelta(minutes=12))]
    assert match(late, {"a": order()}).double_charges == ()


@pytest.mark.parametrize(
    "second",
    [
        paid("4200000002", merchant_no=NUMBER, status="refunded", refunded=Decimal(36)),
        paid("4200000002", merchant_no=NUMBER, status="closed"),
        paid("4200000001", merchant_no=NUMBER),
        paid("4200000002", counterparty="乙"),
        paid("4200000002", amount=Decimal("36.01")),
    ],
)
def test_what_is_no_second_charge(second: BillPayment) -> None:
    assert match([paid(merchant_no=NUMBER), second], {"a": order()}).double_charges == ()


def test_a_second_charge_that_a_refund_row_returns_is_none() -> None:
    back = paid("4200000002_99", direction="neutral", refund=True, provider="alipay",
                at=NOON + timedelta(days=1))  # fmt: skip
    twice = [paid(f"420000000{n}", merchant_no=NUMBER, provider="alipay") for n in (1, 2)]
    assert match(twice, {"a": order()}).double_charges
    assert match([*twice, back], {"a": order()}).double_charges == ()


def test_two_orders_of_one_amount_are_no_double_charge() -> None:
    found = match(
        [paid(), paid("4200000002")], {"a": order(order_no="A"), "b": order(order_no="B")}
    )
    assert found.double_charges == ()
    assert found.matches == ()


@pytest.mark.parametrize(
    ("back", "reason"),
    [
        ({"trade": "4200000001_77"}, "same_number"),
        ({"trade": "5030000001", "merchant_no": NUMBER}, "same_number"),
        ({"trade": "5030000001"}, "same_payee"),
        ({"trade": "5030000001", "amount": Decimal(5)}, None),
        ({"trade": "5030000001", "counterparty": "乙"}, None),
        ({"trade": "5030000001", "at": NOON - timedelta(days=1)}, None),
        ({"trade": "4200000001_77", "amount": Decimal(37)}, None),
        ({"trade": "4200000001_77", "provider": "alipay"}, None),
    ],
)
def test_a_refund_finds_its_payment(back: dict[str, Any], reason: str | None) -> None:
    first = paid(merchant_no=NUMBER, status="refunded", refunded=Decimal(36))
    returned = paid(**{"direction": "in", "refund": True, "at": NOON + timedelta(hours=1)} | back)
    found = match([first, returned], {}).refunds
    assert [one.reason for one in found] == ([] if reason is None else [reason])


def test_a_refund_that_fits_two_payments_is_paired_with_none() -> None:
    first = [paid(f"420000000{n}", status="refunded", refunded=Decimal(36)) for n in (1, 2)]
    back = paid("5030000001", direction="in", refund=True, at=NOON + timedelta(hours=1))
    assert match([*first, back], {}).refunds == ()


PAYMENTS = st.lists(
    st.builds(
        paid,
        trade=st.integers(0, 5).map(lambda n: f"420000000{n}"),
        merchant_no=st.sampled_from([None, NUMBER, "20260818000000001", "1001"]),
        amount=st.sampled_from([Decimal("36.00"), Decimal("5.00")]),
        at=st.integers(-90, 90).map(lambda n: NOON + timedelta(minutes=n)),
        provider=st.sampled_from(["wechat", "alipay"]),
        direction=st.sampled_from(["out", "out", "in", "neutral"]),
        status=st.sampled_from(["paid", "refunded", "pending", "closed"]),
        refund=st.booleans(),
    ),
    max_size=7,
)
ORDERS = st.dictionaries(
    st.sampled_from("abcd"),
    st.builds(
        order,
        order_no=st.sampled_from([None, NUMBER, "20260818000000001", "1001"]),
        amount=st.sampled_from([None, Decimal("36.00"), Decimal("5.00")]),
        created_at=st.sampled_from([None, NOON, NOON + timedelta(minutes=30)]),
    ),
)


@given(PAYMENTS, ORDERS)
def test_no_payment_pays_two_orders_and_every_match_has_its_reason(
    payments: list[BillPayment], orders: dict[str, OrderRecord]
) -> None:
    found = match(payments, orders)
    places = [one.payment for one in (*found.matches, *found.candidates)]
    assert len(places) == len(set(places))
    for one in found.matches:
        payment, known = payments[one.payment], orders[one.order]
        assert payment.direction == "out"
        assert not payment.refund
        if one.confidence == "certain":
            assert payment.merchant_no == known.order_no
        elif one.reasons[0] == "same_amount":
            assert payment.amount == known.amount
            others = [x for x in found.matches if x.order == one.order]
            assert others == [one]
    for double in found.double_charges:
        charged = [payments[place] for place in double.payments]
        assert len({one.trade_no for one in charged}) > 1
        assert all(one.charged for one in charged)


@given(PAYMENTS, ORDERS, st.randoms())
def test_the_order_of_the_rows_changes_nothing(
    payments: list[BillPayment], orders: dict[str, OrderRecord], chance: Any
) -> None:
    places = list(range(len(payments)))
    chance.shuffle(places)
    one, other = match(payments, orders), match([payments[place] for place in places], orders)
    mixed = sorted((places[found.payment], found.order, found.reasons) for found in other.matches)
    assert mixed == [(found.payment, found.order, found.reasons) for found in one.matches]


@given(PAYMENTS, ORDERS)
def test_a_further_rival_never_makes_a_likely_match_certain(
    payments: list[BillPayment], orders: dict[str, OrderRecord]
) -> None:
    before = match(payments, orders)
    rivals = {**orders, **{f"{key}2": one for key, one in orders.items()}}
    after = match(payments, rivals)
    assert after.matches == ()
    assert {one.payment for one in before.matches} <= {one.payment for one in after.candidates}
