"""Which dispute an order and its chats look like, and what is asked about it."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helper.complaints import packaged
from helper.complaints.dispute.issues import decide, default_demand, guess, issues
from helper.errors import InvalidError
from helper.messages import LANGUAGES, catalogue
from scrapers.record import Chat, Delivery, Message, OrderRecord, Payment, Pledge, Secret
from tests.complaints.conftest import HASH, NOW, PAID

FOLDER = Path(__file__).parents[2] / "helper/locales"
CATALOGUES = [
    json.loads((FOLDER / language / "complaints.json").read_text("utf-8")) for language in LANGUAGES
]
CODE = Delivery(secrets=(Secret(masked="A*", sha256=HASH),))
LATE = Delivery(promised_text="付款后2小时内发货")
LATER = Delivery(promised_text="付款后72小时内发货")
SAID = datetime.fromisoformat("2026-11-21T09:00:00+08:00")


def talk(*lines: str | Message, side: Any = "agent") -> Chat:
    said = [
        one if isinstance(one, Message) else Message(at=SAID, side=side, text=one) for one in lines
    ]
    return Chat(messages=tuple(said))


def pledge(what: Any, within: str | None, text: str = "24小时内补发") -> Message:
    promise = Pledge(what=what, within=within, text=text)
    return Message(at=SAID, side="agent", text=text, promise=promise)


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
        (
            OrderRecord(status="paid", payment=Payment(paid_at=PAID), delivery=LATER),
            "not_delivered",
            "promise_running",
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
    assert not suggested.reason_text.startswith("complaints.")
    assert "{" not in suggested.reason_text
    assert issue not in suggested.alternatives
    assert {issue, *suggested.alternatives} == {one.key for one in suggested.choices}


def test_the_time_that_a_promise_runs_until_is_said() -> None:
    order = OrderRecord(status="paid", payment=Payment(paid_at=PAID), delivery=LATER)
    assert "2026-11-23 14:23" in guess(order, now=NOW).reason_text


def test_two_payments_of_one_order_suggest_a_duplicate_charge(full: OrderRecord) -> None:
    bills = [Payment(trade_no="4200001"), Payment(trade_no="4200002")]
    assert guess(full, bills, now=NOW).issue == "duplicate_charge"
    assert guess(full, bills[:1], now=NOW).issue == "not_delivered"


@pytest.mark.parametrize(
    ("message", "issue", "reason"),
    [
        (pledge("reissue", "PT24H"), "not_delivered", "chat_delivery_over"),
        (pledge("delivery", "2026-11-21"), "not_delivered", "chat_delivery_over"),
        (pledge("refund", "PT2H", "2小时内退款"), "refund_missing", "chat_refund_over"),
        ("查过了，已为您发货，请查收", "not_delivered", "agent_says_delivered"),
        ("已经给您退款了", "refund_missing", "agent_says_refunded"),
        ("虚拟商品不退不换的，请理解", "other", "agent_refused"),
        ("便宜的，加我微信转账就行", "other", "agent_lured"),
    ],
)
def test_where_the_page_is_silent_the_chat_suggests_an_issue(
    message: str | Message, issue: str, reason: str
) -> None:
    suggested = guess(None, chats=[talk(message)], now=NOW)
    assert (suggested.issue, suggested.reason) == (issue, reason)
    [signal] = suggested.signals
    assert signal.quote in suggested.reason_text
    assert suggested.kind in packaged.data("issues")[issue]["kinds"]


@pytest.mark.parametrize(
    "text",
    [
        "还没发货吗？", "如果已发货请查收邮箱", "不支持退款吗", "您的付款已到账", "已经在处理了",
        "不是不退款，是要等上游", "谨防线下交易", "请勿私下转账", "未到账的话联系我",
    ],
)  # fmt: skip
def test_questions_conditions_and_warnings_are_no_signals(text: str) -> None:
    assert guess(None, chats=[talk(text)], now=NOW).signals == ()


def test_only_the_shops_side_is_heard() -> None:
    assert guess(None, chats=[talk("你们说不退不换", side="buyer")], now=NOW).signals == ()
    assert guess(None, chats=[talk("不退不换", side="buyer")], now=NOW).signals == ()


def test_the_page_goes_before_the_chat(full: OrderRecord) -> None:
    failed = full.model_copy(update={"status": "failed"})
    suggested = guess(failed, chats=[talk("已为您发货")], now=NOW)
    assert suggested.reason == "status_failed"
    assert [signal.code for signal in suggested.signals] == ["agent_says_delivered"]


def test_a_promise_of_the_chat_that_passed_says_so_of_a_paid_order() -> None:
    order = OrderRecord(status="processing")
    suggested = guess(order, chats=[talk(pledge("reissue", "PT24H"))], now=NOW)
    assert suggested.reason == "chat_delivery_over"
    assert "2026-11-22 09:00" in suggested.reason_text
    earlier = guess(order, chats=[talk(pledge("reissue", "P3D"))], now=NOW)
    assert earlier.reason == "paid_not_delivered"
    assert [signal.code for signal in earlier.signals] == ["chat_promise_running"]


@pytest.mark.parametrize("within", [None, "三天", "PT24H"])
def test_a_promise_without_a_time_or_a_day_of_its_own_is_never_over(within: str | None) -> None:
    made = pledge("delivery", within).model_copy(update={"at": None})
    assert guess(None, chats=[talk(made)], now=NOW + timedelta(days=900)).signals == ()


def test_a_new_promise_does_not_undo_the_broken_one() -> None:
    later = pledge("reissue", "P30D").model_copy(update={"at": SAID + timedelta(hours=1)})
    suggested = guess(None, chats=[talk(later, pledge("reissue", "PT1H"))], now=NOW)
    assert suggested.reason == "chat_delivery_over"
    codes = [signal.code for signal in suggested.signals]
    assert codes == ["chat_delivery_over", "chat_promise_running"]


def test_delivered_without_a_code_is_first_asked_for_a_display_delay() -> None:
    asked = {
        status: [
            question.key
            for one in guess(OrderRecord(status=status), now=NOW).choices
            if one.key == "not_delivered"
            for question in one.questions
        ]
        for status in ("delivered", "processing")
    }
    assert "reloaded" in asked["delivered"]
    assert "reloaded" not in asked["processing"]


def test_all_seven_kinds_have_names_demands_and_questions() -> None:
    keys = {
        "not_delivered", "dead_code", "failed_no_refund", "refund_missing", "duplicate_charge",
        "not_as_described", "other",
    }  # fmt: skip
    assert {one.key for one in issues()} == keys
    for language in LANGUAGES:
        for one in issues(language):
            named = (one, *one.demands, *one.kinds, *one.questions, *one.figures)
            options = [option for question in one.figures for option in question.choices]
            for choice in (*named, *options):
                assert not choice.name.startswith("complaints.")
            assert not [q for q in (*one.questions, *one.figures) if q.why.startswith("complaints")]
            assert not [kind for kind in one.kinds if kind.decides.startswith("complaints.")]


@pytest.mark.parametrize("issue", issues(), ids=lambda issue: issue.key)
def test_two_or_three_questions_decide_an_issue(issue: Any) -> None:
    deciding = [question.key for question in issue.questions if question.deciding]
    assert 2 <= len(deciding) <= 3
    keys = {question.key for question in issue.questions}
    assert {"resale", "minor", "unlawful_goods", "facts"} <= keys
    assert {question.only_if for question in issue.questions} - {None} <= keys


SUB_TYPES = [
    (2, "entry_closed", "不受理"),
    (3, "late", "延迟到账"),
    (3, "not_shipped", "没有发货"),
    (4, "wrong_value", "面值"),
    (4, "wrong_type", "类型"),
    (5, "order_data_wrong", "类型或数量"),
    (6, "other_class", "折扣券"),
    (7, "right_shortened", "终身会员"),
    (8, "charged_twice", "扣了两次"),
    (9, "cancelled_paid", "被取消"),
    (10, "after_sales_refused", "售后被拒"),
    (11, "service_silent", "长期不回复"),
    (12, "code_used", "已被使用"),
    (12, "code_unknown", "不存在"),
    (13, "wrong_info", "无法使用"),
    (14, "lured", "绕开平台"),
    (15, "dropped", "掉单、漏单"),
    (16, "licence_dead", "授权码"),
    (17, "not_in_account", "没有进账号"),
    (18, "account_trouble", "账号出现异常"),
    (19, "currency_missing", "虚拟币"),
    (20, "vanished", "假链接"),
    (21, "failed", "失败"),
    (21, "no_record", "查不到订单"),
    (22, "shown_delivered", "显示已发货"),
]
"""Row of area A of the requirements, the sub-type that it asks for, and words that name it."""


@pytest.mark.parametrize(("row", "kind", "words"), SUB_TYPES)
def test_a_sub_type_of_the_articles_is_offered_and_decides(row: int, kind: str, words: str) -> None:
    [one] = [one for one in issues() if kind in {offered.key for offered in one.kinds}]
    [offered] = [offered for offered in one.kinds if offered.key == kind]
    assert words in f"{offered.name}{offered.decides}", row
    chosen, open_yet = decide(one.key, {"kind": kind}), decide(one.key, {})
    assert (chosen.kind, open_yet.kind) == (kind, None)
    assert {party.key for party in chosen.parties} <= {party.key for party in open_yet.parties}
    assert {cause.key for cause in chosen.causes} <= {cause.key for cause in open_yet.causes}
    assert chosen.demand in {demand.key for demand in one.demands}


def test_every_sub_type_of_the_seeds_is_there_with_causes_and_parties() -> None:
    rows = packaged.data("issues").values()
    kinds = {key: kind for row in rows for key, kind in row["kinds"].items()}
    assert len(kinds) == sum(len(row["kinds"]) for row in rows)
    for kind in kinds.values():
        for area, names in (("cause", kind["causes"]), ("party", kind["parties"])):
            assert names
            for language in LANGUAGES:
                assert all(f"complaints.{area}.{name}" in catalogue(language) for name in names)


def test_every_rule_of_a_sub_type_stands_in_its_article_word_for_word() -> None:
    law = packaged.data("law")
    cited = [
        row
        for issue in packaged.data("issues").values()
        for kind in issue["kinds"].values()
        for row in kind.get("law", ())
    ]
    assert len(cited) >= 15
    for row in cited:
        assert row["quote"] in law[row["row"]]["text"], row


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
