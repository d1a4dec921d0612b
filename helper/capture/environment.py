"""What a visit was made with: helper, system, browser, fonts, display, clock. Nothing personal."""

from __future__ import annotations

import asyncio
import hashlib
import platform
import time
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from helper.capture.browser import WarmBrowser
from helper.capture.fonts import cjk_font
from helper.capture.gate import system_proxy


async def record(browser: WarmBrowser) -> dict[str, Any]:
    """Return the environment as plain JSON values; `null` where something is unknown."""
    program = await _program(browser)
    digest = None
    if program is not None:
        digest = await asyncio.to_thread(_file_sha256, program)
    font = await asyncio.to_thread(cjk_font)
    now = datetime.now(UTC)
    return {
        "helper": f"kazheng/{version('kazheng')}",
        "python": platform.python_version(),
        "system": {
            "name": platform.system(),
            "release": platform.release(),
            "version": platform.version(),
            "machine": platform.machine(),
        },
        "browser": {
            "path": _nameless(program) if program is not None else None,
            "version": browser.version or None,
            "sha256": digest,
            "headless": browser.display is None,
            "sandboxed": browser.sandboxed,
            "starts": browser.starts,
        },
        "tools": {name: version(name) for name in ("playwright", "warcio", "pillow")},
        "cjk_font": font[0].name if font is not None else None,
        "system_proxy": system_proxy() is not None,
        "clock": {
            "utc": now.isoformat(),
            "local_zone": time.strftime("%Z"),
            "local_offset_minutes": _offset_minutes(now),
            "booted": datetime.fromtimestamp(psutil.boot_time(), UTC).isoformat(),
        },
    }


def _nameless(program: Path) -> str:
    """Return the path with `~` for the home folder, whose name is often the user's."""
    try:
        home = Path.home()
    except RuntimeError:
        return str(program)
    inside = home != Path(home.anchor) and program.is_relative_to(home)
    return str(Path("~") / program.relative_to(home)) if inside else str(program)


def _offset_minutes(now: datetime) -> int:
    offset = now.astimezone().utcoffset()
    return round(offset.total_seconds() / 60) if offset is not None else 0


async def _program(browser: WarmBrowser) -> Path | None:
    """Return the file that really runs: what is found on PATH is often a shell script."""
    number = await browser.process_id()
    if number is not None:
        try:
            return Path(psutil.Process(number).exe())
        except (psutil.Error, OSError):
            pass  # another user's process, or gone: the name we started is all there is
    return browser.executable


def _file_sha256(path: Path) -> str | None:
    try:
        about = path.stat()
        return _hash(path, about.st_mtime_ns, about.st_size)
    except OSError:
        return None


@cache
def _hash(path: Path, changed: int, size: int) -> str:  # noqa: ARG001  # part of the cache key
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
