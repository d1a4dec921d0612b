"""The archive holds the bytes the server sent, named by their SHA-256, and no session value."""

import base64
import gzip
import hashlib
import json
from pathlib import Path

import pytest
from aiohttp import web

from helper.capture.browser import WarmBrowser
from helper.capture.witness import Visit, visit
from helper.evidence import cdxj

from .conftest import Site, everything, file_of, records, request, response

pytestmark = pytest.mark.browser

GBK = "<meta charset=gbk><title>订单</title>微捷发卡 金额￥12.50".encode("gbk")
MARKED = b"\xef\xbb\xbf" + "<title>订单</title><p>有标记的一页</p>".encode()
UTF16 = "\ufeff<title>订单</title><p>双字节的一页</p>".encode("utf-16-le")


def indexed(made: Visit) -> dict[str, cdxj.Entry]:
    warc = next(f.path for f in made.files if f.role == "witness/warc")
    return {entry.url: entry for entry in cdxj.entries(warc)}


def named(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@pytest.mark.parametrize("body", [GBK, MARKED, UTF16], ids=["gbk", "mark", "utf-16"])
async def test_a_page_in_any_encoding_keeps_its_bytes(
    site: Site, browser: WarmBrowser, tmp_path: Path, body: bytes
) -> None:
    site.raw("/order", body, "text/html")
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert made.title == "订单"
    assert response(made, f"{site.origin}/order").body == body
    assert indexed(made)[f"{site.origin}/order"].digest == named(body)


async def test_packed_bodies_are_kept_unpacked_and_say_so(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.raw("/order", gzip.compress(GBK), "text/html", **{"Content-Encoding": "gzip"})
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    kept = response(made, f"{site.origin}/order")
    assert kept.body == GBK
    assert kept.headers["x-orig-content-encoding"] == "gzip"
    assert "content-encoding" not in kept.headers


async def test_every_hop_of_a_chain_a_post_and_a_large_body_are_exact(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    def moved(to: str, status: int):
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": to}, body=b"moved")

        return answer

    async def posted(got: web.Request) -> web.Response:
        return web.Response(body=(await got.read())[::-1], content_type="application/octet-stream")

    large = bytes(range(256)) * 120_000
    site.routes["/1"], site.routes["/2"] = moved("/2", 302), moved("/3?x=订", 301)
    site.routes["/api"] = posted
    site.raw("/large", large, "application/octet-stream")
    site.page("/3", "<title>a</title><p id=p>加载中</p><script>(async()=>{await fetch('/api',"
              "{method:'POST',body:new Uint8Array([0,255,7])});await (await fetch('/large'))"
              ".arrayBuffer();p.textContent='订单信息已经全部载入完毕，请核对，谢谢您的耐心等待'})()"
              "</script>")  # fmt: skip
    made = await visit(browser, request(f"{site.origin}/1"), tmp_path / "v")
    found = indexed(made)
    assert [found[f"{site.origin}/{n}"].status for n in (1, 2)] == ["302", "301"]
    assert found[f"{site.origin}/large"].digest == named(large)
    assert found[f"{site.origin}/api"].digest == named(b"\x07\xff\x00")
    assert found[f"{site.origin}/api"].method == "POST"
    sent = [r for r in records(made) if r.kind == "request" and r.url.endswith("/api")]
    assert sent[0].body == b"\x00\xff\x07"
    entry = found[f"{site.origin}/large"]
    warc = file_of(made, "witness/warc")
    record = gzip.decompress(warc[entry.offset : entry.offset + entry.length])
    assert record.startswith(b"WARC/1.1")
    assert record.endswith(large + b"\r\n\r\n")


async def test_session_headers_are_hashes_in_every_record_and_the_records_say_so(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    secret, given, token = "lent-Secret-0123456789", "given-Secret-abcdef99", "bearer-Secret-77777"

    async def order(_: web.Request) -> web.Response:
        answer = web.Response(
            text="<title>a</title><p>订单号 KZ1 已付款</p><script>fetch('/api',{headers:"
            "{Authorization:'Bearer '+['bearer','Secret','77777'].join('-')}})</script>",
            content_type="text/html",
        )
        answer.set_cookie("given", given, httponly=True)
        return answer

    site.routes["/order"] = order
    site.raw("/api", b"{}", "application/json")
    state = {
        "cookies": [{"name": "sid", "value": secret, "domain": "127.0.0.1", "path": "/",
                     "httpOnly": True, "secure": False, "sameSite": "Lax", "expires": -1}],
        "origins": [],
    }  # fmt: skip
    made = await visit(
        browser, request(f"{site.origin}/order", storage_state=state), tmp_path / "v"
    )
    assert any(secret in headers.get("Cookie", "") for headers in site.headers)
    assert any(headers.get("Authorization") == f"Bearer {token}" for headers in site.headers)
    kept = everything(tmp_path / "v")
    for value in (secret, given, token):
        for spelling in (value.encode(), base64.b64encode(value.encode())):
            assert spelling not in kept
    for role in ("witness/warc", "witness/har"):
        data = file_of(made, role)
        text = (gzip.decompress(data) if role.endswith("warc") else data).decode("utf-8", "replace")
        for name in ("sid=", "given=", "Bearer "):
            assert f"{name}sha256-salted-" in text
        assert "replaced by salted hashes" in text
    assert "salted" in json.loads(file_of(made, "witness/har"))["log"]["comment"]
