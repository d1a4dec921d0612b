"""What holds for the deadlines of any case."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helper.complaints.due.clocks import clocks
from helper.dealings import Answer, Contact, Entry, Refund
from helper.messages import LANGUAGES
from helper.model import CaseView, Filing
from scrapers.moments import SHANGHAI
from scrapers.record import (
    Payment,
)
from tests.complaints.timed import RULE, case, filing, order

DAYS = st.integers(0, 100).map(lambda n: datetime(2026, 4, 20, 9, tzinfo=SHANGHAI) + timedelta(n))
NUMBERS = st.sampled_from([None, "N1", "N2"])
CHANNELS = st.sampled_from(
    ["12315", "wechat_pay", "merchant_platform", "heimao", "court", "police", "12377"]
)
OUTCOMES = st.sampled_from(
    ["accepted", "refused", "silent", "partial", "coupon", "resolved", "ended"]
)
SAID = st.sampled_from(["", "请退款", "请补发", "请在3个工作日内退款", "48小时内退款，否则投诉"])
TOLD = st.one_of(
    st.builds(
        Contact, at=DAYS, way=st.sampled_from(["chat", "letter"]), said=SAID,
        promised=st.sampled_from([None, "24小时内退款", "尽快"]), promised_by=st.none() | DAYS,
    ),
    st.builds(Answer, at=DAYS, channel=CHANNELS, outcome=OUTCOMES, number=NUMBERS,
              promised_by=st.none() | DAYS),
    st.builds(Refund, at=DAYS, amount=st.sampled_from([Decimal("50.00"), Decimal("98.00")])),
)  # fmt: skip
FILINGS = st.lists(st.builds(filing, CHANNELS, DAYS, NUMBERS), max_size=4).map(tuple)
CASES = st.builds(
    lambda told, filings, paid, key: case(
        *told, filings=filings, platform_key=key, order=order(payment=Payment(paid_at=paid))
    ),
    st.lists(TOLD, max_size=6), FILINGS, DAYS, st.sampled_from([None, "wangzi"]),
)  # fmt: skip
ISSUES = st.sampled_from(["not_delivered", "dead_code", "refund_missing", "other"])


def states(view: CaseView, issue: str, now: datetime) -> dict[str, str]:
    return {one.key: one.state for one in clocks(view, issue, [RULE], now=now)}


@given(CASES, ISSUES, DAYS, DAYS)
def test_a_passed_deadline_never_becomes_open_again(
    view: CaseView, issue: str, one: datetime, other: datetime
) -> None:
    before, after = (states(view, issue, now) for now in sorted((one, other)))
    for key, state in before.items():
        if state == "passed":
            assert after[key] in {"passed", "met"}
        if state == "met":  # a refusal without acceptance leaves no mediation to speak of
            assert after.get(key, "gone") in {"met", "gone"}


@settings(max_examples=400)
@given(CASES, ISSUES, DAYS, TOLD, st.none() | st.builds(filing, CHANNELS, DAYS, NUMBERS))
def test_more_facts_never_open_a_passed_deadline(
    view: CaseView, issue: str, now: datetime, told: Any, filed: Filing | None
) -> None:
    more = view.model_copy(
        update={
            "entries": (*view.entries, Entry(entry_id="new", added_at=now, what=told)),
            "filings": (*view.filings, *([filed] if filed else [])),
        }
    )
    after = states(more, issue, now)
    for key, state in states(view, issue, now).items():
        if state == "passed":
            assert after.get(key, "gone") in {"passed", "met", "gone"}


@given(CASES, ISSUES, DAYS, st.sampled_from(LANGUAGES))
def test_every_clock_is_in_words_and_a_date_stands_only_where_it_is_known(
    view: CaseView, issue: str, now: datetime, language: Any
) -> None:
    listed = clocks(view, issue, [RULE], now=now, language=language)
    assert len({one.key for one in listed}) == len(listed)
    for clock in listed:
        for said in (clock.name, clock.source, clock.todo):
            assert said.strip()
            assert not re.search(r"due\.|[{}]|（）|\(\)|None", said), said
        assert (clock.at is None) or clock.state != "unknown"
        assert clock.state in {"unknown", "met"} or clock.at is not None
        assert clock.at is None or clock.since is None or clock.at >= clock.since or (
            clock.whose == "promise"  # as told: a date before it was said stays as it was told
        )  # fmt: skip
        assert clock.whose != "law" or clock.law
