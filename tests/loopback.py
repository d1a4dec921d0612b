"""Small servers on loopback that answer as a test says."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from helper.demo.ports import bind_pair

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Loopback:
    """Starts servers, one for each handler, and stops them all."""

    runners: list[web.AppRunner] = field(default_factory=list)

    async def start(self, handler: Handler) -> str:
        """Answer every request to a free port with the handler; return the URL."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.runners.append(runner)
        await runner.setup()
        port, sockets = bind_pair()
        for one in sockets:
            await web.SockSite(runner, one).start()
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop all; requests that still wait are cut."""
        while self.runners:
            await self.runners.pop().cleanup()


async def stalled(request: web.Request) -> web.StreamResponse:
    """Answer never."""
    await asyncio.Event().wait()
    return web.Response()


def closed() -> str:
    """Return the URL of a port where nobody listens."""
    port, sockets = bind_pair()
    for one in sockets:
        one.close()
    return f"http://127.0.0.1:{port}/"
