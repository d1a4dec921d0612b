"""An order's fields are framed on the real picture where the real browser shows the words."""

import zipfile
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from playwright.async_api import Page

from helper.evidence.marked import mark
from helper.model import CaptureView
from scrapers.record import OrderRecord
from tests.e2e.world import World, world

NEAR = 2.0
"""CSS pixels."""
WORDS = """selector => {
  const element = document.querySelector(selector), range = document.createRange();
  range.selectNodeContents(element);
  const box = range.getBoundingClientRect();
  return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height,
          text: element.innerText};
}"""
WAYS = {
    "phone": {"size": (390, 800)},
    "long": {"size": (1280, 800), "grow": 2600, "scroll": 250},
}


async def shown(here: World, url: str, **how: Any) -> Page:
    """Open an order page in a window of some size, scrolled, or with much standing before it."""
    page = await here.person.open(url, wait_until="load")
    if "size" in how:
        await page.set_viewport_size({"width": how["size"][0], "height": how["size"][1]})
    if "grow" in how:
        grow = "height => { document.body.style.paddingTop = `${height}px` }"
        await page.evaluate(grow, how["grow"])
        assert await page.evaluate("document.body.scrollHeight") > how["grow"] + 1000
    await page.evaluate("top => scrollTo(0, top)", how.get("scroll", 0))
    await page.wait_for_load_state("networkidle")
    return page


async def standing(page: Page, order: OrderRecord) -> dict[str, dict[str, Any]]:
    """Return where the browser shows the element of each field that it shows at all."""
    found = {}
    for field, source in order.sources.items():
        if source.selector and await page.locator(source.selector).is_visible():
            words = await page.evaluate(WORDS, source.selector)
            box = await page.locator(source.selector).bounding_box()
            assert box is not None
            scroll = await page.evaluate("[scrollX, scrollY]")
            box |= {"x": box["x"] + scroll[0], "y": box["y"] + scroll[1]}
            found[field] = {"words": words, "element": box, "text": words.pop("text")}
    return found


def inside(part: tuple[float, ...], whole: dict[str, float]) -> bool:
    left, top, right, low = part
    return (
        left >= whole["x"] - NEAR
        and top >= whole["y"] - NEAR
        and right <= whole["x"] + whole["width"] + NEAR
        and low <= whole["y"] + whole["height"] + NEAR
    )


@pytest.mark.parametrize(
    ("key", "way"),
    [
        ("wangzi:dead_code", "phone"),
        pytest.param("weijie:dead_code", "long", marks=pytest.mark.long),
    ],
)
async def test_every_field_that_the_browser_shows_is_framed_where_it_stands(
    common: World, key: str, way: str
) -> None:
    await check(common, key, 1, **WAYS[way])


@pytest.mark.long
async def test_on_a_scaled_screen_as_well(tmp_path: Path) -> None:
    async with world(tmp_path, scale=2) as own:
        await check(own, "weijie:not_delivered", 2, scroll=333)


async def check(here: World, key: str, scale: float, **how: Any) -> None:
    if key.startswith("wangzi"):
        await here.log_in()
    page = await shown(here, here.demo.orders[key].url, **how)
    view = await here.sealed(await here.click(page))
    order = view.order
    assert order is not None
    places = await standing(page, order)
    marked = mark(view, order, here.store.blobs.read)
    assert marked is not None
    assert marked.artifact.role == "seen/page"
    assert marked.scale == pytest.approx(scale, rel=0.01)
    assert set(marked.boxes) == set(places)
    assert {"order_no", "amount", "status_text", "created_at"} <= set(places)
    for field, boxes in marked.boxes.items():
        place = places[field]
        css = [tuple(side / marked.scale for side in box) for box in boxes]
        assert all(inside(box, place["element"]) for box in css), field
        source = order.sources[field].text or ""
        if "".join(source.split()) == "".join(place["text"].split()):
            words = place["words"]
            sides = (words["x"], words["y"], words["x"] + words["width"])
            assert min(box[0] for box in css) == pytest.approx(sides[0], abs=NEAR), field
            assert min(box[1] for box in css) == pytest.approx(sides[1], abs=NEAR), field
            assert max(box[2] for box in css) == pytest.approx(sides[2], abs=NEAR), field
    await page.close()
    check_book(await book(here, view), marked.boxes)


async def book(here: World, view: CaptureView) -> str:
    """Export the case; return the text of its 证据册."""
    out = here.folder / f"{view.capture_id}.zip"
    code, exported = await here.command("export", view.case_id or "", "--out", str(out))
    assert (code, exported["missing"]) == (0, [])
    with zipfile.ZipFile(out) as archive:
        name = next(name for name in archive.namelist() if name.endswith("证据册.pdf"))
        document = pdfium.PdfDocument(archive.read(name))
    return "".join(page.get_textpage().get_text_range() for page in document)


def check_book(text: str, boxes: Any) -> None:
    assert "红框和编号由卡证后加" in text
    assert "原始截图未作任何改动" in text.replace("\r\n", "")
    assert str(len(set(boxes.values()))) in text
