"""What the web layer needs from the rest of the helper; `app.py` fills it in."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from helper.complaints.advice import Advice
from helper.complaints.drafts.packet import Packet
from helper.complaints.ladder.replies import Reply
from helper.desk import Due
from helper.exporting import Exported
from helper.filling import FILE_BYTES, FillPlan, Upload
from helper.keeper import Keeper
from helper.messages import Language
from helper.model import CaptureView, CaseView, Draft, Step
from helper.steps.attach import MOST_BYTES
from helper.steps.bill import ImportedBill
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Most bytes of one upload request, one part, one capture, one JSON body, one draft file."""

    chunk_bytes: int = 8 * MEBIBYTE
    part_bytes: int = MOST_BYTES
    capture_bytes: int = 1024 * MEBIBYTE
    json_bytes: int = 8 * MEBIBYTE
    file_bytes: int = FILE_BYTES
    parts: int = 1000


class FilledField(BaseModel):
    """One form field after filling, as read back from the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    ok: bool
    wanted: str | None = None
    read_back: str | None = None


class FilledReport(BaseModel):
    """What the extension filled; `attached` is the number of files in the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[FilledField, ...] = ()
    attached: int = 0


class Export(Protocol):
    """Writes a case's evidence as a ZIP; raises RefusedError where nothing is sealed."""

    async def __call__(self, case_id: str, *, redacted: bool) -> Exported:
        """Return where it is and what is missing in it; a newer one takes its place."""


class MakeDraft(Protocol):
    """Composes and keeps a draft; raises RefusedError where a precondition is not met."""

    async def __call__(
        self,
        case_id: str,
        *,
        channel: str,
        document: str | None,
        issue: str | None,
        demand: str | None,
        answers: Mapping[str, Any],
        language: Language,
    ) -> Draft:
        """Return the draft; None for issue or demand takes the suggestion."""


class Attach(Protocol):
    """Keeps a file of the user under a case and seals it; raises as `steps.attach` does."""

    async def __call__(
        self, case_id: str, path: Path, *, name: str, note: str, kind: str | None
    ) -> CaptureView:
        """Return its record; `name` is the file's own, whatever it is called on the way."""


class BringBill(Protocol):
    """Reads a bill and adds to each case what pays for its order; raises as `steps.bill` does."""

    async def __call__(
        self, case_id: str, path: Path, *, name: str, password: str | None, likely: bool
    ) -> ImportedBill:
        """Return what it gave; `likely` takes what is only likely into this case, and no other."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_start() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Services:
    """The parts behind the API. Every callable is a coroutine function unless it says otherwise.

    `start_capture` and `strips_complete` are called again when the extension repeats a commit, so
    they must be idempotent by uuid. `lend_session` gets a Playwright storage_state and keeps it in
    memory only. `subscribe` (an async generator function) yields the steps recorded so far, then
    new ones, and ends when the capture is sealed. `filled` records what a form was filled with.
    `outgoing` is a draft as it is taken along, with the user's name where it belongs.
    """

    version: str
    vault: Catalogue
    blobs: Blobs
    incoming: Path
    start_capture: Callable[[str], Awaitable[None]]
    strips_complete: Callable[[str], Awaitable[None]]
    lend_session: Callable[[str, Mapping[str, Any]], Awaitable[None]]
    make_draft: MakeDraft
    suggest: Callable[[str, Language], Awaitable[Mapping[str, Any]]]
    edit_draft: Callable[[str, str, str | None, Language], Awaitable[Draft]]
    outgoing: Callable[[str], Awaitable[Draft]]
    packet: Callable[[str, Language], Awaitable[Packet]]
    advise: Callable[[str | CaseView, str | None, Language], Awaitable[Advice]]
    due: Callable[[Language], Awaitable[tuple[Due, ...]]]
    reply: Callable[[str, str, str | None, Language], Awaitable[Reply]]
    fill_plan: Callable[[str, Upload | None, Language], Awaitable[FillPlan]]
    filled: Callable[[str, FilledReport], Awaitable[None]]
    subscribe: Callable[[str], AsyncIterator[Step]]
    export: Export
    attach: Attach
    bring_bill: BringBill
    keeper: Keeper
    prepared: Callable[[str, str], Path | None] = lambda *_: None
    """Where a file is that was made for the upload of a draft, by its SHA-256; no coroutine."""
    unwritten: Callable[[str], Step | None] = lambda _: None
    """Why a capture stands still, where there was no room to write it down; no coroutine."""
    digest_form: str = ""
    """The form of digests that this program makes (`advising.form`)."""
    start: str = field(default_factory=_new_start)
    """Random id of this helper process; a signature made for another one is refused."""
    now: Callable[[], datetime] = _now
    limits: Limits = Limits()
    heartbeat_seconds: float = 15.0
    """Longest silence of an event stream."""

    @property
    def work(self) -> Path:
        """Folder of work in progress; what a crash leaves there goes after a day."""
        return self.incoming.parent / "work"

    @property
    def cache(self) -> Path:
        """Folder of what can be made again; it may vanish at any time."""
        return self.incoming.parent / "cache"
