"""What popup and panel say of a walk, in a real browser."""

import time

import pytest

from helper.dealings import Walk
from helper.model import Missing
from tests.complaints.golden import demo_case
from tests.extension.cases import told
from tests.extension.given import answers, sent

pytestmark = pytest.mark.browser

SESSION = "00000000-0000-4000-8000-00000000000a"
ORIGIN = "https://wangzi.localhost:8443"


def step(number, phase="sent", reason=None):
    return {
        "step": number, "uuid": f"u{number}", "url": f"{ORIGIN}/{number}", "title": f"第{number}页",
        "at": "2026-07-11T00:30:12+00:00", "phase": phase, "reason": reason,
    }  # fmt: skip


def going(**changes):
    walk = {
        "session": SESSION, "tab_id": 1, "origin": ORIGIN, "started_at": time.time() * 1000,
        "ended_at": None, "why": None, "granted": True,
        "steps": [step(1), step(2, reason="left"), step(3, phase="freezing")],
    }  # fmt: skip
    return {"ok": True, "walk": walk | changes}


async def test_the_site_is_asked_for_inside_the_click_and_the_walk_begins(extension_pages):
    page = await extension_pages.open("popup.html", answers(**{"walk-start": going()}))
    await page.click("#ways > summary")
    assert "自动收回" in await page.inner_text("#walk")
    await page.evaluate("state => { window.answers['walk-state'] = state }", going())
    await page.click("#walk-start")
    await page.wait_for_selector("#walk[data-walk=here]")
    assert await page.evaluate("window.wanted") == {"origins": ["https://wangzi.localhost/*"]}
    assert await sent(page, "walk-start") == [{"type": "walk-start", "tabId": 1, "had": False}]
    rows = await page.locator("#walk-list li").all_inner_texts()
    assert [row.splitlines()[0] for row in rows] == ["第1页", "第2页", "第3页"]
    assert "已保存" in rows[0]
    assert "没有存上：还没存好，您就离开了这一页" in rows[1]
    assert "正在保存" in rows[2]
    await page.evaluate(
        "state => { window.answers['walk-state'] = state }",
        going(ended_at=time.time() * 1000, why="hour"),
    )
    await page.wait_for_selector("#walk[data-walk=ended]")
    assert "满一小时" in await page.inner_text("#walk-why")
    await page.click("#walk [data-fold=walk-steps] summary")
    assert await page.locator("#walk-list li").count() == 3


async def test_a_walk_without_the_permission_and_one_elsewhere_say_what_to_do(extension_pages):
    state = going(granted=False)
    stored = {"walk": state["walk"]}
    given = answers(**{"walk-state": state, "walk-stop": {"ok": True}, "stored": stored})
    page = await extension_pages.open("popup.html", given)
    await page.wait_for_selector("#walk[data-walk=here]")
    assert "每到一页，请点一次" in await page.inner_text("#walk")
    await page.evaluate("state => { window.answers['walk-state'] = state }", going(tab_id=2))
    await page.wait_for_selector("#walk[data-walk=elsewhere]")
    assert "wangzi.localhost:8443" in await page.inner_text("#walk")
    await page.click("#walk-stop")
    assert len(await sent(page, "walk-stop")) == 1
    await page.evaluate("() => { delete window.answers['walk-stop'] }")
    await page.click("#walk-stop")
    await page.wait_for_selector("#walk .notice.bad")
    assert await page.is_enabled("#walk-stop")


async def test_a_case_shows_the_pages_of_a_walk_as_one_chain(extension_pages):
    [view, *rest] = demo_case("not_delivered").captures
    meta = {n: view.meta.model_copy(update={"walk": Walk(session=SESSION, step=n)}) for n in (1, 2)}
    left = view.model_copy(update={
        "meta": meta[1], "capture_id": SESSION, "artifacts": (), "order": None,
        "missing": (Missing(role="seen/html", reason="left"),),
    })  # fmt: skip
    order = view.model_copy(update={"meta": meta[2]})
    given = answers() | told(captures=(order, left, *rest))
    page = await extension_pages.open("panel.html?case=c-1", given)
    await page.wait_for_selector("#case:not([hidden])")
    await page.evaluate("document.getElementById('part-proof').open = true")
    await page.click("#proof [data-fold^=walk-] summary")
    rows = await page.locator("#proof ol.walk li").all_inner_texts()
    assert len(rows) == 2
    assert "没有存上：还没存好，您就离开了这一页" in rows[0]
    assert "订单页" in rows[1]
