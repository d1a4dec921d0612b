"""A running Firefox and its WebDriver BiDi connection, without any driver in between."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

_READY = b"WebDriver BiDi listening on "
_PREFERENCES = {
    "browser.startup.homepage": "about:blank",
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
}
"""Nothing is asked outside; the rest is what a fresh Firefox has."""


class BidiError(Exception):
    """Firefox refused a command, or what was run in a page threw."""


class Bidi:
    """Commands to one Firefox."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Hand every answer to who waits for it, until the connection ends."""
        async for message in self._socket:
            answer = json.loads(message.data)
            waiting = self._waiting.pop(answer.get("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(future, 60)
        if answer["type"] == "error":
            raise BidiError(f"{method}: {answer['message']}")
        return dict(answer["result"])

    async def evaluate(self, context: str, expression: str, argument: Any = None) -> Any:
        """Evaluate an expression, or call the function that it is, with a user's gesture."""
        answer = await self.send(
            "script.evaluate",
            expression=awaited(expression, argument),
            target={"context": context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])


def awaited(expression: str, argument: Any = None) -> str:
    """Return JavaScript that gives the value of an expression or of a function as JSON."""
    given = json.dumps(argument, ensure_ascii=False)
    return f"""(async () => {{
      const found = ({expression.strip().rstrip(";")});
      const value = typeof found === "function" ? await found({given}) : await found;
      return JSON.stringify(value ?? null);
    }})()"""


@asynccontextmanager
async def firefox(executable: Path, profile: Path) -> AsyncIterator[Bidi]:
    """Start Firefox on a profile folder and connect to it; it is gone afterwards."""
    _furnish(profile)
    process = await asyncio.create_subprocess_exec(
        executable, "--headless", "--no-remote", "--profile", profile,
        "--remote-debugging-port", "0", "--remote-allow-system-access",
        "--width", "1280", "--height", "900",
        stderr=PIPE, stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, "HOME": str(profile), "TZ": "Asia/Shanghai"},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            address = await _address(process.stderr)
        drained = asyncio.create_task(process.stderr.read())
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{address}/session", max_msg_size=0) as socket,
        ):
            bidi = Bidi(socket)
            listening = asyncio.create_task(bidi.listen())
            await bidi.send(
                "session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}}
            )
            yield bidi
            await bidi.send("browser.close")
            listening.cancel()
        await asyncio.wait_for(process.wait(), 30)
        await drained
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _furnish(profile: Path) -> None:
    profile.mkdir()
    rows = (f"user_pref({json.dumps([key, value])[1:-1]});" for key, value in _PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(rows), "utf-8")


async def _address(errors: asyncio.StreamReader) -> str:
    told = b""
    async for line in errors:
        told += line
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip().decode()
    raise BidiError(f"Firefox did not start: {told[-2000:].decode('utf-8', 'replace')}")
