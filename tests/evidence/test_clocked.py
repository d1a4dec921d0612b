"""`verify` shows the clocks that sealed records name, and nothing that was not sealed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from helper.evidence import clocks
from helper.evidence.verify import verify
from helper.printing import verdict_lines

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NTP = {"source": "ntp time.example", "at": NOON.isoformat(), "offset_ms": 1500.0, "error_ms": 20.0}


@pytest.fixture
def clocked(case):
    """Give a function that writes a bundle with an environment record and a stamp's note."""
    uuid = case.catalogue.cases()[0].captures[0].capture_id

    def make(record: bytes = json.dumps({"clocks": [NTP]}).encode(), *, sealed: bool = True):
        case.keep(uuid, "environment", "environment.json", record, "application/json")
        note = clocks.note("tsa", NOON, NOON, NOON + timedelta(seconds=2))
        case.keep(uuid, "timestamp", "S1-tsa.clock.json", note, "application/json")
        if sealed:
            case.seal(uuid, "S2")
        return verify(case.write())

    return make


def test_servers_and_stamps_are_shown_together(clocked):
    found = clocked()
    assert found.verdict == "pass"
    assert [(one.kind, one.source, one.offset_ms, one.error_ms) for one in found.clocks] == [
        ("ntp", "time.example", 1500.0, 20.0),
        ("stamp", "tsa (S1-tsa)", 1000.0, 2000.0),
    ]
    for language, words in (("zh_CN", "网络时间服务器 time.example"), ("en", "time stamp tsa")):
        assert any(words in line for line in verdict_lines(found, language))


def test_what_no_seal_lists_is_not_shown(clocked):
    found = clocked(sealed=False)
    assert (found.verdict, found.clocks) == ("pass", ())


@pytest.mark.parametrize(
    "record",
    [
        b"{",
        b"[" * 100_000,
        b'{"clocks": [' + b"1," * 100_000 + b"1]}",
        b'{"clocks": [{"source": "ntp x", "offset_ms": NaN, "error_ms": 1e400, "at": "x"}]}',
        b" " * (2 << 20) + b"{}",
    ],
)
def test_a_hostile_record_is_no_exception_and_changes_no_verdict(clocked, record: bytes):
    found = clocked(record)
    assert found.verdict == "pass"
    assert [one.kind for one in found.clocks if one.offset_ms is not None] == ["stamp"]
    json.dumps(found.model_dump(mode="json"), allow_nan=False)


def test_what_a_terminal_might_obey_is_escaped(clocked):
    odd = {"clocks": [{"source": "ntp \x1b[2J", "reason": "\x07"}]}
    first = clocked(json.dumps(odd).encode()).clocks[0]
    assert (first.source, first.reason) == ("\\u001b[2J", "\\u0007")


def test_a_bundle_that_fails_shows_no_clocks(clocked, case, tools):
    clocked()
    path = case.folder / "case.zip"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found = verify(path)
    assert (found.verdict, found.clocks) == ("fail", ())
