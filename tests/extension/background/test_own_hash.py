"""The extension says with each capture what its own files hash to."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helper.capture.packed import EXTENSION, folder_sha256
from tests.extension.background.world import World, paired, until

pytestmark = pytest.mark.browser
README = Path(__file__).parents[3] / "helper" / "evidence" / "README.md"


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The untouched extension: its manifest counts as well."""
    async with paired(tmp_path_factory.mktemp("town"), permissions=()) as made:
        yield made


def by_list(folder: Path) -> str:
    lines = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in json.loads((folder / "files.json").read_text("utf-8"))
    )
    return hashlib.sha256(lines.encode()).hexdigest()


async def test_a_capture_tells_the_hash_of_the_files_that_are_loaded(world: World) -> None:
    measured = "chrome.storage.session.get().then(kept => kept.own_files_sha256)"
    await until(lambda: world.console.evaluate(measured), "the files were never hashed")
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单号 1"
    uuid = await world.kept(await world.open("/order"))
    meta = world.helper.vault.capture(uuid).meta
    assert meta.extension_sha256 == by_list(EXTENSION) == folder_sha256(EXTENSION)


async def test_a_worker_started_again_tells_it_too(world: World) -> None:
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单号 1"
    page = await world.open("/order")
    await world.kept(page)
    await world.stop_workers()
    uuid = await world.kept(page)
    assert world.helper.vault.capture(uuid).meta.extension_sha256 == by_list(EXTENSION)


@pytest.mark.skipif(shutil.which("bash") is None, reason="Windows without a POSIX shell")
def test_the_command_in_the_readme_gives_the_same_hash() -> None:
    command = re.search(r"^ {4}(sed .*files\.json.*)$", README.read_text("utf-8"), re.MULTILINE)
    assert command is not None
    done = subprocess.run(
        ["bash", "-c", command[1]], cwd=EXTENSION, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[0] == by_list(EXTENSION)
