"""Read the cells of an Excel workbook (xlsx) as text; no formula, macro or link is followed.

ECMA-376 part 1, 18.2 to 18.4: workbook, worksheet, shared strings. A day number stays a number:
which column holds a time, its reader knows. lxml expands no entity and bounds depth and text.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ID = re.compile(r"\{[^}]*/relationships\}id$")
_COLUMN = re.compile(r"[A-Z]{1,3}")
_MOST_COLUMNS = 40
_EXACT = 10**15
"""From here on a spreadsheet's numbers are rounded: it keeps 15 digits."""
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError,
    LookupError,
)  # fmt: skip
"""What zipfile lets through from a damaged file, and what its parts may lack."""


def is_sheet(data: bytes) -> bool:
    """Tell whether bytes are an Excel workbook."""
    try:
        return data.startswith(b"PK\x03\x04") and _BOOK in _open(data).namelist()
    except BROKEN:
        return False


def unpacked_size(data: bytes) -> int:
    """Return the bytes of all parts; zipfile reads no more of a part than it declares."""
    return sum(info.file_size for info in _open(data).infolist())


def sheet_cells(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield row number and cells of the first sheet that is shown.

    Raises one of BROKEN or SyntaxError (lxml's) for what is no proper workbook.
    """
    archive = _open(data)
    strings = list(_strings(archive))
    number = 0
    with archive.open(_first_sheet(archive)) as part:
        for row in _each(part, "row"):
            number = int(row.get("r") or number + 1)
            yield number, _row(row, strings)


def _open(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def _each(part: Any, name: str) -> Iterator[Any]:
    """Yield the elements of a name, and forget each behind the reader."""
    found = etree.iterparse(
        part, tag=f"{{*}}{name}", resolve_entities=False, load_dtd=False, no_network=True
    )
    for _, element in found:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _first_sheet(archive: zipfile.ZipFile) -> str:
    with archive.open(_BOOK) as part:
        told = [dict(element.attrib) for element in _each(part, "workbookPr")]
    if any(one.get("date1904") in {"1", "true"} for one in told):
        raise ValueError("day numbers of 1904")
    with archive.open(_BOOK) as part:
        sheets = [dict(x.attrib) for x in _each(part, "sheet")]
    [shown, *_] = (one for one in sheets if one.get("state", "visible") == "visible")
    [wanted] = (value for key, value in shown.items() if _ID.search(key))
    with archive.open(_RELATIONS) as part:
        targets = {x.get("Id"): x.get("Target") for x in _each(part, "Relationship")}
    return posixpath.normpath(posixpath.join("/xl", targets[wanted])).lstrip("/")


def _strings(archive: zipfile.ZipFile) -> Iterator[str]:
    if "xl/sharedStrings.xml" in archive.namelist():
        with archive.open("xl/sharedStrings.xml") as part:
            for item in _each(part, "si"):
                yield _text(item)


def _text(element: Any) -> str:
    """Return the text of a string item without the reading aids (rPh) above it."""
    parts = []
    for child in element:
        name = _name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.append(_text(child))
    return "".join(parts)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _row(row: Any, strings: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row:
        named = _COLUMN.match(cell.get("r") or "")
        at = _place(named.group()) if named else len(cells)
        if len(cells) <= at < _MOST_COLUMNS:
            cells += [""] * (at - len(cells))
            cells.append(_value(cell, strings))
    return cells


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _value(cell: Any, strings: list[str]) -> str:
    kind, text = cell.get("t") or "n", ""
    for child in cell:
        name = _name(child)
        if name == "is":
            return _text(child)
        if name == "v":
            text = child.text or ""
    if kind == "s":
        return strings[int(text)]
    if kind == "n" and text:
        value = float(text)
        return f"{value:.15g}" if abs(value) < _EXACT else f"{value:.14E}"
    return "" if kind == "e" else text
