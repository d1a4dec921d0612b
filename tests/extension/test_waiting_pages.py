"""What waits, in the settings; the permission for MHTML, offered once and never needed."""

import pytest

from tests.extension.given import UUID, answers

pytestmark = pytest.mark.browser
SEED = (
    "async ([uuid, error, hours]) => {"
    " const outbox = await import('/background/outbox.js');"
    " const at = Date.now() - hours * 3600_000;"
    " const tab = { id: 1, window_id: 1, url: 'https://shop.test/order/9', title: '订单 9' };"
    " const meta = { url: tab.url, title: tab.title, missing: [] };"
    " const strip = { role: 'seen/strip', sha256: 'aa', size: 700_000, media_type: 'image/png' };"
    " const record = outbox.fresh(uuid, at, tab, meta);"
    " Object.assign(record, { phase: 'kept_here', error, complete: true });"
    " record.parts = [{ ...strip, about: {} }, { ...strip, about: { index: 1 } }];"
    " await outbox.begin(record) }"
)
LOCAL = {
    "phase": "kept_here",
    "missing": [{"role": "seen/mhtml", "reason": "mhtml_not_allowed"}],
    "error": {"code": "helper_away"},
    "timings": {},
    "complete": True,
}
KEPT = {"ok": True, "local": LOCAL, "view": None}


@pytest.fixture
async def settings(extension_pages):
    """The settings with one capture that has waited for three days."""
    page = await extension_pages.open("options.html", answers("away"))
    await page.evaluate(SEED, [UUID, {"code": "helper_away"}, 72])
    yield page
    await page.evaluate("indexedDB.deleteDatabase('kazheng')")


async def test_the_settings_say_what_waits_how_long_and_why(settings):
    row = settings.locator(f"[data-uuid='{UUID}']")
    await row.wait_for()
    said = await row.inner_text()
    for words in ("订单 9", "https://shop.test/order/9", "3天前", "684 KB", "助手没有运行"):
        assert words in said, "two strips with the same picture are one size"
    assert "1 份证据" in await settings.inner_text("#outbox-sum")
    await settings.evaluate(
        "([uuid]) => import('/background/outbox.js').then(o => o.settle(uuid))", [UUID]
    )
    await settings.get_by_text("没有等待的证据").wait_for()
    assert not await settings.is_visible("#outbox-export")


async def test_trying_now_says_what_is_still_there(settings):
    await settings.evaluate(
        "() => { answers['send-waiting'] = { ok: true, outbox: { count: 1 } } }"
    )
    await settings.click("#outbox-send")
    await settings.wait_for_selector("#outbox-said .notice.warn")
    assert "还有 1 份没有送达" in await settings.inner_text("#outbox-said")


async def test_mhtml_is_offered_once_with_its_reason_and_asked_for_in_the_click(extension_pages):
    given = answers("away", granted=True, **{"capture-state": KEPT})
    page = await extension_pages.open("popup.html", given)
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=waiting]")
    await page.wait_for_selector("#mhtml-allow")
    assert "读取和更改所有网站的数据" in await page.inner_text("#offer")
    await page.click("#mhtml-allow")
    await page.get_by_text("已允许").wait_for()
    assert await page.evaluate("window.wanted") == {"permissions": ["pageCapture"]}
    assert await page.evaluate("window.stored.mhtml_offered") is True


async def test_mhtml_is_not_offered_again_and_nothing_less_is_shown(extension_pages):
    given = answers("away", stored={"mhtml_offered": True}, **{"capture-state": KEPT})
    page = await extension_pages.open("popup.html", given)
    await page.click("#keep")
    await page.wait_for_selector("body[data-state=waiting]")
    await page.click("#missing summary")
    assert "没有允许存 MHTML" in await page.inner_text("#missing")
    assert not await page.is_visible("#offer")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_privacy_page_is_no_wider_than_a_narrow_window(extension_pages, language):
    page = await extension_pages.open("privacy.html", answers(), language=language)
    await page.wait_for_function("document.title.length > 0")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
