"""A display of our own (Xvfb), so that the real browser window can be pictured unseen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SLOT_WIDTH = 1600
HEIGHT = 4000
SLOTS = 2
"""Windows stand side by side, one for each visit that may run at once."""
_START_SECONDS = 10.0
_SAME_TRIES = 6


@dataclass(frozen=True)
class PrivateDisplay:
    """A running Xvfb and its name (`:3`); it ends by itself when its last client is gone."""

    name: str
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """End the display."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), 5)


async def start_display() -> PrivateDisplay | None:
    """Start Xvfb on a free display without a network socket; None where it is not installed."""
    program = shutil.which("Xvfb")
    if program is None:
        return None
    read_end, write_end = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            "-displayfd", str(write_end),
            "-screen", "0", f"{SLOT_WIDTH * SLOTS}x{HEIGHT}x24",
            "-nolisten", "tcp",
            "-terminate",
            pass_fds=(write_end,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        os.close(read_end)
        return None
    finally:
        os.close(write_end)
    number = await asyncio.to_thread(_read_number, read_end)
    if not number:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return None
    return PrivateDisplay(f":{number}", process)


def grab(display: str, *, slot: int, width: int, height: int) -> Image:
    """Return the picture of the window in a slot, once two looks in a row are the same."""
    import mss  # noqa: PLC0415  # needs an X library, only there
    from PIL import Image as images  # noqa: N813, PLC0415

    area = {"left": slot * SLOT_WIDTH, "top": 0, "width": width, "height": height}
    with mss.MSS(display=display) as screen:
        shot = screen.grab(area)
        before = bytes(shot.raw)
        for _ in range(_SAME_TRIES):
            shot = screen.grab(area)
            now = bytes(shot.raw)
            if now == before:
                break
            before = now
    return images.frombytes("RGB", shot.size, before, "raw", "BGRX")


def _read_number(read_end: int) -> str:
    """Read the display number; empty if Xvfb ends first."""
    with os.fdopen(read_end, "rb") as source:
        return source.readline(20).decode("ascii", "replace").strip()
