"""Ask one question by UDP and wait for the answer, never longer than said."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_Address = tuple[socket.AddressFamily, str]


@dataclass(frozen=True)
class Answer:
    """The answer, and this computer's clock when asking and when answered (seconds since 1970)."""

    data: bytes
    asked: float
    answered: float


async def ask(
    host: str, port: int, question: bytes, is_answer: Callable[[bytes], bool], seconds: float
) -> Answer:
    """Send a datagram and return the first that answers it; others are ignored.

    Raise TimeoutError, or OSError where the host is unknown or refuses.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        family, address = (await look_up(host))[0]
        transport, listener = await loop.create_datagram_endpoint(
            lambda: _Listener(is_answer, loop.create_future()),
            remote_addr=(address, port),
            family=family,
        )
        try:
            asked = time.time()
            transport.sendto(question)
            data, answered = await listener.answer
        finally:
            transport.close()
    return Answer(data, asked, answered)


async def look_up(host: str) -> list[_Address]:
    """Resolve a name as this computer does, IPv4 first; raise OSError.

    In a thread of its own: a resolver that hangs would otherwise keep a place of the pool in which
    captures are written.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[_Address]] = loop.create_future()

    def tell(answer: list[_Address] | OSError) -> None:
        if found.done():
            return
        if isinstance(answer, OSError):
            found.set_exception(answer)
        else:
            found.set_result(answer)

    def work() -> None:
        answer: list[_Address] | OSError
        try:
            entries = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
            answer = [(entry[0], str(entry[4][0])) for entry in entries]
            answer.sort(key=lambda entry: entry[0] != socket.AF_INET)
        except (OSError, UnicodeError) as error:
            answer = error if isinstance(error, OSError) else OSError(str(error))
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, answer)

    threading.Thread(target=work, name=f"look up {host}", daemon=True).start()
    return await found


def place(server: str, port: int) -> tuple[str, int]:
    """Split `host`, `host:port`, `[address]:port` or a bare IPv6 address; `port` is the default."""
    if server.count(":") > 1 and not server.startswith("["):
        return server, port
    host, _, given = server.rpartition(":") if server[-1:] != "]" else (server, "", "")
    if not host:
        host, given = given, ""
    return host.strip("[] "), int(given) if given.isdecimal() else port


class _Listener(asyncio.DatagramProtocol):
    def __init__(
        self, is_answer: Callable[[bytes], bool], answer: asyncio.Future[tuple[bytes, float]]
    ) -> None:
        self.answer = answer
        self._is_answer = is_answer

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002
        answered = time.time()
        if not self.answer.done() and self._is_answer(data):
            self.answer.set_result((data, answered))

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)
