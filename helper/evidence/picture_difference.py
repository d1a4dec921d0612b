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


class Region(NamedTuple):
    """Where the seen picture lies: CSS pixels from the top of a page that is `page_width` wide."""

    y: float
    page_width: float


def compare(
    seen: bytes | None, witness: bytes | None, *, role: Role | None, region: Region | None = None
) -> PictureComparison:
    """Compare two pictures; with a region the seen one is that part of the page."""
    if seen is None or witness is None:
        return PictureComparison(state="not_compared", reason="no_picture", seen=role)
    with ThreadPoolExecutor(2) as pool:
        mine, other = pool.map(_open, (seen, witness))
    if isinstance(mine, str):
        return PictureComparison(state="not_compared", reason=mine, seen=role)
    if isinstance(other, str):
        return PictureComparison(state="not_compared", reason=other, seen=role)
    if region is not None and region.page_width > 0:
        top = min(round(region.y * _WIDTH / region.page_width), other.height - 1)
        other = other.crop((0, top, _WIDTH, min(top + mine.height, other.height)))
    share = round(_share(mine, other), 4)
    state = "same" if share < SAME_BELOW else "differs"
    return PictureComparison.model_validate({"state": state, "share": share, "seen": role})


def _open(data: bytes) -> Image.Image | str:
    """Return a picture in grey at the common width, or the reason why there is none."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            height = round(picture.height * _WIDTH / picture.width)
            if picture.width * picture.height > MOST_PIXELS or not 1 <= height <= _MOST_HEIGHT:
                return "picture_too_large"
            return picture.convert("L").resize((_WIDTH, height), Image.Resampling.BOX)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "picture_too_large"
    except Exception:  # noqa: BLE001  # decoders raise nearly anything on broken files
        return "picture_unreadable"


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
