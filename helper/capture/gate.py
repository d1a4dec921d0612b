"""The one way out of a visit: a SOCKS5 server on loopback that the browser context must use.

Every connection of the page passes here, whatever made it (frame, script, worker, WebSocket), and
is judged twice: by name, and by the address it resolves to, which is the address then connected to,
also through a system proxy. So DNS rebinding has no gap, except where only that proxy can resolve a
name (`unchecked`). TLS passes through untouched.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import socket
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from helper.capture import addresses

_CHUNK = 256 * 1024
_CONNECT_SECONDS = 10.0
_REPLY_OK, _REPLY_REFUSED, _REPLY_UNREACHABLE = 0, 2, 4


class RefusedTargetError(Exception):
    """The target may not be reached; the argument is the reason code."""


@dataclass(frozen=True)
class Refusal:
    """A connection that was not made."""

    host: str
    port: int
    reason: str


@dataclass
class Gate:
    """Let a visit reach public addresses and the seen origin, nothing else; remember the peers.

    `upstream` is a system proxy (`http://user:password@host:port`) through which connections are
    then made; only its host and port ever leave the gate.
    """

    seen_origin: str | None
    own_ports: Collection[int]
    upstream: str | None = field(default=None, repr=False)
    peers: dict[tuple[str, int], str] = field(default_factory=dict)
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    unchecked: set[str] = field(default_factory=set)
    """Names that the system proxy resolved, out of our sight."""
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> str:
        """Listen on a free loopback port and return the proxy URL."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_CHUNK)
        port = self._server.sockets[0].getsockname()[1]
        return f"socks5://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def fake_ip(self) -> bool:
        """Tell whether a name resolved into the fake-IP range of a local proxy."""
        return any(
            addresses.is_fake_ip(address) for found in self.answers.values() for address in found
        )

    def peer(self, host: str, port: int) -> str | None:
        """Return the address that `host:port` was connected to."""
        return self.peers.get((addresses.host_key(host), port))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (OSError, EOFError, ValueError, TimeoutError):
            pass  # the browser sees a closed connection and reports it for the request
        finally:
            await _close(writer)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = await _greet(reader, writer)
        try:
            far_reader, far_writer = await self._connect(host, port)
        except RefusedTargetError as refusal:
            self.refused.append(Refusal(host, port, str(refusal)))
            writer.write(_reply(_REPLY_REFUSED))
            await writer.drain()
            return
        except (OSError, TimeoutError):
            writer.write(_reply(_REPLY_UNREACHABLE))
            await writer.drain()
            return
        try:
            writer.write(_reply(_REPLY_OK))
            await _splice(reader, writer, far_reader, far_writer)
        finally:
            await _close(far_writer)

    async def _connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        found = await self._judge(host, port)
        key = addresses.host_key(host)
        proxy = None if _is_here(found) else self.upstream
        targets = found if proxy is None else self._proxied(key, found)
        cause: Exception = OSError("no address")
        for target in targets:
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    streams = (
                        await asyncio.open_connection(target, port, limit=_CHUNK)
                        if proxy is None
                        else await _through(proxy, target, port)
                    )
            except (OSError, TimeoutError) as error:
                cause = error
                continue
            self.peers[key, port] = target if proxy is None else f"proxy {_place(proxy)}"
            return streams
        raise cause

    def _proxied(self, host: str, found: tuple[str, ...]) -> tuple[str, ...]:
        """Return what to ask the proxy for: judged addresses; the name only where there are none.

        A fake IP means something to the proxy that gave it alone, and maybe not to this one.
        """
        judged = tuple(address for address in found if not addresses.is_fake_ip(address))
        if judged:
            return judged
        self.unchecked.add(host)
        return (host,)

    async def _judge(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a target; raise RefusedTargetError if any of them is refused."""
        seen, own = self.seen_origin, self.own_ports
        reason = addresses.refuse_target(host, port, seen_origin=seen, own_ports=own)
        if reason is not None:
            raise RefusedTargetError(reason)
        found = await self._resolve(host, port)
        reason = addresses.refuse_answer(
            found, host=host, port=port, seen_origin=seen, own_ports=own
        )
        if reason is not None:
            raise RefusedTargetError(reason)
        return found

    async def _resolve(self, host: str, port: int) -> tuple[str, ...]:
        address = addresses.literal(host)
        if address is not None:
            return (str(address),)
        key = addresses.host_key(host)
        if key not in self.answers:
            self.answers[key] = await self._look_up(key, port)
        return self.answers[key]

    async def _look_up(self, host: str, port: int) -> tuple[str, ...]:
        if _is_local(host):
            return ("127.0.0.1", "::1")
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            if self.upstream is not None:
                return ()  # the proxy resolves names that this computer cannot
            raise
        ordered = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in ordered))


def system_proxy() -> str | None:
    """Return the HTTP proxy of this computer (environment, Windows registry, macOS), if any."""
    found = urllib.request.getproxies()
    proxy = found.get("https") or found.get("http")
    if not proxy:
        return None
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return f"http://{parts.netloc}" if parts.scheme == "http" and parts.netloc else None


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _is_here(found: tuple[str, ...]) -> bool:
    """Tell whether a target is this computer, which a proxy elsewhere would take for itself."""
    return any(ipaddress.ip_address(address).is_loopback for address in found)


def _place(proxy: str) -> str:
    """Return `host:port` of a proxy URL, never its user and password."""
    parts = urlsplit(proxy)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or 80}"


def _authorization(proxy: str) -> str:
    """Return the header line for a proxy URL with user and password, else nothing."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return f"Proxy-Authorization: Basic {base64.b64encode(pair).decode('ascii')}\r\n"


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Read SOCKS5 greeting and CONNECT request (RFC 1928); raise ValueError on anything else."""
    version, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    if version != 5:
        raise ValueError("not SOCKS5")
    writer.write(b"\x05\x00")
    _, command, _, kind = await reader.readexactly(4)
    if command != 1:
        raise ValueError("only CONNECT")
    if kind == 3:
        length = (await reader.readexactly(1))[0]
        host = (await reader.readexactly(length)).decode("ascii")
    else:
        host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
    return host, int.from_bytes(await reader.readexactly(2), "big")


def _reply(code: int) -> bytes:
    return bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0))


async def _through(
    upstream: str, host: str, port: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a tunnel through an HTTP proxy (CONNECT); raise OSError if it refuses."""
    parts = urlsplit(upstream)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, limit=_CHUNK)
    try:
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{_authorization(upstream)}\r\n"
        writer.write(head.encode("ascii"))
        answer = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        await _close(writer)
        raise OSError("the proxy gave no answer") from error
    except BaseException:
        await _close(writer)
        raise
    if b" 200" not in answer.split(b"\r\n", 1)[0]:
        await _close(writer)
        raise OSError("the proxy refused")
    return reader, writer


async def _splice(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_copy(reader, far_writer))
        group.create_task(_copy(far_reader, writer))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
    with contextlib.suppress(OSError, RuntimeError):
        if target.can_write_eof():
            target.write_eof()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()
