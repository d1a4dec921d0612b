"""Read a ZIP by its whole structure, from hostile input: no byte that belongs to nothing.

`zipfile` of the standard library looks at what it needs and at nothing else, and its names are
those of an extra field where one is given; unpackers differ, and each difference hides something.
So here the members stand gapless from the first byte to the directory, each as the directory says
it, without extra fields, comments and data descriptors (APPNOTE 6.3.10, sections 4.3 and 4.4).
`verify_page/container.js` does the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

from helper.evidence import names
from helper.evidence.names import ContainerError, check_names

LARGEST_DIRECTORY: Final = 8 * 2**20
"""Of a ZIP: its entries are all in memory before they can be counted."""
COMMENT: Final = b"kazheng/bundle/2 sha256="
"""ZIP comment of a bundle: this and the hash of all bytes of the ZIP before the comment."""
SYSTEM: Final = 3
VERSION: Final = 20
ATTRIBUTES: Final = 0o100644 << 16
"""Made on Unix, a plain file: what the exporter says of each file, whatever computer it runs on."""
_COMMENT = re.compile(COMMENT + rb"([0-9a-f]{64})")
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = 30
_SHARED = slice(6, 32)
"""Of a directory entry, what its local header repeats behind the signature (section 4.3.7)."""
_STORED, _DEFLATED = 0, 8
_UTF8 = 0x800
_EFFORT = 0x6
"""Flag bits that say how hard the packer tried."""
_CHUNK = 1 << 20
_ADVICE = "unpack it and check the folder"


@dataclass(frozen=True)
class _Member:
    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    start: int
    """Where its bytes begin."""
    whole: bytes
    """Its entry in the directory."""

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


class Archive:
    """The files of a ZIP; raises ContainerError."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._members: dict[str, _Member] = {}
        end = _read_end(stream)
        stream.seek(end.offset)
        members = list(_members(stream.read(end.directory)))
        if (end.here, end.count) != (len(members), len(members)):
            raise ContainerError("the ZIP states another number of entries than it has")
        for member in members:
            if member.name in self._members:
                raise ContainerError(f"twice: {member.name}")
            self._members[member.name] = member
        folders = [name[:-1] for name, member in self._members.items() if member.is_folder]
        self.folders = frozenset(folders)
        self.sizes: Mapping[str, int] = {
            name: member.size for name, member in self._members.items() if not member.is_folder
        }
        check_names(self.sizes, folders)
        _check_local(stream, members, end.offset)
        self.note = _note(stream, end, members, self._require_whole)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file, checked against its CRC at the end."""
        member = self._members[name]
        crc = 0
        for piece in self._inflated(member) if member.method else self._packed(member):
            crc = zlib.crc32(piece, crc)
            yield piece
        if crc != member.crc:
            raise ContainerError(f"damaged: {name}")

    def _require_whole(self) -> None:
        """Read every file; raises ContainerError for the first that is damaged, by its name."""
        for name, size in self.sizes.items():
            read = 0
            for piece in self.pieces(name):
                read += len(piece)
                if read > size:
                    raise ContainerError(f"longer than it states: {name}")

    def _packed(self, member: _Member) -> Iterator[bytes]:
        at, end = member.start, member.start + member.packed
        while at < end:
            self._stream.seek(at)  # another file may have been read meanwhile
            piece = self._stream.read(min(_CHUNK, end - at))
            if not piece:
                raise ContainerError(f"cut off: {member.name}")
            at += len(piece)
            yield piece

    def _inflated(self, member: _Member) -> Iterator[bytes]:
        packer = zlib.decompressobj(-zlib.MAX_WBITS)
        packed = self._packed(member)
        while not packer.eof:
            data = packer.unconsumed_tail or next(packed, b"")
            piece = packer.decompress(data, _CHUNK)
            if piece:
                yield piece
            elif not data and not packer.eof:
                raise ContainerError(f"cut off: {member.name}")
        if packer.unused_data or next(packed, b""):
            raise ContainerError(f"bytes behind its content: {member.name}")


@dataclass(frozen=True)
class _End:
    here: int
    count: int
    directory: int
    offset: int
    comment: bytes
    before: int
    """Bytes of the ZIP before the comment."""


def _read_end(stream: IO[bytes]) -> _End:
    size = stream.seek(0, os.SEEK_END)
    if size > names.LARGEST_TOTAL + LARGEST_DIRECTORY:
        raise ContainerError("larger than a bundle may be")
    start = max(size - _END.size - 0xFFFF, 0)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise ContainerError("not a ZIP, or cut off")
    _, disk, first, here, count, directory, offset, length = _END.unpack_from(tail, at)
    comment = tail[at + _END.size :]
    if len(comment) != length:
        raise ContainerError("bytes after the end of the ZIP, or cut off")
    if directory > LARGEST_DIRECTORY or offset + directory != start + at or disk or first:
        raise ContainerError("bytes outside the structure of the ZIP")
    if count > names.MOST_FILES:
        raise ContainerError(f"more than {names.MOST_FILES} files")
    return _End(here, count, directory, offset, comment, size - length)


def _members(central: bytes) -> Iterator[_Member]:
    """Yield the entries of the directory, each checked for itself."""
    at = count = 0
    while at < len(central):
        whole = central[at : at + _ENTRY.size]
        if len(whole) < _ENTRY.size or whole[:4] != b"PK\1\2":
            raise ContainerError("bytes outside the structure of the ZIP")
        found = _ENTRY.unpack(whole)
        _, _, version, flags, method, _, _, crc, packed, size, named = found[:11]
        extra, comment, disk, _, external, offset = found[11:]
        raw = central[at + _ENTRY.size : at + _ENTRY.size + named]
        name = _name(raw, flags)
        if extra or comment or disk:
            raise ContainerError(f"an extra field or comment; {_ADVICE}: {name}")
        _check_packing(name, version, flags, method, packed, size)
        _check_kind(name, external, size=size, packed=packed, crc=crc)
        at += _ENTRY.size + named
        count += 1
        if at > len(central):
            raise ContainerError("bytes outside the structure of the ZIP")
        if count > names.MOST_FILES:
            raise ContainerError(f"more than {names.MOST_FILES} files")
        start = offset + _LOCAL + named
        yield _Member(name, method, crc, packed, size, offset, start, whole)


def _name(raw: bytes, flags: int) -> str:
    if not flags & _UTF8 and any(byte > 126 for byte in raw):
        raise ContainerError(f"a name that is not in UTF-8; {_ADVICE}")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ContainerError(f"a name that is not in UTF-8; {_ADVICE}") from None


def _check_packing(
    name: str, version: int, flags: int, method: int, packed: int, size: int
) -> None:
    if flags & 0x2041:
        raise ContainerError(f"encrypted: {name}")
    if method not in {_STORED, _DEFLATED}:
        raise ContainerError(f"compressed in an unusual way: {name}")
    if flags & ~(_UTF8 | _EFFORT) or version > VERSION:
        raise ContainerError(f"written in an unusual way; {_ADVICE}: {name}")
    if size > names.LARGEST_RATIO * packed:
        raise ContainerError(f"compressed more than {names.LARGEST_RATIO}:1: {name}")
    if method == _STORED and packed != size:
        raise ContainerError(f"stored with another size than its own: {name}")


def _check_kind(name: str, external: int, *, size: int, packed: int, crc: int) -> None:
    """Refuse links and the like; what is a folder must be one by its name as well."""
    kind = stat.S_IFMT(external >> 16)
    folder = name.endswith("/")
    if kind not in {0, stat.S_IFDIR if folder else stat.S_IFREG}:
        raise ContainerError(f"a link or special file: {name}")
    if not folder and external & 0x18:
        raise ContainerError(f"a folder or volume by its attributes: {name}")
    if folder and (size or packed or crc):
        raise ContainerError(f"a folder with content: {name}")


def _check_local(stream: IO[bytes], members: list[_Member], end: int) -> None:
    """Check that the members stand one behind the other, each as the directory says."""
    at = 0
    for member in members:
        stream.seek(at)
        raw = member.name.encode()
        header = stream.read(_LOCAL + len(raw))
        if member.offset != at or header[:4] != b"PK\3\4":
            raise ContainerError(f"bytes between the files of the ZIP, before {member.name}")
        if header[4:_LOCAL] != member.whole[_SHARED] or header[_LOCAL:] != raw:
            raise ContainerError(f"not as the directory of the ZIP says; {_ADVICE}: {member.name}")
        at = member.start + member.packed
    if at != end:
        raise ContainerError("bytes between the files and the directory of the ZIP")


def _note(
    stream: IO[bytes], end: _End, members: list[_Member], require_whole: Callable[[], None]
) -> str:
    """Return which kind of ZIP it is.

    With our comment it must be just as the exporter writes, and its hash be right. Anybody can
    write such a comment: it tells damage, and proves nothing. Without one, of a ZIP that somebody
    unpacked and packed again, only names and contents of the files are judged.
    """
    if not end.comment:
        return " in a ZIP packed again: only names and contents of its files are judged"
    match = _COMMENT.fullmatch(end.comment)
    if match is None or match[1].decode() != hash_of_start(stream, end.before):
        require_whole()  # a damaged file is named
        raise ContainerError(f"the ZIP is not as it was written; {_ADVICE}")
    forms = {_form(member.whole) for member in members}
    if len(forms) != 1 or not all(_is_ours(member.whole) for member in members):
        raise ContainerError(f"the ZIP is not as this program writes it; {_ADVICE}")
    return " in a ZIP as the exporter writes it"


def _form(entry: bytes) -> bytes:
    """Return what all files of a bundle have in common: versions, method, time, attributes."""
    return entry[4:8] + entry[10:16] + entry[36:42]


def _is_ours(entry: bytes) -> bool:
    form = struct.pack("<H", _STORED)
    made = struct.pack("<2H", SYSTEM << 8 | VERSION, VERSION)
    attributes = struct.pack("<HL", 0, ATTRIBUTES)
    flags = int.from_bytes(entry[8:10], "little")
    return (entry[4:8], entry[10:12], entry[36:42], flags & ~_UTF8) == (made, form, attributes, 0)


def hash_of_start(stream: IO[bytes], length: int) -> str:
    """Return the SHA-256 of the first bytes of a stream."""
    stream.seek(0)
    digest = hashlib.sha256()
    while length and (chunk := stream.read(min(_CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()
