"""What answers decide: the own mistake first, a stop, warnings, parties, the demand that fits."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from helper.complaints import packaged
from helper.complaints.dispute.goods import unlawful
from helper.complaints.dispute.issues import DEMAND_KINDS, decide, issues
from helper.errors import InvalidError
from helper.messages import LANGUAGES
from helper.model import Draft
from scrapers.record import Item, OrderRecord, Payment
from tests.complaints.conftest import PAID, case_of

ISSUES = [one.key for one in issues()]
YES_NO = {one.key: [q.key for q in one.questions if q.kind == "yes_no"] for one in issues()}


def order(**changes: Any) -> OrderRecord:
    return OrderRecord.model_validate({"status": "processing"} | changes)


def codes(said: Any) -> set[str]:
    return {one.code for one in said}


@pytest.mark.parametrize(
    ("issue", "answers"),
    [
        ("not_delivered", {"credited": True}),
        ("dead_code", {"credited": True}),
        ("failed_no_refund", {"money_back": True}),
        ("refund_missing", {"money_back": True}),
        ("duplicate_charge", {"both_charged": False}),
        ("duplicate_charge", {"same_order": False}),
        ("not_as_described", {"as_described": True}),
    ],
)
def test_a_mere_misunderstanding_stops_before_the_draft(
    issue: str, answers: dict[str, bool]
) -> None:
    [(key, value)] = answers.items()
    stop = decide(issue, answers).stop
    assert stop is not None
    assert stop.code == key
    assert decide(issue, {key: not value}).stop is None
    assert decide(issue, {}).stop is None


def test_a_display_delay_is_ruled_out_first_only_where_the_page_says_delivered() -> None:
    answers = {"reloaded": False}
    stop = decide("not_delivered", answers, order(status="delivered")).stop
    assert stop is not None
    assert stop.code == "reloaded"
    assert decide("not_delivered", answers, order(status="processing")).stop is None


def test_answers_to_other_issues_and_words_for_yes_decide_nothing() -> None:
    assert decide("other", {"credited": True}).stop is None
    assert decide("not_delivered", {"credited": "yes"}).stop is None
    assert decide("other", {"kind": "late"}).kind is None


@pytest.mark.parametrize(
    ("issue", "answers"),
    [("not_delivered", {"own_mistake": True}), ("dead_code", {"used_as_told": False})],
)
def test_an_own_mistake_lowers_the_demand_and_names_the_user_first(
    issue: str, answers: dict[str, bool], full: OrderRecord, draft_for: Callable[..., Draft]
) -> None:
    decided = decide(issue, answers)
    assert decided.lowered is not None
    assert decided.parties[0].key == "user"
    assert decided.causes[0].key == "user_error"
    assert decided.demand not in DEMAND_KINDS
    assert "部分" in decided.demand
    assert "全额" not in decided.demand
    draft = draft_for(case_of(full), "not_delivered", demand=decided.demand)
    assert draft.lint == ()
    assert decided.demand in draft.fields["demand"]


def test_a_page_that_allowed_no_correction_is_held_against_the_shop() -> None:
    found = decide("not_delivered", {"own_mistake": True, "could_correct": False}).warnings
    [said] = [one for one in found if one.code == "could_correct"]
    assert "第五十条" in said.text
    alone = decide("not_delivered", {"could_correct": False})
    assert "could_correct" not in codes(alone.warnings)


def test_a_denied_mistake_leaves_the_user_out() -> None:
    open_yet = decide("not_delivered", {"kind": "currency_missing"})
    assert [one.key for one in open_yet.parties] == ["platform", "merchant", "user"]
    denied = decide("not_delivered", {"kind": "currency_missing", "own_mistake": False})
    assert [one.key for one in denied.parties] == ["platform", "merchant"]
    assert "user_error" not in {one.key for one in denied.causes}


def test_a_large_quantity_asks_for_resale_and_asserts_nothing() -> None:
    bought = order(items=[Item(title="点卡", quantity=10)])
    [said] = decide("not_delivered", {}, bought).warnings
    assert said.code == "bulk"
    assert "10 件" in said.text
    assert codes(decide("not_delivered", {"resale": False}, bought).warnings) == set()
    assert codes(decide("not_delivered", {"resale": True}, bought).warnings) == {"resale"}
    few = order(items=[Item(title="点卡", quantity=9)])
    assert decide("not_delivered", {}, few).warnings == ()


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("绝地 外挂 月卡", "cheat"), ("微信实名号 满月", "identity"), ("成品号 秒发", "identity"),
        ("代实名 秒过", "identity"), ("短视频刷赞 1000", "traffic"),
    ],
)  # fmt: skip
def test_goods_that_may_be_unlawful_are_warned_of_before_the_draft(title: str, group: str) -> None:
    bought = order(items=[Item(title=title)])
    [said] = decide("not_delivered", {}, bought).warnings
    assert said.code == f"unlawful_{group}"
    assert unlawful([title])[0][1] in said.text
    assert decide("not_delivered", {"unlawful_goods": False}, bought).warnings == ()
    answered = decide("not_delivered", {"unlawful_goods": True}, bought)
    assert codes(answered.warnings) == {"unlawful_goods"}


@pytest.mark.parametrize(
    "title",
    ["反外挂检测工具", "非成品号，需自行注册", "无外挂 绿色加速器", "星穹纪元 月光石 点卡", None],
)
def test_ordinary_goods_are_not_warned_of(title: str | None) -> None:
    assert unlawful([title]) == ()


def test_cause_and_party_are_possibilities() -> None:
    for issue, language in product(ISSUES, LANGUAGES):
        for kind in [None, *packaged.data("issues")[issue]["kinds"]]:
            decided = decide(issue, {"kind": kind}, language=language)
            assert decided.causes
            assert decided.parties
            for one in (*decided.causes, *decided.parties):
                assert one.reason
                assert not re.search(r"诈骗|骗子|一定是|fraudster", one.reason)


def test_a_dropped_order_may_be_a_fault_a_breach_or_out_of_step() -> None:
    causes = decide("not_delivered", {"kind": "dropped"}).causes
    assert [one.key for one in causes] == ["sync_error", "technical", "breach"]
    assert "没有传到另一个系统" in causes[0].reason
    assert "不要先下结论" in causes[2].reason


def test_what_may_be_asked_for_follows_from_who_may_answer() -> None:
    decided = decide("not_delivered", {"kind": "currency_missing", "own_mistake": True})
    said = {one.key: one.reason for one in decided.parties}
    assert "可以要求补发或退款" in said["merchant"]
    assert "可以要求它补发或更正订单" in said["platform"]
    assert "指导您改正或重新下单" in said["user"]


def test_a_code_that_was_shared_is_not_called_a_secret() -> None:
    [said] = decide("dead_code", {"code_shared": True}).warnings
    assert "不要写“从未泄露”" in said.text
    assert "使用时间和使用账号" in said.text


@pytest.mark.parametrize("issue", ["not_delivered", "failed_no_refund", "not_as_described"])
def test_the_own_mistake_is_among_what_decides(issue: str) -> None:
    [one] = [one for one in issues() if one.key == issue]
    [asked] = [q.name for q in one.questions if q.deciding and q.key == "own_mistake"]
    for told in ("账号", "区服", "规格", "充值参数"):
        assert told in asked


def test_the_orders_own_words_come_first_among_the_causes() -> None:
    failed = order(status="failed", failure_reason="上游通道维护")
    first = decide("failed_no_refund", {}, failed).causes[0]
    assert first.key == "technical"
    assert "上游通道维护" in first.reason
    pending = order(status="pending_payment", payment=Payment(paid_at=PAID))
    assert decide("not_delivered", {}, pending).causes[0].key == "sync_error"


def test_for_a_buyer_who_resells_no_consumer_rule_is_named() -> None:
    answers = {"kind": "after_sales_refused"}
    plain = {one.law for one in decide("other", answers).law}
    resale = {one.law for one in decide("other", answers | {"resale": True}).law}
    assert any("消费者" in law for law in plain)
    assert resale
    assert not any("消费者" in law for law in resale)
    for one in decide("other", answers | {"resale": True}).parties:
        assert "消费者权益保护法" not in one.reason


def test_one_order_and_many_orders_are_told_apart() -> None:
    found = [decide("dead_code", {"others_too": told}).nature for told in (True, False)]
    assert [one.code for one in found if one] == ["many", "one"]
    assert decide("dead_code", {}).nature is None


def test_a_shop_that_is_gone_points_to_the_police_without_an_accusation() -> None:
    decided = decide("other", {"shop_gone": True})
    assert (decided.kind, decided.demand) == ("vanished", "refund")
    [said] = decided.warnings
    assert "报警" in said.text
    assert "不等于诈骗" in said.text
    assert decide("other", {"paid_outside": True}).kind == "lured"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("issue", ISSUES)
def test_every_answer_has_its_sentence(issue: str, language: Any) -> None:
    bought = order(items=[Item(title="外挂 代实名 刷单", quantity=20)], failure_reason="系统维护")
    for key, value in product(YES_NO[issue], (True, False)):
        for before in ({}, {"own_mistake": True}):
            decided = decide(issue, before | {key: value}, bought, language)
            said = [decided.stop, decided.lowered, decided.nature, *decided.warnings]
            texts = [one.text for one in said if one]
            texts += [one.reason for one in (*decided.causes, *decided.parties)]
            texts += [decided.demand_name, *(one.name for one in decided.causes)]
            for text in texts:
                assert not text.startswith("complaints.")
                assert not re.search(r"[{}]|（）|\(\)|\(,", text), text


def test_an_unknown_issue_is_invalid() -> None:
    with pytest.raises(InvalidError):
        decide("nothing", {})
