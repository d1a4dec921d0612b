"""Fonts of all kinds go into a PDF; the text comes out again as it went in."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from helper.capture.fonts import cjk_font
from helper.evidence.pdf import Page, PdfWriter
from helper.evidence.pdf_font import Face, UnusableFontError

WORDS = "A中A"


def square(pen):
    pen.moveTo((100, 0))
    for place in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(place)
    pen.closePath()
    return pen


def made(path: Path, *, cff: bool = False, licence: int = 0, chinese: str = "中") -> Path:
    """Make a font of squares, TrueType or name-keyed CFF."""
    names = [".notdef", "unused", "A", "zhong"]
    builder = FontBuilder(1000, isTTF=not cff)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord("A"): "A", ord(chinese): "zhong"})
    if cff:
        shapes = {name: square(T2CharStringPen(900, None)).getCharString() for name in names}
        builder.setupCFF("Squares", {}, shapes, {})
    else:
        builder.setupGlyf({name: square(TTGlyphPen(None)).glyph() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (900, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(fsType=licence)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupPost()
    builder.save(path)
    return path


def drawn(face: Face, out: Path) -> pdfium.PdfDocument:
    page = Page()
    page.text(face, 100, 400, 40, face.drawable(WORDS))
    with out.open("wb") as stream:
        writer = PdfWriter(stream, face)
        writer.finish([page], [], "x", "D:20260301120000Z")
    return pdfium.PdfDocument(out)


@pytest.mark.parametrize("kind", ["truetype", "cff", "computer"])
def test_text_is_drawn_and_can_be_read_again(kind: str, tmp_path: Path):
    if kind == "computer":
        font = cjk_font()
        assert font is not None
    else:
        font = (made(tmp_path / f"{kind}.ttf", cff=kind == "cff"), 0)
    document = drawn(Face(*font), tmp_path / "out.pdf")
    assert document[0].get_textpage().get_text_range() == WORDS
    pixels = document[0].render(scale=1).to_pil().convert("L")
    for at in range(3):  # every character leaves ink where it stands
        left, bottom, right, top = document[0].get_textpage().get_charbox(at)
        height = pixels.height
        box = pixels.crop((int(left), int(height - top), int(right) + 1, int(height - bottom) + 1))
        assert box.getextrema()[0] < 100, at


def test_a_font_that_may_not_be_embedded_is_refused(tmp_path: Path):
    with pytest.raises(UnusableFontError, match="licence"):
        Face(made(tmp_path / "font.ttf", licence=2), 0)


def test_a_font_without_chinese_is_refused(tmp_path: Path):
    with pytest.raises(UnusableFontError, match="Chinese"):
        Face(made(tmp_path / "font.ttf", chinese="é"), 0)


def test_only_what_is_used_is_embedded(tmp_path: Path):
    font = cjk_font()
    assert font is not None
    drawn(Face(*font), tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").stat().st_size < 20_000
