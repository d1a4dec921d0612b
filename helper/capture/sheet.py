"""Compose the sheet: an untouched page picture under a strip that shows its exact URL as text."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PIL import Image, ImageDraw, ImageFont

from helper.capture import png
from helper.capture.fonts import cjk_font
from helper.messages import LANGUAGES, text
from helper.pictures import decode

_NARROWEST = 640
_MOST_PIXELS = 250_000_000
"""More than the largest picture of a visit has: 7,680 × 30,000."""
_URL_LIMIT = 20_000
"""Characters drawn; a longer URL is drawn to here with its length and SHA-256."""
_INK, _PAPER, _LABEL = (20, 20, 20), (255, 252, 235), (110, 90, 40)
_BANNER, _BANNER_INK = (122, 62, 0), (255, 255, 255)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Caption:
    """What the strip says. `kind`: the user's own tab, or the helper's second visit."""

    url: str
    title: str
    captured_at: datetime
    timezone: str | None
    kind: Literal["seen", "witness"]
    capture_id: str
    peer: str | None = None
    certificate_sha256: str | None = None
    composed: tuple[int, int | None] | None = None
    """Number of strips the picture is made of, and of elements changed to take them, if known."""


def compose(picture: bytes, caption: Caption) -> bytes:
    """Return a PNG: the strip, then the picture pixel for pixel.

    Raise ValueError if the picture cannot be read; argument: unreadable or too_large.
    """
    width, opened = _open(picture)
    digest = hashlib.sha256(picture).hexdigest()
    strip = draw_strip(max(width, _NARROWEST), caption, digest)
    if opened is None:
        return png.prepend(strip, picture)
    sheet = Image.new("RGB", (strip.width, strip.height + opened.height), (128, 128, 128))
    sheet.paste(strip, (0, 0))
    sheet.paste(opened.convert("RGB"), (0, strip.height))
    out = io.BytesIO()
    sheet.save(out, "PNG", compress_level=1)
    return out.getvalue()


def draw_strip(width: int, caption: Caption, picture_sha256: str) -> Image.Image:
    """Draw the strip; its last row is black, the border to the page."""
    pen = _Pen(width, bool(cjk_font()))
    banner = pen.wrap(_both("sheet.banner", pen.chinese), pen.width - 2 * pen.margin)
    rows = [
        (label, line if first else "")
        for label, value in _entries(caption, picture_sha256, pen.chinese)
        for first, line in [(True, value)]
    ]
    label_width = max(pen.measure(label) for label, _ in rows) + pen.margin
    wrapped = [
        (label, pen.wrap(value, width - label_width - 2 * pen.margin)) for label, value in rows
    ]
    count = sum(len(lines) for _, lines in wrapped)
    top = len(banner) * pen.line + pen.margin
    height = top + count * pen.line + 2 * pen.margin + 2
    strip = Image.new("RGB", (width, height), _PAPER)
    pen.on(strip)
    pen.draw.rectangle((0, 0, width, top - 1), fill=_BANNER)
    for number, line in enumerate(banner):
        pen.put(pen.margin, pen.margin // 2 + number * pen.line, line, _BANNER_INK)
    y = top + pen.margin
    for label, lines in wrapped:
        pen.put(pen.margin, y, label, _LABEL)
        for line in lines:
            pen.put(pen.margin + label_width, y, line, _INK)
            y += pen.line
    pen.draw.rectangle((0, height - 2, width, height), fill=(0, 0, 0))
    return strip


class _Pen:
    r"""Measure and draw with one font; what it cannot draw becomes `\\uXXXX`."""

    def __init__(self, width: int, chinese: bool) -> None:
        self.width = width
        self.chinese = chinese
        size = min(40, max(15, width // 76))
        found = cjk_font() if chinese else None
        self.font: Font = (
            ImageFont.truetype(str(found[0]), size, index=found[1])
            if found is not None
            else ImageFont.load_default(size)
        )
        self.line = round(size * 1.5)
        self.margin = size
        self._widths: dict[str, float] = {}
        self._unknown = self._shape("\U0010fffd")

    def on(self, picture: Image.Image) -> None:
        """Draw on this picture from now on."""
        self.draw = ImageDraw.Draw(picture)

    def put(self, x: float, y: float, line: str, ink: tuple[int, int, int]) -> None:
        """Draw one line, its characters as `wrap` returned them."""
        self.draw.text((x, y), line, fill=ink, font=self.font)

    def measure(self, line: str) -> float:
        """Return the width of a line in pixels."""
        return sum(self._width(character) for character in line)

    def wrap(self, value: str, width: float) -> list[str]:
        """Break a value into lines at any character; nothing is cut."""
        lines, line, used = [], "", 0.0
        for piece in self._pieces(value):
            piece_width = self.measure(piece)
            if line and used + piece_width > width:
                lines.append(line)
                line, used = "", 0.0
            line += piece
            used += piece_width
        return [*lines, line]

    def _pieces(self, value: str) -> Iterator[str]:
        for character in value:
            if " " <= character <= "~" or self._drawable(character):
                yield character
            else:
                code = ord(character)
                yield f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"

    def _drawable(self, character: str) -> bool:
        if not self.chinese or unicodedata.category(character)[0] in "CMZ":
            return False
        return self._shape(character) != self._unknown

    def _width(self, character: str) -> float:
        if character not in self._widths:
            self._widths[character] = self.font.getlength(character)
        return self._widths[character]

    def _shape(self, character: str) -> bytes:
        return bytes(self.font.getmask(character))


def _entries(caption: Caption, picture_sha256: str, chinese: bool) -> Iterator[tuple[str, str]]:
    yield _both("sheet.url", chinese), _shown_url(caption.url)
    yield _both("sheet.title", chinese), caption.title or "-"
    yield _both("sheet.time", chinese), _times(caption)
    yield _both("sheet.kind", chinese), _both(f"sheet.kind.{caption.kind}", chinese)
    if caption.composed:
        strips, changed = caption.composed
        known = {} if changed is None else {"changed": changed}
        key = "sheet.composed.of" if known else "sheet.composed.unknown"
        yield _both("sheet.composed", chinese), _both(key, chinese, strips=strips, **known)
    if caption.peer:
        yield _both("sheet.peer", chinese), caption.peer
    if caption.certificate_sha256:
        yield _both("sheet.certificate", chinese), caption.certificate_sha256
    yield _both("sheet.capture", chinese), caption.capture_id
    yield _both("sheet.picture", chinese), picture_sha256


def _both(key: str, chinese: bool, **values: int) -> str:
    if not chinese:
        return text(key, "en", **values)
    return " / ".join(text(key, language, **values) for language in LANGUAGES)


def _times(caption: Caption) -> str:
    zone = _zone(caption.timezone)
    local = caption.captured_at.astimezone(zone)
    utc = caption.captured_at.astimezone(UTC)
    name = f" {caption.timezone}" if isinstance(zone, ZoneInfo) else ""
    offset = local.strftime("%z")
    shown = f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}{name}"
    return f"{shown}   =   {utc:%Y-%m-%d %H:%M:%S}.{utc.microsecond // 1000:03d} UTC"


def _zone(name: str | None) -> tzinfo | None:
    """Return the named zone; None (that of this computer) if there is no such zone."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _shown_url(url: str) -> str:
    if len(url) <= _URL_LIMIT:
        return url
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{url[:_URL_LIMIT]} […{len(url)} characters, SHA-256 {digest}]"


def _open(picture: bytes) -> tuple[int, Image.Image | None]:
    """Return the width, and the decoded picture where its rows cannot simply be put below."""
    try:
        head = png.header(picture)
    except ValueError:
        head = None
    if head is not None and head.width * head.height > _MOST_PIXELS:
        raise ValueError("too_large")
    if head is not None and png.can_prepend(head, max(head.width, _NARROWEST)):
        if not png.is_whole(picture):
            raise ValueError("unreadable")
        return head.width, None
    decoded = decode(io.BytesIO(picture), most_pixels=_MOST_PIXELS)
    return decoded.width, decoded
