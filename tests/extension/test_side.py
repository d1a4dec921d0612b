"""The popup's page beside the web page, and what the preview says of frames and many files."""

import pytest

from tests.extension.given import FILLED, PAGE, PLAN, REPORT, answers, field, sent

pytestmark = pytest.mark.browser
FORM = PAGE | {"kind": "complaint", "complaint_form": True}
SIDE = "popup.html?tab=1&side"
FRAME = {"origin": "https://kefu.test", "url": "https://kefu.test/form", "own": True}
REFUSED = {
    "ok": False,
    "error": {"code": "fill_frame", "values": [FRAME["origin"]], "frame": FRAME},
}


def many(count):
    files = [
        {"name": f"证据{n}-订单页截图.png", "bytes": 900_000, "accepted": True, "said": None}
        for n in range(1, 21)
    ]
    stays = [
        {"number": n, "name": f"证据{n}-聊天记录.png", "reason": "too_many", "said": "表单放不下"}
        for n in range(21, count)
    ]
    last = {"number": count, "name": f"证据{count}-录屏.webm", "reason": "kind", "said": "表单不收"}
    return PLAN | {"files": files, "stays": [*stays, last], "takes": "没有说最多几个"}


async def test_the_panel_is_opened_for_the_tab_and_the_popup_makes_way(extension_pages):
    page = await extension_pages.open("popup.html", answers(page=FORM))
    await page.evaluate("() => { window.close = () => { window.closed_by_us = true; }; }")
    await page.click("#beside")
    beside = await page.evaluate("() => window.beside")
    assert (beside["tabId"], beside["enabled"]) == (1, True)
    assert beside["path"].startswith("pages/popup.html?tab=1&side=")
    await page.evaluate("() => window.fire('message', { type: 'page', tabId: 2 })")
    assert not await page.evaluate("() => window.closed_by_us")
    await page.evaluate("() => window.fire('message', { type: 'page', tabId: 1 })")
    assert await page.evaluate("() => window.closed_by_us")


async def test_a_browser_without_a_panel_keeps_the_popup_and_one_that_fails_says_so(
    extension_pages,
):
    page = await extension_pages.open("popup.html", answers(page=FORM, noPanel=True))
    await page.wait_for_selector("#fill-preview")
    assert await page.query_selector("#beside") is None
    page = await extension_pages.open("popup.html", answers(page=FORM, panelFails=True))
    await page.click("#beside")
    await page.wait_for_selector("#error .notice")
    assert "没有打开侧栏" in await page.inner_text("#error")
    assert await page.is_enabled("#fill-preview")


async def test_while_another_tab_is_in_front_nothing_can_be_filled(extension_pages):
    page = await extension_pages.open(f"{SIDE}=1", answers(page=FORM))
    await page.wait_for_selector("#preview")
    front = "([tabId, windowId]) => window.fire('activated', { tabId, windowId })"
    await page.evaluate(front, [2, 9])
    await page.evaluate(front, [2, 1])
    await page.wait_for_selector("#elsewhere:not([hidden])")
    assert await page.evaluate("() => document.querySelector('main').inert")
    assert "另一个标签页" in await page.inner_text("#elsewhere")
    await page.click("#side-back")
    assert await page.evaluate("() => window.updated") == [1, {"active": True}]
    await page.evaluate(front, [1, 1])
    await page.wait_for_selector("#elsewhere", state="hidden")
    assert not await page.evaluate("() => document.querySelector('main').inert")
    await page.click("#fill-apply")
    assert [message["tabId"] for message in await sent(page, "fill-apply")] == [1]


async def test_the_panel_begins_anew_only_when_its_tab_shows_another_page(extension_pages):
    tab = {"tab": {"url": PAGE["url"]}}
    page = await extension_pages.open(SIDE, answers(page=FORM, **tab))
    await page.click("#fill-preview")
    await page.wait_for_selector("#preview")
    done = "(id) => window.fire('updated', id, { status: 'complete' })"
    await page.evaluate(done, 1)
    await page.evaluate("() => { window.answers.tab.url += '/next'; }")
    await page.evaluate(done, 2)
    assert await page.is_visible("#preview")
    async with page.expect_navigation():
        await page.evaluate(done, 1)


async def test_a_step_that_is_gone_stays_known_and_the_next_is_one_click(extension_pages):
    gone = field("order_no", 0, found=False, note="no_field")
    plans = [PLAN, PLAN | {"done": ["order_no"], "fields": [gone, field("demand", 0.9)]}]
    report = REPORT | {"more": ["您的诉求"]}
    given = answers(page=FORM, **{"fill-preview": plans, "fill-apply": report})
    page = await extension_pages.open(f"{SIDE}=1", given)
    await page.click("#fill-apply")
    await page.wait_for_selector("#report")
    assert "您的诉求" in await page.inner_text("#report")
    await page.click("#report .primary#fill-preview")
    row = await page.inner_text("[data-field=order_no]")
    assert "前面已填" in row
    assert "没有这一项" not in row
    assert await page.is_disabled("[data-field=order_no] input")
    await page.click("#fill-cancel")
    assert await page.is_visible("#keep-receipt"), "the receipt is still to come"


async def test_a_form_that_stands_again_after_submitting_can_be_refilled(extension_pages):
    memory = {"filled": FILLED}
    page = await extension_pages.open(SIDE, answers(page=FORM), session={"fill:1": memory})
    await page.wait_for_selector("#fill-preview.primary")
    assert await page.is_visible("#keep-receipt")
    page = await extension_pages.open(
        SIDE, answers(page=PAGE | {"kind": None}), session={"fill:1": memory}
    )
    await page.wait_for_selector("#keep-receipt.primary")
    await page.click("#fill-preview")
    await page.wait_for_selector("#preview")


async def test_a_frame_is_allowed_inside_the_click_and_previewed_again(extension_pages):
    given = answers(page=FORM, granted=True, **{"fill-preview": [REFUSED, PLAN]})
    page = await extension_pages.open(SIDE, given)
    await page.click("#fill-preview")
    await page.wait_for_selector("#frame-allow")
    assert "https://kefu.test 的内嵌页里" in await page.inner_text("#error")
    await page.click("#frame-allow")
    await page.wait_for_selector("#preview")
    assert await page.evaluate("() => window.wanted") == {"origins": ["https://kefu.test/*"]}
    assert await page.is_hidden("#error")


async def test_a_frame_that_is_not_allowed_can_be_opened_in_a_tab_of_its_own(extension_pages):
    page = await extension_pages.open(SIDE, answers(page=FORM, **{"fill-preview": REFUSED}))
    await page.click("#fill-preview")
    await page.click("#frame-allow")
    await page.wait_for_selector("#error .notice.warn")
    assert "没有填任何内容" in await page.inner_text("#error")
    await page.click("#frame-open")
    assert await page.evaluate("() => window.opened") == FRAME["url"]


async def test_200_exhibits_say_what_stays_by_reason_and_leave_the_button_in_reach(extension_pages):
    given = answers(page=FORM, **{"fill-preview": many(200)})
    page = await extension_pages.open(f"{SIDE}=1", given)
    await page.wait_for_selector("#preview")
    assert "附上 20 个文件" in await page.inner_text("#fill-file-list")
    await page.click("#fill-file-list summary")
    said = await page.inner_text("#fill-stays")
    assert "表单放不下：179 件" in said
    assert "证据150-聊天记录.png" in said
    assert "表单不收：1 件" in said
    tall = await page.evaluate("() => document.documentElement.scrollHeight")
    assert tall < 2500, "the lists scroll in themselves"
    await page.click("#fill-apply")
    assert (await sent(page, "fill-apply"))[0]["files"] is True


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_nothing_is_wider_than_a_narrow_panel(extension_pages, language):
    long = field("description", 0.4, value="付款后没有发货，" * 60, note="shortened")
    address = field("contact", 0.9, value="a" * 120, typed=True, current="b" * 120)
    plan = many(30) | {"fields": [long, address], "strangers": [FRAME], "confirm": ["contact"]}
    given = answers(page=FORM, **{"fill-preview": plan})
    page = await extension_pages.open(f"{SIDE}=1", given, language=language, width=320)
    await page.wait_for_selector("#preview")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_panel_whose_tab_was_closed_says_so(extension_pages):
    page = await extension_pages.open(SIDE, answers(page=FORM))
    await page.wait_for_selector("#fill-preview")
    await page.evaluate("sessionStorage.closed = true")
    async with page.expect_navigation():
        await page.evaluate("() => window.fire('removed', 1)")
    await page.wait_for_selector("#error .notice")
    assert "标签页已经关闭" in await page.inner_text("#error")
    assert not await page.is_visible("#keep")
    await page.click("#cases")
    assert await page.evaluate("() => window.opened") == "/pages/panel.html"
