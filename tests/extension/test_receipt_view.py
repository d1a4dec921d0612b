"""The receipt in the popup: when it is asked for, and what is kept."""

import pytest

from tests.extension.given import FILLED, PAGE, answers, sent

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
        ({"kept": True}, True, False),
        ({"url": "https://other.test/form"}, False, False),
        (
            {"url": "https://other.test/form", "sites": ["https://wangzi.localhost:8443"]},
            True,
            True,
        ),
    ],
)
async def test_a_receipt_is_asked_for_once_and_only_where_the_form_was(
    extension_pages, more, offered, first
):
    memory = {"filled": {**FILLED, **more}}
    given = answers(page=PAGE | {"kind": None})
    page = await extension_pages.open("popup.html", given, session={"fill:1": memory})
    await page.wait_for_selector("body[data-answered]")
    assert await page.locator("#keep-receipt").count() == int(offered)
    assert await page.locator("#keep-receipt.primary").count() == int(first)
