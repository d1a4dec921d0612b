"""Where a complaint can go: the researched list, and which of it drafts are ready for."""

from __future__ import annotations

from functools import cache
from typing import Any

from helper.complaints import packaged
from helper.errors import InvalidError, RefusedError
from scrapers.record import Frozen

READY = frozenset({"merchant_platform"})


class Channel(Frozen):
    """One channel; `status` says how sure the research is, `ready` whether we draft for it."""

    id: str
    name: str
    host: str
    preconditions: str
    materials: tuple[str, ...]
    time_limits: str
    next_step: str
    status: str
    ready: bool


@cache
def channels() -> tuple[Channel, ...]:
    """Return all channels in the order of the research."""
    rows: list[dict[str, Any]] = packaged.data("channels")["channels"]
    names = set(Channel.model_fields) - {"ready"}
    return tuple(
        Channel(ready=row["id"] in READY, **{name: row[name] for name in names}) for row in rows
    )


def ready_channel(key: str) -> Channel:
    """Return a channel that drafts are ready for.

    Raises InvalidError for an unknown id, RefusedError(channel_not_ready) for a known one.
    """
    found = next((channel for channel in channels() if channel.id == key), None)
    if found is None:
        known = "、".join(channel.id for channel in channels())
        raise InvalidError(reason="channel", what=key, known=known)
    if not found.ready:
        raise RefusedError(reason="channel_not_ready", channel=found.name)
    return found
