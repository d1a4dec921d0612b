"""The extension's list of its own files is current."""

import hashlib
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


def test_the_hash_of_a_folder_is_that_of_its_sha256sum_lines(tmp_path: Path) -> None:
    (tmp_path / "页 a").mkdir()
    (tmp_path / "页 a" / "b.js").write_bytes(b"1")
    (tmp_path / "c.js").write_bytes(b"2")
    lines = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in (("c.js", b"2"), ("页 a/b.js", b"1"))
    )
    (tmp_path / ".DS_Store").touch()
    assert packed.folder_sha256(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
    assert packed.folder_sha256(tmp_path / "none") is None


def test_a_package_for_chromium_has_nothing_that_120_refuses() -> None:
    made = packed.manifest_for("chrome")
    assert made["background"] == {"service_worker": "background/main.js", "type": "module"}
    assert made["minimum_chrome_version"] == "120"
    assert "browser_specific_settings" not in made


def test_a_package_for_firefox_has_only_what_firefox_knows() -> None:
    made = packed.manifest_for("firefox")
    assert made["background"] == {"scripts": ["background/main.js"], "type": "module"}
    assert not {"minimum_chrome_version", "key"} & made.keys()
    assert made["optional_permissions"] == ["cookies"]
    assert made["browser_specific_settings"]["gecko"]["data_collection_permissions"]["required"]
