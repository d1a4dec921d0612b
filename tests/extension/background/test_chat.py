"""A chat is kept whole: walked through in a real browser, each message once and in its order."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from aiohttp import web
from bs4 import BeautifulSoup
from PIL import Image

from scrapers.page import load
from scrapers.read import read
from tests.extension.background import chats
from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser


class Kept:
    """The chat of a capture as the helper has it."""

    def __init__(self, world: World, uuid: str) -> None:
        [self.part] = world.helper.parts(uuid, "seen/chat")
        self.html = world.helper.bytes(uuid, "seen/chat")
        self.soup = BeautifulSoup(self.html, "lxml")
        [told] = self.soup.select("#kazheng-chat")
        self.log: dict[str, Any] = json.loads(told.get_text())

    @property
    def said(self) -> list[str]:
        return [one.get_text() for one in self.soup.select("[data-kazheng-n] p")]

    @property
    def missing(self) -> dict[tuple[str, str], str | None]:
        found = self.part.about["missing"]
        return {(one["role"], one["reason"]): one.get("detail") for one in found}


async def walked(world: World, uuid: str) -> Kept:
    await world.reached(uuid, "sent", seconds=60)
    return Kept(world, uuid)


async def rows(world: World, uuid: str, count: int) -> None:
    async def check() -> bool:
        chat = (await world.state(uuid))["chat"]
        return bool(chat["phase"] == "down" and chat["rows"] >= count)

    await until(check, f"{count} rows never came")


async def test_a_virtual_list_is_kept_whole_while_messages_arrive(world: World) -> None:
    arrival = """
let count = 0;
log.addEventListener('scroll', () => {
  if (log.scrollTop > 1500 && log.scrollTop < 4000 && count < 2) { count += 1; come(); }
});"""
    world.shop.pages["/chat"] = chats.virtual(110, arrival)
    page = await world.open("/chat")
    chat = await walked(world, await world.capture(page, chat={}))
    assert chat.said == [chats.words(n) for n in range(112)]
    assert chat.missing == {}
    assert chat.log["whole"] is True
    numbers = [one["data-kazheng-n"] for one in chat.soup.select("[data-kazheng-n]")]
    assert numbers == [str(n + 1) for n in range(112)]
    talk = read(load(chat.html, url=page.url)).chat
    assert talk is not None
    assert [one.side for one in talk.messages] == [
        "buyer" if n % 3 == 0 else "agent" for n in range(112)
    ]
    assert all(one.at is not None for one in talk.messages)
    windows = chat.log["windows"]
    assert windows[0]["first_line"] == 1
    assert windows[-1]["last_line"] == 112
    seen = {n for one in windows for n in range(one["first_line"], one["last_line"] + 1)}
    assert seen == set(range(1, 113)), "every message is on a picture"


@pytest.mark.long
async def test_a_list_of_the_library_that_shops_draw_with_is_kept_whole(world: World) -> None:
    world.shop.pages["/chat"] = chats.scroller(200)
    chat = await walked(world, await world.capture(await world.open("/chat"), chat={}))
    assert chat.said == [chats.words(n) for n in range(200)]
    assert (chat.missing, chat.log["whole"]) == ({}, True)


@pytest.mark.long
async def test_what_loads_on_scrolling_up_is_kept_and_the_page_stands_where_it_stood(
    world: World,
) -> None:
    world.shop.pages["/chat"] = chats.lazy(90, 30)
    page = await world.open("/chat")
    await page.evaluate("log.scrollTop -= 200")
    top = "[...document.querySelectorAll('.msg')].find(m => m.offsetTop >= log.scrollTop).innerText"
    stood = await page.evaluate(top)
    uuid = await world.capture(page, chat={})
    chat = await walked(world, uuid)
    assert chat.said == [chats.words(n) for n in range(90)]
    assert (chat.log["ended"], chat.missing) == ("end", {})
    assert chat.log["loaded_more"] > 0
    assert await page.evaluate(top) == stood
    [moved] = chat.log["page_changes"]
    assert (moved["selector"], moved["property"]) == ("#log", "scrollTop")
    strips = world.helper.parts(uuid, "seen/chat-strip")
    assert [part.sha256 for part in strips] == [one["sha256"] for one in chat.log["windows"]]
    picture = Image.open(io.BytesIO(world.helper.blobs.read(strips[0].sha256)))
    assert picture.size == (1280, 800)


async def test_a_chat_in_frame_and_shadow_root_is_read_without_the_pages_prototypes(
    world: World,
) -> None:
    async def image(request: web.Request) -> web.Response:
        asked.append(request.path)
        out = io.BytesIO()
        Image.new("RGB", (60, 60), "navy").save(out, "PNG")
        return web.Response(body=out.getvalue(), content_type="image/png")

    asked: list[str] = []
    world.shop.pages |= {"/same.png": image, "/other.png": image}
    world.shop.pages["/inner"] = chats.SHADOWED.replace("PORT", str(world.shop.port))
    world.shop.pages["/chat"] = chats.framed("/inner")
    page = await world.open("/chat", wait_until="load")
    chat = await walked(world, await world.capture(page, chat={}))
    assert sorted(asked) == ["/other.png", "/same.png"], "nothing is asked for again"
    words = [" ".join(one.get_text().split()) for one in chat.soup.select("[data-kazheng-n]")]
    assert words == [
        "2026-08-18", "14:01 您好", "14:02 没到货", "14:03", "14:04", "14:05 看说明", "14:06",
        *(f"15:{10 + n} 好的" for n in range(20)),
    ]  # fmt: skip
    how = {(one["how"], one["media_type"]) for one in chat.log["pictures"]}
    assert how == {("address", "image/png"), ("pixels", "image/png"), ("protected", None)}
    assert chat.missing == {
        ("seen/page", "chat_instead"): None,
        ("seen/chat", "chat_picture_unread"): "1",
    }
    assert chat.soup.select_one("a")["href"] == f"{world.shop.origin}/help?a=1&b=2"
    assert b"onclick" not in chat.html
    assert {one["property"] for one in chat.log["page_changes"]} == {
        "position", "inset", "scrollTop"
    }  # fmt: skip
    sides = [one.get("data-kazheng-side") for one in chat.soup.select("[data-kazheng-n]")]
    assert sides[1:4] == ["left", "right", "right"]
    assert await page.evaluate("scrollY") == 0


@pytest.mark.long
async def test_an_endless_chat_is_bounded_and_says_so(world: World) -> None:
    world.shop.pages["/chat"] = chats.lazy(100_000, 60)
    page = await world.open("/chat")
    chat = await walked(world, await world.capture(page, chat={"most": 100}))
    count = len(chat.said)
    assert 100 <= count < 300
    assert chat.said == [chats.words(n) for n in range(100_000 - count, 100_000)]
    assert chat.missing[("seen/chat", "chat_too_long")] == str(count)
    assert chat.log["whole"] is False


@pytest.mark.long
async def test_messages_that_come_above_when_all_is_over_are_said_to_lack(world: World) -> None:
    world.shop.pages["/chat"] = chats.late(36, 12)
    page = await world.open("/chat")
    chat = await walked(world, await world.capture(page, chat={}))
    assert chat.said == [chats.words(n) for n in range(12, 36)]
    assert chat.missing == {("seen/chat", "chat_late"): None}
    assert chat.log["whole"] is False


async def test_what_was_there_is_kept_when_the_tab_is_closed(world: World) -> None:
    world.shop.pages["/chat"] = chats.virtual(400)
    page = await world.open("/chat")
    uuid = await world.capture(page, chat={})
    await rows(world, uuid, 30)
    await page.close()
    chat = await walked(world, uuid)
    count = len(chat.said)
    assert 30 <= count < 400
    assert chat.said == [chats.words(n) for n in range(count)]
    assert chat.missing[("seen/chat", "tab_closed")] == str(count)


@pytest.mark.long
async def test_the_person_may_end_it_and_a_dead_worker_loses_nothing(world: World) -> None:
    world.shop.pages["/chat"] = chats.virtual(400)
    page = await world.open("/chat")
    stopped = await world.capture(page, chat={})
    await rows(world, stopped, 20)
    await world.message("chat-stop", uuid=stopped)
    chat = await walked(world, stopped)
    assert chat.said == [chats.words(n) for n in range(len(chat.said))]
    assert ("seen/chat", "chat_stopped") in chat.missing
    killed = await world.capture(page, chat={})
    await rows(world, killed, 20)
    await world.stop_workers()
    chat = await walked(world, killed)
    assert chat.said == [chats.words(n) for n in range(len(chat.said))]
    assert ("seen/chat", "interrupted") in chat.missing


async def test_a_page_without_a_chat_is_kept_and_says_that_there_is_none(world: World) -> None:
    world.shop.pages["/order"] = "<!doctype html><title>订单</title><p>订单 12345678"
    uuid = await world.capture(await world.open("/order"), chat={})
    chat = await walked(world, uuid)
    assert chat.missing == {("seen/chat", "chat_not_found"): "0"}
    assert "订单 12345678" in world.helper.bytes(uuid, "seen/text").decode()
