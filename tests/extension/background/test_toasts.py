"""Notices that a page shows for seconds: remembered from the popup's opening to the capture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Page

from tests.extension.background.world import World

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang=zh><title>查询</title>
<input placeholder=请输入订单号 value=2608181505201b72a16e>
<input placeholder=手机 value=13800000000>
<input name=order_no value=13900000000><input name=order_no readonly value=DD260818150520>
<input id=pw type=password value=S3cretGamePw><p>订单</p><script>
const say = (text, tag = "<div class='t-message'>", ms = 0) => {
  const box = document.createElement("div");
  box.innerHTML = tag;
  const node = box.firstElementChild;
  node.append(text);
  document.body.append(node);
  if (ms) setTimeout(() => node.remove(), ms);
  return node;
};
</script></html>"""
SENTENCE = "订单未付款，请重新支付，或联系客服处理！"
SHAPES = {
    "t-message": "<div class='t-message t-is-error'>",
    "role": "<div role=alert>",
    "layui": "<div class='layui-layer layui-layer-msg'>",
    "element": "<div class='el-message el-message--error' role=alert>",
    "ant": "<div class='ant-message-notice'>",
    "vant": "<div class='van-toast'>",
    "bootstrap": "<div class='toast show'>",
}
GONE = "() => !document.querySelector('.t-message')"


async def look_on(world: World, page: Page) -> None:
    """Open the popup over a page and close it once it shows what the page is."""
    popup = await world.person.click_toolbar(page)
    await popup.wait_for("document.body.dataset.state")
    await popup.close()


async def kept(world: World, page: Page) -> list[dict[str, Any]]:
    uuid = await world.kept(page)
    return list(world.context(uuid)["page"]["toasts"])


@pytest.fixture
async def page(world: World) -> Page:
    world.shop.pages["/page"] = PAGE
    return await world.open("/page")


async def test_notices_that_have_vanished_are_kept_with_their_times(
    world: World, page: Page
) -> None:
    await look_on(world, page)
    for shape, tag in SHAPES.items():
        await page.evaluate("([text, tag]) => say(text, tag, 300)", [SENTENCE + shape, tag])
    await page.wait_for_function(f"() => !document.body.innerText.includes('{SENTENCE}')")
    toasts = await kept(world, page)
    assert [toast["text"] for toast in toasts] == [SENTENCE + shape for shape in SHAPES]
    for toast in toasts:
        appeared, gone = (datetime.fromisoformat(toast[at]) for at in ("appeared_at", "gone_at"))
        assert appeared < gone
        assert toast["address"] == page.url
        assert toast["typed"] == ["2608181505201b72a16e"]


async def test_a_notice_that_still_stands_at_the_click_is_kept(world: World, page: Page) -> None:
    await page.evaluate("text => say(text)", SENTENCE)
    [toast] = await kept(world, page)
    assert (toast["text"], toast["gone_at"]) == (SENTENCE, None)
    assert toast["appeared_at"] is None


async def test_a_page_without_notices_has_an_empty_list(world: World, page: Page) -> None:
    assert await kept(world, page) == []


async def test_a_notice_shown_by_a_class_or_a_changed_text_is_kept(
    world: World, page: Page
) -> None:
    script = """() => { window.node = say("", "<div class='toast' style='display:none'>") }"""
    await page.evaluate(script)
    await look_on(world, page)
    await page.evaluate(
        """() => {
          Object.assign(node, {textContent: "甲"}).style.display = "block";
          setTimeout(() => { node.textContent = "乙" }, 200);
        }"""
    )
    await page.wait_for_function("() => node.textContent === '乙'")
    assert [toast["text"] for toast in await kept(world, page)] == ["甲", "乙"]


async def test_a_box_around_notices_is_none_and_one_that_counts_down_is_one(
    world: World, page: Page
) -> None:
    await look_on(world, page)
    await page.evaluate(
        """async () => {
          const box = say("", "<div class='toast-container'>");
          box.append(say("剩余 9 秒"), say("库存不足"));
          for (let left = 8; left; left -= 1) {
            await new Promise(done => setTimeout(done, 90));
            box.firstElementChild.textContent = `剩余 ${left} 秒`;
          }
        }"""
    )
    texts = [toast["text"] for toast in await kept(world, page)]
    assert sorted(texts) == ["剩余 9 秒", "库存不足"]


async def test_what_stands_in_a_password_field_is_never_kept(world: World, page: Page) -> None:
    await look_on(world, page)
    await page.evaluate("() => { say('您的密码是 S3cretGamePw', undefined, 200); say('已保存') }")
    uuid = await world.kept(page)
    assert b"S3cretGamePw" not in world.helper.bytes(uuid, "seen/context")
    assert [one["text"] for one in world.context(uuid)["page"]["toasts"]] == ["已保存"]


async def test_a_page_that_floods_is_bounded_and_the_newest_are_kept(
    world: World, page: Page
) -> None:
    await look_on(world, page)
    await page.evaluate(
        """async () => {
          for (let turn = 0; turn < 130; turn += 1) {
            const letters = String.fromCharCode(0x4e00 + turn).repeat(400);
            const node = say(letters);
            await new Promise(done => setTimeout(done, 15));
            if (turn % 10 === 9) document.querySelectorAll(".t-message").forEach(n => n.remove());
          }
          say("x".repeat(100_000), "<div role=alert>");
          say("最后");
        }"""
    )
    uuid = await world.kept(page)
    inside = world.context(uuid)["page"]
    assert len(inside["toasts"]) == 60
    assert inside["toasts_cut"] is True
    assert inside["toasts"][-1]["text"] == "最后"
    assert max(len(one["text"]) for one in inside["toasts"]) == 300


@pytest.mark.long
async def test_a_page_that_never_rests_costs_a_bounded_time(world: World, page: Page) -> None:
    await page.evaluate(
        """() => {
          for (let at = 0; at < 60; at += 1) say("订".repeat(900), "<div role=status>");
          const node = say("");
          setInterval(() => { node.textContent = Math.random() }, 1);
        }"""
    )
    assert len(await kept(world, page)) <= 60


async def test_watching_changes_nothing_and_survives_a_page_that_tampers(
    world: World, page: Page
) -> None:
    await page.evaluate(
        """() => {
          window.changes = 0;
          new MutationObserver(list => { changes += list.length })
            .observe(document, {subtree: true, childList: true, attributes: true});
          Document.prototype.querySelectorAll = () => [];
          Element.prototype.checkVisibility = () => false;
          window.kazhengToasts = { take: () => "lie", watch: () => { throw 1 } };
        }"""
    )
    await look_on(world, page)
    assert await page.evaluate("changes") == 0
    await page.evaluate("text => say(text, undefined, 200)", SENTENCE)
    await page.wait_for_function(GONE)
    [toast] = await kept(world, page)
    assert toast["text"] == SENTENCE


async def test_a_second_opening_of_the_popup_goes_on_with_what_was_seen(
    world: World, page: Page
) -> None:
    await look_on(world, page)
    await page.evaluate("() => say('一', undefined, 120)")
    await page.wait_for_function(GONE)
    await look_on(world, page)
    await page.evaluate("() => say('二', undefined, 120)")
    await page.wait_for_function(GONE)
    found = await kept(world, page)
    assert [one["text"] for one in found] == ["一", "二"]
    assert all(one["gone_at"] for one in found)


async def test_what_a_capture_took_is_forgotten_when_the_next_notice_comes(
    world: World, page: Page
) -> None:
    await look_on(world, page)
    await page.evaluate("() => { say('一', undefined, 120); say('在'); }")
    await page.wait_for_function("() => document.querySelectorAll('.t-message').length === 1")
    assert [one["text"] for one in await kept(world, page)] == ["一", "在"]
    assert [one["text"] for one in await kept(world, page)] == ["一", "在"]
    await look_on(world, page)
    await page.evaluate("() => say('二', undefined, 120)")
    await page.wait_for_function("() => document.querySelectorAll('.t-message').length === 1")
    assert [one["text"] for one in await kept(world, page)] == ["在", "二"]


async def test_the_popup_opens_over_a_page_that_cannot_be_watched(world: World) -> None:
    await look_on(world, await world.person.open("about:blank"))
