"""Deadlines of a case: where each starts, where it stands, whose rule it is."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.due.clocks import clocks
from helper.complaints.law import article
from helper.dealings import Answers, Refund, Shown
from helper.messages import LANGUAGES, catalogue
from helper.model import CaptureView, CaseView
from scrapers.moments import SHANGHAI
from scrapers.record import (
    Chat,
    Delivery,
    Message,
    Payment,
    Pledge,
)
from tests.complaints.conftest import capture
from tests.complaints.timed import (
    NOW,
    PAID,
    RULE,
    RULES,
    answer,
    case,
    contact,
    ends,
    entries,
    filing,
    found,
    order,
)


def moved(page: CaptureView, at: datetime) -> CaptureView:
    return page.model_copy(update={"meta": page.meta.model_copy(update={"clicked_at": at})})


# The data


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["key"]))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_has_its_law_and_its_words(rule: dict[str, Any], language: Any) -> None:
    assert all(article(key) for key in rule.get("law", ()))
    assert rule["whose"] != "law" or rule["law"]
    wanted = {"name", "source"}
    if rule["start"] in {"theirs", "no_days"}:
        generic = f"due.unknown.{rule['start']}"
        own = f"due.{rule['key']}.unknown.{rule['start']}"
        assert {generic, own} & set(catalogue(language))
    else:
        wanted |= {"todo", "passed"}
    assert {f"due.{rule['key']}.{part}" for part in wanted} <= set(catalogue(language))


def test_no_answer_within_seven_days_is_claimed_of_a_shop() -> None:
    """One seed says so; no law does (seed claim 11): seven days are an authority's working days."""
    seven = [rule for rule in RULES if rule.get("count") == 7]
    assert {rule["key"] for rule in seven} == {
        "12315_decision", "12315_ended", "court_evidence",
    }  # fmt: skip
    assert "七日内核实" not in json.dumps(dict(catalogue("zh_CN")), ensure_ascii=False)


def test_what_a_rule_counts_is_what_its_article_says() -> None:
    numerals = {1: "一", 2: "两", 3: "三", 7: "七", 15: "十五", 60: "六十"}
    units = {"days": "日", "working_days": "个?工作日", "months": "个月", "years": "年"}
    for rule in RULES:
        if rule["whose"] == "law" and rule.get("count"):
            said = rf"{numerals[rule['count']]}{units[rule['unit']]}"
            row = article(rule["law"][0])
            assert row is not None
            assert re.search(said, row.text), rule["key"]


# Promise and windows


def test_a_promise_runs_is_due_soon_and_passes() -> None:
    end = PAID + timedelta(hours=24)
    view = case(order=order(delivery=Delivery(promised_text="24小时内到账")))
    moments = (end - timedelta(hours=7), end - timedelta(hours=6), end, end + timedelta(seconds=1))
    seen = [found(view, now=now)["promise"] for now in moments]
    assert [one.state for one in seen] == ["running", "due_soon", "due_soon", "passed"]
    assert {(one.at, one.since, one.whose) for one in seen} == {(end, PAID, "promise")}
    assert seen[0].todo != seen[3].todo


def test_a_page_that_was_kept_after_the_promise_need_not_be_kept_again() -> None:
    end = PAID + timedelta(minutes=10)
    [page] = case().captures
    todo = [
        found(case(captures=(moved(page, at),)))["promise"].todo
        for at in (end - timedelta(minutes=1), end + timedelta(minutes=1), NOW + timedelta(days=1))
    ]
    assert ["再保存一次订单页" in one for one in todo] == [True, False, True]


def test_goods_that_came_late_are_late() -> None:
    delivered = order(status="delivered", delivered_at=PAID + timedelta(hours=2))
    promise = found(case(order=delivered), "dead_code")["promise"]
    assert promise.state == "met"
    assert "晚于" in promise.todo
    assert found(case(order=delivered), "not_delivered")["promise"].state == "passed"


@pytest.mark.parametrize(
    ("changes", "issue", "says"),
    [
        ({"delivery": Delivery()}, "not_delivered", "没有读到商家承诺的到货时限"),
        ({"delivery": Delivery(promised_text="1-3个工作日内到账")}, "other", "没有写明一个确切"),
        ({"payment": Payment()}, "other", "没有读到付款时间"),
    ],
)
def test_a_promise_that_cannot_be_counted_says_what_is_missing(
    changes: dict[str, Any], issue: str, says: str
) -> None:
    promise = found(case(order=order(**changes)), issue)["promise"]
    assert (promise.state, promise.at) == ("unknown", None)
    assert says in promise.todo


def test_a_window_is_marked_as_the_shops_rule_and_does_not_shorten_the_law() -> None:
    seen = found(case())
    window = seen["complaint_entry"]
    assert (window.at, window.whose) == (PAID + timedelta(days=15), "shop")
    assert window.law == ()
    assert "平台规则 五" in window.source
    assert "不能缩短法律规定的三年时效" in window.source
    assert seen["limitation"].at == ends("2029-08-03")


def test_a_window_is_met_by_the_complaint_and_not_by_one_elsewhere() -> None:
    assert found(case(filings=(filing("12315"),)))["complaint_entry"].state == "running"
    assert found(case(filings=(filing("merchant_platform"),)))["complaint_entry"].state == "met"


def test_a_window_whose_start_was_not_read_says_so() -> None:
    window = found(case(order=order(payment=Payment())))["complaint_entry"]
    assert (window.state, window.at, window.since) == ("unknown", None, None)
    assert "付款时间" in window.todo


def test_what_closes_first_comes_first_and_what_has_years_after_what_is_over() -> None:
    view = case(contact("请退款"), order=order(delivery=Delivery(promised_text="24小时内到账")))
    now = NOW + timedelta(days=1)
    listed = clocks(view, "not_delivered", [RULE], now=now)
    names = [one.key for one in listed]
    assert names[:3] == ["no_answer", "complaint_entry", "fifteen_days"]
    assert names.index("promise") < names.index("rescission") < names.index("limitation")


# Demands


def test_fifteen_days_need_a_dated_demand() -> None:
    clock = found(case(contact("我的订单到哪了")))["fifteen_days"]
    assert (clock.state, clock.since) == ("unknown", None)
    assert "还没有记下您哪天要求退款" in clock.todo


@pytest.mark.parametrize(
    ("issue", "said", "counts", "row"),
    [
        ("not_delivered", "请退款98元", True, "第十条"),
        ("not_delivered", "请补发", False, "第十条"),
        ("dead_code", "请补发一张卡", True, "第八条"),
        ("not_as_described", "I want a refund", True, "第八条"),
    ],
)
def test_fifteen_days_run_from_the_demand_that_the_article_names(
    issue: str, said: str, counts: bool, row: str
) -> None:
    clock = found(case(contact(said)), issue)["fifteen_days"]
    assert clock.at == (ends("2026-08-19") if counts else None)
    assert [one.article for one in clock.law] == [row]
    assert "视为故意拖延或者无理拒绝" in clock.source


def test_a_demand_to_the_bank_is_none_to_the_shop() -> None:
    clock = found(case(contact("请退款", side="payment")))["fifteen_days"]
    assert clock.state == "unknown"
    assert found(case(filings=(filing("merchant_platform"),)))["fifteen_days"].since == NOW


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("请在3个工作日内退款", ends("2026-08-07")),
        ("请在三个工作日内退款", ends("2026-08-07")),
        ("请在48小时内退款", NOW + timedelta(hours=48)),
        ("请于2026年8月10日前退款", ends("2026-08-10")),
        ("请于8月10日之前退款", ends("2026-08-10")),
        ("请在3个工作日内答复，7天内退款", None),
        ("请在1-3个工作日内退款", None),
        ("请于2月30日前退款", None),
        ("请退款", None),
    ],
)
def test_a_letter_sets_its_own_period_where_it_names_one(said: str, end: datetime | None) -> None:
    clock = found(case(contact(said, way="letter")))["demand"]
    assert (clock.at, clock.whose) == (end, "user")
    assert clock.state == ("unknown" if end is None else "running")


def test_the_reminder_is_a_guide_and_may_be_set() -> None:
    reminder = found(case(contact("请退款")))["no_answer"]
    assert (reminder.at, reminder.whose) == (NOW + timedelta(hours=48), "guide")
    assert "不是法律规定" in reminder.source
    other = found(case(contact("请退款")), reminder_hours=24)["no_answer"]
    assert other.at == NOW + timedelta(hours=24)
    silent = answer("merchant_platform", "silent", NOW + timedelta(hours=1))
    told = answer("merchant_platform", "refused", NOW + timedelta(hours=1))
    later = NOW + timedelta(days=3)
    assert found(case(contact("请退款"), silent), now=later)["no_answer"].state == "passed"
    assert found(case(contact("请退款"), told), now=later)["no_answer"].state == "met"


# Promises that were told


def chat(*messages: Message) -> CaseView:
    kept = capture(order(), shown=Shown(page_kind="chat", chat=Chat(messages=messages)))
    again = capture(order(), number=2, shown=Shown(page_kind="chat", chat=Chat(messages=messages)))
    return case().model_copy(update={"captures": (kept, again)})


@pytest.mark.parametrize(
    ("within", "at", "end"),
    [
        ("PT24H", NOW, NOW + timedelta(hours=24)),
        ("2026-08-06", None, ends("2026-08-06")),
        ("2026-08-05T12:00:00+08:00", None, datetime(2026, 8, 5, 12, tzinfo=SHANGHAI)),
        ("PT24H", None, None),
    ],
)
def test_a_promise_in_a_chat_counts_once(
    within: str, at: datetime | None, end: datetime | None
) -> None:
    made = Pledge(what="refund", within=within, text="24小时内退款")
    view = chat(Message(at=at, at_text="10:00", side="agent", text="24小时内退款", promise=made))
    listed = clocks(view, "other", (), now=NOW)
    [clock] = [one for one in listed if one.key.startswith("pledge")]
    assert (clock.at, clock.whose) == (end, "promise")
    assert "24小时内退款" in clock.name
    assert clock.state == ("unknown" if end is None else "running")


def test_a_bank_does_not_answer_for_the_shop() -> None:
    made = Pledge(what="reply", within="PT1H", text="1小时内答复")
    view = chat(Message(at=NOW, text="1小时内答复", promise=made))
    for channel, state in (("card_bank", "passed"), ("merchant_platform", "met")):
        told = entries(answer(channel, "refused", NOW + timedelta(minutes=5)))
        seen = found(view.model_copy(update={"entries": told}), now=NOW + timedelta(hours=2))
        assert seen["pledge"].state == state


def test_at_once_in_a_chat_is_no_date() -> None:
    made = Pledge(what="refund", within=None, text="马上退款")
    assert "pledge" not in found(chat(Message(at=NOW, text="马上退款", promise=made)))


def test_a_promised_card_is_not_met_by_the_dead_one() -> None:
    made = Pledge(what="reissue", within="PT1H", text="1小时内补发")
    view = chat(Message(at=NOW, text="1小时内补发", promise=made))
    dead = view.model_copy(update={"order": order(status="delivered", delivered_at=PAID)})
    assert found(dead, "dead_code", NOW + timedelta(hours=2))["pledge"].state == "passed"


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({"promised": "24小时内退款"}, NOW + timedelta(hours=24)),
        ({"promised": "明天处理", "promised_by": ends("2026-08-05")}, ends("2026-08-05")),
        ({"promised": "会尽快处理的"}, None),
    ],
)
def test_a_promise_as_noted(values: dict[str, Any], end: datetime | None) -> None:
    clock = found(case(contact(**values)))["told"]
    assert clock.at == end
    assert end or "没有写明一个确切的时限" in clock.todo


def test_a_channels_promise_is_kept_too() -> None:
    told = answer("wechat_pay", "accepted", NOW, promised_by=ends("2026-08-06"))
    assert found(case(told))["told"].at == ends("2026-08-06")


# What meets a clock, and what takes it away


@pytest.mark.parametrize(
    ("refunds", "state"),
    [
        (["98.00"], "met"),
        (["50.00", "48.00"], "met"),
        (["50.00"], "passed"),
    ],
)
def test_only_the_whole_money_meets_all_clocks(refunds: list[str], state: str) -> None:
    told = [Refund(at=NOW, amount=Decimal(amount)) for amount in refunds]
    seen = found(case(contact("请退款"), *told), now=NOW + timedelta(days=30))
    assert seen["fifteen_days"].state == state
    assert seen["limitation"].state == ("met" if state == "met" else "running")


def test_money_that_comes_later_or_in_another_currency_meets_nothing_yet() -> None:
    later = Refund(at=NOW + timedelta(days=40), amount=Decimal("98.00"))
    other = Refund(at=NOW, amount=Decimal("98.00"), currency="USD")
    now = NOW + timedelta(days=30)
    assert found(case(contact("请退款"), later, other), now=now)["fifteen_days"].state == "passed"


def test_the_other_name_of_the_yuan_is_the_same_money() -> None:
    back = Refund(at=NOW, amount=Decimal("98.00"), currency="RMB")
    seen = found(case(contact("请退款"), back), now=NOW + timedelta(days=30))
    assert seen["fifteen_days"].state == "met"


def test_an_order_that_says_refunded_is_believed_unless_that_is_the_complaint() -> None:
    refunded = case(order=order(status="refunded"))
    assert found(refunded, "other")["limitation"].state == "met"
    assert found(refunded, "refund_missing")["limitation"].state == "running"


def test_an_order_of_nothing_is_not_paid_back() -> None:
    free = case(Refund(at=NOW, amount=Decimal(0)), order=order(amount=Decimal(0)))
    assert found(free)["limitation"].state == "running"


def test_a_closed_case_waits_for_nothing() -> None:
    closed = case(filings=(filing("12315"),), closed_at=NOW)
    assert {one.state for one in clocks(closed, "other", [RULE], now=NOW)} == {"met"}


def test_consumer_law_falls_away_for_who_resells() -> None:
    resells = Answers(issue="other", answers={"resale": True})
    view = case(contact("请退款"), resells, filings=(filing("12315"),))
    seen = found(view, now=NOW + timedelta(days=1))
    assert not {"fifteen_days", "12315_limit", "12315_decision"} & set(seen)
    assert {"limitation", "rescission", "promise", "complaint_entry"} <= set(seen)
    assert {one.article for one in seen["promise"].law} == {"第五百零九条"}
    denied = Answers(issue="other", answers={"resale": False})
    assert "fifteen_days" in found(case(resells, denied))


# Bad input


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"payment": Payment(paid_at=NOW + timedelta(days=1))}, "在将来"),
        ({"created_at": PAID + timedelta(days=2)}, "付款时间早于下单时间"),
        ({"payment": Payment(paid_at=datetime(9999, 12, 31, tzinfo=UTC))}, "在将来"),
        ({"payment": Payment(), "created_at": None}, "没有读到付款时间"),
    ],
)
def test_times_that_cannot_be_are_named(changes: dict[str, Any], says: str) -> None:
    seen = found(case(order=order(**changes)))
    for key in ("promise", "complaint_entry"):
        assert (seen[key].state, seen[key].at) == ("unknown", None)
        assert says in seen[key].todo


def test_a_case_without_order_names_what_it_needs() -> None:
    seen = found(case(order=None))
    assert {seen[key].state for key in ("limitation", "complaint_entry", "promise")} == {"unknown"}


def test_the_last_year_has_no_deadline_after_it() -> None:
    at = datetime(9999, 12, 31, 12, tzinfo=UTC)
    last = case(order=order(payment=Payment(paid_at=at), created_at=at))
    listed = {one.key: one for one in clocks(last, "other", [RULE], now=at)}
    for key in ("limitation", "rescission", "complaint_entry"):
        assert (listed[key].state, listed[key].at) == ("unknown", None)
        assert "超出了日历" in listed[key].todo
