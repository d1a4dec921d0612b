"""The popup, the panel and the options page in a real browser, the background given by the test."""

import pytest

from tests.extension.given import (
    CASE,
    FITTED,
    ORDER,
    PAGE,
    PLAN,
    SUGGESTION,
    URL,
    VIEW,
    answers,
    field,
    sent,
)

pytestmark = pytest.mark.browser
ONE = {"ok": True, "case": CASE, "suggestion": SUGGESTION}


async def order_of(pages, given):
    """Open the panel's part with the order."""
    page = await pages.open("panel.html?case=c-1", given)
    await page.click("#part-order > summary")
    return page


async def test_before_the_click_the_order_is_named(extension_pages):
    page = await extension_pages.open("popup.html", answers())
    await page.wait_for_selector("#keep")
    assert await page.inner_text("#order-no") == "WZ20260711083012"
    assert await page.inner_text("#platform") == "王子卡盟"


async def test_a_full_disk_is_explained(extension_pages):
    full = {"ok": False, "error": {"code": "outbox_full"}}
    page = await extension_pages.open("popup.html", answers(capture=full))
    await page.click("#keep")
    await page.wait_for_selector("#error .notice.bad")
    said = await page.inner_text("#error")
    assert "没有空间" in said
    assert "清理磁盘" in said


async def test_unknown_page_can_be_kept(extension_pages):
    unknown = PAGE | {"platform": None, "order_no": None, "kind": None}
    page = await extension_pages.open("popup.html", answers(page=unknown))
    await page.wait_for_selector("#keep:not([disabled])")
    assert await page.inner_text("#platform") == "未识别的页面，也可以保存"


@pytest.mark.parametrize(
    ("helper", "step"),
    [
        ("away", "kazheng serve"),
        ("unpaired", "kazheng pair"),
        ("stranger", "重新配对"),
        ("version", "同一版本"),
    ],
)
async def test_helper_that_is_not_ready_is_explained_and_the_button_stays(
    extension_pages, helper, step
):
    page = await extension_pages.open("popup.html", answers(helper))
    await page.wait_for_selector("#helper .notice")
    assert step in await page.inner_text("#helper")
    assert await page.is_enabled("#keep")


async def test_restricted_page_says_so_and_has_no_button(extension_pages):
    restricted = PAGE | {"capturable": False, "url": "chrome://settings/"}
    page = await extension_pages.open("popup.html", answers(page=restricted))
    await page.wait_for_selector("#error .notice")
    assert not await page.is_visible("#keep")
    assert "也可以保存" not in await page.inner_text("body")


async def test_click_shows_the_result_and_the_next_step(extension_pages):
    page = await extension_pages.open(
        "popup.html", answers(page=PAGE | {"complaint_url": f"{URL}/complaint"})
    )
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    assert "99.50 元" in await page.inner_text("#order")
    assert await page.get_attribute("#corroboration", "data-verdict") == "agree"
    await page.click("#write")
    await page.wait_for_function("() => window.opened")
    opened = await page.evaluate("() => window.opened")
    assert "panel.html?case=c-1&form=https" in opened


async def test_not_lent_is_never_called_agreement(extension_pages):
    found = {"verdict": "not_comparable", "reason": "session_not_lent", "fields": []}
    state = {
        "ok": True,
        "local": {"phase": "sent", "missing": [], "error": None},
        "view": VIEW | {"corroboration": found},
    }
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#keep")
    await page.wait_for_selector("#corroboration")
    assert "不能比较" in await page.inner_text("#corroboration")
    assert "一致" not in await page.inner_text("#corroboration")


async def test_lending_asks_for_the_site_only(extension_pages):
    page = await extension_pages.open("popup.html", answers(granted=True))
    await page.check("#lend")
    await page.wait_for_function("() => window.sent.some((m) => m.type === 'lend')")
    wanted = {"permissions": ["cookies"], "origins": ["https://wangzi.localhost/*"]}
    assert await page.evaluate("() => window.wanted") == wanted
    message = {"type": "lend", "origin": "https://wangzi.localhost:8443", "allowed": True}
    assert await sent(page, "lend") == [message]


CHOOSE = "site => import('/background/session.js').then(({ choose }) => choose(site, false))"


async def test_a_login_that_is_lent_no_more_gives_its_permissions_back(extension_pages):
    one, twin, other = "https://a.test", "https://a.test:8443", "https://b.test"
    walk = {"origin": other, "ended_at": None}
    stored = {"lend": dict.fromkeys((one, twin, other), True), "walk": walk}
    page = await extension_pages.open("options.html", answers(stored=stored))
    await page.evaluate(CHOOSE, one)
    assert await page.evaluate("() => window.returned") is None, "another port has the same pattern"
    await page.evaluate(CHOOSE, twin)
    await page.evaluate(CHOOSE, other)
    assert await page.evaluate("() => window.returned") == [
        {"origins": ["https://a.test/*"]},
        {"permissions": ["cookies"]},
    ], "the walk goes on"


async def test_what_the_helper_needs_is_asked_for_in_the_click(extension_pages):
    page = await extension_pages.open("popup.html", answers(helper="forbidden"))
    await page.click("#allow-helper")
    assert await page.evaluate("() => window.wanted") == {"origins": ["http://127.0.0.1/*"]}


async def test_refused_permission_unticks_and_takes_the_choice_back(extension_pages):
    page = await extension_pages.open("popup.html", answers(granted=False))
    await page.click("#lend")
    await page.wait_for_selector("#error .notice")
    assert not await page.is_checked("#lend")
    assert (await sent(page, "lend"))[-1]["allowed"] is False


async def test_no_second_visit_if_the_user_says_so(extension_pages):
    page = await extension_pages.open("popup.html", answers())
    await page.check("#refuse")
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=done]")
    assert (await sent(page, "capture"))[0]["refuse_revisit"] is True


async def test_unsure_and_typed_fields_are_not_ticked(extension_pages):
    form = PAGE | {"complaint_form": True, "kind": "complaint"}
    page = await extension_pages.open("popup.html", answers(page=form))
    await page.click("#fill-preview")
    await page.wait_for_selector("#preview")
    assert "https://a.test/send" in await page.inner_text("#preview")
    await page.click("#fill-apply")
    await page.wait_for_selector("#report")
    assert (await sent(page, "fill-apply"))[0]["names"] == ["order_no"]
    assert "提交由您自己完成" in await page.inner_text("#report")


TWO = [
    {"draft_id": "d1", "title": "订单 WZ1 未发货", "created_at": "2026-07-12T08:00:00Z"},
    {"draft_id": "d2", "title": "订单 WZ2 少发", "created_at": "2026-07-11T08:00:00Z"},
]


async def test_of_several_drafts_that_fit_the_user_chooses(extension_pages):
    form = PAGE | {"complaint_form": True, "kind": "complaint"}
    plan = PLAN | {"draft_title": "订单 WZ1 未发货"}
    refused = {"ok": False, "error": {"code": "fill_no_form"}}
    plans = [plan | {"drafts": TWO[:1]}, plan | {"drafts": TWO}, refused,
             plan | {"drafts": TWO, "draft_id": "d2", "token": "t2"}]  # fmt: skip
    stale = {"ok": False, "error": {"code": "fill_stale"}}
    given = answers(page=form, **{"fill-preview": plans, "fill-apply": stale})
    page = await extension_pages.open("popup.html", given)
    await page.click("#fill-preview")
    await page.wait_for_selector("#preview")
    assert await page.locator("#fill-draft").count() == 0
    await page.click("#fill-cancel")
    await page.click("#fill-preview")
    choice = page.get_by_label("能填的投诉稿有 2 份")
    assert await choice.locator("option").count() == 2
    await choice.select_option("d2")
    await page.wait_for_selector("#error .notice")
    assert await choice.input_value() == "d1", "the preview is still of this one"
    await choice.press("ArrowDown")
    await page.wait_for_function("document.getElementById('fill-draft').value === 'd2'")
    await page.wait_for_selector("#fill-draft:focus")
    asked = [one.get("draft_id") for one in await sent(page, "fill-preview")]
    assert asked == [None, None, "d2", "d2"]
    await page.click("#fill-apply")
    assert (await sent(page, "fill-apply"))[0]["token"] == "t2"
    await page.wait_for_selector("#error .notice")
    in_sight = "e => { const { top, bottom } = e.getBoundingClientRect();"
    in_sight += " return top > -1 && bottom <= innerHeight }"
    assert await page.eval_on_selector("#error .notice", in_sight), "the button stands far below"


async def test_sending_elsewhere_needs_a_tick(extension_pages):
    form = PAGE | {"complaint_form": True, "kind": "complaint"}
    plan = PLAN | {"elsewhere": ["https://b.test/x"]}
    page = await extension_pages.open("popup.html", answers(page=form, **{"fill-preview": plan}))
    await page.click("#fill-preview")
    await page.wait_for_selector("#fill-apply[disabled]")
    await page.check("#fill-elsewhere")
    await page.click("#fill-apply")
    await page.wait_for_selector("#report")
    assert (await sent(page, "fill-apply"))[0]["elsewhere"] is True


async def test_who_the_user_is_is_ticked_by_the_user_only(extension_pages):
    form = PAGE | {"complaint_form": True, "kind": "complaint"}
    fields = [field("order_no", 0.9), field("contact", 1)]
    plan = PLAN | {"fields": fields, "confirm": ["contact"]}
    page = await extension_pages.open("popup.html", answers(page=form, **{"fill-preview": plan}))
    await page.click("#fill-preview")
    row = page.locator("tr[data-field=contact]")
    assert "a.test 会知道您是谁" in await row.inner_text()
    assert not await row.locator("input").is_checked()
    await page.click("#fill-apply")
    await page.wait_for_selector("#report")
    assert "还空着：contact" in await page.inner_text("#report .notice.warn")
    await page.reload()
    await page.click("#fill-preview")
    await row.locator("input").check()
    await page.click("#fill-apply")
    await page.wait_for_selector("#report")
    (message,) = await sent(page, "fill-apply")
    assert (message["names"], message["confirmed"]) == (["order_no", "contact"], ["contact"])


async def test_the_user_sees_which_files_go_and_which_stay(extension_pages):
    form = PAGE | {"complaint_form": True, "kind": "complaint"}
    page = await extension_pages.open(
        "popup.html", answers(page=form, **{"fill-preview": PLAN | FITTED})
    )
    await page.click("#fill-preview")
    shown = await page.inner_text("#fill-file-list")
    for words in ("证据1-订单页.jpg", "1.1 MB · 转成 JPEG", "限制：最多 3 个", "附上 2 个文件"):
        assert words in shown
    assert await page.locator("#fill-file-list img").count() == 1
    await page.click("#fill-file-list summary")
    assert "表单不收这种文件" in await page.inner_text("#fill-stays")
    preview = await page.inner_text("#preview")
    for words in ("订单 WZ1 未发货", "https://a.test/frame", "只附您自己遮盖过的图片"):
        assert words in preview


async def test_panel_keeps_the_read_value_beside_the_correction(extension_pages):
    page = await order_of(extension_pages, answers())
    await page.wait_for_selector("[data-field=amount]")
    row = await page.inner_text("[data-field=amount]")
    assert "您填写" in row
    assert "页面读到：9.95 元" in row


async def test_panel_names_the_bill_where_the_value_came_from_it(extension_pages):
    said = CASE["corrections"][0] | {"origin": "attachment"}
    told = answers(case=ONE | {"case": CASE | {"corrections": [said]}})
    page = await order_of(extension_pages, told)
    await page.wait_for_selector("[data-field=amount]")
    row = await page.inner_text("[data-field=amount]")
    assert "来自账单" in row
    assert "您填写" not in row


async def test_panel_takes_a_correction_back(extension_pages):
    page = await order_of(extension_pages, answers())
    await page.click("[data-field=amount] button[aria-label$='用回页面的值']")
    await page.wait_for_function("() => window.sent.some((m) => m.type === 'correct')")
    message = (await sent(page, "correct"))[0]
    assert (message["case_id"], message["field"], message["value"]) == ("c-1", "amount", None)


async def test_panel_offers_to_remove_what_the_page_never_said(extension_pages):
    said = CASE["corrections"][0] | {"read": None}
    told = answers(case=ONE | {"case": CASE | {"corrections": [said]}})
    page = await order_of(extension_pages, told)
    row = page.locator("[data-field=amount]")
    await row.get_by_text("删去这一项").wait_for()
    assert "用回页面的值" not in await row.inner_text()


async def test_panel_says_why_a_number_is_not_taken(extension_pages):
    error = {"code": "conflict", "message": "已经有案件 c-2", "next_step": "在那里继续"}
    refused = answers(correct={"ok": False, "error": error})
    page = await order_of(extension_pages, refused)
    row = page.locator("[data-field=order_no]")
    await row.locator("button").first.click()
    await row.locator("input").fill("A1")
    await row.locator("button.primary").click()
    await row.locator(".notice").wait_for()
    assert "已经有案件 c-2" in await row.inner_text()


async def test_panel_keeps_the_zone_of_the_page_when_a_time_is_corrected(extension_pages):
    order = ORDER | {"created_at": "2026-07-11T08:30:12+09:00"}
    case = {"ok": True, "case": CASE | {"order": order}, "suggestion": SUGGESTION}
    page = await order_of(extension_pages, answers(case=case))
    row = page.locator("[data-field=created_at]")
    assert "2026-07-11 08:30:12" in await row.inner_text()
    await row.locator("button").click()
    assert (await row.locator("input").input_value()).startswith("2026-07-11T08:30:12")
    await row.locator("input").fill("2026-07-11T08:31:00")
    await row.locator("button.primary").click()
    await page.wait_for_function("() => window.sent.some((m) => m.type === 'correct')")
    assert (await sent(page, "correct"))[0]["value"] == "2026-07-11T08:31:00+09:00"


async def test_panel_adds_a_payment_time_with_its_zone(extension_pages):
    page = await order_of(extension_pages, answers())
    await page.click("[data-field='payment.paid_at'] button")
    await page.fill("[data-field='payment.paid_at'] input", "2026-07-11T08:31:05")
    await page.click("[data-field='payment.paid_at'] button.primary")
    await page.wait_for_function("() => window.sent.some((m) => m.type === 'correct')")
    value = (await sent(page, "correct"))[0]["value"]
    assert value == "2026-07-11T08:31:05+08:00"


async def test_panel_makes_the_draft_with_exhibits_and_gaps(extension_pages):
    path = "panel.html?case=c-1&form=https%3A%2F%2Fa.test%2Fcomplain"
    page = await extension_pages.open(path, answers())
    await page.click("#make-draft")
    await page.wait_for_selector("#sentences")
    message = (await sent(page, "draft"))[0]
    assert (message["issue"], message["demand"]) == ("not_delivered", "refund")
    assert "证据1" in await page.inner_text("#sentences")
    assert "缺付款凭证" in await page.text_content("[data-fold=draft-gaps]")
    await page.click("#open-form")
    assert await page.evaluate("() => window.opened") == "https://a.test/complain"


async def test_panel_opens_no_address_but_the_web(extension_pages):
    page = await extension_pages.open("panel.html?case=c-1&form=javascript:alert(1)", answers())
    await page.click("#make-draft")
    await page.wait_for_selector("#sentences")
    assert await page.query_selector("#open-form") is None


async def test_wrong_pairing_code_is_explained(extension_pages):
    wrong = {"ok": False, "error": {"code": "pairing_code"}}
    page = await extension_pages.open("options.html", answers("unpaired", pair=wrong))
    await page.fill("#code", "ABC")
    await page.click("#pair-go")
    await page.wait_for_selector("#pair-result .notice.bad")
    assert "20" in await page.inner_text("#pair-result")


@pytest.mark.parametrize(
    "path", ["popup.html", "panel.html?case=c-1", "options.html", "welcome.html"]
)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_nothing_is_wider_than_a_narrow_window(extension_pages, path, language):
    page = await extension_pages.open(path, answers("away"), language=language)
    await page.wait_for_selector("#helper .notice")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


ASKED = """() => {
  window.asked = [];
  navigator.mediaDevices.getDisplayMedia = () =>
    new Promise((_, refuse) => asked.push((name) => refuse(new DOMException("", name))));
}"""


async def test_the_recorder_asks_once_and_says_why_there_is_nothing_to_record(extension_pages):
    page = await extension_pages.open("recorder.html", answers())
    await page.evaluate(ASKED)
    for round_, name in enumerate(("NotReadableError", "NotFoundError"), start=1):
        await page.click("#record")
        await page.evaluate("document.getElementById('record').click()")
        assert await page.evaluate("asked.length") == round_
        await page.evaluate("name => asked.at(-1)(name)", name)
        await page.wait_for_selector("#error .notice.bad")
        assert "系统没有给浏览器可录的画面" in await page.inner_text("#error")
        assert await page.is_enabled("#record")
