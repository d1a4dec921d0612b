"""Which exhibit an answer means, what it can prove, and what a sum is warned of."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from helper.dealings import Shown
from helper.model import CaptureMeta, CaptureView
from scrapers.record import Delivery, Payment
from tests.complaints.conftest import CLICKED, artifact, capture, case_of
from tests.complaints.reckoned import AGREED, FRAUD, LENT, LOST, bought, proved, reckon


def kept_later(kind: str = "other", number: int = 2) -> CaptureView:
    meta = CaptureMeta(url="https://wangzi.localhost/rules", title="规则", clicked_at=CLICKED)
    return capture(None, number=number, meta=meta, shown=Shown(page_kind=kind))


RULES = artifact("attachment", "-rules")


@pytest.mark.parametrize("name", [RULES.name, RULES.name.upper(), RULES.sha256[:8], RULES.sha256])
def test_an_exhibit_named_by_what_does_not_move_is_found_after_another_page(name: str) -> None:
    told = AGREED | {"penalty_exhibit": name}
    before = reckon(proved(bought()), **told)["penalty"]
    after = reckon(proved(bought(), kept_later()), **told)["penalty"]
    assert (before.exhibits, after.exhibits) == ((4,), (5,))
    assert before.allowed
    assert after.allowed


def test_a_page_is_named_by_its_capture() -> None:
    page = kept_later("terms")
    told = AGREED | {"penalty_exhibit": page.capture_id}
    assert reckon(proved(bought(), page), **told)["penalty"].exhibits == (4,)
    later = page.model_copy(update={"capture_id": kept_later(number=9).capture_id})
    assert reckon(proved(bought(), later), **told)["penalty"].exhibits == ()


@pytest.mark.parametrize("name", [RULES.sha256[:7], "a.png", "证据", "  "])
def test_a_name_that_no_exhibit_has_names_none(name: str) -> None:
    found = reckon(proved(bought()), **(AGREED | {"penalty_exhibit": name}))["penalty"]
    assert (found.exhibits, found.allowed) == ((), False)


def test_the_source_says_which_exhibit_a_number_now_means() -> None:
    assert "证据4 用户协议或店铺规则截图" in reckon(proved(bought()), **AGREED)["penalty"].source
    moved = reckon(proved(bought(), kept_later()), **AGREED)["penalty"]
    assert "证据4 网页“规则”" in moved.source
    assert not moved.allowed
    fraud = reckon(proved(bought()), "not_as_described", **FRAUD)["tripled"]
    assert "证据1 订单页" in fraud.source


@pytest.mark.parametrize(
    ("case", "exhibit", "allowed"),
    [
        (proved(bought()), "1", False),
        (proved(bought()), "5", False),
        (proved(bought(), kept_later("chat")), "4", False),
        (proved(bought(), kept_later("product")), "4", True),
        (proved(bought(delivery=Delivery(message="逾期10%"))), "1", False),
        (
            proved(bought(delivery=Delivery(message=f"须知：{AGREED['penalty_clause']}。"))),
            "1",
            True,
        ),
    ],
)
def test_a_penalty_takes_a_page_of_rules_or_an_order_that_quotes_the_clause(
    case: Any, exhibit: str, allowed: bool
) -> None:
    found = reckon(case, **(AGREED | {"penalty_exhibit": exhibit}))["penalty"]
    assert found.allowed is allowed
    assert allowed or "证明不了这条约定" in (found.warning or "")


@pytest.mark.parametrize(("exhibit", "allowed"), [("1", False), ("3", False), ("4", True)])
def test_the_order_page_itself_proves_no_further_loss(exhibit: str, allowed: bool) -> None:
    case = proved(bought(), kept_later())
    found = reckon(case, **(LOST | {"loss_exhibit": exhibit}))["loss"]
    assert found.allowed is allowed
    assert allowed or "证明不了另外的损失" in (found.warning or "")


def test_an_earlier_picture_of_the_same_order_proves_no_further_loss_another_order_may() -> None:
    for order_no, allowed in (("W1", False), ("B2", True)):
        other = kept_later().model_copy(update={"order": bought(order_no=order_no)})
        earlier = other.meta.model_copy(update={"clicked_at": CLICKED - timedelta(hours=1)})
        case = proved(bought(order_no="W1"), other.model_copy(update={"meta": earlier}))
        assert reckon(case, **(LOST | {"loss_exhibit": "4"}))["loss"].allowed is allowed


def test_a_sum_above_the_price_is_warned_of_whatever_else_is_said() -> None:
    case = proved(bought("100.00"))
    found = reckon(case, **(LOST | {"loss": "100.01"}))["loss"]
    assert found.allowed
    assert "100.00" in (found.warning or "")
    assert reckon(case, **(LOST | {"loss": "100.00"}))["loss"].warning is None
    both = reckon(case, **(LOST | {"loss": "100.01", "loss_exhibit": "1"}))["loss"].warning or ""
    assert "证明不了" in both
    assert "100.00" in both
    tripled = reckon(case, "not_as_described", **FRAUD)["tripled"]
    assert (tripled.amount, tripled.warning) == (Decimal("500.00"), None)


@pytest.mark.parametrize(
    ("rate", "start", "said"),
    [
        ("3.65%", "2026-11-11", "2026-11-12"),
        ("24.01%", "2026-11-12", "不是法律规定"),
        ("24%", "2026-11-12", None),
        ("3.65%", "2026-11-12", None),
    ],
)
def test_interest_runs_from_the_payment_at_a_rate_within_our_caution(
    rate: str, start: str, said: str | None
) -> None:
    paid_at = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 00:30 of the 12th in China
    case = case_of(bought("1000.00", payment=Payment(paid_at=paid_at)))
    found = reckon(case, **(LENT | {"interest_rate": rate, "interest_from": start}))["interest"]
    assert found.allowed is (said is None)
    assert (said or "") in (found.warning or "")
    assert said or "出处：约定" in found.source
