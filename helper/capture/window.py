"""A display of our own (Xvfb), so that the real browser window can be pictured unseen.

The display has its own secret (MIT-MAGIC-COOKIE-1): without it every user of the computer could
look at the pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from mss import MSS
    from PIL.Image import Image

SLOT_WIDTH = 1600
HEIGHT = 4000
SLOTS = 2
"""Windows stand side by side, one for each visit that may run at once."""
_PREFIX = "kazheng-display-"
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_SAME_TRIES = 6


@dataclass(frozen=True)
class PrivateDisplay:
    """A running Xvfb and its name (`:3`); it ends by itself when its last client is gone."""

    name: str
    authority: Path
    process: asyncio.subprocess.Process
    screen: MSS
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that let a program open the display."""
        return {"DISPLAY": self.name, "XAUTHORITY": str(self.authority)}

    def grab(self, *, slot: int, width: int, height: int) -> Image:
        """Return the picture of the window in a slot, once two looks in a row are the same."""
        from PIL import Image as images  # noqa: N813, PLC0415

        area = {"left": slot * SLOT_WIDTH, "top": 0, "width": width, "height": height}
        with self.lock:
            shot = self.screen.grab(area)
            before = bytes(shot.raw)
            for _ in range(_SAME_TRIES):
                shot = self.screen.grab(area)
                now = bytes(shot.raw)
                if now == before:
                    break
                before = now
        return images.frombytes("RGB", shot.size, before, "raw", "BGRX")

    async def stop(self) -> None:
        """End the display."""
        with self.lock, contextlib.suppress(Exception):  # the server may be gone already
            self.screen.close()
        await _end(self.process)
        await asyncio.to_thread(shutil.rmtree, self.authority.parent, ignore_errors=True)


async def start_display() -> PrivateDisplay | None:
    """Start Xvfb on a free display without a network socket; None where there is none.

    Only on Linux: XQuartz brings an Xvfb too, but browsers of macOS know no display of X and would
    open on the user's own screen.
    """
    program = shutil.which("Xvfb") if sys.platform == "linux" else None
    if program is None:
        return None
    await asyncio.to_thread(_remove_left)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    authority = folder / "authority"
    authority.write_bytes(_authority(os.urandom(16)))
    read_end, write_end = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            "-displayfd", str(write_end),
            "-screen", "0", f"{SLOT_WIDTH * SLOTS}x{HEIGHT}x24",
            "-auth", str(authority),
            "-nolisten", "tcp",
            "-terminate",
            pass_fds=(write_end,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        os.close(read_end)
        shutil.rmtree(folder, ignore_errors=True)
        return None
    finally:
        os.close(write_end)
    try:
        async with asyncio.timeout(_START_SECONDS):
            number = await asyncio.to_thread(_read_number, read_end)
            screen = await asyncio.to_thread(_connect, f":{number}", authority)
    except (OSError, TimeoutError):
        await _end(process)
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return PrivateDisplay(f":{number}", authority, process, screen)


def _remove_left() -> None:
    """Remove the folders that killed helpers of ours left behind."""
    user = getattr(os, "getuid", int)()
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = left.name.removeprefix(_PREFIX).split("-", 1)[0]
        with contextlib.suppress(OSError):  # another helper may remove it at the same moment
            about = left.lstat()
            ours = stat.S_ISDIR(about.st_mode) and about.st_uid == user
            if ours and owner.isdigit() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(left, ignore_errors=True)


def _authority(secret: bytes) -> bytes:
    """Return an Xauthority entry for any host and display (family 65535, see Xau)."""
    name = b"MIT-MAGIC-COOKIE-1"
    entry = struct.pack(">HHH", 0xFFFF, 0, 0)
    return entry + struct.pack(">H", len(name)) + name + struct.pack(">H", len(secret)) + secret


def _connect(display: str, authority: Path) -> MSS:
    """Open the display; raise OSError if that fails."""
    import mss  # noqa: PLC0415  # needs an X library, only there
    from mss.exception import ScreenShotError  # noqa: PLC0415

    try:
        with _variable("XAUTHORITY", str(authority)):
            return mss.MSS(display=display)
    except ScreenShotError as error:
        raise OSError(str(error)) from error


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for a moment: libxcb takes the secret from nowhere else."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _read_number(read_end: int) -> str:
    """Read the display number; raise OSError if Xvfb ends first."""
    with os.fdopen(read_end, "rb") as source:
        number = source.readline(20).decode("ascii", "replace").strip()
    if not number:
        raise OSError("Xvfb did not start")
    return number


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
