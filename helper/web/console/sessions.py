"""Who is logged in to the console: kept in this process's memory, gone with it.

The cookie's value is never stored: a session is found by its hash. The token of forms (CSRF) is
another value, so that a page that is read over a shoulder gives no session away.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=7)
MOST: Final = 32
"""Sessions at one time; the one not used for longest goes first."""


@dataclass
class Session:
    """One browser that was let in. `said`: what the next page tells once, catalogue key first."""

    csrf: str
    since: datetime
    used: datetime
    said: tuple[str, dict[str, object]] | None = None


@dataclass
class Sessions:
    """The sessions of one helper."""

    _kept: dict[str, Session] = field(default_factory=dict)

    def open(self, now: datetime) -> str:
        """Begin a session and return the cookie's value."""
        value = secrets.token_urlsafe(32)
        while len(self._kept) >= MOST:
            del self._kept[min(self._kept, key=lambda key: self._kept[key].used)]
        self._kept[_digest(value)] = Session(secrets.token_urlsafe(32), since=now, used=now)
        return value

    def find(self, value: str, now: datetime, *, used: bool) -> Session | None:
        """Return the session of a cookie, None if it is unknown or was left for too long.

        `used`: the user did something, the time of being idle begins anew.
        """
        digest = _digest(value)
        session = self._kept.get(digest)
        if session is None:
            return None
        if now - session.used > IDLE or now - session.since > LONGEST:
            del self._kept[digest]
            return None
        if used:
            session.used = max(session.used, now)
        return session

    def close(self, value: str) -> None:
        """End the session of a cookie."""
        self._kept.pop(_digest(value), None)


def cookie_of(port: int) -> str:
    """Return the cookie's name: browsers keep one jar for all ports, two helpers must not clash."""
    return f"kazheng_{port}"


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode(errors="surrogateescape")).hexdigest()
