"""The helper keeps every digest true in the background, and a count is true at once."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from helper.complaints import digest as pure
from helper.desk import Desk
from helper.errors import DiskFullError
from helper.model import CaptureMeta
from helper.steps import advising
from helper.steps.digesting import Digester, refresh
from helper.steps.keep import keep_parts
from helper.steps.store import Store
from tests.e2e.world import until
from tests.steps.test_bill import case_of
from tests.steps.test_due import promised


@pytest.fixture
def three(store: Store, captures: Any) -> list[str]:
    """Three cases with an order, the oldest first."""
    made = store.now() - timedelta(days=3)
    return [
        case_of(store, captures, order_no=f"A{number}000000", created_at=made)
        for number in range(3)
    ]


def stale(store: Store, now: datetime | None = None) -> list[str]:
    return store.vault.stale_digests(advising.form(store), now or store.now(), 9)


def digests(store: Store) -> list[pure.Digest]:
    found = store.vault.digests_by_urgency(advising.form(store), store.now(), limit=9)
    return [digest for one in found if (digest := pure.parsed(one.record)) is not None]


async def test_the_worker_makes_what_is_stale_and_again_what_was_changed(
    store: Store, three: list[str]
) -> None:
    working = asyncio.create_task(Digester(store).work())
    await until(lambda: stale(store) == [], "no digest was made")
    store.vault.add_note(three[1], "n", store.now())
    assert stale(store) == [three[1]]
    await until(lambda: stale(store) == [], "the change was not seen")
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


def test_a_digest_says_what_the_case_page_says(store: Store, three: list[str]) -> None:
    refresh(store, 9)
    [found] = [one for one in digests(store) if one.case_id == three[0]]
    advice = asyncio.run(Desk(store).advise(three[0]))
    said = found.told["zh_CN"]
    assert said.why == advice.ladder.why
    assert found.counts.gaps == len(advice.gaps)
    assert [clock for clock in said.clocks if clock.state == "due_soon"] == [
        clock for clock in advice.clocks if clock.state == "due_soon"
    ]


def test_a_case_whose_order_was_not_read_counts_as_lacking_proof(store: Store) -> None:
    uuid, now = "00000000-0000-4000-9000-000000000001", store.now()
    store.vault.create_capture(uuid, CaptureMeta(url="https://b.example/", clicked_at=now), [])
    store.vault.join_case(uuid, platform_key=None, host="b.example", order_no=None, wanted=None,
                          title="t", now=now)  # fmt: skip
    refresh(store, 9)
    assert store.vault.digest_counts(advising.form(store), now).lacking == 1


def test_what_was_written_while_it_was_made_leaves_it_stale(
    store: Store, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pure.digest

    def meanwhile(*args: Any, **given: Any) -> pure.Digest:
        store.vault.add_note(three[0], "meanwhile", store.now())
        return whole(*args, **given)

    monkeypatch.setattr(pure, "digest", meanwhile)
    made = advising.kept_digest(store, three[0], store.vault.revision(three[0]))
    store.vault.put_digests([made])
    assert three[0] in stale(store)


def test_one_case_that_cannot_be_worked_out_does_not_keep_the_others_from_theirs(
    store: Store, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Callable[..., pure.Digest] = pure.digest

    def odd(case: Any, *args: Any, **given: Any) -> pure.Digest:
        if case.case_id == three[2]:
            raise ZeroDivisionError
        return whole(case, *args, **given)

    monkeypatch.setattr(pure, "digest", odd)
    refresh(store, 9)
    assert stale(store) == []
    assert len(digests(store)) == 2
    assert three[2] in stale(store, store.now() + timedelta(minutes=61))


async def test_a_count_is_true_right_after_a_write(store: Store, three: list[str]) -> None:
    desk = Desk(store)
    before = len(await desk.due())
    promised(store, three[0], 2)
    assert len(await desk.due()) == before + 1
    store.vault.close_case(three[0], store.now())
    assert all(one.case_id != three[0] for one in await desk.due())


async def test_a_case_whose_page_text_was_lost_has_a_digest_and_advice_all_the_same(
    store: Store, three: list[str], captures: Any
) -> None:
    [view] = store.vault.case(three[0]).captures
    captures.more(view.capture_id, ("seen/text", b"paid", {}))
    keep_parts(store, view.capture_id)
    [text] = store.vault.capture(view.capture_id).artifacts
    store.blobs.path(text.sha256).unlink()
    digester = Digester(store)
    assert await digester.turn() == 3
    assert stale(store) == []
    assert await digester.turn() == 0
    assert three[0] in [one.case_id for one in digests(store)]
    assert await Desk(store).advise(three[0])


async def test_trouble_of_the_disk_is_no_fault_of_the_case(
    store: Store, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> pure.Digest:
        raise DiskFullError(path="x")

    with monkeypatch.context() as disk:
        disk.setattr(pure, "digest", full)
        with pytest.raises(DiskFullError):
            await Digester(store).turn()
    assert len(stale(store)) == 3
    assert await Digester(store).turn() == 3


def test_the_log_says_nothing_of_what_an_odd_case_holds(
    store: Store,
    three: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    private = "13812345678"

    def odd(*_: Any, **__: Any) -> pure.Digest:
        raise ValueError(f"input_value={private}")

    monkeypatch.setattr(pure, "digest", odd)
    refresh(store, 9)
    assert three[0] in caplog.text
    assert "ValueError" in caplog.text
    assert private not in caplog.text
