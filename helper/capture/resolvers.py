"""Ask DNS resolvers for a site's addresses, to compare with the one that was really used."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from helper.capture import addresses, udp

_PORT = 53
_INSIDE = ("localhost", "local", "lan", "home", "internal", "intranet", "corp", "arpa", "onion")
_CODES = {3: "no_such_name", 5: "refused"}


@dataclass(frozen=True)
class Answers:
    """The addresses one resolver gave; `reason` tells why it gave none."""

    resolver: str
    addresses: tuple[str, ...] = ()
    reason: str | None = None


def is_public_name(host: str) -> bool:
    """Tell whether strangers may be asked for a name: no address, no name of a private network."""
    labels = addresses.host_key(host).split(".")
    return addresses.literal(host) is None and len(labels) > 1 and labels[-1] not in _INSIDE


async def ask_all(resolvers: Sequence[str], host: str, seconds: float) -> list[Answers]:
    """Ask all resolvers for A and AAAA at once."""
    return list(await asyncio.gather(*(_ask(one, host, seconds) for one in resolvers)))


async def ask_system(host: str, seconds: float) -> Answers:
    """Ask as every program on this computer does, hosts file included."""
    try:
        async with asyncio.timeout(seconds):
            found = await udp.look_up(host)
    except TimeoutError:
        return Answers("system", reason="no_answer")
    except OSError:
        return Answers("system", reason="no_such_name")
    return Answers("system", tuple(dict.fromkeys(address for _, address in found)))


async def _ask(resolver: str, host: str, seconds: float) -> Answers:
    kinds = await asyncio.gather(*(_one(resolver, host, kind, seconds) for kind in ("A", "AAAA")))
    found = tuple(sorted({address for given, _ in kinds for address in given}))
    return Answers(resolver, found, None if found else kinds[0][1] or "no_address")


async def _one(
    resolver: str, host: str, kind: str, seconds: float
) -> tuple[tuple[str, ...], str | None]:
    import dns.exception  # noqa: PLC0415  # only where a resolver is asked
    import dns.flags  # noqa: PLC0415
    import dns.message  # noqa: PLC0415
    import dns.rdatatype  # noqa: PLC0415

    place = udp.place(resolver, _PORT)
    try:
        query = dns.message.make_query(addresses.host_key(host), kind)

        def is_answer(data: bytes) -> bool:
            try:
                return query.is_response(dns.message.from_wire(data, ignore_trailing=True))
            except (dns.exception.DNSException, ValueError):
                return False

        answer = await udp.ask(*place, query.to_wire(), is_answer, seconds)
        message = dns.message.from_wire(answer.data, ignore_trailing=True)
    except TimeoutError:
        return (), "no_answer"
    except OSError:
        return (), "unreachable"
    except dns.exception.DNSException:
        return (), "bad_name"
    if message.rcode() != 0:
        return (), _CODES.get(int(message.rcode()), "failed")
    wanted = dns.rdatatype.from_text(kind)
    found = (item for rrset in message.answer if rrset.rdtype == wanted for item in rrset)
    return tuple(item.to_text() for item in found), None
