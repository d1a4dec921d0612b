"""Read an archive back: load the page from its WARC alone and compare it with the visit.

The context has a proxy that leads nowhere, so that what the tape lacks cannot come from elsewhere.
The page's clock stands where it stood at the visit; its session is not there any more.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from PIL import Image, ImageChops
from warcio.exceptions import ArchiveLoadFailed

from helper.capture import artifacts, tape
from helper.capture.artifacts import ArtifactError
from helper.capture.browser import WarmBrowser
from helper.capture.settle import World, settle
from helper.capture.visits import first_line
from helper.model import Viewport

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

SECONDS = 30.0
"""The longest one reading may take."""
_LOAD_SECONDS = 8.0
_NOWHERE = {"server": "socks5://127.0.0.1:1", "bypass": "<-loopback>"}
_SAME_GREY = 24
"""Grey levels of 255 by which a pixel may differ: text is not smoothed twice in the same way."""
_BAND = 4096
_CLOCK = """
(() => {
  const Real = Date, shift = AT - Real.now(), now = () => Real.now() + shift;
  globalThis.Date = new Proxy(Real, {
    construct: (kind, given, target) => Reflect.construct(kind, given.length ? given : [now()],
      target),
    apply: () => new Real(now()).toString(),
    get: (kind, name) => name === 'now' ? now : Reflect.get(kind, name),
  });
  window.print = () => {};
})()
"""


@dataclass(frozen=True)
class Live:
    """What the visit made: the page's address, DOM and picture tiles, and how it looked at it.

    `asked` is the address the visit began with; a page may give itself another one by script.
    """

    url: str
    asked: str
    at: datetime
    html: bytes
    pictures: tuple[bytes, ...]
    viewport: Viewport
    user_agent: str | None = None
    timezone: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class ReadBack:
    """What came of it. `reason` says why nothing could be compared; else it is None.

    `picture_difference` is the share of pixels that differ visibly, 0 to 1; lines are those of
    the page's text that only one of both has.
    """

    text_same: bool | None = None
    lines_only_live: int | None = None
    lines_only_archive: int | None = None
    picture_difference: float | None = None
    answered: int = 0
    missing_urls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str | None = None
    detail: str | None = None

    def as_record(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


async def read_back(browser: WarmBrowser, warc: Path, live: Live) -> ReadBack:
    """Load the page from the archive and compare; never raises for the page's or archive's sake.

    Raise BrowserMissingError or BrowserFailedError if there is no browser.
    """
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    try:
        async with asyncio.timeout(SECONDS):
            found = await asyncio.to_thread(_load, warc)
            async with browser.context(**_options(live)) as context:
                return await _play(context, found, live)
    except TimeoutError:
        return ReadBack(reason="timeout")
    except ArtifactError as error:
        return ReadBack(reason=error.reason, detail=error.detail)
    except Error as error:
        return ReadBack(reason="browser_error", detail=first_line(error))


def text_of(html: bytes) -> list[str]:
    """Return the lines of a DOM's text, white space evened out, scripts and styles left out."""
    soup = BeautifulSoup(html, "lxml", from_encoding="utf-8")
    for tag in soup(["script", "style", "noscript", "template"]):
        tag.decompose()
    lines = (" ".join(line.split()) for line in soup.get_text("\n").split("\n"))
    return [line for line in lines if line]


def difference(live: Sequence[bytes], archive: Sequence[bytes]) -> float:
    """Return the share of pixels that differ; what only one picture has differs."""
    differing = total = 0
    for index in range(max(len(live), len(archive))):
        one = _opened(live, index)
        other = _opened(archive, index)
        width, height = max(one.width, other.width), max(one.height, other.height)
        common = min(one.width, other.width), min(one.height, other.height)
        total += width * height
        differing += width * height - common[0] * common[1]
        for top in range(0, common[1], _BAND):
            box = (0, top, common[0], min(top + _BAND, common[1]))
            apart = ImageChops.difference(one.crop(box), other.crop(box)).convert("L")
            differing += sum(apart.histogram()[_SAME_GREY:])
    return round(differing / total, 6) if total else 0.0


def _load(warc: Path) -> tape.Tape:
    try:
        return tape.load(warc)
    except (ArchiveLoadFailed, OSError, ValueError, AttributeError) as error:
        raise ArtifactError("archive_unreadable", type(error).__name__) from error


def _opened(tiles: Sequence[bytes], index: int) -> Image.Image:
    if index >= len(tiles):
        return Image.new("RGB", (0, 0))
    return Image.open(io.BytesIO(tiles[index])).convert("RGB")


async def _play(context: BrowserContext, found: tape.Tape, live: Live) -> ReadBack:
    page = await context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    cdp = await context.new_cdp_session(page)
    player, world = tape.Player(cdp, found), World(cdp)
    await asyncio.gather(
        player.start(),
        page.add_init_script(_CLOCK.replace("AT", str(int(live.at.timestamp() * 1000)))),
    )
    try:
        url = live.url if found.holds(live.url) else live.asked
        await page.goto(url, wait_until="commit", timeout=_LOAD_SECONDS * 1000)
        notes = await settle(world, player, _LOAD_SECONDS)
        html = await artifacts.dom(world)
        size = await artifacts.page_size(cdp, world)
        pictures = await artifacts.pictures(cdp, size)
    finally:
        await player.stop()
    return await asyncio.to_thread(_compare, live, html, pictures, player, notes)


def _compare(
    live: Live, html: bytes, pictures: list[bytes], player: tape.Player, notes: list[str]
) -> ReadBack:
    ours, theirs = text_of(live.html), text_of(html)
    return ReadBack(
        text_same=ours == theirs,
        lines_only_live=(Counter(ours) - Counter(theirs)).total(),
        lines_only_archive=(Counter(theirs) - Counter(ours)).total(),
        picture_difference=difference(live.pictures, pictures) if live.pictures else None,
        answered=player.answered,
        missing_urls=tuple(player.missing),
        notes=tuple(notes),
    )


def _options(live: Live) -> dict[str, Any]:
    options: dict[str, Any] = {
        "accept_downloads": False,
        "service_workers": "block",
        "proxy": _NOWHERE,
        "viewport": {"width": live.viewport.width, "height": live.viewport.height},
        "device_scale_factor": live.viewport.scale,
    }
    wanted = {
        "user_agent": live.user_agent, "timezone_id": live.timezone, "locale": live.language,
    }  # fmt: skip
    return options | {name: value for name, value in wanted.items() if value}
