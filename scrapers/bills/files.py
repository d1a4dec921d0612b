"""From the bytes of a bill to rows of cells: CSV in UTF-8 or GBK, xlsx, the ZIP around them.

Payment apps send a ZIP under a password: WinZip AES-256 or the older ZipCrypto. Nothing is
written to disk, no macro or formula is run, and what unpacks to more than `MAX_BYTES` is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyzipper

from scrapers.bills.record import BillError
from scrapers.bills.sheet import BROKEN, is_sheet, sheet_cells, unpacked_size
from scrapers.page import decode

MAX_BYTES: Final = 20 * 1024 * 1024
"""Of a file, and of all that is read in a ZIP; a year of payments has about one."""
MAX_ROWS: Final = 100_000
_MAX_MEMBERS = 50
_MAX_LINES_A_ROW = 5
_ENDINGS = (".csv", ".txt", ".xlsx", ".html", ".htm", ".mht", ".mhtml")
_LINE = re.compile(r"\r\n|\r|\n")
_UNQUOTED = re.compile(r'\s*"(.*)"\s*', re.DOTALL)
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
_BROKEN = (*BROKEN, pyzipper.BadZipFile)


@dataclass(frozen=True)
class File:
    """One file of a bill: its name inside a ZIP, None outside one, and its bytes."""

    name: str | None
    data: bytes


@dataclass(frozen=True)
class Row:
    """Cells of a line or sheet row; `number` counts from 1, `text` is exactly what stands there."""

    number: int
    cells: tuple[str, ...]
    text: str


def unpack(data: bytes, password: str | None = None) -> list[File]:
    """Return the files of a bill: those in a ZIP, else the file itself. Raises BillError."""
    if not data.strip(b"\0 \r\n\t"):
        raise BillError("empty")
    if len(data) > MAX_BYTES:
        raise BillError("too_large")
    if not data.startswith(b"PK\x03\x04") or is_sheet(data):
        return [File(None, data)]
    try:
        archive = pyzipper.AESZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise BillError("damaged") from error
    wanted = [info for info in archive.infolist() if info.filename.lower().endswith(_ENDINGS)]
    if len(wanted) > _MAX_MEMBERS or sum(info.file_size for info in wanted) > MAX_BYTES:
        raise BillError("too_large")
    return [File(_name(info), _member(archive, info, password)) for info in wanted]


def csv_rows(data: bytes) -> Iterator[Row]:
    """Yield the rows of a CSV file in any of the encodings of bills."""
    lines = _LINE.split(decode(data).lstrip("\ufeff"))
    at = 0
    while at < len(lines):
        cells, used = _record(lines, at)
        yield Row(at + 1, tuple(cells), "\n".join(lines[at : at + used]))
        at += used


def sheet_rows(data: bytes) -> Iterator[Row]:
    """Yield the rows of an xlsx file. Raises BillError."""
    if unpacked_size(data) > MAX_BYTES:
        raise BillError("too_large")
    try:
        for number, cells in sheet_cells(data):
            yield Row(number, tuple(cells), "\t".join(cells))
    except (*_BROKEN, SyntaxError) as error:
        raise BillError("damaged") from error


def _record(lines: list[str], at: int) -> tuple[list[str], int]:
    """Read the row that begins at a line; a quote that nothing closes is a mere character.

    WeChat writes a tab behind the closing quote of a number, so strict reading is of no use.
    """
    quotes = 0
    for used in range(1, _MAX_LINES_A_ROW + 1):
        chunk = lines[at : at + used]
        quotes += chunk[-1].count('"') if len(chunk) == used else 0
        if quotes % 2 == 0:
            rows = _cells([f"{line}\n" for line in chunk])
            if len(rows) == 1 or not quotes:
                return next(iter(rows), []), used
            break
    plain = _cells([lines[at]], quoting=csv.QUOTE_NONE)
    return [_UNQUOTED.sub(r"\1", cell) for cell in next(iter(plain), [])], 1


def _cells(lines: list[str], **given: Any) -> list[list[str]]:
    try:
        return list(csv.reader(lines, **given))
    except csv.Error as error:  # a cell of more than 128 KiB
        raise BillError("damaged") from error


def _member(archive: Any, info: Any, password: str | None) -> bytes:
    locked = bool(info.flag_bits & _ENCRYPTED)
    if locked and not password:
        raise BillError("password_needed")
    try:
        with archive.open(info, pwd=password.encode() if locked and password else None) as stream:
            data: bytes = stream.read(MAX_BYTES)
    except _BROKEN as error:
        raise BillError("wrong_password" if locked else "damaged") from error
    return data


def _name(info: Any) -> str:
    """Return the name of a file in a ZIP; Chinese systems write it in GBK without saying so."""
    name = str(info.filename)
    if info.flag_bits & _UTF8_NAMES:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name
