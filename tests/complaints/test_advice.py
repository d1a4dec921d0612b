"""All that the desk says of a case, in one record that fits the step that comes next."""

from datetime import timedelta
from typing import Any

from helper.complaints.advice import Advice, advise
from helper.model import CaseView, Filing
from scrapers.record import OrderRecord
from tests.complaints.conftest import NOW, capture, case_of


def advice(case: CaseView, **changes: Any) -> Advice:
    return advise(case, "not_delivered", {}, **({"rules": (), "now": NOW} | changes))


def test_the_three_principles_are_told_with_every_advice(full: OrderRecord) -> None:
    for case in (case_of(full), case_of(None)):
        said = advice(case).notice
        for told in ("规则是依据", "证据是支撑", "渠道一级一级走", "不是法律意见"):
            assert told in said
        assert "no legal advice" in advice(case, language="en").notice


def test_what_is_missing_is_what_the_next_channel_needs(full: OrderRecord) -> None:
    first = advice(case_of(full))
    assert first.ladder.next is not None
    assert first.ladder.next.channel == "merchant_platform"
    assert "respondent_address" not in {gap.key for gap in first.gaps}
    tried = tuple(
        Filing(draft_id="", channel=channel, number=None, capture_id=None,
               at=NOW - timedelta(days=days))
        for channel, days in (("merchant_platform", 9), ("wechat_pay", 4))
    )  # fmt: skip
    later = advice(case_of(full, filings=tried))
    assert later.ladder.next is not None
    assert later.ladder.next.channel == "12315"
    assert "respondent_address" in {gap.key for gap in later.gaps}


def test_without_an_order_nothing_is_proved_or_added_up() -> None:
    found = advice(case_of(None, capture(None)))
    assert (found.chain, found.claims, found.gaps, found.total) == (None, (), (), 0)
    assert found.ladder.state == "check"  # nothing can be written yet
    assert found.respondent.steps
