"""The library's pages: found by any word, filtered, turned over, compared, taken along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest
from playwright.async_api import Page, expect

from helper.model import CaptureMeta, Missing
from helper.steps.digesting import refresh
from helper.steps.indexing import Indexer
from helper.steps.store import Store
from scrapers.record import OrderRecord
from tests.bench.material import NOON
from tests.web.console.conftest import Town

pytestmark = pytest.mark.browser
TERMS = "https://card.example/terms"
RULES = [
    "一、本店自动发货。",
    "二、未到账请联系客服。",
    "三、七天内支持退款。",
    "四、以本店解释为准。",
]
HOSTILE = "<script>document.title='x'</script>\u202e{{ 7*7 }}<img src=x onerror=alert(1)>"


def keep(store: Store, number: int, said: str, **meta: object) -> str:
    """Keep and read a page that shows a text; return the capture's id."""
    uuid = str(UUID(int=1000 + number))
    at = NOON + timedelta(hours=number)
    given = {"url": f"https://card.example/o/{number}", "title": "订单", "clicked_at": at} | meta
    store.vault.create_capture(uuid, CaptureMeta.model_validate(given), [])
    store.vault.add_artifacts(uuid, [store.keep("seen/text", said.encode(), "text/plain")])
    order = OrderRecord(order_no=f"KX{number:06d}") if "url" not in meta else None
    if order is not None:
        store.vault.put_order(uuid, order)
    store.vault.join_case(
        uuid, platform_key=None, host="card.example", order_no=order and order.order_no,
        wanted=None, title=str(given["title"]), now=at,
    )  # fmt: skip
    store.note(uuid, "read")
    return uuid


@pytest.fixture(scope="module")
async def library(town: Town) -> Town:
    """A sealed order page, 40 small ones, a hostile one, and terms that changed after the order."""
    page = await town.enter()
    await page.goto(town.url("/library"))
    await expect(page.get_by_role("heading", name="还没有存证")).to_be_visible()
    await town.keep()
    for number in range(40):
        keep(town.store, number, f"余额不足，第 {number} 页")
    keep(town.store, 50, HOSTILE, title=HOSTILE, url="https://evil.example/?q=<b>")
    keep(town.store, 60, "\n".join(RULES), title="店铺规则", url=TERMS)
    lost = Missing(role="witness", reason="no_answer")
    town.store.vault.add_missing(str(UUID(int=1005)), [lost])
    changed = [*RULES[:2], "三、一经售出概不支持退款。", RULES[3]]
    keep(town.store, 70, "\n".join(changed), title="店铺规则", url=f"{TERMS}?utm_source=x")
    Indexer(town.store).finish()
    return town


@pytest.fixture
async def page(library: Town) -> Page:
    page = await library.enter()
    await page.goto(library.url("/library"))
    return page


async def test_one_character_finds_pages_and_a_part_of_a_number_their_order(page: Page) -> None:
    find = page.get_by_role("search", name="在全部存证里找")
    await find.get_by_role("searchbox").fill("退")
    await find.get_by_role("button", name="查找").click()
    rows = page.locator(".captures > li")
    await expect(rows).to_have_count(2)
    await expect(rows.first.locator("mark")).to_have_text("退")
    await expect(rows.first).to_contain_text("概不支持退款")
    await page.keyboard.press("Home")
    await page.get_by_role("searchbox", name="搜索存证和订单").fill("x000007")
    await page.keyboard.press("Enter")
    orders = page.get_by_role("region", name="订单", exact=True)
    await expect(orders.locator("li")).to_have_count(1)
    await expect(orders.locator("mark").first).to_have_text("X000007")
    await expect(rows).to_have_count(1)
    await page.get_by_role("searchbox", name="搜索存证和订单").fill("香蕉")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="没有找到")).to_be_visible()


async def test_filters_narrow_the_list_and_pages_follow_each_other(page: Page) -> None:
    rows = page.locator(".captures > li")
    await expect(rows).to_have_count(30)
    first = await rows.first.inner_text()
    await page.get_by_role("link", name="更早的").click()
    await expect(rows).to_have_count(14)
    await page.get_by_role("link", name="回到最新的").click()
    await expect(rows).to_have_count(30)
    assert await rows.first.inner_text() == first
    await page.get_by_text("筛选").click()
    await page.get_by_label("店铺网址").select_option("shop.example")
    await page.get_by_role("button", name="按条件显示").click()
    await expect(rows).to_have_count(1)
    await expect(page.get_by_label("店铺网址")).to_have_value("shop.example")
    await page.get_by_role("link", name="显示全部").click()
    await expect(rows).to_have_count(30)
    await page.get_by_text("筛选").click()
    await page.get_by_label("只看有内容没取到的").check()
    await page.get_by_role("button", name="按条件显示").click()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("1 项没取到")


async def test_what_pages_say_is_shown_and_never_runs(page: Page) -> None:
    row = page.locator(".captures > li", has_text="{{ 7*7 }}")
    await expect(row).to_contain_text("<script>")
    assert await page.title() == "全部存证 · 卡证"


async def test_changed_terms_are_found_and_marked_by_the_keyboard_alone(page: Page) -> None:
    row = page.locator(".captures > li", has_text="店铺规则").first
    link = row.get_by_role("link", name="看改了什么")
    await row.get_by_role("checkbox").focus()
    for _ in range(5):
        await page.keyboard.press("Tab")
        if await link.evaluate("link => link === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/library/compare?a=*")
    removed, added = (page.locator(f"tr.{kind}") for kind in ("removed", "added"))
    await expect(removed).to_contain_text("七天内支持退款")
    await expect(added).to_contain_text("一经售出概不支持退款")
    await expect(added.locator("mark")).to_have_text(["一经售出概不"])
    await expect(page.locator("tr.equal")).to_have_count(3)


async def test_a_capture_leads_to_what_its_page_said_before(page: Page, library: Town) -> None:
    await page.goto(library.url(f"/captures/{UUID(int=1070)}"))
    await page.get_by_role("link", name="存过 2 次").click()
    await expect(page.locator("tr.removed")).to_contain_text("七天内支持退款")


async def test_picked_cases_are_offered_to_be_taken_along(page: Page, library: Town) -> None:
    await page.get_by_text("筛选").click()
    await page.get_by_label("店铺网址").select_option("shop.example")
    await page.get_by_role("button", name="按条件显示").click()
    await page.get_by_role("checkbox", name="所在的案件").check()
    await page.get_by_role("button", name="带走所选案件的证据").click()
    page.set_default_timeout(120_000)
    await page.get_by_role("button", name="遮盖卡密").click()
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="下载").click()
    assert (await (await taken.value).path()).read_bytes()[:2] == b"PK"
    await page.goto(library.url("/library/take"))
    await expect(page.get_by_text("还没有勾选")).to_be_visible()


async def test_shops_are_counted_as_their_cases_are_worked_out(page: Page, library: Town) -> None:
    await page.get_by_role("link", name="按店铺统计").click()
    await expect(page.get_by_role("status").last).to_contain_text("个案件正在计算")
    await asyncio.to_thread(refresh, library.store, 999)
    shop = page.locator("#figures section", has_text="card.example")
    await expect(shop).to_contain_text("案件 ", timeout=20_000)
    await expect(page.get_by_text("个案件正在计算")).to_have_count(0)
    await shop.get_by_role("link", name="看这家的存证").click()
    await expect(page.locator(".captures > li").first).to_contain_text("card.example")


async def test_an_open_list_shows_what_is_kept_meanwhile(page: Page, library: Town) -> None:
    first = page.locator(".captures > li").first
    await first.get_by_role("checkbox").check()
    picked = await first.get_by_role("checkbox").get_attribute("id")
    async with page.expect_response(lambda reply: reply.url.endswith("/library")):
        keep(library.store, 90, "刚刚存下的一页", title="新来的页面")
        Indexer(library.store).finish()
    await expect(first.get_by_role("checkbox")).to_be_checked()
    await expect(first).not_to_contain_text("新来的页面")  # the box is in use
    await page.keyboard.press("Tab")
    await expect(first).to_contain_text("新来的页面")
    ticked = page.get_by_role("checkbox", checked=True)
    await expect(ticked).to_have_count(1)  # on the row where it was set, which is the second now
    assert await ticked.get_attribute("id") == picked
    await ticked.uncheck()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("after=x", 400), ("after=2026-01-01~x", 400), ("from=x", 400), ("until=9999-12-31", 400),
        ("state=x", 400), ("case=../x", 404), ("host=none.example&kind=x", 200),
    ],
)  # fmt: skip
async def test_a_query_that_no_form_sends_is_explained(
    library: Town, ask: Callable, query: str, status: int
) -> None:
    assert (await ask(f"/library?{query}"))[0] == status


async def test_what_cannot_be_compared_says_so(library: Town, ask: Callable) -> None:
    alone = str(UUID(int=1003))
    status, said = await ask(f"/library/compare?a={alone}")
    assert (status, "只存过一次" in said) == (200, True)
    status, said = await ask(f"/library/compare?a={alone}&b={UUID(int=1004)}")
    assert (status, "不是同一个网址" in said) == (200, True)
    assert (await ask("/library/compare?a=x"))[0] == 404
    assert (await ask(f"/library/compare?a={UUID(int=7)}"))[0] == 404
    assert (await ask(f"/library/compare?a={alone}&b={alone}"))[0] == 422


async def test_a_page_that_was_kept_more_often_than_a_list_shows_is_compared_too(
    library: Town, ask: Callable
) -> None:
    often = [keep(library.store, 100 + n, "公告", url=f"{TERMS}/often") for n in range(52)]
    Indexer(library.store).finish()
    status, said = await ask(f"/library/compare?a={often[0]}")
    assert (status, "只存过一次" in said, often[1] in said) == (200, False, True)
    assert "存过 52 次" in (await ask(f"/captures/{often[0]}"))[1]


@pytest.fixture(scope="module")
async def cookie(library: Town) -> str:
    return await library.cookie(await library.enter())


@pytest.fixture
async def ask(library: Town, cookie: str, stranger: aiohttp.ClientSession) -> Callable:
    """Ask for a page without a browser; return its status and text."""

    async def asked(path: str) -> tuple[int, str]:
        headers = {"Cookie": cookie, "Accept-Language": "zh-CN"}
        async with stranger.get(library.url(path), headers=headers) as reply:
            return reply.status, await reply.text()

    return asked
