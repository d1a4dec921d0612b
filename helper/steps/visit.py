"""The second visit: when it is made, with whose session, and what comes of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helper.capture import witness
from helper.capture.browser import WarmBrowser
from helper.capture.cleanliness import Visited
from helper.capture.surroundings import Surroundings
from helper.errors import BrowserFailedError, BrowserMissingError, DiskFullError, KazhengError
from helper.model import Artifact, CaptureId, CaptureView, Missing, Session
from helper.steps import environment
from helper.steps.store import Store
from helper.vault.files import is_full, room_on_disk

WITNESS = "witness"
"""Role of `missing` that stands for the whole visit."""
WITNESS_SESSION = "witness/session"
"""Role of `missing` for the session of a visit that was made without it."""
_ENVIRONMENT_SECONDS = 10.0
_FORGET_SECONDS = 900.0
"""A visit that comes later asks for the session again."""
Measuring = asyncio.Task[Surroundings]
"""What surrounds a visit, measured while it is made."""


@dataclass(frozen=True)
class Sessions:
    """Lent sessions, in memory only, each for one visit, forgotten if that does not come."""

    forget_seconds: float = _FORGET_SECONDS
    _states: dict[CaptureId, dict[str, Any]] = field(default_factory=dict, repr=False)
    _timers: dict[CaptureId, asyncio.TimerHandle] = field(default_factory=dict, repr=False)
    _lent: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def lend(self, capture_id: CaptureId, state: dict[str, Any]) -> None:
        """Keep a Playwright storage_state until the visit takes it."""
        async with self._lent:
            self.drop(capture_id)
            self._states[capture_id] = state
            loop = asyncio.get_running_loop()
            self._timers[capture_id] = loop.call_later(self.forget_seconds, self.drop, capture_id)
            self._lent.notify_all()

    def drop(self, capture_id: CaptureId) -> None:
        """Forget a session that no visit will take."""
        self._states.pop(capture_id, None)
        timer = self._timers.pop(capture_id, None)
        if timer is not None:
            timer.cancel()

    async def take(self, capture_id: CaptureId, seconds: float) -> dict[str, Any] | None:
        """Take the session out, waiting for it at most that long."""
        async with self._lent:
            try:
                async with asyncio.timeout(seconds):
                    await self._lent.wait_for(lambda: capture_id in self._states)
            except TimeoutError:
                return None
            state = self._states[capture_id]
            self.drop(capture_id)
            return state

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
            self.sessions.drop(capture_id)
            return
        around = asyncio.create_task(
            environment.measure(self.browser, self.store.settings, view.meta.url)
        )
        try:
            await self._visit(view, around)
        finally:
            self.sessions.drop(capture_id)
            around.cancel()
            await asyncio.gather(around, return_exceptions=True)

    async def _visit(self, view: CaptureView, around: Measuring) -> None:
        if view.meta.revisit != "allowed":
            await self._without(view, around, view.meta.revisit)
            return
        if not view.meta.url.startswith(("http://", "https://")):
            await self._without(view, around, "not_web")
            return
        state = await self._session(view)
        try:
            with room_on_disk(self.store.settings.data), self.store.work_folder() as folder:
                visit = await witness.visit(self.browser, self._request(view, state), folder)
                made_with = await self._environment(view, around, visit)
                await asyncio.to_thread(self._keep, view, visit, made_with)
        except BrowserMissingError:
            await self._without(view, around, "browser_missing")
        except BrowserFailedError as error:
            data = self.store.settings.data
            if is_full(data):  # where it has its profile as well, as a rule: tried again later
                raise DiskFullError(path=str(data)) from error
            await self._without(view, around, "browser_failed", str(error)[:200])
        except KazhengError:
            raise  # of the vault: a full disk is tried again later
        except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait
            # Its text may quote the session that was lent; its kind cannot.
            await self._without(view, around, "visit_failed", type(error).__name__)

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

    async def _environment(
        self, view: CaptureView, around: Measuring, visit: witness.Visit | None = None
    ) -> list[Artifact]:
        """Record what the visit was made with and in; if that fails, `missing` says so."""
        capture_id, store = view.capture_id, self.store
        visited = (
            Visited(made=False)
            if visit is None
            else Visited(True, visit.peer, visit.session, visit.site_clock)
        )
        try:
            async with asyncio.timeout(_ENVIRONMENT_SECONDS):
                found = await environment.record(
                    self.browser, store.settings, view.meta, await around, visited, store.now()
                )
        except Exception as error:  # noqa: BLE001  # the reason is kept; the visit counts more
            missing = Missing(
                role="environment", reason="environment_failed", detail=type(error).__name__
            )
            await asyncio.to_thread(store.vault.add_missing, capture_id, [missing])
            return []
        await asyncio.to_thread(store.vault.add_notes, capture_id, environment.warned(found))
        text = environment.encode(found)
        return [await asyncio.to_thread(store.keep, "environment", text, "application/json")]

    def _keep(self, view: CaptureView, visit: witness.Visit, made_with: Sequence[Artifact]) -> None:
        """Enter all artifacts of a visit in one go: a capture never mixes two visits."""
        artifacts = [*(self._artifact(produced) for produced in visit.files), *made_with]
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
            "viewport": visit.viewport and visit.viewport.model_dump(),
            "notes": list(visit.notes),
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode()
        artifacts.append(
            self.store.keep("log", text, "application/json", name="witness-visit.json")
        )
        self.store.vault.add_missing(view.capture_id, what_lacks(view.meta.session, visit))
        self.store.vault.add_notes(view.capture_id, visit.notes)
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

    async def _without(
        self, view: CaptureView, around: Measuring, reason: str, detail: str | None = None
    ) -> None:
        capture_id = view.capture_id
        missing = Missing(role=WITNESS, reason=reason, detail=detail)
        await asyncio.to_thread(self.store.vault.add_missing, capture_id, [missing])
        made_with = await self._environment(view, around)
        await asyncio.to_thread(self.store.vault.add_artifacts, capture_id, made_with)
        await asyncio.to_thread(self.store.note, capture_id, "witness", reason)


def what_lacks(promised: Session, visit: witness.Visit) -> list[Missing]:
    """Return what a visit did not bring; one without a page counts as no visit, for its reason."""
    missing = list(visit.missing)
    if not any(produced.role == "witness/html" for produced in visit.files):
        told = {entry.role: entry for entry in reversed(visit.missing)}
        why = told.get("witness/html") or told.get("witness/page")
        reason, detail = (why.reason, why.detail) if why else ("visit_failed", None)
        missing.insert(0, Missing(role=WITNESS, reason=reason, detail=detail))
    if promised == "lent" and visit.session != "lent":
        missing.append(Missing(role=WITNESS_SESSION, reason="session_not_lent_again"))
    return missing
