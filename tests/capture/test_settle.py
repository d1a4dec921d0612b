"""The script world of a visit."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Error, Page

from helper.capture.settle import World
from tests.capture.conftest import Site
from tests.chromium import chromium

LYING = "<title>{}</title><script>document.__defineGetter__('title', () => 'a lie')</script>"


@pytest.fixture
async def tab() -> AsyncIterator[Page]:
    async with chromium() as browser:
        yield await browser.new_page()


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
