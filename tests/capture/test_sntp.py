"""How far the clock is off, asked from real NTP servers on loopback."""

import asyncio
import struct

import pytest

from helper.capture import sntp, udp

from .servers import ntp, silent, udp_server


@pytest.mark.parametrize("ahead", [0.0, 600.0, -600.0])
async def test_the_offset_is_our_clock_minus_the_servers(ahead: float) -> None:
    async with udp_server(ntp(ahead)) as server:
        [found] = await sntp.read_all([server], 5)
    assert found.reason is None
    assert found.offset_ms == pytest.approx(-ahead * 1000, abs=500)
    assert found.at is not None
    assert found.stratum == 2


async def test_one_that_is_silent_or_gone_does_not_spoil_the_others() -> None:
    async with udp_server(ntp()) as good, udp_server(silent) as mute:
        found = await sntp.read_all([mute, good, "x" * 70], 1)
    assert [one.reason for one in found] == ["no_answer", None, "unreachable"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (ntp(leap=3), "not_in_step"),
        (ntp(stratum=0), "not_in_step"),
        (ntp(stratum=16), "not_in_step"),
        (ntp(nonce=b"forged!!"), "no_answer"),
        (lambda _: [b"", b"short", bytes(48)], "no_answer"),
    ],
)
async def test_an_answer_that_cannot_be_trusted_is_none(reply, reason: str) -> None:
    async with udp_server(reply) as server:
        [found] = await sntp.read_all([server], 0.3)
    assert (found.reason, found.offset_ms) == (reason, None)


def test_the_year_2036_does_not_break_the_count() -> None:
    near = 2_085_978_496 + 100.0  # 100 s into the second era
    stamp = struct.pack("!II", 100, 0)
    data = bytes([0x24, 1, 0, 0]) + bytes(28) + stamp + stamp
    found = sntp._judge("x", udp.Answer(data, near, near))
    assert found.offset_ms == 0.0


@pytest.mark.parametrize(
    ("server", "place"),
    [
        ("ntp.aliyun.com", ("ntp.aliyun.com", 123)),
        ("127.0.0.1:1123", ("127.0.0.1", 1123)),
        ("[::1]:1123", ("::1", 1123)),
        ("[::1]", ("::1", 123)),
        ("::1", ("::1", 123)),
    ],
)
def test_a_server_may_name_its_port(server: str, place: tuple[str, int]) -> None:
    assert udp.place(server, 123) == place


async def test_a_visit_that_ends_early_leaves_no_question_behind() -> None:
    async with udp_server(silent) as server:
        asking = asyncio.create_task(sntp.read_all([server], 60))
        await asyncio.sleep(0)
        asking.cancel()
        assert isinstance((await asyncio.gather(asking, return_exceptions=True))[0],
                          asyncio.CancelledError)  # fmt: skip
