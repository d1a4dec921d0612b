"""`kazheng serve` and `kazheng console`: run the helper, open its console in the browser."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
import urllib.request
import webbrowser
from collections.abc import Callable
from typing import Annotated

import typer

from helper.messages import text
from helper.options import Data, Json, command, told
from helper.printing import emit
from helper.settings import Settings

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

        asyncio.run(_run(chosen, begun))


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

        port = _running(chosen)
        if port is not None:
            begun(port)
        else:
            asyncio.run(_run(chosen, begun))


async def _run(chosen: Settings, begun: Callable[[int], None]) -> None:
    """Serve until the process is told to stop; `begun` gets the port once it serves."""
    from helper.app import open_helper  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        if sys.platform != "win32":
            loop.add_signal_handler(getattr(signal, name), stop.set)
    async with open_helper(chosen, port=chosen.port) as helper:
        if helper.running is not None:
            await asyncio.to_thread(begun, helper.running.port)
            await stop.wait()


def _entrance(chosen: Settings, port: int) -> dict[str, object]:
    from helper.steps.store import open_store  # noqa: PLC0415
    from helper.web.console.entrance import LIFETIME, address  # noqa: PLC0415

    store = open_store(chosen)
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
        with urllib.request.urlopen(url, timeout=_SECONDS) as reply:
            same = json.load(reply)["start"] == written["start"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return int(written["port"]) if same else None
