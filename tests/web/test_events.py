"""The steps of a capture as server-sent events, each signed for the request that follows them."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from helper.web import signing
from tests.web.client import Answer, parse
from tests.web.conftest import STEPS, UUID, World

TARGET = f"/v1/captures/{UUID}/events"


async def follow(world: World) -> tuple[str, asyncio.StreamReader, asyncio.StreamWriter]:
    nonce = secrets.token_hex(16)
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    lines = [f"GET {TARGET} HTTP/1.1", f"Host: 127.0.0.1:{world.port}", "Connection: close"]
    lines += [f"{key}: {value}" for key, value in world.client.sign("GET", TARGET, nonce=nonce)]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    return nonce, reader, writer


def events(answer: Answer) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for block in answer.body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if lines:
            found.append((int(lines["id"]), json.loads(lines["data"])))
    return found


async def test_each_step_is_sent_and_signed_in_its_place(stocked: World) -> None:
    for step in (*STEPS, None):
        stocked.recorder.steps.put_nowait(step)
    nonce, reader, writer = await follow(stocked)
    answer = parse(await reader.read())
    writer.close()
    assert answer.headers["content-type"].startswith("text/event-stream")
    head = signing.reply_code(stocked.client.key, nonce, 200, b"")
    assert answer.headers[signing.REPLY.lower()] == head
    assert [(index, data["step"], data["detail"]) for index, data in events(answer)] == [
        (0, "kept", None),
        (1, "sealed", "封存"),
    ]
    for index, data in events(answer):
        assert data["signature"] == signing.event_code(
            stocked.client.key, nonce, index,
            step=data["step"], at=data["at"], detail=data["detail"],
        )  # fmt: skip


async def test_a_silent_stream_is_kept_alive(stocked: World) -> None:
    _, reader, writer = await follow(stocked)
    await reader.readuntil(b": waiting\n\n")
    stocked.recorder.steps.put_nowait(STEPS[0])
    await reader.readuntil(b'"step":"kept"')
    stocked.recorder.steps.put_nowait(None)
    await reader.read()
    writer.close()


async def test_a_client_that_leaves_is_noticed(stocked: World) -> None:
    _, reader, writer = await follow(stocked)
    await reader.readuntil(b": waiting\n\n")
    writer.transport.abort()
    async with asyncio.timeout(10):
        await stocked.recorder.unsubscribed.wait()


async def test_a_server_that_stops_ends_its_streams_at_once(stocked: World) -> None:
    _, reader, writer = await follow(stocked)
    await reader.readuntil(b": waiting\n\n")
    async with asyncio.timeout(2):
        await stocked.running.stop()
        await reader.read()
    writer.close()
    assert stocked.recorder.unsubscribed.is_set()
