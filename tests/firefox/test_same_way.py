"""The whole way in Chromium and in Firefox: one test, one source, another browser."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from helper.model import CaptureView
from tests.e2e.world import World, until
from tests.firefox.driver import FirefoxPerson

pytestmark = pytest.mark.timeout(400)  # a world and the whole way in one item

SEEN = {"seen/viewport", "seen/sheet", "seen/page", "seen/html", "seen/text", "seen/context"}
TALL = """() => {
  const space = document.createElement("div");
  space.style.height = "2400px";
  document.body.append(space, "the end of the page");
  scrollTo(0, 300);
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    addEventListener("scroll", () => { document.documentElement.dataset.scrolled = "yes"; });
    resolve(document.documentElement.scrollHeight);
  })));
}"""
WRITTEN = """() => Object.fromEntries([...document.querySelectorAll("form [name]")].map((field) =>
  [field.name, field.type === "file" ? [...field.files].map((file) => file.name) : field.value]))"""


SENDS = """() => document.querySelector("form").addEventListener("change", (event) => {
  document.documentElement.dataset.sends = "yes";
  event.currentTarget.submit();
})"""
"""A page that sends its form at every change, without a word to anybody."""


HELPER = {"origins": ["http://127.0.0.1/*"]}


def in_firefox(town: World) -> bool:
    return isinstance(town.person, FirefoxPerson)


async def test_the_whole_way(town: World) -> None:
    order = town.demo.orders["lechuang:not_delivered"]
    view, height = await kept_while_the_helper_is_away(town, order.url)
    check_what_was_seen(town, view, height)
    assert view.order is not None
    assert (view.order.order_no, view.order.amount) == (order.order_no, order.amount)

    code, _ = await town.command("draft", view.case_id or "", "--channel", "merchant_platform")
    assert code == 0
    await fill_without_submitting(town, order)

    out = town.folder / "evidence.zip"
    code, exported = await town.command("export", view.case_id or "", "--out", str(out))
    assert code == 0
    code, verified = await town.command("verify", exported["evidence"])
    assert (code, verified["verdict"]) == (0, "pass"), verified


async def kept_while_the_helper_is_away(town: World, url: str) -> tuple[CaptureView, int]:
    """Keep a tall page without a helper; return what it has of it later, and the page's height."""
    await town.stop_helper()
    page = await town.person.open(url)
    height = await page.evaluate(TALL)
    # the second visit is the helper's own, whatever browser the person has
    uuid = await town.click(page, refuse=True)

    async def waiting() -> bool:
        local = (await town.message(type="capture-state", uuid=uuid))["local"]
        return bool(local["phase"] == "kept_here" and local["complete"] and local["error"])

    await until(waiting, "the outbox did not keep the capture")
    scrolled = await page.evaluate("() => document.documentElement.dataset.scrolled ?? 'no'")
    assert scrolled == ("no" if in_firefox(town) else "yes")
    assert await page.evaluate("() => scrollY") == 300
    await page.close()
    if isinstance(town.person, FirefoxPerson):
        await town.person.stop_background()
    else:
        await town.stop_worker()
    await town.start_helper()
    await town.message(type="status")
    return await town.sealed(uuid, 120), int(height)


def check_what_was_seen(town: World, view: CaptureView, height: int) -> None:
    """Check that the whole page is there, and said what this browser has not."""
    roles = {item.role for item in view.artifacts}
    lacking = {item.role: item.reason for item in view.missing if item.role.startswith("seen/")}
    assert roles >= SEEN, view.missing
    if in_firefox(town):
        assert lacking == {"seen/mhtml": "browser_has_no_mhtml"}
    else:
        assert "seen/mhtml" in roles
        assert lacking == {}
    [whole] = [item for item in view.artifacts if item.role == "seen/page"]
    picture = Image.open(io.BytesIO(town.store.blobs.read(whole.sha256)))
    assert picture.height == pytest.approx(height, abs=2)


async def fill_without_submitting(town: World, order: Any) -> None:
    before = len(town.demo.submissions)
    page = await town.person.open(order.complaint_url)
    await page.evaluate(SENDS)
    popup = await town.person.click_toolbar(page)
    if isinstance(town.person, FirefoxPerson):
        await popup.click("#beside")
        popup = await town.person.sidebar()
    else:
        await popup.click("#fill-preview")
    await popup.click("#fill-apply")
    await popup.wait_for("!!document.querySelector('#report')", 30)
    marks = "[...document.querySelectorAll('#report .chip')].map(c => c.className)"
    assert {mark.split()[-1] for mark in await popup.evaluate(marks)} == {"good"}
    await popup.close()
    assert await page.evaluate("() => document.documentElement.dataset.sends") == "yes"
    written = await page.evaluate(WRITTEN)
    assert order.order_no in written.values()
    [files] = [value for value in written.values() if isinstance(value, list)]
    assert files[0].startswith("证据1")
    assert len(town.demo.submissions) == before
    await page.close()


@pytest.mark.parametrize("town", ["firefox"], indirect=True, scope="module")
async def test_a_permission_that_was_taken_back_is_asked_for_again(town: World) -> None:
    """Firefox lets a person take the helper's address from an extension at any time."""
    assert isinstance(town.person, FirefoxPerson)
    assert await town.control.evaluate("wanted => chrome.permissions.remove(wanted)", HELPER)
    assert (await town.message(type="status"))["helper"] == "forbidden"
    page = await town.person.open(town.demo.orders["lechuang:not_delivered"].url)
    popup = await town.person.click_toolbar(page)
    await popup.click("#allow-helper")
    await town.person.allow()

    async def ready() -> bool:
        return bool((await town.message(type="status"))["helper"] == "ready")

    await until(ready, "the helper was not reached again")
    await popup.close()
    await page.close()


@pytest.mark.parametrize("town", ["firefox"], indirect=True, scope="module")
async def test_the_pages_a_person_walks_to_are_one_chain(town: World) -> None:
    """Firefox tells of the pages of a tab in its own way, and of none to a stopped background."""
    assert isinstance(town.person, FirefoxPerson)
    order = town.demo.orders["lechuang:not_delivered"]
    page = await town.person.open(order.url)
    first = str(await page.evaluate("location.href"))
    popup = await town.person.click_toolbar(page)
    await popup.wait_for("!!document.querySelector('#walk-start')")
    await popup.evaluate(
        "document.querySelectorAll('details').forEach((one) => { one.open = true })"
    )
    await popup.click("#walk-start")
    await town.person.allow()
    await walked(town, 1)
    await popup.close()
    await page.evaluate("() => history.pushState({}, '', '?view=2')")
    second = str(await page.evaluate("location.href"))
    await walked(town, 2)
    await town.person.stop_background()
    await page.evaluate("url => { location.href = url }", order.complaint_url)
    steps = await walked(town, 3)
    assert [(one["url"], one["reason"]) for one in steps] == [
        (first, None), (second, None), (order.complaint_url, None),
    ]  # fmt: skip
    await town.message(type="walk-stop")
    site = {"origins": [f"https://{urlsplit(order.url).hostname}/*"]}
    assert not await town.control.evaluate("wanted => chrome.permissions.contains(wanted)", site)
    await page.close()


async def walked(town: World, count: int) -> list[dict[str, Any]]:
    """Wait until so many steps of the walk are in the outbox or further."""

    async def there() -> list[dict[str, Any]] | None:
        walk = (await town.message(type="walk-state"))["walk"]
        steps = walk["steps"] if walk else []
        done = len(steps) == count and all(one["phase"] != "freezing" for one in steps)
        return steps if done else None

    return list(await until(there, f"never {count} steps"))
