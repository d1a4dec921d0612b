"""A time stamp for the signature of the 证据册 (PAdES-B-T), asked of the authorities that are set.

One that answers is looked for before the book is drawn, so that the book can say what its
signature has; nobody waits long for it, and without one the book is signed all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Final, ParamSpec, TypeVar

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
"""The longest that looking for one may take, and a second more if it does not end by itself."""
_ALGORITHM: Final = "sha256"
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class BookStamper(TimeStamper):
    """Gets stamps of one authority, each checked up to its pinned root."""

    def __init__(self, authority: Authority, asking: Asking) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.authority = authority
        self.root: str | None = None
        self._asking = asking

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask, and return a reply that is confirmed; raises UnansweredError."""
        asyncio.get_running_loop().set_default_executor(_Abandoning(1))
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
    asking = Asking(seconds=seconds)
    # apart: the caller's thread may have a running loop
    done = _apart(lambda: asyncio.run(_first(authorities, asking, all_seconds)))
    try:
        return done.result(all_seconds + 1)
    except TimeoutError:
        return Found(reason="timed_out")


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


class _Abandoning(ThreadPoolExecutor):
    """Gives each call a thread that nobody joins.

    The end of a loop, and of Python, waits for the calls in a common executor: a look-up of a
    name (getaddrinfo) takes as long as the system likes.
    """

    def submit(
        self, fn: Callable[_Given, _Result], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Result]:
        """Run a call in a thread of its own."""
        return _apart(lambda: fn(*args, **kwargs))


def _apart(work: Callable[[], _Result]) -> Future[_Result]:
    """Run something in a daemon thread, which may be left behind."""
    done: Future[_Result] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001, whoever waits for the result gets it
            done.set_exception(error)
        else:
            done.set_result(result)

    Thread(target=run, name="kazheng-book-stamp", daemon=True).start()
    return done
