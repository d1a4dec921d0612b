"""A visit through the system proxy: what of it gets into the evidence, and how names are sent."""

import asyncio
import base64
from pathlib import Path

import pytest

from helper.capture.browser import WarmBrowser
from helper.capture.witness import visit

from .conftest import ORDER, everything, file_of, request

pytestmark = pytest.mark.browser


async def test_a_visit_through_a_proxy_with_a_password_keeps_the_password_out(
    browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 ok\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        body = ORDER.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    async def addresses(*_: object, **__: object) -> list[tuple]:
        return [(2, 1, 6, "", ("93.184.216.34", 80))]

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await browser.start()  # before: Chromium's own errands are not what is tested
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://annabel:open%40sesame@127.0.0.1:{port}")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
    made = await visit(browser, request("http://shop.example/order"), tmp_path / "v")
    server.close()
    assert "KZ20240102" in file_of(made, "witness/html").decode()
    assert made.peer == f"proxy 127.0.0.1:{port}"
    assert "system_proxy" in made.notes
    pair = base64.b64encode(b"annabel:open@sesame")
    assert b"Basic " + pair in asked[0]
    assert {head.split()[1] for head in asked} == {b"93.184.216.34:80"}
    kept = everything(tmp_path / "v") + repr(made).encode()
    for secret in (b"annabel", b"sesame", pair):
        assert secret not in kept
