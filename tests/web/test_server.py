"""Both loopback addresses exclusively, or not at all."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from helper.errors import PortInUseError
from helper.messages import explain
from helper.web import server
from helper.web.server import create_app, serve
from tests.web.client import send
from tests.web.conftest import World

NEEDS_IPV6 = pytest.mark.skipif(
    not Path("/proc/net/if_inet6").exists() and not socket.has_ipv6, reason="no IPv6 here"
)


@contextmanager
def other_program(family: socket.AddressFamily, address: str) -> Iterator[int]:
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((address, 0))
        taken.listen()
        yield taken.getsockname()[1]


def free(address: str, family: socket.AddressFamily, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((address, port)) == errno.ECONNREFUSED


@pytest.mark.parametrize(
    ("family", "taken", "named"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0", "127.0.0.1"),
        pytest.param(socket.AF_INET6, "::1", "::1", marks=NEEDS_IPV6),
    ],
)
async def test_a_port_that_another_program_holds_on_either_address_is_refused(
    world: World, family: socket.AddressFamily, taken: str, named: str
) -> None:
    with other_program(family, taken) as port:
        with pytest.raises(PortInUseError) as refused:
            await serve(create_app(world.services), port)
        assert refused.value.details == {"port": port, "address": named}
        assert str(port) in explain(refused.value)["message"]
        if named == "::1":
            assert free("127.0.0.1", socket.AF_INET, port)


async def test_a_second_helper_on_the_same_port_is_refused(world: World) -> None:
    with pytest.raises(PortInUseError):
        await serve(create_app(world.services), world.port)
    assert (await send(world.port, "GET", "/v1/hello?n=" + "0" * 32)).status == 200


def take(intruder: socket.socket, address: str, port: int) -> None:
    intruder.bind((address, port))
    intruder.listen()


async def test_while_it_serves_nobody_else_gets_the_port(world: World) -> None:
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if address not in world.running.addresses:
            continue
        with socket.socket(family, socket.SOCK_STREAM) as intruder:
            intruder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                take(intruder, address, world.port)


async def test_it_listens_on_loopback_only(world: World) -> None:
    outside = {
        info[4][0]
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        if not str(info[4][0]).startswith("127.")
    }
    for address in outside:
        assert free(str(address), socket.AF_INET, world.port)
    assert set(world.running.addresses) <= {"127.0.0.1", "::1"}


async def test_a_restart_gets_its_port_back_at_once(world: World) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    await world.running.stop()
    await reader.read()
    again = await serve(create_app(world.services), world.port)
    assert again.port == world.port
    writer.close()
    await again.stop()


@pytest.mark.parametrize("cause", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
async def test_a_machine_without_ipv6_is_served_on_ipv4_and_it_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, cause: int
) -> None:
    listen = server._listen

    def no_ipv6(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(cause, "no IPv6")
        return listen(family, address, port)

    monkeypatch.setattr(server, "_listen", no_ipv6)
    running = await serve(create_app(world.services), 0)
    assert (running.ipv6, running.addresses) == (False, ("127.0.0.1",))
    assert (await send(running.port, "GET", "/v1/hello?n=" + "0" * 32)).status == 200
    await running.stop()


async def test_what_was_signed_for_an_earlier_run_is_refused_until_hello(world: World) -> None:
    services = replace(world.services, start="0" * 32)
    running = await serve(create_app(services), 0)
    client = world.client
    client.port = running.port
    answer = await client.call("GET", "/v1/cases")
    assert (answer.status, answer.reason) == (401, "restarted")
    await client.hello()
    assert (await client.call("GET", "/v1/cases")).status == 200
    await running.stop()
