"""Ask services of time: one bounded request each, no redirects, nothing of the user in it."""

from __future__ import annotations

import base64
import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from helper.settings import Authority

LARGEST_REPLY: Final = 1 << 18
_QUERY_TYPE: Final = "application/timestamp-query"
_LARGEST_SECRET: Final = 4096
_OK: Final = 200
_NOT_FOUND: Final = 404


class UnansweredError(Exception):
    """A service gave no usable answer; `reason` is a code (`stamps.reason.<code>`)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}" if detail else reason)


@dataclass(frozen=True)
class Asking:
    """How requests are made: the longest one may take, and where passwords come from."""

    seconds: float
    environment: Callable[[str], str | None] = os.environ.get

    async def stamp(self, authority: Authority, query: bytes) -> bytes:
        """Post a time-stamp query (RFC 3161 section 3.4), return the reply, not looked at."""
        auth = credentials(authority, self.environment)
        return await self._ask("POST", authority.url, body=query, auth=auth, sent=_QUERY_TYPE)

    async def submit(self, calendar: str, commitment: bytes) -> bytes:
        """Give a commitment to an OpenTimestamps calendar, return its serialised promise."""
        return await self._ask("POST", f"{calendar.rstrip('/')}/digest", body=commitment)

    async def promised(self, calendar: str, commitment: bytes) -> bytes:
        """Return what a calendar has made of a commitment; UnansweredError("not_yet")."""
        return await self._ask("GET", f"{calendar.rstrip('/')}/timestamp/{commitment.hex()}")

    async def get(self, url: str) -> bytes:
        """Return what a server says."""
        return await self._ask("GET", url)

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        auth: str | None = None,
        sent: str | None = None,
    ) -> bytes:
        said = {
            "User-Agent": "kazheng",
            "Accept-Encoding": "identity",
            "Content-Type": sent,
            "Authorization": auth,
        }
        headers = {name: value for name, value in said.items() if value is not None}
        timeout = ClientTimeout(total=self.seconds)
        try:
            async with (
                ClientSession(timeout=timeout, trust_env=True, auto_decompress=False) as session,
                session.request(
                    method, url, data=body, headers=headers, allow_redirects=False
                ) as reply,
            ):
                if 300 <= reply.status < 400:
                    raise UnansweredError("redirected", str(reply.status))
                if reply.status != _OK:
                    pending = reply.status == _NOT_FOUND and method == "GET"
                    raise UnansweredError(
                        "not_yet" if pending else "http_status", str(reply.status)
                    )
                data = await reply.content.read(LARGEST_REPLY + 1)
                while len(data) <= LARGEST_REPLY and (more := await reply.content.read(1 << 16)):
                    data += more
        except TimeoutError:
            raise UnansweredError("timed_out", f"{self.seconds} s") from None
        except (ClientError, OSError, ValueError) as error:
            raise UnansweredError("unreachable", type(error).__name__) from error
        if len(data) > LARGEST_REPLY:
            raise UnansweredError("too_large", str(len(data)))
        return data


def credentials(authority: Authority, environment: Callable[[str], str | None]) -> str | None:
    """Return the Authorization header for an authority, None where no `user:password` is set.

    Raises UnansweredError(credentials) for a file that is missing, or that others may read.
    """
    if authority.credentials is not None:
        try:
            with authority.credentials.open(encoding="utf-8") as file:
                mode = os.fstat(file.fileno()).st_mode
                secret = file.read(_LARGEST_SECRET).strip()
        except (OSError, ValueError) as error:
            name = errno.errorcode.get(getattr(error, "errno", 0) or 0, type(error).__name__)
            raise UnansweredError("credentials", name) from None
        if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UnansweredError("credentials", "not 0600")
    else:
        name = f"KAZHENG_AUTHORITY_{authority.key.upper().replace('-', '_')}"
        secret = (environment(name) or "").strip()
    if not secret:
        return None
    return "Basic " + base64.b64encode(secret.encode()).decode()
