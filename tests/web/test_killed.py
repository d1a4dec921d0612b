"""The helper is killed in the middle of an upload: no acknowledged byte is lost."""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from helper.settings import Settings
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine
from tests.web.client import Client, meta, part
from tests.web.conftest import UUID

ROOT = Path(__file__).parents[2]
CHUNK = 200_000


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int, str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.web.serving", str(data),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    port, code = (await process.stdout.readline()).decode().split()
    try:
        yield process, int(port), code
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_kill_9_at_random_moments_of_an_upload_loses_nothing(tmp_path: Path) -> None:
    data, rounds = secrets.token_bytes(40 * CHUNK + 77), random.Random(7)
    acknowledged, client = 0, None
    for _ in range(6):
        async with served(tmp_path) as (process, port, code):
            if client is None:
                client = await Client.pair(port, code)
            client.port = port
            await client.hello()
            said = (await client.announce(UUID, meta(), part(data))).json["parts"][0]["received"]
            assert said >= acknowledged
            acknowledged = said
            asyncio.get_running_loop().call_later(rounds.uniform(0.02, 0.2), process.kill)
            acknowledged = await upload_until_killed(client, data, acknowledged)
    async with served(tmp_path) as (_, port, _code):
        assert client is not None
        client.port = port
        await client.hello()
        said = (await client.announce(UUID, meta(), part(data))).json["parts"][0]["received"]
        assert said >= acknowledged > 0
        assert await client.upload(UUID, data, said) == len(data)
        assert (await client.commit(UUID, final=True)).status == 200
    check(tmp_path, data)


async def upload_until_killed(client: Client, data: bytes, offset: int) -> int:
    """Return the last offset that the helper acknowledged."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        while offset < len(data):
            answer = await client.put(UUID, sha256, offset, data[offset : offset + CHUNK])
            assert answer.status == 200
            offset = answer.json["received"]
    except OSError:  # refused, reset, or an answer that was cut off
        return offset
    return offset


def check(folder: Path, data: bytes) -> None:
    vault = Catalogue(open_engine(Settings(data=folder)))
    assert vault.capture(UUID).state == "kept"
    vault.engine.dispose()
    blobs = Blobs(folder / "blobs")
    assert blobs.read(hashlib.sha256(data).hexdigest()) == data
    assert not any((folder / "incoming").rglob("*.part"))
