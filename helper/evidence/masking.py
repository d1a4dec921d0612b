"""Cover places of the seen pictures, by the text rectangles that the click recorded."""

from __future__ import annotations

import html
import io
import math
import re
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

from helper.evidence import neighbours, rectangles
from helper.evidence.private import Private
from helper.pictures import PictureError, decode

_MARGIN = 4
"""CSS pixels round a rectangle: the picture is taken just before the rectangles are."""
_MOST_PIXELS = 200_000_000
_CUT_TEXT = 500
"""Characters of a rectangle's text that the snapshot keeps; what follows is not known."""
_FIELD = re.compile(r'\svalue="([^"]*)"|>([^<>]*)</textarea', re.IGNORECASE)

Box = tuple[int, int, int, int]


class UnmaskableError(Exception):
    """A picture cannot be masked with certainty; argument: `redaction.<reason>`."""


@dataclass(frozen=True)
class Places:
    """Where on the page something must be covered, in CSS pixels, and what the viewport was."""

    rectangles: tuple[tuple[float, float, float, float], ...]
    scroll: tuple[float, float]
    viewport: tuple[float, float]


def places(context: bytes, text: str, page: str, private: Private) -> Places:
    """Return the rectangles to cover; raises UnmaskableError when one may be unknown.

    `text` is the visible text and `page` the HTML: what they show must have a rectangle.
    """
    try:
        told = rectangles.layout(context)
    except ValueError:
        raise UnmaskableError("no_rectangles") from None
    if told.cut or min(told.viewport) <= 0:
        raise UnmaskableError("no_rectangles")
    known = [(item.area, item.text or "") for item in told.texts]
    counts = [private.count(said) for _, said in known]
    typed = (html.unescape("".join(match.groups(""))) for match in _FIELD.finditer(page))
    if private.lost or private.count(text) > sum(counts) or any(map(private.count, typed)):
        raise UnmaskableError("unplaced")
    covered = tuple(
        box for (box, said), count in zip(known, counts, strict=True)
        if count or len(said) >= _CUT_TEXT
    )  # fmt: skip
    return Places(covered, told.scroll, told.viewport)


def texts(context: bytes) -> list[str]:
    """Return the texts of the rectangles, then each label with its neighbour, a tab between.

    A context that cannot be read gives none.
    """
    try:
        known = [(item.area, item.text or "") for item in rectangles.texts(context)]
    except ValueError:
        return []
    return [*(said for _, said in known), *(f"{a}\t{b}" for a, b in neighbours.pairs(known))]


def mask_viewport(picture: bytes, found: Places) -> bytes | None:
    """Return the viewport picture covered, None if nothing of it must be."""
    image = read(picture)
    boxes = _boxes(image, found)
    return _covered(image, boxes, 0) if boxes else None


def mask_page(page: bytes, viewport: bytes, found: Places) -> bytes | None:
    """Return the stitched page covered; every place must look as in the viewport picture."""
    if not found.rectangles:
        return None
    seen, image = read(viewport), read(page)
    scale = _scale(seen, found)
    boxes = _boxes(seen, found)
    if image.width != seen.width or len(boxes) < len(found.rectangles):
        raise UnmaskableError("unverified")
    left, top = (round(value * scale) for value in found.scroll)
    moved = [(x + left, y + top, right + left, low + top) for x, y, right, low in boxes]
    if any(not _same(seen.crop(a), image.crop(b)) for a, b in zip(boxes, moved, strict=True)):
        raise UnmaskableError("unverified")
    return _covered(image, moved, 0)


def mask_sheet(sheet: bytes, picture: bytes, masked: bytes | None) -> bytes | None:
    """Return a sheet with its lower part, which must be the picture, as the masked picture."""
    if masked is None:
        return None
    whole, plain = read(sheet), read(picture)
    top = whole.height - plain.height
    if top < 0 or not _same(whole.crop((0, top, plain.width, whole.height)), plain):
        raise UnmaskableError("unverified")
    whole.paste(read(masked), (0, top))
    return _png(whole)


def read(picture: bytes) -> Image.Image:
    """Return a picture; raises UnmaskableError."""
    try:
        return decode(io.BytesIO(picture), most_pixels=_MOST_PIXELS).convert("RGB")
    except PictureError as error:
        raise UnmaskableError("unreadable") from error


def _boxes(image: Image.Image, found: Places) -> list[Box]:
    """Return the places inside the viewport picture, each of them with something drawn on it."""
    scale = _scale(image, found)
    boxes = []
    for x, y, width, height in found.rectangles:
        left = math.floor((x - found.scroll[0] - _MARGIN) * scale)
        top = math.floor((y - found.scroll[1] - _MARGIN) * scale)
        right = math.ceil((x - found.scroll[0] + width + _MARGIN) * scale)
        low = math.ceil((y - found.scroll[1] + height + _MARGIN) * scale)
        box = (max(left, 0), max(top, 0), min(right, image.width), min(low, image.height))
        if box[0] < box[2] and box[1] < box[3]:
            if image.crop(box).getcolors(1) is not None:  # one colour: the text is not there
                raise UnmaskableError("unverified")
            boxes.append(box)
    return boxes


def _scale(image: Image.Image, found: Places) -> float:
    """Return picture pixels to a CSS pixel, which must be the same both ways."""
    across, down = image.width / found.viewport[0], image.height / found.viewport[1]
    if abs(across - down) > 0.02 * across:
        raise UnmaskableError("unverified")
    return across


def _covered(image: Image.Image, boxes: list[Box], top: int) -> bytes:
    pen = ImageDraw.Draw(image)
    for left, high, right, low in boxes:
        pen.rectangle((left, high + top, right - 1, low + top - 1), fill=(20, 20, 20))
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _same(one: Image.Image, two: Image.Image) -> bool:
    return one.size == two.size and ImageChops.difference(one, two).getbbox() is None
