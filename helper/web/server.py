"""The application, and the two loopback sockets it is served on."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from dataclasses import dataclass

from aiohttp import web

from helper.errors import PortInUseError
from helper.web.api import routes
from helper.web.console.rooms import console
from helper.web.events import CLOSING
from helper.web.guard import add_headers, guard
from helper.web.services import Services

IPV4, IPV6 = "127.0.0.1", "::1"
_ANY_PORT_TRIES = 20
_STOP_SECONDS = 3.0
_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}


def create_app(services: Services) -> web.Application:
    """Return the application: console and guard before everything, then the routes of the API."""
    app = web.Application(middlewares=[console(services), guard(services)])
    for route in routes(services):
        app.router.add_route(route.method, route.path, route.handler, name=route.name)
    app[CLOSING] = asyncio.Event()
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_close)
    return app


@dataclass(frozen=True)
class Running:
    """A server that runs; `ipv6` is False where the machine has none."""

    port: int
    ipv6: bool
    _runner: web.AppRunner

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses it is bound to."""
        return (IPV4, IPV6) if self.ipv6 else (IPV4,)

    async def stop(self) -> None:
        """Stop listening, end the streams, let running requests finish."""
        await self._runner.cleanup()


async def serve(app: web.Application, port: int) -> Running:
    """Serve on 127.0.0.1 and ::1, or not at all; port 0 takes one that is free on both.

    Raises PortInUseError when another program holds the port on either address.
    """
    sockets = _bind_any() if port == 0 else _bind(port)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
    try:
        await runner.setup()
        for listener in sockets:
            await web.SockSite(runner, listener).start()
    except BaseException:
        for listener in sockets:
            listener.close()
        await runner.cleanup()
        raise
    return Running(sockets[0].getsockname()[1], len(sockets) > 1, runner)


async def _close(app: web.Application) -> None:
    app[CLOSING].set()


def _bind_any() -> list[socket.socket]:
    for attempt in range(_ANY_PORT_TRIES):
        first = _listen(socket.AF_INET, IPV4, 0)
        try:
            return [first, *_second(first.getsockname()[1])]
        except PortInUseError:
            first.close()
            if attempt == _ANY_PORT_TRIES - 1:
                raise
    raise PortInUseError(port=0, address=IPV6)


def _bind(port: int) -> list[socket.socket]:
    first = _listen(socket.AF_INET, IPV4, port)
    try:
        return [first, *_second(port)]
    except PortInUseError:
        first.close()
        raise


def _second(port: int) -> list[socket.socket]:
    """Return the listener on ::1, or none on a machine without IPv6."""
    if not socket.has_ipv6:
        return []
    try:
        return [_listen(socket.AF_INET6, IPV6, port)]
    except OSError as error:
        if error.errno in _NO_IPV6:
            return []
        raise


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    """Bind exclusively and listen: another program on the port is noticed now."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # SO_REUSEADDR on Windows would let another program take the port over.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Here it only lets a restart pass the TIME_WAIT of its own connections.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(128)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortInUseError(port=port, address=address) from error
        raise
    return listener
