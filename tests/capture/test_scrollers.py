"""Areas that scroll inside the page are pictured whole, in tiles, or their limits are told."""

import io
from pathlib import Path

import pytest
from PIL import Image

from helper.capture.browser import WarmBrowser
from helper.capture.witness import Visit, visit

from .conftest import Site, request

pytestmark = pytest.mark.browser
END = "<div style='height:50px;background:#00a000'></div>"


def tiles(made: Visit) -> dict[str, Image.Image]:
    return {
        f.name: Image.open(io.BytesIO(f.path.read_bytes())).convert("RGB")
        for f in made.files
        if f.role == "witness/scroller"
    }


async def seen(site: Site, browser: WarmBrowser, folder: Path, body: str) -> Visit:
    site.page("/chat", f"<title>a</title><body style='margin:0'>{body}")
    made = await visit(browser, request(f"{site.origin}/chat"), folder / "v")
    assert made.missing == ()
    return made


async def test_a_long_scroller_comes_in_tiles_to_its_end(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    rows = f"<div style='height:69950px'>聊</div>{END}"
    box = f"<div style='height:300px;width:400px;overflow-y:auto'>{rows}</div>"
    made = await seen(site, browser, tmp_path, box)
    found = tiles(made)
    assert list(found) == [f"witness-scroller-1-0{n}.png" for n in (1, 2, 3)]
    assert sum(tile.height for tile in found.values()) == 70_000
    last = found["witness-scroller-1-03.png"]
    assert last.getpixel((5, last.height - 5)) == (0, 160, 0)
    assert not [note for note in made.notes if note.startswith("scroller")]


async def test_a_scroller_inside_another_is_opened_in_it(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    inner = (
        f"<div style='height:200px;overflow:auto'><div style='height:3000px'>聊</div>{END}</div>"
    )
    above = "<div style='height:1500px'>顶</div>"
    outer = f"<main style='height:100vh;overflow:auto'>{above}{inner}</main>"
    found = tiles(await seen(site, browser, tmp_path, outer))
    assert list(found) == ["witness-scroller-1.png"]
    picture = found["witness-scroller-1.png"]
    assert picture.height == 4550
    assert picture.getpixel((5, picture.height - 5)) == (0, 160, 0)


async def test_a_wide_table_is_pictured_to_its_right_end(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    box = (
        "<div style='overflow-x:auto;width:600px'><div style='width:2500px;height:200px;"
        "background:linear-gradient(90deg,#fff 2400px,#00a000 2400px)'></div></div>"
    )
    (picture,) = tiles(await seen(site, browser, tmp_path, box)).values()
    assert picture.width == 2500
    assert picture.getpixel((2490, 100)) == (0, 160, 0)


async def test_a_scroller_in_a_shadow_tree_is_found(
    site: Site, browser: WarmBrowser, tmp_path: Path
) -> None:
    box = f"<div style='height:300px;overflow:auto'><div style='height:2000px'></div>{END}</div>"
    body = f"<x-chat><template shadowrootmode=open>{box}</template></x-chat>"
    (picture,) = tiles(await seen(site, browser, tmp_path, body)).values()
    assert picture.height == 2050


async def test_what_is_too_much_is_said(site: Site, browser: WarmBrowser, tmp_path: Path) -> None:
    box = (
        "<div style='height:300px;width:300px;overflow:auto'><div style='height:{}px'></div></div>"
    )
    giant, small = box.format(130_000), box.format(900)
    frame = "<iframe width=300 height=200 srcdoc='<div style=height:5000px></div>'></iframe>"
    made = await seen(site, browser, tmp_path, giant + small * 4 + frame)
    told = [note.partition(":")[0] for note in made.notes if "scroller" in note or "frame" in note]
    assert told == ["scroller_cut", "scrollers_left_out", "frames_not_opened"]
    assert "scroller_cut: 1 300x130000" in made.notes
    assert "scrollers_left_out: 2" in made.notes
