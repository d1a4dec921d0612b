"""The extension's list of its own files is current."""

import json
from pathlib import Path

from helper.capture import packed


def test_the_list_in_the_extension_is_current() -> None:
    assert (packed.EXTENSION / packed.LIST).read_text("utf-8") == packed.listing(), (
        "run python -m helper.capture.packed"
    )


def test_the_list_names_every_file_and_itself_in_the_order_of_bytes(tmp_path: Path) -> None:
    for name in ("b.js", "_x/a.js", "Z.js", "页/ä.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names = json.loads(packed.listing(tmp_path))
    assert names == ["Z.js", "_x/a.js", "b.js", "files.json", "页/ä.js"]
    for name in ("files.json", ".DS_Store", "_x/.a.js.swp", "Thumbs.db"):
        (tmp_path / name).touch()
    assert json.loads(packed.listing(tmp_path)) == names
