"""Ask NTP servers how far this computer's clock is off (SNTP: RFC 4330, RFC 5905)."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from helper.capture import udp

_PORT = 123
_SINCE_1900 = 2_208_988_800
"""Seconds from 1900, where NTP counts from, to 1970."""
_ERA = 1 << 32
_PACKET = struct.Struct("!BBbb11I")
_ASK = 0x23
"""No leap warning, version 4, mode 3 (client)."""


@dataclass(frozen=True)
class Reading:
    """What one server said; `reason` tells why it said nothing.

    `offset_ms` is this computer's clock minus the server's: above zero it is fast. `error_ms` is
    half of the way there and back, the most by which that can be wrong. `at` is the server's time.
    """

    source: str
    at: datetime | None = None
    offset_ms: float | None = None
    error_ms: float | None = None
    stratum: int | None = None
    reason: str | None = None


async def read_all(servers: Sequence[str], seconds: float) -> list[Reading]:
    """Ask all servers at once; what does not answer in time has a reason instead."""
    return list(await asyncio.gather(*(_read(server, seconds) for server in servers)))


async def _read(server: str, seconds: float) -> Reading:
    host, port = udp.place(server, _PORT)
    # A random time stamp: the answer repeats it, so nobody else can answer, nor learn our clock.
    nonce = os.urandom(8)
    question = bytes([_ASK]).ljust(40, b"\x00") + nonce
    try:
        answer = await udp.ask(host, port, question, lambda data: _answers(data, nonce), seconds)
    except TimeoutError:
        return Reading(server, reason="no_answer")
    except OSError:
        return Reading(server, reason="unreachable")
    return _judge(server, answer)


def _answers(data: bytes, nonce: bytes) -> bool:
    return len(data) >= _PACKET.size and data[24:32] == nonce and data[0] & 7 == 4


def _judge(server: str, answer: udp.Answer) -> Reading:
    head, stratum, *_, received, received_part, sent, sent_part = _PACKET.unpack_from(answer.data)
    if head >> 6 == 3 or not 1 <= stratum <= 15 or not sent:
        return Reading(server, reason="not_in_step")
    came, left = (
        _seconds(whole, part, answer.answered)
        for whole, part in ((received, received_part), (sent, sent_part))
    )
    offset = ((answer.asked - came) + (answer.answered - left)) / 2
    way = max(0.0, (answer.answered - answer.asked) - (left - came))
    return Reading(
        server,
        at=datetime.fromtimestamp(left, UTC),
        offset_ms=round(offset * 1000, 1),
        error_ms=round(way * 500, 1),
        stratum=stratum,
    )


def _seconds(whole: int, part: int, near: float) -> float:
    """Return an NTP time as seconds since 1970, of the era (136 years) nearest to our clock."""
    plain = whole - _SINCE_1900 + part / _ERA
    return plain + round((near - plain) / _ERA) * _ERA
