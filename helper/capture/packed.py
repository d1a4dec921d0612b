"""What the extension consists of: where it lies, its files in order, one hash for them all.

`python -m helper.capture.packed` writes the list `extension/files.json`: a browser shows an
extension no list of its own files, and by this one it hashes them and says what it is
(`background/own_hash.js`). With `--check` it only says whether it is current (exit 1 if not).
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Final

from scrapers.rules import keep_current

EXTENSION: Final = Path(__file__).resolve().parents[2] / "extension"
LIST: Final = "files.json"
_OF_THE_SYSTEM: Final = frozenset({"Thumbs.db", "desktop.ini"})
"""Files that Windows leaves in folders; those of macOS and of editors begin with a dot."""


def listing(folder: Path = EXTENSION) -> str:
    """Return the text of files.json, one name a line, itself among them."""
    names = sorted({*_names(folder), LIST}, key=str.encode)
    return json.dumps(names, ensure_ascii=False, indent=1) + "\n"


def folder_sha256(folder: Path = EXTENSION) -> str | None:
    """Return the hash that the extension tells of itself, reckoned from its folder.

    That is the SHA-256 of the lines `sha256  path` as `sha256sum` prints them. Paths are relative,
    with `/`, in the order of their bytes. None where there is no such folder.
    """
    lines = []
    try:
        for name in sorted(_names(folder), key=str.encode):
            with (folder / name).open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n")
    except OSError:
        return None
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else None


def _names(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.name not in _OF_THE_SYSTEM
    }


if __name__ == "__main__":
    sys.exit(keep_current(EXTENSION / LIST, listing(), "helper.capture.packed"))
