"""Seal a capture as it stands: manifest, signature, link to the previous seal."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from helper import __version__
from helper.capture import beacons
from helper.errors import KazhengError
from helper.evidence import canonical, manifest, pinned, seal
from helper.evidence.book_exhibits import is_brought
from helper.model import CaptureId, CaptureView, Missing, Seal, Stage
from helper.steps.store import Store

NOT_BEFORE: Final = "not-before.json"
"""Artifact that holds the fetched bound."""
ONLY_FOR_NOW: Final = frozenset({"strips_late"})
"""Reasons that no longer hold once an artifact of the role has come."""


@dataclass(frozen=True)
class Sealer:
    """Seals one after another: each manifest names the ledger entry before it."""

    store: Store
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def seal(self, capture_id: CaptureId, stage: Stage) -> Seal:
        """Seal all that the capture holds now; a stage that is sealed already stays as it is.

        There may be several partial seals: another is made only for what no seal lists yet.
        """
        with self._turn:
            view = self.store.vault.capture(capture_id)
            done = next((entry for entry in view.seals if entry.stage == stage), None)
            return self._noted(done or self._append(view, stage, ()))

    def seal_rest(self, capture_id: CaptureId, lacking: Sequence[Missing] = ()) -> Seal | None:
        """Seal as partial what no seal of the capture lists yet; None if there is nothing.

        `lacking` is missing for now only: it stands in this manifest, not in the catalogue.
        """
        with self._turn:
            view = self.store.vault.capture(capture_id)
            if self.lists_all(view):
                return None
            return self._noted(self._append(view, "partial", lacking))

    def lists_all(self, view: CaptureView) -> bool:
        """Tell whether the newest seal of a capture lists every artifact it has now."""
        if not view.seals:
            return not view.artifacts
        listed = listed_names(self.store.blobs.read(view.seals[-1].manifest))
        return all(item.name in listed for item in view.artifacts)

    def _noted(self, entry: Seal) -> Seal:
        self.store.note(entry.capture_id, f"sealed_{entry.stage.lower()}")
        return entry

    def _append(self, view: CaptureView, stage: Stage, lacking: Sequence[Missing]) -> Seal:
        head = self.store.ledger.head()
        at = self.store.now()
        there = {artifact.role for artifact in view.artifacts}
        text = manifest.build(
            capture_id=view.capture_id,
            stage=stage,
            url=view.meta.url,
            title=view.meta.title,
            clicked_at=view.meta.clicked_at,
            artifacts=view.artifacts,
            missing=[
                entry
                for entry in (*view.missing, *lacking)
                if entry.reason not in ONLY_FOR_NOW or entry.role not in there
            ],
            tools=tools(view, self._made_with(view)),
            not_before=self._not_before(view),
            previous=head,
            sealed_at=at,
        )
        return self.store.ledger.append(
            view.capture_id,
            stage,
            self.store.blobs.keep_bytes(text),
            self.store.blobs.keep_bytes(seal.sign(text, self.store.key)),
            at,
            after=head,
        )

    def _made_with(self, view: CaptureView) -> dict[str, Any] | None:
        """Return the environment record; of one that cannot be read nothing is known."""
        try:
            record = self.store.read_role(view.artifacts, "environment")
            return None if record is None else dict(json.loads(record))
        except (KazhengError, TypeError, ValueError):
            return {}

    def _not_before(self, view: CaptureView) -> dict[str, Any] | None:
        """Return the bound that was fetched, why there is none, None where none is asked for."""
        found = next((item for item in view.artifacts if item.name == NOT_BEFORE), None)
        if found is not None:
            return dict(json.loads(self.store.blobs.read(found.sha256)))
        return beacons.absent("not_yet") if pinned.beacons(self.store.settings) else None


def listed_names(text: bytes) -> frozenset[str]:
    """Return the names of the artifacts that a manifest lists."""
    return frozenset(item["name"] for item in canonical.decode(text)["artifacts"])


def tools(view: CaptureView, made_with: Mapping[str, Any] | None) -> dict[str, str | None]:
    """Name the programs that made the capture, with the hashes that are known.

    `made_with` is the environment record. A hash that is not known is None, `<name>_unknown` says
    why: `not_told` by the extension, `not_yet`, `not_recorded`, `no_browser`, `unreadable`.
    """
    meta = view.meta
    found: dict[str, str | None] = {"helper": __version__}
    if meta.extension_version:
        found["extension"] = meta.extension_version
        found |= _hashed("extension_sha256", meta.extension_sha256, "not_told")
    if meta.user_agent:
        found["user_agent"] = meta.user_agent
    if is_brought(view):
        return found
    browser = made_with.get("browser") if made_with else None
    if not isinstance(browser, Mapping):
        lacks = any(entry.role == "environment" for entry in view.missing)
        why = "not_recorded" if lacks or made_with is not None else "not_yet"
        return found | {"witness_browser": None} | _hashed("witness_browser_sha256", None, why)
    version, sha256 = (str(browser[name]) if browser.get(name) else None
                       for name in ("version", "sha256"))  # fmt: skip
    why = "unreadable" if version else "no_browser"
    return found | {"witness_browser": version} | _hashed("witness_browser_sha256", sha256, why)


def _hashed(name: str, sha256: str | None, why: str) -> dict[str, str | None]:
    return {name: sha256} if sha256 else {name: None, f"{name}_unknown": why}
