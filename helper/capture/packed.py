"""Generate `extension/files.json`: the names of the extension's files, in the order of their bytes.

A browser shows an extension no list of its own files, and by this one it hashes them and says what
it is (`background/own_hash.js`). `python -m helper.capture.packed` writes the list; with `--check`
it only says whether it is current (exit 1 if not).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

EXTENSION: Final = Path(__file__).parents[2] / "extension"
LIST: Final = "files.json"
_OF_THE_SYSTEM: Final = frozenset({"Thumbs.db", "desktop.ini"})
"""Files that Windows leaves in folders; those of macOS and of editors begin with a dot."""


def listing(folder: Path = EXTENSION) -> str:
    """Return the text of files.json, one name a line, itself among them."""
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.name not in _OF_THE_SYSTEM
    }
    names = sorted(found | {LIST}, key=str.encode)
    return json.dumps(names, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write the file, or check it."""
    parser = argparse.ArgumentParser(prog="python -m helper.capture.packed")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    target = EXTENSION / LIST
    text = listing()
    if not parser.parse_args().check:
        target.write_text(text, "utf-8", newline="\n")
        return 0
    if target.exists() and target.read_text("utf-8") == text:
        return 0
    sys.stderr.write("extension/files.json is not current: run python -m helper.capture.packed\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
