"""What the background asks the helper about a case, and the count on the toolbar."""

from __future__ import annotations

import pytest

from helper.errors import NotFoundError
from helper.web.console import entrance
from tests.extension.background.world import World, until

pytestmark = pytest.mark.browser
PAGE = "<!doctype html><html lang=zh><title>订单</title><p>订单号 12345678</p>"


async def case_of(world: World) -> str:
    world.shop.pages["/order"] = PAGE
    uuid = await world.kept(await world.open("/order"))
    vault = world.helper.vault
    vault.join_case(
        uuid, platform_key=None, host="shop.localhost", order_no="12345678",
        wanted=None, title="t", now=vault.capture(uuid).meta.clicked_at,
    )  # fmt: skip
    return str(vault.capture(uuid).case_id)


async def badge(world: World) -> tuple[str, str]:
    text = await world.console.evaluate("chrome.action.getBadgeText({})")
    return text, await world.console.evaluate("chrome.action.getTitle({})")


async def test_advice_and_replies_are_asked_for_the_issue(world: World) -> None:
    case_id = await case_of(world)
    await world.message("advice", case_id=case_id, issue="dead_code")
    await world.message("reply", case_id=case_id, issue=None, move="delay")
    asked = [call[:4] for call in world.helper.calls if call[0] in {"advise", "reply"}]
    assert asked == [
        ("advise", case_id, "dead_code", "zh_CN"),
        ("reply", case_id, "delay", None),
    ]


@pytest.mark.parametrize("bad", ["../c", "", None, "a/b", "c-1?x=1"])
async def test_an_id_that_is_none_is_not_sent(world: World, bad: str | None) -> None:
    for kind in ("case", "advice", "timeline"):
        answer = await world.message(kind, case_id=bad)
        assert (answer["ok"], answer["error"]["code"]) == (False, "invalid")


async def test_the_toolbar_counts_what_closes_soon_and_stops_when_nothing_does(
    world: World,
) -> None:
    case_id = await case_of(world)
    for count, shown in ((3, "3"), (0, "")):
        world.helper.due = count
        what = {"kind": "party", "name": f"某公司{count}"}
        assert (await world.message("tell", case_id=case_id, what=what))["ok"]
        await until(lambda shown=shown: is_badge(world, shown), f"no badge {shown!r}")
    world.helper.due = 2
    await world.helper.stop()
    assert not (await world.message("tell", case_id=case_id, what=what))["ok"]
    assert (await badge(world))[0] == ""
    await world.helper.start()


async def is_badge(world: World, shown: str) -> bool:
    text, title = await badge(world)
    return text == shown and (not shown or shown in title)


async def test_the_popup_opens_the_console_logged_in_on_today(world: World) -> None:
    world.shop.pages["/never-kept"] = PAGE  # of a page that was kept its case is opened
    popup = await world.person.click_toolbar(await world.open("/never-kept"))
    await popup.wait_for("document.body.dataset.answered !== undefined")
    async with world.person.context.expect_page() as opening:
        await popup.click("#console")
    page = await opening.value
    await page.wait_for_url(f"http://kazheng.localhost:{world.helper.port}/")
    await page.get_by_role("heading", name="今天", level=1).wait_for()


async def test_a_helper_that_knows_no_console_is_older(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> str:
        raise NotFoundError(kind="route", id="")

    monkeypatch.setattr(entrance, "address", unknown)
    answer = await world.message("console")
    assert (answer["ok"], answer["error"]["code"]) == (False, "helper_version")
