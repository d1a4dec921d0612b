import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from helper.capture.gate import Gate

from .conftest import Site


async def ask(proxy: str, host: str, port: int) -> tuple[int, bytes]:
    """Return the SOCKS reply code and what the far side sends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(proxy).port)
    try:
        name = host.encode()
        writer.write(b"\x05\x01\x00\x05\x01\x00\x03" + bytes([len(name)]) + name)
        writer.write(port.to_bytes(2, "big"))
        assert await reader.readexactly(2) == b"\x05\x00"
        code = (await reader.readexactly(10))[1]
        if code:
            return code, b""
        writer.write(f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        return code, await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_the_seen_origin_is_reached_and_its_peer_known(site: Site) -> None:
    site.page("/", "hello")
    gate = Gate(f"http://shop.localhost:{site.port}", frozenset())
    proxy = await gate.start()
    code, data = await ask(proxy, "shop.localhost", site.port)
    await gate.stop()
    assert code == 0
    assert data.endswith(b"hello")
    assert gate.peer("shop.localhost", site.port) == "127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "other.localhost", "localhost", "10.0.0.1"])
async def test_other_private_targets_are_not_connected(site: Site, host: str) -> None:
    gate = Gate(f"http://shop.localhost:{site.port}", frozenset())
    proxy = await gate.start()
    code, _ = await ask(proxy, host, site.port)
    await gate.stop()
    assert code == 2
    assert site.asked == []
    assert [refusal.host for refusal in gate.refused] == [host]


async def test_a_name_that_rebinds_to_loopback_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rebound(*_: object, **__: object) -> list[tuple]:
        return [(2, 1, 6, "", ("127.0.0.1", site.port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebound)
    gate = Gate("https://shop.example:443", frozenset())
    proxy = await gate.start()
    code, _ = await ask(proxy, "evil.example", site.port)
    await gate.stop()
    assert code == 2
    assert site.asked == []
    assert gate.refused[0].reason == "loopback"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (("127.0.0.1",), "loopback"),
        (("169.254.169.254",), "metadata"),
        (("192.0.2.1", "127.0.0.1"), "private"),
        (("93.184.216.34", "10.0.0.1"), "mixed"),
    ],
)
async def test_the_seen_name_that_rebinds_is_refused_before_any_connection(
    site: Site, monkeypatch: pytest.MonkeyPatch, answer: tuple[str, ...], reason: str
) -> None:
    async def rebound(*_: object, **__: object) -> list[tuple]:
        return [(2, 1, 6, "", (ip, site.port)) for ip in answer]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebound)
    gate = Gate(f"http://evil.example:{site.port}", frozenset())
    proxy = await gate.start()
    code, _ = await ask(proxy, "evil.example", site.port)
    await gate.stop()
    assert (code, [refusal.reason for refusal in gate.refused]) == (2, [reason])
    assert (site.asked, gate.peers) == ([], {})


async def test_what_is_not_socks_gets_no_answer(site: Site) -> None:
    gate = Gate(f"http://127.0.0.1:{site.port}", frozenset())
    proxy = await gate.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(proxy).port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"x" * 200)
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    await gate.stop()
    assert site.asked == []


async def test_a_system_proxy_is_used_for_public_names(site: Site) -> None:
    asked: list[bytes] = []

    async def proxy_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 ok\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"through")
        writer.close()

    upstream = await asyncio.start_server(proxy_server, "127.0.0.1", 0)
    port = upstream.sockets[0].getsockname()[1]
    gate = Gate("http://203.0.113.9:80", frozenset(), f"http://127.0.0.1:{port}")
    proxy = await gate.start()
    code, data = await ask(proxy, "203.0.113.9", 80)
    await gate.stop()
    upstream.close()
    assert (code, data) == (0, b"through")
    assert asked[0].startswith(b"CONNECT 203.0.113.9:80 ")


@contextlib.asynccontextmanager
async def connect_proxy(answer: bytes = b"200 ok") -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve an HTTP proxy on loopback that answers in place of the far side."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 " + answer + b"\r\n\r\n")
        if answer.startswith(b"200"):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"through")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


def resolve(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """Let this computer resolve every name to these addresses; none: it cannot."""

    async def answers(*_: object, **__: object) -> list[tuple]:
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, 1, 6, "", (ip, 80)) for ip in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", answers)


async def test_a_system_proxy_is_asked_for_the_judged_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with connect_proxy() as (port, asked):
        gate = Gate("http://shop.example:80", frozenset(), f"http://127.0.0.1:{port}")
        proxy = await gate.start()
        resolve(monkeypatch, "93.184.216.34")
        code, data = await ask(proxy, "shop.example", 80)
        resolve(monkeypatch, "127.0.0.1")
        refused, _ = await ask(proxy, "evil.example", 80)
        await gate.stop()
    assert (code, data) == (0, b"through")
    assert [head.split()[1] for head in asked] == [b"93.184.216.34:80"]
    assert not any(b"shop.example" in head for head in asked)
    assert refused == 2
    assert gate.unchecked == set()


@pytest.mark.parametrize("found", [(), ("198.18.0.7",)])
async def test_only_a_name_that_nobody_here_can_resolve_goes_to_the_proxy(
    monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...]
) -> None:
    async with connect_proxy() as (port, asked):
        gate = Gate("http://shop.example:80", frozenset(), f"http://127.0.0.1:{port}")
        proxy = await gate.start()
        resolve(monkeypatch, *found)
        code, _ = await ask(proxy, "shop.example", 80)
        await gate.stop()
    assert code == 0
    assert asked[0].split()[1] == b"shop.example:80"
    assert gate.unchecked == {"shop.example"}


async def test_the_password_of_a_proxy_is_sent_to_it_and_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with connect_proxy() as (port, asked):
        upstream = f"http://anna:pass%40word@127.0.0.1:{port}"
        gate = Gate("http://shop.example:80", frozenset(), upstream)
        proxy = await gate.start()
        resolve(monkeypatch, "93.184.216.34")
        code, _ = await ask(proxy, "shop.example", 80)
        await gate.stop()
    assert code == 0
    sent = base64.b64encode(b"anna:pass@word")
    assert b"Proxy-Authorization: Basic " + sent + b"\r\n" in asked[0]
    assert gate.peer("shop.example", 80) == f"proxy 127.0.0.1:{port}"
    shown = repr(gate) + repr(gate.peers)
    assert "anna" not in shown
    assert "word" not in shown


async def test_a_proxy_that_refuses_makes_the_target_unreachable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with connect_proxy(b"407 no") as (port, _):
        gate = Gate("http://shop.example:80", frozenset(), f"http://127.0.0.1:{port}")
        proxy = await gate.start()
        resolve(monkeypatch, "93.184.216.34")
        code, _ = await ask(proxy, "shop.example", 80)
        await gate.stop()
    assert code == 4
    assert gate.peers == {}
