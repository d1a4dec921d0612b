"""A site's addresses, asked from real DNS servers on loopback."""

import pytest

from helper.capture import resolvers

from .servers import dns_of, silent, udp_server

ZONE = {"shop.example": ("93.184.216.34", "93.184.216.35")}


async def test_the_addresses_a_resolver_gives() -> None:
    async with udp_server(dns_of(ZONE)) as server:
        [found] = await resolvers.ask_all([server], "Shop.Example", 5)
    assert found == resolvers.Answers(server, ZONE["shop.example"])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (dns_of({}), "no_address"),
        (dns_of({}, rcode=3), "no_such_name"),
        (dns_of({}, rcode=5), "refused"),
        (dns_of({}, rcode=2), "failed"),
        (silent, "no_answer"),
        (lambda _: [b"", b"\x00", b"\xff" * 600], "no_answer"),
    ],
)
async def test_why_there_is_no_address_is_said(reply, reason: str) -> None:
    async with udp_server(reply) as server:
        [found] = await resolvers.ask_all([server], "shop.example", 0.3)
    assert (found.addresses, found.reason) == ((), reason)


async def test_what_answers_another_question_is_passed_over() -> None:
    forged = b"\x00\x01\x81\x80" + bytes(8)
    async with udp_server(dns_of(ZONE, before=forged)) as server:
        [found] = await resolvers.ask_all([server], "shop.example", 5)
    assert found.addresses == ZONE["shop.example"]


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "中文 店.example\u0000"])
async def test_an_odd_name_never_raises(host: str) -> None:
    async with udp_server(dns_of(ZONE)) as server:
        [found] = await resolvers.ask_all([server], host, 0.3)
    assert found.addresses == ()
    assert found.reason


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("shop.example", True), ("www.shop.com.cn.", True), ("localhost", False),
        ("wangzi.localhost", False), ("nas.local", False), ("router", False), ("127.0.0.1", False),
        ("[::1]", False), ("2130706433", False), ("1.168.192.in-addr.arpa", False), ("", False),
    ],
)  # fmt: skip
def test_strangers_are_not_asked_for_inner_names(host: str, public: bool) -> None:
    assert resolvers.is_public_name(host) is public
