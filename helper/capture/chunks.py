"""The chunks of a screen recording: pieces of one file, each a part with its place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from helper.model import Artifact, Part, Role

RECORDING: Final[Role] = "seen/recording"


def place(part: Part) -> int:
    """Return the place of a chunk; one that names none comes after all others."""
    index = part.about.get("index")
    if isinstance(index, int) and not isinstance(index, bool) and index >= 0:
        return index
    return sys.maxsize


def within(artifacts: Sequence[Artifact], parts: Sequence[Part]) -> set[str]:
    """Return the hashes of the chunks whose bytes a joined file holds, and no artifact alone."""
    count = max((item.about["chunks"] for item in artifacts if item.role == RECORDING), default=0)
    chunks = {part.sha256 for part in parts if part.role == RECORDING and place(part) < count}
    return chunks - {item.sha256 for item in artifacts}
