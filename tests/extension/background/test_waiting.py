"""A week without the helper: everything waits, can be seen and taken along, and arrives once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from helper.capture.intake import Intake, IntakeLimits
from helper.settings import Settings
from helper.steps.bring_captures import bring
from helper.steps.store import Store, open_store
from tests.extension.background.world import World

pytestmark = pytest.mark.browser

PAGE = "<!doctype html><html lang=zh><title>订单</title><p>订单</p>"
NAME = "name => { document.title = name; document.body.textContent = name }"
WAITING = "import('/background/outbox.js').then(outbox => outbox.unsent())"

HOLD = (
    "uuid => import('/background/outbox.js').then(outbox => outbox.update(uuid, kept => {"
    " const { page_changes, missing, ...about } = kept.parts.at(-1).about;"
    " kept.held = { ...kept.parts.pop(), about }; kept.complete = false }))"
)
"""As it stands while strips are taken, or where a full disk lets nobody end it."""
GO_ON = (
    "uuid => import('/background/outbox.js').then(outbox => outbox.update(uuid, kept => {"
    " const { held } = kept; Object.assign(kept, { held: null, complete: true });"
    " kept.parts.push({ ...held, about: { ...held.about, page_changes: [], missing: [] } }) }))"
)


async def waiting(world: World) -> list[dict[str, Any]]:
    return list(await world.console.evaluate(WAITING))


async def capture_many(world: World, many: int) -> list[str]:
    """Capture one page after another in a tab, as a person does who walks through the orders."""
    world.shop.pages["/order"] = PAGE
    page = await world.open("/order")
    tab = await world.click(page)
    uuids = []
    for number in range(many):
        await page.evaluate(
            "n => { document.title = n; document.body.textContent = n }", f"单{number}"
        )
        answer = await world.message("capture", tabId=tab)
        uuids.append(str(answer["uuid"]))
        await world.reached(uuids[-1], "kept_here")
    return uuids


async def exported(world: World, folder: Path) -> Path:
    await world.console.bring_to_front()
    async with world.console.expect_download() as coming:
        await world.console.click("#outbox-export")
    path = folder / (download := await coming.value).suggested_filename
    await download.save_as(path)
    return path


async def brought(path: Path, folder: Path) -> Store:
    """Import a file into a vault of its own, twice."""
    store = open_store(Settings(data=folder))
    intake = Intake(folder / "incoming", store.vault, store.blobs, IntakeLimits(2**28, 2**30, 1000))
    for state in ("added", "already"):
        found = await bring(store, intake, path)
        assert {one.state for one in found.captures} == {state}
    return store


@pytest.mark.parametrize("many", [4, pytest.param(30, marks=pytest.mark.long)])
async def test_captures_without_the_helper_arrive_once(
    bare_world: World, tmp_path: Path, many: int
) -> None:
    world = bare_world
    await world.helper.stop()
    uuids = await capture_many(world, many)
    assert [one["uuid"] for one in await waiting(world)] == uuids
    await world.restart_browser()
    await world.console.wait_for_selector(f"#outbox-list li:nth-child({many})")
    assert await world.console.inner_text("#outbox-list li:nth-child(3) strong") == "单2"
    assert "助手没有运行" in await world.console.inner_text("#outbox-list li:last-child")
    assert f"{many} 份证据" in await world.console.inner_text("#outbox-sum")

    await world.console.evaluate("chrome.alarms.clear('outbox')")  # nobody else ends it
    await world.console.evaluate(HOLD, uuids[-1])
    path = await exported(world, tmp_path)
    await world.console.evaluate(GO_ON, uuids[-1])
    assert len(await waiting(world)) == many, "an export takes nothing out of the outbox"
    index = json.loads(path.read_bytes().split(b"\n", 2)[1])
    assert {key for one in index["captures"] for key in one} == {
        "uuid",
        "meta",
        "complete",
        "parts",
    }
    assert not any("page_changes" in one["meta"] for one in index["captures"])
    other = await brought(path, tmp_path / "elsewhere")
    [first] = [part for part, _ in other.vault.parts(uuids[-1]) if part.role == "seen/strip"]
    assert first.about["index"] == 0, "what is held back goes along too"

    await world.helper.start()
    await world.console.click("#outbox-send")
    await world.console.get_by_text("已全部送达助手").wait_for(timeout=120_000)
    assert await waiting(world) == []
    views = world.helper.vault.recent(100)
    assert sorted(view.capture_id for view in views) == sorted(uuids), "all, none twice"
    assert sorted(view.meta.title for view in views) == sorted(f"单{n}" for n in range(many))
    for uuid in uuids:
        roles = Counter(part.role for part in world.helper.parts(uuid))
        assert roles["seen/viewport"] == roles["seen/html"] == roles["seen/context"] == 1
        assert world.helper.vault.is_final(uuid)
        [lacking] = world.helper.vault.capture(uuid).meta.missing
        assert (lacking.role, lacking.reason) == ("seen/mhtml", "mhtml_not_allowed")
        assert world.helper.called("start", uuid)
        if uuid != uuids[-1]:
            assert world.helper.vault.parts(uuid) == other.vault.parts(uuid), "as an upload does"
        assert world.helper.vault.capture(uuid).meta == other.vault.capture(uuid).meta
    other.close()
