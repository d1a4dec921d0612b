"""Ledger, seals and artifacts of a bundle, as the verifier checks them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from helper.evidence import records
from helper.evidence.container import Files
from helper.evidence.listed import UNLISTED, Found, check_plain
from helper.evidence.records import (
    Body,
    FailedError,
    Link,
    Listing,
    Manifest,
    Original,
    Sealing,
    WholeLine,
    parse,
    raise_if,
)

_SEAL_FILES: Final = (
    "manifest.json", "signature.json", "manifest.signed", "manifest.sig",
)  # fmt: skip
_OWN: Final = frozenset({"README.txt", "SHA256SUMS", "installation.pem", "ledger.jsonl"})
_PAGES: Final = frozenset({"verify.html", "证据目录.html"})


@dataclass(frozen=True)
class Ledger:
    """The links by place, and which hashes came before each place that a seal has."""

    links: Mapping[int, Link | WholeLine]
    places: Mapping[str, int] = field(default_factory=dict)
    """The place of each entry by its hash."""


def read_ledger(files: Files, listing: Listing) -> tuple[Ledger, str]:
    """Return the ledger; each line names the hash of the one before. Raises FailedError."""
    wanted = {entry.index for entry in listing.seals}
    links: dict[int, Link | WholeLine] = {}
    places: dict[str, int] = {}
    previous: str | None = None
    count = 0
    for count, line in enumerate(records.lines(files, "ledger.jsonl"), start=1):
        name = f"ledger.jsonl line {count}"
        link: Link | WholeLine = (
            parse(Link, line, name)
            if line.startswith(b'{"body":')
            else parse(WholeLine, line, name)
        )
        if link.index != count - 1 or link.previous != previous:
            raise FailedError(f"{name} does not follow the one before")
        previous = hashlib.sha256(line).hexdigest()
        places[previous] = link.index
        if link.index in wanted:
            links[link.index] = link
    if (count, previous) != (listing.ledger_entries, listing.ledger_head):
        raise FailedError("ledger.jsonl does not end with the head that bundle.json names")
    return Ledger(links, places), f"{count} entries, each linked to the one before"


def check_seals(
    files: Files, listing: Listing, ledger: Ledger, signed_by: str
) -> tuple[list[Manifest], str]:
    """Return the manifests of all seals that are shown, each one checked; raises FailedError."""
    manifests: list[Manifest] = []
    expected: set[str] = set()
    sealed: set[str] = set()
    indexes = [entry.index for entry in listing.seals]
    if indexes != sorted(set(indexes)):
        raise FailedError("the seals of bundle.json are not in order")
    for entry in listing.seals:
        folder = f"seals/{entry.capture_id}/{entry.index}-{entry.stage}"
        body = _body(files, entry, folder, ledger)
        expected.add(f"{folder}/entry.json")
        if not entry.withheld:
            expected |= {f"{folder}/{name}" for name in _SEAL_FILES}
            manifest = _manifest(files, body, folder, signed_by)
            place = -1 if manifest.previous is None else ledger.places.get(manifest.previous)
            first = entry.capture_id not in sealed
            if place is None or place >= entry.index or (place == -1 and not first):
                raise FailedError(f"not linked to an earlier seal: {folder}")
            manifests.append(manifest)
        elif listing.redaction is None:
            raise FailedError(f"withheld, but this is no redacted copy: {folder}")
        sealed.add(entry.capture_id)
    _raise_unless_complete(files, listing, sealed, expected)
    return manifests, _told(manifests, listing)


def compare_artifacts(
    manifests: Sequence[Manifest], found: Found, listing: Listing
) -> tuple[int, str]:
    """Compare the artifacts with what every manifest says of them; raises FailedError."""
    places = {(item.capture_id, item.name): item.path for item in listing.artifacts}
    if len(places) != len(listing.artifacts) or len({*places.values()}) != len(places):
        raise FailedError("bundle.json places an artifact twice")
    elsewhere = _elsewhere(listing)
    faults: list[str] = []
    named: set[tuple[str, str]] = set()
    for manifest in manifests:
        for artifact in manifest.artifacts:
            key = (manifest.capture_id, artifact.name)
            named.add(key)
            path = places.get(key)
            if path is None:
                if elsewhere.get(key) != artifact.sha256:
                    faults.append(f"not here: {artifact.name} of {manifest.capture_id}")
            elif found.get(path) != (artifact.sha256, artifact.bytes):
                faults.append(f"not as sealed: {path}")
    faults += [
        f"not sealed: {path}"
        for key, path in places.items()
        if key not in named and not path.startswith("stamps/") and not _hidden(listing, key[0])
    ]
    strays = _strays(found, listing, {*places.values()})
    faults += [f"not sealed: {name}" for name in sorted(strays)]
    raise_if(faults)
    left_out = f", {len(listing.unsealed)} left out as not sealed yet" if listing.unsealed else ""
    return len(named), f"{len(named.intersection(places))} artifacts as sealed{left_out}"


def compare_masked(
    manifests: Sequence[Manifest], found: Found, listing: Listing
) -> tuple[int, str]:
    """Check that each masked or left out artifact is one that was sealed; raises FailedError."""
    if listing.redaction is None:
        raise FailedError("this is no redacted copy")
    sealed = {(m.capture_id, a.name): a.sha256 for m in manifests for a in m.artifacts}
    masked, left_out = listing.redaction.masked, listing.redaction.left_out
    changed: list[Original] = [*masked, *left_out]
    faults = [
        f"not the hash of the sealed original: {item.name} of {item.capture_id}"
        for item in changed
        if sealed.get((item.capture_id, item.name)) != item.sha256
        and not _hidden(listing, item.capture_id)
    ]
    faults += [f"missing: {item.path}" for item in masked if item.path not in found]
    raise_if(faults)
    return len(masked), (
        f"a redacted copy: {len(masked)} artifacts masked, {len(left_out)} left out; "
        "what is masked is not what was sealed"
    )


def _body(files: Files, entry: Sealing, folder: str, ledger: Ledger) -> Body:
    data = records.read(files, f"{folder}/entry.json")
    link = ledger.links.get(entry.index)
    if link is None or link.body != hashlib.sha256(data).hexdigest():
        raise FailedError(f"not in the ledger: {folder}/entry.json")
    body = parse(Body, data, f"{folder}/entry.json")
    if (body.capture_id, body.stage) != (entry.capture_id, entry.stage):
        raise FailedError(f"of another capture or stage: {folder}/entry.json")
    return body


def _manifest(files: Files, body: Body, folder: str, signed_by: str) -> Manifest:
    """Return a manifest whose signature holds and whose hashes stand in the ledger."""
    data = records.read(files, f"{folder}/manifest.json")
    signature = records.read(files, f"{folder}/signature.json")
    for name, content, wanted in (
        ("manifest.json", data, body.manifest),
        ("signature.json", signature, body.signature),
    ):
        if hashlib.sha256(content).hexdigest() != wanted:
            raise FailedError(f"not as in the ledger: {folder}/{name}")
    signed = records.signed_by(data, signature, folder, "manifest")
    if signed.installation != signed_by:
        raise FailedError(f"signed by another installation than the bundle: {folder}")
    check_plain(files, f"{folder}/manifest", data, signed, "manifest")
    manifest = parse(Manifest, data, f"{folder}/manifest.json")
    if (manifest.capture_id, manifest.stage) != (body.capture_id, body.stage):
        raise FailedError(f"of another capture or stage: {folder}")
    return manifest


def _raise_unless_complete(
    files: Files, listing: Listing, sealed: set[str], expected: set[str]
) -> None:
    if not sealed:
        raise FailedError("there is no seal at all")
    raise_if(
        [f"without a seal: {name}" for name in sorted({*listing.captures} - sealed)]
        + [f"not among the captures: {name}" for name in sorted(sealed - {*listing.captures})]
        + [
            f"not in the ledger: {name}"
            for name in sorted({n for n in files.sizes if n.startswith("seals/")} - expected)
        ]
    )


def _told(manifests: Sequence[Manifest], listing: Listing) -> str:
    withheld = sum(entry.withheld for entry in listing.seals)
    more = f", {withheld} withheld" if withheld else ""
    return f"{len(manifests)} manifests signed and in the ledger{more}"


def _elsewhere(listing: Listing) -> dict[tuple[str, str], str]:
    """Return the original hashes of what a redacted copy masks or leaves out."""
    if listing.redaction is None:
        return {}
    items: list[Original] = [*listing.redaction.masked, *listing.redaction.left_out]
    return {(item.capture_id, item.name): item.sha256 for item in items}


def _hidden(listing: Listing, capture_id: str) -> bool:
    """Tell whether a redacted copy withholds a manifest of a capture."""
    return any(entry.withheld and entry.capture_id == capture_id for entry in listing.seals)


def _strays(found: Found, listing: Listing, placed: set[str]) -> set[str]:
    """Return the files that are nothing a bundle holds."""
    masked = {item.path for item in listing.redaction.masked} if listing.redaction else set()
    known = UNLISTED | _OWN | _PAGES | placed | masked | {*listing.derived}
    return {name for name in found.keys() - known if not re.match(r"seals/", name)}
