"""The evidence of a case as one ZIP that a stranger can check: see `bundle_readme.txt`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from helper.errors import InvalidError, RefusedError
from helper.evidence import canonical, contents, redact, seal
from helper.evidence.layout import STAMPS, UNPLACED, Key, places
from helper.evidence.page import verifier_page
from helper.evidence.stamp_commands import LaidStamp, stamp_lines
from helper.evidence.zipping import Writer, zipped
from helper.model import Artifact, CaptureView, Exhibit, Seal
from helper.vault import ledger as chain

FORMAT: Final = "kazheng/bundle/2"
_README = Path(__file__).with_name("bundle_readme.txt")
_REDACTED_README = Path(__file__).with_name("bundle_readme_redacted.txt")

Derived = Sequence[tuple[str, bytes | Path]]
"""Files made out of the evidence for easier reading: name in the bundle, content."""


def write(
    out: Path,
    *,
    case_id: str,
    captures: Sequence[CaptureView],
    ledger: Sequence[chain.Entry],
    read: Callable[[str], Path],
    key: bytes,
    created_at: datetime,
    exhibits: Sequence[Exhibit] = (),
    derived: Derived = (),
    redaction: redact.Redactor | None = None,
) -> Path:
    """Write the bundle, whole or not at all, and return its path.

    `ledger` is the whole ledger, `read` gives the file of a hash, `key` signs, `exhibits` get
    folders of their own, `redaction` makes it a redacted copy. Only sealed bytes go in, and time
    stamps; what is not sealed yet is named in `bundle.json`. Raises RefusedError(nothing_sealed),
    VaultError(damaged_blob), NotFoundError, InvalidError, TooLargeError, DiskFullError.
    """
    seals = _needed(captures, ledger)
    with zipped(out, read, created_at) as writer:
        if redaction is not None:
            plain = redaction.named(captures, exhibits)
            captures, exhibits = plain.captures, plain.exhibits
        made = _Content(captures, exhibits, redaction, plain.names if redaction else {})
        _write_seals(writer, seals, made)
        made.place()
        _write_artifacts(writer, made)
        for name, content in derived:
            if isinstance(content, bytes):
                writer.add(name, content)
            else:
                writer.add_file(name, content)
        lines = b"".join(line + b"\n" for line in chain.shown(ledger))
        writer.add("ledger.jsonl", lines)
        _write_words(writer, made, case_id, key)
        listing = canonical.encode(
            {
                "format": FORMAT,
                "case_id": case_id,
                "created_at": created_at.isoformat(),
                "captures": sorted({entry.capture_id for entry in seals}),
                "files": [
                    {"name": name, "sha256": sha256, "bytes": size}
                    for name, (sha256, size) in sorted(writer.files.items())
                ],
                "seals": made.seals,
                "ledger_entries": len(ledger),
                "ledger_head": chain.entry_hash(ledger[-1]),
                "derived": sorted(name for name, _ in derived),
                **made.listing(),
            }
        )
        signature = seal.sign(listing, key, "bundle")
        writer.add("bundle.sig.json", signature)
        _write_signed(writer, "bundle", listing, signature, "bundle")
    return out


@dataclass
class _Content:
    """What goes into the bundle, and what a redacted copy does with it."""

    captures: Sequence[CaptureView]
    exhibits: Sequence[Exhibit]
    redaction: redact.Redactor | None
    names: Mapping[Key, str]
    """Names that a redacted copy gives to artifacts sealed under others."""
    sealed: dict[Key, str] = field(default_factory=dict)
    """Hash of each sealed artifact."""
    seals: list[dict[str, Any]] = field(default_factory=list)
    paths: dict[Key, str] = field(default_factory=dict)
    masked: dict[Key, str] = field(default_factory=dict)
    left_out: dict[Key, str] = field(default_factory=dict)
    """Reason of each artifact that a redacted copy leaves out."""
    manifests: dict[str, str] = field(default_factory=dict)
    """Path of each manifest by its hash."""

    def artifacts(self) -> dict[Key, Artifact]:
        """Return all artifacts of the captures."""
        return {
            (view.capture_id, item.name): item
            for view in self.captures
            for item in view.artifacts
            if item.role not in UNPLACED
        }

    def place(self) -> None:
        """Decide where the artifacts stand: sealed ones, and stamps, which prove themselves."""
        for key, item in self.artifacts().items():
            if item.role in STAMPS:
                self.sealed.setdefault(key, item.sha256)
        self.paths = places(self.captures, self.exhibits, self.sealed)

    def listing(self) -> dict[str, Any]:
        """Return what `bundle.json` says of the artifacts."""
        unsealed = [key for key in self.artifacts() if key not in self.sealed]
        clean = self.redaction.clean if self.redaction else str
        return {
            "artifacts": [
                {"capture_id": key[0], "name": key[1], "path": path}
                for key, path in self.paths.items()
                if key not in self.masked and key not in self.left_out
            ],
            "unsealed": [{"capture_id": key[0], "name": clean(key[1])} for key in unsealed],
            "redaction": None if self.redaction is None else self._changes(),
        }

    def _changes(self) -> dict[str, Any]:
        return {
            "masked": [{**self._original(key), "path": path} for key, path in self.masked.items()],
            "left_out": [
                {**self._original(key), "reason": reason} for key, reason in self.left_out.items()
            ],
        }

    def _original(self, key: Key) -> dict[str, str]:
        clean = self.redaction.clean if self.redaction else str
        return {"capture_id": key[0], "name": clean(key[1]), "sha256": self.sealed[key]}


def _needed(captures: Sequence[CaptureView], ledger: Sequence[chain.Entry]) -> list[Seal]:
    if [entry.index for entry in ledger] != list(range(len(ledger))):
        raise InvalidError(what="ledger")
    wanted = {view.capture_id for view in captures}
    seals = [one for one in ledger if isinstance(one, Seal) and one.capture_id in wanted]
    if not seals:
        raise RefusedError(reason="nothing_sealed")
    return seals


def _write_seals(writer: Writer, seals: Iterable[Seal], made: _Content) -> None:
    """Write entries, manifests and signatures, each signature also as openssl reads it."""
    views = {view.capture_id: view for view in made.captures}
    for entry in seals:
        folder = f"seals/{entry.capture_id}/{entry.index}-{entry.stage}"
        manifest = writer.blob(entry.manifest)
        withheld = made.redaction is not None and made.redaction.withholds(
            views[entry.capture_id], manifest
        )
        writer.add(f"{folder}/entry.json", chain.entry_body(entry))
        if not withheld:
            signature = writer.blob(entry.signature)
            writer.add(f"{folder}/signature.json", signature)
            _write_signed(writer, f"{folder}/manifest", manifest, signature, "manifest")
            made.manifests[entry.manifest] = f"{folder}/manifest.json"
        made.seals.append(
            {
                "capture_id": entry.capture_id,
                "index": entry.index,
                "stage": entry.stage,
                "withheld": withheld,
            }
        )
        for artifact in canonical.decode(manifest)["artifacts"]:
            key = (entry.capture_id, artifact["name"])
            made.sealed[entry.capture_id, made.names.get(key, key[1])] = artifact["sha256"]


def _write_signed(
    writer: Writer, stem: str, data: bytes, signature: bytes, domain: seal.Domain
) -> None:
    """Write a file, its exact signed bytes and the raw signature, as `openssl pkeyutl` wants."""
    writer.add(f"{stem}.json", data)
    writer.add(f"{stem}.signed", seal.message(data, domain))
    writer.add(f"{stem}.sig", bytes.fromhex(canonical.decode(signature)["signature"]))


def _write_artifacts(writer: Writer, made: _Content) -> None:
    artifacts = made.artifacts()
    for view in made.captures:
        redactor = made.redaction.of(view, writer.blob) if made.redaction else None
        for key, path in made.paths.items():
            if key[0] != view.capture_id:
                continue
            sha256 = made.sealed[key]
            if redactor is None:
                writer.copy(path, sha256)
                continue
            done = redactor(artifacts[key])
            if isinstance(done, redact.Left):
                made.left_out[key] = done.reason
            elif done is None:
                writer.copy(path, sha256)
            else:
                made.masked[key] = path
                writer.add(path, done)


def _write_words(writer: Writer, made: _Content, case_id: str, key: bytes) -> None:
    """Write key, list of contents, verifier page, README and SHA256SUMS."""
    public = seal.public_key(key)
    writer.add("installation.pem", seal.pem(public))
    listing = contents.page(
        case_id=case_id,
        created_at=writer.created_at,
        rows=contents.rows(made.captures, made.exhibits, made.sealed, made.paths, made.left_out),
        masked={made.paths[name] for name in made.masked},
        clean=made.redaction.clean if made.redaction else None,
    )
    writer.add("证据目录.html", listing.encode())
    writer.add("verify.html", verifier_page().encode())
    readme = _README.read_text("utf-8").format(
        case_id=case_id,
        created_at=writer.created_at.isoformat(),
        installation=seal.fingerprint(public),
        stamps="\n".join(stamp_lines(_stamps(writer, made), made.manifests)),
    )
    if made.redaction is not None:
        readme = _REDACTED_README.read_text("utf-8") + "\n" + readme
    # Notepad and the Windows console read a text without a byte order mark in the local encoding
    writer.add("README.txt", b"\xef\xbb\xbf" + readme.encode())
    sums = (f"{sha256}  {name}\n" for name, (sha256, _) in sorted(writer.files.items()))
    writer.add("SHA256SUMS", "".join(sums).encode())


def _stamps(writer: Writer, made: _Content) -> Iterator[LaidStamp]:
    """Yield the replies of authorities that are in the bundle, each with its root."""
    laid = {key: path for key, path in made.paths.items() if path in writer.files}
    for (capture_id, name), path in laid.items():
        if path.startswith("stamps/") and name.endswith(".tsr"):
            root = laid.get((capture_id, f"{name.removesuffix('.tsr')}.pem"))
            yield LaidStamp(path, writer.blob(made.sealed[capture_id, name]), root)
