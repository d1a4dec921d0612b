"""A full disk: the click is kept by the extension, the popup says why, nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.world import World, until
from tests.e2e.world import world as build
from tests.faults.small_disk import SmallDisk, needs_root, small_disk

pytestmark = needs_root


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[tuple[World, SmallDisk]]:
    """A world whose vault lies on a disk of its own, far too small."""
    with small_disk(tmp_path / "data", 24) as disk:
        async with build(tmp_path) as made:
            yield made, disk


@pytest.mark.long
async def test_a_full_disk_loses_nothing(small: tuple[World, SmallDisk]) -> None:
    world, disk = small
    disk.fill()
    uuid = await world.one_click(world.demo.orders["lechuang:not_delivered"].url)

    async def refused() -> bool:
        state = (await world.message(type="capture-state", uuid=uuid))["local"]
        return state["error"] is not None and state["phase"] != "sent"

    await until(refused, "the full disk was not noticed")
    disk.free()
    await world.message(type="status")
    view = await world.sealed(uuid, 150)
    assert {"seen/viewport", "seen/html", "seen/sheet"} <= {item.role for item in view.artifacts}
