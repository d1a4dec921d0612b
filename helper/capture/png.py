"""Put rows above a PNG without decoding it (PNG specification, RFC 1950, RFC 1951).

The new rows are compressed on their own, without a final block, and set before the deflate stream
of the picture, whose bytes stay as they are; header height and Adler-32 are corrected.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: ("RGB", 3), 6: ("RGBA", 4)}
_ADLER = 65521


@dataclass(frozen=True)
class Header:
    """Size in pixels and pixel layout of a PNG."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool


def header(picture: bytes) -> Header:
    """Read the header; raise ValueError if the bytes are no PNG."""
    if picture[:8] != _SIGNATURE or picture[12:16] != b"IHDR" or len(picture) < 33:
        raise ValueError("not a PNG")
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", picture[16:29])
    return Header(width, height, depth, colour, interlace != 0)


def can_prepend(picture: Header, width: int) -> bool:
    """Tell whether `prepend` knows this kind of PNG."""
    return (
        picture.depth == 8
        and picture.colour in _CHANNELS
        and not picture.interlaced
        and picture.width == width
    )


def is_whole(picture: bytes) -> bool:
    """Tell whether the chunks are complete and in order up to IEND, each with its right CRC."""
    at, kinds = 8, []
    while at + 12 <= len(picture):
        end = at + 12 + int.from_bytes(picture[at : at + 4], "big")
        if end > len(picture):
            return False
        checked = zlib.crc32(memoryview(picture)[at + 4 : end - 4])
        if checked != int.from_bytes(picture[end - 4 : end], "big"):
            return False
        kinds.append(picture[at + 4 : at + 8])
        at = end
        if kinds[-1] == b"IEND":
            return b"IDAT" in kinds
    return False


def prepend(strip: Image.Image, picture: bytes) -> bytes:
    """Return the PNG with the strip above it; the strip's last row must be zeros.

    The first row of the picture may be filtered against the row above: zeros, as before.
    """
    head = header(picture)
    mode, channels = _CHANNELS[head.colour]
    pixels = strip.convert(mode).tobytes()
    row = head.width * channels
    lines = [b"\x00" + pixels[at : at + row] for at in range(0, len(pixels) - row, row)]
    raw = b"".join([*lines, bytes(row + 1)])
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    upper = packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH)
    stream, before, after = _split(picture)
    below = (row + 1) * head.height
    adler = _combine(zlib.adler32(raw), int.from_bytes(stream[-4:], "big"), below)
    joined = b"\x78\x9c" + upper + stream[2:-4] + adler.to_bytes(4, "big")
    fields = struct.pack(">II", head.width, head.height + strip.height) + picture[24:29]
    out = io.BytesIO()
    out.write(_SIGNATURE + _chunk(b"IHDR", fields) + before + _chunk(b"IDAT", joined) + after)
    return out.getvalue()


def _split(picture: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the joined IDAT data, and the chunks between IHDR and IDAT and after it."""
    stream, before, after = bytearray(), bytearray(), bytearray()
    at = 33
    while at + 12 <= len(picture):
        length = int.from_bytes(picture[at : at + 4], "big")
        kind = picture[at + 4 : at + 8]
        end = at + 12 + length
        if kind == b"IDAT":
            stream += picture[at + 8 : at + 8 + length]
        else:
            (after if stream else before).extend(picture[at:end])
        at = end
    return bytes(stream), bytes(before), bytes(after)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _combine(first: int, second: int, second_length: int) -> int:
    """Return the Adler-32 of two byte strings joined, from those of the parts."""
    length = second_length % _ADLER
    low_first, low_second = first & 0xFFFF, second & 0xFFFF
    low = (low_first + low_second - 1) % _ADLER
    high = (first >> 16) + (second >> 16) + length * (low_first - 1)
    return (high % _ADLER) << 16 | low
