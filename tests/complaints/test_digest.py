"""A case in short says what advice says, and knows until when it holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from helper.complaints.digest import LEVELS, Digest, digest, parsed, place
from helper.complaints.dispute.pursued import issue_of
from helper.dealings import Answer, Answers, Contact, Edit, Refund
from helper.filling import filled_note
from helper.model import CaseView, Draft, Filing, Missing, StampView, Step
from scrapers.read import platform_of
from scrapers.record import Delivery, OrderRecord
from tests.complaints.conftest import NOW, PAID, capture, case_of
from tests.complaints.test_timeline import told

HOUR = timedelta(hours=1)
WINDOWS = getattr(platform_of("wangzi"), "deadlines", ())


def made(
    case: CaseView, drafts: Sequence[Draft] = (), now: datetime = NOW, rules: Any = ()
) -> Digest:
    issue = issue_of(case, drafts[-1] if drafts else None, now, "zh_CN")
    return digest(case, issue, drafts, rules=rules, now=now)


def filed(hours: float, channel: str = "merchant_platform", draft_id: str = "") -> Filing:
    at = NOW - hours * HOUR
    return Filing(draft_id=draft_id, channel=channel, number=None, capture_id=None, at=at)


def written(**values: Any) -> Draft:
    empty: dict[str, Any] = dict.fromkeys(("sentences", "exhibits", "gaps", "lint", "law"), ())
    plain = {"draft_id": "d-1", "case_id": "c-1", "channel": "merchant_platform",
             "issue": "not_delivered", "demand": "x", "title": "t", "fields": {}, "text": "t",
             "created_at": NOW}  # fmt: skip
    return Draft.model_validate(plain | empty | values)


def test_without_an_order_the_step_is_to_keep_its_page() -> None:
    for case in (case_of(None, capture(None)), case_of(None).model_copy(update={"captures": ()})):
        found = made(case)
        assert (found.level, found.action, found.target) == ("due", "capture", "order")
        assert "打开订单页" in found.told["zh_CN"].step
        assert "Open the order page" in found.told["en"].step


def test_a_page_that_may_vanish_is_kept_before_anything_is_written(full: OrderRecord) -> None:
    bare = full.model_copy(update={"delivery": Delivery()})
    found = made(case_of(bare))
    assert (found.action, found.target) == ("capture", "product")
    assert found.told["zh_CN"].step.startswith("没有读到商家承诺的到账时限")
    assert made(case_of(bare), [written()]).action == "fill"


def test_the_steps_go_from_draft_to_form_to_waiting_to_the_next_channel(full: OrderRecord) -> None:
    case = case_of(full)
    draft = made(case)
    assert (draft.action, draft.target) == ("draft", "merchant_platform/complaint")
    assert draft.told["zh_CN"].step.startswith("还没有向商家投诉过")
    assert "投诉" in draft.told["zh_CN"].button
    others = [written(issue="dead_code"), written(channel="12315")]
    assert made(case, others).action == "draft"
    fill = made(case, [written()])
    assert (fill.action, fill.target, fill.level) == ("fill", "d-1", "due")
    assert "投诉" in fill.told["zh_CN"].step
    since = written(draft_id="d-2", channel="12315")
    assert made(case, [written(), since]).target == "d-1", "though another was written since"
    note = Step(step="filled", at=NOW, detail=filled_note("d-1", 5, 6, 2))
    filled = case.model_copy(update={"notes": (note,)})
    submitted = made(filled, [written()])
    assert (submitted.action, submitted.target, submitted.level) == ("submitted", "d-1", "due")
    assert "保存回执" in submitted.told["zh_CN"].step
    assert made(filled, [written(), written(draft_id="d-3")]).action == "fill", "a newer version"
    edit = Edit(key="k", text="mine", replaced="t", ours="t", at=NOW + HOUR)
    for detail, edits in (
        (filled_note("d-1", 0, 6, 0), ()),  # nothing went in, or all was taken out again
        (filled_note("d-1", 5, 6, 2), (edit,)),
    ):
        last = (note, Step(step="filled", at=NOW, detail=detail))
        again = case.model_copy(update={"notes": last})
        assert made(again, [written(edits=edits)]).action == "fill"
    own = case.model_copy(update={"filings": (filed(1, draft_id="d-1"),)})
    waiting = made(own, [written()])
    assert (waiting.action, waiting.level) == ("wait", "waiting")
    late = case.model_copy(update={"filings": (filed(24 * 6), filed(24 * 3))})
    assert made(late).target == "wechat_pay/complaint"


def test_what_stops_a_draft_is_asked_first(full: OrderRecord) -> None:
    stops = Answers(issue="not_delivered", answers={"credited": True})
    case = case_of(full, entries=told(stops))
    found = made(case)
    assert (found.action, found.target) == ("answer", "credited")
    assert found.told["zh_CN"].button == "先回答问题"


def test_money_that_is_back_leaves_the_case_to_be_closed(full: OrderRecord) -> None:
    case = case_of(full, entries=told(Refund(at=NOW - HOUR, amount="98.00")))
    found = made(case)
    assert (found.level, found.action, str(found.back)) == ("quiet", "close", "98.00")
    closed = made(case.model_copy(update={"closed_at": NOW - HOUR}))
    assert (closed.level, closed.action, closed.due) == ("closed", "none", 0)
    assert closed.valid_until.year == 9999


def test_a_window_that_closes_is_a_risk_and_a_promise_of_theirs_is_none(full: OrderRecord) -> None:
    delivered = full.model_copy(
        update={"status": "delivered", "delivered_at": PAID, "created_at": PAID}
    )
    case = case_of(delivered, platform_key="wangzi")
    ends = made(case, now=PAID + HOUR, rules=WINDOWS).told["zh_CN"].clocks
    window = next(clock for clock in ends if clock.whose == "shop" and clock.at)
    assert window.at is not None
    found = made(case, now=window.at - HOUR / 2, rules=WINDOWS)
    assert found.level == "risk"
    assert window.todo in found.told["zh_CN"].closing
    said = Contact(at=NOW - 2 * HOUR, way="chat", promised="退款", promised_by=NOW + HOUR / 4)
    promise = made(case_of(full, entries=told(said)))
    assert promise.due == 1
    assert promise.level == "waiting"
    assert promise.told["zh_CN"].closing == ()


def test_it_counts_what_is_kept_what_lacks_and_what_is_still_done(full: OrderRecord) -> None:
    pending = StampView(authority="one", kind="rfc3161", stage="S1", state="pending")
    views = (
        capture(full, missing=(Missing(role="seen/page", reason="x"),), stamps=(pending,)),
        capture(None, number=2, state="kept", artifacts=()),
    )
    found = made(case_of(full, *views, drafts=("d",), filings=(filed(1),)))
    counted = found.counts.model_dump()
    assert counted | {"captures": 2, "missing": 1, "drafts": 1, "filings": 1} == counted
    assert found.waits.model_dump() == {"unsealed": 1, "unwitnessed": 1, "stamps": 1}
    assert (found.shop, found.order_no, str(found.amount)) == (
        "王子卡盟", "WZ20261120142251617", "98.00",
    )  # fmt: skip


SITUATIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "window": {"platform_key": "wangzi"},
    "filed": {"filings": (filed(1),), "platform_key": "wangzi"},
    "promised": {
        "entries": told(Contact(at=NOW - HOUR, way="chat", said="请退款", promised="会退",
                                promised_by=NOW + 5 * HOUR))
    },
    "accepted": {
        "filings": (filed(2, "12315"),),
        "entries": told(Answer(at=NOW - HOUR, channel="12315", outcome="accepted")),
    },
    "far": {
        "entries": told(Contact(at=NOW - HOUR, way="chat", promised="会退",
                                promised_by=NOW + timedelta(days=90, hours=6)))
    },
    "ahead": {"entries": told(Refund(at=NOW + 3 * HOUR, amount="98.00"))},
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_until_it_says_so_time_alone_changes_nothing(full: OrderRecord, name: str) -> None:
    """Walk from one edge to the next: between two of them every word stays the same."""
    case, now = case_of(full, **SITUATIONS[name]), NOW
    for _ in range(4):
        found = made(case, now=now, rules=WINDOWS)
        assert found.valid_until > now
        last = made(case, now=found.valid_until - timedelta(microseconds=1), rules=WINDOWS)
        apart = {"made_at", "valid_until"}
        assert last.model_dump(exclude=apart) == found.model_dump(exclude=apart)
        assert last.valid_until == found.valid_until
        now = found.valid_until


def test_places_sort_by_the_end_then_by_the_newest_case(full: OrderRecord) -> None:
    found = made(case_of(full))
    soon = found.model_copy(update={"clock_at": NOW + HOUR, "level": "due"})
    later = found.model_copy(update={"clock_at": NOW + 30 * HOUR, "level": "due"})
    none = found.model_copy(update={"clock_at": None, "level": "due"})
    assert place(soon, NOW) < place(later, NOW) < place(none, NOW) < place(none, NOW - HOUR)
    assert LEVELS.index("risk") < LEVELS.index("due") < LEVELS.index("waiting")


def test_what_another_program_made_is_no_digest(full: OrderRecord) -> None:
    found = made(case_of(full))
    assert parsed(found.model_dump_json()) == found
    assert parsed(None) is None
    assert parsed('{"case_id": "c-1"}') is None
