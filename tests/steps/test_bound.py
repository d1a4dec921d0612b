"""The bound "not before" stands in the manifest, or why there is none; no seal waits for it."""

import json
from dataclasses import replace

from aiohttp import web

from helper.steps import bound
from helper.steps.seal import Sealer
from helper.steps.store import Store
from tests.capture.test_beacons import ROUND
from tests.loopback import Loopback, closed

from .conftest import Captures


def sealed(store: Store, uuid: str, stage: str) -> dict[str, object]:
    entry = Sealer(store).seal(uuid, stage)
    return dict(json.loads(store.blobs.read(entry.manifest)))


def asking(store: Store, *beacons: str) -> Store:
    return replace(store, settings=store.settings.model_copy(update={"beacons": beacons}))


async def test_a_round_that_came_stands_in_the_manifest(
    store: Store, captures: Captures, loopback: Loopback
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(ROUND)

    open_ = asking(store, await loopback.start(answer))
    uuid = captures.new()
    assert sealed(open_, uuid, "S0")["not_before"] == {"source": None, "reason": "not_yet"}
    await bound.fetch(open_, uuid)
    said = sealed(open_, uuid, "S1")
    assert said["not_before"]["round"] == ROUND["round"]
    assert "not-before.json" in [item["name"] for item in said["artifacts"]]


async def test_a_bound_that_did_not_come_says_why(store: Store, captures: Captures) -> None:
    open_ = asking(store, closed())
    uuid = captures.new()
    await bound.fetch(open_, uuid)
    assert sealed(open_, uuid, "S1")["not_before"] == {"source": None, "reason": "unreachable"}


async def test_a_second_fetch_leaves_the_first(
    store: Store, captures: Captures, loopback: Loopback
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(ROUND)

    uuid = captures.new()
    await bound.fetch(asking(store, closed()), uuid)
    await bound.fetch(asking(store, await loopback.start(answer)), uuid)
    assert sealed(store, uuid, "S1")["not_before"]["source"] is None


async def test_where_none_is_asked_for_nothing_is_said(store: Store, captures: Captures) -> None:
    uuid = captures.new()
    await bound.fetch(store, uuid)
    assert "not_before" not in sealed(store, uuid, "S1")
    assert captures.names(uuid) == []
