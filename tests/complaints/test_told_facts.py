"""What the user tells changes what is asked for and declared, never silently."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from helper.dealings import Answer, Entry, Party, Refund
from helper.errors import InvalidError, RefusedError
from helper.model import CaseView, Draft
from scrapers.record import Delivery, OrderRecord, Payment, Source
from tests.complaints.conftest import CLICKED, NOW, case_of

Make = Callable[..., Draft]


def told(order: OrderRecord, *what: Any) -> CaseView:
    entries = (Entry(entry_id=f"e-{n}", added_at=NOW, what=one) for n, one in enumerate(what))
    return case_of(order, entries=tuple(entries))


@pytest.mark.parametrize(
    ("channel", "document"),
    [("merchant_platform", "complaint"), ("merchant_platform", "short"), ("12315", "complaint"),
     ("court", "claim"), ("wechat_pay", "complaint")],
)  # fmt: skip
def test_money_that_came_back_is_not_asked_for_again(
    channel: str, document: str, full: OrderRecord, draft_for: Make
) -> None:
    back = Refund(at=CLICKED, amount=Decimal("50.00"))
    draft = draft_for(told(full, back), channel=channel, document=document, demand="refund")
    assert "中尚未退还的 48.00 元" in draft.fields["demand"]


def test_nothing_is_asked_for_once_all_is_back(full: OrderRecord, draft_for: Make) -> None:
    back = Refund(at=CLICKED, amount=Decimal("98.00"))
    with pytest.raises(RefusedError, match="all_back"):
        draft_for(told(full, back), demand="refund")


@pytest.mark.parametrize("document", ["complaint", "short"])
def test_a_promise_of_the_user_is_not_the_pages(
    document: str, full: OrderRecord, draft_for: Make
) -> None:
    delivery = Delivery(kind="card_secret", promised_text="三分钟内发货，逾期十倍赔偿")
    sources = {
        "delivery.promised_text": Source(artifact="user"),
        "order_no": Source(artifact="user"),
    }
    order = full.model_copy(update={"delivery": delivery, "sources": sources})
    text = draft_for(case_of(order), document=document).text
    assert "十倍" not in text
    assert "WZ20261120142251617（本人填写）" in text


def test_a_time_behind_the_picture_is_not_told_as_a_fact(
    full: OrderRecord, draft_for: Make
) -> None:
    paid = Payment(method="wechat", paid_at=CLICKED + timedelta(days=26_000))
    order = full.model_copy(update={"payment": paid})
    for document in ("complaint", "short"):
        assert "付款购买" not in draft_for(case_of(order), document=document).text


def test_a_dispute_that_another_body_has_is_not_denied(full: OrderRecord, draft_for: Make) -> None:
    taken = Answer(at=CLICKED, channel="police", outcome="accepted")
    words = "同一争议没有由"
    assert words in draft_for(case_of(full), channel="12315").text
    assert words not in draft_for(told(full, taken), channel="12315").text


def test_whom_the_user_names_is_named_as_the_users_word(full: OrderRecord, draft_for: Make) -> None:
    party = Party(name="杭州某某网络科技有限公司", address="杭州市西湖区", found_in="register")
    text = draft_for(told(full, party), channel="12315").text
    assert "被投诉人：杭州某某网络科技有限公司，地址 杭州市西湖区（本人陈述）" in text


@pytest.mark.parametrize("channel", ["court", "arbitration"])
def test_a_suit_needs_a_definite_claim(channel: str, full: OrderRecord, draft_for: Make) -> None:
    given = {"arbitration_clause": channel == "arbitration"}
    with pytest.raises(RefusedError, match="suit_demand"):
        draft_for(case_of(full), channel=channel, demand="请在24小时内退部分款", answers=given)


def test_a_demand_of_another_issue_is_no_demand_of_this_one(
    full: OrderRecord, draft_for: Make
) -> None:
    with pytest.raises(InvalidError, match="refund_duplicate"):
        draft_for(case_of(full), demand="refund_duplicate")


@pytest.mark.parametrize(
    ("demand", "flagged"),
    [
        ("请在 24 小时内退还 98 元；逾期未退 98 元的，请说明原因", False),
        ("请在 24 小时内退还 98 元并赔偿 10 元", True),
        ("请在 24 小时内退还 1,098 元", True),
    ],
)
def test_a_sum_named_twice_is_asked_for_once(
    demand: str, flagged: bool, full: OrderRecord, draft_for: Make
) -> None:
    rules = {finding.rule for finding in draft_for(case_of(full), demand=demand).lint}
    assert ("excessive" in rules) is flagged
