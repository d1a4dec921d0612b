"""The evidence of a case as one ZIP that a stranger can check: see `bundle_readme.txt`."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from helper.errors import InvalidError, NotFoundError, RefusedError, TooLargeError, VaultError
from helper.evidence import canonical, seal
from helper.model import CaptureView, Seal
from helper.vault.files import room_on_disk, sync_folder

FORMAT: Final = "kazheng/bundle/1"
COMMENT: Final = b"kazheng/bundle/1 sha256="
"""ZIP comment: this and the hash of all bytes of the ZIP before the comment."""
LARGEST_FILE: Final = 2**30
LARGEST_BUNDLE: Final = 4_000_000_000
"""Below what `verify` reads, and small enough to need no ZIP64."""

_README = Path(__file__).with_name("bundle_readme.txt")
_CHUNK = 1 << 20
_BAD_NAME = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f]|[ .]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE
)


def write(
    out: Path,
    *,
    case_id: str,
    captures: Sequence[CaptureView],
    ledger: Sequence[Seal],
    read: Callable[[str], Path],
    key: bytes,
    created_at: datetime,
    derived: Sequence[tuple[str, bytes | Path]] = (),
) -> Path:
    """Write the bundle, whole or not at all, and return its path.

    `ledger` is the whole ledger, `read` gives the file of a hash, `key` signs, `derived` are
    files made of sealed ones, by name. Besides these only sealed bytes go in; what is not sealed
    yet is named in `bundle.json`. Raises RefusedError(nothing_sealed),
    VaultError(damaged_blob), NotFoundError, InvalidError, TooLargeError, DiskFullError.
    """
    seals = _needed(captures, ledger)
    draft = out.with_name(f"{out.name}.{secrets.token_hex(8)}.tmp")
    try:
        with room_on_disk(out), zipfile.ZipFile(draft, "x", zipfile.ZIP_STORED) as archive:
            archive.comment = COMMENT + b"0" * 64
            writer = _Writer(archive, read, created_at)
            sealed = _write_seals(writer, seals)
            _write_artifacts(writer, sealed)
            for name, content in derived:
                writer.derive(name, content)
            _write_rest(writer, ledger[: seals[-1].index + 1], case_id, key)
            listing = _listing(writer, case_id, captures, seals, sealed)
            writer.add("bundle.json", listing)
            writer.add("bundle.sig.json", seal.sign(listing, key, "bundle"))
        with room_on_disk(out):
            _put_own_hash(draft)
            draft.replace(out)
            sync_folder(out.parent)
    finally:
        draft.unlink(missing_ok=True)
    return out


@dataclass
class _Writer:
    """Adds files to the archive and remembers their hashes."""

    archive: zipfile.ZipFile
    read: Callable[[str], Path]
    created_at: datetime
    files: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Add small content."""
        with self._entry(name, len(data)) as stream:
            stream.write(data)
        self.files[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def blob(self, sha256: str) -> bytes:
        """Return small kept content, checked."""
        try:
            data = self.read(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFoundError(kind="blob", id=sha256) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultError(reason="damaged_blob", path=str(self.read(sha256)))
        return data

    def copy(self, name: str, sha256: str) -> None:
        """Add kept content, checked on its way."""
        path = self.read(sha256)
        digest = hashlib.sha256()
        try:
            size = path.stat().st_size
            with path.open("rb") as source, self._entry(name, size) as target:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
        except FileNotFoundError:
            raise NotFoundError(kind="blob", id=sha256) from None
        if digest.hexdigest() != sha256:
            raise VaultError(reason="damaged_blob", path=str(path))
        self.files[name] = (sha256, size)

    def derive(self, name: str, content: bytes | Path) -> None:
        """Add a file that was made of sealed ones."""
        if isinstance(content, bytes):
            self.add(name, content)
            return
        digest = hashlib.sha256()
        size = content.stat().st_size
        with content.open("rb") as source, self._entry(name, size) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
        self.files[name] = (digest.hexdigest(), size)

    def _entry(self, name: str, size: int) -> Any:
        for part in name.split("/"):
            if not part or _BAD_NAME.search(part):
                raise InvalidError(what=name)
        if name.casefold() in {known.casefold() for known in self.files}:
            raise InvalidError(what=name)
        total = size + sum(known for _, known in self.files.values())
        if size > LARGEST_FILE or total > LARGEST_BUNDLE:
            raise TooLargeError(limit=LARGEST_BUNDLE, size=total)
        moment = self.created_at.astimezone(UTC)
        info = zipfile.ZipInfo(name, (max(moment.year, 1980), *moment.timetuple()[1:6]))
        info.external_attr = 0o100644 << 16
        info.create_system = 3
        info.file_size = size
        return self.archive.open(info, "w")


def _needed(captures: Sequence[CaptureView], ledger: Sequence[Seal]) -> list[Seal]:
    if [entry.index for entry in ledger] != list(range(len(ledger))):
        raise InvalidError(what="ledger")
    wanted = {view.capture_id for view in captures}
    seals = [entry for entry in ledger if entry.capture_id in wanted]
    if not seals:
        raise RefusedError(reason="nothing_sealed")
    return seals


def _write_seals(writer: _Writer, seals: Iterable[Seal]) -> dict[tuple[str, str], str]:
    """Write manifests and signatures; return the hash of each (capture, artifact name)."""
    sealed: dict[tuple[str, str], str] = {}
    for entry in seals:
        folder = f"seals/{entry.capture_id}/{entry.index}-{entry.stage}"
        manifest = writer.blob(entry.manifest)
        writer.add(f"{folder}/manifest.json", manifest)
        writer.add(f"{folder}/signature.json", writer.blob(entry.signature))
        for artifact in canonical.decode(manifest)["artifacts"]:
            sealed[entry.capture_id, artifact["name"]] = artifact["sha256"]
    return sealed


def _write_artifacts(writer: _Writer, sealed: dict[tuple[str, str], str]) -> None:
    for (capture_id, name), sha256 in sealed.items():
        writer.copy(f"artifacts/{capture_id}/{name}", sha256)


def _write_rest(writer: _Writer, ledger: Sequence[Seal], case_id: str, key: bytes) -> None:
    lines = [canonical.encode(entry.model_dump(mode="json")) + b"\n" for entry in ledger]
    writer.add("ledger.jsonl", b"".join(lines))
    readme = _README.read_text("utf-8").format(
        case_id=case_id,
        created_at=writer.created_at.isoformat(),
        installation=seal.fingerprint(seal.public_key(key)),
    )
    # Notepad and the Windows console read a text without a byte order mark in the local encoding
    writer.add("README.txt", b"\xef\xbb\xbf" + readme.encode())
    sums = (f"{sha256}  {name}\n" for name, (sha256, _) in sorted(writer.files.items()))
    writer.add("SHA256SUMS", "".join(sums).encode())


def _listing(
    writer: _Writer,
    case_id: str,
    captures: Sequence[CaptureView],
    seals: Sequence[Seal],
    sealed: dict[tuple[str, str], str],
) -> bytes:
    return canonical.encode(
        {
            "format": FORMAT,
            "case_id": case_id,
            "created_at": writer.created_at.isoformat(),
            "captures": sorted({entry.capture_id for entry in seals}),
            "files": [
                {"name": name, "sha256": sha256, "bytes": size}
                for name, (sha256, size) in sorted(writer.files.items())
            ],
            "unsealed": [
                {"capture_id": view.capture_id, "name": artifact.name}
                for view in captures
                for artifact in view.artifacts
                if artifact.role not in {"manifest", "signature"}
                and (view.capture_id, artifact.name) not in sealed
            ],
        }
    )


def _put_own_hash(path: Path) -> None:
    """Write the hash of the archive into its comment and sync it."""
    length = len(COMMENT) + 64
    with path.open("r+b") as stream:
        end = stream.seek(-length, os.SEEK_END)
        digest = _hash_of_start(stream, end)
        stream.seek(end + len(COMMENT))
        stream.write(digest.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _hash_of_start(stream: BinaryIO, length: int) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while length and (chunk := stream.read(min(_CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()
