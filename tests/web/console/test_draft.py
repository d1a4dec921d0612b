"""The page of a draft: sentences beside their exhibits, edited in place; ways to use it."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pypdfium2
import pytest
from playwright.async_api import Page, expect

from helper.capture.fonts import cjk_font
from helper.errors import RefusedError
from helper.evidence.letter import letter
from tests.web.console.conftest import Town

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def draft_id(town: Town) -> str:
    capture_id = await town.keep()
    case_id = town.store.vault.capture(capture_id).case_id
    assert case_id is not None
    made = await town.services.make_draft(
        case_id, channel="merchant_platform", document=None, issue="dead_code", demand=None,
        answers={"facts": "卡密兑换时提示已被使用。"}, language="zh_CN",
    )  # fmt: skip
    return made.draft_id


@pytest.fixture
async def page(town: Town, draft_id: str) -> Page:
    page = await town.enter()
    await page.goto(town.url(f"/drafts/{draft_id}"))
    return page


async def test_each_sentence_leads_to_its_exhibits(page: Page) -> None:
    cited = page.get_by_role("region", name="逐句核对").get_by_role("link", name="证据1").first
    await cited.click()
    await expect(page.locator("#e-1")).to_be_in_viewport()
    await expect(page.locator("#e-1 img")).to_have_js_property("complete", value=True)


async def test_a_sentence_is_reworded_and_restored(page: Page) -> None:
    first = page.locator(".sentences > li").first
    await first.get_by_text("改写这一句").click()
    await first.get_by_role("textbox").fill("我付了钱，没有收到<b>东西</b>。")
    await first.get_by_role("button", name="保存").click()
    edited = page.locator(".sentences > li", has_text="没有收到")
    await expect(edited.first).to_contain_text("<b>东西</b>")
    await edited.first.get_by_text("改写这一句").click()
    await edited.first.get_by_role("button", name="恢复原句").click()
    await expect(page.locator(".sentences > li.edited")).to_have_count(0)


async def test_a_newer_version_says_what_it_changed(page: Page, town: Town, draft_id: str) -> None:
    case_id = town.store.vault.draft(draft_id).case_id
    town.store.vault.add_correction(case_id, "amount", "31.00", town.store.now())
    await page.get_by_role("button", name="按现在的案件重新写").click()
    await page.wait_for_url(lambda url: not url.endswith(draft_id))
    await page.get_by_role("region", name="版本").get_by_text("改动").first.click()
    await expect(page.locator(".diff ins").first).to_be_visible()
    await page.goto(town.url(f"/drafts/{draft_id}"))
    await expect(page.get_by_text("这是旧的一版")).to_be_visible()


async def test_it_is_copied_and_taken_as_text_and_as_pdf(page: Page, town: Town) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="复制全文").click()
    await expect(page.get_by_text("已复制。")).to_be_in_viewport()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "证据1 订单页截图" in copied
    for name in ("PDF", "文本文件"):
        async with page.expect_download() as taken:
            await page.get_by_role("link", name=name).click()
        content = (await (await taken.value).path()).read_bytes()
        assert content.startswith((b"%PDF", b"\xef\xbb\xbf"))


def test_a_letter_holds_its_text_and_needs_a_font() -> None:
    made = letter("投诉书", "第一段。\n\n" + "很长的一段，" * 400, cjk_font(), datetime.now(UTC))
    read = pypdfium2.PdfDocument(io.BytesIO(made))
    text = "".join(page.get_textpage().get_text_range() for page in read)
    assert len(read) > 1
    assert text.replace("\r\n", "").count("很长的一段，") == 400
    read.close()
    with pytest.raises(RefusedError):
        letter("投诉书", "x", None, datetime.now(UTC))
