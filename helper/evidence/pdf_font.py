"""A font of this computer as it goes into a PDF: only the characters used (ISO 32000-1, 9.7).

Three kinds are met: TrueType (`msyh.ttc`, `simsun.ttc`), CID-keyed CFF (Noto, Source Han) and
name-keyed CFF. In the first and the last a character's code in the PDF is its glyph number, in the
second the CID of its glyph.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_FORBIDDEN = 0x0302
"""Bits of OS/2 fsType: restricted licence, no subsetting, bitmaps only."""
_KEPT = frozenset(
    ("head", "hhea", "maxp", "hmtx", "cmap", "loca", "glyf", "CFF ", "OS/2", "name", "post")
)


class UnusableFontError(Exception):
    """The font cannot or may not be embedded; the message says why."""


class Face:
    """One face: measures, encodes, and remembers what was used."""

    def __init__(self, path: Path, number: int) -> None:
        self._path = path
        self._number = number
        try:
            with self._opened() as font:
                licence = self._read(font)
        except Exception as error:
            # fontTools raises nearly anything on a damaged font.
            raise UnusableFontError(f"{path.name}: {type(error).__name__}") from error
        if licence & _FORBIDDEN:
            raise UnusableFontError(f"{path.name}: its licence forbids embedding")
        if ord("中") not in self._glyphs or ord("A") not in self._glyphs:
            raise UnusableFontError(f"{path.name}: no Chinese")
        self._widths: dict[str, float] = {}
        self._used: dict[str, int] = {}

    def _read(self, font: TTFont) -> int:
        """Take over what measuring and encoding need; return the licence bits."""
        self._glyphs: dict[int, str] = font.getBestCmap() or {}
        self._cff = "CFF " in font
        outlines: Any = font["CFF " if self._cff else "glyf"]  # a font of bitmaps has neither
        self._by_cid = self._cff and hasattr(outlines.cff.topDictIndex[0], "ROS")
        self._numbers: dict[str, int] = font.getReverseGlyphMap()
        unit = 1000 / font["head"].unitsPerEm
        metrics: dict[str, tuple[int, int]] = font["hmtx"].metrics
        self._advances = {glyph: wide * unit for glyph, (wide, _) in metrics.items()}
        table: Any = font.get("OS/2")
        return int(table.fsType) if table is not None else 0

    @property
    def name(self) -> str:
        """File name, for messages."""
        return self._path.name

    def drawable(self, text: str) -> str:
        r"""Return the text with `\\uXXXX` for what the font has no picture of, or must not obey.

        Control and direction characters of a hostile title change nothing on the page this way.
        """
        return "".join(self._shown(character) for character in text)

    def width(self, text: str, size: float) -> float:
        """Return the width in points."""
        return sum(self._width(character) for character in text) * size / 1000

    def encode(self, text: str) -> bytes:
        """Return the hexadecimal string of a text that is drawable."""
        return "".join(f"{self._code(character):04X}" for character in text).encode()

    def program(self) -> tuple[str, bytes]:
        """Return the key under which the font file stands in its descriptor, and its bytes."""
        from fontTools import subset  # noqa: PLC0415, fontTools only where text is printed

        options = subset.Options()
        options.layout_features = []
        options.name_IDs = []
        options.hinting = False
        options.notdef_outline = True
        options.desubroutinize = True
        options.retain_gids = not self._by_cid
        with self._opened() as font:
            if "fvar" in font:  # Noto Sans SC of Windows 11: its default is Thin
                _settle_weight(font)
            options.drop_tables = [tag for tag in font.keys() if tag not in _KEPT]  # noqa: SIM118
            maker = subset.Subsetter(options)
            maker.populate(unicodes=[ord(character) for character in self._used])
            maker.subset(font)
            if self._cff:
                return "FontFile3", bytes(font.getTableData("CFF "))
            out = io.BytesIO()
            font.save(out)
            return "FontFile2", out.getvalue()

    def widths(self) -> Iterator[tuple[int, int]]:
        """Yield code and width in thousandths of all characters used, by code."""
        for code, character in self.characters():
            yield code, round(self._width(character))

    def characters(self) -> Iterator[tuple[int, str]]:
        """Yield code and character, so that text can be searched and copied."""
        first = {code: character for character, code in reversed(self._used.items())}
        yield from sorted(first.items())

    @contextmanager
    def _opened(self) -> Iterator[TTFont]:
        number = self._number if self._path.suffix.lower() in {".ttc", ".otc"} else -1
        with self._path.open("rb") as stream:
            from fontTools.ttLib import TTFont  # noqa: PLC0415, as above

            yield TTFont(stream, fontNumber=number, lazy=True)

    def _shown(self, character: str) -> str:
        code = ord(character)
        if " " <= character <= "~":
            return character
        if code in self._glyphs and unicodedata.category(character)[0] not in "CMZ":
            return character
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"

    def _width(self, character: str) -> float:
        if character not in self._widths:
            glyph = self._glyphs.get(ord(character), ".notdef")
            self._widths[character] = self._advances[glyph]
        return self._widths[character]

    def _code(self, character: str) -> int:
        if character not in self._used:
            glyph = self._glyphs.get(ord(character), ".notdef")
            cid = glyph.startswith("cid") and self._by_cid
            self._used[character] = int(glyph[3:]) if cid else self._numbers[glyph]
        return self._used[character]


def _settle_weight(font: TTFont) -> None:
    table: Any = font["fvar"]
    place = {
        axis.axisTag: min(max(400, axis.minValue), axis.maxValue)
        if axis.axisTag == "wght"
        else axis.defaultValue
        for axis in table.axes
    }
    from fontTools.varLib import instancer  # noqa: PLC0415, as above

    instancer.instantiateVariableFont(font, place, inplace=True)
