"""The shared words of the helper: captures, artifacts, cases, drafts. See DESIGN, "Words"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, PlainSerializer, StringConstraints

from helper.dealings import Edit, Entry, Shown, Walk
from scrapers.reading import host_of
from scrapers.record import Frozen, OrderRecord

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
CaptureId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
Moment = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat, when_used="json")]

Role = Literal[
    "seen/viewport", "seen/sheet", "seen/strip", "seen/page", "seen/mhtml", "seen/html",
    "seen/text", "seen/context", "seen/window", "seen/recording", "seen/chat", "seen/chat-strip",
    "witness/page", "witness/scroller", "witness/sheet", "witness/window", "witness/pdf",
    "witness/mhtml", "witness/html", "witness/warc", "witness/har", "witness/tls", "witness/dns",
    "witness/text",
    "environment", "log", "order", "corroboration", "manifest", "signature",
    "timestamp-query", "timestamp", "wacz", "attachment",
]  # fmt: skip
SEEN_ROLES: tuple[Role, ...] = (
    "seen/viewport", "seen/strip", "seen/mhtml", "seen/html", "seen/text", "seen/context",
    "seen/recording", "seen/chat", "seen/chat-strip", "attachment",
)  # fmt: skip
"""Roles that the extension may send; all others are made by the helper."""

Stage = Literal["S0", "S1", "S2", "partial"]
CaptureState = Literal["receiving", "kept", "sealed"]
Session = Literal["lent", "not_lent"]
Revisit = Literal["allowed", "post", "one_time", "user_refused", "walk", "recording"]
StampState = Literal["pending", "stamped", "failed"]
StampKind = Literal["rfc3161", "opentimestamps"]
Verdict = Literal["agree", "differs", "not_comparable", "no_witness", "no_order"]


class Part(Frozen):
    """Bytes the extension announces: role, hash, size in bytes, media type, name for a person.

    `about` carries what the bytes do not say themselves; for a strip
    `{index, x, y, width, height, scale, scroll_height, scroll_width}` in CSS pixels.
    """

    role: Role
    sha256: Sha256
    size: int = Field(ge=0)
    media_type: str
    about: dict[str, Any] = {}


class Artifact(Frozen):
    """Kept bytes with their role; `name` is unique in its capture and valid on NTFS."""

    role: Role
    name: str
    sha256: Sha256
    bytes: int
    media_type: str
    about: dict[str, Any] = {}


class Missing(Frozen):
    """What could not be captured; `reason` is a code of the catalogue (`missing.<reason>`)."""

    role: str
    reason: str
    detail: str | None = None


class Viewport(Frozen):
    """The visible part of the page in CSS pixels; `page_width` is without the scroll bar."""

    width: int
    height: int
    scale: float = 1.0
    page_width: int | None = None

    @property
    def bare(self) -> bool:
        """Tell whether the page has the whole width: no scroll bar takes part of it."""
        return self.page_width == self.width


class CaptureMeta(Frozen):
    """What the extension says about a capture besides its bytes."""

    url: str
    title: str = ""
    clicked_at: Moment
    timezone: str | None = None
    language: str | None = None
    user_agent: str | None = None
    viewport: Viewport | None = None
    extension_version: str | None = None
    session: Session = "not_lent"
    revisit: Revisit = "allowed"
    page_changes: tuple[dict[str, Any], ...] = ()
    """Always empty, told by older captures: what was changed stands with their strips."""
    missing: tuple[Missing, ...] = ()
    receipt_for: str | None = None
    """Draft id whose submission this page confirms."""
    case_id: str | None = None
    """Case the user picked; None joins by shop and order number."""
    walk: Walk | None = None
    extra: dict[str, Any] = {}

    @property
    def host(self) -> str | None:
        """The shop's host, with its port if the address names one."""
        return host_of(self.url)

    @property
    def extension_sha256(self) -> str | None:
        """What the extension said its own files hash to."""
        told = self.extra.get("extension_sha256")
        return told if isinstance(told, str) and re.fullmatch(r"[0-9a-f]{64}", told) else None


class Step(Frozen):
    """Something that happened to a capture, for progress and timings."""

    step: str
    at: Moment
    detail: str | None = None


class Seal(Frozen):
    """One link of the ledger."""

    index: int
    stage: Stage
    capture_id: CaptureId
    manifest: Sha256
    signature: Sha256
    previous: Sha256 | None
    sealed_at: Moment


class StampView(Frozen):
    """How far the time stamp of a seal is; `reason` is a code (`stamps.reason.<code>`).

    `root` is the SHA-256 of the pinned root it leads to; a stamp without one is not confirmed.
    """

    authority: str
    kind: StampKind
    stage: Stage
    state: StampState
    reason: str | None = None
    stamped_at: Moment | None = None
    root: Sha256 | None = None


class FieldComparison(Frozen):
    """One order field as seen and as the witness read it."""

    field: str
    seen: str | None
    witness: str | None
    state: Literal["agree", "differs", "only_seen", "only_witness"]


class TextChange(Frozen):
    """A line of visible text that differs; line numbers count from 1 in the kept texts.

    `reason` is a code (`corroboration.<reason>`) where the difference is explained.
    """

    state: Literal["changed", "only_seen", "only_witness"]
    seen: str | None = None
    witness: str | None = None
    seen_line: int | None = None
    witness_line: int | None = None
    reason: str | None = None


class TextComparison(Frozen):
    """The visible text as seen against that of the witness; codes in them are masked.

    `changed` and `explained` count all lines, `changes` and `ignored` list the first of them.
    """

    state: Literal["same", "differs", "not_compared"]
    reason: str | None = None
    changed: int = 0
    changes: tuple[TextChange, ...] = ()
    explained: int = 0
    ignored: tuple[TextChange, ...] = ()


class PictureComparison(Frozen):
    """The picture as seen against that of the witness; `share` of the area differs (0 to 1)."""

    state: Literal["same", "differs", "not_compared"]
    reason: str | None = None
    share: float | None = None
    seen: Role | None = None


class Corroboration(Frozen):
    """The seen order against the witness's. `reason` is a code (`corroboration.<reason>`).

    `said` is the verdict in plain words, one text for each language.
    """

    verdict: Verdict
    reason: str | None = None
    session: Session = "not_lent"
    seen_at: Moment | None = None
    witness_at: Moment | None = None
    fields: tuple[FieldComparison, ...] = ()
    text: TextComparison | None = None
    picture: PictureComparison | None = None
    seconds_later: float | None = None
    said: dict[str, str] = {}


class CaptureView(Frozen):
    """A capture as the API shows it."""

    capture_id: CaptureId
    case_id: str | None
    state: CaptureState
    meta: CaptureMeta
    artifacts: tuple[Artifact, ...]
    missing: tuple[Missing, ...]
    seals: tuple[Seal, ...]
    steps: tuple[Step, ...]
    order: OrderRecord | None
    corroboration: Corroboration | None
    session_wanted: bool = False
    """True while the visit waits for a session that was promised; the extension lends it again."""
    shown: Shown | None = None
    notes: tuple[str, ...] = ()
    """What went otherwise than usual and lost nothing: `code` or `code: detail`; `notes.<code>`."""
    stamps: tuple[StampView, ...] = ()


class Correction(Frozen):
    """A value given for an order field; the read value stays beside it.

    `read` is what the newest capture reads, `read_then` what was read when it was given. `origin`:
    `attachment` where a bill of the case says just this, else it is the user's own word.
    """

    field: str
    value: str
    read: str | None = None
    read_then: str | None = None
    origin: Literal["user", "attachment"] = "user"
    at: Moment


class Filing(Frozen):
    """A complaint that the user submitted, with the number the channel gave.

    `draft_id` is empty for one that the user only told of; `filing_id` takes such a one back.
    """

    draft_id: str
    channel: str
    number: str | None
    capture_id: CaptureId | None
    at: Moment
    filing_id: str = ""


class CaseView(Frozen):
    """One dispute. `order` has the user's corrections applied."""

    case_id: str
    platform_key: str | None
    host: str | None
    order_no: str | None
    title: str
    created_at: Moment
    closed_at: Moment | None = None
    order: OrderRecord | None
    corrections: tuple[Correction, ...]
    captures: tuple[CaptureView, ...]
    drafts: tuple[str, ...]
    filings: tuple[Filing, ...]
    notes: tuple[Step, ...] = ()
    entries: tuple[Entry, ...] = ()

    @cached_property
    def attached(self) -> tuple[tuple[CaptureView, Artifact], ...]:
        """The files that the user brought, in the order in which they came."""
        return tuple(
            (view, item)
            for view in self.captures
            for item in view.artifacts
            if item.role == "attachment"
        )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the case; what was worked out of its captures is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("attached", None)
        return copied


class Exhibit(Frozen):
    """证据N: an artifact as cited, with the words that name it."""

    number: int
    label: str
    name: str
    role: Role
    capture_id: CaptureId
    sha256: Sha256
    media_type: str
    bytes: int


class Sentence(Frozen):
    """A sentence of a draft and the numbers of the exhibits it rests on.

    `stated`: it stands on the user's own word and says so. `key` is the same in every version of
    a draft; `edited`: the user put it into other words.
    """

    text: str
    exhibits: tuple[int, ...]
    key: str = ""
    stated: bool = False
    edited: bool = False


class Gap(Frozen):
    """Proof that is missing: `key` of the catalogue, sentence for the user, why it matters.

    `action` is what closes it: `capture:<page>`, `attach:<kind>`, `answer:<question>`,
    `correct:<field>`, `contact`, `party`; `until` when it can no longer be had.
    """

    key: str
    text: str
    why: str | None = None
    action: str | None = None
    until: Moment | None = None


class LintFinding(Frozen):
    """A wording that a draft should not have; `place` is the key of the sentence it stands in."""

    rule: str
    text: str
    advice: str
    better: str | None = None
    place: str | None = None


class LawRef(Frozen):
    """An article, only from data marked verified and in force."""

    law: str
    article: str
    effective: str | None = None


class Draft(Frozen):
    """A document for one channel. `remarks` are sentences for the user, not part of the text.

    `edits` are the user's own words; those whose sentence is there stand in it.
    """

    draft_id: str
    case_id: str
    channel: str
    document: str = "complaint"
    version: int = 1
    replaces: str | None = None
    issue: str
    demand: str
    title: str
    fields: dict[str, str]
    text: str
    sentences: tuple[Sentence, ...]
    exhibits: tuple[Exhibit, ...]
    gaps: tuple[Gap, ...]
    lint: tuple[LintFinding, ...]
    law: tuple[LawRef, ...]
    remarks: tuple[str, ...] = ()
    limit: int | None = None
    """Most characters of the text, None where none is known."""
    edits: tuple[Edit, ...] = ()
    created_at: Moment
