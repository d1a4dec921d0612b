"""Measure what surrounds a visit while it is made: clocks, names, hosts file, proxies, tunnels.

Nothing here waits for the visit, nor the visit for it: each question to the outside has its own
short limit, all are asked at once, and who is not asked or gives no answer has a reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from helper.capture import machine, resolvers, sntp
from helper.capture.resolvers import Answers
from helper.settings import Settings

T = TypeVar("T")
U = TypeVar("U")
_SLOW_FILE = machine.HostsFile(reason="too_slow")
ANSWER_SECONDS = 1.2
"""The longest that any server outside may take; visits of real pages take longer."""


@dataclass(frozen=True)
class Surroundings:
    """What was measured around one visit."""

    host: str
    clocks: tuple[sntp.Reading, ...]
    system_names: Answers
    public_names: tuple[Answers, ...]
    hosts: machine.HostsFile
    proxies: dict[str, str] | None
    vpn: tuple[str, ...] | None


async def measure(settings: Settings, url: str, seconds: float = ANSWER_SECONDS) -> Surroundings:
    """Measure everything around a visit to an address, within that time and a little more."""
    host = _host(url)
    clocks, system, public, hosts, proxies, vpn = await asyncio.gather(
        sntp.read_all(settings.clock_sources, seconds),
        _system_names(settings.name_servers, host, seconds),
        _public_names(settings.name_servers, host, seconds),
        _within(seconds, partial(machine.hosts_lines, _hosts_place(settings), host), _SLOW_FILE),
        _within(seconds, machine.proxies, None),
        _within(seconds, machine.vpn_interfaces, None),
    )
    return Surroundings(host, tuple(clocks), system, tuple(public), hosts, proxies, vpn)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _hosts_place(settings: Settings) -> Path:
    return settings.hosts_file or machine.hosts_place()


async def _system_names(servers: tuple[str, ...], host: str, seconds: float) -> Answers:
    if not resolvers.is_public_name(host):
        return Answers("system", reason="inside")
    if not servers:
        return Answers("system", reason="not_asked")
    return await resolvers.ask_system(host, seconds)


async def _public_names(servers: tuple[str, ...], host: str, seconds: float) -> list[Answers]:
    if not resolvers.is_public_name(host):
        return [Answers(one, reason="inside") for one in servers]
    return await resolvers.ask_all(servers, host, seconds)


async def _within(seconds: float, look: Callable[[], T], otherwise: U) -> T | U:
    """Look at something of this computer; give the other value if that is slow or fails."""
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(look)
    except Exception:  # noqa: BLE001  # registry and drivers answer; the line says: not measured
        return otherwise
