"""A draft claims what the page shows, the user gave or said; what no picture shows is cited so."""

from collections.abc import Callable

import pytest

from helper.complaints.exhibits import choose
from helper.model import Draft
from scrapers.record import OrderRecord, Source
from tests.complaints.conftest import artifact, capture, case_of

Make = Callable[..., Draft]


@pytest.mark.parametrize("issue", ["failed_no_refund", "refund_missing", "duplicate_charge"])
def test_what_only_the_user_says_is_marked_as_their_word(
    issue: str, full: OrderRecord, draft_for: Make
) -> None:
    draft = draft_for(case_of(full), issue, answers={"facts": "客服电话里这样说"})
    assert draft.sentences[0].text.endswith("（本人陈述）。")
    assert draft.sentences[0].stated
    assert not draft_for(case_of(full)).sentences[0].stated


def test_a_value_of_the_user_supports_a_complaint(full: OrderRecord, draft_for: Make) -> None:
    changes = {"sources": {"status": Source(artifact="user")}, "status": "failed"}
    order = full.model_copy(update=changes)
    assert "款项没有退回" in draft_for(case_of(order), "failed_no_refund").text


def test_two_bills_support_a_double_charge(full: OrderRecord, draft_for: Make) -> None:
    kept = capture(full)
    bills = [artifact("attachment", f"bill{n}", kind="payment") for n in (1, 2)]
    case = case_of(full, kept.model_copy(update={"artifacts": (*kept.artifacts, *bills)}))
    assert "这笔订单被重复扣款" in draft_for(case, "duplicate_charge").text


SHOWN = "订单号 WZ20261120142251617 订单状态 处理中 星穹纪元 月光石 980枚 官方点卡 ￥98.00"


def folded(order: OrderRecord) -> OrderRecord:
    """The order whose promise stands in a closed part of the page."""
    sources = {
        "order_no": Source(selector="b", text="WZ20261120142251617"),
        "delivery.promised_text": Source(selector="details > p", text="支付成功后10分钟内到账"),
    }
    return order.model_copy(update={"sources": sources})


def test_what_no_picture_shows_is_cited_from_the_page_file(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(folded(full))
    chosen = choose(case, channel="merchant_platform", page_file=True)
    draft = draft_for(case, exhibits=chosen, page_text=SHOWN)
    [number] = [e.number for e in draft.exhibits if e.role == "seen/html"]
    lines = {one.exhibits[0]: one.text for one in draft.sentences if one.text.startswith("证据")}
    assert "页面承诺" not in lines[1]
    assert "页面承诺" not in lines[2]
    assert "载有页面承诺" in lines[number]
    quoting = [one for one in draft.sentences if "“即时商品" in one.text]
    assert [one.exhibits for one in quoting] == [(number,)]
    assert "hidden" in {gap.key for gap in draft.gaps}
    assert draft.lint == ()


def test_what_the_page_showed_needs_no_page_file(full: OrderRecord, draft_for: Make) -> None:
    text = f"{SHOWN} 支付成功后 10 分钟内到账"
    draft = draft_for(case_of(folded(full)), page_text=text)
    assert "hidden" not in {gap.key for gap in draft.gaps}
    assert "页面承诺" in draft.fields["evidence"]


def test_the_latest_delivery_time_that_the_page_shows_is_quoted(
    full: OrderRecord, draft_for: Make
) -> None:
    delivery = full.delivery.model_copy(update={"promised": "2026-11-21T14:23:05+08:00"})
    draft = draft_for(case_of(full.model_copy(update={"delivery": delivery})))
    assert "页面显示最晚发货时间为 2026-11-21 14:23；" in draft.sentences[0].text
    assert "已超过页面显示的最晚发货时间" in draft.text
    assert "最晚发货时间" in draft.fields["evidence"]
    assert draft.lint == ()


def test_the_words_promise_and_time_are_not_said_twice(full: OrderRecord, draft_for: Make) -> None:
    delivery = full.delivery.model_copy(update={"promised_text": "商家承诺：10分钟内发货"})
    text = draft_for(case_of(full.model_copy(update={"delivery": delivery}))).fields["description"]
    assert "承诺“商家承诺" not in text
    assert text.count("2026-11-20 14:23") == 1
    assert text.count("2026-11-22 15:51") == 1


def test_what_no_page_showed_is_not_said_of_the_page(full: OrderRecord, draft_for: Make) -> None:
    told = Source(artifact="witness/warc", selector="https://a.test/api $.pay_time", text="1")
    toast = Source(artifact="seen/context", selector="$.page.toasts[0].text", text="处理中")
    sources = {"payment.paid_at": told, "amount": told, "status": toast, "status_text": toast}
    draft = draft_for(case_of(full.model_copy(update={"sources": sources})))
    assert not [word for word in ("98.00", "付款时间", "14:23", "处理中") if word in draft.text]
    assert "paid_at" not in draft.fields
    assert {"amount", "paid_at", "status"} <= {gap.key for gap in draft.gaps}


def test_a_page_that_its_json_contradicts_is_a_gap_until_the_user_says_what_is_right(
    full: OrderRecord, draft_for: Make
) -> None:
    doubted = full.model_copy(update={"warnings": ("json_disagrees:amount",)})
    assert "json_disagrees" in {gap.key for gap in draft_for(case_of(doubted)).gaps}
    settled = doubted.model_copy(update={"sources": {"amount": Source(artifact="user")}})
    assert "json_disagrees" not in {gap.key for gap in draft_for(case_of(settled)).gaps}
    assert "json_disagrees" not in {gap.key for gap in draft_for(case_of(full)).gaps}
