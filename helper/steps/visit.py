"""The second visit: when it is made, with whose session, and what comes of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helper.capture import witness
from helper.capture.browser import WarmBrowser
from helper.errors import BrowserFailedError, BrowserMissingError
from helper.model import Artifact, CaptureId, CaptureView, Missing
from helper.steps.store import Store

WITNESS = "witness"
"""Role of `missing` that stands for the whole visit."""


@dataclass(frozen=True)
class Sessions:
    """Lent sessions, in memory only, each for one visit."""

    _states: dict[CaptureId, dict[str, Any]] = field(default_factory=dict)
    _lent: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def lend(self, capture_id: CaptureId, state: dict[str, Any]) -> None:
        """Keep a Playwright storage_state until the visit takes it."""
        async with self._lent:
            self._states[capture_id] = state
            self._lent.notify_all()

    async def take(self, capture_id: CaptureId, seconds: float) -> dict[str, Any] | None:
        """Take the session out, waiting for it at most that long."""
        async with self._lent:
            try:
                async with asyncio.timeout(seconds):
                    await self._lent.wait_for(lambda: capture_id in self._states)
            except TimeoutError:
                return None
            return self._states.pop(capture_id)

    def has(self, capture_id: CaptureId) -> bool:
        """Tell whether a session is waiting."""
        return capture_id in self._states


@dataclass(frozen=True)
class Visitor:
    """Makes witness visits with one warm browser."""

    store: Store
    browser: WarmBrowser
    sessions: Sessions
    own_ports: set[int]

    async def visit(self, capture_id: CaptureId) -> None:
        """Visit the page again and keep what came; what did not come is in `missing`."""
        view = await asyncio.to_thread(self.store.vault.capture, capture_id)
        if any(step.step == "witness" for step in view.steps):
            return
        if view.meta.revisit != "allowed":
            await self._without(capture_id, view.meta.revisit)
            return
        if not view.meta.url.startswith(("http://", "https://")):
            await self._without(capture_id, "not_web")
            return
        state = await self._session(view)
        try:
            with self.store.work_folder() as folder:
                visit = await witness.visit(self.browser, self._request(view, state), folder)
                await asyncio.to_thread(self._keep, view, visit)
        except BrowserMissingError:
            await self._without(capture_id, "browser_missing")
        except BrowserFailedError as error:
            await self._without(capture_id, "browser_failed", str(error)[:200])

    async def _session(self, view: CaptureView) -> dict[str, Any] | None:
        if view.meta.session != "lent":
            return None
        capture_id, vault = view.capture_id, self.store.vault
        if not self.sessions.has(capture_id):
            await asyncio.to_thread(vault.set_session_wanted, capture_id, True)
        state = await self.sessions.take(capture_id, self.store.settings.lend_seconds)
        await asyncio.to_thread(vault.set_session_wanted, capture_id, False)
        return state

    def _request(self, view: CaptureView, state: dict[str, Any] | None) -> witness.VisitRequest:
        meta = view.meta
        return witness.VisitRequest(
            capture_id=view.capture_id,
            url=meta.url,
            user_agent=meta.user_agent,
            viewport=meta.viewport,
            timezone=meta.timezone,
            language=meta.language,
            storage_state=state,
            own_ports=frozenset(self.own_ports),
            seconds=self.store.settings.visit_seconds,
        )

    def _keep(self, view: CaptureView, visit: witness.Visit) -> None:
        """Enter all artifacts of a visit in one go: a capture never mixes two visits."""
        artifacts = [self._artifact(produced) for produced in visit.files]
        facts = {
            "final_url": visit.final_url,
            "status": visit.status,
            "title": visit.title,
            "started_at": visit.started_at.isoformat(),
            "finished_at": visit.finished_at.isoformat(),
            "session": visit.session,
            "session_promised": view.meta.session == "lent",
            "peer": visit.peer,
            "certificate_sha256": visit.certificate_sha256,
            "notes": list(visit.notes),
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode()
        artifacts.append(
            self.store.keep("log", text, "application/json", name="witness-visit.json")
        )
        missing = list(visit.missing)
        if view.meta.session == "lent" and visit.session != "lent":
            missing.append(Missing(role=WITNESS, reason="session_not_lent_again"))
        self.store.vault.add_missing(view.capture_id, missing)
        self.store.vault.add_artifacts(view.capture_id, artifacts)
        self.store.note(view.capture_id, "witness")

    def _artifact(self, produced: witness.Produced) -> Artifact:
        path: Path = produced.path
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        self.store.blobs.keep_file(path, sha256)
        return Artifact(
            role=produced.role,
            name=produced.name,
            sha256=sha256,
            bytes=size,
            media_type=produced.media_type,
        )

    async def _without(self, capture_id: CaptureId, reason: str, detail: str | None = None) -> None:
        missing = Missing(role=WITNESS, reason=reason, detail=detail)
        await asyncio.to_thread(self.store.vault.add_missing, capture_id, [missing])
        await asyncio.to_thread(self.store.note, capture_id, "witness", reason)
