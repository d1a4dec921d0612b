"""A time stamp for the signature of the 证据册 (PAdES-B-T), asked of the authorities that are set.

One that answers is looked for before the book is drawn, so that the book can say what its
signature has; nobody waits long for it, and without one the book is signed all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from asn1crypto import tsp
from cryptography import x509
from pyhanko.sign.timestamps import TimeStamper

from helper.capture.services import Asking, UnansweredError
from helper.evidence import openssl, pinned, stamp
from helper.evidence.book_stamps import Found
from helper.settings import Authority, Settings

_log = logging.getLogger("kazheng")
SECONDS: Final = 3.0
"""The longest one authority may take."""
ALL_SECONDS: Final = 8.0
"""The longest that looking for one may take."""
_ALGORITHM: Final = "sha256"


class BookStamper(TimeStamper):
    """Gets stamps of one authority, each checked up to its pinned root."""

    def __init__(self, authority: Authority, asking: Asking) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.authority = authority
        self.root: str | None = None
        self._asking = asking

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask, and return a reply that is confirmed; raises UnansweredError."""
        query = req.dump()
        reply = await self._asking.stamp(self.authority, query)
        digest = req["message_imprint"]["hashed_message"].native
        roots = await asyncio.to_thread(_roots, self.authority)
        program = await asyncio.to_thread(openssl.find)
        found = await asyncio.to_thread(
            stamp.check_digest, digest, query, reply, roots, openssl=program
        )
        if found.verdict != "confirmed":
            raise UnansweredError(found.reason or "refused")
        self.root = found.root
        return tsp.TimeStampResp.load(reply)


def find(settings: Settings, seconds: float = SECONDS, all_seconds: float = ALL_SECONDS) -> Found:
    """Return the first authority that gives a confirmed stamp within the time."""
    authorities = pinned.authorities(settings)
    if not authorities:
        return Found()
    with ThreadPoolExecutor(1) as apart:  # the caller's thread may have a running loop
        return apart.submit(
            asyncio.run, _first(authorities, Asking(seconds=seconds), all_seconds)
        ).result()


async def _first(authorities: Sequence[Authority], asking: Asking, seconds: float) -> Found:
    reason = "timed_out"
    try:
        async with asyncio.timeout(seconds):
            for authority in authorities:
                stamper = BookStamper(authority, asking)
                try:
                    await stamper.async_dummy_response(_ALGORITHM)
                except UnansweredError as error:
                    reason = error.reason
                except Exception as error:  # noqa: BLE001  # what a strange reply makes of pyHanko
                    _log.warning("no stamp for the book by %s: %s", authority.key, error)
                    reason = "refused"
                else:
                    return Found(stamper, authority.name, stamper.root)
    except TimeoutError:
        reason = "timed_out"
    return Found(reason=reason)


def _roots(authority: Authority) -> tuple[x509.Certificate, ...]:
    try:
        return pinned.roots_of(authority)
    except (OSError, ValueError):
        raise UnansweredError("root_unreadable") from None
