"""Settings as a person uses them: in the real browser, by keyboard, in both languages."""

from __future__ import annotations

import asyncio
import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from helper.errors import DiskFullError, NotFoundError
from helper.keeper import Making
from helper.restoring import restore
from helper.vault.identity import Identity
from helper.web import pairing
from tests.web.client import Client
from tests.web.console.conftest import Town

pytestmark = pytest.mark.browser
WORDS = "four unrelated words here"


@pytest.fixture
async def page(town: Town):
    opened = await town.enter()
    await opened.goto(town.url("/settings"))
    return opened


async def submit(page: Page, name: str) -> None:
    """Press a button by keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    await button.focus()
    await button.press("Enter")


async def test_who_signs_is_kept_shown_again_and_forgotten(town: Town, page: Page) -> None:
    await page.get_by_label("姓名").fill("欧阳试")
    await page.keyboard.press("Tab")
    await page.keyboard.type("13900001111")
    await submit(page, "保存")
    await page.get_by_text("已保存。").wait_for()
    assert town.store.identity() == Identity(name="欧阳试", phone="13900001111")
    assert await page.get_by_label("电话").input_value() == "13900001111"
    await submit(page, "删除这些信息")
    await page.get_by_text("没有保存本人信息").wait_for()
    assert town.store.identity() == Identity()


async def test_a_code_is_shown_counts_down_and_says_who_came(town: Town, page: Page) -> None:
    await submit(page, "配对一个浏览器")
    code = (await page.locator("#pairing-code").inner_text()).strip()
    assert code not in page.url
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await submit(page, "复制")
    await expect(page.get_by_text("配对码已复制。")).to_be_in_viewport()
    shown = page.locator("#pairing-state .clock")
    first = await shown.inner_text()
    assert re.fullmatch(r"[12]:\d\d", first)
    await page.wait_for_function(
        "text => document.querySelector('#pairing-state .clock').innerText !== text", arg=first
    )
    await Client.pair(town.port, code)
    await page.get_by_text("已配对：").wait_for()
    await page.get_by_role("link", name="刷新列表").press("Enter")
    [one] = town.store.vault.pairings()
    await page.get_by_role("button", name=f"取消与 {one.name} 的配对").press("Enter")
    await page.get_by_text("已取消配对。").wait_for()
    assert town.store.vault.pairings() == []


async def test_a_code_that_is_over_says_so(town: Town, page: Page) -> None:
    await submit(page, "配对一个浏览器")
    await page.locator("#pairing-code").wait_for()
    town.store.vault.offer_pairing(b"k" * 32, town.store.now() - pairing.LIFETIME)
    await page.get_by_text("这个配对码已经失效").wait_for()


async def test_a_backup_is_made_taken_and_makes_a_vault(
    town: Town, page: Page, tmp_path: Path
) -> None:
    await town.keep(1)
    await page.get_by_label("备份口令").fill(WORDS)
    await page.get_by_label("再输入一次").fill("something else")
    await submit(page, "制作备份")
    await page.get_by_role("alert").get_by_text("两次输入的口令不一样").wait_for()
    await page.get_by_label("备份口令").fill(WORDS)
    await page.get_by_label("再输入一次").fill(WORDS)
    await submit(page, "制作备份")
    link = page.get_by_role("link", name="保存到…")
    await link.wait_for()
    async with page.expect_download() as waited:
        await link.press("Enter")
    download = await waited.value
    assert re.fullmatch(r"卡证备份-\d{8}\.zip", download.suggested_filename)
    await download.save_as(tmp_path / "b.zip")
    assert zipfile.is_zipfile(tmp_path / "b.zip")
    done = await asyncio.to_thread(restore, tmp_path / "b.zip", tmp_path / "new", WORDS)
    assert (done.keys, done.captures) == (True, len(town.store.vault.recent(1000)))
    await submit(page, "已经存好，从这里删除")
    await page.get_by_text("已从数据文件夹里删除备份。").wait_for()
    assert not town.services.keeper.backup_file.exists()


async def test_a_backup_without_keys_says_what_that_means(town: Town, page: Page) -> None:
    await page.get_by_text("不设口令，不带签名密钥").click()
    await submit(page, "制作不带密钥的备份")
    await page.get_by_text("再导出的证据包核验通不过").first.wait_for()
    await page.get_by_role("link", name="保存到…").wait_for()
    await submit(page, "已经存好，从这里删除")
    await page.get_by_text("已从数据文件夹里删除备份。").wait_for()


async def test_a_backup_that_failed_is_said_when_one_comes_back(town: Town, page: Page) -> None:
    keeper = town.services.keeper
    keeper.making = Making(with_keys=True, failed=DiskFullError())
    await page.reload()
    await page.get_by_role("alert").get_by_text("磁盘").first.wait_for()
    keeper.making = None


async def test_the_doctor_is_asked_and_answers_in_words(town: Town, page: Page) -> None:
    await submit(page, "现在检查")
    rows = page.locator("#found li")
    await rows.first.wait_for(timeout=60_000)
    said = await page.locator("#found").inner_text()
    assert "保管库" in said
    assert "doctor." not in said
    assert "端口" not in said  # the helper has it itself


async def test_what_is_stored_is_counted_on_the_page(town: Town, page: Page) -> None:
    sizes = page.locator("#sizes table")
    await sizes.wait_for()
    assert "证据内容" in await sizes.inner_text()
    assert str(town.store.settings.data) in await page.inner_text("main")


async def test_a_case_goes_only_when_its_number_was_typed(town: Town, page: Page) -> None:
    capture = await town.keep(7)
    case_id = town.store.vault.capture(capture).case_id
    assert case_id is not None
    await page.get_by_label("案件编号").fill(case_id)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="删除一个案件").wait_for()
    typed = page.get_by_label("确定要删除的话，请输入案件编号")
    await typed.fill("c-other")
    await typed.press("Enter")
    await page.get_by_role("alert").wait_for()
    assert "422" in town.problems.pop()  # the browser notes the refusal in its console
    assert town.store.vault.case(case_id)
    await page.get_by_label("确定要删除的话，请输入案件编号").fill(case_id)
    await submit(page, "删除这个案件")
    await page.get_by_text(f"已删除案件 {case_id}").wait_for()
    with pytest.raises(NotFoundError):
        town.store.vault.case(case_id)


async def test_it_is_whole_in_english_on_a_narrow_screen_and_in_the_dark(town: Town) -> None:
    page = await town.enter(
        locale="en-US", viewport={"width": 390, "height": 800}, color_scheme="dark"
    )
    await page.goto(town.url("/settings"))
    await page.locator("#sizes table").wait_for()
    text = await page.inner_text("main")
    assert "Paired browsers" in text
    text = text.replace(str(town.store.settings.data), "")
    assert not re.search(r"console\.settings|stored\.|[\u4e00-\u9fff]{2}", text)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert wide is False
    await page.context.close()


async def test_a_letter_that_is_taken_along_is_signed_and_the_kept_one_is_not(town: Town) -> None:
    capture = await town.keep(11)
    case_id = town.store.vault.capture(capture).case_id
    draft = await town.services.make_draft(
        case_id, channel="12315", document=None, issue="dead_code", demand=None,
        answers={"facts": "卡密兑换时提示已被使用。"}, language="zh_CN",
    )  # fmt: skip
    town.store.put_identity(Identity(name="欧阳试", phone="13900001111"))
    page = await town.enter()
    await page.goto(town.url(f"/drafts/{draft.draft_id}"))
    whole = await page.locator("#whole").inner_text()
    assert "投诉人：欧阳试，电话13900001111，通讯地址〔地址〕" in whole
    async with page.expect_download() as waited:
        await page.evaluate(f"location.assign('/drafts/{draft.draft_id}/text')")
    taken = await (await waited.value).path()
    assert "欧阳试" in taken.read_text("utf-8-sig")
    assert "〔姓名〕" in town.store.vault.draft(draft.draft_id).text
    town.store.put_identity(Identity())
