"""What stamps go through: wrong replies, silence, clocks that jump, kill -9."""

import asyncio
import gzip
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from helper.capture.services import Asking
from helper.demo import timekeeper
from helper.evidence import stamp
from helper.settings import Authority
from helper.steps.seal import Sealer
from tests.loopback import Loopback, stalled

from .stamped import Keepers, World, away


async def test_a_reply_to_another_query_is_not_kept_and_the_next_query_is_a_new_one(
    world: World, loopback: Loopback
) -> None:
    keeper = timekeeper.create("One", datetime.now(UTC))
    queries: list[bytes] = []

    async def stale(request: web.Request) -> web.Response:
        queries.append(await request.read())
        return web.Response(body=keeper.reply(stamp.request(b"{}"), datetime.now(UTC)))

    stamper = world.stamper(Authority(key="one", name="One", url=await loopback.start(stale)))
    await stamper.turn()
    await world.later(stamper)
    assert world.stamps()["one"].reason == "wrong_imprint"
    assert len(set(queries)) == 2
    assert not [name for name in world.captures.names(world.uuid) if name.endswith(".tsr")]


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=4000)])
async def test_a_clock_that_jumps_neither_stops_nor_ends_the_attempts(
    world: World, keepers: Keepers, jump: timedelta
) -> None:
    await world.stamper(away("one"), away("two")).turn()
    world.clock.now += jump
    await world.stamper(keepers[0].settings("one"), keepers[1].settings("two")).turn()
    assert {one.state for one in world.stamps().values()} == {"stamped"}
    assert world.stages() == ["S0", "S1", "S2"]


async def test_a_silent_authority_keeps_nobody_from_the_other(
    world: World, keepers: Keepers, loopback: Loopback
) -> None:
    silent = Authority(key="silent", name="Silent", url=await loopback.start(stalled))
    world.asked = Asking(seconds=0.3)
    await world.stamper(silent, keepers[1].settings("two")).turn()
    said = world.stamps()
    assert (said["silent"].state, said["silent"].reason) == ("pending", "timed_out")
    assert said["two"].state == "stamped"


async def test_an_authority_that_left_the_settings_is_told(world: World) -> None:
    await world.stamper(away("one")).turn()
    await world.later(world.stamper(away("two")))
    assert world.stamps()["one"].reason == "authority_unknown"


async def test_a_root_file_that_is_gone_is_told(world: World, keepers: Keepers) -> None:
    keepers[0].root.unlink()
    await world.stamper(keepers[0].settings("one")).turn()
    assert world.stamps()["one"].reason == "root_unreadable"


async def test_a_manifest_that_is_gone_keeps_no_other_from_being_stamped(
    world: World, keepers: Keepers
) -> None:
    other = world.captures.new()
    Sealer(world.store).seal(other, "S1")
    seal = next(one for one in world.captures.view(world.uuid).seals if one.stage == "S1")
    world.store.blobs.path(seal.manifest).unlink()
    await world.stamper(keepers[0].settings("one")).turn()
    assert world.stamps()["one"].reason == "manifest_lost"
    assert [one.state for one in world.captures.view(other).stamps] == ["stamped"]


KILLED = """
import asyncio, sys
from pathlib import Path
from helper.steps.store import open_store
from helper.settings import Authority, Settings
from helper.steps.seal import Sealer
from helper.steps.stamping import Stamper

given = Authority(key="one", name="One", url=sys.argv[2])
store = open_store(Settings(data=Path(sys.argv[1]), authorities=(given,)))
asyncio.run(Stamper(store, Sealer(store)).turn())
"""


async def test_a_helper_killed_between_query_and_reply_asks_the_same_again(
    world: World, keepers: Keepers, loopback: Loopback
) -> None:
    queries: list[bytes] = []
    arrived = asyncio.Event()

    async def hanging(request: web.Request) -> web.StreamResponse:
        queries.append(await request.read())
        arrived.set()
        return await stalled(request)

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(world.store.settings.data), await loopback.start(hanging)
    )
    async with asyncio.timeout(60):
        await arrived.wait()
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    await process.wait()
    assert world.stamps()["one"].state == "pending"
    world.clock.now = datetime.now(UTC)
    await world.stamper(keepers[0].settings("one")).turn()
    assert world.stamps()["one"].state == "stamped"
    assert world.read("S1-one.tsq") == queries[0]
    assert os.name == "nt" or process.returncode == -signal.SIGKILL


async def test_a_reply_kept_but_not_sealed_is_sealed_at_the_next_start(
    world: World, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = keepers[0].settings("one"), keepers[1].settings("two")
    killed = world.stamper(one, two)
    monkeypatch.setattr(killed, "_settle", lambda _: None)  # the process ends here
    await killed.turn()
    assert world.stages() == ["S0", "S1"]
    await world.stamper(one, two).turn()
    assert world.stages() == ["S0", "S1", "S2"]


async def test_a_calendar_that_answers_rubbish_is_told_and_tried_again(
    world: World, loopback: Loopback
) -> None:
    async def rubbish(request: web.Request) -> web.Response:
        return web.Response(body=b"\xff" * 100)

    stamper = world.stamper(calendars=(await loopback.start(rubbish),))
    await stamper.turn()
    said = world.stamps()["opentimestamps"]
    assert (said.state, said.reason) == ("pending", "unreadable")


async def test_a_compressed_bomb_is_no_stamp(world: World, loopback: Loopback) -> None:
    async def bomb(request: web.Request) -> web.Response:
        body = gzip.compress(bytes(50_000_000))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    await world.stamper(Authority(key="one", name="One", url=await loopback.start(bomb))).turn()
    assert world.stamps()["one"].reason == "unreadable"
