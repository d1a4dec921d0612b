"""`kazheng capture URL`: a capture that is only the helper's own visit."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from helper.app import open_helper
from helper.errors import InvalidError, RefusedError
from helper.model import CaptureMeta, Missing
from helper.result import capture_result
from helper.settings import Settings

_SEALING_SECONDS = 60


async def capture_address(settings: Settings, url: str, session: Path | None) -> dict[str, Any]:
    """Visit, seal and read an address.

    Raises InvalidError for what is no web address, RefusedError when sealing takes too long.
    """
    if not _is_web(url):
        raise InvalidError(reason="address", what=url)
    state = _session(session)
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
        if not await helper.sealed(capture_id, settings.visit_seconds + _SEALING_SECONDS):
            raise RefusedError(reason="not_sealed", capture_id=capture_id)
        view = await asyncio.to_thread(store.vault.capture, capture_id)
        return capture_result(store, view)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


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
