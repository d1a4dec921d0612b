"""Which dispute an order looks like, and the texts that go with it."""

import json
from pathlib import Path

import pytest

from helper.complaints.issues import default_demand, guess, issues
from helper.errors import InvalidError
from helper.messages import LANGUAGES
from scrapers.record import Delivery, OrderRecord, Payment, Secret
from tests.complaints.conftest import HASH, NOW, PAID

CATALOGUES = [
    json.loads(
        (Path(__file__).parents[2] / "helper/locales" / language / "complaints.json").read_text(
            "utf-8"
        )
    )
    for language in LANGUAGES
]
CODE = Delivery(secrets=(Secret(masked="A*", sha256=HASH),))
LATE = Delivery(promised_text="付款后2小时内发货")


@pytest.mark.parametrize(
    ("order", "issue", "reason"),
    [
        (None, "other", "no_order"),
        (OrderRecord(), "other", "unclear"),
        (OrderRecord(status="processing"), "not_delivered", "paid_not_delivered"),
        (
            OrderRecord(status="paid", payment=Payment(paid_at=PAID), delivery=LATE),
            "not_delivered",
            "promise_over",
        ),
        (OrderRecord(status="delivered", delivery=CODE), "dead_code", "code_on_page"),
        (OrderRecord(status="completed"), "not_delivered", "delivered_without_code"),
        (OrderRecord(status="failed"), "failed_no_refund", "status_failed"),
        (OrderRecord(failure_reason="库存不足"), "failed_no_refund", "failure_reason"),
        (OrderRecord(status="refunded"), "refund_missing", "status_refunded"),
        (OrderRecord(status="refunding"), "refund_missing", "status_refunding"),
        (OrderRecord(status="pending_payment"), "other", "not_paid"),
        (
            OrderRecord(status="pending_payment", payment=Payment(trade_no="4200")),
            "not_delivered",
            "paid_but_pending",
        ),
        (
            OrderRecord(status="cancelled", payment=Payment(paid_at=PAID)),
            "failed_no_refund",
            "paid_but_closed",
        ),
    ],
)
def test_the_order_suggests_an_issue(order: OrderRecord | None, issue: str, reason: str) -> None:
    suggested = guess(order, now=NOW)
    assert (suggested.issue, suggested.reason) == (issue, reason)
    assert suggested.demand == default_demand(issue)
    assert suggested.reason_text != f"complaints.reason.{reason}"
    assert issue not in suggested.alternatives
    assert {issue, *suggested.alternatives} == {one.key for one in suggested.choices}


def test_two_payments_of_one_order_suggest_a_duplicate_charge(full: OrderRecord) -> None:
    bills = [Payment(trade_no="4200001"), Payment(trade_no="4200002")]
    assert guess(full, bills, now=NOW).issue == "duplicate_charge"
    assert guess(full, bills[:1], now=NOW).issue == "not_delivered"


def test_all_seven_kinds_have_names_demands_and_questions() -> None:
    keys = {
        "not_delivered", "dead_code", "failed_no_refund", "refund_missing", "duplicate_charge",
        "not_as_described", "other",
    }  # fmt: skip
    assert {one.key for one in issues()} == keys
    for language in LANGUAGES:
        for one in issues(language):
            for choice in (one, *one.demands, *one.questions):
                assert not choice.name.startswith("complaints.")


def test_an_unknown_issue_is_invalid() -> None:
    with pytest.raises(InvalidError):
        default_demand("nothing")


def test_both_catalogues_have_the_same_keys_and_no_empty_text() -> None:
    assert set(CATALOGUES[0]) == set(CATALOGUES[1])
    assert all(text.strip() for texts in CATALOGUES for text in texts.values())


def test_every_refusal_has_message_and_next_step() -> None:
    reasons = {"channel_not_ready", "no_order", "no_exhibit", "not_paid", "already_refunded"}
    for reason in {*reasons, "code_on_page"}:
        for part in ("message", "next_step"):
            assert f"errors.refused.{reason}.{part}" in CATALOGUES[0]
