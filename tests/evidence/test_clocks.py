"""The table of clocks: NTP, Date and stamps side by side, out of what was sealed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from helper.evidence import clock_table, clocks

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORD = {
    "clocks": [
        {"source": "ntp time.example", "at": NOON.isoformat(), "offset_ms": 1500.0, "error_ms": 20},
        {"source": "ntp quiet.example", "at": None, "offset_ms": None, "reason": "no_answer"},
        {"source": "date shop.example", "at": NOON.isoformat(), "offset_ms": -400, "error_ms": 520},
    ]
}


def note(
    said: timedelta = timedelta(), asked: float = 1, answered: float = 2, **more: float
) -> object:
    at = NOON + said
    times = (NOON + timedelta(seconds=asked), NOON + timedelta(seconds=answered))
    return json.loads(clocks.note("tsa", at, *times, **more))


def test_servers_site_and_stamp_are_in_one_table(case):
    view = case.catalogue.cases()[0].captures[0]
    record = json.dumps(RECORD).encode()
    case.keep(view.capture_id, "environment", "environment.json", record, "application/json")
    told = json.dumps(note()).encode()
    case.keep(view.capture_id, "timestamp", "S1-tsa.clock.json", told, "application/json")
    rows = clock_table.table(case.catalogue.cases()[0].captures, case.blobs.path)
    assert [(row.kind, row.source, row.offset_ms) for row in rows] == [
        ("ntp", "time.example", 1500.0),
        ("ntp", "quiet.example", None),
        ("date", "shop.example", -400.0),
        ("stamp", "tsa (S1-tsa)", 1500.0),
    ]
    page = clock_table.page(rows, "案件").decode()
    for words in ("time.example", "未取得（没有应答）", "+1.500 秒", "-0.400 秒", "±0.520 秒"):
        assert words in page


def test_a_stamp_is_measured_from_the_middle_of_asking(case):
    row = clocks.stamped("c", "S1-tsa.clock.json", note())
    assert row is not None
    assert (row.offset_ms, row.error_ms) == (1500.0, 1500.0)  # half the way, and a whole second
    finer = clocks.stamped("c", "S1-tsa.clock.json", note(timedelta(milliseconds=250)))
    assert finer is not None
    assert (finer.offset_ms, finer.error_ms) == (1250.0, 500.0)


def test_the_accuracy_that_an_authority_states_is_added_to_the_error():
    said = note(accuracy_ms=250.5)
    assert isinstance(said, dict)
    assert said["accuracy_ms"] == 250.5
    row = clocks.stamped("c", "S1-tsa.clock.json", said)
    assert row is not None
    assert (row.offset_ms, row.error_ms) == (1500.0, 1750.5)


def test_where_none_is_stated_nothing_is_added_and_the_words_say_so():
    said = note()
    assert isinstance(said, dict)
    assert said["accuracy_ms"] is None
    for odd in (None, -1, True, "1", float("nan"), float("inf")):
        row = clocks.stamped("c", "S1-tsa.clock.json", said | {"accuracy_ms": odd})
        assert row is not None
        assert row.error_ms == 1500.0
    page = clock_table.page([row], "案件").decode()
    assert "没有注明的不加" in page
    assert "nothing is added" in page


@pytest.mark.parametrize(
    "record",
    [None, 7, [], {"clocks": 7}, {"clocks": [7, {}, {"source": 7}, {"source": "sun x"}]}],
)
def test_a_record_of_another_shape_gives_no_rows(record: object):
    assert list(clocks.measured("c", record)) == []


@pytest.mark.parametrize("said", [None, [], {}, {"stamped_at": "2026-03-01T12:00:00"}])
def test_a_note_of_another_shape_gives_no_row(said: object):
    assert clocks.stamped("c", "x.clock.json", said) is None


def test_values_of_another_kind_are_not_shown_as_measured():
    odd = {"source": "ntp x", "at": "noon", "offset_ms": True, "error_ms": float("inf")}
    [row] = clocks.measured("c", {"clocks": [odd]})
    assert (row.at, row.offset_ms, row.error_ms) == (None, None, None)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_moment_that_no_calendar_has_is_not_reckoned_with(at: str):
    [row] = clocks.measured("c", {"clocks": [{"source": "date x", "at": at, "offset_ms": 5}]})
    assert row.cells()[2] == "-"
    times = {"stamped_at": at, "asked_at": at, "answered_at": at}
    assert clocks.stamped("c", "x.clock.json", times) is None


def test_what_a_record_says_is_text_and_never_page():
    [row] = clocks.measured("c", {"clocks": [{"source": "ntp <script>", "reason": "<b>"}]})
    page = clock_table.page([row], "<i>").decode()
    for tag in ("<script>", "<b>", "<i>"):
        assert tag not in page


def test_without_any_clock_the_page_says_so():
    assert "没有测得任何外部时钟" in clock_table.page([], "案件").decode()
