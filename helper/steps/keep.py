"""Turn the parts that the extension sent into artifacts of the capture."""

from __future__ import annotations

from collections import Counter

from helper.model import Artifact, CaptureId, Missing, Part
from helper.steps.store import Store, file_name


def keep_parts(store: Store, capture_id: CaptureId) -> None:
    """Enter every completely received part as artifact; repeated calls add only what is new."""
    complete = [part for part, received in store.vault.parts(capture_id) if received == part.size]
    store.vault.add_artifacts(capture_id, [*_named(complete)])
    meta = store.vault.capture(capture_id).meta
    store.vault.add_missing(capture_id, [*meta.missing, *_told_late(complete)])


def _told_late(parts: list[Part]) -> list[Missing]:
    """Return what the last strip says is missing: it is known only after the capture began."""
    return [
        Missing.model_validate(item) for part in parts for item in part.about.get("missing", [])
    ]


def _named(parts: list[Part]) -> list[Artifact]:
    counts = Counter(part.role for part in parts)
    seen: Counter[str] = Counter()
    artifacts = []
    for part in sorted(parts, key=lambda p: (p.role, int(p.about.get("index", 0)))):
        many = counts[part.role] > 1 or part.role in {"seen/strip", "attachment"}
        index = int(part.about.get("index", seen[part.role])) if many else None
        seen[part.role] += 1
        artifacts.append(
            Artifact(
                role=part.role,
                name=file_name(part.role, part.media_type, index),
                sha256=part.sha256,
                bytes=part.size,
                media_type=part.media_type,
                about=part.about,
            )
        )
    return artifacts
