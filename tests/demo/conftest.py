"""A running demo and a client that finds its hosts and trusts its authority."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from helper.demo import platform
from helper.demo.platform import Demo


class Loopback(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    running = await platform.start(tmp_path / "demo")
    yield running
    await running.stop()


@pytest.fixture
async def client(demo: Demo) -> AsyncIterator[ClientSession]:
    trust = ssl.create_default_context(cafile=str(demo.authority))
    connector = TCPConnector(resolver=Loopback(), ssl=trust)
    async with ClientSession(connector=connector, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


@pytest.fixture
async def member(demo: Demo, client: ClientSession) -> ClientSession:
    form = {"username": demo.login.user, "password": demo.login.password}
    async with client.post(demo.login.url, data=form) as answer:
        assert answer.status == 200
    return client


@pytest.fixture
def fetch(client: ClientSession) -> Any:
    async def text(url: str) -> str:
        async with client.get(url) as answer:
            assert answer.status == 200, (answer.status, url)
            return await answer.text()

    return text
