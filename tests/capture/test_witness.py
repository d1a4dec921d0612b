"""Visits by the real browser to servers on loopback."""

import asyncio
import hashlib
import io
import json
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from helper.capture import png
from helper.capture.browser import WarmBrowser
from helper.capture.run import Run
from helper.capture.witness import EXPECTED, visit
from helper.model import Viewport

from .conftest import (
    ORDER,
    Site,
    file_of,
    picture_of,
    records,
    request,
    response,
)

pytestmark = pytest.mark.browser


async def test_an_order_page_gives_every_artifact(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    url = f"{site.origin}/order?no=KZ20240102&shop=%E7%8E%8B%E5%AD%90"
    made = await visit(browser, request(url), tmp_path / "v")
    assert made.missing == ()
    assert set(EXPECTED) <= {produced.role for produced in made.files}
    assert (made.final_url, made.status, made.session) == (url, 200, "not_lent")
    assert made.title == "订单详情 – 王子卡盟"
    assert made.peer == "127.0.0.1"
    assert all(produced.path.stat().st_size > 0 for produced in made.files)
    assert file_of(made, "witness/pdf").startswith(b"%PDF-")
    assert "订单号 KZ20240102".encode() in file_of(made, "witness/html")
    assert b"KZ20240102" in file_of(made, "witness/mhtml")
    har = json.loads(file_of(made, "witness/har"))
    assert har["log"]["entries"][0]["request"]["url"] == url


async def test_page_sheet_and_window_show_the_whole_page(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    view = Viewport(width=1000, height=700)
    made = await visit(browser, request(f"{site.origin}/order", viewport=view), tmp_path / "v")
    page, sheet = picture_of(made, "witness/page"), picture_of(made, "witness/sheet")
    window = picture_of(made, "witness/window")
    green = (0, 160, 0)
    assert page.height > 1500
    assert page.convert("RGB").getpixel((300, page.height - 5)) == green
    below = sheet.crop((0, sheet.height - page.height, page.width, sheet.height))
    assert below.tobytes() == page.tobytes()
    assert window.width == 1000
    assert window.height > page.height + 60
    assert window.getpixel((300, window.height - 5)) == green
    bar = window.crop((0, 40, window.width, 85)).convert("L")
    assert bar.getextrema()[0] < 100, "the address bar has dark text"


async def test_a_gbk_page_keeps_its_exact_bytes(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    body = "<meta charset=gbk><title>订单</title>微捷发卡 金额￥12.50".encode("gbk")
    site.raw("/gbk", body, "text/html")
    made = await visit(browser, request(f"{site.origin}/gbk"), tmp_path / "v")
    kept = response(made, f"{site.origin}/gbk")
    assert hashlib.sha256(kept.body).digest() == hashlib.sha256(body).digest()
    assert made.title == "订单"
    assert "微捷发卡".encode() in file_of(made, "witness/html")


async def test_redirects_and_post_requests_are_in_the_archive(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def moved(_: web.Request) -> web.Response:
        return web.Response(
            status=302, headers={"Location": "/order", "X-Hop": "一".encode().hex()}
        )

    async def ask(got: web.Request) -> web.Response:
        return web.json_response({"echo": (await got.read()).decode()})

    site.routes["/go"] = moved
    site.routes["/api"] = ask
    site.page(
        "/order",
        "<title>a</title><p id=x>加载中</p><script>fetch('/api',{method:'POST',body:'no=1&类=卡'})"
        ".then(r=>r.json()).then(j=>x.textContent='到了 '+j.echo)</script>",
    )
    made = await visit(browser, request(f"{site.origin}/go"), tmp_path / "v")
    assert made.final_url == f"{site.origin}/order"
    hop = response(made, f"{site.origin}/go")
    assert (hop.status, hop.headers["location"]) == ("302", "/order")
    assert json.loads(response(made, f"{site.origin}/api").body) == {"echo": "no=1&类=卡"}
    posted = [r for r in records(made) if r.kind == "request" and r.url.endswith("/api")]
    assert posted[0].body.decode() == "no=1&类=卡"
    assert "到了 no=1&amp;类=卡".encode() in file_of(made, "witness/html")
    assert site.asked.count("GET /order") == 1


async def test_a_page_rendered_late_is_waited_for(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page(
        "/late",
        "<title>a</title><main id=m>正在加载…</main><script>setTimeout(() => {"
        "m.innerHTML='订单号 KZ9 金额 12.50 元 <img loading=lazy src=/p.png>'}, 700)</script>",
    )
    site.raw("/p.png", b"x", "image/png")
    made = await visit(browser, request(f"{site.origin}/late"), tmp_path / "v")
    assert "订单号 KZ9".encode() in file_of(made, "witness/html")
    assert "GET /p.png" in site.asked


async def test_lazy_pictures_below_the_fold_are_loaded(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    images = "".join(
        f"<div style='height:900px'><img loading=lazy src=/i/{n} width=9 height=9></div>"
        for n in range(12)
    )
    site.page("/lazy", f"<title>a</title><body>{images}")
    for n in range(12):
        site.raw(f"/i/{n}", b"GIF89a", "image/gif")
    made = await visit(browser, request(f"{site.origin}/lazy"), tmp_path / "v")
    assert made.missing == ()
    assert {f"GET /i/{n}" for n in range(12)} <= set(site.asked)


async def test_what_takes_the_place_of_what_was_scrolled_through_is_scrolled_through_as_well(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.4)
        return web.Response(text="订单号 KZ9")

    site.page(
        "/order",
        "<title>a</title><p>王子卡盟 个人中心 我的订单 详情 联系客服 帮助中心 用户协议 关于我们</p>"
        "<main id=m><div style='height:9000px'></div></main><script>fetch('/api')"
        '.then(r => r.text()).then(t => { m.innerHTML = t + \'<div style="height:8500px"></div>'
        "<b id=end>.</b>'; new IntersectionObserver(([e]) => { if (e.isIntersecting)"
        " e.target.textContent = '看到了底部' }).observe(m.lastChild) })</script>",
    )
    site.routes["/api"] = slow
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    assert "订单号 KZ9".encode() in file_of(made, "witness/html")
    assert ">看到了底部</b>".encode() in file_of(made, "witness/html")
    assert "settle_unfinished" not in made.notes


@pytest.mark.parametrize("kind", ["picture", pytest.param("document", marks=pytest.mark.long)])
async def test_a_page_that_never_ends_is_kept_as_it_is(
    site: Site, browser: WarmBrowser, tmp_path: Path, kind: str
) -> None:
    async def endless(got: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
        await answer.prepare(got)
        await answer.write("<title>a</title><p>订单号 KZ7".encode() + b" " * 2000)
        await site.release.wait()
        return answer

    site.page("/order", "<title>a</title><p>订单号 KZ7</p><img src=/never>")
    site.routes["/never"] = endless
    path = "/order" if kind == "picture" else "/never"
    started = asyncio.get_running_loop().time()
    made = await visit(browser, request(f"{site.origin}{path}", seconds=20), tmp_path / "v")
    assert asyncio.get_running_loop().time() - started < 22
    assert "load_unfinished" in made.notes
    assert ("document_endless" in made.notes) is (kind == "document")
    # a page with so few words is taken for an empty one
    assert ("settle_unfinished" in made.notes) is (kind == "document")
    assert "订单号 KZ7".encode() in file_of(made, "witness/html")
    assert {"witness/page", "witness/sheet", "witness/warc"} <= {f.role for f in made.files}


async def test_dialogs_popups_downloads_and_printing_do_not_stop_a_visit(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.raw("/file.zip", b"PK", "application/zip", **{"Content-Disposition": "attachment"})
    site.page(
        "/loud",
        "<title>a</title><p>订单号 KZ8</p><a id=f href=/file.zip download></a><script>"
        "alert('先付款');confirm('确定?');prompt('密码');window.open('/pop');f.click();print()"
        "</script>",
    )
    made = await visit(browser, request(f"{site.origin}/loud"), tmp_path / "v")
    assert made.missing == ()
    assert [note for note in made.notes if note.startswith("dialog_dismissed")] == [
        "dialog_dismissed: 先付款", "dialog_dismissed: 确定?", "dialog_dismissed: 密码",
    ]  # fmt: skip


async def test_a_tall_page_is_pictured_to_its_end_in_tiles(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page(
        "/tall",
        "<title>a</title><body style='margin:0'><div style='height:40000px'>上</div>"
        "<div style='height:100px;background:#00a000'>下</div>",
    )
    made = await visit(browser, request(f"{site.origin}/tall"), tmp_path / "v")
    pages = [f.path for f in made.files if f.role == "witness/page"]
    sheets = [f.path for f in made.files if f.role == "witness/sheet"]
    assert len(pages) == len(sheets) == 2
    heights = [png.header(path.read_bytes()).height for path in pages]
    last = Image.open(io.BytesIO(pages[-1].read_bytes())).convert("RGB")
    assert sum(heights) == 40100
    assert last.getpixel((5, last.height - 3)) == (0, 160, 0)
    assert "window_shows_part" in made.notes


async def test_an_inner_scroller_is_pictured_whole(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    rows = "".join(f"<p>客服{n:03d} 10:00 请稍等</p>" for n in range(60))
    site.page(
        "/chat",
        "<title>a</title><h1>聊天</h1><div style='overflow:hidden;height:400px'>"
        f"<div id=c style='height:300px;width:500px;overflow-y:auto'>{rows}</div></div>",
    )
    made = await visit(browser, request(f"{site.origin}/chat"), tmp_path / "v")
    assert picture_of(made, "witness/scroller").height > 1500


@pytest.mark.long
async def test_a_tall_body_of_thirty_megabytes_passes(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    body = b"<title>a</title><p>\xe8\xae\xa2\xe5\x8d\x95</p><!--" + b"x" * 30_000_000 + b"-->"
    site.raw("/big", body, "text/html; charset=utf-8")
    made = await visit(browser, request(f"{site.origin}/big"), tmp_path / "v")
    assert hashlib.sha256(response(made, f"{site.origin}/big").body).digest() == (
        hashlib.sha256(body).digest()
    )
    assert made.missing == ()


async def test_a_deadline_keeps_what_there_is_and_names_the_rest(
    site: Site, browser: WarmBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(self: Run, *_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Run, "_window", stuck)
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order", seconds=6), tmp_path / "v")
    assert "witness/window" in {lack.role for lack in made.missing}
    assert {lack.reason for lack in made.missing} == {"deadline"}
    assert {"witness/page", "witness/warc", "witness/har"} <= {f.role for f in made.files}


async def test_a_blocked_page_still_gives_its_bytes(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/loop", "<title>a</title><p>订单</p><script>for(;;){}</script>")
    made = await visit(browser, request(f"{site.origin}/loop", seconds=8), tmp_path / "v")
    assert response(made, f"{site.origin}/loop").status == "200"
    assert "page_blocked" in made.notes
    site.page("/order", ORDER)
    assert (await visit(browser, request(f"{site.origin}/order"), tmp_path / "w")).missing == ()
