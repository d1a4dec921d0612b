"""Answer a page from a WARC and from nothing else: what is not on the tape does not come."""

from __future__ import annotations

import asyncio
import base64
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warcio.archiveiterator import ArchiveIterator

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

_MOST_URLS = 100
_LONGEST_URL = 300
_LEFT_OUT = ("x-orig-", "set-cookie", "alt-svc")
"""Of the wire, of a session that is not ours to go on with, and a hint to other connections."""


@dataclass(frozen=True)
class Answer:
    """A kept response; `whole` is False where its body was not kept."""

    status: int
    phrase: str
    headers: list[tuple[str, str]]
    body: bytes
    whole: bool


@dataclass
class Tape:
    """The responses of a WARC by method and address; bodies are read when they are asked for."""

    warc: Path
    places: dict[tuple[str, str], list[int]]
    unanswered: frozenset[str]
    """Addresses that brought no response at the visit itself."""
    _played: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def holds(self, url: str) -> bool:
        """Tell whether an address can be opened from the tape."""
        return ("GET", url.partition("#")[0]) in self.places

    def next(self, method: str, url: str) -> Answer | None:
        """Return the response to the next request like this; the last one is repeated."""
        key = (method, url.partition("#")[0])
        places = self.places.get(key)
        if not places:
            return None
        turn = min(self._played[key], len(places) - 1)
        self._played[key] += 1
        return _read(self.warc, places[turn])


def load(warc: Path) -> Tape:
    """Read where the responses lie; raises ArchiveLoadFailed or OSError."""
    offsets: dict[str, int] = {}
    asked: dict[str, tuple[str, str]] = {}
    alone: set[str] = set()
    with warc.open("rb") as stream:
        iterator = ArchiveIterator(stream)
        for record in iterator:
            head = record.rec_headers
            if record.rec_type == "response":
                offsets[head.get_header("WARC-Record-ID")] = iterator.get_record_offset()
            elif record.rec_type == "request":
                key = (record.http_headers.protocol, head.get_header("WARC-Target-URI"))
                answer = head.get_header("WARC-Concurrent-To")
                if answer is None:
                    alone.add(key[1])
                else:
                    asked[answer] = key
            iterator.read_to_end(record)
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for answer, key in asked.items():
        if answer in offsets:
            places[key].append(offsets[answer])
    return Tape(warc, dict(places), frozenset(alone - {url for _, url in places}))


class Player:
    """Holds every request of a page and answers it from the tape."""

    def __init__(self, cdp: CDPSession, tape: Tape) -> None:
        self._cdp, self._tape = cdp, tape
        self._tasks: set[asyncio.Task[None]] = set()
        self._last = time.monotonic()
        self.answered = 0
        self.missing: list[str] = []
        """Addresses that the page asked for and the tape lacks, in order, each once."""

    async def start(self) -> None:
        """Take over the page's requests; call before the first navigation."""
        self._cdp.on("Fetch.requestPaused", self._on_paused)
        await self._cdp.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})

    async def stop(self) -> None:
        """Give up what is still held."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def idle(self) -> float:
        """Return for how many seconds nothing has been asked for."""
        return 0.0 if self._tasks else time.monotonic() - self._last

    def _on_paused(self, event: dict[str, Any]) -> None:
        self._last = time.monotonic()
        task = asyncio.ensure_future(self._play(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _play(self, event: Mapping[str, Any]) -> None:
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        request, held = event["request"], {"requestId": event["requestId"]}
        url = request["url"]
        answer = await asyncio.to_thread(self._tape.next, request["method"], url)
        try:
            if answer is None:
                self._lack(url)
                await self._cdp.send("Fetch.failRequest", {**held, "errorReason": "Failed"})
                return
            if not answer.whole:
                self._lack(url)
            self.answered += 1
            await self._cdp.send("Fetch.fulfillRequest", {**held, **_as_fulfilled(answer)})
        except Error:
            pass  # the page went elsewhere and wants no answer any more

    def _lack(self, url: str) -> None:
        known = url in self._tape.unanswered or url[:_LONGEST_URL] in self.missing
        if not known and len(self.missing) < _MOST_URLS:
            self.missing.append(url[:_LONGEST_URL])


def _read(warc: Path, offset: int) -> Answer:
    with warc.open("rb") as stream:
        stream.seek(offset)
        record = next(iter(ArchiveIterator(stream)))
        head = record.http_headers
        return Answer(
            status=int(head.get_statuscode()),
            phrase=head.statusline.partition(" ")[2],
            headers=[pair for pair in head.headers if not pair[0].lower().startswith(_LEFT_OUT)],
            body=record.content_stream().read(),
            whole=record.rec_headers.get_header("WARC-Truncated") is None,
        )


def _as_fulfilled(answer: Answer) -> dict[str, Any]:
    made = {
        "responseCode": answer.status,
        "responseHeaders": [{"name": name, "value": value} for name, value in answer.headers],
        "body": base64.b64encode(answer.body).decode("ascii"),
    }
    return {**made, "responsePhrase": answer.phrase} if answer.phrase else made
