"""Bring captures from a file of the extension's outbox into the vault, as an upload would."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from helper.capture import outbox_file
from helper.capture.intake import Intake
from helper.capture.outbox_file import Bytes, OutboxFile, Waiting
from helper.errors import NotFoundError
from helper.model import CaptureId, Moment, Part
from helper.steps.store import Store
from scrapers.record import Frozen

State = Literal["added", "already", "gone"]


class Brought(Frozen):
    """A capture of the file; `state`: added now, all there already, or deleted there: left out."""

    capture_id: CaptureId
    url: str
    title: str
    clicked_at: Moment
    bytes: int
    complete: bool
    state: State


class ImportedCaptures(Frozen):
    """What a file gave, in its order."""

    captures: tuple[Brought, ...]


async def bring(store: Store, intake: Intake, path: Path) -> ImportedCaptures:
    """Add the captures of a file; again, or beside an upload of the same, it changes nothing.

    The whole file is checked before the first byte is kept, and a capture comes into the vault
    only once all its bytes lie there. A helper seals them, as it does after a crash. Raises what
    `outbox_file.read` and `Intake.announce` raise, DiskFullError.
    """
    found = outbox_file.read(path)
    captures = [(one, pieces, _state(store, one)) for one, pieces in found.captures]
    for one, _, state in captures:
        if state != "gone":
            intake.check(one.uuid, one.meta, _new(store, one))
    for one, pieces, state in captures:
        if state != "gone":
            await _keep(store, intake, found, one, pieces)
    return ImportedCaptures(captures=tuple(_brought(*one) for one in captures))


async def _keep(
    store: Store,
    intake: Intake,
    found: OutboxFile,
    one: Waiting,
    pieces: tuple[Bytes, ...],
) -> None:
    for piece in pieces:
        if store.blobs.size(piece.sha256) != piece.size:
            with store.work_folder() as folder:
                found.copy(piece, folder / piece.sha256)
                store.blobs.keep_file(folder / piece.sha256, piece.sha256)
    await intake.announce(one.uuid, one.meta, _new(store, one))
    store.vault.mark_kept(one.uuid, store.now(), final=one.complete)
    if one.complete:
        store.note(one.uuid, "all_kept")


def _brought(one: Waiting, pieces: tuple[Bytes, ...], state: State) -> Brought:
    return Brought(
        capture_id=one.uuid,
        url=one.meta.url,
        title=one.meta.title,
        clicked_at=one.meta.clicked_at,
        bytes=sum(piece.size for piece in pieces),
        complete=one.complete,
        state=state,
    )


def _state(store: Store, one: Waiting) -> State:
    if store.vault.was_deleted(one.uuid):
        return "gone"
    return "already" if _known(store, one) else "added"


def _known(store: Store, one: Waiting) -> bool:
    """Tell whether the vault has all of a capture, and knows as well that no more will come."""
    try:
        kept = [part for part, received in store.vault.parts(one.uuid) if received == part.size]
    except NotFoundError:
        return False
    committed = store.vault.capture(one.uuid).state != "receiving"
    final = store.vault.is_final(one.uuid) or not one.complete
    return committed and final and all(_told(part, kept) for part in one.parts)


def _new(store: Store, one: Waiting) -> list[Part]:
    """Return the parts of a capture that the vault has not been told of."""
    try:
        known = [part for part, _ in store.vault.parts(one.uuid)]
    except NotFoundError:
        known = []
    return [part for part in one.parts if not _told(part, known)]


def _told(part: Part, known: Iterable[Part]) -> bool:
    """Tell whether a part is known, maybe with more: a strip held back in the file lacked that."""
    return any(
        (part.role, part.sha256, part.size) == (other.role, other.sha256, other.size)
        and part.about.items() <= other.about.items()
        for other in known
    )
