"""The script world of a visit."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Error, Page, async_playwright

from helper.capture.browser import find_browser
from helper.capture.settle import World
from helper.settings import Settings
from tests.capture.conftest import Site

LYING = "<title>{}</title><script>document.__defineGetter__('title', () => 'a lie')</script>"


@pytest.fixture
async def tab() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=str(find_browser(Settings())), args=["--no-sandbox"]
        )
        yield await chromium.new_page()
        await chromium.close()


async def test_a_world_follows_the_page_and_is_never_that_of_its_scripts(
    tab: Page, site: Site
) -> None:
    # each renderer process counts its worlds anew: a number of the old document may be that of
    # the new one's own scripts
    site.page("/first", LYING.format("first"))
    world = World(await tab.context.new_cdp_session(tab))
    await tab.goto(f"{site.origin}/first")
    assert await world.run("document.title", 2.0) == "first"
    assert await tab.evaluate("document.title") == "a lie"
    for name in ("second", "third", "fourth"):
        await tab.goto(f"data:text/html,{LYING.format(name)}")
        assert await world.run("document.title", 2.0) == name
        assert await world.run("document.title", 2.0) == name


async def test_a_page_that_leaves_while_a_script_runs_is_told(tab: Page, site: Site) -> None:
    site.page("/first", "<title>first</title>")
    site.page("/second", "<title>second</title>")
    world = World(await tab.context.new_cdp_session(tab))
    await tab.goto(f"{site.origin}/first")
    assert await world.run("1", 2.0) == 1
    leave = "new Promise(() => location.replace('/second'))"
    with pytest.raises(Error):
        await world.run(leave, 5.0)
