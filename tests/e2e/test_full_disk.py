"""A full disk: the click is kept by the extension, the popup says why, nothing is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.world import World, until
from tests.e2e.world import world as build

SMALL = 24 << 20
pytestmark = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0, reason="mounting a small disk takes root"
)


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose vault lies on a disk of its own, far too small."""
    data = tmp_path / "data"
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(data)]
    subprocess.run(mount, check=True)
    try:
        async with build(tmp_path) as made:
            yield made
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True)


async def test_a_full_disk_loses_nothing(small: World) -> None:
    filler = small.data / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(64 << 10)):
            pass
    uuid = await small.one_click(small.demo.orders["lechuang:not_delivered"].url)

    async def refused() -> bool:
        state = (await small.message(type="capture-state", uuid=uuid))["local"]
        return state["error"] is not None and state["phase"] != "sent"

    await until(refused, "the full disk was not noticed")
    filler.unlink()
    await small.message(type="status")
    view = await small.sealed(uuid, 150)
    assert {"seen/viewport", "seen/html", "seen/sheet"} <= {item.role for item in view.artifacts}
