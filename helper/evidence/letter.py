"""A text as a PDF to print or send: its title, its paragraphs, and nothing else."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from helper.errors import RefusedError
from helper.evidence.book_flow import Flow
from helper.evidence.pdf import PdfWriter
from helper.evidence.pdf_font import Face, UnusableFontError


def letter(title: str, text: str, font: tuple[Path, int] | None, at: datetime) -> bytes:
    """Return the PDF; `font` is a font file with the number of its face.

    Raises RefusedError(no_font) where no Chinese font can be used.
    """
    try:
        face = Face(*font) if font else None
    except UnusableFontError:
        face = None
    if face is None:
        raise RefusedError(reason="no_font")
    flow = Flow(face)
    flow.page()
    flow.text(title, 16, bold=True)
    flow.space(10)
    for line in text.splitlines():
        if line.strip():
            flow.text(line.strip(), 11)
            flow.space(5)
        else:
            flow.space(8)
    out = io.BytesIO()
    writer = PdfWriter(out, face)
    writer.finish(flow.pages, (), title, at.strftime("D:%Y%m%d%H%M%SZ"))
    return out.getvalue()
