"""Deadlines after a complaint: at offices, payment platforms, courts, by a shop's own course."""

from datetime import datetime, timedelta

import pytest

from helper.complaints.due.clocks import clocks
from helper.dealings import Shown
from helper.model import CaseView
from scrapers.moments import SHANGHAI
from scrapers.record import (
    Clause,
    Payment,
    Terms,
)
from tests.complaints.conftest import capture
from tests.complaints.timed import NOW, answer, case, ends, filing, found, order


def test_12315_decides_in_seven_working_days() -> None:
    view = case(filings=(filing("12315", datetime(2026, 9, 30, 9, tzinfo=SHANGHAI)),))
    clock = found(view, now=datetime(2026, 10, 1, tzinfo=SHANGHAI))["12315_decision"]
    assert clock.at == ends("2026-10-15")
    assert [one.article for one in clock.law] == [
        "第十五条",
        "第四十五条",
        "第四十六条",
        "第四十六条",
    ]


def test_mediation_waits_for_the_acceptance_and_ends_sixty_days_after_it() -> None:
    filed = filing("12315", number="N1")
    before = found(case(filings=(filed,)))["12315_mediation"]
    assert before.state == "unknown"
    assert "受理" in before.todo
    accepted = answer("12315", "accepted", NOW + timedelta(days=1), number="N1")
    now = NOW + timedelta(days=2)
    seen = found(case(accepted, filings=(filed,)), now=now)
    assert seen["12315_decision"].state == "met"
    assert seen["12315_mediation"].at == ends("2026-10-08")  # day 60 is in the National Day holiday
    assert seen["12315_ended"].state == seen["12315_leads"].state == "unknown"
    ended = answer("12315", "ended", NOW + timedelta(days=20))
    over = found(case(accepted, ended, filings=(filed,)), now=NOW + timedelta(days=30))
    assert over["12315_mediation"].state == over["12315_ended"].state == "met"


def test_a_refusal_leaves_no_mediation_to_wait_for() -> None:
    refused = answer("12315", "refused", NOW + timedelta(days=1))
    seen = found(case(refused, filings=(filing("12315"),)), now=NOW + timedelta(days=2))
    assert seen["12315_decision"].state == "met"
    assert "12315_mediation" not in seen


def test_only_articles_in_force_on_that_day_are_cited() -> None:
    """The measures of 2026 hold for complaints since 2026-04-15, the law itself before as well."""
    before = datetime(2025, 3, 3, 9, tzinfo=SHANGHAI)
    told = answer("12315", "accepted", before + timedelta(days=1))
    view = case(
        told, filings=(filing("12315", before),), order=order(payment=Payment(paid_at=before))
    )
    seen = found(view)
    for key in ("12315_decision", "12315_mediation"):
        assert seen[key].law
        assert "市场监督管理投诉举报处理办法" not in {one.law for one in seen[key].law}
        assert "投诉举报处理办法" not in seen[key].source
    assert not {"12315_ended", "12315_leads"} & set(seen)
    paid = found(case(order=order(payment=Payment(paid_at=before), created_at=before)))
    assert paid["12315_limit"].at == ends("2028-03-03")  # by the law of the day one files


def test_an_answer_with_another_number_is_not_the_answer() -> None:
    filed = filing("12315", number="N1")
    other = answer("12315", "accepted", NOW, number="N2")
    listed = clocks(case(other, filings=(filed,)), "other", (), now=NOW + timedelta(days=1))
    states = {one.key: one.state for one in listed}
    assert states["12315_decision:N1"] == "running"
    assert states["12315_mediation:N2"] == "running"  # known by its answer alone


def test_an_unknown_year_is_said_with_an_estimate_and_no_date() -> None:
    late = datetime(2026, 12, 28, 9, tzinfo=SHANGHAI)
    clock = found(case(filings=(filing("12315", late),)), now=late)["12315_decision"]
    assert (clock.state, clock.at) == ("unknown", None)
    assert "2027 年的放假安排还没有收录" in clock.todo
    assert "2027-01-06" in clock.todo


@pytest.mark.parametrize(
    ("channel", "key", "hours"),
    [
        ("wechat_pay", "wechat_reply", 24),
        ("wechat_pay", "wechat_done", 72),
        ("wechat_mini", "wechat_mini", 48),
        ("merchant_platform", "no_answer", 48),
    ],
)
def test_a_platforms_guide_is_no_law(channel: str, key: str, hours: int) -> None:
    clock = found(case(filings=(filing(channel),)))[key]
    assert (clock.at, clock.whose, clock.law) == (NOW + timedelta(hours=hours), "guide", ())
    assert "不是法律" in clock.source


def test_heimao_counts_from_the_approval() -> None:
    assert found(case(filings=(filing("heimao"),)))["heimao_passed_on"].state == "unknown"
    approved = answer("heimao", "accepted", NOW)
    clock = found(case(approved, filings=(filing("heimao"),)))["heimao_passed_on"]
    assert clock.at == NOW + timedelta(hours=24)


@pytest.mark.parametrize(
    "channel",
    [
        "cca", "alipay", "card_bank", "industry_association", "12377", "mps_12321", "police",
        "12315_report", "arbitration",
    ],
)  # fmt: skip
def test_a_channel_without_known_days_gets_no_date(channel: str) -> None:
    before, seen = set(found(case())), found(case(filings=(filing(channel),)))
    [clock] = [one for key, one in seen.items() if key not in before]
    assert (clock.state, clock.at, clock.since) == ("unknown", None, NOW)
    assert "记下" in clock.todo


def test_two_channels_with_one_number_are_two_clocks() -> None:
    view = case(filings=(filing("police", number="N1"), filing("12377", number="N1")))
    keys = [one.key for one in clocks(view, "other", (), now=NOW)]
    assert {"channel_answer:police:N1", "channel_answer:12377:N1"} <= set(keys)


def test_the_court_says_its_own_dates() -> None:
    taken = answer("court", "accepted", NOW)
    seen = found(case(taken, filings=(filing("court"),)))
    assert seen["court_trial"].at == ends("2026-10-04")
    assert seen["court_evidence"].state == seen["court_defence"].state == "unknown"
    assert seen["limitation"].state == "met"


def test_a_published_course_is_the_shops_and_confirming_is_warned_of() -> None:
    view = case(filings=(filing("merchant_platform"),), platform_key="wangzi")
    seen = found(view)
    spans = {"shop_accept": 10, "shop_classify": 120, "shop_solve": 24 * 60}
    assert {key: seen[key].at for key in spans} == {
        key: NOW + timedelta(minutes=count) for key, count in spans.items()
    }
    assert "shop_confirm" not in seen
    offered = answer("merchant_platform", "coupon", NOW + timedelta(hours=1))
    later = found(
        case(offered, filings=view.filings, platform_key="wangzi"), now=NOW + timedelta(hours=2)
    )
    assert later["shop_confirm"].at == NOW + timedelta(hours=25)
    assert "不要点确认" in later["shop_confirm"].todo
    assert "不等于放弃权利" in later["shop_confirm"].source
    assert later["shop_refund"].at == ends("2026-08-07")
    assert {one.whose for key, one in later.items() if key.startswith("shop_")} == {"shop"}
    assert "shop_accept" not in found(case(filings=view.filings, platform_key="weijie"))


def test_a_review_runs_after_the_first_result() -> None:
    first, again = filing("merchant_platform"), filing(
        "merchant_platform", NOW + timedelta(hours=9), "R2"
    )  # fmt: skip
    refused = answer("merchant_platform", "refused", NOW + timedelta(hours=5))
    view = case(refused, filings=(first, again), platform_key="wangzi")
    clock = found(view, now=NOW + timedelta(hours=10))["shop_recheck"]
    assert (clock.since, clock.at) == (again.at, again.at + timedelta(hours=12))


def with_terms(*texts: str) -> CaseView:
    clauses = tuple(Clause(number=f"第{n}条", text=text) for n, text in enumerate(texts, 1))
    shown = Shown(page_kind="terms", terms=Terms(name="用户协议", clauses=clauses))
    told = case(filings=(filing("merchant_platform"),))
    return told.model_copy(update={"captures": (capture(order(), shown=shown),)})


def test_an_agreements_time_to_answer_runs_from_the_demand() -> None:
    seen = found(with_terms("商家需在24小时内响应售后。", "用户应在7天内反馈给客服处理"))
    assert (seen["terms_answer"].at, seen["terms_answer"].whose) == (
        NOW + timedelta(hours=24), "shop",
    )  # fmt: skip
    assert "用户协议 第1条：“商家需在24小时内响应售后”" in seen["terms_answer"].source


def test_an_automatic_confirmation_is_warned_of() -> None:
    clock = found(with_terms("发货后24小时内未提出异议视为确认收货"))["terms_confirm"]
    assert (clock.state, clock.whose) == ("unknown", "shop")
    assert "不要点“确认”" in clock.todo
