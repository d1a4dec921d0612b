"""The records of a bundle as the verifier reads them: strict, bounded, from hostile input."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from helper.evidence import canonical, seal
from helper.evidence.container import Files, chunks

LARGEST_RECORD: Final = 16 * 2**20
LARGEST_LEDGER: Final = 64 * 2**20
LARGEST_LINE: Final = 4096
MOST_VALUES: Final = 1_000_000
"""Values of one JSON record; a number alone takes 30 times its bytes in memory."""
_NAMED: Final = 10
_VALUE = re.compile(rb"[\[{,]")

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=0)]


class FailedError(Exception):
    """A check failed; the message says why."""


class Record(BaseModel):
    """Base of what is read: immutable, no unknown keys, no conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class File(Record):
    """A file of the bundle."""

    name: str
    sha256: Hash
    bytes: Size


class Placed(Record):
    """Where an artifact of a capture stands in the bundle, as it was sealed."""

    capture_id: str
    name: str
    path: str


class Sealing(Record):
    """A stage of a capture, its place in the ledger; `withheld` in a redacted copy only."""

    capture_id: str
    index: Size
    stage: Literal["S0", "S1", "S2", "partial"]
    withheld: bool


class Unsealed(Record):
    """What was not sealed yet and is left out."""

    capture_id: str
    name: str


class Original(Record):
    """A sealed artifact that a redacted copy does not hold as it is; `sha256` as sealed."""

    capture_id: str
    name: str
    sha256: Hash


class Masked(Original):
    """A copy with parts covered."""

    path: str


class LeftOut(Original):
    """What a redacted copy does not hold at all."""

    reason: str


class Redaction(Record):
    """What a redacted copy changed."""

    masked: list[Masked]
    left_out: list[LeftOut]


class Listing(Record):
    """`bundle.json`: everything in the bundle, every stage, and the head of the ledger."""

    format: Literal["kazheng/bundle/2"]
    case_id: str
    created_at: str
    captures: list[str]
    files: list[File]
    artifacts: list[Placed]
    seals: list[Sealing]
    ledger_entries: Size
    ledger_head: Hash
    derived: list[str]
    unsealed: list[Unsealed]
    redaction: Redaction | None


class Body(Record):
    """`entry.json`: what an entry of the ledger says besides its place."""

    stage: Literal["S0", "S1", "S2", "partial"]
    capture_id: str
    manifest: Hash
    signature: Hash
    sealed_at: str


class Link(Record):
    """A line of `ledger.jsonl`: hashes only."""

    index: Size
    previous: Hash | None
    body: Hash


class WholeLine(Body):
    """A line of `ledger.jsonl` as entries were linked until version 0.1."""

    index: Size
    previous: Hash | None

    @property
    def body(self) -> str:
        """Return the hash of the entry's body."""
        said = self.model_dump(mode="json", exclude={"index", "previous"})
        return hashlib.sha256(canonical.encode(said)).hexdigest()


class SealedArtifact(Record):
    """An artifact as a manifest names it."""

    role: str
    name: str
    sha256: Hash
    bytes: Size
    media_type: str


class SealedMissing(Record):
    """What a manifest says is missing."""

    role: str
    reason: str
    detail: str | None


class Manifest(Record):
    """`manifest.json`."""

    format: Literal["kazheng/manifest/1"]
    capture_id: str
    stage: str
    url: str
    title: str
    clicked_at: str
    sealed_at: str
    artifacts: list[SealedArtifact]
    missing: list[SealedMissing]
    tools: dict[str, str | None]
    previous: Hash | None
    not_before: dict[str, str | int | None] | None = None


Model = TypeVar("Model", bound=Record)


def read(files: Files, name: str) -> bytes:
    """Return a small file whole; raises FailedError, ContainerError, OSError."""
    if name not in files.sizes:
        raise FailedError(f"missing: {name}")
    if files.sizes[name] > LARGEST_RECORD:
        raise FailedError(f"too large: {name}")
    return b"".join(chunks(files, name))


def parse(model: type[Model], data: bytes, name: str) -> Model:
    """Return a record out of canonical JSON; raises FailedError."""
    if sum(1 for _ in _VALUE.finditer(data)) > MOST_VALUES:
        raise FailedError(f"malformed: {name}: more than {MOST_VALUES} values")
    try:
        value = canonical.decode(data)
    except ValueError as error:
        raise FailedError(f"malformed: {name}: {error}") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        if place == "format" and isinstance(value, dict) and isinstance(value.get(place), str):
            said = value[place][:80]
            raise FailedError(f"of a version that this program does not read: {said}") from None
        raise FailedError(f"malformed: {name} at {place}") from None


def signed_by(data: bytes, signature: bytes, name: str, domain: seal.Domain) -> seal.Signature:
    """Return the signature file if it holds; raises FailedError."""
    try:
        return seal.check(data, signature, domain)
    except seal.SignatureError as error:
        raise FailedError(f"{name}: {error}") from None


def lines(files: Files, name: str) -> Iterator[bytes]:
    """Yield the lines of a file without their newlines; raises FailedError."""
    if name not in files.sizes:
        raise FailedError(f"missing: {name}")
    if files.sizes[name] > LARGEST_LEDGER:
        raise FailedError(f"too large: {name}")
    rest = b""
    for chunk in chunks(files, name):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in (*whole, rest):
            if len(line) > LARGEST_LINE:
                raise FailedError(f"malformed: {name}: a line is too long")
        yield from whole
    if rest or not files.sizes[name]:
        raise FailedError(f"{name} is cut off")


def raise_if(faults: Sequence[str]) -> None:
    """Raise FailedError with the first faults, if there are any."""
    if faults:
        more = f" and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        raise FailedError("; ".join(faults[:_NAMED]) + more)
