"""`kazheng serve` and `kazheng console`: run the helper, open its console in the browser."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.request import ProxyHandler, build_opener

import typer

from helper.errors import DiskFullError, KazhengError, PortInUseError, VaultError
from helper.messages import explain, text
from helper.options import Data, Json, command, told
from helper.printing import emit
from helper.settings import Settings

if TYPE_CHECKING:
    from helper.web.server import Running
    from helper.web.trouble import Trouble

Troubled = Callable[[int, KazhengError], object]
"""Told the port on which it is shown why the vault does not open, and the reason."""
_SECONDS = 2.0


def serve(
    data: Data = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=told("port"))] = None,
    as_json: Json = False,
) -> None:
    """Run the helper until interrupted."""
    with command(data, as_json, port=port) as chosen:

        def begun(port: int) -> None:
            found = {"port": port, "data": str(chosen.data)}
            emit(found, as_json=as_json, lines=[text("cli.serving", chosen.language, **found)])
            sys.stdout.flush()

        asyncio.run(_run(chosen, begun, lambda port, error: _tell(chosen, port, error, as_json)))


def console(
    data: Data = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=told("browser"))] = True,
    as_json: Json = False,
) -> None:
    """Print an address that opens the console once, and open it; where no helper runs, be one."""
    with command(data, as_json) as chosen:

        def begun(port: int) -> None:
            found = _entrance(chosen, port)
            emit(found, as_json=as_json, lines=[text("cli.console", chosen.language, **found)])
            sys.stdout.flush()
            if browser and not as_json:
                webbrowser.open(str(found["url"]))

        def troubled(port: int, error: KazhengError) -> None:
            url = _tell(chosen, port, error, as_json)
            if browser and not as_json:
                webbrowser.open(url)

        port = _running(chosen)
        if port is not None:
            begun(port)
        else:
            asyncio.run(_run(chosen, begun, troubled))


async def _run(chosen: Settings, begun: Callable[[int], None], troubled: Troubled) -> None:
    """Serve until the process is told to stop; `begun` gets the port once it serves.

    Where the vault cannot be opened, serve a page that says why until it can; `troubled` gets port
    and reason. Raises VaultError, DiskFullError where a helper has it already, or has the port.
    """
    from helper.app import open_helper  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        if sys.platform != "win32":
            loop.add_signal_handler(getattr(signal, name), stop.set)
    stand = _Stand(chosen, troubled, chosen.port)
    try:
        while not stop.is_set():
            try:
                async with open_helper(chosen, port=stand.port, make_way=stand.leave) as helper:
                    if helper.running is not None:
                        await asyncio.to_thread(begun, helper.running.port)
                        await stop.wait()
                    return
            except (VaultError, DiskFullError) as error:
                await stand.explain(error, stop)
    finally:
        await stand.leave()


@dataclass
class _Stand:
    """Serves why the vault does not open, and makes way when the helper is about to serve."""

    chosen: Settings
    troubled: Troubled
    port: int
    trouble: Trouble | None = None
    running: Running | None = None

    async def explain(self, error: KazhengError, stop: asyncio.Event) -> None:
        """Tell the reason until the vault can be opened or the process is to stop."""
        from helper.app import trouble_of  # noqa: PLC0415
        from helper.web.server import serve as listen  # noqa: PLC0415
        from helper.web.trouble import Trouble, trouble_app  # noqa: PLC0415

        if self.trouble is not None and self.running is not None:
            self.trouble.fail(error)
        else:
            if await asyncio.to_thread(_held, self.chosen, error):
                raise error
            self.trouble = Trouble(error, lambda: trouble_of(self.chosen))
            try:
                self.running = await listen(trouble_app(self.trouble), self.port)
            except PortInUseError:
                raise error from None
            self.port = self.running.port
            await asyncio.to_thread(self.troubled, self.port, error)
        waits = [asyncio.create_task(event.wait()) for event in (stop, self.trouble.over)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    async def leave(self) -> None:
        """Stop serving; harmless where nothing is served."""
        running, self.running = self.running, None
        if running is not None:
            await running.stop()


def _held(chosen: Settings, error: KazhengError) -> bool:
    """Tell whether a helper has the vault; one that is just starting is given time to say so."""
    locked = error.details.get("reason") == "locked"
    until = time.monotonic() + (chosen.start_seconds if locked else 0)
    while True:
        if _running(chosen) is not None:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.5)


def _tell(chosen: Settings, port: int, error: KazhengError, as_json: bool) -> str:
    """Print why the vault does not open and where that is shown; return the address."""
    from helper.web.console.entrance import HOST  # noqa: PLC0415

    url, said = f"http://{HOST}:{port}/", explain(error, chosen.language)
    found = {"port": port, "data": str(chosen.data), "url": url, "error": said}
    lines = [said["message"], said["next_step"], text("cli.trouble", chosen.language, url=url)]
    emit(found, as_json=as_json, lines=lines)
    sys.stdout.flush()
    return url


def _entrance(chosen: Settings, port: int) -> dict[str, object]:
    from helper.steps.store import open_store  # noqa: PLC0415
    from helper.web.console.entrance import LIFETIME, address  # noqa: PLC0415

    store = open_store(chosen, checked=False)
    try:
        url = address(store.vault, port, store.now())
    finally:
        store.close()
    return {"url": url, "seconds": int(LIFETIME.total_seconds())}


def _running(chosen: Settings) -> int | None:
    """Return the port on which a helper serves this vault, None where none does.

    What the file says is asked for: after a crash another program may listen there.
    """
    try:
        written = json.loads(chosen.serving.read_text("utf-8"))
        url = f"http://127.0.0.1:{written['port']}/v1/hello?n={secrets.token_hex(16)}"
        direct = build_opener(ProxyHandler({}))  # no proxy knows this computer's own ports
        with direct.open(url, timeout=_SECONDS) as reply:
            same = json.load(reply)["start"] == written["start"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return int(written["port"]) if same else None
