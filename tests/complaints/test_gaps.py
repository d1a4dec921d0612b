"""What is missing is named with how, why and what closes it; a further exhibit only closes gaps."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints import gaps, packaged
from helper.complaints.channels import channels
from helper.complaints.contradictions import contradictions
from helper.complaints.exhibits import KINDS, choose
from helper.complaints.figures import Figures, figures
from helper.complaints.held import holds, nature
from helper.complaints.issues import issues
from helper.complaints.law import article
from helper.dealings import Answer, Contact, Entry, Party, Refund, Shown
from helper.messages import LANGUAGES, catalogue
from helper.model import CaptureMeta, CaptureView, CaseView, Correction, Filing, Gap, StampView
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
    Source,
    Terms,
)
from tests.complaints.conftest import CLICKED, HASH, NOW, PAID, agreeing, artifact, capture, case_of

CHANNELS = [*(channel.id for channel in channels()), "industry_association"]
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
    assert "市场监督管理投诉举报处理办法第十条" in (gap.why or "")
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
    deadline=None,
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


# -- contradictions --------------------------------------------------------------------------


def named(case: CaseView, now: datetime = NOW) -> dict[str, str]:
    return {gap.key: gap.text for gap in contradictions(case, look(case), now)}


def paid_at(order: OrderRecord, at: datetime) -> OrderRecord:
    return order.model_copy(update={"payment": order.payment.model_copy(update={"paid_at": at})})


def billed(order: OrderRecord, **changes: Any) -> CaseView:
    read = {"provider": "wechat", "trade_no": order.payment.trade_no, "paid_at": PAID.isoformat(),
            "amount": "98.00", "merchant_no": None, "stayed_out": True}  # fmt: skip
    return with_files(order, "payment", payment=read | changes)


def test_a_case_in_order_contradicts_itself_in_nothing(full: OrderRecord) -> None:
    assert named(case_of(full)) == {}
    assert named(billed(full)) == {}


def test_times_that_cannot_be_are_named(full: OrderRecord) -> None:
    early = paid_at(full, PAID - timedelta(hours=1))
    assert "2026-11-20 13:23" in named(case_of(early))["paid_before_ordered"]
    assert "paid_before_ordered" not in named(case_of(paid_at(full, PAID - timedelta(minutes=1))))
    future = paid_at(full, datetime(2027, 1, 1, tzinfo=UTC))
    assert {"future.paid_at", "picture_before_payment"} <= set(named(case_of(future)))
    delivered = full.model_copy(update={"delivered_at": PAID - timedelta(days=1)})
    assert "delivered_before_paid" in named(case_of(delivered))
    contact = entry(Contact(at=NOW + timedelta(days=1), way="phone"))
    assert "future.contact" in named(case_of(full, entries=(contact,)))


def test_times_at_the_edge_of_the_calendar_are_compared(full: OrderRecord) -> None:
    order = full.model_copy(update={"created_at": datetime.min.replace(tzinfo=UTC)})
    assert named(case_of(paid_at(order, datetime.max.replace(tzinfo=UTC))))


def test_a_number_that_was_read_wrong_and_corrected_is_no_other_order(full: OrderRecord) -> None:
    read = full.model_copy(update={"order_no": "WZ2026112014225161Z"})
    given = Correction(field="order_no", value="WZ20261120142251617",
                       read="WZ2026112014225161Z", at=NOW)  # fmt: skip
    case = case_of(full, capture(read), corrections=(given,))
    assert named(case) == {}
    assert "after_payment" not in missing(case)


def test_amounts_that_do_not_fit_are_named(full: OrderRecord) -> None:
    assert "98.00 元" in named(billed(full, amount="88.00"))["two_amounts"]
    assert "zero_amount" in named(case_of(full.model_copy(update={"amount": Decimal("0.00")})))
    more = full.model_copy(update={"refunded": full.amount and full.amount + 1})
    assert "refunded_more" in named(case_of(more))
    changed = full.model_copy(update={"amount": full.amount and full.amount - 10})
    pages = (capture(full), capture(changed, number=2))
    assert "98.00 元" in named(case_of(full, *pages))["amount_changed"]
    foreign = full.model_copy(
        update={"currency": "USDT", "amount": full.amount and full.amount / 7}
    )
    assert "two_amounts" not in named(billed(foreign))


def test_a_missing_order_number_is_named(full: OrderRecord) -> None:
    assert "no_order_no" in named(case_of(full.model_copy(update={"order_no": None})))


def test_a_bill_of_another_payment_is_named(full: OrderRecord) -> None:
    late = (PAID + timedelta(hours=2)).isoformat()
    assert "two_payment_times" in named(billed(full, paid_at=late))
    other = {"trade_no": "4200009", "merchant_no": "M1"}
    assert "two_trade_numbers" in named(billed(full, **other))
    own = full.payment.trade_no
    assert "two_trade_numbers" not in named(billed(full, trade_no="4200009", merchant_no=own))
    assert "two_trade_numbers" not in named(billed(full, trade_no="4200009"))


def test_a_picture_from_before_the_payment_is_named(full: OrderRecord) -> None:
    early = capture(full, number=2, meta=capture(full).meta.model_copy(
        update={"clicked_at": PAID - timedelta(minutes=1)}))  # fmt: skip
    said = named(case_of(full, capture(full), early))["picture_before_payment"]
    assert said.startswith("证据4是在付款（2026-11-20 14:23）之前保存的")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("您的订单号：WZ20261120999999999 已处理", True),
        ("WZ20261119000000001 已经发货", True),
        ("订单号 AB-778899 查不到", True),
        ("WZ20261120142251617 和 WZ20261119000000001 都在查", False),
        ("商户订单号：4200000000000000001", False),
        ("电话 13800000000，稍等", False),
    ],
)
def test_a_chat_about_another_order_is_named(text: str, other: bool, full: OrderRecord) -> None:
    chat = Chat(messages=(Message(text=text, side="agent"),))
    case = case_of(full, capture(full), page(2, shown=Shown(chat=chat)))
    assert ("other_order_chat" in named(case)) is other


def test_pages_of_another_order_are_named(full: OrderRecord) -> None:
    other = full.model_copy(update={"order_no": "WZ1"})
    assert (
        "WZ1" in named(case_of(full, capture(full), capture(other, number=2)))["other_order_page"]
    )


def test_a_corrected_value_is_still_compared(full: OrderRecord) -> None:
    sources = {"payment.paid_at": Source(artifact="user")}
    given = paid_at(full, PAID - timedelta(days=2)).model_copy(update={"sources": sources})
    assert "paid_before_ordered" in named(case_of(given))
