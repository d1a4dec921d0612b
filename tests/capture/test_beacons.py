"""The bound "not before": the newest round of drand, or why there is none, in time."""

import asyncio
import hashlib
import json
from typing import Any

import pytest
from aiohttp import web

from helper.capture import beacons
from tests.loopback import Handler, Loopback, stalled

SIGNATURE = "ab" * 48
ROUND = {
    "round": 1000,
    "randomness": hashlib.sha256(bytes.fromhex(SIGNATURE)).hexdigest(),
    "signature": SIGNATURE,
}


def saying(body: Any) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        assert request.path == f"/{beacons.CHAIN}/public/latest"
        return web.Response(text=body if isinstance(body, str) else json.dumps(body))

    return answer


async def test_the_newest_round_is_told_with_its_time(loopback: Loopback) -> None:
    found = await beacons.not_before([await loopback.start(saying(ROUND))])
    assert found == {
        "source": "drand", "chain": beacons.CHAIN, "round": 1000, "signature": SIGNATURE,
        "randomness": ROUND["randomness"], "at": "2023-08-23T15:59:24+00:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "<html>", "[]", "{}", {**ROUND, "randomness": "00"}, {**ROUND, "signature": "xy"},
        {**ROUND, "signature": "ab", "randomness": hashlib.sha256(b"\xab").hexdigest()},
        {**ROUND, "round": "7"}, {**ROUND, "round": 10**30}, {**ROUND, "round": 0},
        {**ROUND, "round": True}, {**ROUND, "round": 1.5},
    ],
)  # fmt: skip
async def test_what_is_no_round_is_no_bound(body: Any, loopback: Loopback) -> None:
    found = await beacons.not_before([await loopback.start(saying(body))])
    assert found == {"source": None, "reason": "other_content"}


async def test_the_first_server_that_answers_is_enough(
    loopback: Loopback,
) -> None:
    servers = [
        await loopback.start(stalled),
        await loopback.start(saying("x")),
        await loopback.start(saying(ROUND)),
    ]
    assert (await beacons.not_before(servers))["round"] == 1000


async def test_a_silent_server_costs_no_more_than_the_limit(
    loopback: Loopback,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beacons, "SECONDS", 0.05)
    async with asyncio.timeout(30):
        found = await beacons.not_before([await loopback.start(stalled)])
    assert found == {"source": None, "reason": "timed_out"}


async def test_the_limit_is_at_most_a_second_and_a_half() -> None:
    assert beacons.SECONDS <= 1.5
