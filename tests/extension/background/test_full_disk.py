"""A disk that is full is said, with what to do, and lets go what waits."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helper.demo import stage
from tests.extension.background.world import World, build, until

pytestmark = pytest.mark.browser

QUOTA = 200_000
PAGE = "<!doctype html><html lang=zh><title>订单</title><p>订单号 12345678</p>"


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A browser that bounds the extension's room, as it does on a disk that is nearly full."""
    bounded = Path(shutil.copytree(stage.EXTENSION, tmp_path / "bounded"))
    manifest = json.loads((bounded / "manifest.json").read_text("utf-8"))
    manifest["permissions"].remove("unlimitedStorage")
    (bounded / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    monkeypatch.setattr(stage, "EXTENSION", bounded)
    async with build(tmp_path) as made:
        # Before anything is written: the browser looks only now and then how much room is left.
        await limit(made, QUOTA)
        await made.pair()
        yield made


async def limit(world: World, quota: int) -> None:
    """Let the browser give the extension no more room than so many bytes."""
    session = await world.person.context.new_cdp_session(world.console)
    origin = f"chrome-extension://{world.person.extension_id}"
    await session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": quota})


async def test_a_full_disk_is_said_where_not_even_that_can_be_written(world: World) -> None:
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    await world.helper.stop()
    waiting = await world.capture(page)
    await world.reached(waiting, "kept_here")

    async def cut_off() -> str | None:
        """Keep the page once more, until there is no room."""
        answer = await world.message("capture", tabId=tab)
        if not answer["ok"]:
            assert answer["error"]["code"] == "outbox_full"
            return None
        uuid = str(answer["uuid"])
        await until(lambda: explained(world, uuid), "it is still said to be freezing")
        return uuid if (await world.state(uuid))["phase"] == "freezing" else None

    tab = await world.click(page)
    uuid = await until(cut_off, "the room never ended")
    assert (await world.state(uuid))["error"]["code"] == "outbox_full"
    await world.stop_workers()
    await until(lambda: explained(world, uuid), "the next worker says nothing")
    await world.helper.start()
    assert (await world.message("status"))["helper"] == "ready"
    await world.reached(waiting, "sent")
    assert world.helper.parts(waiting, "seen/viewport")


async def explained(world: World, uuid: str) -> bool:
    return (await world.state(uuid))["error"] is not None
