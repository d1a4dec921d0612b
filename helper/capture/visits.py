"""The words of a visit: request, result, and what an attempt has taken so far."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from helper.capture.artifacts import ArtifactError
from helper.capture.masks import Masks
from helper.capture.site_clock import SiteClock
from helper.errors import DiskFullError
from helper.model import Missing, Role, Session, Viewport
from helper.vault.files import room_on_disk

EXPECTED: tuple[Role, ...] = (
    "witness/page", "witness/sheet", "witness/window", "witness/pdf", "witness/mhtml",
    "witness/html", "witness/warc", "witness/har",
)  # fmt: skip
"""What every visit makes or explains; `witness/tls` and `witness/scroller` depend on the page."""


@dataclass(frozen=True)
class VisitRequest:
    """What to visit, as whom, for how long. `storage_state` (a lent session) stays in memory."""

    capture_id: str
    url: str
    user_agent: str | None = None
    viewport: Viewport | None = None
    timezone: str | None = None
    language: str | None = None
    storage_state: dict[str, Any] | None = field(default=None, repr=False)
    own_ports: frozenset[int] = frozenset()
    seconds: float = 45.0


@dataclass(frozen=True)
class Produced:
    """A file the visit wrote."""

    role: Role
    name: str
    media_type: str
    path: Path


@dataclass(frozen=True)
class Visit:
    """What came of a visit. `notes` are codes, some with `: detail` after them."""

    final_url: str
    status: int | None
    title: str
    started_at: datetime
    finished_at: datetime
    session: Session
    peer: str | None
    certificate_sha256: str | None
    files: tuple[Produced, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]
    site_clock: SiteClock | None = None
    viewport: Viewport | None = None
    """The visible part of the page as it was, None if no page came."""


@dataclass
class Taken:
    """What one attempt has so far; kept whatever happens next."""

    folder: Path
    masks: Masks
    final_url: str
    status: int | None = None
    title: str = ""
    peer: str | None = None
    certificate_sha256: str | None = None
    site_clock: SiteClock | None = None
    viewport: Viewport | None = None
    files: list[Produced] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, code: str) -> None:
        """Add a note once."""
        if code not in self.notes:
            self.notes.append(code)

    def lack(self, role: str, reason: str, detail: str | None = None) -> None:
        """Record that a role is missing."""
        detail = detail and self.masks.text(detail)[:300]
        self.missing.append(Missing(role=role, reason=reason, detail=detail))

    def clean(self) -> None:
        """Take out once more what the visit said before it knew all its secrets."""
        text = self.masks.text
        self.final_url, self.title = text(self.final_url), text(self.title)
        self.notes = [text(note) for note in self.notes]
        self.missing = [
            lack.model_copy(update={"detail": lack.detail and text(lack.detail)})
            for lack in self.missing
        ]

    async def keep(self, role: Role, name: str, media_type: str, data: bytes) -> None:
        """Write a file; it becomes durable where it is kept. Raises DiskFullError."""
        path = self.folder / name
        with room_on_disk(path):
            await asyncio.to_thread(path.write_bytes, data)
        self.files.append(Produced(role, name, media_type, path))

    async def attempt(self, role: Role, take: Callable[[], Awaitable[None]]) -> None:
        """Run one step; its failure becomes an entry of `missing`.

        A dead browser and a full disk go on up: they end the visit. The text of an unforeseen
        error may hold a secret of the page, so only its type is told.
        """
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        try:
            await take()
        except ArtifactError as error:
            self.lack(role, error.reason, error.detail)
        except TimeoutError:
            self.lack(role, "timeout")
        except DiskFullError:
            raise
        except Error as error:
            if is_closed(error):
                raise
            self.lack(role, "browser_error", first_line(error))
        except Exception as error:  # noqa: BLE001  # a fault of ours costs one artifact only
            self.lack(role, "internal", type(error).__name__)


async def every(
    taken: Taken, steps: tuple[tuple[Role, Callable[[], Awaitable[None]]], ...]
) -> None:
    """Run steps at once; what ends the visit is raised once none goes on any more."""
    works = (taken.attempt(role, step) for role, step in steps)
    for ended in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended


def is_closed(error: Exception) -> bool:
    """Tell whether page or browser are gone."""
    return "has been closed" in str(error) or "Target crashed" in str(error)


def first_line(error: Exception) -> str:
    """Return the first line of an error text, without call logs."""
    return str(error).strip().split("\n")[0][:300]
