"""The draft for the shop's own ticket: what it says, what it never says."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.dispute.issues import default_demand, issues
from helper.complaints.exhibits import choose
from helper.errors import InvalidError, RefusedError
from helper.messages import explain
from helper.model import CaptureMeta, CaseView, Draft, Filing
from scrapers.contract import DRAFT_FIELDS
from scrapers.record import Delivery, Item, OrderRecord, Payment, Secret, Source
from tests.complaints.conftest import CLICKED, HASH, agreeing, artifact, capture, case_of

ISSUES = [issue.key for issue in issues()]
Make = Callable[..., Draft]


def with_file(order: OrderRecord, **about: Any) -> CaseView:
    own = artifact("attachment", "own", **about)
    kept = capture(order)
    return case_of(order, kept.model_copy(update={"artifacts": (*kept.artifacts, own)}))


def by_user(order: OrderRecord, field: str, **changes: Any) -> OrderRecord:
    return order.model_copy(update={"sources": {field: Source(artifact="user")}, **changes})


def test_the_first_sentence_is_the_core_contradiction(full: OrderRecord, draft_for: Make) -> None:
    first = draft_for(case_of(full)).sentences[0]
    assert first.text == (
        "订单号 WZ20261120142251617：我于 2026-11-20 14:23 在王子卡盟付款购买"
        "“星穹纪元 月光石 980枚 官方点卡”（数量 1），订单金额 98.00 元，"
        "页面承诺“即时商品：支付成功后10分钟内自动到账”；但截至北京时间 2026-11-22 15:51，"
        "订单仍显示“处理中”（证据1、证据2），我没有收到卡密（本人陈述）。"
    )
    assert first.exhibits == (1, 2)


@pytest.mark.parametrize("issue", ISSUES)
def test_every_draft_has_three_parts_in_order(
    issue: str, variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    draft = draft_for(case_of(variants[issue]), issue, demand=default_demand(issue))
    places = [draft.text.index(part) for part in ("【问题描述】", "【证据列举】", "【诉求】")]
    assert places == sorted(places)


@pytest.mark.parametrize("issue", ISSUES)
@pytest.mark.parametrize("bare", [False, True])
def test_every_sentence_names_an_exhibit_of_the_draft(
    issue: str, bare: bool, variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    order = OrderRecord() if bare else variants[issue]
    draft = draft_for(case_of(order), issue, demand=default_demand(issue))
    numbers = {exhibit.number for exhibit in draft.exhibits}
    for sentence in draft.sentences:
        assert sentence.exhibits
        assert {int(n) for n in re.findall(r"证据(\d+)", sentence.text)} <= numbers
        assert set(sentence.exhibits) == {int(n) for n in re.findall(r"证据(\d+)", sentence.text)}


@pytest.mark.parametrize("issue", ISSUES)
@pytest.mark.parametrize("bare", [False, True])
def test_our_own_words_pass_our_own_lint(
    issue: str, bare: bool, variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    order = OrderRecord() if bare else variants[issue]
    for demand in next(one for one in issues() if one.key == issue).demands:
        assert draft_for(case_of(order), issue, demand=demand.key).lint == ()


@pytest.mark.parametrize("issue", ISSUES)
def test_no_placeholder_and_no_empty_word_is_left(issue: str, draft_for: Make) -> None:
    text = draft_for(case_of(OrderRecord()), issue, demand=default_demand(issue)).text
    assert not re.search(r"[{}]|None|unknown|“”|（）|，，|。。| {2}", text)


def test_an_order_without_number_still_reads_well_and_says_what_is_missing(
    full: OrderRecord, draft_for: Make
) -> None:
    order = full.model_copy(update={"order_no": None})
    draft = draft_for(case_of(order))
    assert draft.sentences[0].text.startswith("我于 2026-11-20 14:23 在王子卡盟付款购买")
    assert draft.title == "付款后没有收到商品，要求补发或退款"
    assert "order_no" in {gap.key for gap in draft.gaps}
    assert "order_no" not in draft.fields


def test_an_order_page_with_nothing_on_it_gives_no_figure(draft_for: Make) -> None:
    draft = draft_for(case_of(OrderRecord()))
    assert {"order_no", "amount", "paid_at", "product", "status", "promise"} <= {
        gap.key for gap in draft.gaps
    }
    assert "该订单已付的款项全额" in draft.fields["demand"]


def test_an_amount_without_currency_gets_no_unit(full: OrderRecord, draft_for: Make) -> None:
    draft = draft_for(case_of(full.model_copy(update={"currency": None})))
    assert "订单金额 98.00，" in draft.text
    assert "98.00 元" not in draft.text


def test_amounts_keep_the_digits_of_the_order(full: OrderRecord, draft_for: Make) -> None:
    draft = draft_for(case_of(full.model_copy(update={"amount": Decimal("31.6")})))
    assert "31.6 元" in draft.text
    assert draft.fields["amount"] == "31.6"


def test_the_demand_can_be_executed_in_a_time(full: OrderRecord, draft_for: Make) -> None:
    assert draft_for(case_of(full)).fields["demand"] == (
        "请在收到本投诉后 24 小时内补发该订单的卡密；逾期没有补发的，"
        "请在收到本投诉后 48 小时内将已付款项 98.00 元原路退回（证据1、证据2）。"
    )


def test_what_came_back_already_is_not_asked_for_again(full: OrderRecord, draft_for: Make) -> None:
    order = full.model_copy(update={"refunded": Decimal("10.00"), "status": "failed"})
    draft = draft_for(case_of(order), "failed_no_refund", demand="refund")
    assert "已付款项 98.00 元中尚未退还的部分" in draft.fields["demand"]
    assert "余款没有退回" in draft.text


def test_with_several_codes_no_full_refund_is_claimed(
    variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    secrets = (Secret(masked="A***1", sha256=HASH), Secret(masked="B***2", sha256=HASH))
    order = variants["dead_code"]
    order = order.model_copy(
        update={"delivery": order.delivery.model_copy(update={"secrets": secrets})}
    )
    draft = draft_for(case_of(order), "dead_code", demand="refund")
    assert "不能使用的卡密对应的款项" in draft.fields["demand"]
    assert "which_code" in {gap.key for gap in draft.gaps}


def test_a_partial_delivery_asks_for_the_rest(full: OrderRecord, draft_for: Make) -> None:
    order = full.model_copy(update={"status": "partially_delivered", "status_text": "部分发货"})
    draft = draft_for(case_of(order))
    assert "其余商品仍未交付" in draft.text
    assert "未交付部分对应的款项" in draft.fields["demand"]


def test_direct_recharge_speaks_of_the_account(
    variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    order = variants["failed_no_refund"].model_copy(update={"status": "processing"})
    draft = draft_for(case_of(order))
    assert "充值没有到账" in draft.text
    assert "充值账号为 longyuan_8842" in draft.text
    assert "完成该订单的充值" in draft.fields["demand"]


def test_the_users_word_for_a_dead_code_is_backed_by_the_picture_of_the_failure(
    variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    case = with_file(variants["dead_code"], kind="redeem_error")
    draft = draft_for(case, "dead_code")
    number = draft.exhibits[-1].number
    assert draft.sentences[0].text.endswith(f"该卡密无法使用（证据{number}）。")
    assert "redeem_error" not in {gap.key for gap in draft.gaps}
    assert "redeem_error" in {
        gap.key for gap in draft_for(case_of(variants["dead_code"]), "dead_code").gaps
    }


def test_the_promise_is_called_over_only_when_it_names_one_time(
    full: OrderRecord, draft_for: Make
) -> None:
    assert "已超过页面承诺的时限" in draft_for(case_of(full)).text
    for text in ("24小时自动发货", "1-3个工作日内到账", "7天内可退换", "10分钟内或24小时内到账"):
        delivery = full.delivery.model_copy(update={"promised_text": text})
        draft = draft_for(case_of(full.model_copy(update={"delivery": delivery})))
        assert "已超过" not in draft.text, text


def test_a_running_promise_is_not_called_over(full: OrderRecord, draft_for: Make) -> None:
    delivery = full.delivery.model_copy(update={"promised_text": "72小时内到账"})
    assert "已超过" not in draft_for(case_of(full.model_copy(update={"delivery": delivery}))).text


def test_a_value_of_the_user_is_marked(full: OrderRecord, draft_for: Make) -> None:
    draft = draft_for(case_of(by_user(full, "order_no")))
    assert draft.sentences[0].text.startswith("订单号 WZ20261120142251617（本人填写）：")
    assert "user_value" in {gap.key for gap in draft.gaps}


def test_a_payment_number_without_proof_stays_in_the_form_only(
    full: OrderRecord, draft_for: Make
) -> None:
    draft = draft_for(case_of(by_user(full, "payment.trade_no")))
    assert "42000202611201423" not in draft.text
    assert draft.fields["trade_no"] == "42000202611201423"


def test_a_payment_number_of_the_user_is_cited_with_the_bill(
    full: OrderRecord, draft_for: Make
) -> None:
    draft = draft_for(with_file(by_user(full, "payment.trade_no"), kind="payment"))
    said = next(one for one in draft.sentences if "支付交易单号 42000202611201423" in one.text)
    assert draft.exhibits[-1].number in said.exhibits
    assert "本人填写" not in draft.text


def test_a_status_of_the_user_is_not_said_to_be_on_the_page(
    full: OrderRecord, draft_for: Make
) -> None:
    assert "显示“处理中”" not in draft_for(case_of(by_user(full, "status_text"))).text


def test_a_status_without_words_on_the_page_is_not_quoted(
    full: OrderRecord, draft_for: Make
) -> None:
    text = draft_for(case_of(full.model_copy(update={"status_text": None}))).text
    assert "订单状态为处理中" in text
    assert "“处理中”" not in text


def test_a_second_visit_that_differs_is_not_cited(full: OrderRecord, draft_for: Make) -> None:
    compared = agreeing(full)
    field = compared.fields[2].model_copy(update={"state": "differs"})
    compared = compared.model_copy(update={"verdict": "differs", "fields": (field,)})
    draft = draft_for(case_of(full, capture(full, corroboration=compared)))
    assert not [e for e in draft.exhibits if e.role.startswith("witness/")]
    assert "witness_differs" in {gap.key for gap in draft.gaps}


def test_a_second_visit_that_may_have_seen_a_login_page_is_not_cited(
    full: OrderRecord, draft_for: Make
) -> None:
    compared = agreeing(full, verdict="not_comparable", session="not_lent", fields=())
    draft = draft_for(case_of(full, capture(full, corroboration=compared)))
    assert {e.role for e in draft.exhibits} == {"seen/sheet"}


def test_the_article_on_third_parties_needs_a_third_party(
    variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    order = variants["failed_no_refund"]
    assert "第五百九十三条" in draft_for(case_of(order), "failed_no_refund").text
    other = order.model_copy(update={"failure_reason": "账号不存在"})
    assert "第五百九十三条" not in draft_for(case_of(other), "failed_no_refund").text


@pytest.mark.parametrize("issue", ISSUES)
def test_who_resells_gets_no_consumer_law(
    issue: str, variants: dict[str, OrderRecord], draft_for: Make
) -> None:
    draft = draft_for(case_of(variants[issue]), issue, answers={"resale": True})
    assert "消费者" not in draft.text
    assert draft.law


def test_buying_in_bulk_needs_an_answer_before_consumer_law(
    full: OrderRecord, draft_for: Make
) -> None:
    case = case_of(full.model_copy(update={"items": (Item(title="点卡", quantity=50),)}))
    assert "消费者权益保护法" not in draft_for(case).text
    assert "消费者权益保护法" in draft_for(case, answers={"resale": False}).text


def test_own_words_are_said_to_be_own_words(full: OrderRecord, draft_for: Make) -> None:
    draft = draft_for(case_of(full), answers={"facts": "客服只回复“等通知”。"})
    said = next(one for one in draft.sentences if "等通知" in one.text)
    assert said.text.startswith("我的补充说明：")
    assert said.exhibits == (1,)


def test_an_own_demand_is_kept_and_checked(full: OrderRecord, draft_for: Make) -> None:
    draft = draft_for(case_of(full), demand="尽快处理，赔我 500 元")
    assert draft.fields["demand"] == "尽快处理，赔我 500 元（证据1、证据2）。"
    assert {"vague", "no_deadline", "figure"} <= {finding.rule for finding in draft.lint}


def test_an_earlier_complaint_is_named_with_its_receipt(full: OrderRecord, draft_for: Make) -> None:
    meta = CaptureMeta(
        url="https://wangzi.localhost/r", clicked_at=CLICKED + timedelta(hours=1), receipt_for="d-0"
    )
    receipt = capture(None, number=2, meta=meta)
    filing = Filing(
        draft_id="d-0", channel="merchant_platform", number="TS0042",
        capture_id=receipt.capture_id, at=CLICKED,
    )  # fmt: skip
    draft = draft_for(case_of(full, receipt, capture(full), filings=(filing,)))
    said = next(one for one in draft.sentences if "我向王子卡盟提交投诉" in one.text)
    assert "TS0042" in said.text
    assert draft.exhibits[said.exhibits[0] - 1].capture_id == receipt.capture_id
    assert draft.exhibits[0].capture_id != receipt.capture_id


def test_page_text_cannot_break_out_of_its_quotes(full: OrderRecord, draft_for: Make) -> None:
    title = "点卡”。\n【诉求】\u202e退款{amount} 9999 元“"
    order = full.model_copy(update={"items": (Item(title=title),)})
    first = draft_for(case_of(order)).sentences[0].text
    assert "\n" not in first
    assert "“点卡’。 【诉求】 退款{amount} 9999 元‘”" in first


@pytest.mark.parametrize("issue", ISSUES)
def test_codes_stay_masked(issue: str, variants: dict[str, OrderRecord], draft_for: Make) -> None:
    order = variants["dead_code"].model_copy(update={"status": "partially_delivered"})
    draft = draft_for(case_of(order), issue, answers={"facts": "见上"})
    assert HASH not in draft.model_dump_json()


def test_field_names_are_those_of_the_contract(full: OrderRecord, draft_for: Make) -> None:
    draft = draft_for(case_of(full))
    assert set(draft.fields) <= set(DRAFT_FIELDS)
    assert draft.fields["paid_at"] == "2026-11-20 14:23"
    assert draft.fields["demand_kind"] == "reissue_or_refund"


@pytest.mark.parametrize(
    ("reason", "issue", "changes"),
    [
        ("not_paid", "not_delivered", {"status": "pending_payment", "payment": Payment()}),
        ("already_refunded", "failed_no_refund", {"status": "refunded"}),
        (
            "code_on_page",
            "not_delivered",
            {"delivery": Delivery(secrets=(Secret(masked="A*", sha256=HASH),))},
        ),
        ("no_failure_on_page", "failed_no_refund", {}),
        ("no_refund_on_page", "refund_missing", {}),
        ("one_payment_on_page", "duplicate_charge", {}),
        ("no_code_on_page", "dead_code", {}),
        ("nothing_delivered_on_page", "not_as_described", {}),
    ],
)
def test_what_the_page_contradicts_is_refused_with_the_next_step(
    reason: str, issue: str, changes: dict[str, Any], full: OrderRecord, draft_for: Make
) -> None:
    with pytest.raises(RefusedError) as caught:
        draft_for(case_of(full.model_copy(update=changes)), issue)
    assert caught.value.details["reason"] == reason
    told = explain(caught.value)
    assert told["next_step"]
    assert told["message"] != explain(RefusedError())["message"]


def test_paid_by_the_bill_but_pending_at_the_shop_is_a_complaint(
    full: OrderRecord, draft_for: Make
) -> None:
    order = full.model_copy(
        update={"status": "pending_payment", "status_text": "待付款", "payment": Payment()}
    )
    assert "订单仍显示“待付款”" in draft_for(with_file(order, kind="payment")).text


@pytest.mark.parametrize("wrong", [{"channel": "nowhere"}, {"issue": "nothing"}])
def test_unknown_names_are_invalid(
    wrong: dict[str, str], full: OrderRecord, draft_for: Make
) -> None:
    with pytest.raises(InvalidError):
        draft_for(case_of(full), **wrong)


def test_a_case_without_order_or_picture_is_refused(full: OrderRecord, draft_for: Make) -> None:
    with pytest.raises(RefusedError, match="no_order"):
        draft_for(case_of(None))
    with pytest.raises(RefusedError, match="no_exhibit"):
        draft_for(case_of(full, capture(full, artifacts=())))


def test_exhibits_given_are_the_exhibits_used(full: OrderRecord, draft_for: Make) -> None:
    case = case_of(full)
    chosen = choose(case, channel="merchant_platform")[:1]
    assert draft_for(case, exhibits=chosen).exhibits == chosen
