"""What was clicked is kept, whatever dies in between."""

from __future__ import annotations

import asyncio
import random
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


async def test_the_helper_is_away_and_comes_back(world: World) -> None:
    await world.stop_helper()
    uuid = await world.one_click(world.demo.orders["lechuang:not_delivered"].url)

    async def kept_here() -> bool:
        answer = await world.message(type="capture-state", uuid=uuid)
        return bool(answer["local"]["phase"] == "kept_here")

    await until(kept_here, "the outbox did not keep the capture")
    await world.start_helper()
    await world.message(type="status")
    assert complete(await world.sealed(uuid, 120))


async def test_the_background_worker_is_stopped_in_the_middle(world: World) -> None:
    uuid = await world.one_click(world.demo.orders["lechuang:not_delivered"].url)
    await world.stop_worker()
    await world.message(type="status")
    view = await world.sealed(uuid, 120)
    told = {item.role for item in view.missing}
    roles = {item.role for item in view.artifacts}
    assert {"seen/viewport"} <= roles
    assert SEEN - roles <= told | {"seen/strip"}


async def test_killed_in_the_middle_of_the_visit(world: World) -> None:
    uuid = await world.one_click(world.demo.orders["weijie:not_delivered"].url, lend=True)

    def s0() -> bool:
        known = {view.capture_id: view for view in world.store.vault.recent(9)}
        return uuid in known and bool(known[uuid].seals)

    await until(s0, "S0 was not sealed")
    await world.stop_helper(signal.SIGKILL)
    await world.start_helper()
    assert complete(await world.sealed(uuid, 120))


@pytest.mark.timeout(600)
async def test_twenty_crashes_lose_nothing_and_double_nothing(world: World) -> None:
    url = world.demo.orders["lechuang:not_delivered"].url
    moments = random.Random(20)
    uuids = []
    for number in range(20):
        uuids.append(await world.one_click(f"{url}?visit={number}"))
        await asyncio.sleep(moments.uniform(0, 2.5))
        await world.stop_helper(signal.SIGKILL)
        await world.start_helper()
        await world.close_tabs()
    await world.message(type="status")
    views = [await world.sealed(uuid, 120) for uuid in uuids]
    assert [view.capture_id for view in views if not complete(view)] == []
    listed = [view.capture_id for view in world.store.vault.recent(200)]
    assert sorted(listed) == sorted(uuids)
    sealed = [entry for entry in world.store.ledger.entries() if entry.stage != "partial"]
    assert len(sealed) == 2 * len(uuids)
