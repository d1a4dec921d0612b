"""Take the artifacts of a loaded page through its CDP session. Each function takes one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import io
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helper.capture import png
from helper.capture.settle import World
from helper.capture.window import HEIGHT, PrivateDisplay
from helper.model import Viewport

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

TILE_HEIGHT = 30_000
"""Physical pixels that one picture holds correctly (measured: 60,000 at scale 1, 46,900 at 2)."""
MOST_TILES = 4
_DOM_SECONDS = 10.0
_MOST_SCROLLERS = 3
_MOST_OPENED = 40
_WIDEST = 8_000
"""Physical pixels of width that one picture of a scroller may have."""
_PDF_HEADER = (
    '<div style="font:8px sans-serif;width:100%;margin:0 10mm;overflow-wrap:anywhere">'
    'URL: <span class="url"></span><br>{title} · <span class="date"></span></div>'
)
_PDF_FOOTER = (
    '<div style="font:8px sans-serif;width:100%;text-align:right;margin:0 10mm">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
_DOM = """
(() => {
  const kind = document.doctype;
  const head = kind ? `<!DOCTYPE ${kind.name}>\\n` : '';
  const root = document.documentElement;
  return head + (root.getHTML
    ? `<html${[...root.attributes].map(a => ` ${a.name}="${a.value.replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;')}"`).join('')}>`
      + root.getHTML({serializableShadowRoots: true}) + '</html>'
    : root.outerHTML);
})()
"""
_FRAMED = "location.href + '\\n' + document.title"
"""What the browser itself writes: into its address bar and tab, and on every printed sheet."""
_FIELDS = "[...document.querySelectorAll('input, textarea')].map(field => field.value).join('\\n')"
_VIEWPORT = (
    "[innerWidth, innerHeight, devicePixelRatio,"
    " (document.scrollingElement ?? document.documentElement)?.clientWidth ?? null]"
)
_SIZES = "[innerWidth, innerHeight, outerWidth, outerHeight]"
_GROWN = """
new Promise(done => {
  const end = performance.now() + LIMIT;
  const look = () => (innerHeight >= WANTED || performance.now() > end)
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(innerHeight)))
    : setTimeout(look, 8);
  look(); setTimeout(() => done(innerHeight), LIMIT + 200);
})
"""
_OPEN_SCROLLERS = """
(async () => {
  const root = document.scrollingElement ?? document.documentElement;
  const every = [];
  const walk = top => {
    for (const el of top.querySelectorAll('*')) {
      every.push(el);
      if (el.shadowRoot) walk(el.shadowRoot);
    }
  };
  walk(document);
  const above = el => el.parentElement ?? el.getRootNode().host ?? null;
  const inside = (el, other) => {
    for (let up = above(el); up; up = above(up)) if (up === other) return true;
    return false;
  };
  const moves = el => {
    if (el === root || el === document.body || el.matches('textarea, select')) return false;
    if (el.clientHeight < 60 || el.clientWidth < 120) return false;
    const style = getComputedStyle(el), bar = /auto|scroll/;
    return (el.scrollHeight > el.clientHeight + 40 && bar.test(style.overflowY))
      || (el.scrollWidth > el.clientWidth + 40 && bar.test(style.overflowX));
  };
  const closed = frame => {
    const page = frame.contentDocument?.scrollingElement;
    return frame.clientHeight >= 60 && frame.clientWidth >= 120
      && (!page || page.scrollHeight > frame.clientHeight + 40);
  };
  const frames = every.filter(el => el.tagName === 'IFRAME' && closed(el)).length;
  const found = every.filter(moves).slice(0, MOST_OPENED);
  const outer = found.filter(el => !found.some(other => inside(el, other)));
  const set = (el, name, value) => el.style.setProperty(name, value, 'important');
  for (const el of [...found].reverse()) {
    set(el, 'max-height', 'none'); set(el, 'max-width', 'none');
    if (el.scrollHeight > el.clientHeight + 1) set(el, 'height', el.scrollHeight + 'px');
    if (el.scrollWidth > el.clientWidth + 1) set(el, 'width', el.scrollWidth + 'px');
    for (let up = above(el); up && up !== root; up = above(up)) {
      const style = getComputedStyle(up);
      if (style.overflowY === 'visible' && style.overflowX === 'visible') continue;
      if (found.includes(up)) continue;
      set(up, 'overflow', 'visible'); set(up, 'max-height', 'none'); set(up, 'height', 'auto');
    }
  }
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const late = [...document.images].filter(image => !image.complete);
  await Promise.race([Promise.all(late.map(image => image.decode().catch(() => 0))), wait(800)]);
  for (const el of [...found].reverse()) {
    if (el.scrollHeight > el.clientHeight + 1) set(el, 'height', el.scrollHeight + 'px');
  }
  return {
    frames, more: Math.max(0, outer.length - MOST),
    boxes: outer.slice(0, MOST).map(el => {
      const box = el.getBoundingClientRect();
      return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height};
    }),
  };
})()
"""


class ArtifactError(Exception):
    """An artifact could not be made; reason is a code of `missing.<reason>`."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason)


@dataclass(frozen=True)
class PageSize:
    """Size of the whole page in CSS pixels and the device scale."""

    width: int
    height: int
    scale: float


async def page_size(cdp: CDPSession, world: World) -> PageSize:
    """Measure the document."""
    metrics, scale = await asyncio.gather(
        cdp.send("Page.getLayoutMetrics"), world.run("devicePixelRatio", 2.0)
    )
    content = metrics["cssContentSize"]
    return PageSize(
        max(1, int(content["width"])), max(1, int(content["height"])), float(scale or 1.0)
    )


async def viewport(world: World) -> Viewport:
    """Measure the visible part of the page, scroll bars included."""
    width, height, scale, page_width = await world.run(_VIEWPORT, 2.0)
    known = None if page_width is None else round(page_width)
    return Viewport(width=round(width), height=round(height), scale=float(scale), page_width=known)


async def pictures(cdp: CDPSession, size: PageSize) -> list[bytes]:
    """Return the full page as PNG: one, or several tiles below each other for a very tall page."""
    step = int(TILE_HEIGHT / size.scale)
    return [
        await picture(cdp, 0, top, size.width, min(step, size.height - top), size.scale)
        for top in range(0, min(size.height, step * MOST_TILES), step)
    ]


async def picture(
    cdp: CDPSession, x: float, y: float, width: float, height: float, scale: float
) -> bytes:
    """Return one region of the page as PNG (CSS pixels); check that it has the size asked for."""
    clip = {"x": x, "y": y, "width": width, "height": height, "scale": scale}
    found = await cdp.send(
        "Page.captureScreenshot",
        {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": clip},
    )
    data = base64.b64decode(found["data"])
    head = png.header(data)
    if abs(head.height - height * scale) > 2 or abs(head.width - width * scale) > 2:
        raise ArtifactError("picture_wrong_size", f"{head.width}x{head.height}")
    return data


async def mhtml(cdp: CDPSession) -> bytes:
    """Return the page as MHTML."""
    found = await cdp.send("Page.captureSnapshot", {"format": "mhtml"})
    return str(found["data"]).encode()


async def pdf(cdp: CDPSession, title: str) -> bytes:
    """Return the page as PDF (A4), its URL in the header of every sheet."""
    found = await cdp.send(
        "Page.printToPDF",
        {
            "printBackground": True,
            "displayHeaderFooter": True,
            "headerTemplate": _PDF_HEADER.format(title=html.escape(title[:200])),
            "footerTemplate": _PDF_FOOTER,
            "paperWidth": 8.27, "paperHeight": 11.69,
            "marginTop": 0.8, "marginBottom": 0.5, "marginLeft": 0.4, "marginRight": 0.4,
        },
    )  # fmt: skip
    data = base64.b64decode(found["data"])
    if not data.startswith(b"%PDF-"):
        raise ArtifactError("pdf_empty")
    return data


async def dom(world: World) -> bytes:
    """Return the DOM as it is now, as HTML in UTF-8."""
    found = await world.run(_DOM, _DOM_SECONDS)
    if not isinstance(found, str):
        raise ArtifactError("dom_empty")
    return found.encode("utf-8", "replace")


async def framed(world: World) -> bytes:
    """Return address and title, which a picture of the window shows around the page."""
    return str(await world.run(_FRAMED, 2.0)).encode("utf-8", "replace")


async def drawn(world: World) -> bytes:
    """Return what a print of the page shows and its HTML does not: address, title, typed values."""
    found = await world.run(f"{_FRAMED} + '\\n' + {_FIELDS}", 2.0)
    return str(found).encode("utf-8", "replace")


async def certificates(cdp: CDPSession, origin: str) -> tuple[bytes, bytes, str]:
    """Return the chain of the page's own connection: PEM, JSON, SHA-256 of the leaf."""
    found = await cdp.send("Network.getCertificate", {"origin": origin})
    chain = [base64.b64decode(der) for der in found.get("tableNames", ())]
    if not chain:
        raise ArtifactError("no_certificate")
    pem = "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain).encode()
    hashes = [hashlib.sha256(der).hexdigest() for der in chain]
    about = {"origin": origin, "chain_sha256": hashes, "source": "CDP Network.getCertificate"}
    return pem, json.dumps(about, indent=1).encode(), hashes[0]


async def place_window(cdp: CDPSession, *, left: int, width: int, height: int) -> int:
    """Put the window of the page where its slot is; return the window id."""
    window = int((await cdp.send("Browser.getWindowForTarget"))["windowId"])
    bounds = {"left": left, "top": 0, "width": width, "height": height}
    await cdp.send("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})
    return window


@dataclass(frozen=True)
class GrownWindow:
    """A window at the height of its page, in pixels; `whole` tells whether the page fits in."""

    width: int
    height: int
    frame: int
    """Height of tab strip and address bar."""
    whole: bool


async def grow_window(
    page: Page, cdp: CDPSession, world: World, *, window_id: int, size: PageSize
) -> GrownWindow:
    """Grow the window to the page's height (up to the display's) and wait until it is drawn."""
    inner_width, inner_height, outer_width, outer_height = await world.run(_SIZES, 2.0)
    frame = outer_height - inner_height
    height = max(outer_height, min(size.height + frame, HEIGHT))
    bounds = {"height": height}
    await cdp.send("Browser.setWindowBounds", {"windowId": window_id, "bounds": bounds})
    await page.bring_to_front()
    await world.run(_GROWN, 0.6, LIMIT=500, WANTED=height - frame)
    whole = size.height + frame <= height and size.width <= inner_width
    return GrownWindow(outer_width, height, frame, whole)


async def window(display: PrivateDisplay, slot: int, grown: GrownWindow) -> bytes:
    """Return the picture of the real window as PNG; the page's own thread is not asked."""
    data, blank = await asyncio.to_thread(_shoot, display, slot, grown)
    if blank:
        raise ArtifactError("window_blank")
    return data


@dataclass(frozen=True)
class Scrollers:
    """Tiles of each inner scroller, top to bottom; notes on what they do not show."""

    tiles: tuple[tuple[bytes, ...], ...]
    notes: tuple[str, ...]


async def scrollers(cdp: CDPSession, world: World, scale: float) -> Scrollers:
    """Picture each inner scroller at its full size; opens them in the page, so take it last."""
    values = {"MOST_OPENED": _MOST_OPENED, "MOST": _MOST_SCROLLERS}
    found: dict[str, Any] = await world.run(_OPEN_SCROLLERS, 4.0, **values) or {}
    tiles: list[tuple[bytes, ...]] = []
    notes: list[str] = []
    for number, box in enumerate(found.get("boxes", ()), 1):
        width, height = max(1, round(box["width"])), max(1, round(box["height"]))
        step, widest = int(TILE_HEIGHT / scale), int(_WIDEST / scale)
        if height > step * MOST_TILES or width > widest:
            notes.append(f"scroller_cut: {number} {width}x{height}")
        x, y = round(box["x"]), round(box["y"])
        tops = range(0, min(height, step * MOST_TILES), step)
        tiles.append(
            tuple([
                await picture(
                    cdp, x, y + top, min(width, widest), min(step, height - top), scale
                )
                for top in tops
            ])
        )  # fmt: skip
    if found.get("more"):
        notes.append(f"scrollers_left_out: {found['more']}")
    if found.get("frames"):
        notes.append(f"frames_not_opened: {found['frames']}")
    return Scrollers(tuple(tiles), tuple(notes))


def _shoot(display: PrivateDisplay, slot: int, grown: GrownWindow) -> tuple[bytes, bool]:
    shot = display.grab(slot=slot, width=grown.width, height=grown.height)
    bar = shot.crop((0, 0, grown.width, max(1, grown.frame))).convert("L").getextrema()
    out = io.BytesIO()
    shot.save(out, "PNG", compress_level=1)
    return out.getvalue(), bar[0] == bar[1]
