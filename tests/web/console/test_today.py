"""The first page tells a worried person what is safe, missing, due and next, and stays true."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from helper.dealings import Contact
from helper.model import CaptureMeta, Filing
from helper.settings import Settings
from helper.steps import advising
from helper.steps.digesting import Digester
from helper.steps.store import open_store
from helper.vault.digests import KeptDigest
from helper.web.console.today import left, look
from tests.web.console.conftest import Town

LONG = "很长的标题" * 400
ODD = (LONG, "طلب رقم ١٢٣ لم يصل", "<script>document.title='x'</script>{{ 7*7 }}")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def working(town: Town) -> AsyncIterator[None]:
    """Digests are made while a test looks, as in a helper that runs."""
    task = asyncio.create_task(Digester(town.store).work())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.browser
async def test_an_empty_page_teaches_and_the_first_capture_appears_by_itself(town: Town) -> None:
    page = await town.enter()
    begin = page.get_by_role("region", name="从保存第一页开始")
    await expect(begin.get_by_role("listitem")).to_have_count(3)
    await expect(begin).to_contain_text("kazheng pair")
    await town.keep()
    case = page.get_by_role("article")
    await expect(case).to_have_count(1)
    await expect(case).to_contain_text("KZ202603011200")
    await expect(case.locator(".do").locator("button, a.button")).to_have_count(1)
    await expect(page.locator(".lead-words")).to_contain_text("轮到您")
    await expect(page.get_by_role("region", name="一眼看清")).to_contain_text("1 页已保存并封存")


@pytest.mark.browser
async def test_the_next_step_is_taken_from_here_by_the_keyboard_alone(town: Town) -> None:
    page = await town.enter(locale="en-US")
    button = page.get_by_role("article").locator(".do").locator("button, a.button")
    await expect(button).to_have_count(1)
    for _ in range(30):
        await page.keyboard.press("Tab")
        if ((await page.evaluate("document.activeElement?.id")) or "").startswith("do-"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/(drafts|cases)/"))
    await page.context.close()


@pytest.mark.browser
async def test_a_clock_runs_down_and_a_change_elsewhere_is_seen(town: Town) -> None:
    page = await town.enter()
    await page.get_by_role("article").wait_for()
    [case] = town.store.vault.cases()
    now = town.store.now()
    said = Contact(at=now - timedelta(minutes=20), way="chat", promised="马上退",
                   promised_by=now + timedelta(minutes=3))  # fmt: skip
    town.store.vault.add_entry(case.case_id, said, now)
    ending = page.get_by_role("region", name="接下来的期限")
    clock = ending.locator("time").first
    await expect(clock).to_have_text(re.compile(r"还剩 \d 分 \d+ 秒"))
    before = await clock.text_content()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await expect(clock).not_to_have_text(before or "")
    assert asked == [], "the page counts by itself"


@pytest.mark.browser
async def test_an_update_takes_no_focus_away(town: Town) -> None:
    page = await town.enter()
    button = page.get_by_role("article").locator(".do").locator("button, a.button").first
    await button.focus()
    held = await button.get_attribute("id")
    await page.locator("#today").evaluate("today => today.classList.add('before')")
    [case] = town.store.vault.cases()
    town.store.vault.add_note(case.case_id, "n", town.store.now())
    await expect(page.locator("#today:not(.before)")).to_be_visible()
    assert await page.evaluate("document.activeElement?.id") == held


@pytest.mark.browser
async def test_while_one_waits_the_button_leads_to_where_the_answer_is_noted(town: Town) -> None:
    [case] = town.store.vault.cases()
    at = town.store.now() - timedelta(hours=1)
    filing = Filing(draft_id="", channel="12315", number=None, capture_id=None, at=at)
    town.store.vault.add_filing(case.case_id, filing)
    page = await town.enter()
    await page.get_by_role("article").get_by_role("link", name="记下答复").click()
    await expect(page.locator("#tell-answer")).to_have_attribute("open", "")
    await expect(page.locator("#tell-answer").get_by_label("结果")).to_be_visible()
    where = page.locator("#tell-answer").get_by_label("在哪里")
    await expect(where).to_have_value("12315")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
async def test_no_title_breaks_the_page_and_none_is_run(town: Town, width: int) -> None:
    for number, title in enumerate(ODD):
        uuid = f"00000000-0000-4000-9000-{width:06d}{number:06d}"
        meta = CaptureMeta(url=f"https://shop{number}.example/x", title=title, clicked_at=NOON)
        town.store.vault.create_capture(uuid, meta, [])
        town.store.vault.join_case(
            uuid, platform_key=None, host=f"shop{number}.example", order_no=None, wanted=None,
            title=title, now=town.store.now(),
        )  # fmt: skip
    page = await town.enter(viewport={"width": width, "height": 900})
    await expect(page.locator(".case.none")).to_have_count(0)
    await expect(page.get_by_role("link", name=ODD[2], exact=True).first).to_be_visible()
    assert await page.title() == "今天 · 卡证"
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    tall = await page.locator(".case h4").evaluate_all(
        "all => Math.max(...all.map(one => one.getBoundingClientRect().height))"
    )
    assert tall < 80
    await page.context.close()


def test_pages_follow_each_other_and_each_level_can_be_gone_to(town: Town) -> None:
    vault, form = town.store.vault, town.services.digest_form
    cases = []
    for number in range(120):
        uuid = f"00000000-0000-4000-a000-{number:012d}"
        vault.create_capture(uuid, CaptureMeta(url="https://a.example/", clicked_at=NOON), [])
        cases.append(vault.join_case(uuid, platform_key=None, host="a.example", wanted=None,
                                     order_no=str(number), title="t", now=NOON))  # fmt: skip
    later = NOON + timedelta(days=9999)
    vault.put_digests(
        [KeptDigest(one, vault.revision(one), form, NOON, later, number % 4, f"{number:03d}")
         for number, one in enumerate(cases)]
    )  # fmt: skip
    seen, after = [], None
    while True:
        listed = vault.digests_by_urgency(form, NOON, limit=50, after=after)
        found = look(vault, form, NOON, after=after, language="zh_CN")
        seen += [row.case_id for row in found.rows]
        assert found.start == (after is None)
        if found.further is None:
            break
        after = listed[-1].key
    assert len(seen) == len(set(seen))
    assert set(cases) <= set(seen)


def test_nothing_is_called_complete_or_calm_that_is_not_known(tmp_path: Path) -> None:
    store = open_store(Settings(data=tmp_path))
    vault, form, later = store.vault, advising.form(store), NOON + timedelta(days=9999)
    seen = []

    def tell() -> None:
        found = look(vault, form, NOON, after=None, language="zh_CN")
        seen.append((found.complete, found.head, [row.group for row in found.rows]))

    meta = CaptureMeta(url="https://a.example/", clicked_at=NOON)
    cases = []
    for number in range(2):
        uuid = f"00000000-0000-4000-b000-{number:012d}"
        vault.create_capture(uuid, meta, [])
        tell()
        cases.append(vault.join_case(uuid, platform_key=None, host="a.example", wanted=None,
                                     order_no=str(number), title="t", now=NOON))  # fmt: skip
    for one in cases:
        vault.put_digests([KeptDigest(one, vault.revision(one), form, NOON, later)])
        tell()
    assert seen == [
        (False, "眼下没有要您办的。", []),
        (False, "正在整理 1 个案件……", ["none"]),
        (False, "正在整理 1 个案件……", ["none", "unknown"]),
        (False, "有 2 个案件没能算出下一步，请打开看看。", ["unknown", "unknown"]),
    ]
    vault.put_digests(
        [KeptDigest(one, vault.revision(one), form, NOON, later, 3, record="x") for one in cases]
    )
    assert look(vault, form, NOON, after=None, language="zh_CN").complete
    store.close()


@pytest.mark.parametrize(
    ("rest", "zh", "en"),
    [
        (timedelta(days=2, hours=3, minutes=59), "还剩 2 天 3 小时", "2 d 3 h left"),
        (timedelta(hours=3, minutes=12, seconds=59), "还剩 3 小时 12 分", "3 h 12 min left"),
        (timedelta(minutes=12, seconds=5), "还剩 12 分 5 秒", "12 min 5 s left"),
        (timedelta(0), "时间已到", "Time is over"),
    ],
)
def test_what_is_left_is_told_in_two_units(rest: timedelta, zh: str, en: str) -> None:
    assert left(NOON + rest, NOON, "zh_CN") == zh
    assert left(NOON + rest, NOON, "en") == en
