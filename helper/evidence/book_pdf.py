"""Take the pages of our own PDF of a page into the book, as they are drawn: text stays text.

Only what a page draws is copied (content and resources), no link, script or file in it. Meant for
`witness/pdf`, which Chromium printed: a PDF that somebody brought is not opened here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from helper.errors import DiskFullError
from helper.evidence.book_pictures import UnprintableError
from helper.evidence.pdf import PdfWriter

MOST_PAGES: Final = 60
_MOST_OBJECTS = 20_000
_LARGEST = 64 * 2**20
_LEFT_OUT = frozenset({
    "/Parent", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/OPI", "/Ref",
    "/Alternates", "/AF",
})  # fmt: skip
"""Keys that lead out of the drawing: to the tree of pages, to other files."""
_OF_STREAM = frozenset({"/Length", "/F", "/FFilter", "/FDecodeParms"})


@dataclass(frozen=True)
class Sheet:
    """A page as object `number`, which draws it on the unit square; size in points."""

    number: int
    width: float
    height: float


def take_over(path: Path, writer: PdfWriter) -> tuple[list[Sheet], int]:
    """Write the first MOST_PAGES pages; return them, and how many the PDF has.

    Raises UnprintableError(pdf) where it cannot be read, is encrypted, turned or too large.
    """
    copy = _Copy(writer)
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415  # optional at run time

        with path.open("rb") as stream:
            reader = PdfFileReader(stream)
            count = int(reader.root["/Pages"]["/Count"])
            _require(path.stat().st_size <= _LARGEST and not reader.encrypted)
            sheets = [copy.page(reader, at) for at in range(min(count, MOST_PAGES))]
            copy.rest()
            return sheets, count
    except (DiskFullError, OSError):
        raise  # the book cannot be written, or the vault cannot be read
    except Exception as error:  # whatever pyHanko raises on a damaged file
        raise UnprintableError("pdf") from error
    finally:
        copy.close()


class _Copy:
    """Copies objects under new numbers; `close` writes what was promised and did not come."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: list[tuple[int, Any]] = []

    def rest(self) -> None:
        """Write what the pages named, and what that names."""
        while self._waiting:
            number, reference = self._waiting[-1]
            before = len(self._waiting)
            data = self._body(reference.get_object())
            del self._waiting[before - 1]
            self._writer.put(number, data)

    def close(self) -> None:
        """Write nothing under each number that is still promised."""
        for number, _ in self._waiting:
            self._writer.put(number, b"null")
        self._waiting.clear()

    def page(self, reader: Any, at: int) -> Sheet:
        """Write a page as a form (ISO 32000-1, 8.10)."""
        reference, resources = reader.find_page_for_modification(at)
        page = reference.get_object()
        left, bottom, right, top = (float(side) for side in _inherited(page, "/MediaBox"))
        width, height = right - left, top - bottom
        _require(width > 0 and height > 0 and _inherited(page, "/Rotate") in {None, 0})
        group = page.raw_get("/Group") if "/Group" in page else None
        about = (
            f"/Type /XObject /Subtype /Form /BBox [{left:.3f} {bottom:.3f} {right:.3f} {top:.3f}] "
            f"/Matrix [{1 / width:.8f} 0 0 {1 / height:.8f} "
            f"{-left / width:.8f} {-bottom / height:.8f}] "
        ).encode()
        about += b"/Resources " + self._written(resources)
        if group is not None:
            about += b" /Group " + self._written(group)
        return Sheet(self._writer.form(about, _content(page)), width, height)

    def _body(self, found: Any) -> bytes:
        from pyhanko.pdf_utils.generic import StreamObject  # noqa: PLC0415

        if not isinstance(found, StreamObject):
            return self._written(found)
        data = found.encoded_data
        about = self._dictionary(found, _LEFT_OUT | _OF_STREAM)
        head = b"<< " + about + f" /Length {len(data)} >>\nstream\n".encode()
        return head + data + b"\nendstream"

    def _written(self, found: Any) -> bytes:
        from pyhanko.pdf_utils import generic  # noqa: PLC0415

        if isinstance(found, generic.IndirectObject):
            return f"{self._number(found)} 0 R".encode()
        if isinstance(found, generic.DictionaryObject):
            return b"<< " + self._dictionary(found, _LEFT_OUT) + b" >>"
        if isinstance(found, generic.ArrayObject):
            return b"[" + b" ".join(self._written(one) for one in _raw(found)) + b"]"
        out = io.BytesIO()
        found.write_to_stream(out)
        return out.getvalue()

    def _dictionary(self, found: Any, left_out: frozenset[str]) -> bytes:
        keys = [key for key in found if key not in left_out]
        return b" ".join(self._written(key) + b" " + self._written(found.raw_get(key))
                         for key in keys)  # fmt: skip

    def _number(self, reference: Any) -> int:
        key = (reference.idnum, reference.generation)
        if key not in self._numbers:
            _require(len(self._numbers) < _MOST_OBJECTS)
            self._numbers[key] = self._writer.reserve()
            self._waiting.append((self._numbers[key], reference))
        return self._numbers[key]


def _require(holds: bool) -> None:
    if not holds:
        raise UnprintableError("pdf")


def _raw(array: Any) -> Iterator[Any]:
    return (array.raw_get(at) for at in range(len(array)))


def _content(page: Any) -> bytes:
    parts = page["/Contents"]
    parts = [parts] if hasattr(parts, "data") else [one.get_object() for one in _raw(parts)]
    return b"\n".join(part.data for part in parts)


def _inherited(page: Any, key: str) -> Any:
    for _ in range(40):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            break
        page = page["/Parent"]
    return None
