"""What the site's own clock says: the Date header of the page (RFC 9110, section 6.6.1)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Response


@dataclass(frozen=True)
class SiteClock:
    """A Date header; `offset_ms`: this computer's clock minus the site's, `error_ms`: its bound."""

    at: datetime
    offset_ms: float
    error_ms: float


def read(response: Response) -> SiteClock | None:
    """Return what the Date header says, None where there is none or a cache kept it."""
    headers = response.headers
    if "age" in headers:
        return None
    timing = response.request.timing
    begin = timing["startTime"] / 1000
    asked, answered = timing["requestStart"], timing["responseStart"]
    now = time.time()
    known = 0 < begin <= now and answered >= 0
    return compare(
        headers.get("date", ""),
        begin + max(asked, 0.0) / 1000 if known else now,
        begin + answered / 1000 if known else now,
    )


def compare(date: str, asked: float, answered: float) -> SiteClock | None:
    """Compare a Date header with our clock when asking and when answered (seconds since 1970).

    The header has whole seconds, cut off: the site's clock then stood half a second later, more or
    less.
    """
    try:
        said = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    if not 1970 <= said.year < 9000:
        return None  # no clock says that
    if said.tzinfo is None:
        said = said.replace(tzinfo=UTC)
    offset = (asked + answered) / 2 - (said.timestamp() + 0.5)
    error = 0.5 + max(0.0, answered - asked) / 2
    return SiteClock(said.astimezone(UTC), round(offset * 1000, 1), round(error * 1000, 1))
