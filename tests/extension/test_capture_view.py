"""What the popup says of a capture on its way, in a real browser."""

import pytest

from tests.extension.given import (
    CASE,
    ORDER,
    PAGE,
    SUGGESTION,
    URL,
    UUID,
    VIEW,
    answers,
    keeps,
    standing,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": "disk_full", "message": "磁盘满了。", "next_step": "清理磁盘。"}, "清理磁盘。"),
        ({"code": "too_large"}, "大小上限"),
        ({"code": "helper_hashes"}, "不一致"),
        ({"code": "helper_stranger"}, "不是您配对过的助手"),
    ],
)
async def test_why_the_helper_did_not_take_it_is_said(extension_pages, error, words):
    state = standing(phase="kept_here", error=error)
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=failed]")
    said = await page.inner_text("#after")
    assert words in said
    assert "已存入浏览器，没有丢失" in said
    assert "kazheng serve" not in said


@pytest.mark.parametrize(
    ("code", "step"), [("helper_away", "kazheng serve"), ("helper_unpaired", "kazheng pair")]
)
async def test_a_capture_waits_for_a_helper_that_is_not_there(extension_pages, code, step):
    state = standing(phase="kept_here", error={"code": code})
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=waiting]")
    assert step in await page.inner_text("#after")
    assert await page.query_selector("#after .notice.bad") is None


async def test_what_the_helper_took_waits_for_it_to_come_back_and_then_goes_on(extension_pages):
    states = [standing(error={"code": "helper_away"}), standing(view=VIEW)]
    page = await extension_pages.open("popup.html", answers(**{"capture-state": states[:1]}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=waiting]")
    said = await page.inner_text("#after")
    assert "助手已收下" in said
    assert "kazheng serve" in said
    assert await page.query_selector("#steps .active") is None
    await page.evaluate("state => { window.answers['capture-state'] = state }", states[1])
    await page.wait_for_selector("body[data-state=done]")


async def test_an_interrupted_click_says_so_and_offers_the_button_again(extension_pages):
    state = standing(phase="freezing", error={"code": "interrupted"})
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=failed]")
    assert "中断" in await page.inner_text("#after")
    assert await page.query_selector("#steps") is None, "nothing of it was done"
    assert await page.query_selector("#again.primary")
    assert "没有丢失" not in await page.inner_text("#after")
    await page.click("#again")
    await page.wait_for_selector("body[data-state=before] #keep:not([disabled])")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("disk_full", ("磁盘已满", "请腾出一些空间")), ("browser_failed", ("稍后会自动再试",))],
)
async def test_a_helper_that_failed_to_seal_is_said_and_ends_the_waiting(
    extension_pages, reason, words
):
    steps = [{"step": "read"}, {"step": "failed", "detail": reason}]
    view = VIEW | {"state": "kept", "steps": steps, "seals": [{"stage": "S0"}]}
    state = standing(view=view)
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=failed]")
    said = await page.inner_text("#after")
    assert "还没有封存" in said
    assert all(word in said for word in words)
    assert await page.query_selector("#steps .active") is None


async def test_times_of_an_order_are_shown_as_the_page_said_them(extension_pages):
    page = await extension_pages.open("popup.html", answers())
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    assert "2026-07-11 08:30:12" in await page.inner_text("#order")


async def test_remarks_on_the_visit_are_listed_and_unknown_ones_shown_as_they_are(extension_pages):
    notes = ["no_sandbox", "dialog_dismissed: 请先登录", "new_code: x"]
    state = standing(view=VIEW | {"notes": notes})
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    await page.click("#notes summary")
    listed = (await page.inner_text("#notes ul")).splitlines()
    assert listed == [
        "浏览器没有启用沙箱",
        "关闭了页面弹出的对话框 (请先登录)",
        "new_code: x",
    ]


@pytest.mark.parametrize("path", ["popup.html", "panel.html?case=c-1"])
async def test_doubts_of_the_reader_are_shown(extension_pages, path):
    doubts = ["order_no_from_text", "views_disagree:amount", "more_orders:2", "unheard_of:x"]
    order = ORDER | {"warnings": doubts}
    state = standing(view=VIEW | {"order": order})
    case = {"ok": True, "case": CASE | {"order": order}, "suggestion": SUGGESTION}
    page = await extension_pages.open(path, answers(case=case, **{"capture-state": state}))
    await page.click("#keep" if path == "popup.html" else "#part-order > summary")
    await page.wait_for_selector(".warnings")
    said = (await page.inner_text(".warnings")).splitlines()
    assert len(said) == len(doubts)
    assert "页面文字" in said[0]
    assert "“订单金额”不一致" in said[1]
    assert "2 笔订单" in said[2]
    assert "unheard_of:x" in said[3]


async def test_drivers_can_tell_what_the_popup_shows(extension_pages):
    page = await extension_pages.open("popup.html", answers())
    await keeps(page, {"sealed": True})
    await page.reload()
    await page.wait_for_selector(f"body[data-state=done][data-capture='{UUID}']")
    await page.click("#again")
    await page.wait_for_selector("body[data-state=before]:not([data-capture])")
    await page.click("#keep")
    await page.wait_for_selector(f"body[data-state=done][data-capture='{UUID}']")


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "before"),
        ({"page": PAGE | {"url": "chrome://settings/"}}, "restricted"),
        ({"page": {"ok": False, "error": {"code": "tab_closed"}, "url": URL}}, "error"),
    ],
)
async def test_the_popup_says_when_it_knows_what_to_show(extension_pages, changed, state):
    page = await extension_pages.open("popup.html", answers(**changed))
    await page.wait_for_selector(f"body[data-state={state}]")
    assert await page.get_attribute("body", "data-capture") is None


LONG = "店主说明" + "很长的一段文字" * 60 + "没有空格的代码" + "x" * 400
CHANGES = [
    {"state": "changed", "seen": "状态 已退款", "witness": "状态 待发货"},
    {"state": "only_seen", "seen": LONG, "witness": None},
    {"state": "only_witness", "seen": None, "witness": "客服在线"},
    {"state": "only_seen", "seen": "第四行", "witness": None},
]


def compared(verdict, session="lent", **more):
    text = {"state": "differs", "changed": 7, "changes": CHANGES}
    found = {"verdict": verdict, "reason": None, "session": session, "fields": [], "text": text}
    return standing(view=VIEW | {"corroboration": found | more})


async def test_other_text_that_differs_is_shown_in_few_words_without_overflow(extension_pages):
    state = compared("agree", reason="text_differs")
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    said = (await page.inner_text("#text-difference")).splitlines()
    assert said[0] == "页面文字有 7 行不同"
    assert "您看到“状态 已退款”，第二次访问“状态 待发货”" in said
    assert any(line.startswith("只在您的页面上：店主说明") for line in said)
    assert "只在第二次访问中：客服在线" in said
    assert "第四行" not in "".join(said)
    assert await page.query_selector("#corroboration.warn")
    wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(wide)
    box = "document.querySelector('#corroboration')"
    assert not await page.evaluate(f"() => {box}.scrollWidth > {box}.clientWidth")


@pytest.mark.parametrize(
    ("verdict", "session"),
    [("not_comparable", "not_lent"), ("not_comparable", "lent"), ("no_order", "not_lent")],
)
async def test_text_of_what_may_be_another_page_is_not_held_against_it(
    extension_pages, verdict, session
):
    state = compared(verdict, session)
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done] #corroboration")
    assert await page.query_selector("#text-difference") is None


@pytest.mark.parametrize(("later", "shown"), [(12.0, False), (7200.0, True)])
async def test_a_visit_hours_later_shows_its_own_time(extension_pages, later, shown):
    at = "2026-07-11T10:30:12+08:00"
    state = compared("agree", text=None, seconds_later=later, witness_at=at)
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    assert ("2026" in await page.inner_text("#corroboration")) is shown
