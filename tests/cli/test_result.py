"""The JSON shapes of captures and cases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helper.model import CaptureMeta, CaptureView, Draft, Gap, Step
from helper.result import capture_result, case_result, timings
from helper.settings import Settings
from helper.steps.store import Store, open_store
from scrapers.record import OrderRecord, Payment

CLICK = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CAPTURE = "12345678-1234-1234-1234-123456789012"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(data=tmp_path))


@pytest.fixture
def view(store: Store) -> CaptureView:
    meta = CaptureMeta(url="https://shop.example/o/1", clicked_at=CLICK)
    store.vault.create_capture(CAPTURE, meta, [])
    for name, seconds in (("all_kept", 1.25), ("sealed_s0", 1.5), ("sealed_s1", 4.0)):
        store.vault.add_step(CAPTURE, name, CLICK + timedelta(seconds=seconds))
    return store.vault.capture(CAPTURE)


def test_timings_count_milliseconds_from_the_click(view: CaptureView) -> None:
    assert timings(view) == {
        "click_to_kept": 1250, "click_to_s0": 1500, "click_to_sealed": 4000,
    }  # fmt: skip


def test_timings_keep_the_name_of_any_other_step(view: CaptureView) -> None:
    other = view.model_copy(update={"steps": (Step(step="witness", at=CLICK),)})
    assert timings(other) == {"click_to_witness": 0}


def test_a_capture_without_visit_has_no_notes(store: Store, view: CaptureView) -> None:
    assert capture_result(store, view)["notes"] == []


def test_notes_of_the_visit_are_shown(store: Store, view: CaptureView) -> None:
    store.vault.add_notes(CAPTURE, ["page_moved"])
    assert capture_result(store, store.vault.capture(CAPTURE))["notes"] == ["page_moved"]


def test_the_warnings_of_the_environment_record_are_named(store: Store, view: CaptureView) -> None:
    assert capture_result(store, view)["environment_warnings"] is None
    for record, expected in ((b'{"warnings": ["clock"]}', ["clock"]), (b'{"helper": "0.1"}', None)):
        artifact = store.keep("environment", record, "application/json", name=f"{len(record)}.json")
        other = view.model_copy(update={"artifacts": (artifact,)})
        assert capture_result(store, other)["environment_warnings"] == expected


def test_a_case_has_due_dates_and_the_gaps_of_its_latest_draft(
    store: Store, view: CaptureView
) -> None:
    order = OrderRecord(order_no="1", payment=Payment(paid_at=CLICK))
    store.vault.put_order(CAPTURE, order)
    case_id = store.vault.join_case(
        CAPTURE, platform_key="wangzi", host="shop.example", order_no="1", wanted=None,
        title="t", now=CLICK,
    )  # fmt: skip
    before = case_result(store, store.vault.case(case_id))
    dates = {date["key"]: date for date in before["due"]}
    entry = dates["complaint_entry"]
    assert entry["at"] == (CLICK + timedelta(days=15)).isoformat()
    assert entry["passed"] is (store.now() > CLICK + timedelta(days=15))
    assert (entry["whose"], entry["name"]) == ("shop", "投诉入口关闭")
    assert "王子卡盟订单投诉规则 五" in entry["source"]
    assert dates["limitation"]["law"][0]["article"] == "第一百八十八条"
    assert before["gaps"] == []
    assert before["order"]["schema"] == "kazheng/order/1"

    gap = Gap(key="promise", text="no promise")
    store.vault.put_draft(
        Draft(
            draft_id="d-1",
            case_id=case_id,
            channel="merchant_platform",
            issue="other",
            demand="answer",
            title="t",
            fields={},
            text="",
            sentences=(),
            exhibits=(),
            gaps=(gap,),
            lint=(),
            law=(),
            created_at=CLICK,
        )
    )
    after = case_result(store, store.vault.case(case_id))
    assert after["gaps"] == [gap.model_dump()]
