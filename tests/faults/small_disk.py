"""A disk of its own, far too small, that can be filled to the last byte and emptied again."""

from __future__ import annotations

import functools
import itertools
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

needs_root = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0, reason="mounting a small disk takes root"
)


@dataclass(frozen=True)
class SmallDisk:
    """The folder it is mounted at."""

    folder: Path

    def fill(self) -> None:
        """Leave no byte free."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(64 << 10)):
                pass

    def free(self) -> None:
        """Give all room back; harmless where it was never filled."""
        self._ballast.unlink(missing_ok=True)

    @property
    def is_filled(self) -> bool:
        """Tell whether it was filled and not freed yet."""
        return self._ballast.exists()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill_before(self, patch: pytest.MonkeyPatch, place: Any, name: str, call: int = 1) -> None:
        """Fill the disk right before the call, by its number, of a function."""
        real: Callable[..., Any] = getattr(place, name)
        counted = itertools.count(1)  # calls come from several threads at once

        @functools.wraps(real)
        def filling(*given: Any, **named: Any) -> Any:
            if next(counted) == call:
                self.fill()
            return real(*given, **named)

        patch.setattr(place, name, filling)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount one at the folder, which is made."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
