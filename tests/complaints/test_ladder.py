"""The ladder: every channel has its state, one step is recommended, and it fits what was tried."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from helper.complaints import packaged
from helper.complaints.dispute.issues import issues
from helper.complaints.ladder.channels import channels
from helper.complaints.ladder.steps import Ladder, State, ladder
from helper.dealings import Answer, Answers, Contact, Entry, Outcome, Party, Refund
from helper.errors import InvalidError
from helper.messages import LANGUAGES, Language
from helper.model import Filing
from scrapers.record import OrderRecord

from .conftest import NOW, artifact, capture, case_of

KEYS = [one.key for one in issues()]
CHANNELS = [one.id for one in channels()]
SETTLING = [one.id for one in channels() if one.settles]
SHOP = "merchant_platform"


def filed(channel: str, days: float, number: str | None = None) -> Filing:
    at = NOW - timedelta(days=days)
    return Filing(draft_id="", channel=channel, number=number, capture_id=None, at=at)


def answer(channel: str, outcome: str, days: float, **more: Any) -> Answer:
    at = NOW - timedelta(days=days)
    return Answer.model_validate({"at": at, "channel": channel, "outcome": outcome, **more})


def kept(*what: Any) -> tuple[Entry, ...]:
    return tuple(Entry(entry_id=str(i), added_at=NOW, what=one) for i, one in enumerate(what))


def look(
    order: OrderRecord | None,
    *what: Any,
    filings: Sequence[Filing] = (),
    issue: str = "not_delivered",
    language: Language = "zh_CN",
    now: datetime = NOW,
    **changes: Any,
) -> Ladder:
    case = case_of(order, filings=tuple(filings), entries=kept(*what), **changes)
    return ladder(case, issue, now=now, language=language)


def step(found: Ladder) -> tuple[str, str] | None:
    return (found.next.channel, found.next.document) if found.next else None


def state(found: Ladder, channel: str) -> str:
    return next(one.state for one in found.steps if one.channel == channel)


def resale(value: bool) -> Answers:
    return Answers(issue="not_delivered", answers={"resale": value})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("issue", KEYS)
def test_every_channel_has_a_state_and_a_sentence(
    variants: dict[str, OrderRecord], issue: str, language: Language
) -> None:
    found = look(variants[issue], issue=issue, language=language)
    assert [one.channel for one in found.steps] == CHANNELS
    for one in found.steps:
        assert one.state in get_args(State)
        assert one.why
        assert "ladder." not in one.why
        assert "{" not in one.why
    assert step(found) == (SHOP, "complaint")
    assert len(found.branches) == 6


@pytest.mark.parametrize(
    ("filings", "what", "expected"),
    [
        # the shop, by what it answered to the first complaint
        ([(SHOP, 5)], [], (SHOP, "demand_letter")),
        ([(SHOP, 5)], [(SHOP, "silent", 1)], (SHOP, "demand_letter")),
        ([(SHOP, 5)], [(SHOP, "refused", 4)], (SHOP, "recomplaint")),
        ([(SHOP, 5)], [(SHOP, "coupon", 4)], (SHOP, "recomplaint")),
        ([(SHOP, 5)], [(SHOP, "partial", 4)], (SHOP, "demand_letter")),
        ([(SHOP, 5)], [(SHOP, "ended", 4)], (SHOP, "review")),
        ([(SHOP, 5)], [(SHOP, "accepted", 4)], (SHOP, "demand_letter")),
        # twice is enough: the payment service, then 12315, then the court
        ([(SHOP, 9), (SHOP, 5)], [(SHOP, "refused", 4)], ("wechat_pay", "complaint")),
        ([(SHOP, 9), (SHOP, 5)], [], ("wechat_pay", "complaint")),
        ([(SHOP, 9), ("wechat_pay", 4)], [], ("12315", "complaint")),
        ([("wechat_pay", 4)], [("wechat_pay", "refused", 3)], ("12315", "complaint")),
        ([("12315", 9)], [("12315", "ended", 3)], ("court", "claim")),
        (
            [(SHOP, 20), ("wechat_pay", 15), ("12315", 9)],
            [("12315", "refused", 3)],
            ("court", "claim"),
        ),
        # what 12315 did not take goes to the cheaper stages that were left out
        ([("12315", 9)], [("12315", "refused", 3)], (SHOP, "complaint")),
        ([(SHOP, 20), ("12315", 9)], [("12315", "refused", 3)], ("wechat_pay", "complaint")),
        ([("12315", 9), (SHOP, 2.5)], [("12315", "refused", 3)], (SHOP, "demand_letter")),
        (
            [("12315", 19), (SHOP, 9), (SHOP, 5)],
            [("12315", "refused", 15)],
            ("wechat_pay", "complaint"),
        ),
        ([("cca", 9)], [("cca", "ended", 3)], ("court", "claim")),
    ],
)
def test_the_next_step_follows_from_what_was_tried(
    full: OrderRecord, filings: Any, what: Any, expected: Any
) -> None:
    found = look(full, *(answer(*one) for one in what), filings=[filed(*one) for one in filings])
    assert found.state == "act"
    assert step(found) == expected
    assert state(found, expected[0]) == "now"


@pytest.mark.parametrize(
    ("channel", "days", "until"),
    [
        (SHOP, 1, 2),
        ("wechat_pay", 2, 3),
        ("cca", 90, None),
        ("court", 30, None),
    ],
)
def test_an_answer_is_waited_for(
    full: OrderRecord, channel: str, days: float, until: float | None
) -> None:
    found = look(full, filings=[filed(channel, days)])
    assert (found.state, found.next) == ("wait", None)
    assert found.waiting is not None
    assert found.waiting.channel == channel
    expected = None if until is None else NOW - timedelta(days=days) + timedelta(days=until)
    assert found.waiting.until == expected
    assert "now" not in {one.state for one in found.steps}


def test_a_promise_is_waited_for_and_then_called_in(full: OrderRecord) -> None:
    promise = answer(SHOP, "accepted", 3, promised_by=NOW + timedelta(hours=5))
    found = look(full, promise, filings=[filed(SHOP, 4)])
    assert found.waiting is not None
    assert found.waiting.whose == "promised"
    later = look(full, promise, filings=[filed(SHOP, 4)], now=NOW + timedelta(hours=6))
    assert step(later) == (SHOP, "demand_letter")
    assert "process_gap" in {one.cause for one in later.diagnosis}


def test_the_time_to_wait_says_whose_it_is(full: OrderRecord) -> None:
    shop = look(full, filings=[filed(SHOP, 1)])
    pay = look(full, filings=[filed("wechat_pay", 1)])
    assert "不是法定期限" in shop.why
    assert "官方说明" in pay.why


def test_a_letter_after_a_complaint_is_the_second_step(full: OrderRecord) -> None:
    letter = Contact(at=NOW - timedelta(days=4), way="email", side="merchant")
    found = look(full, letter, filings=[filed(SHOP, 9)])
    assert step(found) == ("wechat_pay", "complaint")


def test_a_letter_of_the_day_of_a_filing_is_that_filing(full: OrderRecord) -> None:
    letter = Contact(at=NOW - timedelta(days=8.5), way="email", side="merchant")
    assert step(look(full, letter, filings=[filed(SHOP, 9)])) == (SHOP, "demand_letter")


def test_a_promise_in_a_talk_after_the_complaint_is_waited_for(full: OrderRecord) -> None:
    talk = Contact(
        at=NOW - timedelta(days=1), way="phone", side="merchant",
        promised="明天补发", promised_by=NOW + timedelta(days=1),
    )  # fmt: skip
    assert look(full, talk, filings=[filed(SHOP, 9)]).state == "wait"
    later = look(full, talk, filings=[filed(SHOP, 9)], now=NOW + timedelta(days=2))
    assert step(later) == (SHOP, "demand_letter")


@pytest.mark.parametrize("outcome", ["silent", "coupon", "partial", "accepted"])
def test_a_mediation_that_goes_on_is_waited_for(full: OrderRecord, outcome: str) -> None:
    found = look(full, answer("12315", outcome, 1), filings=[filed("12315", 9)])
    assert (found.state, state(found, "court"), state(found, "cca")) == ("wait", "later", "blocked")


def test_a_talk_is_not_yet_a_complaint(full: OrderRecord) -> None:
    talk = Contact(at=NOW - timedelta(days=1), way="chat", side="merchant", said="没到账")
    found = look(full, talk)
    assert step(found) == (SHOP, "complaint")
    assert "联系过" in found.why


def test_a_reseller_skips_the_consumer_channels(full: OrderRecord) -> None:
    found = look(full, resale(True), answer("wechat_pay", "refused", 1))
    assert step(found) == ("court", "claim")
    assert (state(found, "12315"), state(found, "cca")) == ("blocked", "blocked")
    assert "转卖" in found.why


def test_a_clause_leads_to_arbitration(full: OrderRecord) -> None:
    clause = Answers(issue="not_delivered", answers={"arbitration_clause": True})
    found = look(full, clause, answer("12315", "ended", 1))
    assert step(found) == ("arbitration", "request")
    assert state(found, "court") == "blocked"


def test_stated_fraud_goes_to_the_police_first_and_late_delivery_does_not(
    full: OrderRecord,
) -> None:
    for told, expected in (("收款后失联", ("police", "report")), ("没发货", (SHOP, "complaint"))):
        stated = Answers(issue="not_delivered", answers={"fraud_signs": told})
        assert step(look(full, stated)) == expected
    stated = Answers(issue="not_delivered", answers={"fraud_signs": "收款后失联"})
    assert step(look(full, stated, filings=[filed("police", 1)])) == (SHOP, "complaint")


def test_an_unknown_way_of_payment_is_not_guessed(full: OrderRecord) -> None:
    payment = full.payment.model_copy(update={"method": "unknown"})
    order = full.model_copy(update={"payment": payment})
    found = look(order, filings=[filed(SHOP, 9), filed(SHOP, 5)])
    assert step(found) == ("12315", "complaint")
    assert state(found, "wechat_pay") == state(found, "alipay") == "possible"


def test_the_money_back_closes_the_case(full: OrderRecord) -> None:
    back = Refund(at=NOW - timedelta(days=1), amount=Decimal("98.00"))
    found = look(full, back, filings=[filed(SHOP, 5)])
    assert (found.state, found.next, found.branches) == ("over", None, ())
    assert "98.00" in found.why
    assert "now" not in {one.state for one in found.steps}


def test_a_part_back_leaves_the_rest(full: OrderRecord) -> None:
    back = Refund(at=NOW - timedelta(days=1), amount=Decimal("40.00"))
    found = look(full, back, answer(SHOP, "partial", 1), filings=[filed(SHOP, 5)])
    assert step(found) == (SHOP, "demand_letter")
    assert any("40.00" in hint and "58.00" in hint for hint in found.hints)
    assert any("不要点" in hint for hint in found.hints)


@pytest.mark.parametrize(
    ("paid", "back", "state"),
    [
        ("CNY", "USD", "act"),
        (None, "USD", "act"),
        ("CNY", "CNY", "over"),
        (None, "CNY", "over"),
        ("CNY", None, "over"),
        ("CNY", "RMB", "over"),
    ],
)
def test_money_of_another_currency_is_not_counted(
    full: OrderRecord, paid: str | None, back: str | None, state: str
) -> None:
    order = full.model_copy(update={"currency": paid})
    refund = Refund(at=NOW - timedelta(days=1), amount=Decimal("98.00"), currency=back)
    assert look(order, refund).state == state


def test_the_excess_of_a_double_charge_is_compared_by_the_user(
    variants: dict[str, OrderRecord],
) -> None:
    back = Refund(at=NOW - timedelta(days=1), amount=Decimal("98.00"))
    found = look(variants["duplicate_charge"], back, issue="duplicate_charge")
    assert (found.state, found.next) == ("check", None)


def test_a_settled_case_comes_back_with_a_new_complaint(full: OrderRecord) -> None:
    settled = answer(SHOP, "resolved", 4)
    assert look(full, settled, filings=[filed(SHOP, 5)]).state == "check"
    again = look(full, settled, filings=[filed(SHOP, 5), filed(SHOP, 3)])
    assert step(again) == ("wechat_pay", "complaint")
    assert look(full, closed_at=NOW).state == "over"


def test_nothing_is_suggested_after_the_last_step(full: OrderRecord) -> None:
    found = look(full, answer("court", "ended", 1))
    assert (found.state, found.next, found.waiting) == ("ended", None, None)
    assert "强制执行" in found.why


def test_why_a_complaint_failed_is_named(
    full: OrderRecord, variants: dict[str, OrderRecord]
) -> None:
    bare = look(
        variants["dead_code"].model_copy(update={"order_no": None}),
        answer("12377", "refused", 3),
        answer(SHOP, "refused", 2),
        filings=[filed(SHOP, 5)],
        issue="dead_code",
    )
    causes = [one.cause for one in bare.diagnosis]
    assert set(causes) == {"thin_evidence", "wrong_channel", "process_gap"}
    assert causes.count("thin_evidence") == 4  # number, bill, failed redemption, who it is
    files = tuple(artifact("attachment", kind, kind=kind) for kind in ("payment", "redeem_error"))
    page = capture(full)
    proved = look(
        full,
        answer(SHOP, "refused", 2, said="虚拟商品不退不换"),
        Party(name="杭州示例网络有限公司"),
        filings=[filed(SHOP, 5)],
        issue="dead_code",
        captures=(page.model_copy(update={"artifacts": (*page.artifacts, *files)}),),
    )
    assert proved.diagnosis == ()
    assert proved.replies == ("no_refund_virtual",)


def test_a_coupon_brings_its_reply(full: OrderRecord) -> None:
    assert look(full, answer(SHOP, "coupon", 1), filings=[filed(SHOP, 5)]).replies == ("coupon",)


def test_what_lies_in_the_future_is_named_and_not_counted(full: OrderRecord) -> None:
    found = look(full, filings=[filed(SHOP, -1)])
    assert step(found) == (SHOP, "complaint")
    assert any("将来" in hint for hint in found.hints)


def test_one_filing_told_twice_is_one(full: OrderRecord) -> None:
    found = look(full, filings=[filed(SHOP, 5, "TS1"), filed(SHOP, 4, "TS1")])
    assert step(found) == (SHOP, "demand_letter")


def test_an_answer_finds_its_complaint_by_number(full: OrderRecord) -> None:
    first = answer(SHOP, "refused", 1, number="TS1")
    found = look(full, first, filings=[filed(SHOP, 3, "TS1"), filed(SHOP, 1.5, "TS2")])
    assert found.waiting is not None  # TS2 has no answer yet


def test_no_sum_is_a_gate(full: OrderRecord) -> None:
    for amount in ("0.01", "98.00", "4999.99", "5000.01", "10001.00"):
        order = full.model_copy(update={"amount": Decimal(amount)})
        found = look(order, answer("12315", "ended", 1))
        assert step(found) == ("court", "claim")


def test_the_first_steps_tell_how_to_deal_with_a_shop(full: OrderRecord) -> None:
    first, waiting = look(full), look(full, filings=[filed(SHOP, 1)])
    [which] = [hint for hint in first.hints if "工单" in hint]
    assert "在线客服" in which
    assert which not in waiting.hints
    [talks] = [hint for hint in first.hints if "口头答应" in hint]
    for told in ("记录保存", "从头到尾", "工号", "用文字再写一遍", "投诉编号"):
        assert told in talks
    assert talks in waiting.hints
    assert talks not in look(full, filings=[filed("wechat_pay", 9)]).hints


def test_what_holds_at_a_stage_is_said_there(full: OrderRecord) -> None:
    tried = [filed(SHOP, 9), filed("wechat_pay", 4)]
    at = {
        "shop": look(full),
        "payment": look(full, filings=[filed(SHOP, 9), filed(SHOP, 5)]),
        "authority": look(full, filings=tried),
        "final": look(full, answer("12315", "ended", 1), filings=tried),
    }
    said = {
        "法律没有要求先走完前一步": {"shop", "payment"},
        "12315 和消协只选一个": {"authority"},
        "金额不是门槛": {"final"},
        "不建议在网上公开指责": {"payment", "authority", "final"},
    }
    for words, stages in said.items():
        assert {key for key, one in at.items() if words in "".join(one.hints)} == stages


def test_an_unknown_issue_is_invalid(full: OrderRecord) -> None:
    with pytest.raises(InvalidError):
        look(full, issue="nothing")


def test_every_outcome_of_every_stage_has_its_sentence(full: OrderRecord) -> None:
    stages = packaged.data("ladder")["branches"]
    assert {one for outcomes in stages.values() for one in outcomes} == set(get_args(Outcome)) - {
        "resolved"
    }
    for channel in SETTLING:
        for outcome in get_args(Outcome):
            for language in LANGUAGES:
                found = look(full, answer(channel, outcome, 1), language=language)
                said = [found.why, *(one.text + one.name for one in found.branches)]
                said += [*found.hints, *(one.text + one.mend for one in found.diagnosis)]
                assert not [words for words in said if "ladder." in words or "{" in words]
