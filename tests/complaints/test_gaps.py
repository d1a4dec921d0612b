"""What is missing is named with how, why and what closes it; a further exhibit only closes gaps."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints import packaged
from helper.complaints.dispute.issues import issues
from helper.complaints.exhibits import KINDS, choose
from helper.complaints.figures import Figures, figures
from helper.complaints.held import holds, nature
from helper.complaints.ladder.channels import channels
from helper.complaints.law import article
from helper.complaints.proof import gaps
from helper.dealings import Answer, Contact, Entry, Party, Refund, Shown
from helper.messages import LANGUAGES, catalogue
from helper.model import CaptureMeta, CaptureView, CaseView, Filing, Gap, StampView
from scrapers.record import (
    Chat,
    Clause,
    Message,
    Operator,
    OrderRecord,
    Payment,
    Pledge,
    Product,
    Promise,
    Secret,
    Terms,
)
from tests.complaints.conftest import CLICKED, HASH, NOW, PAID, agreeing, artifact, capture, case_of

CHANNELS = [channel.id for channel in channels()]
ISSUES = [issue.key for issue in issues()]
ROWS: dict[str, dict[str, Any]] = packaged.data("proof")["rows"]
HOST = "wangzi.localhost"


def look(case: CaseView, channel: str = "merchant_platform") -> Figures:
    assert case.order is not None
    seen = figures(case, case.order, choose(case, channel=channel))
    assert seen is not None
    return seen


def missing(case: CaseView, issue: str = "not_delivered", **changes: Any) -> dict[str, Gap]:
    values = {"facts": False, "channel": "merchant_platform"} | changes
    found = gaps.find(case, issue, look(case, values["channel"]), **values)
    return {gap.key: gap for gap in found}


def page(number: int, at: datetime = CLICKED, **changes: Any) -> CaptureView:
    """A page of the shop that shows no order."""
    meta = CaptureMeta(url=f"https://{HOST}/p/{number}", title="页", clicked_at=at)
    return capture(None, number=number, meta=meta, **changes)


def with_files(order: OrderRecord, *kinds: str, **about: Any) -> CaseView:
    kept = capture(order)
    files = [artifact("attachment", f"{n}-{kind}", kind=kind, **about)
             for n, kind in enumerate(kinds)]  # fmt: skip
    return case_of(order, kept.model_copy(update={"artifacts": (*kept.artifacts, *files)}))


def entry(what: Any) -> Entry:
    return Entry(entry_id=f"e-{what.kind}", added_at=NOW, what=what)


def test_every_channel_has_its_place() -> None:
    groups = packaged.data("proof")["groups"].values()
    assert sorted(CHANNELS) == sorted(channel for group in groups for channel in group)


def test_the_data_speaks_only_of_what_a_case_can_hold(full: OrderRecord) -> None:
    case = case_of(full)
    known = holds(case, look(case), facts=False)
    assert {word for row in ROWS.values() for word in row["met_by"]} <= set(known)
    assert {row["when"] for row in ROWS.values() if "when" in row} <= set(nature(look(case)))
    asked = [one for row in ROWS.values() for one in row["asked"]]
    assert {i for one in asked if one["issues"] != "all" for i in one["issues"]} <= set(ISSUES)
    assert gaps.channels_in([c for one in asked for c in one["channels"]]) <= set(CHANNELS)
    attached = {row["action"] for row in ROWS.values() if row["action"].startswith("attach:")}
    assert {action.partition(":")[2] for action in attached} <= set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_gap_says_how_and_why(language: Any) -> None:
    doubts = {"hidden", "json_disagrees", "user_value", "witness_differs"}
    for key in {*ROWS, *doubts}:
        assert f"complaints.gap.{key}" in catalogue(language)
        assert f"complaints.gap_why.{key}" in catalogue(language)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("issue", ISSUES)
def test_every_sentence_is_filled(issue: str, channel: str, variants: dict[str, Any]) -> None:
    for order in (variants[issue], OrderRecord()):
        for gap in missing(case_of(order), issue, channel=channel).values():
            assert not re.search(r"[{}]", gap.text)
            assert gap.why
            assert gap.action


def test_how_to_find_a_bill_follows_the_way_of_payment(full: OrderRecord) -> None:
    paid = Payment(method="alipay")
    gap = missing(case_of(full.model_copy(update={"payment": paid})))["payment_bill"]
    assert "支付宝“我的”→“账单”" in gap.text
    assert gap.action == "attach:payment"
    paid = Payment(method="balance")
    gap = missing(case_of(full.model_copy(update={"payment": paid})))["payment_bill"]
    assert "店铺余额" in gap.text


def test_the_law_behind_a_gap_is_named_from_the_data(full: OrderRecord) -> None:
    gap = missing(case_of(full), channel="12315")["respondent_address"]
    assert "《市场监督管理投诉举报处理办法》第十条" in (gap.why or "")
    rows = {key for row in ROWS.values() for key in row.get("law", ())}
    assert all(article(key) for key in rows)


def test_what_may_vanish_comes_first(variants: dict[str, OrderRecord]) -> None:
    case = case_of(variants["not_as_described"].model_copy(update={"order_no": None}))
    assert [*missing(case, "not_as_described")][:2] == ["product_page", "order_no"]


def test_the_shops_own_window_is_named_and_comes_before_the_rest(
    variants: dict[str, OrderRecord],
) -> None:
    order = variants["dead_code"]
    case = case_of(order, platform_key="wangzi")
    found = missing(case, "dead_code")
    assert found["redeem_error"].until == PAID + timedelta(days=15)
    assert found["contact"].until is None
    late = capture(order, meta=capture(order).meta.model_copy(
        update={"clicked_at": PAID + timedelta(days=16)}))  # fmt: skip
    closed = missing(case_of(order, late, platform_key="wangzi"), "dead_code")
    assert closed["redeem_error"].until is None
    assert missing(case, "dead_code", channel="12315")["redeem_error"].until is None


def test_12315_needs_the_name_and_the_address(full: OrderRecord) -> None:
    wanted = {"respondent_name", "respondent_address"}
    assert wanted <= set(missing(case_of(full), channel="12315"))
    named = entry(Party(name="杭州示例网络有限公司"))
    case = case_of(full, entries=(named,))
    assert wanted & set(missing(case, channel="12315")) == {"respondent_address"}
    operator = Operator(name="杭州示例网络有限公司", address="杭州市示例路 1 号")
    footer = page(2, shown=Shown(operator=operator))
    assert not wanted & set(missing(case_of(full, capture(full), footer), channel="12315"))
    assert not wanted & set(missing(case_of(full)))


def test_the_footer_of_another_site_names_nobody(full: OrderRecord) -> None:
    meta = CaptureMeta(url="https://beian.miit.gov.cn/", clicked_at=CLICKED)
    other = capture(None, number=2, meta=meta, shown=Shown(operator=Operator(name="工信部")))
    assert "respondent_name" in missing(case_of(full, capture(full), other), channel="court")


def test_a_payment_platform_needs_the_number(full: OrderRecord) -> None:
    unnumbered = full.model_copy(update={"payment": Payment(method="wechat", paid_at=PAID)})
    gap = missing(case_of(unnumbered), channel="wechat_pay")["trade_no"]
    assert gap.action == "correct:payment.trade_no"
    assert "trade_no" not in missing(case_of(full), channel="wechat_pay")
    read = {"provider": "wechat", "trade_no": "42", "paid_at": PAID.isoformat(), "amount": "98.00",
            "stayed_out": True}  # fmt: skip
    billed = with_files(unnumbered, "payment", payment=read)
    assert "trade_no" not in missing(billed, channel="wechat_pay")


def test_only_a_public_channel_asks_for_covered_pictures(full: OrderRecord) -> None:
    asking = [c for c in CHANNELS if "redacted" in missing(case_of(full), channel=c)]
    assert asking == ["heimao"]
    assert "redacted" not in missing(with_files(full, "redacted"), channel="heimao")


def test_what_does_not_apply_is_not_asked(variants: dict[str, OrderRecord]) -> None:
    card, direct = variants["not_delivered"], variants["failed_no_refund"]
    assert "account_record" not in missing(case_of(card))
    assert "account_record" in missing(case_of(direct), "failed_no_refund")
    for channel in ("gsxt", "icp", "tsa", "chain"):
        assert missing(case_of(OrderRecord()), channel=channel) == {}
    assert set(missing(case_of(OrderRecord()), channel="12377")) == {"facts"}


def test_a_picture_taken_before_the_payment_closes_nothing(full: OrderRecord) -> None:
    early = capture(full, meta=capture(full).meta.model_copy(
        update={"clicked_at": PAID - timedelta(minutes=1)}))  # fmt: skip
    assert missing(case_of(full, early))["after_payment"].action == "capture:order"
    assert "after_payment" not in missing(case_of(full, early, capture(full, number=2)))


def test_a_promise_may_stand_on_the_product_page_or_in_a_chat(full: OrderRecord) -> None:
    bare = full.model_copy(update={"delivery": full.delivery.model_copy(
        update={"promised_text": None})})  # fmt: skip
    assert "promise" in missing(case_of(bare))
    product = Product(title="点卡", delivery=Promise(promised_text="10分钟内到账"))
    pledge = Pledge(what="reissue", within="PT24H", text="24小时内补发")
    chat = Chat(messages=(Message(text="24小时内补发", side="agent", promise=pledge),))
    for shown in (Shown(product=product), Shown(chat=chat)):
        kept = page(2, shown=shown)
        assert "promise" not in missing(case_of(bare, capture(bare), kept))


def test_a_chat_is_asked_for_whole_with_number_and_time(full: OrderRecord) -> None:
    gap = missing(case_of(full), channel="12315")["chat"]
    for told in ("从头到尾", "不要只截一句", "工号", "回复时间", "录音"):
        assert told in gap.text
    assert "chat" not in missing(with_files(full, "call"), channel="12315")


def test_a_dead_code_needs_its_failure_and_what_became_of_it(variants: dict[str, Any]) -> None:
    order = variants["dead_code"]
    found = missing(case_of(order), "dead_code")
    for told in ("卡密不存在", "已被使用", "错误代码"):
        assert told in found["redeem_error"].text
    assert "自己用掉或泄露" in (found["redeem_record"].why or "")
    for kind in ("redeem_record", "recording"):
        assert "redeem_record" not in missing(with_files(order, kind), "dead_code")


def test_shown_as_delivered_without_a_code_needs_a_second_look(full: OrderRecord) -> None:
    order = full.model_copy(update={"status": "delivered"})
    once = capture(order, corroboration=None)
    gap = missing(case_of(order, once))["still_missing"]
    assert "刷新" in gap.text
    assert "显示慢" in (gap.why or "")
    again = capture(order, number=2, corroboration=None)
    assert "still_missing" not in missing(case_of(order, once, again))
    assert "still_missing" not in missing(case_of(full, capture(full, corroboration=None)))


def test_a_bill_is_asked_for_with_what_it_must_show(full: OrderRecord) -> None:
    bare = full.model_copy(update={"payment": Payment(method="wechat", paid_at=PAID)})
    gap = missing(case_of(bare), channel="12315")["bill_picture"]
    for told in ("金额", "时间", "收款方", "交易单号"):
        assert told in gap.text
    assert "不受商家页面改动的影响" in (missing(case_of(bare))["payment_bill"].why or "")


def test_before_a_suit_the_institutions_own_record_is_asked_for(full: OrderRecord) -> None:
    gap = missing(case_of(full), channel="court")["payment_record"]
    assert "应当免费提供最近三年的交易记录" in gap.text
    assert "《电子商务法》第五十三条" in (gap.why or "")


def test_terms_are_asked_for_with_their_version(full: OrderRecord) -> None:
    assert "版本或更新日期" in missing(case_of(full), channel="court")["terms"].text
    assert "terms" not in missing(with_files(full, "terms"), channel="court")


def test_the_account_is_shown_by_page_or_by_the_steps_taken(variants: dict[str, Any]) -> None:
    bare = variants["failed_no_refund"].model_copy(update={"recharge_account": None})
    gap = missing(case_of(bare), "failed_no_refund")["account_shown"]
    assert "充值账号、区服" in gap.text
    assert "把责任推给您" in (gap.why or "")
    assert "account_shown" not in missing(with_files(bare, "operation"), "failed_no_refund")


def test_two_extracts_or_one_picture_show_two_charges(variants: dict[str, OrderRecord]) -> None:
    order = variants["duplicate_charge"]

    def bills(*numbers: str) -> CaseView:
        kept = capture(order)
        files = [artifact("attachment", n, kind="payment", payment={
            "provider": "wechat", "trade_no": n, "paid_at": PAID.isoformat(), "amount": "98.00",
            "stayed_out": True}) for n in numbers]  # fmt: skip
        return case_of(order, kept.model_copy(update={"artifacts": (*kept.artifacts, *files)}))

    assert "second_payment" in missing(bills("1"), "duplicate_charge")
    assert "second_payment" not in missing(bills("1", "2"), "duplicate_charge")
    assert "second_payment" not in missing(with_files(order, "payment"), "duplicate_charge")


# -- adding an exhibit never adds a gap -----------------------------------------------------

moments = st.sampled_from([PAID - timedelta(days=1), PAID, CLICKED, CLICKED + timedelta(days=3)])
operators = st.builds(Operator, name=st.sampled_from([None, "杭州示例网络有限公司"]),
                      address=st.sampled_from([None, "示例路 1 号"]))  # fmt: skip
shown = st.none() | st.builds(
    Shown,
    page_kind=st.sampled_from(["product", "chat", "terms", "other"]),
    product=st.none() | st.builds(Product, title=st.just("点卡")),
    chat=st.none() | st.just(Chat(messages=(Message(text="24小时内补发"),))),
    terms=st.none()
    | st.just(Terms(name="协议", clauses=(Clause(number="1", text="…", topics=("delivery",)),))),
    operator=st.none() | operators,
)
told = st.sampled_from([
    Contact(at=NOW, way="phone"), Answer(at=NOW, channel="12315", outcome="silent"),
    Refund(at=NOW, amount="1.00"), Party(name="某公司"), Party(name="张三", role="payee"),
    Party(name="某公司", address="某路", found_in="register"),
])  # fmt: skip
files = st.builds(
    lambda kind, bill, n: artifact("attachment", f"new{n}", **({"kind": kind} if kind else {}), **(
        {"payment": {"provider": "wechat", "trade_no": str(n), "paid_at": PAID.isoformat(),
                     "amount": "98.00", "stayed_out": True}} if bill else {})),
    st.sampled_from([None, *KINDS]), st.booleans(), st.integers(0, 3),
)  # fmt: skip
ROLES = ("seen/viewport", "seen/sheet", "seen/page", "witness/window", "witness/sheet",
         "seen/recording")  # fmt: skip
roles = st.lists(st.sampled_from(ROLES), min_size=1, unique=True)
stamp = StampView(authority="a", kind="rfc3161", stage="S2", state="stamped", stamped_at=NOW,
                  root="ab" * 32)  # fmt: skip
stamps = st.sampled_from([(), (stamp,)])


@st.composite
def captures(draw: st.DrawFn, order: OrderRecord) -> CaptureView:
    """Any page or any file that can come to a case; its own second visit does not differ."""
    number = draw(st.integers(10, 99))
    of = draw(st.sampled_from([None, order, order.model_copy(update={"order_no": "OTHER1"})]))
    kept = [artifact(role, f"{number}") for role in draw(roles)]
    meta = CaptureMeta(url=f"https://{HOST}/x", clicked_at=draw(moments))
    agreed = agreeing(order) if of is not None and draw(st.booleans()) else None
    return capture(of, number=number, meta=meta, artifacts=(*kept, *draw(st.lists(files))),
                   corroboration=agreed, shown=draw(shown), stamps=draw(stamps))  # fmt: skip


def states(order: OrderRecord) -> Sequence[OrderRecord]:
    """The order as it is, bare, with several codes and of a direct top-up."""
    codes = tuple(Secret(masked=f"A****{n}", sha256=HASH) for n in (1, 2))
    several = order.delivery.model_copy(update={"secrets": codes})
    topped = order.delivery.model_copy(update={"kind": "direct_recharge", "message": None})
    return (
        order,
        OrderRecord(order_no=order.order_no, status="delivered"),
        order.model_copy(update={"delivery": several}),
        order.model_copy(update={"delivery": topped, "status": "failed"}),
    )


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
@pytest.mark.parametrize("issue", ISSUES)
def test_adding_an_exhibit_never_adds_a_gap(
    issue: str, full: OrderRecord, data: st.DataObject
) -> None:
    order = data.draw(st.sampled_from(states(full)))
    had = [capture(order), *data.draw(st.lists(captures(order), max_size=2))]
    entries = tuple(entry(one) for one in data.draw(st.lists(told, max_size=2)))
    before = case_of(order, *had, entries=entries)
    filed = Filing(draft_id="", channel="12315", number="1", capture_id=None, at=NOW)
    after = before.model_copy(
        update={
            "captures": (*had, *data.draw(st.lists(captures(order), max_size=6))),
            "entries": (*entries, *(entry(e) for e in data.draw(st.lists(told, max_size=3)))),
            "filings": data.draw(st.sampled_from([(), (filed,)])),
        }
    )
    for channel in CHANNELS:
        old, new = missing(before, issue, channel=channel), missing(after, issue, channel=channel)
        assert set(new) <= set(old)


def test_only_a_page_that_differs_itself_brings_a_doubt(full: OrderRecord) -> None:
    compared = agreeing(full)
    fields = [compared.fields[0].model_copy(update={"state": "differs"})]
    later = capture(full).meta.model_copy(update={"clicked_at": CLICKED + timedelta(hours=1)})
    differing = capture(full, number=2, meta=later, corroboration=compared.model_copy(
        update={"fields": tuple(fields), "verdict": "differs"}))  # fmt: skip
    old, new = missing(case_of(full)), missing(case_of(full, capture(full), differing))
    assert set(new) - set(old) == {"witness_differs"}
