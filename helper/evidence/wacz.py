"""Write a WACZ 1.2.0: the exact WARC, its index, its page, our files under `evidence/`, signed.

One file that ReplayWeb.page opens and that carries its own hashes. Everything is stored, nothing
compressed again, so that a reader can pick any record by its offset. `datapackage-digest.json` is
signed in the anonymous form of "WACZ Signing and Verification" 0.1: no certificate stands behind
the key, only this installation.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from helper.errors import NotFoundError, VaultError
from helper.evidence import cdxj

VERSION: Final = "1.2.0"
MEDIA_TYPE: Final = "application/wacz"
PROFILE: Final = "data-package"
"""WACZ 1.2.0 asks for `wacz` here, and ReplayWeb.page (2.4.6) refuses to open a file that says so;
1.1.1 had this word, which all readers take."""
SIGNING_VERSION: Final = "0.1.0"
KEY_SIZE: Final = 56
"""Random bytes a P-384 key is made of: 64 bits more than its order has (FIPS 186-5, A.2.1)."""
_ORDER_P384 = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """A kept file that goes into the archive: its name there, where it lies, its hash."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class About:
    """What the archive says of itself; `url` is the page to open first."""

    capture_id: str
    url: str
    title: str
    description: str
    software: str
    created: datetime


def private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the P-384 key that KEY_SIZE random bytes stand for."""
    scalar = int.from_bytes(secret, "big") % (_ORDER_P384 - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP384R1())


def write(
    out: Path, *, warc: Member, evidence: Iterable[Member], about: About,
    key: ec.EllipticCurvePrivateKey,
) -> None:  # fmt: skip
    """Write the archive; memory does not grow with the size of the files.

    Raises VaultError(damaged_blob) or NotFoundError if a file is not what its hash says,
    ValueError if the WARC cannot be read.
    """
    found = cdxj.entries(warc.path)
    index, index_of_index = cdxj.blocks(cdxj.lines(found, warc.name), "index.cdx.gz")
    page = _page(found, about)
    with zipfile.ZipFile(out, "x", zipfile.ZIP_STORED) as archive:
        writer = _Writer(archive, about.created)
        writer.copy(f"archive/{warc.name}", warc)
        writer.add("indexes/index.cdx.gz", index)
        writer.add("indexes/index.idx", index_of_index)
        writer.add("pages/pages.jsonl", _pages(page))
        for member in evidence:
            writer.copy(f"evidence/{member.name}", member)
        package = _json(_package(writer, about, page))
        writer.add("datapackage.json", package)
        writer.add("datapackage-digest.json", _json(digest(package, about, key)))


def digest(package: bytes, about: About, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Return what `datapackage-digest.json` says: hash, and signature over that hash as text."""
    named = f"sha256:{hashlib.sha256(package).hexdigest()}"
    r, s = decode_dss_signature(key.sign(named.encode(), ec.ECDSA(hashes.SHA256())))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "path": "datapackage.json",
        "hash": named,
        "signedData": {
            "hash": named,
            "created": _moment(about.created),
            "software": about.software,
            "version": SIGNING_VERSION,
            "signature": base64.b64encode(r.to_bytes(48, "big") + s.to_bytes(48, "big")).decode(),
            "publicKey": base64.b64encode(public).decode(),
        },
    }


@dataclass
class _Writer:
    """Adds files and remembers them as resources."""

    archive: zipfile.ZipFile
    created: datetime
    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, data: bytes) -> None:
        with self._open(name, len(data)) as target:
            target.write(data)
        self._list(name, hashlib.sha256(data).hexdigest(), len(data))

    def copy(self, name: str, member: Member) -> None:
        """Copy a file, checked on its way."""
        found, size = hashlib.sha256(), member.path.stat().st_size if member.path.exists() else 0
        try:
            with member.path.open("rb") as source, self._open(name, size) as target:
                while chunk := source.read(_CHUNK):
                    found.update(chunk)
                    target.write(chunk)
        except FileNotFoundError:
            raise NotFoundError(kind="blob", id=member.sha256) from None
        if found.hexdigest() != member.sha256:
            raise VaultError(reason="damaged_blob", path=str(member.path))
        self._list(name, member.sha256, size)

    def _open(self, name: str, size: int) -> Any:
        moment = self.created.astimezone(UTC)
        info = zipfile.ZipInfo(name, (max(moment.year, 1980), *moment.timetuple()[1:6]))
        info.external_attr = 0o100644 << 16
        info.create_system = 3
        info.file_size = size
        return self.archive.open(info, "w")

    def _list(self, path: str, sha256: str, size: int) -> None:
        name = path.rpartition("/")[2]
        self.resources.append(
            {"name": name, "path": path, "hash": f"sha256:{sha256}", "bytes": size}
        )


def _page(found: list[cdxj.Entry], about: About) -> dict[str, str]:
    """Return the page to open: the wanted address if it was answered, else the first answer."""
    wanted = about.url.partition("#")[0]
    answered = [entry for entry in found if entry.method == "GET"]
    entry = next((e for e in reversed(answered) if e.url == wanted), None)
    entry = entry or next(iter(answered), None)
    url, at = about.url, _moment(about.created)
    if entry is not None:
        stamp = datetime.strptime(entry.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        url, at = entry.url, _moment(stamp)
    return {"id": about.capture_id, "url": url, "ts": at, "title": about.title}


def _pages(page: dict[str, str]) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    return b"".join(
        json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        for line in (head, page)
    )


def _package(writer: _Writer, about: About, page: dict[str, str]) -> dict[str, Any]:
    return {
        "profile": PROFILE,
        "wacz_version": VERSION,
        "title": about.title,
        "description": about.description,
        "created": _moment(about.created),
        "modified": _moment(about.created),
        "software": about.software,
        "home": {"url": page["url"], "ts": page["ts"]},
        "mainPageUrl": page["url"],
        "mainPageDate": page["ts"],
        "resources": list(writer.resources),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
