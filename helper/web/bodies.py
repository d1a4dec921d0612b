"""Bodies of requests and replies, as they stand in the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from helper.complaints.course.timeline import Event
from helper.complaints.drafts.editing import Version
from helper.dealings import Dealing, Moment
from helper.desk import Due
from helper.model import CaptureId, CaptureMeta, CaptureState, CaptureView, CaseView, Part, Sha256

Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""32 bytes in hex."""


class Body(BaseModel):
    """Base of all bodies: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LimitsReply(Body):
    """The published limits, in bytes."""

    chunk_bytes: int
    part_bytes: int
    capture_bytes: int
    json_bytes: int


class EntranceReply(Body):
    """An address that opens the console once, within these seconds."""

    url: str
    seconds: int


class HelloReply(Body):
    """Who answers on this port. `proof` is null unless the pairing is known; `time` in Unix ms."""

    helper: Literal["kazheng"] = "kazheng"
    version: str
    api: int = 1
    start: str
    limits: LimitsReply
    pairing: Literal["known", "unknown"]
    proof: str | None
    time: int


class PairRequest(Body):
    """A client's proof that it knows the code."""

    client_nonce: Hex32
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    proof: Hex32


class PairReply(Body):
    """The helper's proof, and the id of the new pairing."""

    pairing_id: str
    helper_nonce: Hex32
    proof: Hex32
    version: str
    start: str


class CaptureRequest(Body):
    """Announces a capture, or more parts of it."""

    uuid: CaptureId
    meta: CaptureMeta
    parts: tuple[Part, ...] = ()


class PartProgress(Body):
    """How much of a part is safely on disk."""

    sha256: Sha256
    size: int
    received: int


class CaptureReply(Body):
    """What of a capture is on disk."""

    uuid: CaptureId
    state: CaptureState
    parts: tuple[PartProgress, ...]


class ReceivedReply(Body):
    """Bytes of the part that are safely on disk: the next offset."""

    received: int


class CommitRequest(Body):
    """`final` says that no more parts will be announced."""

    final: bool = False


class KeptPart(Body):
    """A part whose bytes were hashed, written and synced."""

    role: str
    sha256: Sha256
    size: int


class CommitReply(Body):
    """What the client may delete on its side."""

    uuid: CaptureId
    state: CaptureState
    final: bool
    parts: tuple[KeptPart, ...]


class StorageState(Body):
    """A Playwright storage_state: cookies and local storage of the lent session."""

    cookies: list[dict[str, Any]] = []
    origins: list[dict[str, Any]] = []


class SessionRequest(Body):
    """Lends the user's session for the one visit of this capture."""

    storage_state: StorageState


class CapturesReply(Body):
    """Captures, newest first."""

    captures: tuple[CaptureView, ...]


class CasesReply(Body):
    """All cases."""

    cases: tuple[CaseView, ...]


class CaseReply(Body):
    """A case and what to do about it."""

    case: CaseView
    suggestion: dict[str, Any]


class DueReply(Body):
    """What closes soon in all open cases, the first to close first.

    `waiting` open cases are being worked out for the first time: theirs may be missing.
    """

    due: tuple[Due, ...]
    waiting: int = 0


class EntryRequest(Body):
    """What the user tells of a case; the same `what` again is the same entry.

    `at` belongs to it: a client that repeats a request repeats the time as well.
    """

    what: Dealing


class FilingRequest(Body):
    """A complaint that the user submitted without the helper; `draft_id` empty for no draft."""

    channel: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    draft_id: Annotated[str, StringConstraints(max_length=64)] = ""
    at: Moment


class ToldReply(CaseReply):
    """The case after it was told something; `entry_id` takes that back, warnings are sentences."""

    entry_id: str
    warnings: tuple[str, ...]


class TimelineReply(Body):
    """What happened in a case, earliest first; what has no known time stands last."""

    events: tuple[Event, ...]


class CorrectionRequest(Body):
    """A value for a field of the order; `field` is a dotted path such as `payment.paid_at`.

    Null takes the user's value back.
    """

    field: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    value: Annotated[str, StringConstraints(max_length=10_000)] | None


class DraftRequest(Body):
    """Asks for a document; issue and demand fall back to the suggestion."""

    channel: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    document: Annotated[str, StringConstraints(max_length=100)] | None = None
    issue: Annotated[str, StringConstraints(max_length=100)] | None = None
    demand: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    answers: dict[str, Any] = {}


class EditRequest(Body):
    """The user's own words for the sentence with this key; null takes them back."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    text: Annotated[str, StringConstraints(max_length=10_000)] | None


class VersionsReply(Body):
    """The versions of a document, oldest first."""

    versions: tuple[Version, ...]


class EmptyReply(Body):
    """Done, nothing to say."""


class EventBody(Body):
    """`data` of one server-sent event; its id is the index that is signed with it."""

    step: str
    at: str
    detail: str | None
    signature: str


class ErrorBody(BaseModel):
    """An explained error: code for programs, sentence and next step for people."""

    code: str
    message: str
    next_step: str
    reason: str | None = None


class ErrorReply(BaseModel):
    """Every refusal. `received` and `parts` say where an upload stands."""

    error: ErrorBody
    received: int | None = None
    parts: tuple[PartProgress, ...] | None = None


Limit = Annotated[int, Field(ge=1, le=500)]
Offset = Annotated[int, Field(ge=0)]
PartNumber = Annotated[int, Field(ge=1, le=1000)]
"""Which of a block's QR codes, from 1."""
HelloNonce = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32,64}$")]
PairingId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
IssueKey = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")]
RecordId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""Id of a case or a draft."""
