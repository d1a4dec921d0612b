"""A lent session is nowhere on disk: not in any file, not inside any compressed one."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator

from tests.e2e.world import World


def layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield the bytes and all that is compressed in them."""
    yield data
    if depth > 2:
        return
    if data[:2] == b"\x1f\x8b":
        yield from layers(gzip.decompress(data), depth + 1)
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from layers(archive.read(name), depth + 1)
    for start in _positions(data, b"stream\r\n", b"stream\n"):
        try:
            yield zlib.decompressobj().decompress(data[start:])
        except zlib.error:
            continue


def _positions(data: bytes, *marks: bytes) -> Iterator[int]:
    for mark in marks:
        at = data.find(mark)
        while at >= 0:
            yield at + len(mark)
            at = data.find(mark, at + 1)


async def test_the_session_cookie_is_nowhere_on_disk(world: World) -> None:
    await world.log_in()
    order = world.demo.orders["wangzi:not_delivered"]
    view = await world.sealed(await world.one_click(order.url, lend=True))
    assert view.corroboration is not None
    assert view.corroboration.session == "lent"
    await world.command("export", view.case_id or "", "--out", str(world.data / "e.zip"))
    await world.stop_helper()
    secret = world.demo.secret_cookie.encode()
    searched = 0
    for path in world.data.rglob("*"):
        if path.is_file():
            for layer in layers(path.read_bytes()):
                searched += 1
                assert secret not in layer, path
    assert searched > 30
