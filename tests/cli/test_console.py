"""`kazheng console`: an address into the helper that runs, or a helper of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

NOWHERE = "http://127.0.0.1:9"
"""A proxy that answers nothing: whoever asks it does not find the helper that serves."""


def start(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "helper.cli", "console", "--json", "--data", str(data)],
        env=os.environ | {"KAZHENG_OUTSIDE": "no", "KAZHENG_PORT": "0", "http_proxy": NOWHERE},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def document(process: subprocess.Popen[str]) -> dict[str, object]:
    """Return the first JSON document that a command prints."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    found: dict[str, object] = json.loads(text)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_it_serves_where_nobody_does_and_else_only_gives_the_address(tmp_path: Path) -> None:
    with start(tmp_path) as first:
        try:
            served = str(document(first)["url"])
            with start(tmp_path) as second:
                found = document(second)
                assert second.wait(30) == 0
            assert first.poll() is None
            assert str(found["url"]).partition("#")[0] == served.partition("#")[0]
            assert found["url"] != served
            assert found["seconds"] == 60
        finally:
            first.send_signal(signal.SIGINT)
        assert first.wait(30) == 0
    assert not (tmp_path / "serving.json").exists()
