"""The time stamps of a case in sentences, for the integrity statement of the 证据册."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from helper.evidence.book_exhibits import moment
from helper.messages import text
from helper.model import Artifact, CaptureView, StampView


def sentences(captures: Sequence[CaptureView]) -> list[str]:
    """Return a sentence for every stamp that came, then for every one that did not."""
    came = [
        _came(view.capture_id, item)
        for view in captures
        for item in view.artifacts
        if item.role == "timestamp" and item.name.endswith((".tsr", ".ots"))
    ]
    return [*came, *_not_come(captures)]


def _came(capture_id: str, item: Artifact) -> str:
    words = {"capture_id": capture_id, "name": item.name, "sha256": item.sha256}
    if item.name.endswith(".ots"):
        kind = "bitcoin" if item.name.endswith("-bitcoin.ots") else "promised"
        return text(f"book.stamp.{kind}", **words)
    at, root = item.about.get("gen_time"), item.about.get("root")
    if not isinstance(at, str):
        return text("book.stamps.kept", **words)
    words["authority"] = str(item.about.get("authority") or "-")
    words["at"] = moment(datetime.fromisoformat(at))
    if root is None:
        return text("book.stamp.unconfirmed", **words)
    return text("book.stamp.confirmed", **words, root=str(root))


def _not_come(captures: Sequence[CaptureView]) -> Iterator[str]:
    for view in captures:
        for one in view.stamps:
            if one.state == "failed" or (one.state == "pending" and one.reason != "promised"):
                yield text(
                    f"book.stamp.{one.state}",
                    capture_id=view.capture_id,
                    stage=text(f"book.stage.{one.stage}"),
                    authority=one.authority,
                    reason=_reason(one),
                )


def _reason(stamp: StampView) -> str:
    code = (stamp.reason or "").partition(":")[0]
    return text(f"stamps.reason.{code}") if code else text("book.stamp.not_asked")
