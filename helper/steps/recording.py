"""Join the chunks of a screen recording, as they came from the extension, into one file.

What a recorder gives chunk by chunk is one WebM stream cut anywhere: the chunks from the first on,
one after another, are the file, whole or as far as it goes. No byte is changed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from helper.model import Artifact, CaptureId, Missing, Part, Role
from helper.steps.store import Store, file_name
from helper.vault.files import room_on_disk

RECORDING: Final[Role] = "seen/recording"
_SILENT: Final = timedelta(days=1)
"""A recording whose end has not come after so long is joined as it is."""


def join(store: Store, capture_id: CaptureId, known: Sequence[tuple[Part, int]]) -> None:
    """Enter the recording as one artifact if it is over, or if nothing came of it for a day.

    `known` are the parts with the bytes received. What comes after a chunk that is not there
    cannot be played and is left out, which `missing` says.
    """
    final = store.vault.is_final(capture_id)
    chunks = [entry for entry in known if entry[0].role == RECORDING]
    whole: list[Part] = []
    for part, received in sorted(chunks, key=lambda entry: _index(entry[0])):
        if _index(part) != len(whole) or received < part.size:
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
    if all(item.name != name for item in store.vault.capture(capture_id).artifacts):
        store.vault.add_artifacts(capture_id, [_joined(store, name, media_type, whole)])


def _joined(store: Store, name: str, media_type: str, chunks: Sequence[Part]) -> Artifact:
    digest, size = hashlib.sha256(), 0
    with store.work_folder() as folder:
        path = folder / "recording"
        with room_on_disk(path), path.open("wb") as file:
            for part in chunks:
                data = store.blobs.read(part.sha256)
                digest.update(data)
                size += len(data)
                file.write(data)
        store.blobs.keep_file(path, digest.hexdigest())
    about: dict[str, Any] = {
        "chunks": len(chunks),
        "from": chunks[0].about.get("at"),
        "until": chunks[-1].about.get("at"),
    }
    return Artifact(
        role=RECORDING,
        name=name,
        sha256=digest.hexdigest(),
        bytes=size,
        media_type=media_type,
        about=about,
    )


def _index(part: Part) -> int:
    """Return the place of a chunk; one that names none comes after all others."""
    index = part.about.get("index")
    if isinstance(index, int) and not isinstance(index, bool) and index >= 0:
        return index
    return sys.maxsize


def _silent(store: Store, last: Part) -> bool:
    try:
        came = datetime.fromisoformat(str(last.about.get("at")))
        return store.now() - came > _SILENT
    except (ValueError, TypeError):  # no time, or one without zone
        return True
