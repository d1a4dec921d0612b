"""What is stored on this computer, where, and how many bytes it takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from helper.steps.store import Store
from scrapers.record import Frozen

Key = Literal["database", "blobs", "incoming", "work", "cache", "keys", "other"]
_FOLDERS: dict[str, Key] = {
    "blobs": "blobs", "incoming": "incoming", "work": "work", "cache": "cache",
    "keys": "keys",
}  # fmt: skip
_CASES = 20


class Place(Frozen):
    """One kind of what is stored: `stored.<key>` in the catalogues says what it is for."""

    key: Key
    path: Path
    bytes: int
    files: int


class Share(Frozen):
    """What one case takes of it; a file that two cases have counts in both."""

    case_id: str
    title: str
    captures: int
    bytes: int


class Stored(Frozen):
    """All that Kazheng stores; there are no logs, no copies elsewhere."""

    data: Path
    bytes: int
    places: tuple[Place, ...]
    cases: tuple[Share, ...]


def look(store: Store) -> Stored:
    """Count the files of the data folder; takes about a second for 100,000 of them."""
    data = store.settings.data
    counted: dict[Key, list[int]] = {key: [] for key in ("database", *_FOLDERS.values(), "other")}
    with os.scandir(data) as entries:
        for entry in entries:
            name = entry.name.split("-", 1)[0]
            key = _FOLDERS.get(entry.name, "database" if name == "vault.db" else "other")
            counted[key] += _sizes(Path(entry.path))
    paths = {key: data / name for name, key in _FOLDERS.items()} | {"database": data / "vault.db"}
    places = tuple(
        Place(key=key, path=paths.get(key, data), bytes=sum(sizes), files=len(sizes))
        for key, sizes in counted.items()
        if sizes or key != "other"
    )
    return Stored(
        data=data,
        bytes=sum(place.bytes for place in places),
        places=places,
        cases=tuple(Share(**one._asdict()) for one in store.vault.case_sizes(_CASES)),
    )


def _sizes(path: Path) -> Iterator[int]:
    """Yield the bytes of a file, or of all files in a folder; what goes meanwhile has none."""
    with suppress(FileNotFoundError):
        if not path.is_dir():
            yield path.stat().st_size
            return
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _sizes(Path(entry.path))
                else:
                    with suppress(FileNotFoundError):
                        yield entry.stat(follow_symlinks=False).st_size
