"""What axe-core finds in our pages in every state: names, roles, order of headings, contrast."""

import pytest

from tests.extension.corpus import libraries
from tests.extension.states import PAGES, POPUP

pytestmark = pytest.mark.browser
STATES = POPUP | PAGES
QUICK = {"gaps", "options-outbox", "panel-draft"}
"""They have nearly every kind of part; the others are looked at where there is time."""
RUN = """async (only) => {
  const { violations } = await axe.run(document, only ? { runOnly: [only] } : {});
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]);
}"""


@pytest.fixture(scope="module")
def axe():
    """The library's text."""
    libraries.fetch()
    home = libraries.HOME / libraries.folder("axe-core@4.14.1")
    return (home / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in STATES],
)
async def test_nobody_is_kept_out(extension_pages, axe, name):
    page = await STATES[name](extension_pages)
    await page.wait_for_function("document.title")
    await page.evaluate(axe)
    assert await page.evaluate(RUN, None) == []
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(RUN, "color-contrast") == []
