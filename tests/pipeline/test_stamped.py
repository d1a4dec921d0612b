"""The workflow of a capture beside its stamps: no seal waits for anybody outside."""

import hashlib
import json
from pathlib import Path

from helper.app import Helper, open_helper
from helper.demo import timekeeper
from helper.model import CaptureMeta, CaptureView, Part
from helper.settings import Settings
from tests.e2e.world import until
from tests.loopback import Loopback, stalled

UUID = "00000000-0000-0000-0000-000000000001"


def settings(folder: Path, **values: object) -> Settings:
    """Return settings under which a second visit ends at once: there is no browser."""
    plain = {"data": folder / "data", "browser": str(folder / "none"), "authorities": ()}
    return Settings.model_validate(plain | {"calendars": (), "beacons": ()} | values)


async def keep(helper: Helper, *parts: tuple[str, bytes]) -> None:
    """Let parts arrive as the extension sends them, and begin."""
    vault, blobs = helper.store.vault, helper.store.blobs
    meta = CaptureMeta.model_validate(
        {"url": "https://shop.example/1", "clicked_at": "2026-03-01T12:00:00+00:00",
         "revisit": "user_refused"}
    )  # fmt: skip
    for role, data in parts:
        sha = hashlib.sha256(data).hexdigest()
        said = {"role": role, "sha256": sha, "size": len(data), "media_type": "text/plain"}
        blobs.keep_bytes(data)
        vault.create_capture(UUID, meta, [Part.model_validate(said)])
        vault.set_received(UUID, sha, len(data))
    if vault.capture(UUID).state == "receiving":
        vault.set_state(UUID, "kept")
    await helper.pipeline.start(UUID)


def view(helper: Helper) -> CaptureView:
    return helper.store.vault.capture(UUID)


def stages(helper: Helper) -> list[str]:
    return [seal.stage for seal in view(helper).seals]


async def test_a_beacon_that_never_answers_delays_no_seal(
    tmp_path: Path, loopback: Loopback
) -> None:
    beacon = await loopback.start(stalled)
    async with open_helper(settings(tmp_path, beacons=(beacon,), strips_seconds=0.0)) as helper:
        await keep(helper, ("seen/text", b"order"))
        assert await helper.sealed(UUID, 60)
        first = json.loads(helper.store.blobs.read(view(helper).seals[0].manifest))
    assert first["not_before"] == {"source": None, "reason": "not_yet"}


async def test_the_helper_stamps_by_itself_and_strips_that_come_later_still_get_a_seal(
    tmp_path: Path,
) -> None:
    async with timekeeper.pair(tmp_path / "roots") as (first, second):
        chosen = settings(tmp_path, authorities=(first, second), strips_seconds=0.0)
        async with open_helper(chosen) as helper:
            await keep(helper, ("seen/text", b"order"))
            await until(lambda: stages(helper) == ["S0", "S1", "S2"], "no S2 was sealed")
            late = helper.store.keep("timestamp", b"late", "application/x", name="late.ots")
            helper.store.vault.add_artifacts(UUID, [late])
            helper.pipeline.sealer.seal_rest(UUID)
            await keep(helper, ("seen/strip", b"strip"))
            helper.store.vault.set_final(UUID)
            await helper.pipeline.strips_complete(UUID)
            await until(lambda: len(stages(helper)) == 6, "the strips or their stamps lack a seal")
            assert stages(helper) == ["S0", "S1", "S2", "partial", "partial", "partial"]
            stamped = {one.stage for one in view(helper).stamps if one.state == "stamped"}
    assert stamped == {"S1", "partial"}
