"""Seal a capture as it stands: manifest, signature, link to the previous seal."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from helper import __version__
from helper.evidence import manifest, seal
from helper.model import CaptureId, Seal, Stage
from helper.steps.store import Store


@dataclass(frozen=True)
class Sealer:
    """Seals one after another: each manifest names the ledger entry before it."""

    store: Store
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def seal(self, capture_id: CaptureId, stage: Stage) -> Seal:
        """Seal all that the capture holds now; a stage that is sealed already stays as it is."""
        with self._turn:
            view = self.store.vault.capture(capture_id)
            done = next((entry for entry in view.seals if entry.stage == stage), None)
            if done is not None:
                return done
            head = self.store.ledger.head()
            at = self.store.now()
            text = manifest.build(
                capture_id=capture_id,
                stage=stage,
                url=view.meta.url,
                title=view.meta.title,
                clicked_at=view.meta.clicked_at,
                artifacts=view.artifacts,
                missing=view.missing,
                tools=tools(view.meta.extension_version, view.meta.user_agent),
                previous=head,
                sealed_at=at,
            )
            entry = self.store.ledger.append(
                capture_id,
                stage,
                self.store.blobs.keep_bytes(text),
                self.store.blobs.keep_bytes(seal.sign(text, self.store.key)),
                at,
                after=head,
            )
        self.store.note(capture_id, f"sealed_{stage.lower()}")
        return entry


def tools(extension_version: str | None, user_agent: str | None) -> dict[str, str]:
    """Name the programs that made the capture."""
    named = {"helper": __version__, "extension": extension_version, "user_agent": user_agent}
    return {name: value for name, value in named.items() if value}
