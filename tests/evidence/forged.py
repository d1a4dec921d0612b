"""ZIPs that unpackers read differently, or that hide bytes: for both verifiers."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from helper.evidence.archive import COMMENT


@dataclass(frozen=True)
class Entry:
    """A file of a ZIP; `local` replaces fields of its local header, `behind` follows its bytes."""

    name: bytes
    data: bytes
    crc: int
    size: int
    method: int = 0
    flags: int = 0x800
    extra: bytes = b""
    note: bytes = b""
    external: int = 0o100644 << 16
    local: dict[str, object] = field(default_factory=dict)
    behind: bytes = b""


def entry(name: str, data: bytes, *, deflated: bytes | None = None) -> Entry:
    """Return a file as it should stand there; `deflated` are bytes behind the deflated ones."""
    packed = data
    if deflated is not None:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush() + deflated
    method = 0 if deflated is None else 8
    return Entry(name.encode(), packed, zlib.crc32(data), len(data), method)


def zipped(
    entries: list[Entry], *, before: bytes = b"", count: int | None = None, ours: bool = False
) -> bytes:
    """Return a ZIP; `ours` puts the comment that this program writes, as anybody can."""
    out, directory = before, b""
    for one in entries:
        held = replace(one, **one.local)  # type: ignore[arg-type]
        where = len(out)
        out += b"PK\3\4" + _shared(held) + held.name + held.extra + one.data + one.behind
        directory += b"PK\1\2" + struct.pack("<H", 3 << 8 | 20) + _shared(one)
        directory += struct.pack("<3H2L", len(one.note), 0, 0, one.external, where)
        directory += one.name + one.extra + one.note
    number = len(entries) if count is None else count
    comment = COMMENT + b"0" * 64 if ours else b""
    out += directory
    out += struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(directory), len(out) - len(directory),
        len(comment),
    )  # fmt: skip
    return out + (COMMENT + hashlib.sha256(out).hexdigest().encode() if ours else b"")


def _shared(one: Entry) -> bytes:
    return struct.pack(
        "<5H3L2H", 20, one.flags, one.method, 0, 0x21, one.crc, len(one.data), one.size,
        len(one.name), len(one.extra),
    )  # fmt: skip


def parts(original: bytes) -> list[Entry]:
    """Return the files of a bundle as they stand there."""
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        return [entry(name, archive.read(name)) for name in archive.namelist()]


def forgeries(original: bytes) -> Iterator[tuple[str, bytes]]:
    """Give ZIPs that hold the files of a bundle, all unchanged, and something else as well."""
    plain = parts(original)
    at = next(n for n, one in enumerate(plain) if one.name == b"README.txt")
    for name, changed in _changes(plain[at]):
        yield name, zipped([*plain[:at], changed, *plain[at + 1 :]])
        if name in {"a hidden file", "unicode path", "deflated"}:  # the comment proves nothing
            yield f"{name}, ours", zipped([*plain[:at], changed, *plain[at + 1 :]], ours=True)
    last = replace(plain[-1], behind=_alone("证据9 伪造.txt"))
    yield "a hidden file after all", zipped([*plain[:-1], last])
    yield "bytes before", zipped(plain, before=b"MZ")
    yield "another count", zipped(plain, count=3)
    folder = Entry(b"", b"", 0, 0, external=0o40755 << 16 | 0x10)
    for name in ("证据9 伪造/", "README.txt/", "Seals/", "seals//", "../", "/"):
        yield f"folder {name}", zipped([*plain, replace(folder, name=name.encode())])
    twice = replace(folder, name=b"seals/")
    yield "a folder twice", zipped([*plain, twice, twice])


def _changes(readme: Entry) -> Iterator[tuple[str, Entry]]:
    other = b"\1" + zlib.crc32(readme.name).to_bytes(4, "little") + b"EVIL.txt"
    path = struct.pack("<2H", 0x7075, len(other)) + other
    yield "unicode path", replace(readme, extra=path)
    yield "unicode path, local only", replace(readme, local={"extra": path})
    yield "unicode path, central only", replace(readme, extra=path, local={"extra": b""})
    yield "extra time", replace(readme, extra=b"UT\5\0\3\0\0\0\0")
    yield "comment of a file", replace(readme, note=b"hello")
    yield "two names", replace(readme, local={"name": b"README.exe"})
    yield "two flags", replace(readme, local={"flags": 0})
    yield "two sizes", replace(readme, local={"size": readme.size + 1})
    yield "two sums", replace(readme, local={"crc": 1})
    yield "two methods", replace(readme, local={"method": 8})
    yield "sizes behind", replace(readme, flags=0x808)
    yield "a gap", replace(readme, behind=b"hidden")
    yield "a hidden file", replace(readme, behind=_alone("证据9 伪造.txt"))
    yield "deflated", entry("README.txt", readme.data, deflated=b"hidden")
    yield "stored", replace(readme, data=readme.data + b"hidden")
    yield "a folder by its attributes", replace(readme, external=0o100644 << 16 | 0x10)


def _alone(name: str) -> bytes:
    """Return a complete local entry that no directory lists."""
    hidden = entry(name, b"forged")
    return b"PK\3\4" + _shared(hidden) + hidden.name + hidden.data
