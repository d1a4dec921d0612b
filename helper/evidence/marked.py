"""The fields of an order on a picture of their page: which picture, and where on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops, ImageStat

from helper.evidence import masking, rectangles
from helper.evidence.boxes import boxes
from helper.evidence.rectangles import Area, Layout
from helper.model import Artifact, CaptureView
from scrapers.record import OrderRecord

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture."""
_SHRUNK: Final = 4
"""Pixels of the pictures to one that is compared: text drawn half a pixel lower is the same."""
_SAME: Final = 64
"""Largest difference of 255 between such pixels."""
_SLACK: Final = 2
_LABEL: Final = 24
_GAP: Final = 3
"""CSS pixels beside a box that its label takes, and that may still be the text's own."""
_PALE: Final = 40
"""Contrast, of 255, from which on something is taken for text."""


@dataclass(frozen=True)
class Marked:
    """A kept picture, untouched, and the places of the fields on it."""

    artifact: Artifact
    boxes: Mapping[str, tuple[Box, ...]]
    scale: float
    """Pixels of the picture to a CSS pixel."""
    occupied: frozenset[str] = frozenset()
    """Fields with something drawn close before them, and nothing close behind them."""


def mark(view: CaptureView, order: OrderRecord, read: Callable[[str], bytes]) -> Marked | None:
    """Return the stitched page with the fields seen on it, the viewport if it shows more of them.

    A box has its field under it: outside of the window only where the page kept its size, inside
    only where the picture looks as the window did. None where no field has a place. `read` gives
    the bytes of a hash. Raises masking.UnmaskableError for a picture that cannot be read.
    """
    kept = {item.role: item for item in reversed(view.artifacts)}
    found = [kept.get(role) for role in ("seen/context", "seen/html", "seen/viewport")]
    if any(item is None for item in found):
        return None
    context, html, viewport = (read(item.sha256) for item in found if item is not None)
    areas = boxes(order, context, html)
    if not areas:
        return None
    told = rectangles.layout(context)
    window = masking.read(viewport)
    scale = window.width / told.viewport[0] if told.viewport[0] > 0 else 0
    if abs(window.height - told.viewport[1] * scale) > 0.02 * window.height:
        return None
    seen = _Seen(window, told, scale)
    made = [(kept["seen/viewport"], window, _boxes(areas, seen.on_window))]
    if "seen/page" in kept:
        page = masking.read(read(kept["seen/page"].sha256))
        drawn = _boxes(areas, lambda area: seen.on_page(page, area))
        made.insert(0, (kept["seen/page"], page, drawn))
    # of equals the first: the page
    artifact, picture, shown = max(made, key=lambda one: len(one[2]))
    crowded = (field for field, places in shown.items() if _occupied(picture, places[0], scale))
    return Marked(artifact, shown, scale, frozenset(crowded)) if shown else None


def _occupied(picture: Image.Image, box: Box, scale: float) -> bool:
    """Tell whether a label would hide something before a box and nothing behind it."""
    left, top, right, low = box
    wide, gap = round(_LABEL * scale), round(_GAP * scale)
    before = picture.crop((max(left - wide, 0), top, max(left - gap, 1), low))
    behind = picture.crop((right + gap, top, right + wide, low))
    return not _is_quiet(before) and _is_quiet(behind)


def _is_quiet(picture: Image.Image) -> bool:
    """Tell whether no text is on a part; a pale line of a table may be."""
    [(darkest, brightest)] = ImageStat.Stat(picture.convert("L")).extrema
    return brightest - darkest <= _PALE


def _boxes(
    areas: Mapping[str, tuple[Area, ...]], on: Callable[[Area], Box | None]
) -> dict[str, tuple[Box, ...]]:
    found = {field: tuple(filter(None, map(on, places))) for field, places in areas.items()}
    return {field: drawn for field, drawn in found.items() if drawn}


@dataclass(frozen=True)
class _Seen:
    """What the window showed at the click; `scale` is picture pixels to a CSS pixel."""

    window: Image.Image
    told: Layout
    scale: float

    def on_window(self, area: Area) -> Box | None:
        """Return where an area is on the picture of the window."""
        return _drawn(self.window, self._pixels(area, self.told.scroll))

    def on_page(self, page: Image.Image, area: Area) -> Box | None:
        """Return where an area is on the stitched page, None where that is not certain."""
        box = _drawn(page, self._pixels(area, (0, 0)))
        if box is None or page.width != self.window.width:
            return None
        if not _holds(self.window, self._pixels(area, self.told.scroll)):
            return box if self._kept_its_size(page) else None
        seen = self.on_window(area)
        return box if seen and _alike(page.crop(box), self.window.crop(seen)) else None

    def _kept_its_size(self, page: Image.Image) -> bool:
        """Tell whether the page was as tall for the strips as it was at the click."""
        if self.told.page is None:
            return False
        return abs(page.height - self.told.page[1] * self.scale) <= _SLACK * self.scale

    def _pixels(self, area: Area, origin: tuple[float, float]) -> Box:
        x, y, width, height = area
        left, top = (x - origin[0]) * self.scale, (y - origin[1]) * self.scale
        right, low = left + width * self.scale, top + height * self.scale
        return round(left), round(top), round(right), round(low)


def _holds(picture: Image.Image, box: Box) -> bool:
    left, top, right, low = box
    return (
        min(left, top) >= -_SLACK
        and right <= picture.width + _SLACK
        and low <= picture.height + _SLACK
    )


def _drawn(picture: Image.Image, box: Box) -> Box | None:
    """Return a box that lies wholly on the picture and has something drawn in it."""
    left, top = max(box[0], 0), max(box[1], 0)
    right, low = min(box[2], picture.width), min(box[3], picture.height)
    if not _holds(picture, box) or left >= right or top >= low:
        return None
    inside = left, top, right, low
    return None if picture.crop(inside).getcolors(1) is not None else inside


def _alike(one: Image.Image, other: Image.Image) -> bool:
    if abs(one.width - other.width) > 1 or abs(one.height - other.height) > 1:
        return False
    size = max(one.width // _SHRUNK, 1), max(one.height // _SHRUNK, 1)
    small = [image.resize(size, Image.Resampling.BOX) for image in (one, other)]
    differs = [255 if value > _SAME else 0 for value in range(256)] * 3
    return ImageChops.difference(small[0], small[1]).point(differs).getbbox() is None
