"""The course of a case: each event with its source, in order, contradictions named."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.complaints.course.timeline import Event, dealings, timeline
from helper.dealings import Answer, Answers, Contact, Dealing, Entry, Party, Refund, Shown
from helper.model import CaseView, Correction, Filing, Step
from scrapers.record import Chat, Message, OrderRecord, Payment, Pledge, Source
from tests.complaints.conftest import CLICKED, NOW, PAID, artifact, capture, case_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def told(*what: Dealing) -> tuple[Entry, ...]:
    return tuple(Entry(entry_id=f"e-{n}", added_at=NOW, what=one) for n, one in enumerate(what))


def contact(**values: Any) -> Contact:
    plain = {"at": PAID + HOUR, "way": "chat", "said": "问了", "agent_no": "08"}
    return Contact.model_validate(plain | values)


def course(case: CaseView, **values: Any) -> tuple[Event, ...]:
    return timeline(case, **({"now": NOW} | values))


def keys(events: tuple[Event, ...]) -> list[str]:
    return [event.key for event in events]


def one(events: tuple[Event, ...], key: str) -> Event:
    [found] = [event for event in events if event.key == key]
    return found


def test_an_order_and_its_page_are_told_in_the_order_of_time(full: OrderRecord) -> None:
    events = course(case_of(full))
    assert keys(events) == ["ordered", "paid", "promise_over", "captured"]
    assert [event.phase for event in events] == ["before", "during", "during", "after"]
    assert "98.00 元" in one(events, "paid").text
    assert "处理中" in one(events, "captured").text
    assert {event.source for event in events} == {"page", "helper"}
    assert one(events, "paid").capture_id == case_of(full).captures[0].capture_id


def test_what_came_in_time_is_no_promise_that_ran_out(full: OrderRecord) -> None:
    came = full.model_copy(update={"delivered_at": PAID + timedelta(minutes=5)})
    late = full.model_copy(update={"delivered_at": PAID + DAY})
    assert "promise_over" not in keys(course(case_of(came)))
    assert keys(course(case_of(late)))[2:4] == ["promise_over", "delivered"]
    assert "promise_over" not in keys(course(case_of(full), now=PAID + timedelta(minutes=9)))


def test_what_the_user_told_stands_where_it_belongs_and_can_be_taken_back(
    full: OrderRecord,
) -> None:
    proof = capture(full).capture_id
    filing = Filing(draft_id="", channel="wechat_pay", number="T1", capture_id=None,
                    at=PAID + DAY, filing_id="f-1")  # fmt: skip
    entries = told(
        contact(promised="今晚到账", capture_id=proof),
        Answer(at=PAID + 30 * HOUR, channel="wechat_pay", outcome="coupon", offered="5.00"),
        Refund(at=PAID + 40 * HOUR, amount="98.00"),
    )
    events = course(case_of(full, entries=entries, filings=(filing,)))
    own = [event for event in events if event.entry_id]
    assert [(event.key, event.entry_id) for event in own] == [
        ("contact", "e-0"), ("filed", "f-1"), ("answered", "e-1"), ("refunded", "e-2"),
    ]  # fmt: skip
    assert {event.source for event in own} == {"own"}
    assert one(events, "contact").capture_id == proof
    for words in ("08", "今晚到账"):
        assert words in one(events, "contact").text
    assert "5.00 元" in one(events, "answered").text
    assert {event.phase for event in own} == {"after"}


def test_parties_and_answers_are_dealings_without_a_time_of_their_own(full: OrderRecord) -> None:
    entries = told(
        Party(name="甲公司", code="91X"), Answers(issue="other", answers={"resale": True})
    )
    found = dealings(case_of(full, entries=entries), NOW)
    assert [event.entry_id for event in found] == ["e-0", "e-1"]
    assert "甲公司" in found[0].text
    assert "resale = 是" in found[1].text
    assert not {"party", "answers"} & set(keys(course(case_of(full, entries=entries))))


def chatting(full: OrderRecord, *messages: Message) -> CaseView:
    shown = Shown(page_kind="chat", chat=Chat(messages=messages))
    chats = [capture(None, number=n, shown=shown) for n in (2, 3)]
    return case_of(full, capture(full), *chats)


def pledge(at: datetime | None, within: str | None) -> Message:
    words = "24小时内给您退款"
    return Message(at=at, at_text="昨天", speaker="客服小王", side="agent", text=words,
                   promise=Pledge(what="refund", within=within, text=words))  # fmt: skip


@pytest.mark.parametrize(
    ("within", "until"),
    [
        ("PT24H", PAID + 25 * HOUR),
        ((PAID + 2 * HOUR).isoformat(), PAID + 2 * HOUR),
        ("2026-11-21", datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)),
        (None, None),
        ("2026-13-45", None),
    ],
)
def test_a_pledge_in_a_chat_kept_twice_is_told_once_and_when_it_ran_out(
    full: OrderRecord, within: str | None, until: datetime | None
) -> None:
    events = course(chatting(full, pledge(PAID + HOUR, within)))
    assert one(events, "pledge").at == PAID + HOUR
    over = [event.at for event in events if event.key == "promise_over"][1:]
    assert over == ([until] if until else [])


def test_a_pledge_whose_time_is_not_known_stands_last_with_the_time_as_shown(
    full: OrderRecord,
) -> None:
    last = course(chatting(full, pledge(None, "PT24H")))[-1]
    assert (last.key, last.at, last.phase) == ("pledge", None, None)
    assert "昨天" in last.text


def test_money_that_came_in_time_settles_a_promise(full: OrderRecord) -> None:
    by = contact(promised="退款", promised_by=PAID + DAY)
    over = [e for e in course(case_of(full, entries=told(by))) if e.key == "promise_over"]
    assert [event.at for event in over[1:]] == [PAID + DAY]
    for at, count in ((PAID + 23 * HOUR, 1), (PAID + 25 * HOUR, 2)):
        entries = told(by, Refund(at=at, amount="98.00"))
        assert keys(course(case_of(full, entries=entries))).count("promise_over") == count


@pytest.mark.parametrize(("hours", "over"), [(-1, True), (3, False), (30, True)])
def test_only_goods_that_came_after_a_promise_and_in_its_time_settle_it(
    full: OrderRecord, hours: int, over: bool
) -> None:
    order = full.model_copy(update={"delivered_at": PAID + HOUR + hours * HOUR})
    by = contact(promised="补发", promised_by=PAID + DAY)
    events = course(case_of(order, entries=told(by)))
    assert [e.key for e in events if e.entry_id] == ["contact", *(["promise_over"] * over)]


def test_a_value_of_the_user_or_a_bill_is_not_said_to_be_of_the_page(full: OrderRecord) -> None:
    path = "payment.paid_at"
    order = full.model_copy(update={"sources": {path: Source(artifact="user", text="x")}})
    for origin, source in (("user", "own"), ("attachment", "bill")):
        given_ = Correction(field=path, value=PAID.isoformat(), origin=origin, at=NOW)
        event = one(course(case_of(order, corrections=(given_,))), "paid")
        assert (event.source, event.capture_id) == (source, None)


def bill(**values: Any) -> dict[str, Any]:
    return {"provider": "wechat", "trade_no": "4200", "paid_at": PAID.isoformat(),
            "amount": "98.00", "stayed_out": True} | values  # fmt: skip


def with_bill(full: OrderRecord, **values: Any) -> CaseView:
    item = artifact("attachment", payment=bill(**values))
    meta = capture(None).meta.model_copy(update={"url": "", "title": "账单.csv"})
    return case_of(full, capture(full), capture(None, number=2, artifacts=(item,), meta=meta))


def test_a_second_payment_on_a_bill_is_an_event_and_the_orders_own_is_not(
    full: OrderRecord,
) -> None:
    assert keys(course(with_bill(full))).count("paid") == 1
    second = course(with_bill(full, paid_at=(PAID + HOUR).isoformat()))
    assert [e.source for e in second if e.key == "paid"] == ["page", "bill"]


def doubts(case: CaseView) -> list[tuple[str, str]]:
    return [(event.key, said) for event in course(case) for said in event.doubts]


def test_what_agrees_raises_no_doubt(full: OrderRecord) -> None:
    assert doubts(with_bill(full)) == []
    assert doubts(case_of(full, entries=told(contact(at=PAID - DAY)))) == []


CONTRADICTIONS: dict[str, tuple[str, str]] = {
    "paid_before_ordered": ("paid", "付款早于下单"),
    "delivered_before_paid": ("delivered", "早于付款时间"),
    "refund_before_ordered": ("refunded", "早于下单时间"),
    "answer_before_filing": ("answered", "答复早于记下的投诉"),
    "future": ("note", "还没有到"),
    "bill_amount": ("paid", "账单金额"),
    "two_amounts": ("captured", "较早的一页是"),
    "other_order": ("captured", "不是本案的"),
}


def contradictory(full: OrderRecord, name: str) -> CaseView:
    filing = Filing(draft_id="", channel="12315", number=None, capture_id=None, at=PAID + DAY)
    answer = Answer(at=PAID + HOUR, channel="12315", outcome="refused")
    again = capture(full).meta.model_copy(update={"clicked_at": CLICKED + timedelta(minutes=2)})
    early = full.payment.model_copy(update={"paid_at": PAID - DAY})

    def other(**values: Any) -> OrderRecord:
        return full.model_copy(update=values)

    made: dict[str, CaseView] = {
        "paid_before_ordered": case_of(other(payment=early)),
        "delivered_before_paid": case_of(other(delivered_at=PAID - HOUR, created_at=None)),
        "refund_before_ordered": case_of(full, entries=told(Refund(at=PAID - DAY, amount="1"))),
        "answer_before_filing": case_of(full, entries=told(answer), filings=(filing,)),
        "future": case_of(full, notes=(Step(step="note", at=NOW + DAY, detail="x"),)),
        "bill_amount": with_bill(full, amount="96.00"),
    }
    if name in made:
        return made[name]
    dearer, foreign = other(amount=Decimal("99.00")), other(order_no="B2")
    page = dearer if name == "two_amounts" else foreign
    return case_of(full, capture(full), capture(page, number=2, meta=again))


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_named_at_its_event(full: OrderRecord, name: str) -> None:
    [(key, said)] = doubts(contradictory(full, name))
    wanted, words = CONTRADICTIONS[name]
    assert key == wanted
    assert words in said


def test_a_day_without_an_hour_stands_at_its_end_and_says_no_time(full: OrderRecord) -> None:
    midnight = datetime.fromisoformat("2026-11-20T00:00:00+08:00")
    events = course(case_of(full, entries=told(Refund(at=midnight, amount="98.00"))))
    event = one(events, "refunded")
    assert (event.day_only, event.doubts) == (True, ())
    assert keys(events).index("refunded") > keys(events).index("promise_over")


def test_a_notice_that_vanished_and_the_end_of_a_case_are_told(full: OrderRecord) -> None:
    toast = Source(artifact="seen/context", text="订单处理失败")
    order = full.model_copy(update={"sources": {"status_text": toast}})
    notes = (Step(step="closed", at=NOW, detail="court"), Step(step="reopened", at=NOW))
    events = course(case_of(order, notes=notes))
    assert "订单处理失败" in one(events, "notice").text
    assert "法院" in one(events, "closed").text
    assert "reopened" in keys(events)
    assert "closed" in keys(course(case_of(order, closed_at=NOW)))


def test_an_empty_case_has_no_course() -> None:
    assert keys(course(case_of(None, capture(None)))) == ["captured"]
    assert one(course(case_of(None, capture(None))), "captured").phase is None


MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(times=st.lists(MOMENTS, max_size=6), created=st.none() | MOMENTS, paid=st.none() | MOMENTS)
def test_whatever_the_times_it_is_sorted_and_nothing_is_lost(
    times: list[datetime], created: datetime | None, paid: datetime | None
) -> None:
    order = OrderRecord(order_no="A1", created_at=created, payment=Payment(paid_at=paid))
    entries = told(*(contact(at=at) for at in times))
    for language in ("zh_CN", "en"):
        events = course(case_of(order, entries=entries), language=language)
        known = [event.at for event in events if event.at and not event.day_only]
        assert known == sorted(known)
        assert keys(events).count("contact") == len(times)
        assert not [event for event in events if "timeline." in event.text or "{" in event.text]
