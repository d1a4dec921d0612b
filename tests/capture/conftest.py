"""A small hostile-ready web server on loopback, a warm browser, readers of what a visit made."""

import asyncio
import gzip
import io
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from helper.capture.browser import WarmBrowser
from helper.capture.witness import Visit, VisitRequest
from helper.settings import Settings

CAPTURE = "12345678-1234-1234-1234-123456789012"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


ORDER = """<!doctype html><html lang="zh">
<head><meta charset="utf-8"><title>订单详情 – 王子卡盟</title>
<style>body{margin:0;font:16px sans-serif} div{height:300px} .last{background:#00a000}</style>
</head><body><h1>订单号 KZ20240102</h1><div>已付款，未发货</div><div></div><div></div><div></div>
<div class="last">底部</div></body></html>"""


@dataclass
class Site:
    """Answer paths with handlers; remember every request line and header."""

    port: int = 0
    scheme: str = "http"
    routes: dict[str, Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def page(self, path: str, text: str, **headers: str) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(text=text, content_type="text/html", headers=headers)

        self.routes[path] = answer

    def raw(self, path: str, body: bytes, content_type: str, **headers: str) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, headers={"Content-Type": content_type, **headers})

        self.routes[path] = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        self.headers.append(dict(request.headers))
        route = self.routes.get(request.path)
        if route is None:
            return web.Response(status=404, text="none")
        return await route(request)


async def serve(site: Site, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", site.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await listener.start()
    site.port = runner.addresses[0][1]
    return runner


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The page's own server."""
    shop = Site()
    runner = await serve(shop)
    yield shop
    shop.release.set()
    await runner.cleanup()


@pytest.fixture
async def inside() -> AsyncIterator[Site]:
    """Another server on loopback, which no visited page may reach."""
    private = Site()
    runner = await serve(private)
    yield private
    await runner.cleanup()


@pytest.fixture(scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmBrowser]:
    """The module's browser: killed, it starts again by itself."""
    warm = WarmBrowser(Settings(data=tmp_path_factory.mktemp("data")))
    yield warm
    await warm.stop()


def request(url: str, **given: object) -> VisitRequest:
    return VisitRequest(CAPTURE, url, timezone="Asia/Shanghai", **given)


def file_of(visit: Visit, role: str) -> bytes:
    found = [made.path for made in visit.files if made.role == role]
    assert found, (role, visit.missing, visit.notes)
    return found[0].read_bytes()


def picture_of(visit: Visit, role: str) -> Image.Image:
    picture = Image.open(io.BytesIO(file_of(visit, role)))
    picture.load()
    return picture


@dataclass
class Record:
    kind: str
    url: str
    status: str
    headers: dict[str, str]
    body: bytes


def records(visit: Visit) -> list[Record]:
    found = []
    for record in ArchiveIterator(
        io.BytesIO(file_of(visit, "witness/warc")), check_digests="raise"
    ):
        http = record.http_headers
        found.append(
            Record(
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI") or "",
                http.get_statuscode() if http and record.rec_type == "response" else "",
                {k.lower(): v for k, v in http.headers} if http else {},
                record.content_stream().read(),
            )
        )
    return found


def response(visit: Visit, url: str) -> Record:
    return next(r for r in records(visit) if r.kind == "response" and r.url == url)


def everything(folder: Path) -> bytes:
    """All bytes of a folder, gzip members also decompressed."""
    data = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            data.append(raw)
            if raw[:2] == b"\x1f\x8b":
                data.append(gzip.decompress(raw))
    return b"\n".join(data)
