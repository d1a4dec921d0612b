"""Open pictures that anybody may have made: bounded, and with a reason where it fails."""

from __future__ import annotations

from typing import BinaryIO, Final

from PIL import Image

FORMATS: Final = ("PNG", "JPEG", "WEBP")
"""What browsers and this helper write."""


class PictureError(ValueError):
    """A picture that is not taken; argument: unreadable or too_large."""


def decode(
    source: BinaryIO, *, most_pixels: int, formats: tuple[str, ...] = FORMATS
) -> Image.Image:
    """Return the decoded picture; what has more pixels is not decoded. Raises PictureError."""
    try:
        picture = Image.open(source, formats=formats)
        fits = picture.width * picture.height <= most_pixels
        if fits:
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("too_large") from error
    except Exception as error:
        # Decoders raise nearly anything on broken files (OSError, SyntaxError, struct.error …).
        raise PictureError("unreadable") from error
    if not fits:
        raise PictureError("too_large")
    return picture
