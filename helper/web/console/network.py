"""What a network record (HAR 1.2) holds, in a few figures. Pure; the record may be hostile."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_MOST_HOSTS = 50


@dataclass(frozen=True)
class Summary:
    """Requests in all, their bytes as received, those that failed; hosts with their requests."""

    requests: int
    bytes: int
    failed: int
    hosts: tuple[tuple[str, int], ...]


def summary(har: bytes) -> Summary | None:
    """Return the figures of a record, None for bytes that are none."""
    try:
        entries = list(json.loads(har)["log"]["entries"])
        return _counted([entry for entry in entries if isinstance(entry, dict)])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _counted(entries: list[dict[str, Any]]) -> Summary:
    hosts: Counter[str] = Counter()
    size = failed = 0
    for entry in entries:
        answer = entry.get("response") or {}
        content = answer.get("content") or {}
        status = answer.get("status")
        hosts[urlsplit(str(entry["request"]["url"])).netloc or "-"] += 1
        taken = content.get("size")
        size += taken if isinstance(taken, int) and taken > 0 else 0
        failed += not isinstance(status, int) or status == 0 or status >= 400
    return Summary(len(entries), size, failed, tuple(hosts.most_common(_MOST_HOSTS)))
