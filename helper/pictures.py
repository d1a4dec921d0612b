"""Open pictures that anybody may have made, bounded, with a reason where it fails; shrink them."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Final, Literal

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

FORMATS: Final = ("PNG", "JPEG", "WEBP")
"""What browsers and this helper write."""
ON_SIDE: Final = frozenset({5, 6, 7, 8})
"""The orientations in which what is stored as width is seen as height."""
_ORIENTATIONS: Final = range(1, 9)


class PictureError(ValueError):
    """A picture that is not taken; argument: unreadable or too_large."""


def measure(
    source: BinaryIO, *, most_pixels: int, formats: tuple[str, ...] = FORMATS
) -> tuple[int, int]:
    """Return width and height as the file's head says them. Raises PictureError as `decode`."""
    return _opened(source, most_pixels, formats).size


def decode(
    source: BinaryIO,
    *,
    most_pixels: int,
    formats: tuple[str, ...] = FORMATS,
    width: int | None = None,
) -> Image.Image:
    """Return the decoded picture; what has more pixels is not decoded. Raises PictureError.

    With `width` a JPEG is decoded smaller where it is several times as wide, as it is to be seen.
    """
    picture = _opened(source, most_pixels, formats)
    try:
        if width is not None and picture.format == "JPEG":
            picture.draft(None, (1, width) if orientation(picture) in ON_SIDE else (width, 1))
        picture.load()
    except Exception as error:
        # Decoders raise nearly anything on broken files (OSError, SyntaxError, struct.error …).
        raise PictureError("unreadable") from error
    return picture


def orientation(picture: Image.Image) -> int:
    """Return how a camera says that its picture is to be seen: 1 as it is, else EXIF tag 274."""
    try:
        said = picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001  # as in `decode`; what cannot be read turns nothing
        return 1
    return said if isinstance(said, int) and said in _ORIENTATIONS else 1


def _opened(source: BinaryIO, most_pixels: int, formats: tuple[str, ...]) -> Image.Image:
    try:
        picture = Image.open(source, formats=formats)
        fits = picture.width * picture.height <= most_pixels
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("too_large") from error
    except Exception as error:
        # as above
        raise PictureError("unreadable") from error
    if not fits:
        raise PictureError("too_large")
    return picture


def smaller(
    picture: Image.Image,
    most: int | None,
    *,
    kind: Literal["JPEG", "PNG"] = "JPEG",
    least: int = 2,
    about: str = "",
) -> tuple[bytes, int] | None:
    """Return an RGB picture in at most `most` bytes and its width in pixels, scaled if it must be.

    None where it would get narrower than `least` pixels; `about` stands in it as a comment.
    """
    how: dict[str, Any] = {"quality": 85, "comment": about.encode()} if kind == "JPEG" else {}
    if kind == "PNG" and about:
        how["pnginfo"] = PngInfo()
        how["pnginfo"].add_text("Comment", about)
    while min(picture.size) > 1:
        drawn = io.BytesIO()
        picture.save(drawn, kind, **how)
        if most is None or drawn.tell() <= most:
            return drawn.getvalue(), picture.width
        if picture.width <= least:
            return None
        share = max(min((most / drawn.tell()) ** 0.5, 0.9), 0.1, least / picture.width)
        size = (max(int(side * share), 1) for side in picture.size)
        picture = picture.resize(tuple(size), Image.Resampling.LANCZOS)
    return None
