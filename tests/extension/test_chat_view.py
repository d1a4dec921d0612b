"""What the popup says while a chat is walked through, and when it is over."""

import pytest

from tests.extension.given import VIEW, answers, sent

pytestmark = pytest.mark.browser

CAPTURES = [
    {
        "uuid": f"u-{n}", "url": "https://elsewhere.test/", "title": "t", "phase": "sent",
        "at": "2026-01-01T00:00:00.000Z", "case_id": case, "order_no": number, "state": "sealed",
    }
    for n, (case, number) in enumerate([("c-9", "A9"), ("c-9", "A9"), ("c-4", "A4"), (None, None)])
]  # fmt: skip


def walk(phase, rows, *, complete=False, ended=None, stopping=False, view=VIEW):
    chat = {"phase": phase, "rows": rows, "whole": complete and not ended, "stopping": stopping}
    local = {"phase": "sent", "missing": [], "error": None, "complete": complete, "chat": chat}
    return {"ok": True, "local": local, "view": view}


async def test_the_walk_is_told_and_can_be_ended(extension_pages):
    given = answers(**{
        "capture-state": walk("down", 120),
        "recent": {"ok": True, "captures": CAPTURES},
        "chat-stop": {"ok": True},
    })  # fmt: skip
    page = await extension_pages.open("popup.html", given)
    await page.click("#ways > summary")
    await page.wait_for_selector("#chat-case-row:not([hidden])")
    options = "all => all.map(o => [o.value, o.textContent])"
    assert await page.eval_on_selector_all("#chat-case option", options) == [
        ["c-9", "A9"], ["c-4", "A4"], ["", "新建一个"],
    ]  # fmt: skip
    await page.click("#keep-chat")
    await page.wait_for_selector("#chat[data-phase=down]")
    [asked] = await sent(page, "capture")
    assert (asked["chat"], asked["case_id"]) == ({}, "c-9")
    assert "120" in await page.inner_text("#chat")
    assert await page.evaluate("document.body.dataset.state") == "working", "sealed, but not over"
    await page.focus("#chat-stop")
    more = "rows => { window.answers['capture-state'].local.chat.rows = rows }"
    await page.evaluate(more, 140)
    await page.wait_for_function("document.getElementById('chat').textContent.includes('140')")
    assert await page.evaluate("document.activeElement.id") == "chat-stop"
    await page.click("#chat-stop")
    assert [one["uuid"] for one in await sent(page, "chat-stop")] == [asked_for(given)]
    ended = walk("done", 150, complete=True, ended="chat_stopped")
    await page.evaluate("state => { window.answers['capture-state'] = state }", ended)
    await page.wait_for_selector("body[data-state=done]")
    assert "聊天记下了 150 条，但可能不全" in await page.inner_text("#after")


def asked_for(given):
    return given["capture"]["uuid"]


async def test_a_chat_that_is_whole_is_said_to_be_whole(extension_pages):
    state = walk("done", 2000, complete=True)
    page = await extension_pages.open("popup.html", answers(**{"capture-state": state}))
    await page.click("#ways > summary")
    assert await page.is_hidden("#chat-case-row")
    await page.click("#keep-chat")
    await page.wait_for_selector("body[data-state=done]")
    assert "聊天从头到尾都已记下，共 2000 条" in await page.inner_text("#after")
