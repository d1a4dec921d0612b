"""Join the strips of a scrolled page into one picture."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from helper.pictures import PictureError, decode

_MOST_PIXELS = 200_000_000
_MOST_STRIP_PIXELS = 64_000_000
_MOST_SCALE = 64.0
_SLACK = 2
"""Rounding of fractional scroll positions may leave a seam of this many pixels."""


class StitchError(ValueError):
    """The strips do not make a page; argument: empty, unreadable, too_large or gap."""


def stitch(strips: Sequence[tuple[bytes, Mapping[str, Any]]]) -> bytes:
    """Return the page as PNG from strips with `{index, x, y, width, height, scroll_height, …}`.

    Positions are CSS pixels; the scale is that of the real pictures. Where strips overlap the
    upper one stays. Raise StitchError.
    """
    if not strips:
        raise StitchError("empty")
    ordered = sorted(strips, key=lambda strip: (_number(strip[1], "y"), _number(strip[1], "x")))
    first = _read(ordered[0][0])
    css_width = _number(ordered[0][1], "width") or first.width
    scale = first.width / css_width
    if scale > _MOST_SCALE:
        raise StitchError("unreadable")
    height = _page_height(ordered, scale, first)
    if first.width * height > _MOST_PIXELS:
        raise StitchError("too_large")
    page = Image.new("RGB", (first.width, height), (255, 255, 255))
    covered = 0
    for data, about in ordered:
        picture = _read(data).convert("RGB")
        top = round(_number(about, "y") * scale)
        if top > covered + _SLACK:
            raise StitchError("gap")
        hidden = max(0, covered - top)
        if hidden >= picture.height:
            continue
        page.paste(picture.crop((0, hidden, picture.width, picture.height)), (0, top + hidden))
        covered = top + picture.height
    if covered + _SLACK < height:
        raise StitchError("gap")
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _page_height(
    ordered: Sequence[tuple[bytes, Mapping[str, Any]]], scale: float, first: Image.Image
) -> int:
    """Return the page height in real pixels: of the scroller, or the reach of the last strip."""
    said = max(_number(about, "scroll_height") for _, about in ordered)
    if said:
        return max(1, math.floor(said * scale + 0.5))
    last = ordered[-1][1]
    return max(1, round((_number(last, "y") + _number(last, "height")) * scale) or first.height)


def _number(about: Mapping[str, Any], name: str) -> float:
    value = about.get(name, 0)
    usable = isinstance(value, int | float) and math.isfinite(value) and value >= 0
    return float(value) if usable else 0.0


def _read(data: bytes) -> Image.Image:
    """Open one strip; raise StitchError if it is no picture or far too large."""
    try:
        return decode(io.BytesIO(data), most_pixels=_MOST_STRIP_PIXELS)
    except PictureError as error:
        raise StitchError(str(error)) from error
