"""Every page for everybody: axe finds nothing, and the keyboard alone reaches and opens all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.extension.corpus import libraries
from tests.web.console import walk
from tests.web.console.conftest import Town
from tests.web.console.pictures import stood
from tests.web.console.walk import Things

pytestmark = pytest.mark.browser
FRAMED = "/page/"
"""A captured page as its shop made it is not ours to mend."""
STILL = "() => globalThis.htmx && !document.querySelector('.htmx-request, .htmx-settling')"
"""What the page fetches by itself has come."""
RUN = """async (only) => {
  const what = { exclude: ['iframe'] };
  const { violations } = await axe.run(what, { iframes: false, ...(only && { runOnly: [only] }) });
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]);
}"""


@pytest.fixture(scope="module")
async def lived_in(browser: Browser) -> AsyncIterator[tuple[Town, Things]]:
    async with stood(browser, "normal") as made:
        yield made


@pytest.fixture(scope="module")
def town(lived_in: tuple[Town, Things]) -> Town:
    return lived_in[0]


@pytest.fixture(scope="module")
def things(lived_in: tuple[Town, Things]) -> Things:
    return lived_in[1]


@pytest.fixture(scope="module")
async def axe() -> str:
    """The library's text."""
    libraries.fetch()
    home = libraries.HOME / libraries.folder("axe-core@4.14.1")
    return (home / "axe.min.js").read_text("utf-8")


async def test_nobody_is_kept_out_of_a_page(town: Town, things: Things, axe: str) -> None:
    page = await town.enter(bypass_csp=True)
    found = []
    for path in walk.pages(things):
        if FRAMED not in path:
            await page.emulate_media(color_scheme="light")
            await page.goto(town.url(path))
            await page.wait_for_function(STILL)
            await page.evaluate(axe)
            found += [(path, one) for one in await page.evaluate(RUN, None)]
            await page.emulate_media(color_scheme="dark")
            found += [(path, "dark", one) for one in await page.evaluate(RUN, "color-contrast")]
    await page.context.close()
    assert not found, "\n".join(map(str, found))


async def test_all_of_a_page_is_reached_and_opened_by_the_keyboard(
    town: Town, things: Things
) -> None:
    page = await town.enter()
    case, draft = f"/cases/{things.cases[0]}", f"/drafts/{things.drafts[0]}"
    for path in (case, "/library", "/settings", draft):
        await page.goto(town.url(path))
        missed = await _unreached(page)
        assert (path, missed) == (path, [])
        await page.locator(".skip").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#main")).to_be_focused()
    await page.close()


async def test_a_fold_opens_by_enter_and_by_the_address_that_names_it(
    town: Town, things: Things
) -> None:
    page = await town.enter()
    await page.goto(town.url(f"/cases/{things.cases[0]}#tell-answer"))
    await expect(page.locator("#tell-answer").get_by_role("button", name="保存")).to_be_visible()
    fold = page.locator("#tell-contact > summary")
    await fold.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#tell-contact").get_by_role("button", name="保存")).to_be_visible()
    await page.close()


async def _unreached(page: Page) -> list[str]:
    """Return what can be used and is not come by on the way of the Tab key, or shows no focus."""
    await page.evaluate("""() => {
      const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, '
        + '[tabindex="0"]';
      globalThis.left = new Set([...document.querySelectorAll(all)].filter((one) =>
        one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true })
        && !(one.type === 'radio' && !one.checked)));
      globalThis.dim = [];
    }""")
    step = """() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      const bare = style.outlineStyle === 'none' && style.boxShadow === 'none';
      if (left.has(one) && bare) dim.push(one);
      left.delete(one);
      return left.size > 0 && one !== document.body;
    }"""
    await page.keyboard.press("Tab")
    while await page.evaluate(step):
        await page.keyboard.press("Tab")
    return await page.evaluate("() => [...left, ...dim].map((one) => one.outerHTML.slice(0, 120))")
