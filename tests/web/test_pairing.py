"""A code pairs once, for two minutes, in five tries; it never crosses the wire."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import timedelta

import pytest

from helper.web import pairing, signing
from tests.web.client import Answer, Client, pair_request, send
from tests.web.conftest import World


async def attempt(world: World, code: str) -> Answer:
    nonce = secrets.token_hex(32)
    return await pair_request(
        world.port, nonce, pairing.client_proof(pairing.code_key(code), nonce)
    )


def offer(world: World) -> str:
    return pairing.offer(world.vault, world.services.now())


def test_a_code_has_a_hundred_random_bits() -> None:
    codes = {pairing.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){4}", code) for code in codes)
    assert len({code[0] for code in codes}) > 16


async def test_a_code_pairs_however_it_was_pasted(world: World) -> None:
    code = offer(world)
    client = await Client.pair(world.port, f" {code.lower().replace('-', ' - ')} ")
    assert (await client.call("GET", "/v1/cases")).status == 200


async def test_two_pairings_work_side_by_side(world: World) -> None:
    second = await Client.pair(world.port, offer(world), name="Firefox/140")
    for client in (world.client, second):
        assert (await client.call("GET", "/v1/cases")).status == 200
    assert [one.name for one in world.vault.pairings()] == ["test", "Firefox/140"]
    assert second.key != world.client.key


async def test_a_code_is_used_up_by_pairing(world: World) -> None:
    code = offer(world)
    assert (await attempt(world, code)).status == 200
    again = await attempt(world, code)
    assert (again.status, again.reason) == (403, "no_offer")


async def test_of_two_at_once_one_is_paired(world: World) -> None:
    code = offer(world)
    answers = await asyncio.gather(*(attempt(world, code) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403]


async def test_without_an_offer_nobody_is_paired(world: World) -> None:
    answer = await attempt(world, pairing.new_code())
    assert (answer.status, answer.reason) == (403, "no_offer")
    assert answer.json["error"]["code"] == "pairing_failed"


async def test_a_code_expires_after_two_minutes(world: World) -> None:
    code = offer(world)
    world.clock(timedelta(seconds=121))
    answer = await attempt(world, code)
    assert (answer.status, answer.reason) == (403, "no_offer")


async def test_a_code_is_accepted_until_then(world: World) -> None:
    code = offer(world)
    world.clock(timedelta(seconds=119))
    assert (await attempt(world, code)).status == 200


async def test_five_wrong_proofs_end_the_offer(world: World) -> None:
    code = offer(world)
    for _ in range(5):
        answer = await attempt(world, pairing.new_code())
        assert (answer.status, answer.reason) == (403, "wrong_proof")
    assert (await attempt(world, code)).reason == "no_offer"


async def test_the_fifth_try_may_still_be_right(world: World) -> None:
    code = offer(world)
    for _ in range(4):
        await attempt(world, pairing.new_code())
    assert (await attempt(world, code)).status == 200


async def test_a_misshapen_request_costs_no_try_and_echoes_nothing(world: World) -> None:
    code = offer(world)
    for _ in range(6):
        answer = await pair_request(world.port, "secret-nonce", "x")
        assert answer.status == 400
        assert b"secret-nonce" not in answer.body
    assert (await attempt(world, code)).status == 200


async def test_nothing_that_crosses_the_wire_holds_code_or_key(world: World) -> None:
    code = offer(world)
    nonce = secrets.token_hex(32)
    once = pairing.code_key(code)
    answer = await pair_request(world.port, nonce, pairing.client_proof(once, nonce))
    key = pairing.lasting_key(once, nonce, answer.json["helper_nonce"])
    for secret in (pairing.normalise(code), once.hex(), key.hex()):
        assert secret not in answer.body.decode()


async def test_hello_proves_the_key_only_for_a_known_pairing(world: World) -> None:
    said = await world.client.hello()
    assert said["helper"] == "kazheng"
    assert (said["api"], said["pairing"]) == (1, "known")
    assert said["limits"]["chunk_bytes"] == 8 << 20
    nonce = "0" * 32
    for query in (f"n={nonce}", f"n={nonce}&p={'0' * 32}"):
        answer = await send(world.port, "GET", f"/v1/hello?{query}")
        assert (answer.json["pairing"], answer.json["proof"]) == ("unknown", None)
        assert signing.REPLY.lower() not in answer.headers


@pytest.mark.parametrize("query", ["", "?n=", "?n=zz", "?n=" + "0" * 200, "?n=" + "0" * 32 + "%0a"])
async def test_hello_wants_a_nonce(world: World, query: str) -> None:
    answer = await send(world.port, "GET", f"/v1/hello{query}")
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid")


async def test_a_program_on_another_port_cannot_pass_the_helpers_proof_on(world: World) -> None:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", world.port)
        request = await reader.readuntil(b"\r\n\r\n")
        up_writer.write(request.replace(str(impostor).encode(), str(world.port).encode()))
        writer.write(await up_reader.read())
        up_writer.close()
        writer.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    impostor = server.sockets[0].getsockname()[1]
    async with server:
        client, nonce = world.client, secrets.token_hex(32)
        answer = await send(impostor, "GET", f"/v1/hello?n={nonce}&p={client.pairing_id}")
    said = answer.json
    assert said["pairing"] == "known"
    expected = (client.key, nonce, said["start"], said["version"])
    assert said["proof"] == signing.hello_proof(*expected, world.port)
    assert said["proof"] != signing.hello_proof(*expected, impostor)
