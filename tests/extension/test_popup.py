"""The popup draws what the browser knows, keeps one button in its place and folds the rest."""

import pytest

from tests.extension.given import answers, keeps, sent
from tests.extension.states import CASES, DUE, ERROR, recording, walk

pytestmark = pytest.mark.browser
PLACE = "document.getElementById('keep').getBoundingClientRect().top"


async def test_the_button_is_there_before_anybody_answers_and_stays_where_it_is(extension_pages):
    page = await extension_pages.open("popup.html", answers("away", silent=True))
    await page.wait_for_selector("body[data-state=before]")
    assert await page.inner_text("#page-title") == "订单详情"
    place = await page.evaluate(PLACE)
    await page.evaluate("window.speak()")
    await page.wait_for_selector("#helper .notice")
    await page.wait_for_selector("#order-no")
    assert await page.evaluate(PLACE) == place


async def test_a_click_is_seen_at_once_and_the_keyboard_goes_on_from_there(extension_pages):
    page = await extension_pages.open("popup.html", answers(silent=True))
    await page.focus("#keep")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#steps li.active")
    assert await page.evaluate("document.activeElement.id") == "after"
    assert not await page.is_visible("#keep")


async def test_what_was_kept_a_moment_ago_is_said_before_the_helper_answers(extension_pages):
    page = await extension_pages.open("popup.html", answers())
    await keeps(page, {"sealed": True})
    await page.evaluate("sessionStorage.silent = true")
    await page.reload()
    await page.wait_for_selector("#after .notice.good")
    assert not await page.is_visible("#keep")


async def test_other_ways_are_folded_until_one_of_them_goes_on(extension_pages):
    page = await extension_pages.open("popup.html", answers())
    await page.wait_for_selector("#platform")
    assert await page.get_attribute("#ways", "open") is None
    await page.focus("#ways > summary")
    await page.keyboard.press("Enter")
    for button in ("#keep-chat", "#walk-start", "#recorder"):
        assert await page.is_visible(button)
    await page.reload()
    await page.wait_for_selector("#ways:not([open])")
    going = walk()
    given = answers(**{"walk-state": {"ok": True, "walk": going}, "stored": {"walk": going}})
    page = await extension_pages.open("popup.html", given)
    await page.wait_for_selector("#ways[open] #walk-stop")


async def test_a_recording_that_goes_on_is_gone_back_to(extension_pages):
    page = await recording(extension_pages)
    assert "8.6 MB" in await page.inner_text("#recorder-note")
    recorder = page.context.pages[0]
    listen = "new BroadcastChannel('recorder').onmessage = ({ data }) => { window.heard = data }"
    await recorder.evaluate(f"() => {{ {listen} }}")
    await page.click("#recorder")
    await recorder.wait_for_function("window.heard === 'show'")
    assert await page.evaluate("window.opened") is None


async def test_a_deadline_that_ends_soon_leads_to_its_case(extension_pages):
    page = await extension_pages.open("popup.html", answers(badge="2"))
    await page.click("#to-cases")
    assert await page.evaluate("window.opened") == "/pages/panel.html"
    page = await extension_pages.open("panel.html", answers(recent=CASES, due=DUE))
    await page.wait_for_selector("#list article")
    due = page.locator("#list article", has=page.locator("[data-clock]"))
    assert await due.locator("h2 a").get_attribute("href") == "panel.html?case=c-1"
    assert await due.count() == 1
    assert await page.locator("#due-waiting, #list-here").count() == 0
    old = DUE["due"][0] | {"case_id": "c-old", "title": "旧订单"}
    given = {
        "recent": CASES | {"unasked": "helper_away"},
        "due": {"ok": True, "due": [old], "waiting": 2},
    }
    page = await extension_pages.open("panel.html", answers(**given))
    await page.wait_for_selector("#list article")
    card = page.locator("#list article", has=page.locator("[data-clock]"))
    assert await card.locator("h2 a").get_attribute("href") == "panel.html?case=c-old"
    assert "还有 2 个案件正在整理" in await page.inner_text("#due-waiting")
    assert "问不到助手" in await page.inner_text("#list-here")
    given["recent"] = given["recent"] | {"captures": []}
    page = await extension_pages.open("panel.html", answers(**given | {"due": ERROR}))
    await page.wait_for_selector("#list-here")
    assert "还没有证据" not in await page.inner_text("#list"), "nobody could be asked"
    given["recent"] = given["recent"] | {"unasked": "helper_unpaired"}
    page = await extension_pages.open("panel.html", answers("unpaired", **given | {"due": ERROR}))
    await page.wait_for_selector("#list h1")
    assert "配对" in await page.inner_text("#helper")
    assert await page.locator("#list-here").count() == 0, "waiting does not help"
    assert "还没有证据" not in await page.inner_text("#list")


async def test_an_outbox_that_cannot_be_opened_takes_no_button_away(extension_pages):
    failed = {"ok": False, "error": {"code": "outbox_failed"}}
    page = await extension_pages.open("popup.html", answers(capture=failed, broken=True))
    await page.click("#keep")
    await page.wait_for_selector("#error .notice.bad")
    assert "清理磁盘" in await page.inner_text("#error")
    assert await page.is_enabled("#keep")


async def test_the_console_is_opened_at_the_case_that_is_shown(extension_pages):
    url = "http://kazheng.localhost:17650/enter#once"
    page = await extension_pages.open("popup.html", answers(console={"ok": True, "url": url}))
    await page.wait_for_selector("#platform")
    await page.click("#console")
    assert await page.evaluate("window.opened") == url
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    await page.click("#console")
    assert [one.get("case_id") for one in await sent(page, "console")] == [None, "c-1"]


@pytest.mark.parametrize(
    ("code", "words"), [("helper_away", "助手没有运行"), ("helper_version", "版本不相配")]
)
async def test_a_console_that_cannot_be_opened_says_why(extension_pages, code, words):
    refused = {"ok": False, "error": {"code": code}}
    page = await extension_pages.open("popup.html", answers(console=refused))
    await page.wait_for_selector("#platform")
    await page.click("#console")
    await page.wait_for_selector("#error .notice.bad")
    assert words in await page.inner_text("#error")
    assert await page.evaluate("window.opened") is None
