"""What a visit archived is loaded again with the shop gone, and compared with the visit."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from helper.capture import replay
from helper.capture.browser import WarmBrowser
from helper.capture.replay import Live, ReadBack, difference, read_back
from helper.capture.witness import Visit, visit

from .conftest import ORDER, Site, file_of, request


def live_of(made: Visit, asked: str) -> Live:
    assert made.viewport is not None
    return Live(
        made.final_url, asked, made.started_at, file_of(made, "witness/html"),
        tuple(f.path.read_bytes() for f in made.files if f.role == "witness/page"),
        made.viewport, timezone="Asia/Shanghai",
    )  # fmt: skip


async def read(browser: WarmBrowser, site: Site, path: str, folder: Path) -> ReadBack:
    """Visit, then read back; the site must not be asked a second time."""
    url = f"{site.origin}{path}"
    made = await visit(browser, request(url), folder / "v")
    assert made.missing == ()
    asked = list(site.asked)
    found = await read_back(browser, warc_of(made), live_of(made, url))
    assert site.asked == asked, "only the archive was asked"
    return found


def warc_of(made: Visit) -> Path:
    return next(f.path for f in made.files if f.role == "witness/warc")


@pytest.mark.browser
async def test_a_page_with_everything_is_the_same_from_its_archive(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/order"})

    async def ask(got: web.Request) -> web.Response:
        return web.json_response({"echo": (await got.read()).decode()})

    site.routes["/go"], site.routes["/api"] = moved, ask
    site.raw("/a.css", b"p{color:green}", "text/css")
    page = (
        "<meta charset=gbk><link rel=stylesheet href=/a.css><title>订单</title><p id=x>加载中</p>"
        "<p id=t></p><iframe src=/frame></iframe><script>t.textContent=new Date().getFullYear();"
        "fetch('/api',{method:'POST',body:'no=1'}).then(r=>r.json())"
        ".then(j=>x.textContent='到了 '+j.echo+' 第二行文字足够长')</script>"
    )
    site.raw("/order", page.encode("gbk"), "text/html")
    site.page("/frame", "<p>内页")
    found = await read(browser, site, "/go", tmp_path)
    assert replace(found, answered=0, notes=()) == ReadBack(
        text_same=True, lines_only_live=0, lines_only_archive=0, picture_difference=0.0
    )
    assert found.answered == 4


@pytest.mark.browser
async def test_what_the_archive_lacks_is_named_and_comes_from_nowhere(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", "<title>a</title><p>订单号 KZ1 已付款 未发货 很长很长的一行文字 一二三四五"
              "<p id=x></p><script>fetch('/r?'+Math.random()).then(r=>r.text())"
              ".then(t=>x.textContent=t,()=>x.textContent='失败')</script>")  # fmt: skip
    site.raw("/r", "来自网络".encode(), "text/plain; charset=utf-8")
    found = await read(browser, site, "/order", tmp_path)
    assert found.text_same is False
    assert (found.lines_only_live, found.lines_only_archive) == (1, 1)
    assert found.picture_difference is not None
    assert found.picture_difference > 0
    assert [url.partition("?")[0] for url in found.missing_urls] == [f"{site.origin}/r"]


@pytest.mark.browser
async def test_an_address_that_a_script_gave_the_page_is_read_from_where_it_began(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/app", "<title>a</title><p>订单号 KZ1</p><p>已付款，等待发货，商家处理中，请稍后查看"
              "</p>"
              "<script>history.pushState(0,'','/app/order/1')</script>")  # fmt: skip
    found = await read(browser, site, "/app", tmp_path)
    assert (found.text_same, found.missing_urls) == (True, ())


@pytest.mark.browser
async def test_an_archive_that_cannot_be_read_is_a_reason(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    site.page("/order", ORDER)
    made = await visit(browser, request(f"{site.origin}/order"), tmp_path / "v")
    live = live_of(made, f"{site.origin}/order")
    (tmp_path / "bad").write_bytes(b"no warc at all\r\n\r\n")
    assert (await read_back(browser, tmp_path / "bad", live)).reason == "archive_unreadable"
    assert (await read_back(browser, tmp_path / "none", live)).reason == "archive_unreadable"
    empty = await read_back(
        browser, warc_of(made), replace(live, url="http://x/", asked="http://x/")
    )
    assert empty.reason == "browser_error"


async def test_a_visit_that_begins_ends_what_can_wait_and_it_is_done_afterwards(
    browser: WarmBrowser,
) -> None:
    begun: list[int] = []
    first, ended = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.append(len(begun))
        first.set()
        try:
            if begun == [0]:
                await asyncio.Event().wait()
        finally:
            ended.set()
        return "read"

    waiting = asyncio.ensure_future(browser.when_idle(work))
    await first.wait()
    async with browser.slot("shop.example"):
        await ended.wait()
        assert begun == [0]
        assert not waiting.done()
    assert await waiting == "read"
    assert begun == [0, 1]


def png(width: int, height: int, colour: str, dot: int = 0) -> bytes:
    picture = Image.new("RGB", (width, height), colour)
    picture.paste("black", (0, 0, dot, dot))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("live", "archive", "share"),
    [
        ([png(100, 100, "white")], [png(100, 100, "white")], 0.0),
        ([png(100, 100, "white")], [png(100, 100, "white", 10)], 0.01),
        ([png(100, 100, "white")], [png(100, 50, "white")], 0.5),
        ([png(100, 100, "white")] * 2, [png(100, 100, "white")], 0.5),
        ([png(100, 100, "#ffffff")], [png(100, 100, "#f8f8f8")], 0.0),
        ([], [], 0.0),
    ],
)
def test_pictures_differ_by_their_share_of_pixels(live, archive, share: float) -> None:
    assert difference(live, archive) == pytest.approx(share)


def test_the_text_of_a_page_is_its_lines() -> None:
    html = "<style>a</style><p> 订单  号\n1</p><script>x</script><template>t</template><p>二</p>"
    assert replay.text_of(html.encode()) == ["订单 号", "1", "二"]
