"""The page of an order with a numbered frame around each field that was read on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from helper.evidence import book_pictures
from helper.evidence.book_exhibits import Entry, Read
from helper.evidence.book_flow import BODY, BOTTOM, CAPTION, LEFT, PAGE, Flow, framed
from helper.evidence.marked import Box, Marked, mark
from helper.evidence.masking import UnmaskableError
from helper.evidence.pdf import PdfWriter
from helper.messages import text
from scrapers.record import OrderRecord

_AROUND: Final = 70
"""CSS pixels of the page above and below what is framed."""
_APART: Final = 700
"""CSS pixels without a frame that are left out."""
_LINE: Final = 12
"""CSS pixels by which places on one line of the page may differ."""
_LABEL: Final = 12
_SMALLEST, _LARGEST = 5.5, 8.5
"""A label is so many CSS pixels high, in points at least and at most."""
_MARGIN: Final = 2
"""CSS pixels between a text and its frame."""


@dataclass(frozen=True)
class _Frame:
    box: Box
    label: str
    behind: bool
    """The label stands behind the box: before it, it would hide something."""


def find(entry: Entry, order: OrderRecord, read: Read) -> Marked | None:
    """Return where the fields stand on a picture of the capture; None where nothing tells it."""
    try:
        return mark(entry.view, order, lambda sha256: read(sha256).read_bytes())
    except (UnmaskableError, OSError):
        return None


def numbers(marked: Marked) -> dict[str, int]:
    """Return a number for each field, line by line down the page; one place has one number."""

    def line(boxes: tuple[Box, ...]) -> tuple[int, int]:
        return round(boxes[0][3] / (_LINE * marked.scale)), boxes[0][0]

    places = sorted(set(marked.boxes.values()), key=line)
    return {field: places.index(boxes) + 1 for field, boxes in marked.boxes.items()}


def draw(
    entry: Entry, marked: Marked, count: Mapping[str, int], path: Path, writer: PdfWriter,
    flow: Flow,
) -> None:  # fmt: skip
    """Print what of the picture has a frame. Raises UnprintableError where it is no picture."""
    flow.space(8)
    item = marked.artifact
    flow.text(text("book.marked", name=item.name, sha256=item.sha256), 8.5, grey=0.3)
    printed = book_pictures.write_pieces(
        path, writer, width=BODY, first=flow.y - BOTTOM - CAPTION - 2, height=PAGE - CAPTION - 2,
        rows=_rows(marked),
    )  # fmt: skip
    places = {boxes: field for field, boxes in marked.boxes.items()}
    frames = [
        _Frame(box, str(count[field]) if box == boxes[0] else "", field in marked.occupied)
        for boxes, field in places.items()
        for box in boxes
    ]
    for piece in printed.pieces:
        words = text("book.marked.piece", number=entry.number, name=item.name, top=piece.top + 1,
                     bottom=piece.bottom, height=printed.height)  # fmt: skip
        framed(flow, words, piece.number, (piece.width, piece.height))
        for frame in frames:
            _draw(flow, piece, printed.width, frame, marked.scale)


def _rows(marked: Marked) -> list[tuple[int, int]]:
    """Return the rows that have frames, with what is around them, in order and apart."""
    around, apart = _AROUND * marked.scale, _APART * marked.scale
    found: list[tuple[int, int]] = []
    spans = sorted((box[1], box[3]) for boxes in marked.boxes.values() for box in boxes)
    for top, low in spans:
        start, end = max(round(top - around), 0), round(low + around)
        if found and start - found[-1][1] < apart:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _draw(flow: Flow, piece: book_pictures.Piece, width: int, frame: _Frame, scale: float) -> None:
    """Frame what a piece shows of a box."""
    left, top, right, low = frame.box
    top, low = max(top, piece.top), min(low, piece.bottom)
    if low <= top:
        return
    points, margin = piece.width / width, _MARGIN * scale
    flow.pages[-1].mark(
        flow.face,
        LEFT + (left - margin) * points,
        flow.y + (piece.bottom - low - margin) * points,
        (right - left + 2 * margin) * points,
        (low - top + 2 * margin) * points,
        frame.label,
        size=min(max(_LABEL * scale * points, _SMALLEST), _LARGEST),
        behind=frame.behind,
    )
