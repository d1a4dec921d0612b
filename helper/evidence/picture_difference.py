"""Compare the picture of a page as seen with that of the second visit: how much of it differs.

Both are scaled to the same width and compared in small squares, so that a blinking cursor or
another smoothing of letters counts for nothing, and another line of text does. What only one of
them reaches counts as different. Memory is bounded by the pixels that are opened at all.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from PIL import Image, ImageChops

from helper.model import PictureComparison, Role

MOST_PIXELS: Final = 25_000_000
"""Of one picture; decoded it takes up to four bytes for each, and both are decoded at once."""
_WIDTH = 640
_MOST_HEIGHT = 12_000
_SQUARE = 8
_TONE = 48
"""Difference of brightness (0 to 255) that counts."""
_COVERED = 10
"""Share of a square that must differ, in 255ths."""
SAME_BELOW: Final = 0.001
_SCALES: Final = (1, 1.25, 1.5, 1.75, 2, 2.5, 3)
"""Pixels of a screen for one of the page; other widths are another layout, nothing to compare."""
_ALIKE: Final = 0.004


class Region(NamedTuple):
    """Where the seen picture lies: CSS pixels from the top of a page that is `page_width` wide."""

    y: float
    page_width: float


def compare(
    seen: bytes | None,
    witness: bytes | None,
    *,
    role: Role | None,
    region: Region | None = None,
    page_share: float = 1.0,
) -> PictureComparison:
    """Compare two pictures; with a region the seen one is that part of the page.

    `page_share` is how much of the seen picture's width is page: the rest is its scroll bar.
    """
    if seen is None or witness is None:
        return PictureComparison(state="not_compared", reason="no_picture", seen=role)
    with ThreadPoolExecutor(2) as pool:
        mine, other = pool.map(_open, (seen, witness), (page_share, 1.0))
    if isinstance(mine, str):
        return PictureComparison(state="not_compared", reason=mine, seen=role)
    if isinstance(other, str):
        return PictureComparison(state="not_compared", reason=other, seen=role)
    if not _same_layout(mine.info["page_width"], other.info["page_width"]):
        return PictureComparison(state="not_compared", reason="widths_differ", seen=role)
    if region is not None and region.page_width > 0:
        top = min(round(region.y * _WIDTH / region.page_width), other.height - 1)
        other = other.crop((0, top, _WIDTH, min(top + mine.height, other.height)))
    share = round(_share(mine, other), 4)
    state = "same" if share < SAME_BELOW else "differs"
    return PictureComparison.model_validate({"state": state, "share": share, "seen": role})


def _open(data: bytes, page_share: float) -> Image.Image | str:
    """Return the page in grey at the common width, or the reason why there is none.

    `info["page_width"]` is the width it had, in pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            width = round(picture.width * page_share)
            height = round(picture.height * _WIDTH / width)
            if picture.width * picture.height > MOST_PIXELS or not 1 <= height <= _MOST_HEIGHT:
                return "picture_too_large"
            page = picture.crop((0, 0, width, picture.height)).convert("L")
            found = page.resize((_WIDTH, height), Image.Resampling.BOX)
            found.info["page_width"] = width
            return found
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "picture_too_large"
    except Exception:  # noqa: BLE001  # decoders raise nearly anything on broken files
        return "picture_unreadable"


def _same_layout(one: int, other: int) -> bool:
    ratio = max(one, other) / min(one, other)
    return any(abs(ratio / scale - 1) < _ALIKE for scale in _SCALES)


def _share(mine: Image.Image, other: Image.Image) -> float:
    height = min(mine.height, other.height)
    whole = max(mine.height, other.height)
    box = (0, 0, _WIDTH, height)
    apart = ImageChops.difference(mine.crop(box), other.crop(box))
    marked = apart.point([0] * _TONE + [255] * (256 - _TONE))
    squares = marked.reduce(_SQUARE)
    counts = squares.histogram()
    differing = sum(counts[_COVERED:]) / (squares.width * squares.height)
    return (differing * height + (whole - height)) / whole
