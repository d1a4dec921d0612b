"""Write a PDF 1.7 object by object (ISO 32000-1): what is written is no longer in memory."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from helper.evidence.pdf_font import Face

WIDTH: Final = 595.28
HEIGHT: Final = 841.89
"""A4 in points."""


@dataclass
class Page:
    """What is drawn on a page, and the pictures it uses."""

    drawn: bytearray = field(default_factory=bytearray)
    pictures: list[int] = field(default_factory=list)

    def text(
        self, face: Face, x: float, y: float, size: float, text: str, *, grey: float = 0.08,
        bold: bool = False,
    ) -> None:  # fmt: skip
        """Draw one line at its base line; the text must be drawable."""
        if text:
            stroke = f"2 Tr {size / 42:.2f} w {grey:.2f} G" if bold else "0 Tr"
            head = f"BT {stroke} {grey:.2f} g /F1 {size:.2f} Tf {x:.2f} {y:.2f} Td <"
            self.drawn += head.encode() + face.encode(text) + b"> Tj ET\n"

    def line(self, x: float, y: float, width: float, *, grey: float = 0.75) -> None:
        """Draw a thin level line."""
        self.drawn += f"{grey:.2f} G 0.5 w {x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l S\n".encode()

    def box(self, x: float, y: float, width: float, height: float, *, grey: float = 0.6) -> None:
        """Draw a thin frame."""
        self.drawn += f"{grey:.2f} G 0.5 w {x:.2f} {y:.2f} {width:.2f} {height:.2f} re S\n".encode()

    def mark(
        self, face: Face, x: float, y: float, width: float, height: float, label: str,
        *, size: float, behind: bool,
    ) -> None:  # fmt: skip
        """Frame a place in red; its label of `size`, if any, stands before or behind it."""
        wide = face.width(label, size) + 2 if label else 0
        at = x + width if behind else x - wide
        top = y + height
        red = "0.82 0.07 0.12"
        self.drawn += (
            f"{red} RG 0.7 w {x:.2f} {y:.2f} {width:.2f} {height:.2f} re S\n"
            f"{red} rg {at:.2f} {top - size - 1:.2f} {wide:.2f} {size + 1:.2f} re f\n"
        ).encode()
        self.text(face, at + 1, top - size + 0.4, size, label, grey=1.0)

    def picture(self, number: int, x: float, y: float, width: float, height: float) -> None:
        """Draw a picture that was written before."""
        self.pictures.append(number)
        place = f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm /I{number} Do Q\n"
        self.drawn += place.encode()


class PdfWriter:
    """Numbers objects and remembers where they are; `finish` writes fonts, tree and table.

    Without a face only pictures can be drawn.
    """

    def __init__(self, stream: BinaryIO, face: Face | None = None) -> None:
        self._stream = stream
        self._face = face
        self._places: dict[int, int] = {}
        self._at = 0
        self._count = 0
        self._digest = hashlib.sha256()
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._font = self._number() if face is not None else None
        self._tree = self._number()

    def jpeg(self, data: bytes, width: int, height: int) -> int:
        """Write an RGB picture and return its number."""
        return self._stream_object(
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
            data,
        )

    def form(self, about: bytes, drawn: bytes) -> int:
        """Write a form (ISO 32000-1, 8.10), drawn like a picture, and return its number."""
        return self._stream_object(
            about.decode("latin-1") + " /Filter /FlateDecode", zlib.compress(drawn)
        )

    def reserve(self) -> int:
        """Return the number of an object that `put` writes later; it must."""
        return self._number()

    def put(self, number: int, data: bytes) -> None:
        """Write the object of a reserved number."""
        self._object(number, data)

    def finish(
        self, pages: Sequence[Page], marks: Sequence[tuple[str, int]], title: str, created: str
    ) -> None:
        """Write the pages, `marks` (title and index of page) as outline, and the table.

        `created` is a PDF date. The file is a pure function of what was drawn.
        """
        kids = [self._page(page) for page in pages]
        tree = " ".join(f"{kid} 0 R" for kid in kids)
        self._object(self._tree, f"<< /Type /Pages /Count {len(kids)} /Kids [{tree}] >>".encode())
        outline = self._outline(marks, kids)
        if self._face is not None and self._font is not None:
            self._write_font(self._face, self._font)
        catalog = self._number()
        self._object(
            catalog,
            f"<< /Type /Catalog /Pages {self._tree} 0 R /Outlines {outline} 0 R /Lang (zh-CN) "
            "/PageMode /UseOutlines /ViewerPreferences << /DisplayDocTitle true >> >>".encode(),
        )
        info = self._number()
        about = f"<< /Title {_string(title)} /Producer (Kazheng) /CreationDate ({created}) >>"
        self._object(info, about.encode())
        start = self._at
        table = [f"xref\n0 {self._count + 1}\n0000000000 65535 f \n"]
        table += [f"{self._places[number]:010d} 00000 n \n" for number in range(1, self._count + 1)]
        name = self._digest.hexdigest()[:32]
        self._write("".join(table).encode())
        self._write(
            f"trailer\n<< /Size {self._count + 1} /Root {catalog} 0 R /Info {info} 0 R "
            f"/ID [<{name}> <{name}>] >>\nstartxref\n{start}\n%%EOF\n".encode()
        )

    def _page(self, page: Page) -> int:
        content = self._stream_object("/Filter /FlateDecode", zlib.compress(bytes(page.drawn)))
        pictures = " ".join(f"/I{number} {number} 0 R" for number in dict.fromkeys(page.pictures))
        fonts = f"/Font << /F1 {self._font} 0 R >> " if self._font is not None else ""
        own = self._number()
        self._object(
            own,
            f"<< /Type /Page /Parent {self._tree} 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << {fonts}/XObject << {pictures} >> >> "
            f"/Contents {content} 0 R >>".encode(),
        )
        return own

    def _outline(self, marks: Sequence[tuple[str, int]], kids: Sequence[int]) -> int:
        root = self._number()
        items = [self._number() for _ in marks]
        for at, ((title, page), own) in enumerate(zip(marks, items, strict=True)):
            near = f"/Prev {items[at - 1]} 0 R " if at else ""
            near += f"/Next {items[at + 1]} 0 R " if at + 1 < len(items) else ""
            self._object(
                own,
                f"<< /Title {_string(title)} /Parent {root} 0 R {near}"
                f"/Dest [{kids[page]} 0 R /Fit] >>".encode(),
            )
        ends = f"/First {items[0]} 0 R /Last {items[-1]} 0 R " if items else ""
        self._object(root, f"<< /Type /Outlines {ends}/Count {len(items)} >>".encode())
        return root

    def _write_font(self, face: Face, number: int) -> None:
        key, program = face.program()
        cff = key == "FontFile3"
        kind = "/Subtype /CIDFontType0C " if cff else f"/Length1 {len(program)} "
        embedded = self._stream_object(f"{kind}/Filter /FlateDecode", zlib.compress(program))
        name = f"KAZHEN+{''.join(c for c in face.name if c.isascii() and c.isalnum())}"
        descriptor = self._number()
        self._object(
            descriptor,
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-200 -300 1200 1100] "
            f"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 733 /StemV 80 "
            f"/{key} {embedded} 0 R >>".encode(),
        )
        widths = " ".join(f"{code} [{width}]" for code, width in face.widths())
        below = self._number()
        mapping = "" if cff else "/CIDToGIDMap /Identity "
        self._object(
            below,
            f"<< /Type /Font /Subtype /CIDFontType{0 if cff else 2} /BaseFont /{name} "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {descriptor} 0 R {mapping}/DW 1000 /W [{widths}] >>".encode(),
        )
        unicodes = self._stream_object("/Filter /FlateDecode", zlib.compress(_to_unicode(face)))
        self._object(
            number,
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{below} 0 R] /ToUnicode {unicodes} 0 R >>".encode(),
        )

    def _stream_object(self, about: str, data: bytes) -> int:
        own = self._number()
        head = f"<< {about} /Length {len(data)} >>\nstream\n".encode("latin-1")
        self._object(own, head, data, b"\nendstream")
        return own

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _object(self, number: int, *parts: bytes) -> None:
        self._places[number] = self._at
        self._write(f"{number} 0 obj\n".encode())
        for part in parts:
            self._write(part)
        self._write(b"\nendobj\n")

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self._at += len(data)


def _string(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def _to_unicode(face: Face) -> bytes:
    pairs = [
        f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>"
        for code, character in face.characters()
    ]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    body = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()
