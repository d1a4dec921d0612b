"""Check a bundle, folder or ZIP, by its files alone: no database, no browser, no network.

The input may be hostile: limits on sizes and names, no links, and whatever goes wrong is a failed
check with its reason, never an exception. Same input, same verdict.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from helper.evidence import canonical, seal
from helper.evidence.container import ContainerError, Files, chunks, opened

LARGEST_RECORD: Final = 64 * 2**20
_UNLISTED = frozenset({"bundle.json", "bundle.sig.json"})
_NAMED = 10

_Verdict = Literal["pass", "fail"]
_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Size = Annotated[int, Field(ge=0)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Check(_Record):
    """One thing that was checked; `verify.<name>.<verdict>` of the catalogue explains it."""

    name: str
    verdict: _Verdict
    detail: str


class Verification(_Record):
    """The outcome; `installation` is the fingerprint of the key that signed, if one did."""

    verdict: _Verdict
    installation: str | None
    checks: tuple[Check, ...]


class _File(_Record):
    name: str
    sha256: _Hash
    bytes: _Size


class _Unsealed(_Record):
    capture_id: str
    name: str


class _Listing(_Record):
    format: Literal["kazheng/bundle/1"]
    case_id: str
    created_at: str
    captures: list[str]
    files: list[_File]
    unsealed: list[_Unsealed]


class _Entry(_Record):
    index: _Size
    stage: Literal["S0", "S1", "S2", "partial"]
    capture_id: str
    manifest: _Hash
    signature: _Hash
    previous: _Hash | None
    sealed_at: str


class _Artifact(_Record):
    role: str
    name: str
    sha256: _Hash
    bytes: _Size
    media_type: str


class _Missing(_Record):
    role: str
    reason: str
    detail: str | None


class _Manifest(_Record):
    format: Literal["kazheng/manifest/1"]
    capture_id: str
    stage: str
    url: str
    title: str
    clicked_at: str
    sealed_at: str
    artifacts: list[_Artifact]
    missing: list[_Missing]
    tools: dict[str, str]
    previous: _Hash | None
    not_before: dict[str, str | int | None] | None = None


_Model = TypeVar("_Model", bound=_Record)
_Result = TypeVar("_Result")
_Found = Mapping[str, tuple[str, int]]
_Ledger = Sequence[tuple[_Entry, str]]


class _FailedError(Exception):
    """A check failed; the message says why."""


def verify(path: Path, installation: str | None = None) -> Verification:
    """Check a bundle; `installation` is the fingerprint it must be signed by."""
    report = _Report(installation)
    try:
        with opened(path) as files:
            report.run(files)
    except ContainerError as error:
        report.add("container", "fail", str(error))
    except Exception as error:  # noqa: BLE001, hostile input: what a reader trips over is a verdict
        report.add("container", "fail", f"cannot be read: {type(error).__name__}: {error}")
    return report.outcome()


class _Report:
    """Runs the checks in order; a later one uses what an earlier one established."""

    def __init__(self, expected: str | None) -> None:
        self._expected = expected
        self._checks: list[Check] = []
        self._installation: str | None = None

    def add(self, name: str, verdict: _Verdict, detail: str) -> None:
        """Note an outcome; what a terminal might obey is escaped."""
        plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in detail)
        self._checks.append(Check(name=name, verdict=verdict, detail=plain[:2000]))

    def outcome(self) -> Verification:
        """Pass only if every check passed, and all were made."""
        passed = {check.name for check in self._checks if check.verdict == "pass"}
        failed = any(check.verdict == "fail" for check in self._checks)
        needed = {"container", "signature", "files", "ledger", "seals", "artifacts"}
        verdict: _Verdict = "fail" if failed or not needed <= passed else "pass"
        return Verification(
            verdict=verdict, installation=self._installation, checks=tuple(self._checks)
        )

    def run(self, files: Files) -> None:
        """Make all checks that the input allows."""
        self.add("container", "pass", f"{len(files.sizes)} files{files.note}")
        signed = self._attempt("signature", lambda: _listing(files, self._expected is not None))
        if signed is None:
            return
        listing, signed_by = signed
        self._installation = signed_by
        expected = self._expected
        if expected is not None:
            self._attempt("installation", lambda: _compare_installation(expected, signed_by))
        found = self._attempt("files", lambda: _compare_files(files, listing))
        ledger = self._attempt("ledger", lambda: _read_ledger(files))
        if ledger is None or found is None:
            return
        manifests = self._attempt("seals", lambda: _seals(files, listing, ledger, signed_by))
        if manifests is not None:
            self._attempt("artifacts", lambda: _compare_artifacts(manifests, found, listing))

    def _attempt(self, name: str, work: Callable[[], tuple[_Result, str]]) -> _Result | None:
        """Run one check; return what it established, None if it failed."""
        try:
            result, detail = work()
        except (_FailedError, ContainerError) as error:
            self.add(name, "fail", str(error))
        except (
            OSError,
            ValueError,
            RuntimeError,
            EOFError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            self.add(name, "fail", f"cannot be read: {type(error).__name__}: {error}")
        else:
            self.add(name, "pass", detail)
            return result
        return None


def _record(files: Files, name: str) -> bytes:
    """Return a small file whole."""
    if name not in files.sizes:
        raise _FailedError(f"missing: {name}")
    if files.sizes[name] > LARGEST_RECORD:
        raise _FailedError(f"too large: {name}")
    return b"".join(chunks(files, name))


def _parse(model: type[_Model], data: bytes, name: str) -> _Model:
    try:
        return model.model_validate(canonical.decode(data))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _FailedError(f"malformed: {name} at {place}") from None
    except ValueError as error:
        raise _FailedError(f"malformed: {name}: {error}") from None


def _signed_by(data: bytes, signature: bytes, name: str, domain: seal.Domain) -> str:
    try:
        return seal.check(data, signature, domain).installation
    except seal.SignatureError as error:
        raise _FailedError(f"{name}: {error}") from None


def _listing(files: Files, compared: bool) -> tuple[tuple[_Listing, str], str]:
    """Return the signed list of files and the installation that signed it."""
    data = _record(files, "bundle.json")
    signature = _record(files, "bundle.sig.json")
    signed_by = _signed_by(data, signature, "bundle.sig.json", "bundle")
    note = "" if compared else ", which was not compared with an expected one"
    listing = _parse(_Listing, data, "bundle.json")
    return (listing, signed_by), f"signed by installation {signed_by}{note}"


def _compare_installation(expected: str, signed_by: str) -> tuple[str, str]:
    """Compare fingerprints, however the expected one is grouped or capitalised."""
    plain = re.sub(r"[\s:.-]", "", expected).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", plain):
        raise _FailedError(f"not a fingerprint of 64 hexadecimal digits: {expected}")
    if plain != signed_by:
        raise _FailedError(f"signed by {signed_by}, expected {plain}")
    return signed_by, f"signed by the expected installation {signed_by}"


def _digest(files: Files, name: str) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks(files, name):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _compare_files(files: Files, listing: _Listing) -> tuple[_Found, str]:
    """Return hash and size of every file, all as listed."""
    found = {name: _digest(files, name) for name in sorted(files.sizes)}
    listed = {file.name: (file.sha256, file.bytes) for file in listing.files}
    if len(listed) != len(listing.files):
        raise _FailedError("a name is listed twice")
    present = found.keys() - _UNLISTED
    faults = [
        *(f"missing: {name}" for name in sorted(listed.keys() - present)),
        *(f"not listed: {name}" for name in sorted(present - listed.keys())),
        *(f"changed: {n}" for n in sorted(listed.keys() & present) if listed[n] != found[n]),
    ]
    _raise_if(faults)
    return found, f"{len(listed)} files present and unchanged"


def _read_ledger(files: Files) -> tuple[_Ledger, str]:
    """Return the entries with their hashes; each names the hash of the one before."""
    lines = _record(files, "ledger.jsonl").split(b"\n")
    if lines.pop() != b"" or not lines:
        raise _FailedError("ledger.jsonl is cut off")
    entries: list[tuple[_Entry, str]] = []
    previous: str | None = None
    for position, line in enumerate(lines):
        entry = _parse(_Entry, line, f"ledger.jsonl line {position + 1}")
        if entry.index != position or entry.previous != previous:
            raise _FailedError(f"ledger.jsonl line {position + 1} does not follow the one before")
        previous = hashlib.sha256(line).hexdigest()
        entries.append((entry, previous))
    return entries, f"{len(entries)} entries, each linked to the one before"


def _seals(
    files: Files, listing: _Listing, ledger: _Ledger, signed_by: str
) -> tuple[list[_Manifest], str]:
    """Return the manifests of all seals of the bundle's captures, each one checked."""
    manifests: list[_Manifest] = []
    links: set[str | None] = set()
    expected: set[str] = set()
    sealed: set[str] = set()
    for entry, entry_hash in ledger:
        if entry.capture_id in listing.captures:
            folder = f"seals/{entry.capture_id}/{entry.index}-{entry.stage}"
            expected |= {f"{folder}/manifest.json", f"{folder}/signature.json"}
            manifest = _sealed_manifest(files, entry, folder, signed_by)
            follows = manifest.previous in links
            if not follows and (manifest.previous is not None or entry.capture_id in sealed):
                raise _FailedError(f"not linked to an earlier seal: {folder}")
            sealed.add(entry.capture_id)
            manifests.append(manifest)
        links.add(entry_hash)
    if not sealed:
        raise _FailedError("there is no seal at all")
    _raise_if([f"without a seal: {name}" for name in sorted({*listing.captures} - sealed)])
    strays = {name for name in files.sizes if name.startswith("seals/")} - expected
    _raise_if([f"not in the ledger: {name}" for name in sorted(strays)])
    return manifests, f"{len(manifests)} manifests signed and in the ledger"


def _sealed_manifest(files: Files, entry: _Entry, folder: str, signed_by: str) -> _Manifest:
    """Return a manifest whose signature holds and whose hashes stand in the ledger."""
    data = _record(files, f"{folder}/manifest.json")
    signature = _record(files, f"{folder}/signature.json")
    written = (hashlib.sha256(data).hexdigest(), hashlib.sha256(signature).hexdigest())
    if written != (entry.manifest, entry.signature):
        raise _FailedError(f"not as in the ledger: {folder}")
    if _signed_by(data, signature, folder, "manifest") != signed_by:
        raise _FailedError(f"signed by another installation than the bundle: {folder}")
    manifest = _parse(_Manifest, data, folder)
    if (manifest.capture_id, manifest.stage) != (entry.capture_id, entry.stage):
        raise _FailedError(f"of another capture or stage: {folder}")
    return manifest


def _compare_artifacts(
    manifests: Sequence[_Manifest], found: _Found, listing: _Listing
) -> tuple[int, str]:
    """Compare the artifacts with what every manifest says of them."""
    named: set[str] = set()
    faults: list[str] = []
    for manifest in manifests:
        for artifact in manifest.artifacts:
            name = f"artifacts/{manifest.capture_id}/{artifact.name}"
            named.add(name)
            if found.get(name) != (artifact.sha256, artifact.bytes):
                faults.append(f"not as sealed: {name}")
    strays = {name for name in found if name.startswith("artifacts/")} - named
    faults += [f"not sealed: {name}" for name in sorted(strays)]
    _raise_if(faults)
    left_out = f", {len(listing.unsealed)} left out as not sealed yet" if listing.unsealed else ""
    return len(named), f"{len(named)} artifacts as sealed{left_out}"


def _raise_if(faults: Sequence[str]) -> None:
    if faults:
        more = f" and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        raise _FailedError("; ".join(faults[:_NAMED]) + more)
