"""What a complaint form takes, and what it gets: limits, values, files."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from pydantic import ConfigDict, Field

from helper.model import CaseView, Draft, Moment, Sha256, Step
from scrapers.record import Frozen

_EMPTY: Final = re.compile(r": 0/\d+, 0$")
FILE_BYTES: Final = 32 << 20
"""Most bytes of a file that the extension is given for a form."""


class Upload(Frozen):
    """What a page says of its upload: HTML `accept` and `multiple`, and the words beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accept: str = Field(default="", max_length=1000)
    multiple: bool = False
    words: str = Field(default="", max_length=1000)


class Limits(Frozen):
    """Most files, bytes of each, bytes of all; None is unknown.

    A file must be of one kind of each group of `kinds` (`.png`, `image/*`, as in HTML `accept`).
    """

    files: int | None = None
    file_bytes: int | None = None
    all_bytes: int | None = None
    kinds: tuple[tuple[str, ...], ...] = ()

    def take(self, name: str, media_type: str) -> bool:
        """Tell whether a file of this name and media type is of an accepted kind."""
        return all(any(_is_of(kind, name, media_type) for kind in group) for group in self.kinds)


class FillFile(Frozen):
    """A file for the form's upload field; fetched from `/v1/drafts/{id}/files/{sha256}`.

    `numbers` are the exhibits in it. One that was made for the form tells by `of` from which
    originals (SHA-256) and by `said` how, in the user's language; `thumbnail` is a data URI.
    """

    name: str
    sha256: Sha256
    bytes: int
    media_type: str
    numbers: tuple[int, ...] = ()
    of: tuple[Sha256, ...] = ()
    said: str | None = None
    thumbnail: str | None = None


class Stays(Frozen):
    """An exhibit that the form does not get; `said` is why (`fill.stays.<reason>`)."""

    number: int
    name: str
    reason: str
    said: str


class FillPlan(Frozen):
    """Values and files for a form. `origins` are the only origins it may be filled on.

    `form` is the address of the form itself, where a kept page of the shop links to it.
    `known_host`: these are a known channel's own. Elsewhere the values named in `identity` need
    the user's yes one by one. `takes` says the form's limits, `stays` what it does not get. Drafts
    of one case, `channel`, `document` and `issue` are versions of each other.
    """

    draft_id: str
    case_id: str
    channel: str = ""
    document: str = ""
    issue: str = ""
    platform: str | None
    origins: tuple[str, ...]
    form: str | None = None
    values: dict[str, str]
    files: tuple[FillFile, ...]
    title: str = ""
    created_at: Moment | None = None
    known_host: bool = False
    public: bool = False
    identity: tuple[str, ...] = ()
    takes: str | None = None
    stays: tuple[Stays, ...] = ()


def filled_note(draft_id: str, right: int, fields: int, files: int) -> str:
    """Return the note (`step` "filled") of a form that a draft was filled into, or taken out of."""
    return f"{draft_id}: {right}/{fields}, {files}"


def filled_at(case: CaseView, draft: Draft) -> datetime | None:
    """Return since when a form holds a draft as it is, None where none does.

    The last note counts: nothing was filled, or it was taken out again, or the draft was edited.
    """
    mine = [one for one in case.notes if one.step == "filled" and _of(one, draft.draft_id)]
    edited = max((edit.at for edit in draft.edits), default=None)
    if not mine or nothing_filled(mine[-1]) or (edited and edited > mine[-1].at):
        return None
    return mine[-1].at


def nothing_filled(note: Step) -> bool:
    """Tell whether a note says that a form holds nothing."""
    return _EMPTY.search(note.detail or "") is not None


def _of(note: Step, draft_id: str) -> bool:
    return (note.detail or "").startswith(f"{draft_id}: ")


def _is_of(kind: str, name: str, media_type: str) -> bool:
    if kind.startswith("."):
        return name.lower().endswith(kind)
    return kind in {"*", "*/*", media_type} or (
        kind.endswith("/*") and media_type.startswith(kind[:-1])
    )
