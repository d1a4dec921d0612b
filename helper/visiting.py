"""`kazheng capture URL`: a capture that is only the helper's own visit."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

from helper.app import Helper, open_helper
from helper.capture.browser import find_browser
from helper.errors import (
    BrowserFailedError,
    BrowserMissingError,
    DiskFullError,
    InvalidError,
    RefusedError,
)
from helper.given import web_address
from helper.messages import Language, coded
from helper.model import CaptureMeta, CaptureView, Missing
from helper.result import capture_result
from helper.settings import Settings

_SEALING_SECONDS = 60


async def capture_address(settings: Settings, url: str, session: Path | None) -> dict[str, Any]:
    """Visit, seal and read an address.

    Raises InvalidError for what is no web address, BrowserMissingError or BrowserFailedError,
    RefusedError when no page came or when sealing takes too long, DiskFullError: what was kept by
    then is sealed by the next helper that finds room.
    """
    web_address(url)
    state = _session(session)
    require_browser(settings)
    async with open_helper(settings) as helper:
        store, capture_id = helper.store, str(uuid.uuid4())
        meta = CaptureMeta(
            url=url,
            clicked_at=store.now(),
            session="lent" if state else "not_lent",
            missing=(Missing(role="seen", reason="witness_only"),),
            extra={"origin": "witness_only"},
        )
        await asyncio.to_thread(store.vault.create_capture, capture_id, meta, [])
        await asyncio.to_thread(store.vault.set_final, capture_id)
        await asyncio.to_thread(store.vault.set_state, capture_id, "kept")
        if state is not None:
            await helper.sessions.lend(capture_id, state)
        await helper.pipeline.start(capture_id)
        await _sealed(helper, capture_id, settings.visit_seconds + _SEALING_SECONDS)
        view = await asyncio.to_thread(store.vault.capture, capture_id)
        require_page(view, settings.language)
        return capture_result(store, view)


async def _sealed(helper: Helper, capture_id: str, seconds: float) -> None:
    """Wait for the last seal, as long as there is room on the disk."""
    try:
        async with asyncio.timeout(seconds):
            async for step in helper.steps(capture_id):
                if (step.step, step.detail) == ("failed", DiskFullError.code):
                    raise DiskFullError(path=str(helper.settings.data))
    except TimeoutError:
        raise RefusedError(reason="not_sealed", capture_id=capture_id) from None


def require_browser(settings: Settings) -> Path:
    """Return the browser's path; raises BrowserMissingError, naming the setting if that is it."""
    try:
        return find_browser(settings)
    except BrowserMissingError as error:
        if settings.browser is None:
            raise
        raise BrowserMissingError(reason="setting", browser=settings.browser) from error


def require_page(view: CaptureView, language: Language) -> None:
    """Raise the reason why the visit kept nothing of the page."""
    if any(item.role in {"witness/html", "witness/page"} for item in view.artifacts):
        return
    lacks = {item.role: item for item in reversed(view.missing)}
    why = lacks.get("witness") or lacks.get("witness/html")
    reason, detail = (why.reason, why.detail) if why else ("visit_failed", None)
    if reason == "browser_missing":
        raise BrowserMissingError
    if reason == "browser_failed":
        raise BrowserFailedError(cause=detail or "")
    said = coded("missing", reason, language).rstrip("。.")
    raise RefusedError(reason="no_page_kept", why=said, url=view.meta.url)


def _session(path: Path | None) -> dict[str, object] | None:
    if path is None:
        return None
    try:
        state = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidError(reason="session_file", what=f"{path}: {error}") from error
    if not isinstance(state, dict):
        raise InvalidError(reason="session_file", what=str(path))
    return state
