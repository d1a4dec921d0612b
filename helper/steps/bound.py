"""The bound "not before" of a capture, fetched beside its workflow."""

from __future__ import annotations

import asyncio
import json
import logging

from helper.capture import beacons
from helper.errors import KazhengError
from helper.evidence import pinned
from helper.model import CaptureId
from helper.steps.seal import NOT_BEFORE
from helper.steps.store import Store

_log = logging.getLogger("kazheng")


async def fetch(store: Store, capture_id: CaptureId) -> None:
    """Keep the newest public random value, or why there is none, unless that is kept already.

    Takes at most `beacons.SECONDS`; a seal made before it comes says `not_yet`.
    """
    servers = pinned.beacons(store.settings)
    if not servers:
        return
    try:
        view = await asyncio.to_thread(store.vault.capture, capture_id)
        if any(item.name == NOT_BEFORE for item in view.artifacts):
            return
        found = await beacons.not_before(servers)
        await asyncio.to_thread(_keep, store, capture_id, found)
    except KazhengError as error:
        _log.warning("no bound for %s: %s", capture_id, error)


def _keep(store: Store, capture_id: CaptureId, found: dict[str, object]) -> None:
    text = json.dumps(found, indent=1, sort_keys=True).encode()
    kept = store.keep("log", text, "application/json", name=NOT_BEFORE)
    store.vault.add_artifacts(capture_id, [kept])
