"""Take card codes, contact data and account names out of a copy of the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helper.model import Artifact, CaptureView


@dataclass(frozen=True)
class Left:
    """What is left out, and why: `redaction.<reason>` of the catalogue."""

    reason: str


class Redactor:
    """Knows what must not be shown."""

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes hold any of it."""
        raise NotImplementedError

    def clean(self, said: str) -> str:
        """Return a text with all of it covered."""
        raise NotImplementedError

    def of(
        self, view: CaptureView, read: Callable[[str], bytes]
    ) -> Callable[[Artifact], bytes | Left | None]:
        """Return what to do with each artifact of a capture."""
        raise NotImplementedError
