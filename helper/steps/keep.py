"""Turn the parts that the extension sent into artifacts of the capture."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from helper.capture.chunks import RECORDING
from helper.model import Artifact, CaptureId, Missing, Part
from helper.steps.recording import join
from helper.steps.store import Store, file_name

_NUMBERED = frozenset({"seen/strip", "seen/chat-strip", "attachment"})
_MOST_INDEX = 9_999


def keep_parts(store: Store, capture_id: CaptureId) -> None:
    """Enter every completely received part as artifact; repeated calls add only what is new.

    The chunks of a recording become one, once it is over.
    """
    known = store.vault.parts(capture_id)
    if any(part.role == RECORDING for part, _ in known):
        join(store, capture_id, known)
        known = [entry for entry in known if entry[0].role != RECORDING]
    numbers = _numbers(part for part, _ in known)
    complete = [
        (part.role, number, part)
        for (part, received), number in zip(known, numbers, strict=True)
        if received == part.size
    ]
    complete.sort(key=lambda entry: entry[:2])
    store.vault.add_artifacts(capture_id, [_artifact(part, number) for _, number, part in complete])
    missing = [*store.vault.capture(capture_id).meta.missing]
    for _, _, part in complete:
        missing.extend(_told_late(part))
    store.vault.add_missing(capture_id, missing)


def _told_late(part: Part) -> Iterator[Missing]:
    """Yield what the last strip says is missing: it is known only after the capture began."""
    if "index" in part.about and _index(part) is None:
        yield Missing(role=part.role, reason="about_unclear", detail="index")
    told = part.about.get("missing", [])
    for item in told if isinstance(told, list) else [told]:
        try:
            yield Missing.model_validate(item)
        except ValidationError:
            yield Missing(role=part.role, reason="about_unclear", detail="missing")


def _numbers(parts: Iterable[Part]) -> list[int]:
    """Return a number for each part, unique in its role: what it says itself, else the next free.

    Parts come in the order they were announced, so that a number never changes when more come.
    """
    used: defaultdict[str, set[int]] = defaultdict(set)
    numbers = []
    for part in parts:
        taken = used[part.role]
        number = _index(part)
        if number is None or number in taken:
            number = next(free for free in itertools.count() if free not in taken)
        taken.add(number)
        numbers.append(number)
    return numbers


def _index(part: Part) -> int | None:
    """Return the index a part says it has, None where that is no small whole number."""
    index = part.about.get("index")
    usable = isinstance(index, int) and not isinstance(index, bool) and 0 <= index <= _MOST_INDEX
    return index if usable else None


def _artifact(part: Part, number: int) -> Artifact:
    shown = number if number or part.role in _NUMBERED else None
    return Artifact(
        role=part.role,
        name=file_name(part.role, part.media_type, shown),
        sha256=part.sha256,
        bytes=part.size,
        media_type=part.media_type,
        about=part.about,
    )
