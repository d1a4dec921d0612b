"""The chunks of a recording become one file, once it is over; what is not there is said."""

from datetime import datetime, timedelta

import pytest

from helper.capture.chunks import RECORDING
from helper.steps.keep import keep_parts
from helper.steps.recording import drop_chunks
from helper.steps.store import Store
from helper.steps.webm import pictures

from .conftest import NOON, Captures
from .films import EVERY, Recorder, cluster
from .films import HEAD as FILM

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
        "milliseconds": 0,
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
    assert captures.lacks(uuid) == {
        (RECORDING, "recording_incomplete"),
        (RECORDING, "recording_times_unknown"),
    }


def every(step: float, since: float, to: float) -> list[float]:
    return [since + n * step for n in range(int((to - since) / step) + 1)]


def spans(captures: Captures, uuid: str, reason: str) -> list[tuple[float, float]]:
    """Return the listed stretches of a reason in seconds since noon."""
    [detail] = [one.detail for one in captures.view(uuid).missing if one.reason == reason] or [None]
    stretches = [one.split(" – ") for one in detail.split("; ")] if detail else []
    return [
        tuple(round((datetime.fromisoformat(at) - NOON).total_seconds(), 1) for at in one)  # type: ignore[misc]
        for one in stretches
    ]


STEADY = every(0.2, 0.2, 60)
CASES = {
    "steady": (Recorder(STEADY, 60), [], []),
    "a page that stands still": (Recorder(every(1, 0.4, 59.4), 60), [], []),
    "paused twice": (
        Recorder(
            [*every(0.2, 0.2, 20), *every(0.2, 30.2, 40), *every(0.2, 45, 60)],
            60,
            pauses=[(20, 30), (40, 45)],
        ),
        [],
        [],
    ),
    "the first picture late": (Recorder(every(0.2, 7, 60), 60), [(0, 7)], []),
    "what was not encoded at the end": (Recorder(STEADY, 60, late=12), [(52, 60)], []),
    "no picture any more": (Recorder(every(0.2, 0.2, 48), 60), [(48, 60)], []),
    "asleep": (
        Recorder([*every(0.2, 0.2, 20), *every(0.2, 3620, 3660)], 3660, asleep=[(20, 3620)]),
        [(20, 3620)],
        [],
    ),
    "no picture for a while": (
        Recorder([*every(0.2, 0.2, 20), *every(0.2, 28, 60)], 60),
        [],
        [(20, 28)],
    ),
    "still after a pause, and no end": (
        Recorder(
            [*every(0.2, 0.2, 20), *every(0.2, 30, 40), *every(0.2, 46, 55)],
            60,
            pauses=[(20, 30)],
        ),
        [(55, 60)],
        [(40, 46)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_film_the_pauses_and_the_listed_stretches_are_as_long_as_the_recording(
    case: str, store: Store, captures: Captures
) -> None:
    recorder, unpictured, still = CASES[case]
    uuid = captures.new(*recorder.parts(NOON))
    store.vault.set_final(uuid)
    keep_parts(store, uuid)
    [film] = [one for one in captures.view(uuid).artifacts if one.role == RECORDING]
    without = spans(captures, uuid, "recording_unpictured")
    away = [*without, *recorder.pauses]
    told = film.about["milliseconds"] / 1000 + sum(to - since for since, to in away)
    assert abs(recorder.ended - told) <= 1
    for found, wanted in ((without, unpictured), (spans(captures, uuid, "recording_still"), still)):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert one == pytest.approx(other, abs=EVERY)


def test_a_film_is_read_as_far_as_it_goes() -> None:
    film = FILM + cluster(0, 0.2) + cluster(40, 40.5)
    assert [second for _, second in pictures(film)] == [0, 0.2, 40, 40.5]
    for end in range(len(film)):
        assert [place for place, _ in pictures(film[:end])] == [
            place for place, _ in pictures(film) if place <= end
        ]
    assert list(pictures(b"\x00" * 20)) == []


def test_chunks_go_once_the_joined_file_has_them_and_no_more_can_come(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new(*Recorder(STEADY, 60).parts(NOON))
    chunks = [part for part, _ in store.vault.parts(uuid) if part.role == RECORDING]
    alone = captures.new(chunk(chunks[0].media_type.encode(), 0))
    for one in (uuid, alone):
        drop_chunks(store, one)
    assert all(store.blobs.size(part.sha256) == part.size for part in chunks)
    for one in (uuid, alone):
        store.vault.set_final(one)
        keep_parts(store, one)
        drop_chunks(store, one)
    assert [store.blobs.size(part.sha256) for part in chunks] == [None] * len(chunks)
    kept = [*captures.view(uuid).artifacts, *captures.view(alone).artifacts]
    assert all(store.blobs.size(item.sha256) == item.bytes for item in kept)
    keep_parts(store, uuid)
    assert captures.names(uuid).count("seen-recording.webm") == 1
