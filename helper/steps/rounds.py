"""Work that goes round in the background for as long as the helper runs."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Final, ParamSpec, TypeVar

from helper.errors import KazhengError

Given = ParamSpec("Given")
Result = TypeVar("Result")
_log = logging.getLogger("kazheng")
_TROUBLE_SECONDS: Final = 60.0
"""How long a round rests after trouble of the vault's own: a full disk, a lock."""


async def rounds(turn: Callable[[], Awaitable[float]], name: str) -> None:
    """Do one turn after another until cancelled; each returns the seconds until the next.

    `name` stands in the log, in the plural: "digests".
    """
    while True:
        try:
            wait = await turn()
        except KazhengError as error:
            wait = _TROUBLE_SECONDS
            _log.warning("%s wait: %s", name, error)
        except Exception as error:  # noqa: BLE001, must not end all the work; the log has the reason
            wait = _TROUBLE_SECONDS
            _log.warning("%s wait: %s", name, traced(error))
        await asyncio.sleep(wait)


def traced(error: Exception) -> str:
    """Return where an error came from, without its words: they may quote a page or a person."""
    return "".join([type(error).__name__, "\n", *traceback.format_tb(error.__traceback__)])


async def to_its_end(
    work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    """Run work in a thread; who cancels it waits for its end: the vault is closed after that."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *given, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
