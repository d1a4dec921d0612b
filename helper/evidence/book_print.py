"""Print the file of an exhibit under its heading, or say where in the bundle it lies."""

from __future__ import annotations

from pathlib import Path

from helper.evidence import book_marked, book_pdf, book_pictures
from helper.evidence.book_exhibits import Entry, Read
from helper.evidence.book_flow import BODY, BOTTOM, CAPTION, PAGE, Flow, framed
from helper.evidence.book_order import load_order, order_table
from helper.evidence.pdf import PdfWriter
from helper.messages import text

_LONGEST_TEXT = 12_000
_READABLE = 0.55
"""A page of a PDF printed smaller than this share of its size goes to a page of its own."""


def exhibit(entry: Entry, read: Read, writer: PdfWriter, flow: Flow) -> None:
    """Print what the kind of the exhibit allows."""
    path = read(entry.artifact.sha256)
    try:
        if entry.kind == "order":
            _order(entry, path, read, writer, flow)
        elif entry.kind == "picture":
            _picture(entry, path, writer, flow)
        elif entry.kind == "pdf":
            _pdf(entry, path, writer, flow)
        elif entry.kind == "text":
            _text(path, flow)
        else:
            flow.text(text(f"book.unprinted.{entry.kind}", path=entry.path))
    except book_pictures.UnprintableError as error:
        flow.text(text(f"book.unprinted.{error}", path=entry.path))


def _order(entry: Entry, path: Path, read: Read, writer: PdfWriter, flow: Flow) -> None:
    order = load_order(path)
    marked = book_marked.find(entry, order, read)
    count = book_marked.numbers(marked) if marked else {}
    order_table(flow, order, count)
    if marked:
        book_marked.draw(entry, marked, count, read(marked.artifact.sha256), writer, flow)


def _picture(entry: Entry, path: Path, writer: PdfWriter, flow: Flow) -> None:
    printed = book_pictures.write_pieces(
        path, writer, width=BODY, first=flow.y - BOTTOM - CAPTION - 2, height=PAGE - CAPTION - 2
    )
    count = len(printed.pieces)
    for number, piece in enumerate(printed.pieces, 1):
        words = text("book.picture", width=printed.width, height=printed.height)
        if count > 1:
            words = text("book.piece", number=number, count=count, top=piece.top + 1,
                         bottom=piece.bottom, height=printed.height)  # fmt: skip
        framed(flow, f"证据{entry.number} · {words}", piece.number, (piece.width, piece.height))


def _pdf(entry: Entry, path: Path, writer: PdfWriter, flow: Flow) -> None:
    sheets, count = book_pdf.take_over(path, writer)
    for number, sheet in enumerate(sheets, 1):
        left = flow.y - BOTTOM - CAPTION - 2
        fits = min(BODY / sheet.width, left / sheet.height, 1.0)
        if fits < _READABLE:
            fits = min(BODY / sheet.width, (PAGE - CAPTION - 2) / sheet.height, 1.0)
        words = text("book.pdf_page", number=number, count=count)
        size = sheet.width * fits, sheet.height * fits
        framed(flow, f"证据{entry.number} · {words}", sheet.number, size)
    if count > len(sheets):
        flow.text(text("book.unprinted.rest"), 9, grey=0.3)


def _text(path: Path, flow: Flow) -> None:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LONGEST_TEXT * 4)
    except OSError:
        data = b""
    for encoding in ("utf-8-sig", "gb18030"):
        words = data.decode(encoding, "ignore" if encoding == "utf-8-sig" else "replace")
        if encoding == "gb18030" or len(words.encode()) >= len(data) - 6:
            break
    words = words.rstrip()
    whole = path.stat().st_size == len(data) and len(words) <= _LONGEST_TEXT
    flow.text(words[:_LONGEST_TEXT].replace("\r\n", "\n").replace("\t", "    "), 9)
    if not whole:
        flow.text(text("book.unprinted.rest"), 9, grey=0.3)
