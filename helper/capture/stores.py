"""The packages for the stores: `python -m helper.capture.stores DIR` writes one for each browser.

A package is a function of the files alone: the same bytes on every run, in every folder, on every
system. It is not compressed, as other versions of zlib would give other bytes.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Final, Literal, get_args

from helper.capture.packed import EXTENSION, LIST, listing, manifest_for

Browser = Literal["chrome", "firefox"]
BROWSERS: Final[tuple[Browser, ...]] = get_args(Browser)
_FOR_DEVELOPERS: Final = frozenset({"tsconfig.json"})
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a ZIP can name."""


def files_of(browser: Browser, folder: Path = EXTENSION) -> dict[str, bytes]:
    """Return a package's files by name: those of the folder, with the browser's own manifest.

    The key that gives a folder its fixed id is left out: a store signs with its own.
    """
    names = [name for name in json.loads(listing(folder)) if name not in _FOR_DEVELOPERS]
    manifest = manifest_for(browser, folder)
    manifest.pop("key", None)
    made = {"manifest.json": manifest, LIST: names}
    return {
        name: _json(made[name]) if name in made else (folder / name).read_bytes() for name in names
    }


def write(browser: Browser, folder: Path, source: Path = EXTENSION) -> Path:
    """Write a package into a folder and return its path."""
    files = files_of(browser, source)
    version = json.loads(files["manifest.json"])["version"]
    path = folder / f"kazheng-{version}-{browser}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            package.writestr(entry, data)
    return path


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


if __name__ == "__main__":
    for browser in BROWSERS:
        sys.stdout.write(f"{write(browser, Path(sys.argv[1]))}\n")
