import asyncio
import contextlib
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
