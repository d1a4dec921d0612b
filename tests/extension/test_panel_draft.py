"""What the panel keeps of what happened, and its drafts: edited, counted, taken where they go."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from helper.dealings import Answer, Answers
from tests.extension.cases import FILED, MADE, changed, entry, opened, told, waited
from tests.extension.given import sent

pytestmark = pytest.mark.browser
BEIJING = timezone(timedelta(hours=8))
# Of this page alone: a clock of Playwright's is that of all pages of the module.
LATER = "now => { Date.now = () => now }"


async def test_a_contact_is_told_in_beijing_time_once_and_taken_back(extension_pages):
    page = await opened(extension_pages)
    await page.click("#part-told > summary")
    await page.click("#tell-contact")
    await page.fill("#told-at", "2026-08-18T16:00")
    await page.select_option("#told-way", "phone")
    await page.fill("#told-said", "问了发货时间")
    await page.fill("#told-promised", "今晚发")
    await page.fill("#told-promised_by", "2026-08-19")
    await page.dblclick("#told-save")
    await page.wait_for_selector("#told-undo")
    [message] = await sent(page, "tell")
    assert message["what"] == {
        "kind": "contact",
        "at": "2026-08-18T16:00:00+08:00",
        "way": "phone",
        "said": "问了发货时间",
        "promised": "今晚发",
        "promised_by": "2026-08-19T00:00:00+08:00",
        "side": "merchant",
    }
    await page.click("#told-undo")
    [undone] = await waited(page, "undo")
    assert undone["entry_id"] == "e-1"


async def test_what_was_told_wrongly_stays_in_the_form_with_the_reason(extension_pages):
    error = {"code": "invalid", "message": "时间在将来。", "next_step": "请核对时间。"}
    page = await opened(extension_pages, told() | {"tell": {"ok": False, "error": error}})
    await page.click("#part-told > summary")
    await page.click("#tell-refund")
    await page.fill("#told-amount", "50")
    await page.click("#told-save")
    await page.wait_for_selector(".told .notice.bad")
    assert "请核对时间" in await page.inner_text(".told")
    assert await page.input_value("#told-amount") == "50"


async def test_a_complaint_that_was_submitted_is_told_with_its_draft(extension_pages):
    page = await opened(extension_pages)
    await page.click("#make-draft")
    await page.click("#submitted")
    # The form stood open for an hour.
    now = datetime.now(UTC) + timedelta(hours=1)
    await page.evaluate(LATER, now.timestamp() * 1000)
    at = now.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")
    await page.fill("#told-at", at)
    await page.fill("#told-number", "TS1")
    await page.click("#told-save")
    [message] = await waited(page, "file")
    assert (message["channel"], message["number"]) == ("merchant_platform", "TS1")
    assert message["at"] == f"{at}:00+08:00"
    assert message["draft_id"] == "d-1"


async def test_the_time_line_takes_back_what_the_user_told(extension_pages):
    silent = Answer(at=MADE + timedelta(hours=2), channel="merchant_platform", outcome="refused")
    page = await opened(extension_pages, told(filings=(FILED,), entries=(entry(silent, 7),)))
    await page.click("#part-told > summary")
    row = page.locator("#timeline li", has_text="2026-08-18 17:00")
    await row.locator("button").click()
    [undone] = await waited(page, "undo")
    assert undone["entry_id"] == "e-7"


def edited(given, key, text):
    """Return the draft as the helper gives it back after an edit."""
    draft = given["draft"]["draft"]
    rows = [one | {"text": text, "edited": True} if one["key"] == key else one
            for one in draft["sentences"]]  # fmt: skip
    return {"ok": True, "draft": draft | {"sentences": rows}}


async def test_a_sentence_is_put_into_own_words_and_back(extension_pages):
    given = told()
    sentences = given["draft"]["draft"]["sentences"]
    own, words = sentences[1], sentences[1]["text"]
    given["edit"] = [edited(given, own["key"], "我的话。"), given["draft"]]
    page = await opened(extension_pages, given)
    await page.click("#make-draft")
    row = page.locator(f"[data-sentence='{own['key']}']")
    await row.get_by_role("button", name="修改第 2 句").click()
    assert await row.locator("textarea").input_value() == words
    await row.locator("textarea").fill("我的话。")
    await row.get_by_role("button", name="保存").click()
    await row.get_by_text("已改").wait_for()
    await row.get_by_role("button", name="用回原句").click()
    await row.get_by_text(words).wait_for()
    edits = [(one["key"], one["text"]) for one in await sent(page, "edit")]
    assert edits == [(own["key"], "我的话。"), (own["key"], None)]


async def test_a_better_wording_stands_beside_its_sentence_and_takes_one_click(extension_pages):
    given = told()
    first = given["draft"]["draft"]["sentences"][0]
    given["draft"]["draft"]["lint"] = [
        {"rule": "emotive", "text": "付款", "advice": "写得平实。", "better": "支付",
         "place": first["key"]},
        {"rule": "too_long", "text": "300", "advice": "太长。", "better": None, "place": None},
    ]  # fmt: skip
    given["edit"] = given["draft"]
    page = await opened(extension_pages, given)
    await page.click("#make-draft")
    await page.click(f"[data-sentence='{first['key']}'] [data-rule=emotive] button")
    [message] = await waited(page, "edit")
    assert message["text"] == first["text"].replace("付款", "支付", 1)
    assert "太长" in await page.inner_text("#lint")
    assert "写得平实" not in await page.inner_text("#lint")


async def test_better_words_leave_what_the_page_said_as_it_was(extension_pages):
    given = told()
    sentence = given["draft"]["draft"]["sentences"][0]
    sentence["text"] = "页面写明“骗子勿扰”，但骗子没有发货（证据1）。"
    given["draft"]["draft"]["lint"] = [
        {
            "rule": "emotive",
            "text": "骗子",
            "advice": "写得平实。",
            "better": "商家",
            "place": sentence["key"],
        }
    ]
    given["edit"] = given["draft"]
    page = await opened(extension_pages, given)
    await page.click("#make-draft")
    await page.click("[data-rule=emotive] button")
    [message] = await waited(page, "edit")
    assert message["text"] == "页面写明“骗子勿扰”，但商家没有发货（证据1）。"


async def test_a_sentence_without_exhibit_says_that_it_is_the_users_word(extension_pages):
    facts = Answers(issue="not_delivered", answers={"facts": "刷新过三次"})
    page = await opened(extension_pages, told(entries=(entry(facts),)))
    await page.click("#make-draft")
    row = page.locator("#sentences li", has_text="刷新过三次")
    assert "本人陈述" in await row.inner_text()


async def test_the_length_is_counted_against_the_limit(extension_pages):
    given = told()
    given["draft"]["draft"] |= {"limit": 10}
    page = await opened(extension_pages, given)
    await page.click("#make-draft")
    length = len(given["draft"]["draft"]["text"])
    assert await page.inner_text("#length") == f"{length} 字，最多 10 字"


async def test_a_public_channel_says_so_before_anything_is_copied(extension_pages):
    given = told()
    given["draft"]["draft"] |= {"channel": "heimao"}
    page = await opened(extension_pages, given)
    await page.select_option("#channel", "heimao")
    await page.click("#make-draft")
    await page.wait_for_selector("#draft .notice.warn")
    assert "谁都看得到" in await page.inner_text("#draft")


async def test_a_channel_in_the_phone_gets_its_text_as_codes(extension_pages):
    given = told()
    given["draft"]["draft"] |= {"channel": "alipay"}
    block = {"key": "text", "name": "正文", "text": "长文", "parts": ["长", "文"]}
    packet = {"draft_id": "d-1", "channel": "alipay", "blocks": [block], "files": [],
              "remarks": ["字数上限没有核实。"]}  # fmt: skip
    away = {"ok": False, "error": {"code": "helper_away"}}
    given["packet"] = [away, {"ok": True, "packet": packet}]
    given["qr"] = [away, {"ok": True, "url": "data:image/png;base64,iVBORw0KGgo="}]
    page = await opened(extension_pages, given)
    await page.select_option("#channel", "alipay")
    await page.click("#make-draft")
    await page.wait_for_selector("#packet .notice")
    for _ in ("closed", "opened"):
        await page.click("[data-fold=phone] > summary")
    await page.wait_for_selector("[data-block=text]")
    assert "没有核实" in await page.inner_text("#packet")
    codes = page.get_by_role("button", name="二维码")
    await codes.click()
    asked = [(one["block"], one["part"]) for one in await waited(page, "qr", 2)]
    assert asked == [("text", 1), ("text", 2)]
    await page.wait_for_selector(".codes .notice")
    await codes.click()
    await codes.click()
    await waited(page, "qr", 4)
    await page.wait_for_function("document.querySelectorAll('.codes img[src]').length === 2")


async def test_what_was_filled_is_noted_as_submitted_or_filled_on(extension_pages):
    given = changed(told(drafts=("d-0",)), written="d-0", filled_at="2026-07-11T09:00:00+08:00")
    given["draft-show"] = {"ok": True, "draft": given["draft"]["draft"] | {"draft_id": "d-0"}}
    page = await opened(extension_pages, given)
    assert "填进了表单" in await page.inner_text("#next-step")
    await page.click("#do-next")
    await page.wait_for_selector("form[data-told=filed]")
    await page.click("#fill-on")
    await page.wait_for_selector("#draft-heading:focus")


async def test_the_draft_of_the_last_time_is_there_again(extension_pages):
    given = changed(told(drafts=("d-0", "d-1")), written="d-0")
    last, away = given["draft"], {"ok": False, "error": {"code": "helper_away"}}
    first = {"ok": True, "draft": last["draft"] | {"draft_id": "d-0", "title": "先写的"}}
    given["draft-show"] = [last, away, first]
    page = await opened(extension_pages, given)
    await page.wait_for_selector("#sentences")
    assert (await sent(page, "draft-show"))[0]["draft_id"] == "d-1"
    # What is written for the next step may be an earlier one.
    await page.click("#do-next")
    await page.wait_for_selector("#draft-error .notice")
    await page.click("#do-next")
    await page.wait_for_selector("#draft-heading:focus")
    assert await page.inner_text("#draft-heading") == "先写的"
    assert [one["draft_id"] for one in await sent(page, "draft-show")][1:] == ["d-0", "d-0"]
    assert await page.locator("#draft-error .notice").count() == 0
    assert await sent(page, "draft") == []
