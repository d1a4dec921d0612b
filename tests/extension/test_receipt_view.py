"""The receipt in the popup: when it is asked for, and what is kept."""

import pytest

from tests.extension.given import FILLED, PAGE, answers, keeps, sent

pytestmark = pytest.mark.browser


async def test_receipt_is_kept_for_the_draft(extension_pages):
    memory = {"filled": FILLED}
    page = await extension_pages.open("popup.html", answers(), session={"fill:1": memory})
    await page.wait_for_selector("#keep-receipt.primary")
    await page.wait_for_selector("#keep:not(.primary)")
    await page.click("#keep-receipt")
    await page.wait_for_selector("body[data-state=done]")
    message = (await sent(page, "capture"))[0]
    assert (message["receipt_for"], message["case_id"]) == ("d1", "c-1")


@pytest.mark.parametrize(
    ("more", "offered", "first"),
    [
        ({}, True, True),
        ({"url": "https://other.test/form"}, False, False),
        (
            {"url": "https://other.test/form", "sites": ["https://wangzi.localhost:8443"]},
            True,
            True,
        ),
    ],
)
async def test_a_receipt_is_asked_for_only_where_the_form_was_or_sends_to(
    extension_pages, more, offered, first
):
    memory = {"filled": {**FILLED, **more}}
    given = answers(page=PAGE | {"kind": None})
    page = await extension_pages.open("popup.html", given, session={"fill:1": memory})
    await page.wait_for_selector("body[data-answered]")
    assert await page.locator("#keep-receipt").count() == int(offered)
    assert await page.locator("#keep-receipt.primary").count() == int(first)


@pytest.mark.parametrize(
    ("record", "first"),
    [({}, False), ({"phase": "freezing", "error": {"code": "tab_closed"}, "complete": True}, True)],
)
async def test_a_receipt_that_is_kept_is_not_asked_for_again_unless_that_failed(
    extension_pages, record, first
):
    given = answers(page=PAGE | {"kind": None})
    session = {"fill:1": {"filled": {**FILLED, "filled_at": "2026-07-11T09:00:00Z"}}}
    page = await extension_pages.open("popup.html", given, session=session)
    await keeps(page, {"url": "https://wangzi.localhost:8443/x", "receipt_for": "d1", **record})
    await page.reload()
    await page.wait_for_selector("body[data-answered]")
    assert await page.locator("#keep-receipt").count() == 1
    assert await page.locator("#keep-receipt.primary").count() == int(first)


async def test_the_receipt_that_was_just_kept_is_shown_as_such(extension_pages):
    session = {"fill:1": {"filled": FILLED}}
    page = await extension_pages.open("popup.html", answers(), session=session)
    await keeps(page, {"receipt_for": "d1"})
    await page.reload()
    await page.wait_for_selector("body[data-state=done]")
    assert "回执" in await page.inner_text("#after")
