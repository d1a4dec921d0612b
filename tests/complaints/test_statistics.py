"""Figures of one's own cases: only what is known is counted, and few are said to be few."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.course.statistics import ShopFigures, statistics
from helper.complaints.returned import returned
from helper.dealings import Answer, Answers, Contact, Dealing, Refund
from helper.model import CaseView, Draft, Filing
from scrapers.record import OrderRecord
from tests.complaints.conftest import NOW, PAID, capture, case_of
from tests.complaints.test_timeline import told

DAY = timedelta(days=1)


def one_case(full: OrderRecord, *what: Dealing, case_id: str = "c-1", **values: Any) -> CaseView:
    return case_of(full, entries=told(*what), case_id=case_id, **values)


def shop(*cases: CaseView, **drafts: tuple[Draft, ...]) -> ShopFigures:
    [found] = statistics(cases, drafts, now=NOW).shops
    return found


def draft(issue: str) -> Draft:
    empty: dict[str, Any] = dict.fromkeys(("sentences", "exhibits", "gaps", "lint", "law"), ())
    return Draft(draft_id="d", case_id="c-1", channel="wechat_pay", issue=issue, demand="x",
                 title="t", fields={}, text="t", created_at=NOW, **empty)  # fmt: skip


def test_money_is_summed_by_currency_and_what_is_out_by_open_cases(full: OrderRecord) -> None:
    usdt = full.model_copy(update={"currency": "USDT", "amount": Decimal("10.00")})
    found = shop(
        one_case(full, Refund(at=PAID + DAY, amount="20.00")),
        one_case(full, closed_at=NOW),
        one_case(usdt, Refund(at=PAID + DAY, amount="10.00", currency="CNY")),
    )
    assert [(s.currency, str(s.paid), str(s.refunded), str(s.open)) for s in found.sums] == [
        ("CNY", "196.00", "20.00", "78.00"), ("USDT", "10.00", "0.00", "10.00"),
    ]  # fmt: skip
    assert (found.cases, found.open) == (3, 2)


def test_days_to_refund_count_whole_refunds_in_china_days(full: OrderRecord) -> None:
    cases = [
        one_case(full, Refund(at=PAID + days * DAY, amount="98.00"), case_id=f"c-{days}")
        for days in (2, 10, 3)
    ]
    half = one_case(full, Refund(at=PAID + DAY, amount="49.00"))
    halves = one_case(
        full, Refund(at=PAID + 5 * DAY, amount="49.00"), Refund(at=PAID + DAY, amount="49.00")
    )
    assert (shop(*cases, half).median_days_to_refund, shop(*cases, half).refunds) == (3.0, 3)
    assert shop(halves).median_days_to_refund == 5.0
    assert shop(half).median_days_to_refund is None


def test_the_issue_is_that_of_the_newest_draft_else_of_the_answers(full: OrderRecord) -> None:
    answers = Answers(issue="dead_code", answers={})
    drafts = (draft("not_delivered"), draft("other"))
    assert shop(one_case(full, answers), **{"c-1": drafts}).issues == {"other": 1}
    assert shop(one_case(full, answers)).issues == {"dead_code": 1}
    assert shop(one_case(full)).issues == {"unknown": 1}


def test_rmb_is_yuan_and_an_order_without_a_currency_is_in_yuan(full: OrderRecord) -> None:
    unnamed = full.model_copy(update={"currency": None})
    coin = Refund(at=PAID + DAY, amount="98.00", currency="USDT")
    yuan = Refund(at=PAID + 2 * DAY, amount="98.00", currency="RMB")
    assert returned(one_case(unnamed, coin, yuan)) == {"CNY": Decimal(98), "USDT": Decimal(98)}
    assert shop(one_case(unnamed, coin)).median_days_to_refund is None
    assert shop(one_case(full, yuan)).median_days_to_refund == 2.0
    assert str(shop(one_case(full, yuan)).sums[0].refunded) == "98.00"


def test_a_refund_without_a_currency_is_in_that_of_the_order(full: OrderRecord) -> None:
    coin = full.model_copy(update={"currency": "USDT"})
    back = Refund(at=PAID + DAY, amount="5.00", currency=None)
    assert returned(one_case(coin, back)) == {"USDT": Decimal(5)}
    assert returned(one_case(coin)) == {"USDT": Decimal(0)}


def test_the_last_answer_of_a_channel_counts(full: OrderRecord) -> None:
    filing = Filing(draft_id="", channel="12315", number=None, capture_id=None, at=PAID)
    late = Answer(at=PAID + 2 * DAY, channel="12315", outcome="resolved")
    early = Answer(at=PAID + DAY, channel="12315", outcome="accepted")
    [channel] = shop(one_case(full, late, early, filings=(filing,))).channels
    assert (channel.channel, channel.filed, channel.outcomes) == ("12315", 1, {"resolved": 1})


def promised(days: int) -> Contact:
    return Contact(at=PAID, way="chat", said="x", promised="退款", promised_by=PAID + days * DAY)


@pytest.mark.parametrize(
    ("what", "kept", "broken", "unknown"),
    [
        ((promised(1), Refund(at=PAID + DAY / 2, amount="98.00")), 1, 0, 0),
        ((promised(1), Refund(at=PAID + DAY * 1.5, amount="98.00")), 0, 1, 0),
        ((promised(1), Answer(at=PAID + DAY * 1.5, channel="12315", outcome="refused")), 0, 1, 0),
        ((promised(1),), 0, 0, 1),
        ((promised(9),), 0, 0, 0),
    ],
)
def test_a_promise_is_judged_only_by_what_came(
    full: OrderRecord, what: tuple[Dealing, ...], kept: int, broken: int, unknown: int
) -> None:
    bare = full.model_copy(update={"delivery": type(full.delivery)()})
    found = shop(one_case(bare, *what)).promises
    assert found == {"kept": kept, "broken": broken, "unknown": unknown}


@pytest.mark.parametrize(
    ("minutes", "status", "wanted"),
    [(5, "delivered", "kept"), (60, "delivered", "broken"), (None, "processing", "broken"),
     (None, "refunded", "unknown")],
)  # fmt: skip
def test_the_promise_to_deliver_is_judged_by_the_page(
    full: OrderRecord, minutes: int | None, status: str, wanted: str
) -> None:
    came = PAID + timedelta(minutes=minutes) if minutes is not None else None
    order = full.model_copy(update={"delivered_at": came, "status": status})
    found = shop(case_of(order, capture(order))).promises
    assert {key for key, count in found.items() if count} == {wanted}


@pytest.mark.parametrize(("count", "words"), [(0, "还没有案件"), (1, "n=1"), (5, "都是您自己的")])
def test_a_few_cases_are_said_to_mean_nothing(full: OrderRecord, count: int, words: str) -> None:
    cases = [one_case(full, case_id=f"c-{n}") for n in range(count)]
    [said] = statistics(cases, {}, now=NOW).sentences
    assert words in said


def test_shops_are_apart_and_every_sentence_is_whole(full: OrderRecord) -> None:
    filing = Filing(draft_id="", channel="12315", number=None, capture_id=None, at=PAID)
    answer = Answer(at=PAID + DAY, channel="12315", outcome="coupon")
    refund = Refund(at=PAID + DAY, amount="98.00")
    cases = [one_case(full, answer, refund, promised(1), filings=(filing,)),
             one_case(full, host="other.example", case_id="c-2")]  # fmt: skip
    for language in ("zh_CN", "en"):
        found = statistics(cases, {}, now=NOW, language=language)
        assert [one.host for one in found.shops] == ["wangzi.localhost", "other.example"]
        said = [words for one in found.shops for words in one.sentences]
        assert len(said) > 5
        assert not [words for words in said if "{" in words or "statistics." in words]
