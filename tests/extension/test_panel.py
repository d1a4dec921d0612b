"""The panel of a case in a real browser, with the helper's own records as answers."""

from datetime import UTC, datetime, timedelta

import pytest

from helper.dealings import Answers, Contact
from tests.complaints.golden import demo_case
from tests.extension.cases import FILED, MADE, changed, entry, opened, told, waited
from tests.extension.given import answers, sent

pytestmark = pytest.mark.browser


def advised(given, written):
    """Return the answers with advice that knows of a written draft from its second time on."""
    first = given["advice"]
    second = {"ok": True, "advice": first["advice"] | {"written": written}}
    return given | {"advice": [first, second]}


async def test_the_next_step_is_one_sentence_and_one_button(extension_pages):
    page = await opened(extension_pages, advised(told(), "d-1"))
    step = page.locator("#next-step")
    assert "请先向商家或平台书面投诉" in await step.inner_text()
    assert await step.locator("button").count() == 1
    await step.locator("button").click()
    await page.wait_for_selector("#sentences")
    [message] = await sent(page, "draft")
    assert (message["channel"], message["document"]) == ("merchant_platform", "complaint")
    await step.get_by_text("“投诉”写好了").wait_for()
    await page.evaluate("document.activeElement.blur()")
    await step.locator("button").click()
    await page.wait_for_selector("#draft-heading:focus")
    assert len(await sent(page, "draft")) == 1
    assert await sent(page, "draft-show") == []


async def test_two_clicks_on_the_button_make_one_draft(extension_pages):
    page = await opened(extension_pages, advised(told(), "d-1"))
    await page.dblclick("#do-next")
    await page.wait_for_selector("#sentences")
    assert len(await sent(page, "draft")) == 1


async def test_what_is_safe_and_what_is_missing_is_said_at_once(extension_pages):
    gap = {"key": "product", "text": "缺商品页", "why": None, "action": None, "until": None}
    given = changed(told(), gaps=[gap])
    given["case"]["case"]["captures"][0]["state"] = "sealing"
    page = await opened(extension_pages, given)
    status = await page.inner_text("#status")
    assert "不会丢失" in status
    assert "其中 0 份已封存" in status
    assert "还缺 1 项证明" in status


async def test_a_deadline_that_ends_soon_is_seen_with_what_to_do(extension_pages):
    soon = (datetime.now(UTC) + timedelta(hours=5, minutes=30)).isoformat()
    clock = told()["advice"]["advice"]["clocks"][0] | {"at": soon, "state": "due_soon"}
    page = await opened(extension_pages, changed(told(), clocks=[clock]))
    row = page.locator("#clocks > ul > li").first
    assert "还剩 5 小时" in await row.inner_text()
    assert clock["todo"] in await row.inner_text()


async def test_five_hundred_deadlines_leave_the_first_screen_short(extension_pages):
    one = told()["advice"]["advice"]["clocks"][0] | {"state": "passed"}
    clocks = [one | {"key": f"k{number}"} for number in range(500)]
    page = await opened(extension_pages, changed(told(), clocks=clocks))
    assert await page.locator("[data-clock]:visible").count() == 3
    assert "497" in await page.inner_text("#clocks")


async def test_what_stops_a_complaint_is_cleared_up_first(extension_pages):
    said = Answers(issue="not_delivered", answers={"credited": True})
    page = await opened(extension_pages, told(entries=(entry(said),)))
    assert await page.locator("#do-next").count() == 0
    await page.click("#answer-first")
    assert await page.locator("#part-questions[open]").count() == 1


async def test_a_contradiction_leads_to_the_field_that_settles_it(extension_pages):
    given = told()
    order = demo_case("not_delivered").order
    doubt = {
        "key": "zero_amount", "text": "金额是 0。", "why": "请核对", "action": "correct:amount",
        "until": None,
    }  # fmt: skip
    assert order is not None
    page = await opened(extension_pages, changed(given, contradictions=[doubt]))
    await page.click(".doubt > button")
    await page.wait_for_selector("#edit-amount:focus")


async def test_while_an_answer_is_waited_for_it_can_be_noted(extension_pages):
    page = await opened(extension_pages, told(filings=(FILED,), after=timedelta(hours=3)))
    await page.click("#answered")
    assert await page.input_value("#told-channel") == "merchant_platform"
    await page.select_option("#told-outcome", "refused")
    await page.click("#told-save")
    [message] = await waited(page, "tell")
    assert message["what"]["kind"] == "answer"
    assert message["what"]["outcome"] == "refused"


async def test_an_answer_is_kept_in_the_case_and_advice_is_asked_anew(extension_pages):
    page = await opened(extension_pages)
    await page.click("#answer-own_mistake-no")
    [message] = await waited(page, "tell")
    await waited(page, "advice", 2)
    kept = {"kind": "answers", "issue": "not_delivered", "answers": {"own_mistake": False}}
    assert message["what"] == kept


async def test_quick_answers_do_not_overwrite_each_other(extension_pages):
    first = Answers(issue="not_delivered", answers={"own_mistake": False})
    one, both = told(), told(entries=(entry(first),))
    one["tell"] = [both["tell"], both["tell"]]
    page = await opened(extension_pages, one)
    await page.evaluate(
        "() => { for (const id of ['own_mistake', 'credited'])"
        " document.getElementById(`answer-${id}-no`).click(); }"
    )
    last = (await waited(page, "tell", 2))[-1]
    assert last["what"]["answers"] == {"own_mistake": False, "credited": False}


async def test_what_is_being_written_survives_new_advice(extension_pages):
    page = await opened(extension_pages)
    await page.evaluate(
        "() => { const ask = chrome.runtime.sendMessage; chrome.runtime.sendMessage = (m) =>"
        " m.type === 'advice' ? new Promise((go) => { window.go = () => go(ask(m)); }) : ask(m) }"
    )
    await page.click("#answer-credited-no")
    await page.wait_for_function("() => window.go")
    await page.click("[data-fold=others] > summary")
    await page.fill("#answer-facts", "刷新过三次")
    await page.evaluate("() => window.go()")
    await waited(page, "advice", 2)
    assert await page.input_value("#answer-facts") == "刷新过三次"
    assert await page.evaluate("document.activeElement.id") == "answer-facts"


async def test_answers_are_there_again_the_next_time(extension_pages):
    said = {"own_mistake": False, "credited": None, "facts": "刷新过三次"}
    given = told(entries=(entry(Answers(issue="not_delivered", answers=said)),))
    page = await opened(extension_pages, given)
    assert await page.is_checked("#answer-own_mistake-no")
    assert await page.is_checked("#answer-credited-unsure")
    assert await page.input_value("#answer-facts") == "刷新过三次"


async def test_figures_are_asked_only_of_who_wants_more(extension_pages):
    page = await opened(extension_pages)
    assert not await page.is_visible("#answer-penalty_rate")
    await page.click("[data-fold=figures] > summary")
    assert await page.is_visible("#answer-penalty_rate")


async def test_another_issue_is_asked_about_when_it_is_chosen(extension_pages):
    page = await opened(extension_pages, part="questions")
    await page.select_option("#issue", "dead_code")
    last = (await waited(page, "advice", 2))[-1]
    assert last["issue"] == "dead_code"
    await page.wait_for_selector("[data-question=used_as_told]", state="attached")


@pytest.mark.parametrize(
    ("action", "target"),
    [
        ("contact", "form[data-told=contact]"),
        ("party", "form[data-told=party]"),
        ("answer:facts", "#answer-facts:focus"),
        ("correct:order_no", "#edit-order_no:focus"),
    ],
)
async def test_a_gap_is_closed_where_it_can_be_closed_here(extension_pages, action, target):
    gap = {"key": "g", "text": "缺这个", "why": "因为", "action": action, "until": None}
    page = await opened(extension_pages, changed(told(), gaps=[gap]))
    await page.click("[data-gap=g] > button")
    await page.wait_for_selector(target)


async def test_a_page_that_is_missing_is_explained_and_the_order_opened(extension_pages):
    gap = {"key": "g", "text": "缺订单页", "why": None, "action": "capture:order", "until": None}
    page = await opened(extension_pages, changed(told(), gaps=[gap]))
    await page.click("[data-gap=g] summary")
    assert "保存为证据" in await page.inner_text("[data-gap=g]")
    await page.click("[data-gap=g] button")
    url = demo_case("not_delivered").captures[0].meta.url
    assert await page.evaluate("() => window.opened") == url


async def test_what_was_kept_in_another_tab_is_there_when_the_person_comes_back(extension_pages):
    before, after = told(order=None), told()
    before["case"], before["advice"] = [before["case"], after["case"]], [
        before["advice"], after["advice"],
    ]  # fmt: skip
    page = await opened(extension_pages, before)
    assert "还没有保存订单页" in await page.inner_text("#status")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.wait_for_selector("#status .held:nth-child(2)")


async def test_the_chain_says_in_words_what_is_proved(extension_pages):
    page = await opened(extension_pages, part="proof")
    states = {"paid": "有证明", "product": "还缺"}
    for key, words in states.items():
        assert words in await page.inner_text(f"#chain [data-link={key}]")
    assert await page.locator("#triangle li").count() == 3


async def test_own_word_is_not_called_proof(extension_pages):
    talk = Contact(at=MADE + timedelta(hours=1), way="phone", said="问了发货")
    page = await opened(extension_pages, told(entries=(entry(talk),)), part="proof")
    assert "本人陈述" in await page.inner_text("#chain [data-link=asked]")


async def test_one_channel_is_the_next_and_what_does_not_fit_is_folded(extension_pages):
    page = await opened(extension_pages, part="where")
    marked = page.locator("#channels [aria-current=step]")
    assert await marked.get_attribute("data-channel") == "merchant_platform"
    assert await marked.count() == 1
    assert not await page.is_visible("[data-channel=wechat_pay]")
    await page.click("[data-fold=shut] > summary")
    await page.click("[data-channel=wechat_pay] > summary")
    assert "支付宝" in await page.inner_text("[data-channel=wechat_pay]")


async def test_a_document_is_written_for_the_channel_it_is_chosen_at(extension_pages):
    page = await opened(extension_pages, part="where")
    await page.click("[data-channel=alipay] > summary")
    await page.locator("[data-channel=alipay] button").nth(1).click()
    [message] = await waited(page, "draft")
    assert (message["channel"], message["document"]) == ("alipay", "preservation")


async def test_sums_show_what_may_not_be_asked_for_and_why(extension_pages):
    page = await opened(extension_pages, part="where")
    assert await page.inner_text("#sums-total") == "100.00 元"
    assert not await page.is_visible("[data-claim=penalty]")
    await page.click("[data-fold=sums-others] > summary")
    assert "没有约定" in await page.inner_text("[data-claim=penalty]")


LATE = """() => {
  const { sendMessage } = chrome.runtime;
  const late = new Promise((done) => { window.answerLate = done; });
  chrome.runtime.sendMessage = async (message) => {
    if (message.type === "reply" && message.move !== "delay") await late;
    return sendMessage(message);
  };
}"""


async def test_a_reply_is_shown_and_copied(extension_pages):
    given = told()
    page = await opened(extension_pages, given, part="where")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # The answer to the choice before comes late, and is no answer to this one.
    await page.evaluate(LATE)
    await page.select_option("#reply-move", index=2)
    await page.select_option("#reply-move", "delay")
    await page.wait_for_selector("#copy-reply")
    await page.evaluate("answers.reply = { ok: false, error: { code: 'helper_failed' } }")
    await page.evaluate("answerLate()")
    await waited(page, "reply", 2)
    await page.evaluate("() => new Promise(requestAnimationFrame)")
    await page.click("#copy-reply")
    await page.wait_for_function("() => document.getElementById('live').textContent")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == given["reply"]["reply"]["text"]
    assert (await sent(page, "reply"))[0]["move"] == "delay"


async def test_without_advice_the_order_and_the_draft_are_still_there(extension_pages):
    error = {"code": "helper_failed", "message": "助手没有完成。", "next_step": "请重试。"}
    given = told() | {"advice": {"ok": False, "error": error}}
    page = await opened(extension_pages, given)
    assert "请重试" in await page.inner_text("#now")
    assert "不会丢失" in await page.inner_text("#now")
    await page.click("#make-draft")
    await page.wait_for_selector("#sentences")


@pytest.mark.parametrize("helper", ["away", "unpaired"])
async def test_without_the_helper_the_next_step_is_said(extension_pages, helper):
    error = {"ok": False, "error": {"code": f"helper_{helper}"}}
    given = answers(helper, case=error, advice=error)
    page = await extension_pages.open("panel.html?case=c-1", given)
    await page.wait_for_selector("#helper .notice")
    assert "kazheng" in await page.inner_text("#helper")
    await page.wait_for_selector("#loading", state="hidden")
    assert not await page.is_visible("#error")
    assert not await page.is_visible("#case")


async def test_a_case_without_an_order_says_what_to_do(extension_pages):
    given = told(order=None)
    page = await opened(extension_pages, given, part="proof")
    assert "打开订单页" in await page.inner_text("#proof")
    assert await page.locator("#chain").count() == 0


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_all_of_it_has_words_and_fits(extension_pages, language, width):
    talk = Contact(at=MADE + timedelta(hours=1), way="chat", said="问" * 500, promised="今晚发")
    given = told(language=language, entries=(entry(talk),), filings=(FILED,))
    page = await opened(extension_pages, given, language=language, width=width)
    await page.click("#make-draft")
    await page.wait_for_selector("#sentences")
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    await page.wait_for_selector("#timeline li")
    for kind in ("contact", "filed", "answer", "refund", "party"):
        await page.click(f"#tell-{kind}")
        await page.evaluate("document.querySelector('.told details')?.setAttribute('open', '')")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        words = await page.evaluate(
            r"document.body.innerText.match(/\b[a-z]+(_[a-z0-9]+)+\b/g) ?? []"
        )
        assert words == []
    notice = given["advice"]["advice"]["notice"]
    assert (await page.inner_text("body")).count(notice) == 1


async def test_every_part_opens_from_the_keyboard(extension_pages):
    page = await opened(extension_pages)
    await page.focus("#part-where > summary")
    await page.keyboard.press("Enter")
    assert await page.is_visible("#channels")
    unnamed = await page.evaluate(
        "[...document.querySelectorAll('input, select, textarea, button')].filter((one) =>"
        " !one.labels?.length && !one.textContent.trim() && !one.getAttribute('aria-label')).length"
    )
    assert unnamed == 0


async def test_the_console_is_opened_at_this_case_or_says_why_not(extension_pages):
    refused = {"ok": False, "error": {"code": "helper_version"}}
    url = "http://kazheng.localhost:17650/enter?to=%2Fcases%2Fc-1#once"
    page = await opened(extension_pages, told() | {"console": [refused, {"ok": True, "url": url}]})
    await page.click("#console")
    await page.wait_for_selector("#error .notice.bad")
    await page.click("#console")
    await page.wait_for_function("() => window.opened !== undefined")
    assert await page.evaluate("window.opened") == url
    assert {one["case_id"] for one in await sent(page, "console")} == {"c-1"}
