"""A lent session is nowhere on disk: not in any file, not inside any compressed one."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.e2e.world import Ground, World


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
    if b"=\n" in data or b"=\r\n" in data:
        yield data.replace(b"=\r\n", b"").replace(b"=\n", b"")
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


def spellings(secret: str) -> list[bytes]:
    """Return a value as it is, and as it stands anywhere inside base64 (rows of the engine)."""
    raw = secret.encode()
    shifted = (base64.b64encode(b"x" * n + raw)[4 * (n > 0) : -4] for n in range(3))
    return [raw, *shifted]


def places(folder: Path, secret: str) -> list[Path]:
    """Return the files that hold a value, raw, compressed or encoded."""
    wanted = spellings(secret)
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and any(word in layer for layer in layers(path.read_bytes()) for word in wanted)
    ]


def test_the_search_itself_finds_every_hiding_place(tmp_path: Path) -> None:
    value = "s3cret-Value-0123456789"
    page = f"<a href='/logout?token={value}'>".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.gz", gzip.compress(page))
    hidden = {
        "raw": page,
        "gzip": gzip.compress(page),
        "zip": packed.getvalue(),
        "pdf": b"%PDF stream\n" + zlib.compress(page) + b"endstream",
        "mail": page.replace(b"cret", b"cr=\r\net"),
        **{f"base64-{n}": b"row " + base64.b64encode(b"." * n + page) for n in range(3)},
    }
    for name, data in hidden.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "clean").write_bytes(b"nothing")
    assert {path.name for path in places(tmp_path, value)} == set(hidden)


@asynccontextmanager
async def printing_shop(printed: str) -> AsyncIterator[str]:
    """Serve a page that prints the visitor's cookie, or the given value to a stranger."""

    async def order(got: web.Request) -> web.Response:
        value = got.cookies.get("sid", printed)
        text = (
            f"<title>订单 {value}</title><p>订单号 KZ1 金额 12.50 元，已付款，等待发货</p>"
            f"<a href='/logout?token={value}'>退出</a><script>fetch('/me?t={value}');"
            f"fetch('http://{value}.localhost:8099/').catch(() => 0)</script>"
        )
        return web.Response(text=text, content_type="text/html")

    async def me(got: web.Request) -> web.Response:
        return web.json_response({"session": got.query["t"]})

    app = web.Application()
    app.add_routes([web.get("/order", order), web.get("/me", me)])
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/order"
    await runner.cleanup()


@pytest.mark.long
async def test_a_shop_that_prints_the_cookie_cannot_bring_it_on_disk(shops: Ground) -> None:
    secret, control = "kQ7x-printed-session-9f8e7d6c", "kQ7x-printed-to-strangers-1a2b3c"
    cookie = {
        "name": "sid", "value": secret, "domain": "127.0.0.1", "path": "/", "expires": -1,
        "httpOnly": True, "secure": False, "sameSite": "Lax",
    }  # fmt: skip
    session = shops.folder / "session.json"
    session.write_text(json.dumps({"cookies": [cookie], "origins": []}))
    async with printing_shop(control) as url:
        code, stranger = await shops.command("capture", url)
        assert code == 0
        code, member = await shops.command("capture", url, "--session", str(session))
        assert code == 0
    assert len(places(shops.data, control)) > 3, "the page printed, and the search finds it"
    assert places(shops.data, secret) == []
    lacks = {item["role"] for item in member["missing"] if item["reason"] == "session_in_page"}
    assert {"witness/html", "witness/mhtml", "witness/pdf"} <= lacks
    assert {"witness/page", "witness/sheet", "witness/warc"} <= {
        item["role"] for item in member["artifacts"]
    }
    assert "witness/pdf" in {item["role"] for item in stranger["artifacts"]}


async def test_the_session_cookie_is_nowhere_on_disk(world: World) -> None:
    await world.log_in()
    order = world.demo.orders["wangzi:not_delivered"]
    view = await world.sealed(await world.one_click(order.url, lend=True))
    assert view.corroboration is not None
    assert view.corroboration.session == "lent"
    await world.command("export", view.case_id or "", "--out", str(world.data / "e.zip"))
    await world.stop_helper()
    assert places(world.data, world.demo.secret_cookie) == []
    assert places(world.data, "witness/html"), "the search reads what there is"
