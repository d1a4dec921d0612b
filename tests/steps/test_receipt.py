"""The page kept after a submission: its number is filed with the draft it belongs to."""

from datetime import timedelta
from typing import Any

import pytest

from helper.complaints.due.clocks import clocks
from helper.model import Draft
from helper.steps import read
from helper.steps.keep import keep_parts
from helper.steps.store import Store

from .conftest import NOON, Captures

RECEIPT = "<title>投诉已提交</title><p>投诉编号：TS20240102888</p>"


@pytest.fixture
def draft(store: Store, captures: Captures) -> Draft:
    uuid = captures.new(("seen/html", b"<p>order", {}))
    keep_parts(store, uuid)
    read.read_order(store, uuid)
    plain: dict[str, Any] = {
        "draft_id": "d-1", "case_id": captures.view(uuid).case_id, "channel": "merchant_platform",
        "issue": "not_delivered", "demand": "refund", "title": "t", "fields": {}, "text": "x",
        "sentences": (), "exhibits": (), "gaps": (), "lint": (), "law": (), "created_at": NOON,
    }  # fmt: skip
    made = Draft.model_validate(plain)
    store.vault.put_draft(made)
    return made


def receipt(store: Store, captures: Captures, draft: Draft, text: str) -> str:
    uuid = captures.new(
        ("seen/html", RECEIPT.encode(), {}), ("seen/text", text.encode(), {}),
        receipt_for=draft.draft_id, case_id=draft.case_id,
    )  # fmt: skip
    keep_parts(store, uuid)
    read.read_order(store, uuid)
    return uuid


def test_the_number_on_the_page_is_filed(store: Store, captures: Captures, draft: Draft) -> None:
    uuid = receipt(store, captures, draft, "投诉已提交\n投诉编号：TS20240102888")
    filings = store.vault.case(draft.case_id).filings
    assert [(f.number, f.capture_id, f.channel) for f in filings] == [
        ("TS20240102888", uuid, "merchant_platform")
    ]


def test_a_page_without_a_number_is_filed_all_the_same(
    store: Store, captures: Captures, draft: Draft
) -> None:
    uuid = receipt(store, captures, draft, "谢谢")
    assert ("receipt", "no_number_on_page") in captures.lacks(uuid)
    assert [filing.number for filing in store.vault.case(draft.case_id).filings] == [None]


def test_the_clocks_of_the_channel_run_from_the_receipt(
    store: Store, captures: Captures, draft: Draft
) -> None:
    at_12315 = draft.model_copy(update={"draft_id": "d-2", "channel": "12315"})
    store.vault.put_draft(at_12315)
    before = running(store, draft)
    receipt(store, captures, at_12315, "登记成功\n登记编号：3320240102001")
    assert running(store, draft) - before == {"12315_decision:3320240102001"}
    (filing,) = store.vault.case(draft.case_id).filings
    assert (filing.channel, filing.number) == ("12315", "3320240102001")


def running(store: Store, draft: Draft) -> set[str]:
    case = store.vault.case(draft.case_id)
    found = clocks(case, draft.issue, (), now=NOON + timedelta(hours=1), reminder_hours=24)
    return {clock.key for clock in found if clock.state == "running"}
