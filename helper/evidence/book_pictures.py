"""Cut a tall picture into pieces of a page's height, at rows where nothing is drawn."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image, ImageChops

from helper.evidence.pdf import PdfWriter
from helper.pictures import PictureError, decode, measure

FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MOST_PIXELS: Final = 150_000_000
"""450 MB when decoded; a page of 2,560 × 30,000 has 77 million."""
DOTS: Final = 190 / 72
"""Most pixels a point: finer than a screen's own text, half the bytes of 300 dpi."""
_SEARCHED = 0.35
_QUIET_ROWS = 4
_SHORTEST = 0.15
_SMALLER = 0.75
"""Smallest share of its size at which a picture is kept whole rather than cut."""
_EDGE = 12
"""Difference of neighbouring pixels, of 255, from which on something is drawn."""


class UnprintableError(Exception):
    """The file is no picture that can be printed; the message is a code: see `book.unprinted`."""


@dataclass(frozen=True)
class Piece:
    """Rows `top` to `bottom` of a picture, written as object `number`; size in points."""

    number: int
    top: int
    bottom: int
    width: float
    height: float


@dataclass(frozen=True)
class Printed:
    """A picture in pieces, with its size in pixels."""

    width: int
    height: int
    pieces: tuple[Piece, ...]


def write_pieces(
    path: Path,
    writer: PdfWriter,
    *,
    width: float,
    first: float,
    height: float,
    rows: Sequence[tuple[int, int]] = (),
    dots: float = DOTS,
) -> Printed:
    """Write a picture in pieces as wide as the page at most: `first` points high, then `height`.

    `rows` are the ranges to write, in order, instead of all; `dots` the most pixels a point. A
    picture that is a little too tall for the first place is made smaller and stays whole.
    Raises UnprintableError. One picture is decoded at a time and only its pieces are encoded.
    """
    with opened(path) as picture:
        scale = min(width / picture.width, 72 / 96 * 1.25)
        ranges = [(start, min(end, picture.height)) for start, end in rows or [(0, picture.height)]]
        tall = ranges[0][1] - ranges[0][0]
        if scale * tall * _SMALLER <= first < scale * tall:
            scale = first / tall
        pieces: list[Piece] = []
        for start, end in ranges:
            part = picture.crop((0, start, picture.width, end)) if rows else picture
            room = height if pieces else first
            pieces += (
                _piece(picture, start + top, start + bottom, scale, writer, dots)
                for top, bottom in cuts(part, round(room / scale), round(height / scale))
            )
        return Printed(picture.width, picture.height, tuple(pieces))


def cuts(picture: Image.Image, first: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield the row ranges of the pieces: at most `first` rows, then at most `most` each.

    It begins where it is unless less than a quarter of a page is left there.
    """
    top = 0
    room = first if first >= min(most // 4, picture.height) else most
    while picture.height - top > room:
        rest = picture.height - top - room
        short = max(round(most * _SHORTEST) - rest, 0)  # no last piece of a few rows
        bottom = _quiet_row(picture, top, top + room - min(short, room // 2))
        yield top, bottom
        top, room = bottom, most
    yield top, picture.height


def _quiet_row(picture: Image.Image, top: int, bottom: int) -> int:
    """Return the row to cut at: inside the lowest band of quiet rows, else the quietest row."""
    start = bottom - max(round((bottom - top) * _SEARCHED), 1)
    if picture.width < 2:
        return bottom
    window = picture.crop((0, start, picture.width, bottom)).convert("L")
    beside = ImageChops.difference(
        window.crop((0, 0, window.width - 1, window.height)),
        window.crop((1, 0, window.width, window.height)),
    )
    edges = beside.point([255 if value > _EDGE else 0 for value in range(256)])
    rows = edges.resize((1, window.height), Image.Resampling.BOX).tobytes()
    band = 0
    for at in range(len(rows) - 1, -1, -1):
        band = band + 1 if rows[at] == 0 else 0
        if band == _QUIET_ROWS:
            return start + at + _QUIET_ROWS // 2
    quietest = min(rows)
    return start + rows.rindex(quietest) if quietest < 40 else bottom


def _piece(
    picture: Image.Image, top: int, bottom: int, scale: float, writer: PdfWriter, dots: float
) -> Piece:
    width, height = picture.width * scale, (bottom - top) * scale
    piece = picture.crop((0, top, picture.width, bottom))
    wanted = (round(width * dots), round(height * dots))
    if wanted[0] < piece.width:
        piece = piece.resize((max(wanted[0], 1), max(wanted[1], 1)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    drawn = flat(piece)
    drawn.info.clear()  # a comment in the file would go along
    drawn.save(out, "JPEG", quality=80, subsampling=0, optimize=True)
    number = writer.jpeg(out.getvalue(), piece.width, piece.height)
    return Piece(number, top, bottom, width, height)


def flat(picture: Image.Image) -> Image.Image:
    """Return an RGB picture, what is transparent on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return picture.convert("RGB")


def opened(path: Path) -> Image.Image:
    """Return the decoded picture of a file; raises UnprintableError."""
    with _reading(path) as stream:
        return decode(stream, most_pixels=MOST_PIXELS, formats=FORMATS)


def size_of(path: Path) -> tuple[int, int]:
    """Return a picture's width and height without decoding it; raises UnprintableError."""
    with _reading(path) as stream:
        return measure(stream, most_pixels=MOST_PIXELS, formats=FORMATS)


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            # our own limit is above the one from which on Pillow warns
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield stream
    except PictureError as error:
        raise UnprintableError(str(error)) from error
