"""What was clicked is kept, whatever dies in between."""

from __future__ import annotations

import asyncio
import signal

import pytest

from helper.model import CaptureView
from tests.e2e.world import World, until

SEEN = {"seen/viewport", "seen/html", "seen/text", "seen/context", "seen/strip"}


def complete(view: CaptureView) -> bool:
    """Every seen byte kept and sealed, the witness done or truly missing."""
    roles = {item.role for item in view.artifacts}
    witness = "witness/page" in roles or any(item.role == "witness" for item in view.missing)
    return view.state == "sealed" and roles >= SEEN and witness and stages(view) == ["S0", "S1"]


def stages(view: CaptureView) -> list[str]:
    """Return the seals without those that a crash in the middle of the upload left."""
    return [entry.stage for entry in view.seals if entry.stage != "partial"]


@pytest.mark.long
async def test_the_background_worker_is_stopped_in_the_middle(common: World) -> None:
    uuid = await common.one_click(common.demo.orders["lechuang:not_delivered"].url)
    await common.stop_worker()
    await common.message(type="status")
    view = await common.sealed(uuid, 120)
    told = {item.role for item in view.missing}
    roles = {item.role for item in view.artifacts}
    assert {"seen/viewport"} <= roles
    assert SEEN - roles <= told | {"seen/strip"}


@pytest.mark.long
async def test_killed_in_the_middle_of_the_visit(common: World) -> None:
    uuid = await common.one_click(common.demo.orders["weijie:not_delivered"].url, lend=True)

    def s0() -> bool:
        known = {view.capture_id: view for view in common.store.vault.recent(9)}
        return uuid in known and bool(known[uuid].seals)

    await until(s0, "S0 was not sealed")
    await common.stop_helper(signal.SIGKILL)
    await common.start_helper()
    assert complete(await common.sealed(uuid, 120))


@pytest.mark.timeout(600)
@pytest.mark.long
async def test_twenty_crashes_lose_nothing_and_double_nothing(common: World) -> None:
    url = common.demo.orders["lechuang:not_delivered"].url
    before = {view.capture_id for view in common.store.vault.recent(200)}
    uuids = []
    for number in range(20):
        uuids.append(await common.one_click(f"{url}?visit={number}"))
        await asyncio.sleep(number / 8)
        await common.stop_helper(signal.SIGKILL)
        await common.start_helper()
        await common.close_tabs()
    await common.message(type="status")
    views = [await common.sealed(uuid, 120) for uuid in uuids]
    assert [view.capture_id for view in views if not complete(view)] == []
    listed = [view.capture_id for view in common.store.vault.recent(200)]
    assert sorted(set(listed) - before) == sorted(uuids)
    assert len(listed) == len(before) + len(uuids)
    sealed = [
        entry.capture_id for entry in common.store.ledger.entries()
        if entry.stage != "partial" and entry.capture_id in uuids
    ]  # fmt: skip
    assert sorted(sealed) == sorted([*uuids, *uuids])
