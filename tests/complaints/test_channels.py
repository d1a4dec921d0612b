"""Channels as researched and told; admission refuses with a reason, or allows with remarks."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helper.complaints import packaged
from helper.complaints.ladder.admission import admit, signs
from helper.complaints.ladder.channels import channel, channels, document_name, limits
from helper.dealings import Answer, Contact, Entry, Party
from helper.errors import InvalidError, RefusedError
from helper.messages import LANGUAGES, catalogue, explain
from helper.model import CaseView, Filing
from scrapers.record import OrderRecord

from .conftest import NOW, PAID, case_of

RESEARCH = {row["id"]: row for row in packaged.data("channels")["channels"]}
SOURCE = Path(__file__).parents[2] / "helper/complaints/ladder/admission.py"


def filed(channel: str, days: float = 1) -> Filing:
    return Filing(
        draft_id="", channel=channel, number=None, capture_id=None, at=NOW - timedelta(days=days)
    )


def entry(what: Any) -> Entry:
    return Entry(entry_id="e", added_at=NOW, what=what)


def answered(channel: str, outcome: str, days: float = 0.5, **more: Any) -> Entry:
    at = NOW - timedelta(days=days)
    return entry(Answer.model_validate({"at": at, "channel": channel, "outcome": outcome, **more}))


def refusal(case: CaseView, key: str, document: str, **answers: Any) -> str | None:
    try:
        admit(case, key, document, "not_delivered", answers, now=NOW)
    except RefusedError as error:
        return str(error.details["reason"])
    return None


def paid_by(order: OrderRecord, method: str) -> CaseView:
    payment = order.payment.model_copy(update={"method": method})
    return case_of(order.model_copy(update={"payment": payment}))


def test_the_research_comes_first_and_our_own_channel_last() -> None:
    assert [one.id for one in channels()] == [*RESEARCH, "industry_association"]
    assert len(RESEARCH) == 20
    assert channel("industry_association").status == "unverified"
    with pytest.raises(InvalidError):
        channel("nowhere")


def test_what_is_drafted_looked_up_and_preserved() -> None:
    kinds = {
        kind: {one.id for one in channels() if one.kind == kind} for kind in ("query", "preserve")
    }
    assert kinds == {"query": {"gsxt", "icp"}, "preserve": {"notary", "tsa", "chain"}}
    assert all(one.documents for one in channels() if one.kind != "query")
    assert not any(one.documents for one in channels() if one.kind == "query")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_channel_is_told_in_words(language: Any) -> None:
    for one in channels(language):
        said = (one.name, one.where, one.can, one.cannot, one.sure)
        assert not [words for words in said if words.startswith("channels.")], one.id
        assert {f"channels.precondition.{code}" for code in one.preconditions} <= set(
            catalogue(language)
        )
        named = [document_name(one.id, document, language) for document in one.documents]
        assert not [name for name in named if name.startswith("channels.")]


def test_the_shops_own_ways_in_are_named_and_no_private_account() -> None:
    where = channel("merchant_platform").where
    ways = "我的订单", "投诉/申诉", "在线客服", "客服电话", "工单", "官方邮箱", "公众号", "企业微信"
    assert [way for way in ways if way not in where] == []
    assert "不要发到个人账号" in where


def test_an_authority_is_told_who_complains() -> None:
    assert "real_name" in channel("12315").preconditions
    assert "姓名" in catalogue("zh_CN")["channels.precondition.real_name"]
    assert "real_name" not in channel("12315_report").preconditions


def test_a_host_is_one_that_the_research_names() -> None:
    for one in channels():
        assert not one.hosts or all(host in str(RESEARCH[one.id]) for host in one.hosts)


def test_12315_and_the_association_exclude_each_other_and_a_court_both() -> None:
    both = {"court", "internet_court", "arbitration"}
    assert set(channel("12315").exclusions) == both | {"cca"}
    assert set(channel("cca").exclusions) == both | {"12315"}


def test_limits_say_how_sure_they_are_and_the_user_may_know_better() -> None:
    pay = limits("wechat_pay")["text"]
    assert (pay.max, pay.aim, pay.sure) == (300, 200, "documented")
    assert limits("12315")["product"].max == 50
    assert limits("heimao")["text"].max is None
    own = limits("heimao", {"heimao": 500, "heimao.title": 40, "12315": 90})
    assert own["title"].max == 40
    assert (own["text"].max, own["text"].sure, own["files"].max) == (500, "own", None)
    with pytest.raises(InvalidError):
        limits("heimao", {"heimao.text": 0})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_says_what_to_do(language: Any) -> None:
    source = SOURCE.read_text("utf-8")
    reasons = set(re.findall(r'refuse\(\s*"(\w+)"', source)) | set(
        re.findall(r', "(n\w+)"\)', source)
    )
    reasons |= {"court_unconfirmed", "query_gsxt", "query_icp"}
    reasons |= {f"taken_{key}" for key in ("12315", "cca", "court", "arbitration")}
    assert len(reasons) >= 20
    for reason in reasons:
        said = explain(RefusedError(reason=reason, channel="x", method="y", document="z"), language)
        general = explain(RefusedError(), language)
        assert said["message"] != general["message"], reason
        assert "{" not in said["message"] + said["next_step"], reason


def test_a_reseller_is_sent_to_contract_law(full: OrderRecord) -> None:
    case = case_of(full)
    assert refusal(case, "12315", "complaint", resale=True) == "resale"
    assert refusal(case, "cca", "complaint", resale=True) == "resale"
    assert refusal(case, "court", "claim", resale=True) is None
    assert refusal(case, "12315", "complaint", resale=False) is None


def test_what_is_only_unknown_does_not_refuse_but_is_said(full: OrderRecord) -> None:
    unknown = admit(case_of(full), "12315", "complaint", "not_delivered", now=NOW)
    party = Party(name="星海网络有限公司", address="杭州市某路 1 号")
    known = admit(
        case_of(full, entries=(entry(party),)),
        "12315", "complaint", "not_delivered", {"resale": False}, now=NOW, language="en",
    )  # fmt: skip
    assert len(unknown) == 2
    assert known == ()


@pytest.mark.parametrize("key", ["12315", "cca", "court", "arbitration", "internet_court"])
def test_what_another_body_has_is_not_taken(full: OrderRecord, key: str) -> None:
    case = case_of(full, filings=(filed(key),))
    expected = "taken_court" if key == "internet_court" else f"taken_{key}"
    for other in {"12315", "cca"} - {key}:
        assert refusal(case, other, "complaint", resale=False) == expected


def test_what_another_body_did_not_accept_is_open_again(full: OrderRecord) -> None:
    case = case_of(full, filings=(filed("cca"),), entries=(answered("cca", "refused"),))
    assert refusal(case, "12315", "complaint") is None
    case = case_of(full, filings=(filed("cca"),), entries=(answered("cca", "ended"),))
    assert refusal(case, "12315", "complaint") == "taken_cca"


def test_a_closed_dispute_is_not_taken_again(full: OrderRecord) -> None:
    case = case_of(full, filings=(filed("12315"),), entries=(answered("12315", "ended"),))
    assert refusal(case, "12315", "complaint") == "already_handled"


@pytest.mark.parametrize(
    ("years", "days", "reason"), [(3, -1, None), (3, 0, None), (3, 1, "three_years")]
)
def test_12315_takes_what_is_not_older_than_three_years(
    full: OrderRecord, years: int, days: int, reason: str | None
) -> None:
    # the promise ran out ten minutes after the payment
    start = NOW.replace(year=NOW.year - years) - timedelta(days=days, minutes=10)
    payment = full.payment.model_copy(update={"paid_at": start})
    order = full.model_copy(update={"payment": payment, "created_at": start})
    assert refusal(case_of(order), "12315", "complaint") == reason
    assert refusal(case_of(order), "court", "claim") is None


def test_dates_that_contradict_each_other_refuse_nothing(full: OrderRecord) -> None:
    ahead = full.model_copy(
        update={"created_at": datetime(2019, 1, 1, tzinfo=NOW.tzinfo),
                "delivered_at": NOW + timedelta(days=1)}
    )  # fmt: skip
    assert refusal(case_of(ahead), "12315", "complaint") is None
    assert refusal(case_of(None), "12315", "complaint") is None


def test_a_clause_replaces_the_court(full: OrderRecord) -> None:
    case = case_of(full)
    assert refusal(case, "court", "claim", arbitration_clause=True) == "arbitration_clause"
    assert refusal(case, "arbitration", "request", arbitration_clause=True) is None
    assert refusal(case, "arbitration", "request") == "no_clause"
    assert refusal(case, "court", "claim") is None


def test_the_internet_court_is_never_the_default(full: OrderRecord) -> None:
    case = case_of(full)
    assert refusal(case, "internet_court", "claim") == "court_unconfirmed"
    assert refusal(case, "internet_court", "claim", court_confirmed=True) is None


@pytest.mark.parametrize("key", ["wechat_pay", "alipay", "card_bank"])
@pytest.mark.parametrize(
    "method", ["wechat", "alipay", "bank", "qq", "usdt", "balance", "unknown", "other"]
)
def test_a_payment_service_takes_its_own_payments(full: OrderRecord, key: str, method: str) -> None:
    own = {"wechat_pay": "wechat", "alipay": "alipay", "card_bank": "bank"}[key]
    case = paid_by(full, method)
    expected = None if method in {own, "unknown", "other"} else "paid_otherwise"
    expected = "paid_from_balance" if method == "balance" else expected
    assert refusal(case, key, "complaint") == expected
    if method == "unknown":
        assert admit(case, key, "complaint", "not_delivered", now=NOW)


def test_a_transfer_to_a_person_is_no_payment_to_a_merchant(full: OrderRecord) -> None:
    assert (
        refusal(case_of(full), "wechat_pay", "complaint", paid_to_person=True) == "paid_to_person"
    )


@pytest.mark.parametrize(
    ("key", "document", "reason", "met"),
    [
        ("wechat_mini", "complaint", "not_mini_program", {"mini_program": True}),
        ("12377", "report", "no_illegal_content", {"illegal_content": "首页仿冒官方充值中心"}),
        ("12377", "report", "no_illegal_content", {"unlawful_goods": True}),
        ("12377", "report", "no_illegal_content", {"fraud_signs": "钓鱼链接"}),
        ("mps_12321", "report", "no_spam", {"spam": "推销代充的短信"}),
        ("police", "report", "no_fraud_signs", {"fraud_signs": ["虚构商品"]}),
        ("police", "report", "no_fraud_signs", {"shop_gone": True}),
    ],
)
def test_what_only_the_user_can_state_is_asked_for(
    full: OrderRecord, key: str, document: str, reason: str, met: dict[str, Any]
) -> None:
    assert refusal(case_of(full), key, document) == reason
    assert refusal(case_of(full), key, document, **met) is None


@pytest.mark.parametrize("told", [
    "没发货", "没发货、不退款", ["拖延"], "", [], None, " 。", "一直不发货", "Delivery is late.",
    "没有", "无。", ["否"], "No", False,
])  # fmt: skip
def test_late_or_refused_performance_is_no_sign_of_fraud(full: OrderRecord, told: Any) -> None:
    assert refusal(case_of(full), "police", "report", fraud_signs=told) == "no_fraud_signs"
    assert signs({"fraud_signs": "没发货、收款后失联"}) == ("收款后失联",)


def test_a_late_delivery_does_not_hide_what_points_to_fraud() -> None:
    for told in ("收款后失联一直不发货", "related shops have vanished"):
        assert signs({"fraud_signs": told}) == (told,)


@pytest.mark.parametrize(
    ("key", "name"),
    [("12377", "illegal_content"), ("mps_12321", "spam"), ("police", "fraud_signs")],
)
def test_a_bare_yes_is_asked_for_its_words_and_a_no_is_none(
    full: OrderRecord, key: str, name: str
) -> None:
    for bare in (True, "是", "有。", "yes"):
        assert refusal(case_of(full), key, "report", **{name: bare}) == "words_needed"
    for none in (False, "没有", "无", "否", "no", "None."):
        assert refusal(case_of(full), key, "report", **{name: none}) == f"no_{name}"


@pytest.mark.parametrize("document", ["recomplaint", "review", "escalation"])
def test_a_second_complaint_needs_a_first_one(full: OrderRecord, document: str) -> None:
    talk = Contact(at=PAID, way="chat", side="merchant")
    assert refusal(case_of(full), "merchant_platform", document) == "first_complaint_needed"
    for known in (
        case_of(full, filings=(filed("merchant_platform"),)),
        case_of(full, entries=(entry(talk),)),
    ):
        assert refusal(known, "merchant_platform", document) is None


def test_a_look_up_says_where_to_look(full: OrderRecord) -> None:
    for key, host in (("gsxt", "www.gsxt.gov.cn"), ("icp", "beian.miit.gov.cn")):
        with pytest.raises(RefusedError) as refused:
            admit(case_of(full), key, "complaint", "not_delivered", now=NOW)
        assert host in explain(refused.value)["next_step"]


def test_a_document_of_another_channel_is_invalid(full: OrderRecord) -> None:
    with pytest.raises(InvalidError):
        admit(case_of(full), "court", "complaint", "not_delivered", now=NOW)


def test_the_public_site_is_allowed_with_a_warning(full: OrderRecord) -> None:
    said: Callable[[str], tuple[str, ...]] = lambda key: admit(  # noqa: E731
        case_of(full), key, channel(key).documents[0], "not_delivered", now=NOW
    )
    assert "公开" in said("heimao")[0]
    assert "没有核实" in said("industry_association")[0]
