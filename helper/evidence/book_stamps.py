"""The time stamps of a case, and of its 证据册, in sentences for the integrity statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from helper.evidence.clocks import moment
from helper.messages import text
from helper.model import Artifact, CaptureView, StampView

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper


@dataclass(frozen=True)
class Found:
    """Who stamps the book's own signature, with the SHA-256 of the root that leads to.

    Without a stamper `reason` tells why (`stamps.reason.<code>`), None where nobody is set.
    """

    stamper: TimeStamper | None = None
    authority: str | None = None
    root: str | None = None
    reason: str | None = None

    @property
    def said(self) -> str:
        """Say what time stamp the book's own signature has."""
        if self.stamper is not None:
            words: dict[str, object] = {"authority": self.authority, "root": self.root}
            return _said("own_stamp.has", words)
        if self.reason is None:
            return _said("own_stamp.none", {})
        return _said("own_stamp.failed", {"reason": text(f"stamps.reason.{self.reason}")})


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
    words: dict[str, object] = {"capture_id": capture_id, "name": item.name, "sha256": item.sha256}
    if item.name.endswith(".ots"):
        kind = "bitcoin" if item.name.endswith("-bitcoin.ots") else "promised"
        return _said(f"stamp.{kind}", words)
    at, root = item.about.get("gen_time"), item.about.get("root")
    if not isinstance(at, str):
        return _said("stamps.kept", words)
    words["authority"] = str(item.about.get("authority") or "-")
    words["at"] = moment(datetime.fromisoformat(at))
    if root is None:
        return _said("stamp.unconfirmed", words)
    return _said("stamp.confirmed", {**words, "root": root})


def _said(key: str, words: dict[str, object]) -> str:
    return text(f"book.{key}", "zh_CN", **words)


def _not_come(captures: Sequence[CaptureView]) -> Iterator[str]:
    for view in captures:
        for one in view.stamps:
            if one.state == "failed" or (one.state == "pending" and one.reason != "promised"):
                yield text(
                    f"book.stamp.{one.state}",
                    capture_id=view.capture_id,
                    stage=text(f"book.stage.{'brought' if one.stage == 'S0' else one.stage}"),
                    authority=one.authority,
                    reason=_reason(one),
                )


def _reason(stamp: StampView) -> str:
    code = (stamp.reason or "").partition(":")[0]
    return text(f"stamps.reason.{code}") if code else text("book.stamp.not_asked")
