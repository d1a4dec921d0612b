"""The integrity statement names each stamp that came, and each that did not, with the reason."""

from datetime import UTC, datetime
from typing import Any

from helper.evidence import book_stamps
from helper.model import Artifact, CaptureMeta, CaptureView, StampView

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UUID = "00000000-0000-0000-0000-000000000001"
ROOT = "ab" * 32


def said(*files: tuple[str, dict[str, Any]], stamps: tuple[StampView, ...] = ()) -> list[str]:
    artifacts = tuple(
        Artifact(
            role="timestamp", name=name, sha256="cd" * 32, bytes=1, media_type="a/b", about=about
        )
        for name, about in files
    )
    view = CaptureView(
        capture_id=UUID, case_id=None, state="sealed",
        meta=CaptureMeta(url="", clicked_at=NOON), artifacts=artifacts, missing=(), seals=(),
        steps=(), order=None, corroboration=None, stamps=stamps,
    )  # fmt: skip
    return book_stamps.sentences([view])


def stamp(**values: Any) -> StampView:
    return StampView(authority="one", kind="rfc3161", stage="S1", **values)


def test_a_confirmed_stamp_names_authority_time_root_and_file():
    about = {"gen_time": "2026-03-01T12:00:00Z", "authority": "One TSA", "root": ROOT}
    [line] = said(("S1-one.tsr", about), ("S1-one.tsq", {}), ("S1-one.clock.json", {}))
    for words in (UUID, "One TSA", "2026-03-01 20:00:00 +08:00", ROOT, "S1-one.tsr", "cd" * 32):
        assert words in line


def test_a_stamp_under_an_unknown_root_is_not_called_verified():
    [line] = said(("S1-one.tsr", {"gen_time": "2026-03-01T12:00:00Z", "authority": "One"}))
    assert "未能确认" in line
    assert "已核验" not in line


def test_a_promise_and_a_proof_are_told_apart():
    promise, proof = said(
        ("S1-opentimestamps.ots", {}), ("S1-opentimestamps-bitcoin.ots", {})
    )  # fmt: skip
    assert "还不能证明时间" in promise
    assert "比特币区块" in proof


def test_what_did_not_come_is_said_with_its_reason():
    lines = said(
        stamps=(
            stamp(state="stamped", root=ROOT),
            stamp(state="pending", reason="unreachable"),
            stamp(state="pending"),
            stamp(state="failed", reason="timed_out"),
            StampView(
                authority="opentimestamps", kind="opentimestamps", stage="S1", state="pending",
                reason="promised",
            ),
        )
    )  # fmt: skip
    assert ["连不上该机构" in line for line in lines] == [True, False, False]
    assert "还没有询问过" in lines[1]
    assert "不再尝试" in lines[2]
