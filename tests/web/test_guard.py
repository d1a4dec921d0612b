"""Every route refuses what the paired extension did not send; the walk covers future routes too."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from helper.web import signing
from helper.web.server import create_app
from tests.web.client import Answer, Client, parse, send
from tests.web.conftest import CASE, DRAFT, UUID, World

Headers = list[tuple[str, str]]
SHA256 = hashlib.sha256(b"picture").hexdigest()
BODIES = {"POST": b"{}", "PUT": b"bytes"}


UNSIGNED = {"hello", "pair"}
"""Written down here once more: a route that is opened by mistake must fail the walk."""


def walk(world: World) -> list[tuple[str, str, str]]:
    """Return name, method and a target that exists for every route of the application."""
    found = []
    for route in create_app(world.services).router.routes():
        path = route.resource.canonical if route.resource else ""
        known = CASE if path.startswith("/v1/cases") else DRAFT
        values = {"uuid": UUID, "sha256": SHA256, "id": known, "entry_id": "e-1"}
        target = path.format_map(values | {"block": "title", "part": "1", "move": "delay"})
        assert not re.search(r"[{}]", target)
        if route.name == "hello":
            target += "?n=" + "0" * 32
        if route.method == "PUT":
            target += "?offset=0"
        found.append((str(route.name), route.method, target))
    assert len(found) >= 18
    return found


def changed(headers: Headers, name: str, value: str) -> Headers:
    return [(key, value if key == name else old) for key, old in headers]


async def refused(
    world: World, routes: Sequence[tuple[str, str, str]], status: int, reason: str, send_it: Any
) -> None:
    before = list(world.recorder.calls)
    for name, method, target in routes:
        answer: Answer = await send_it(method, target, BODIES.get(method, b""))
        got = (name, answer.status, answer.reason)
        assert got == (name, status, reason)
        assert answer.json["error"]["message"]
        assert answer.json["error"]["next_step"]
        assert "access-control-allow-origin" not in answer.headers
    assert world.recorder.calls == before


FOREIGN: list[tuple[str, str | None, Headers]] = [
    ("host_missing", None, []),
    ("host", "evil.example", []),
    ("host", "evil.example:{port}", []),
    ("host", "127.0.0.1", []),
    ("host", "127.0.0.1:1", []),
    ("host", "localhost:{port}", []),
    ("host", "127.0.0.1:{port}.evil.example", []),
    ("origin", "", [("Origin", "https://evil.example")]),
    ("origin", "", [("Origin", "null")]),
    ("origin", "", [("Origin", "http://127.0.0.1:{port}")]),
    ("origin", "", [("Origin", "chrome-extension://" + "a" * 32 + ".evil.example")]),
    ("cross_site", "", [("Sec-Fetch-Site", "cross-site")]),
    ("cross_site", "", [("Sec-Fetch-Site", "same-site")]),
    ("navigation", "", [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate")]),
]


@pytest.mark.parametrize(("reason", "host", "extra"), FOREIGN)
async def test_every_route_refuses_what_a_web_page_could_send_even_if_signed(
    stocked: World, reason: str, host: str | None, extra: Headers
) -> None:
    port, client = stocked.port, stocked.client
    more = [(name, value.format(port=port)) for name, value in extra]

    async def send_it(method: str, target: str, body: bytes) -> Answer:
        headers = [*client.sign(method, target, body), *more]
        wanted = host.format(port=port) if host else host
        return await send(port, method, target, headers, body, host=wanted)

    await refused(stocked, walk(stocked), 403, reason, send_it)


async def test_a_request_of_http_1_1_without_host_does_not_get_as_far_as_the_guard(
    stocked: World,
) -> None:
    for _, method, target in walk(stocked):
        headers = stocked.client.sign(method, target)
        answer = await send(stocked.port, method, target, headers, host=None, version="1.1")
        assert answer.status == 400
    assert stocked.recorder.calls == []


async def test_two_hosts_in_one_request_are_refused(stocked: World) -> None:
    extra = [("Host", f"127.0.0.1:{stocked.port}")]
    answer = await send(stocked.port, "GET", "/v1/hello?n=" + "0" * 32, extra)
    assert answer.status in (400, 403)


def unsigned(_client: Client, _method: str, _target: str, _body: bytes) -> Headers:
    return []


def wrong_signature(client: Client, method: str, target: str, body: bytes) -> Headers:
    return changed(client.sign(method, target, body), signing.SIGNATURE, "0" * 64)


def other_key(client: Client, method: str, target: str, body: bytes) -> Headers:
    other = Client(client.port, client.pairing_id, secrets.token_bytes(32), client.start)
    return other.sign(method, target, body)


def altered_query(client: Client, method: str, target: str, body: bytes) -> Headers:
    return client.sign(method, target + ("&" if "?" in target else "?") + "x=1", body)


def altered_method(client: Client, method: str, target: str, body: bytes) -> Headers:
    return client.sign("POST" if method == "GET" else "GET", target, body)


def altered_time(client: Client, method: str, target: str, body: bytes) -> Headers:
    now = str(int(time.time() * 1000) + 1)
    return changed(client.sign(method, target, body, time="1"), signing.TIME, now)


def misshapen(client: Client, method: str, target: str, body: bytes) -> Headers:
    return changed(client.sign(method, target, body), signing.NONCE, "Z" * 32)


def unknown(client: Client, method: str, target: str, body: bytes) -> Headers:
    return changed(client.sign(method, target, body), signing.PAIRING, "0" * 32)


def stale(client: Client, method: str, target: str, body: bytes) -> Headers:
    past = str(int(time.time() * 1000) - signing.WINDOW_MS - 1000)
    return client.sign(method, target, body, time=past)


def early(client: Client, method: str, target: str, body: bytes) -> Headers:
    future = str(int(time.time() * 1000) + signing.WINDOW_MS + 60_000)
    return client.sign(method, target, body, time=future)


def restarted(client: Client, method: str, target: str, body: bytes) -> Headers:
    return client.sign(method, target, body, start="0" * 32)


def altered_body(client: Client, method: str, target: str, body: bytes) -> Headers:
    return client.sign(method, target, body, body=hashlib.sha256(b"another").hexdigest())


Forge = Callable[[Client, str, str, bytes], Headers]
FORGED: list[tuple[Forge, str]] = [
    (unsigned, "unsigned"),
    (wrong_signature, "signature"),
    (other_key, "signature"),
    (altered_query, "signature"),
    (altered_method, "signature"),
    (altered_time, "signature"),
    (misshapen, "malformed"),
    (unknown, "unknown_pairing"),
    (stale, "stale"),
    (early, "stale"),
    (restarted, "restarted"),
    (altered_body, "body"),
]


def closed(world: World) -> list[tuple[str, str, str]]:
    return [route for route in walk(world) if route[0] not in UNSIGNED]


@pytest.mark.parametrize(("forge", "reason"), FORGED)
async def test_every_closed_route_refuses_a_forged_request(
    stocked: World, forge: Forge, reason: str
) -> None:
    async def send_it(method: str, target: str, body: bytes) -> Answer:
        headers = forge(stocked.client, method, target, body)
        return await send(stocked.port, method, target, headers, body)

    await refused(stocked, closed(stocked), 401, reason, send_it)


async def test_every_closed_route_refuses_the_same_request_a_second_time(stocked: World) -> None:
    stocked.recorder.steps.put_nowait(None)
    for name, method, target in closed(stocked):
        body = BODIES.get(method, b"")
        headers = stocked.client.sign(method, target, body)
        first = await send(stocked.port, method, target, headers, body)
        again = await send(stocked.port, method, target, headers, body)
        assert first.status not in (401, 403), name
        assert (name, again.status, again.reason) == (name, 401, "replayed")


async def test_every_closed_route_signs_its_reply_to_a_genuine_request(stocked: World) -> None:
    stocked.recorder.steps.put_nowait(None)
    for name, method, target in closed(stocked):
        body = BODIES.get(method, b"")
        headers = stocked.client.sign(method, target, body)
        answer = await send(stocked.port, method, target, headers, body)
        signed_part = Answer(answer.status, answer.headers, b"") if name == "events" else answer
        assert stocked.client.genuine(headers, signed_part), name


@pytest.mark.parametrize(("forge", "signed"), [(restarted, True), (other_key, False)])
async def test_a_refusal_is_signed_if_and_only_if_the_request_was(
    stocked: World, forge: Forge, signed: bool
) -> None:
    headers = forge(stocked.client, "GET", "/v1/cases", b"")
    answer = await send(stocked.port, "GET", "/v1/cases", headers)
    assert stocked.client.genuine(headers, answer) is signed
    assert (signing.REPLY.lower() in answer.headers) is signed


async def test_an_unknown_path_tells_nothing_without_a_signature(stocked: World) -> None:
    answer = await send(stocked.port, "GET", "/v1/none")
    assert (answer.status, answer.reason) == (401, "unsigned")
    assert (await stocked.client.call("GET", "/v1/none")).status == 404
    assert (await stocked.client.call("DELETE", "/v1/cases")).status == 405


async def test_a_revoked_pairing_is_refused_at_once(stocked: World) -> None:
    stocked.vault.revoke_pairing(stocked.client.pairing_id)
    headers = stocked.client.sign("GET", "/v1/cases")
    answer = await send(stocked.port, "GET", "/v1/cases", headers)
    assert (answer.status, answer.reason) == (401, "unknown_pairing")


async def test_the_extension_of_either_browser_is_let_in_on_either_address(stocked: World) -> None:
    for origin in (
        "chrome-extension://" + "p" * 32,
        "moz-extension://01234567-89ab-cdef-0123-456789abcdef",
    ):
        stocked.client.extra = [("Origin", origin), ("Sec-Fetch-Site", "none")]
        assert (await stocked.client.call("GET", "/v1/cases")).status == 200
    if stocked.running.ipv6:
        host = f"[::1]:{stocked.port}"
        answer = await stocked.client.call("GET", "/v1/cases", address="::1", host=host)
        assert answer.status == 200


@pytest.mark.parametrize(("language", "word"), [("en-US", "restarted"), ("zh-CN", "重新启动")])
async def test_an_error_speaks_the_language_of_the_request(
    stocked: World, language: str, word: str
) -> None:
    stocked.client.language = language
    headers = restarted(stocked.client, "GET", "/v1/cases", b"")
    answer = await send(stocked.port, "GET", "/v1/cases", headers)
    assert word in answer.json["error"]["message"]


async def test_an_unexpected_failure_is_logged_and_explained_without_its_text(
    stocked: World, caplog: pytest.LogCaptureFixture
) -> None:
    stocked.recorder.error = ZeroDivisionError("inner words")
    with caplog.at_level(logging.ERROR):
        answer = await stocked.client.commit(UUID)
    assert answer.status == 500
    assert answer.json["error"]["code"] == "internal"
    assert b"inner words" not in answer.body
    assert "inner words" in caplog.text


async def test_no_reply_may_be_stored_framed_or_sniffed(stocked: World) -> None:
    answer = await stocked.client.call("GET", "/v1/cases")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "aiohttp" not in answer.headers["server"]


async def test_too_large_a_body_is_refused_before_and_while_it_is_read(stocked: World) -> None:
    body = b"[" + b" " * (8 << 20) + b"]"
    answer = await stocked.client.call("POST", f"/v1/cases/{CASE}/drafts", body)
    assert answer.status == 413
    chunked = b"2000\r\n" + b" " * 0x2000 + b"\r\n0\r\n\r\n"
    assert (await _post_chunked(stocked.port, chunked)).status == 413


async def _post_chunked(port: int, body: bytes) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /v1/pair HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    writer.write(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    try:
        return parse(await reader.read())
    finally:
        writer.close()
