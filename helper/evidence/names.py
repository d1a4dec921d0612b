"""What a bundle may hold, wherever it lies: sizes, and names that lead nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

LARGEST_FILE: Final = 2**30
LARGEST_TOTAL: Final = 4 * 2**30
LARGEST_RATIO: Final = 1000
MOST_FILES: Final = 20_000
BAD_PART: Final = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f]|[ .]$|^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)', re.IGNORECASE
)
"""Of a name, what Windows does not take, or takes for another file."""


class ContainerError(Exception):
    """The container is not acceptable; the message says why."""


def folded(name: str) -> str:
    """Return a name with its case and spelling taken away, as `verify_page/container.js` does it.

    Coarser than `str.casefold`, which a browser does not have: dotless ı is I here as well.
    """
    return unicodedata.normalize("NFC", name).lower().upper()


def parents(name: str) -> Iterator[str]:
    """Yield the folders that a name implies, the nearest last."""
    at = name.find("/")
    while at >= 0:
        yield name[:at]
        at = name.find("/", at + 1)


def check_names(sizes: Mapping[str, int], folders: Iterable[str] = ()) -> None:
    """Check names of files and folders, and sizes of files; raises ContainerError."""
    files = {folded(name) for name in sizes}
    seen: dict[str, str] = {}
    for name in (*sizes, *folders):
        check_name(name)
        if folded(name) in seen:
            raise ContainerError(f"twice: {name} and {seen[folded(name)]}")
        seen[folded(name)] = name
        if any(parent in files for parent in parents(folded(name))):
            raise ContainerError(f"inside a file: {name}")
    for name, size in sizes.items():
        if size > LARGEST_FILE:
            raise ContainerError(f"larger than {LARGEST_FILE} bytes: {name}")
    if sum(sizes.values()) > LARGEST_TOTAL:
        raise ContainerError(f"larger than {LARGEST_TOTAL} bytes in all")


def check_name(name: str) -> None:
    """Refuse a name that is no plain relative one on every system; raises ContainerError."""
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts) or any(c in "\\:\0" for c in name):
        raise ContainerError(f"a name that leads elsewhere: {name}")
    if any(BAD_PART.search(part) for part in parts):
        raise ContainerError(f"a name that not every system takes: {name}")
