"""Make the files for an upload as planned: kept originals are read, never changed.

What is made lies in the vault's folder for work in progress and is gone a day later.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from helper.complaints.drafts import fill, parcel
from helper.complaints.drafts.parcel import Item, Make, Parcel, Reason
from helper.complaints.drafts.publishing import is_public
from helper.evidence import book_pictures
from helper.evidence.book_pictures import UnprintableError
from helper.evidence.pdf import HEIGHT, WIDTH, Page, PdfWriter
from helper.filling import FILE_BYTES, FillFile, Limits, Stays
from helper.messages import Language, text
from helper.model import CaseView, Draft
from helper.pictures import smaller
from helper.steps.store import LEFT_SECONDS, Store
from helper.vault.files import room_on_disk

_LEAST_WIDTH: Final = 480
"""Pixels: a page in a narrower picture cannot be read."""
_MOST_ROWS: Final = 30_000
"""JPEG holds 65,535; many programs open less."""
_DOTS: Final = (book_pictures.DOTS, 130 / 72, 96 / 72)
_MARGIN: Final = 18.0
_THUMBNAIL: Final = (88, 110)
_PICTURES: Final = {f"image/{kind.lower()}" for kind in book_pictures.FORMATS}


@dataclass(frozen=True)
class _Made:
    """A made file: its name, bytes, and what was done (`fill.made.<key>`, values)."""

    name: str
    data: bytes
    how: tuple[tuple[str, dict[str, int]], ...]


def folder_of(store: Store, draft_id: str) -> Path:
    """Return where the files made for a draft lie."""
    return store.settings.data / "work" / f"upload-{draft_id}"


def prepared(store: Store, draft_id: str, sha256: str) -> Path | None:
    """Return the file that was made for a draft, None where there is none."""
    path = folder_of(store, draft_id) / sha256
    return path if path.is_file() else None


def prepare(
    store: Store, case: CaseView, draft: Draft, limits: Limits, language: Language
) -> tuple[tuple[FillFile, ...], tuple[Stays, ...]]:
    """Make what fits the limits; return it in the order of the exhibits, and what stays here.

    Raises DiskFullError. What another preview of this draft made stays for a day: it may be shown
    in another tab. Of many exhibits only those that go are decoded.
    """
    public = is_public(draft)
    each = FILE_BYTES if limits.file_bytes is None else min(limits.file_bytes, FILE_BYTES)
    limits = limits.model_copy(update={"file_bytes": each})
    items = list(_items(store, draft, case, public=public))
    thumbnails: dict[str, str | None] = {}
    made: dict[Make, list[_Made]] = {}
    failed: dict[int, Reason] = {}
    while True:
        planned = parcel.plan(items, limits, public=public, failed=failed)
        broken = set(_broken(store, planned, thumbnails))
        if broken:
            failed |= dict.fromkeys(broken, "unreadable")
            continue
        over = next(
            (one for make in planned.makes if (one := _try(store, draft, make, made))), None
        )
        if over is None:
            break
        failed |= dict.fromkeys(over, "too_large")
    folder = folder_of(store, draft.draft_id)
    files = [
        file
        for make in planned.makes
        for file in _files(make, made[make], thumbnails, folder, language)
    ]
    _sweep(folder)
    return tuple(files), _stays(planned, items, language)


def _items(store: Store, draft: Draft, case: CaseView, *, public: bool) -> Iterator[Item]:
    ranks = parcel.ranks(draft)
    free = {one.number for one in fill.shareable(draft, case)}
    for one in sorted(draft.exhibits, key=lambda exhibit: exhibit.number):
        trouble: Reason | None = None if one.number in free else "not_covered"
        size = None
        if one.media_type in _PICTURES and trouble is None:
            try:
                size = book_pictures.size_of(store.blobs.path(one.sha256))
            except (UnprintableError, OSError):
                trouble = "unreadable"
        yield Item(
            number=one.number,
            name=fill.file_name(one, named=not public),
            sha256=one.sha256,
            media_type=one.media_type,
            bytes=one.bytes,
            rank=ranks[one.number],
            size=size,
            trouble=trouble,
        )


def _broken(store: Store, planned: Parcel, thumbnails: dict[str, str | None]) -> Iterator[int]:
    """Yield which of the pictures that are to go cannot be decoded; draw thumbnails of the rest."""
    for item in (item for make in planned.makes for item in make.items if item.size):
        if item.sha256 not in thumbnails:
            thumbnails[item.sha256] = _thumbnail(store.blobs.path(item.sha256))
        if thumbnails[item.sha256] is None:
            yield item.number


def _thumbnail(path: Path) -> str | None:
    """Return the top of a picture as a data URL, None where it cannot be decoded."""
    try:
        with book_pictures.opened(path) as picture:
            size = picture.size
            top = picture.crop((0, 0, size[0], min(size[1], max(round(size[0] * 1.25), 1))))
    except (UnprintableError, OSError):
        return None
    top.thumbnail(_THUMBNAIL)
    out = io.BytesIO()
    book_pictures.flat(top).save(out, "JPEG", quality=60)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


def _try(store: Store, draft: Draft, make: Make, made: dict[Make, list[_Made]]) -> list[int]:
    """Make a file if it is not made yet; return which of its exhibits are too much for it."""
    if make not in made:
        try:
            made[make] = _made(store, draft, make)
        except _OverError as error:
            return error.numbers
    return []


def _made(store: Store, draft: Draft, make: Make) -> list[_Made]:
    """Return the files of a make. Raises _OverError."""
    if make.way == "pdf":
        return [_pdf(store, draft, make)]
    return [] if make.way == "copy" else _drawn(store, make)


class _OverError(Exception):
    """A file does not fit with these exhibits in it."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


def _drawn(store: Store, make: Make) -> list[_Made]:
    (item,) = make.items
    with book_pictures.opened(store.blobs.path(item.sha256)) as opened:
        picture = book_pictures.flat(ImageOps.exif_transpose(opened))
    picture.info.clear()
    rows = math.ceil(picture.height / (make.parts * parcel.QUIET)) if make.parts > 1 else 0
    ranges = list(book_pictures.cuts(picture, rows, rows)) if rows else [(0, picture.height)]
    found = []
    for number, (top, bottom) in enumerate(ranges, 1):
        part = picture.crop((0, top, picture.width, bottom)) if len(ranges) > 1 else picture
        name = make.part(number, len(ranges))
        about = f"Made by Kazheng for a form, part {number} of {len(ranges)}; original SHA-256 "
        drawn = _fitted(part, make, about + item.sha256)
        if drawn is None:
            raise _OverError([item.number])
        data, width = drawn
        how = tuple(_how(make, width / picture.width, number, len(ranges)))
        found.append(_Made(name, data, how))
    return found


def _fitted(picture: Image.Image, make: Make, about: str) -> tuple[bytes, int] | None:
    if picture.height > _MOST_ROWS:
        width = max(round(picture.width * _MOST_ROWS / picture.height), 1)
        picture = picture.resize((width, _MOST_ROWS), Image.Resampling.LANCZOS)
    least = min(_LEAST_WIDTH, picture.width)
    png = make.media_type == "image/png"
    return smaller(picture, make.most, kind="PNG" if png else "JPEG", least=least, about=about)


def _how(make: Make, scale: float, number: int, count: int) -> Iterator[tuple[str, dict[str, int]]]:
    if count > 1:
        yield "part", {"number": number, "count": count}
    if scale < 1:
        yield "scaled", {"percent": round(100 * scale)}
    yield ("png" if make.media_type == "image/png" else "jpeg"), {}


def _pdf(store: Store, draft: Draft, make: Make) -> _Made:
    """Return one PDF of the pictures, the finest that fits. Raises _OverError."""
    sizes: dict[Item, int] = {}
    for dots in _DOTS:
        out = io.BytesIO()
        writer = PdfWriter(out)
        pages: list[Page] = []
        marks: list[tuple[str, int]] = []
        for item in make.items:
            if make.most is not None and out.tell() > make.most and dots != _DOTS[-1]:
                break
            marks.append((f"证据{item.number} SHA-256 {item.sha256}", len(pages)))
            before = out.tell()
            printed = book_pictures.write_pieces(
                store.blobs.path(item.sha256), writer, width=WIDTH - 2 * _MARGIN,
                first=HEIGHT - 2 * _MARGIN, height=HEIGHT - 2 * _MARGIN, dots=dots,
            )  # fmt: skip
            sizes[item] = out.tell() - before
            for piece in printed.pieces:
                page = Page()
                top = HEIGHT - _MARGIN - piece.height
                page.picture(piece.number, _MARGIN, top, piece.width, piece.height)
                pages.append(page)
        writer.finish(pages, marks, make.name, f"D:{draft.created_at:%Y%m%d%H%M%S}")
        if make.most is None or out.tell() <= make.most:
            how = ("pdf", {"count": len(make.items), "pages": len(pages)})
            return _Made(make.name, out.getvalue(), (how,))
    raise _OverError(_too_much(sizes, out.tell() - (make.most or 0)))


def _too_much(sizes: Mapping[Item, int], excess: int) -> list[int]:
    """Return what to leave out of a PDF, the least important first: one at least."""
    left = []
    for item in sorted(sizes, key=lambda one: -one.rank):
        left.append(item.number)
        excess -= sizes[item]
        if excess <= 0:
            break
    return left


def _files(
    make: Make,
    made: list[_Made],
    thumbnails: Mapping[str, str | None],
    folder: Path,
    language: Language,
) -> Iterator[FillFile]:
    first = make.items[0]
    numbers = tuple(item.number for item in make.items)
    thumbnail = thumbnails.get(first.sha256)
    if make.way == "copy":
        yield FillFile(
            name=first.name, sha256=first.sha256, bytes=first.bytes, media_type=first.media_type,
            numbers=numbers, thumbnail=thumbnail,
        )  # fmt: skip
    for one in made:
        digest = hashlib.sha256(one.data).hexdigest()
        with room_on_disk(folder):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / digest).write_bytes(one.data)
        said = (text(f"fill.made.{key}", language, **values) for key, values in one.how)
        yield FillFile(
            name=one.name,
            sha256=digest,
            bytes=len(one.data),
            media_type=make.media_type,
            numbers=numbers,
            of=tuple(item.sha256 for item in make.items),
            said=text("fill.made.join", language).join(said),
            thumbnail=thumbnail,
        )


def _sweep(folder: Path) -> None:
    """Remove what was made a day ago."""
    before = time.time() - LEFT_SECONDS
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # another preview has just done so
            if path.stat().st_mtime < before:
                path.unlink()


def _stays(planned: Parcel, items: list[Item], language: Language) -> tuple[Stays, ...]:
    return tuple(
        Stays(
            number=item.number,
            name=item.name,
            reason=planned.stays[item.number],
            said=text(f"fill.stays.{planned.stays[item.number]}", language),
        )
        for item in items
        if item.number in planned.stays
    )
