"""The chunks of a recording become one file, once it is over; what is not there is said."""

from datetime import timedelta

from helper.steps.keep import keep_parts
from helper.steps.recording import RECORDING
from helper.steps.store import Store

from .conftest import NOON, Captures

HEAD, BODY, TAIL = b"\x1aE\xdf\xa3head", b"body", b"tail"


def chunk(data: bytes, index: int, minutes: float = 0) -> tuple[str, bytes, dict]:
    return (
        RECORDING,
        data,
        {"index": index, "at": (NOON + timedelta(minutes=minutes)).isoformat()},
    )


def test_chunks_are_joined_in_their_order_once_the_recording_is_over(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new(chunk(BODY, 1, 1), chunk(HEAD, 0), chunk(TAIL, 2, 2))
    store.vault.set_final(uuid)
    keep_parts(store, uuid)
    keep_parts(store, uuid)
    [item] = captures.view(uuid).artifacts
    assert store.blobs.read(item.sha256) == HEAD + BODY + TAIL
    assert (item.role, item.bytes) == (RECORDING, 16)
    assert item.about == {
        "chunks": 3, "from": "2026-03-01T12:00:00+00:00", "until": "2026-03-01T12:02:00+00:00",
    }  # fmt: skip


def test_a_recording_that_goes_on_waits_for_its_end(store: Store, captures: Captures) -> None:
    at = (store.now() - NOON).total_seconds() / 60 - 10
    uuid = captures.new(chunk(HEAD, 0, at))
    keep_parts(store, uuid)
    assert captures.names(uuid) == []


def test_one_whose_end_never_came_is_joined_as_it_is_and_its_end_stands_beside_it(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new(chunk(HEAD, 0), chunk(BODY, 1))
    keep_parts(store, uuid)
    [early] = captures.view(uuid).artifacts
    assert store.blobs.read(early.sha256) == HEAD + BODY
    captures.more(uuid, chunk(TAIL, 2))
    store.vault.set_final(uuid)
    keep_parts(store, uuid)
    whole = {item.name: store.blobs.read(item.sha256) for item in captures.view(uuid).artifacts}
    assert whole == {early.name: HEAD + BODY, "seen-recording.webm": HEAD + BODY + TAIL}


def test_nothing_is_joined_after_a_gap_and_the_gap_is_said(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new(chunk(HEAD, 0), chunk(TAIL, 2), chunk(b"", "x"))  # type: ignore[arg-type]
    store.vault.set_final(uuid)
    keep_parts(store, uuid)
    [item] = captures.view(uuid).artifacts
    assert store.blobs.read(item.sha256) == HEAD
    assert captures.lacks(uuid) == {(RECORDING, "recording_incomplete")}
