"""What was captured, shown so that it can do nothing: re-encoded pictures, sandboxed pages.

A picture is decoded and encoded anew before a browser sees it; a page is the script-free single
file, in a frame of an opaque origin by its own header, also when it is opened alone; the original
bytes are only ever a download.
"""

from __future__ import annotations

import asyncio
import io
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from aiohttp import web
from PIL import ExifTags, Image, ImageDraw, ImageOps

from helper.errors import NotFoundError
from helper.evidence.single import POLICY, single_file
from helper.model import Artifact, CaptureId
from helper.pictures import ON_SIDE, PictureError, decode, orientation
from helper.web.console.pages import Page, Visit

Size = Literal["thumb", "picture"]
WIDTH: Final[dict[Size, int]] = {"thumb": 320, "picture": 1600}
_THUMB_HEIGHT = 400
_MOST_PIXELS = 200_000_000
_TALLEST = 30_000
_BAND = 500
"""Rows of a small picture that are made at once."""
_SANDBOX = f"sandbox; {POLICY}; frame-ancestors 'self'"


async def thumbnail(visit: Visit) -> web.Response:
    """Return a small picture of the upper part of a kept one."""
    return await _picture(visit, "thumb")


async def picture(visit: Visit) -> web.Response:
    """Return a kept picture, encoded anew, at most 1600 pixels wide."""
    return await _picture(visit, "picture")


async def original(visit: Visit) -> web.StreamResponse:
    """Return kept bytes as a download, never to be opened in place."""
    artifact = await _artifact(visit)
    path = visit.services.blobs.path(artifact.sha256)
    if not await asyncio.to_thread(path.is_file):
        raise NotFoundError(kind="artifact", id=artifact.name)
    return web.FileResponse(
        path,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(artifact.name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


async def page(visit: Visit) -> web.Response:
    """Return the kept page as one file without scripts, in a sandbox of its own."""
    artifact = await _artifact(visit)
    folder = visit.services.cache / "pages"
    kept = folder / f"{artifact.sha256}.html"

    def make() -> bytes:
        return single_file(visit.services.blobs.read(artifact.sha256), artifact.sha256)

    return web.Response(
        body=await _made(visit, kept, make),
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _SANDBOX, "X-Frame-Options": "SAMEORIGIN"},
    )


PAGES: Final = (
    Page("GET", "/captures/{id}/thumb/{name}", thumbnail, gives_file=True),
    Page("GET", "/captures/{id}/picture/{name}", picture, gives_file=True),
    Page("GET", "/captures/{id}/page/{name}", page, gives_file=True),
    Page("GET", "/captures/{id}/files/{name}", original, gives_file=True),
)


async def _artifact(visit: Visit) -> Artifact:
    capture_id = visit.id(CaptureId, "id", "capture")
    return await asyncio.to_thread(visit.services.vault.artifact, capture_id, visit.path("name"))


async def _picture(visit: Visit, size: Size) -> web.Response:
    """Return a picture; a browser may keep it, but asks each time: its case may be deleted."""
    artifact = await _artifact(visit)
    if not artifact.media_type.startswith("image/"):
        raise NotFoundError(kind="picture", id=artifact.name)
    name = f"{artifact.sha256}-{WIDTH[size]}-upright"
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{name}"'}
    if any(tag.value == name for tag in visit.request.if_none_match or ()):
        return web.Response(status=304, headers=headers)

    def make() -> bytes:
        return shown(visit.services.blobs.read(artifact.sha256), size)

    made = await _made(visit, visit.services.cache / "pictures" / f"{name}.jpg", make)
    return web.Response(body=made, content_type="image/jpeg", headers=headers)


async def _made(visit: Visit, kept: Path, make: Callable[[], bytes]) -> bytes:
    """Return what was made before, or make it when it is this one's turn."""
    with suppress(OSError):
        return await asyncio.to_thread(kept.read_bytes)
    async with visit.console.making:
        return await asyncio.to_thread(_cached, kept, make)


def _cached(kept: Path, make: Callable[[], bytes]) -> bytes:
    """Return what was made before, or make it; a cache that cannot be written is none."""
    with suppress(OSError):
        return kept.read_bytes()
    made = make()
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{secrets.token_hex(4)}")
        beside.write_bytes(made)
        beside.replace(kept)
    return made


def shown(content: bytes, size: Size) -> bytes:
    """Return a picture as JPEG of this size; a crossed out sheet where it cannot be decoded."""
    try:
        image = decode(io.BytesIO(content), most_pixels=_MOST_PIXELS, width=WIDTH[size])
    except PictureError:
        image = _crossed_out()
    drawn = io.BytesIO()
    _small(image, size).save(drawn, "JPEG", quality=82, optimize=True)
    return drawn.getvalue()


def _small(image: Image.Image, size: Size) -> Image.Image:
    """Return a picture as it is to be seen; a turned one is turned when it is small."""
    turned = orientation(image)
    wide, high = image.size[::-1] if turned in ON_SIDE else image.size
    low = min(high, max(1, wide * _THUMB_HEIGHT // WIDTH[size])) if size == "thumb" else high
    width = min(WIDTH[size], wide)
    height = min(max(1, low * width // wide), _TALLEST)
    if turned == 1:
        return _drawn(image, low, width, height)
    whole = min(max(1, high * width // wide), _TALLEST)
    small = _drawn(image, image.height, *((whole, width) if turned in ON_SIDE else (width, whole)))
    small.getexif()[ExifTags.Base.Orientation] = turned
    return ImageOps.exif_transpose(small).crop((0, 0, width, min(height, whole)))


def _drawn(image: Image.Image, low: int, width: int, height: int) -> Image.Image:
    """Return the upper rows on white, made in bands: a large one is never in memory twice."""
    clear = image.has_transparency_data
    small = Image.new("RGB", (width, height), "white")
    for top in range(0, height, _BAND):
        end = min(top + _BAND, height)
        band = image.crop((0, top * low // height, image.width, end * low // height))
        band = band.convert("RGBA" if clear else "RGB")
        band = band.resize((width, end - top), Image.Resampling.LANCZOS)
        small.paste(band, (0, top), band if clear else None)
    return small


def _crossed_out() -> Image.Image:
    sheet = Image.new("RGB", (WIDTH["thumb"], _THUMB_HEIGHT), "#e4e4e0")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((110, 150, 210, 250), outline="#8a8a84", width=4)
    pen.line((110, 250, 210, 150), fill="#8a8a84", width=4)
    return sheet
