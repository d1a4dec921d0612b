"""Stamps are asked for in the background and sealed as S2; what comes later as partial."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography import x509

from helper.evidence import stamp
from helper.settings import Authority
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer
from helper.steps.stamping import Pace
from tests.e2e.world import until
from tests.evidence.test_calendar import path, promise
from tests.loopback import Loopback

from .stamped import Keepers, World, away


async def test_two_authorities_under_different_roots_make_s2(
    world: World, keepers: Keepers
) -> None:
    await world.stamper(keepers[0].settings("one"), keepers[1].settings("two")).turn()
    assert world.stages() == ["S0", "S1", "S2"]
    names = {"S1-one.tsq", "S1-one.tsr", "S1-two.tsq", "S1-two.tsr"}
    assert world.listed(world.last_seal()) == names
    said = world.stamps()
    assert {one.state for one in said.values()} == {"stamped"}
    assert len({one.root for one in said.values()}) == 2
    assert world.captures.view(world.uuid).state == "sealed"


async def test_the_kept_files_alone_prove_the_time_of_the_manifest(
    world: World, keepers: Keepers
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    await world.stamper(keepers[0].settings("one")).turn()
    root = x509.load_pem_x509_certificate(world.read("S1-one.pem"))
    found = stamp.check(
        world.manifest("S1"), world.read("S1-one.tsq"), world.read("S1-one.tsr"), [root]
    )
    assert found.verdict == "confirmed"
    assert found.gen_time is not None
    assert before <= found.gen_time <= datetime.now(UTC)
    assert world.stamps()["one"].stamped_at == found.gen_time


async def test_offline_a_stamp_is_pending_and_tells_why(world: World) -> None:
    await world.stamper(away("one"), away("two")).turn()
    assert {(one.state, one.reason) for one in world.stamps().values()} == {
        ("pending", "unreachable")
    }
    assert world.stages() == ["S0", "S1"]
    assert world.captures.view(world.uuid).state == "sealed"


async def test_what_was_pending_is_stamped_later(world: World, keepers: Keepers) -> None:
    await world.stamper(away("one"), away("two")).turn()
    online = world.stamper(keepers[0].settings("one"), keepers[1].settings("two"))
    await online.turn()
    assert {one.state for one in world.stamps().values()} == {"pending"}, "it is not yet time"
    await world.later(online)
    assert {one.state for one in world.stamps().values()} == {"stamped"}
    assert world.stages() == ["S0", "S1", "S2"]


async def test_one_authority_alone_waits_for_the_other_until_all_attempts_are_over(
    world: World, keepers: Keepers
) -> None:
    stamper = world.stamper(keepers[0].settings("one"), away("two"))
    await stamper.turn()
    await world.later(stamper)
    assert world.stages() == ["S0", "S1"]
    await world.later(stamper)
    assert world.stamps()["two"].state == "failed"
    assert world.stages() == ["S0", "S1", "S2"]
    assert ("timestamp/two", "no_stamp") in world.captures.lacks(world.uuid)
    await world.later(stamper)
    assert world.stages() == ["S0", "S1", "S2"]


async def test_two_names_of_one_root_are_not_two_authorities(
    world: World, keepers: Keepers
) -> None:
    stamper = world.stamper(keepers[0].settings("one"), keepers[0].settings("same"), away("three"))
    await stamper.turn()
    assert [one.state for one in world.stamps().values()] == ["stamped", "stamped", "pending"]
    assert world.stages() == ["S0", "S1"]


async def test_a_stamp_that_comes_after_s2_is_sealed_as_partial_and_not_stamped_itself(
    world: World, keepers: Keepers
) -> None:
    one, two = keepers[0].settings("one"), keepers[1].settings("two")
    await world.stamper(one, two, away("late")).turn()
    assert world.stages() == ["S0", "S1", "S2"]
    stamper = world.stamper(one, two, keepers[0].settings("late"))
    await world.later(stamper)
    assert world.stages() == ["S0", "S1", "S2", "partial"]
    assert {"S1-late.tsq", "S1-late.tsr"} <= world.listed(world.last_seal())
    for again in (stamper, world.stamper(one, two)):
        await world.later(again)
    assert world.stages() == ["S0", "S1", "S2", "partial"]
    assert len(world.stamps()) == 3


async def test_strips_that_came_late_are_stamped_under_names_of_their_own(
    world: World, keepers: Keepers, picture: Callable[..., bytes]
) -> None:
    stamper = world.stamper(keepers[0].settings("one"), keepers[1].settings("two"))
    await stamper.turn()
    world.captures.more(world.uuid, ("seen/strip", picture(), {"index": 0}))
    keep_parts(world.store, world.uuid)
    strips = Sealer(world.store).seal_rest(world.uuid)
    assert strips is not None
    await stamper.turn()
    name = f"partial-{strips.index}-one"
    found = stamp.check(
        world.store.blobs.read(strips.manifest),
        world.read(f"{name}.tsq"), world.read(f"{name}.tsr"), [keepers[0].keeper.root],
    )  # fmt: skip
    assert found.verdict == "confirmed"
    assert world.stages() == ["S0", "S1", "S2", "partial", "partial"]
    assert f"{name}.tsr" in world.listed(world.last_seal())


async def test_nothing_is_done_twice(world: World, keepers: Keepers) -> None:
    one, two = keepers[0].settings("one"), keepers[1].settings("two")
    await world.stamper(one, two).turn()
    before = world.captures.view(world.uuid)
    for stamper in (world.stamper(one, two), world.stamper(one, two, away("new"))):
        await world.later(stamper)
    assert world.captures.view(world.uuid) == before


async def test_an_unpinned_root_is_kept_and_counts_for_nothing(
    world: World, keepers: Keepers
) -> None:
    unknown = Authority(key="unknown", name="Unknown", url=keepers[0].url)
    await world.stamper(unknown, keepers[1].settings("two"), away("three")).turn()
    said = world.stamps()["unknown"]
    assert (said.state, said.reason, said.root) == ("stamped", "root_not_pinned", None)
    assert world.read("S1-unknown.tsr")
    assert world.stages() == ["S0", "S1"]


async def test_without_authorities_nothing_is_queued(world: World) -> None:
    await world.stamper().turn()
    assert world.stamps() == {}


async def test_a_calendar_promises_and_a_block_completes_it(
    world: World, loopback: Loopback
) -> None:
    mined = False
    url = ""

    async def calendar(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.Response(body=promise(await request.read(), url))
        if not mined:
            return web.Response(status=404)
        return web.Response(body=path(bytes.fromhex(request.path.split("/")[-1]), 840_000))

    url = await loopback.start(calendar)
    stamper = world.stamper(calendars=(url,))
    await stamper.turn()
    said = world.stamps()["opentimestamps"]
    assert (said.state, said.reason) == ("pending", "promised")
    assert world.listed(world.last_seal()) == {"S1-opentimestamps.ots"}
    await world.later(stamper)
    assert world.stamps()["opentimestamps"].reason == "not_yet"
    mined = True
    await world.later(stamper)
    said = world.stamps()["opentimestamps"]
    assert (said.state, said.reason) == ("stamped", "bitcoin: 840000")
    assert world.stages() == ["S0", "S1", "S2", "partial"]
    assert "S1-opentimestamps-bitcoin.ots" in world.listed(world.last_seal())


async def test_work_goes_on_by_itself_until_it_is_cancelled(world: World, keepers: Keepers) -> None:
    world.pace = Pace(look_seconds=0.01)
    work = asyncio.create_task(
        world.stamper(keepers[0].settings("one"), keepers[1].settings("two")).work()
    )
    await until(lambda: "S2" in world.stages(), "no S2 was sealed")
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


def test_attempts_go_on_for_about_a_week() -> None:
    pace = Pace()
    whole = sum((pace.wait(attempt) for attempt in range(pace.attempts)), timedelta())
    assert timedelta(days=5) < whole < timedelta(days=14)
