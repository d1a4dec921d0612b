"""Join the chunks of a screen recording, as they came from the extension, into one file.

What a recorder gives chunk by chunk is one WebM stream cut anywhere: the chunks from the first on,
one after another, are the file, whole or as far as it goes. No byte is changed. Once that file is
sealed the chunks beside it are dropped: they would be the same bytes a second time.
"""

from __future__ import annotations

import hashlib
import mmap
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, Field

from helper.capture.chunks import RECORDING, place, within
from helper.model import Artifact, CaptureId, Missing, Part
from helper.steps.footage import Footage, told
from helper.steps.store import Store, file_name
from helper.steps.webm import pictures
from helper.vault.files import room_on_disk

_SILENT: Final = timedelta(days=1)
"""A recording whose end has not come after so long is joined as it is."""


class _Span(BaseModel):
    start: AwareDatetime = Field(alias="from")
    to: AwareDatetime


class _Arrived(BaseModel):
    at: AwareDatetime


class _Told(BaseModel):
    """What the last part says of the recording, see close() in background/recording.js."""

    started_at: AwareDatetime
    ended_at: AwareDatetime
    pauses: tuple[_Span, ...] = ()


def join(store: Store, capture_id: CaptureId, known: Sequence[tuple[Part, int]]) -> None:
    """Enter the recording as one artifact if it is over, or if nothing came of it for a day.

    `known` are the parts with the bytes received. What comes after a chunk that is not there
    cannot be played and is left out, which `missing` says.
    """
    final = store.vault.is_final(capture_id)
    chunks = [entry for entry in known if entry[0].role == RECORDING]
    whole: list[Part] = []
    for part, received in sorted(chunks, key=lambda entry: place(entry[0])):
        if place(part) != len(whole) or received < part.size:
            break
        whole.append(part)
    if not whole or not (final or _silent(store, whole[-1])):
        return
    if final and len(whole) < len(chunks):
        store.vault.add_missing(
            capture_id,
            [Missing(role=RECORDING, reason="recording_incomplete", detail=str(len(whole)))],
        )
    media_type = whole[0].media_type
    name = file_name(RECORDING, media_type, None if final else len(whole))
    if any(item.name == name for item in store.vault.capture(capture_id).artifacts):
        return
    with store.work_folder() as folder:
        path = folder / "recording"
        digest = _write(store, path, whole)
        film = _film(path)
        if final:
            store.vault.add_missing(capture_id, list(_lacking(store, known, whole, film)))
        store.blobs.keep_file(path, digest)
    about: dict[str, Any] = {
        "chunks": len(whole),
        "from": whole[0].about.get("at"),
        "until": whole[-1].about.get("at"),
        "milliseconds": round(film[-1][1] * 1000) if film else 0,
    }
    item = Artifact(
        role=RECORDING,
        name=name,
        sha256=digest,
        bytes=sum(part.size for part in whole),
        media_type=media_type,
        about=about,
    )
    store.vault.add_artifacts(capture_id, [item])


def drop_chunks(store: Store, capture_id: CaptureId) -> None:
    """Remove the chunks whose bytes are in the joined file; call only once that is sealed.

    Their hashes stay in the parts and in the sealed context, in order and with their sizes: whoever
    cuts the file there finds each of them again. A chunk that is an artifact itself stays, and all
    stay where more may come.
    """
    if not store.vault.is_final(capture_id):
        return
    artifacts = store.vault.capture(capture_id).artifacts
    for sha256 in within(artifacts, [part for part, _ in store.vault.parts(capture_id)]):
        store.blobs.drop(sha256)


def _write(store: Store, path: Path, chunks: Sequence[Part]) -> str:
    """Write the chunks one after another and return the SHA-256 of all."""
    digest = hashlib.sha256()
    with room_on_disk(path), path.open("wb") as file:
        for part in chunks:
            data = store.blobs.read(part.sha256)
            digest.update(data)
            file.write(data)
    return digest.hexdigest()


def _film(path: Path) -> list[tuple[int, float]]:
    """Return where each picture ends in the file and at which second it is shown."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return list(pictures(data))


def _lacking(
    store: Store,
    known: Sequence[tuple[Part, int]],
    chunks: Sequence[Part],
    film: Sequence[tuple[int, float]],
) -> Iterator[Missing]:
    """Yield which stretches have no picture, or none that is new, as far as the times are told."""
    told_in = [p for p, received in known if p.role == "seen/context" and received == p.size]
    try:
        [context] = told_in
        said = _Told.model_validate_json(store.blobs.read(context.sha256))
        arrived = [_Arrived.model_validate(part.about).at for part in chunks]
    except ValueError:  # none, several, or one that says something else
        yield Missing(role=RECORDING, reason="recording_times_unknown")
        return
    ends, seconds = [end for end, _ in film], [0.0, *(second for _, second in film)]
    sizes = accumulate(part.size for part in chunks)
    footage = Footage(
        began=said.started_at,
        ended=said.ended_at,
        pauses=[(span.start, span.to) for span in said.pauses],
        marks=[(at, seconds[bisect(ends, size)]) for at, size in zip(arrived, sizes, strict=True)],
    )
    for reason, found in (
        ("recording_unpictured", footage.without_picture()),
        ("recording_still", footage.stands_still(seconds)),
    ):
        if found:
            yield Missing(role=RECORDING, reason=reason, detail=told(found))


def _silent(store: Store, last: Part) -> bool:
    try:
        came = datetime.fromisoformat(str(last.about.get("at")))
        return store.now() - came > _SILENT
    except (ValueError, TypeError):  # no time, or one without zone
        return True
