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
from typing import Any, Final, Literal

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


def manifest_for(browser: Literal["chrome", "firefox"], folder: Path = EXTENSION) -> dict[str, Any]:
    """Return the manifest as a package for one browser carries it: without the other one's keys.

    Chromium reads `scripts` beside `service_worker` only from 121 on and refuses the manifest
    before. Nothing else in the extension needs more than 120, so without it 120 is enough.
    """
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    if browser == "chrome":
        del manifest["background"]["scripts"], manifest["browser_specific_settings"]
        del manifest["sidebar_action"]
        manifest["minimum_chrome_version"] = "120"
    else:
        del manifest["background"]["service_worker"]
        del manifest["minimum_chrome_version"], manifest["key"]
        manifest["permissions"].remove("sidePanel")
        manifest["optional_permissions"].remove("pageCapture")
    return manifest


def _names(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.name not in _OF_THE_SYSTEM
    }


if __name__ == "__main__":
    sys.exit(keep_current(EXTENSION / LIST, listing(), "helper.capture.packed"))
