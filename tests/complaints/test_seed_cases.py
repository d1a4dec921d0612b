"""The example cases of the five seed articles, entered as facts, corrected where they err."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.exhibits import choose
from helper.dealings import Answer, Contact, Entry, Shown
from helper.errors import RefusedError
from helper.model import CaptureMeta, CaptureView, CaseView, Draft
from scrapers.moments import SHANGHAI
from scrapers.record import (
    Chat,
    Clause,
    Delivery,
    Item,
    Message,
    OrderRecord,
    Payment,
    PlatformRef,
    Pledge,
    Product,
    Promise,
    Secret,
    Seller,
    Terms,
)
from tests.complaints.conftest import HASH, agreeing, artifact, capture, case_of

Make = Callable[..., Draft]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def page(kind: str, number: int, when: str, **shown: Any) -> CaptureView:
    meta = CaptureMeta(url=f"https://shop.localhost/{kind}", title=kind, clicked_at=at(when))
    return capture(None, number=number, meta=meta, shown=Shown(page_kind=kind, **shown))


def bought(order: OrderRecord, when: str, *more: CaptureView, **changes: Any) -> CaseView:
    meta = CaptureMeta(url="https://shop.localhost/order/1", clicked_at=at(when))
    kept = capture(order, meta=meta, corroboration=agreeing(order, witness_at=at(when)))
    own = changes.pop("file", None)
    if own is not None:
        own = artifact("attachment", "own", kind=own)
        kept = kept.model_copy(update={"artifacts": (*kept.artifacts, own)})
    return case_of(order, kept, *more, host="shop.localhost", **changes)


def make(draft_for: Make, case: CaseView, issue: str, channel: str, **changes: Any) -> Draft:
    exhibits = choose(case, channel=channel)
    return draft_for(case, issue, channel=channel, exhibits=exhibits, **changes)


@pytest.fixture
def lechuang() -> CaseView:
    """Seed 003: paid on 10 May, 100 yuan, 24 hours promised, nothing on 12 May at 16:00."""
    order = OrderRecord(
        platform=PlatformRef(key="lechuang", name="乐创卡盟", host="shop.localhost"),
        order_no="LC202405100001",
        status="paid",
        status_text="已付款，等待发货",
        items=(Item(title="游戏点卡", quantity=1, unit_price=Decimal("100.00")),),
        amount=Decimal("100.00"),
        currency="CNY",
        payment=Payment(
            method="wechat",
            method_text="微信支付",
            trade_no="4200002024051001",
            paid_at=at("2024-05-10 14:30"),
        ),
        delivery=Delivery(kind="card_secret", promised_text="付款后24小时内发货"),
    )
    rule = Clause(
        number="4.2", text="虚拟商品支付成功后，商家需在24小时内完成发货", topics=("delivery",)
    )
    terms = Terms(name="乐创卡盟用户协议", clauses=(rule,))
    return bought(order, "2024-05-12 16:00", page("terms", 2, "2024-05-12 16:05", terms=terms))


def test_lechuang_opens_with_the_core_contradiction(lechuang: CaseView, draft_for: Make) -> None:
    draft = make(draft_for, lechuang, "not_delivered", "merchant_platform", demand="reissue")
    first = draft.sentences[0].text
    for told in (
        "LC202405100001",
        "2024-05-10 14:30",
        "游戏点卡",
        "100.00 元",
        "24小时",
        "2024-05-12 16:00",
        "没有收到卡密",
    ):
        assert told in first
    assert "最晚应于 2024-05-11 14:30 交付；保存页面时已超过" in draft.text
    assert (
        "《乐创卡盟用户协议》第 4.2 条写明“虚拟商品支付成功后，商家需在24小时内完成发货”"
        in draft.text
    )
    assert draft.lint == ()


def test_the_ten_percent_need_the_clause_that_agrees_them(
    lechuang: CaseView, draft_for: Make
) -> None:
    without = make(draft_for, lechuang, "not_delivered", "merchant_platform")
    assert "违约金" not in without.text
    number = next(e.number for e in without.exhibits if "order" not in e.label and e.number > 3)
    agreed = {
        "penalty_rate": "10%",
        "penalty_clause": "逾期发货的，按订单金额的10%支付违约金",
        "penalty_exhibit": str(number),
    }
    draft = make(draft_for, lechuang, "not_delivered", "merchant_platform", answers=agreed)
    assert (
        "请在同一期限内一并支付约定的违约金 10.00 元，"
        f"计算方式为 100.00 × 10% = 10.00（证据{number}）" in draft.text
    )
    assert "第五百八十五条" in draft.text


@pytest.fixture
def weijie() -> CaseView:
    """Seed 004: monthly card of 29 yuan, “system fault, wait 24 hours”, refused after 48."""
    order = OrderRecord(
        platform=PlatformRef(key="weijie", name="微捷卡盟", host="shop.localhost"),
        order_no="202405101430",
        status="paid",
        status_text="待发货",
        items=(Item(title="XX游戏月卡", quantity=1, unit_price=Decimal("29.00")),),
        amount=Decimal("29.00"),
        currency="CNY",
        payment=Payment(method="alipay", method_text="支付宝", paid_at=at("2024-05-10 14:30")),
        delivery=Delivery(kind="card_secret"),
        seller=Seller(name="商家A"),
    )
    said = (
        Message(
            at=at("2024-05-10 15:00"),
            side="agent",
            agent_no="07",
            text="系统故障需等待24小时",
            promise=Pledge(what="delivery", within="PT24H", text="等待24小时"),
        ),
        Message(at=at("2024-05-12 15:00"), side="agent", text="无法补发，不予退款"),
    )
    chat = page("chat", 2, "2024-05-12 15:10", chat=Chat(messages=said))
    return bought(order, "2024-05-12 15:05", chat)


def test_weijie_in_three_parts_with_time_shop_event_and_the_chat(
    weijie: CaseView, draft_for: Make
) -> None:
    draft = make(draft_for, weijie, "not_delivered", "merchant_platform", demand="refund")
    parts = ["【问题描述】", "【证据列举】", "【诉求】"]
    assert [draft.text.index(part) for part in parts] == sorted(map(draft.text.index, parts))
    for told in (
        "2024-05-10 14:30",
        "微捷卡盟",
        "商家A",
        "XX游戏月卡",
        "202405101430",
        "2024-05-10 15:00，客服（工号 07）在聊天中承诺“等待24小时”",
        "2024-05-12 15:00，客服在聊天中回复“无法补发，不予退款”",
        "已付款项 29.00 元原路退回",
    ):
        assert told in draft.text


def test_the_ten_yuan_for_delay_need_a_ground(weijie: CaseView, draft_for: Make) -> None:
    own = "请在收到本投诉后 48 小时内退款 29 元并赔偿 10 元延误损失"
    draft = make(draft_for, weijie, "not_delivered", "merchant_platform", demand=own)
    found = {finding.rule: finding for finding in draft.lint}
    assert "多 10" in found["excessive"].advice
    assert "figure" not in {f.rule for f in draft.lint if f.text == "29"}


def test_a_licence_already_used_is_no_fraud_by_itself(draft_for: Make) -> None:
    order = OrderRecord(
        platform=PlatformRef(name="微捷卡盟"),
        order_no="202405101430",
        status="completed",
        status_text="已完成",
        items=(Item(title="软件授权码", quantity=1),),
        amount=Decimal("200.00"),
        currency="CNY",
        payment=Payment(paid_at=at("2024-05-10 14:30")),
        delivery=Delivery(kind="card_secret", secrets=(Secret(masked="AB****9", sha256=HASH),)),
    )
    goods = Product(title="软件授权码", description="100%正版授权", delivery=Promise())
    case = bought(
        order,
        "2024-05-12 15:05",
        page("product", 2, "2024-05-10 14:00", product=goods),
        file="redeem_error",
    )
    plain = make(draft_for, case, "dead_code", "merchant_platform")
    assert "三倍" not in plain.text
    assert (
        "来源、发放时间和使用状态记录" in plain.text
    )  # the shop is asked to show where it is from
    named = {
        "false_statement": "100%正版授权",
        "fraud_exhibit": "5",
        "misled": True,
        "resale": False,
    }
    backed = make(draft_for, case, "dead_code", "merchant_platform", answers=named)
    assert "600.00 元" in backed.text
    assert "第五十五条" in backed.text


def test_paid_said_to_be_sent_and_refused_by_the_code_is_one_line_of_proof(
    draft_for: Make,
) -> None:
    """Seed 004: payment (trade), “卡密已发放” (the shop's duty), the failure (the problem)."""
    order = OrderRecord(
        platform=PlatformRef(name="微捷卡盟"),
        order_no="202405101430",
        status="completed",
        status_text="已完成",
        items=(Item(title="XX游戏月卡", quantity=1),),
        amount=Decimal("29.00"),
        currency="CNY",
        payment=Payment(method="alipay", trade_no="2024051022", paid_at=at("2024-05-10 14:30")),
        delivery=Delivery(kind="card_secret", secrets=(Secret(masked="AB****9", sha256=HASH),)),
    )
    said = (
        Message(at=at("2024-05-10 15:00"), side="agent", text="您好，卡密已发放"),
        Message(at=at("2024-05-10 15:01"), side="agent", text="如果已发放请查收邮箱"),
    )
    chat = page("chat", 2, "2024-05-12 15:10", chat=Chat(messages=said))
    case = bought(order, "2024-05-12 15:05", chat, file="redeem_error")
    draft = make(draft_for, case, "dead_code", "merchant_platform")
    kinds = {one.label.partition(" ")[2].partition("（")[0]: one.number for one in draft.exhibits}
    [reply] = [one for one in draft.sentences if "在聊天中回复" in one.text]
    assert "2024-05-10 15:00，客服在聊天中回复“您好，卡密已发放”" in reply.text
    assert reply.exhibits == (kinds["网页“chat”截图"],)
    assert f"该卡密无法使用（证据{kinds['兑换失败提示截图']}）" in draft.sentences[0].text
    assert "支付交易单号 2024051022（证据1）" in draft.text
    assert draft.lint == ()


def test_a_notary_is_given_every_kept_page_with_the_chat(weijie: CaseView, draft_for: Make) -> None:
    draft = make(draft_for, weijie, "not_delivered", "notary")
    for url in ("https://shop.localhost/order/1", "https://shop.localhost/chat"):
        assert url in draft.text
    assert any("不是公证书" in remark for remark in draft.remarks)


@pytest.fixture
def dropped() -> CaseView:
    """Seed 002: a recharge that never arrived, complained of once, put off with “系统维护”."""
    order = OrderRecord(
        platform=PlatformRef(name="某卡盟"),
        order_no="KM20240601",
        status="processing",
        status_text="处理中",
        items=(Item(title="账户充值", quantity=1),),
        amount=Decimal("50.00"),
        currency="CNY",
        recharge_account="user_88",
        payment=Payment(method="alipay", trade_no="2024060122001", paid_at=at("2024-06-01 10:00")),
        delivery=Delivery(kind="direct_recharge"),
    )
    told = (
        Contact(at=at("2024-06-02 09:00"), way="chat", said="客服说系统维护，让我等待"),
        Answer(
            at=at("2024-06-03 09:00"),
            channel="merchant_platform",
            outcome="refused",
            said="商家上游原因，与平台无关",
        ),
    )
    entries = tuple(
        Entry(entry_id=f"e-{n}", added_at=one.at, what=one) for n, one in enumerate(told)
    )
    return bought(order, "2024-06-04 09:00", entries=entries, file="payment")


def test_a_second_complaint_rebuilds_time_proof_and_responsibility(
    dropped: CaseView, draft_for: Make
) -> None:
    draft = make(
        draft_for,
        dropped,
        "not_delivered",
        "merchant_platform",
        document="recomplaint",
        demand="refund",
        answers={"resale": False},
    )
    text = draft.text
    for told in (
        "【事件经过】",
        "【诉求】",
        "【法律依据】",
        "【证据清单】",
        "KM20240601",
        "2024060122001",
        "处理中",
        "充值没有到账",
        "系统维护",
        "前次投诉得到的答复是“商家上游原因，与平台无关”",
        "不影响对该订单的履行责任",
        "50.00 元",
    ):
        assert told in text
    dates = [text.index(day) for day in ("2024-06-02 09:00", "2024-06-03 09:00")]
    assert dates == sorted(dates)
    assert "利息" not in text  # only with a ground: the article asks for it without one
    assert "连带责任" not in text


def test_the_dunning_letter_sets_a_date_and_names_what_follows(
    dropped: CaseView, draft_for: Make
) -> None:
    letter = make(
        draft_for,
        dropped,
        "not_delivered",
        "merchant_platform",
        document="demand_letter",
        demand="refund",
        now=at("2024-06-04 10:00"),
    )
    assert "之前" in letter.fields["demand"]
    assert "合同自期限届满时解除" in letter.text
    assert "曝光" not in letter.text


def test_wangzi_voucher_for_a_game_card_is_not_as_described(draft_for: Make) -> None:
    order = OrderRecord(
        platform=PlatformRef(key="wangzi", name="王子卡盟"),
        order_no="WZ1",
        status="delivered",
        status_text="已发货",
        items=(Item(title="游戏直充卡", quantity=1),),
        amount=Decimal("30.00"),
        currency="CNY",
        payment=Payment(paid_at=at("2024-05-10 14:30")),
    )
    goods = Product(title="游戏直充卡", description="游戏直充卡，直接到账", delivery=Promise())
    case = bought(
        order,
        "2024-05-11 09:00",
        page("product", 2, "2024-05-10 14:00", product=goods),
        file="received",
    )
    facts = {"facts": "实际收到的是一张折扣券"}
    draft = make(draft_for, case, "not_as_described", "merchant_platform", answers=facts)
    assert "商品页对商品的说明为“游戏直充卡，直接到账”" in draft.text
    assert "折扣券" in draft.text
    assert "更换为与页面描述一致的商品" in draft.fields["demand"]


def test_a_mistake_of_ones_own_is_cleared_up_before_anything_is_drafted(
    lechuang: CaseView, draft_for: Make
) -> None:
    with pytest.raises(RefusedError) as caught:
        make(draft_for, lechuang, "not_delivered", "merchant_platform", answers={"credited": True})
    assert caught.value.details["reason"] == "stopped"


def test_the_authority_gets_a_request_within_its_powers(
    lechuang: CaseView, draft_for: Make
) -> None:
    draft = make(draft_for, lechuang, "not_delivered", "12315", answers={"resale": False})
    assert "请求组织调解" in draft.text
    for wrong in ("暂行办法", "七日内核实", "冻结", "责令"):
        assert wrong not in draft.text
