"""Small NTP and DNS servers on loopback, as strangers would see them."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import dns.message
import dns.rrset

Reply = Callable[[bytes], list[bytes]]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.transport: Any = None

    def connection_made(self, transport: object) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        for answer in self.reply(data):
            self.transport.sendto(answer, addr)


@asynccontextmanager
async def udp_server(reply: Reply) -> AsyncIterator[str]:
    """Answer datagrams on a free loopback port; give `127.0.0.1:port`."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Server(reply), local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


def ntp(
    ahead: float = 0.0, *, leap: int = 0, stratum: int = 2, nonce: bytes | None = None
) -> Reply:
    """Answer as an NTP server whose clock is so many seconds ahead of ours."""

    def reply(question: bytes) -> list[bytes]:
        now = (time.time() + ahead + 2_208_988_800) % (1 << 32)
        stamp = struct.pack("!II", int(now), int(now % 1 * (1 << 32)))
        head = bytes([leap << 6 | 4 << 3 | 4, stratum, 6, 0xEC])
        return [head + bytes(20) + (nonce or question[40:48]) + stamp + stamp]

    return reply


def silent(_: bytes) -> list[bytes]:
    """Never answer."""
    return []


def dns_of(zone: Mapping[str, tuple[str, ...]], *, rcode: int = 0, before: bytes = b"") -> Reply:
    """Answer A queries from a zone; `before` is sent first, as a forger would."""

    def reply(question: bytes) -> list[bytes]:
        query = dns.message.from_wire(question)
        message = dns.message.make_response(query)
        message.set_rcode(rcode)
        asked = query.question[0]
        found = zone.get(asked.name.to_text(omit_final_dot=True), ())
        if asked.rdtype == 1 and found:
            message.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "A", *found))
        return [*([before] if before else []), message.to_wire()]

    return reply
