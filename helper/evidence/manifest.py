"""The manifest of a seal: what a capture holds, what it lacks and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from helper.evidence import canonical
from helper.model import Artifact, CaptureId, Missing, Role, Stage

FORMAT: Final = "kazheng/manifest/1"
UNLISTED_ROLES: Final[frozenset[Role]] = frozenset({"manifest", "signature"})
"""The files of earlier seals: `previous` and the ledger bind them."""


def build(
    *,
    capture_id: CaptureId,
    stage: Stage,
    url: str,
    title: str,
    clicked_at: datetime,
    artifacts: Sequence[Artifact],
    missing: Sequence[Missing],
    tools: Mapping[str, str | None],
    previous: str | None,
    sealed_at: datetime,
    not_before: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the manifest of the whole capture so far as canonical JSON.

    `previous` is the ledger's head when the manifest is built. Lone surrogates, which a page's
    title may hold, become U+FFFD. `not_before` is a public value that nobody knew earlier, or why
    there is none; where none was asked for, the manifest has no such key. A tool's hash that is
    not known is None, and `<name>_unknown` beside it says why.
    """
    bound = {} if not_before is None else {"not_before": dict(not_before)}
    return canonical.encode(
        {
            **bound,
            "format": FORMAT,
            "capture_id": capture_id,
            "stage": stage,
            "url": _text(url),
            "title": _text(title),
            "clicked_at": clicked_at.isoformat(),
            "sealed_at": sealed_at.isoformat(),
            "artifacts": [
                {
                    "role": artifact.role,
                    "name": artifact.name,
                    "sha256": artifact.sha256,
                    "bytes": artifact.bytes,
                    "media_type": artifact.media_type,
                }
                for artifact in artifacts
                if artifact.role not in UNLISTED_ROLES
            ],
            "missing": [
                {
                    "role": _text(entry.role),
                    "reason": _text(entry.reason),
                    "detail": None if entry.detail is None else _text(entry.detail),
                }
                for entry in missing
            ],
            "tools": {
                _text(name): None if said is None else _text(said) for name, said in tools.items()
            },
            "previous": previous,
        }
    )


def _text(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
