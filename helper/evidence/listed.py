"""The signed list of a bundle, and the files against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from helper.evidence import records, seal
from helper.evidence.container import Files, chunks
from helper.evidence.names import parents
from helper.evidence.records import FailedError, Listing, parse, raise_if

UNLISTED: Final = frozenset({"bundle.json", "bundle.sig.json", "bundle.signed", "bundle.sig"})
"""The list itself and its signature; the last two are the same for openssl."""
UNSUMMED: Final = UNLISTED | {"SHA256SUMS"}

Found = Mapping[str, tuple[str, int]]
"""Hash and size of every file."""


def signed_listing(files: Files, *, compared: bool) -> tuple[tuple[Listing, str], str]:
    """Return the signed list of files and the installation that signed it; raises FailedError."""
    data = records.read(files, "bundle.json")
    file = records.read(files, "bundle.sig.json")
    signature = records.signed_by(data, file, "bundle.json, bundle.sig.json", "bundle")
    check_plain(files, "bundle", data, signature, "bundle")
    if records.read(files, "installation.pem") != seal.pem(bytes.fromhex(signature.public_key)):
        raise FailedError("not the key that signed: installation.pem")
    listing = parse(Listing, data, "bundle.json")
    note = "" if compared else ", which was not compared with an expected one"
    by = signature.installation
    return (listing, by), f"signed by installation {by}{note}"


def check_plain(
    files: Files, stem: str, data: bytes, signature: seal.Signature, domain: seal.Domain
) -> None:
    """Check that the files for openssl say the same as the signature; raises FailedError."""
    if records.read(files, f"{stem}.signed") != seal.message(data, domain):
        raise FailedError(f"not what was signed: {stem}.signed")
    if records.read(files, f"{stem}.sig") != bytes.fromhex(signature.signature):
        raise FailedError(f"not the signature: {stem}.sig")


def compare_files(files: Files, listing: Listing) -> tuple[Found, str]:
    """Return hash and size of every file, all as listed; raises FailedError."""
    found = {name: _digest(files, name) for name in sorted(files.sizes)}
    wanted = {file.name: (file.sha256, file.bytes) for file in listing.files}
    if len(wanted) != len(listing.files):
        raise FailedError("a name is listed twice")
    present = found.keys() - UNLISTED
    implied = {folder for name in wanted for folder in parents(name)}
    faults = [
        *(f"missing: {name}" for name in sorted(wanted.keys() - present)),
        *(f"not listed: {name}" for name in sorted(present - wanted.keys())),
        *(f"not listed: {name}/" for name in sorted(files.folders - implied)),
        *(f"changed: {n}" for n in sorted(wanted.keys() & present) if wanted[n] != found[n]),
    ]
    raise_if(faults)
    sums = "".join(_sums(found))
    if records.read(files, "SHA256SUMS") != sums.encode():
        raise FailedError("does not say what is there: SHA256SUMS")
    return found, f"{len(wanted)} files present and unchanged"


def _sums(found: Found) -> Iterator[str]:
    for name in sorted(found):
        if name not in UNSUMMED:
            yield f"{found[name][0]}  {name}\n"


def _digest(files: Files, name: str) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks(files, name):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
