"""Record what a page loads: exact bodies by CDP Fetch, raw headers by CDP Network.

Only a response held by Fetch gives the bytes as served (GBK pages stay GBK); Fetch leaves out
Set-Cookie, so headers come from the ExtraInfo events. Both are joined by request id and hop.

A body whose size is not known beforehand is read piece by piece, so that one without end stops at
the limit; Chromium then wants the whole answer back from us. Documents are held by time instead:
an answer from us has no certificate.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

_BODY_LIMIT = 64 * 1024 * 1024
_TOTAL_LIMIT = 256 * 1024 * 1024
_PIECE = 1024 * 1024
_FORGET_SECONDS = 1.5
"""A request older than this no longer counts as traffic: long polls never end."""
_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding"}
_CUT = "cut_off"
_MOST_SOCKETS = 100
"""A page may open one after the other for ever."""
_STREAMS = ("text/event-stream", "multipart/x-mixed-replace")

Headers = list[tuple[str, str]]


@dataclass
class Exchange:
    """One request and its response, one hop of a redirect chain.

    `body` is None where it was not kept; `body_reason` (a code) says why.
    """

    request_id: str
    hop: int
    url: str
    method: str
    kind: str
    started: datetime
    request_headers: Headers = field(default_factory=list)
    request_body: bytes | None = None
    status: int | None = None
    status_text: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes | None = None
    body_reason: str | None = None
    protocol: str = ""
    error: str | None = None
    seconds: float = 0.0


@dataclass
class _Hops:
    """The hops of one request id and the header events that arrived for them."""

    exchanges: list[Exchange] = field(default_factory=list)
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    received: list[Mapping[str, Any]] = field(default_factory=list)
    requests: int = 0
    paused: int = 0
    began: float = 0.0
    done: bool = False


class NetworkLog:
    """Listen on the CDP session of a page from before its first request."""

    def __init__(self, cdp: CDPSession, document_seconds: float) -> None:
        self._cdp = cdp
        self._document_seconds = document_seconds
        self._requests: dict[str, _Hops] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._bytes = 0
        self._last = time.monotonic()
        self.hold_documents = True
        """False lets documents through unheld: for a page whose document never ends."""
        self.endless_document = asyncio.Event()
        self.sockets: list[str] = []
        """Addresses of the WebSockets that were opened; what they carried is not recorded."""
        self._asked: dict[str, str] = {}
        self._open = True

    async def start(self) -> None:
        """Enable the CDP domains; call before the first navigation."""
        self._cdp.on("Network.requestWillBeSent", self._on_request)
        self._cdp.on("Network.requestWillBeSentExtraInfo", self._on_sent)
        self._cdp.on("Network.responseReceivedExtraInfo", self._on_received)
        self._cdp.on("Network.responseReceived", self._on_response)
        self._cdp.on("Network.loadingFinished", self._on_finished)
        self._cdp.on("Network.loadingFailed", self._on_failed)
        self._cdp.on("Fetch.requestPaused", self._on_paused)
        self._cdp.on("Network.webSocketCreated", self._on_socket)
        self._cdp.on("Network.webSocketHandshakeResponseReceived", self._on_socket_open)
        limits = {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}
        await asyncio.gather(
            self._cdp.send("Network.enable", limits),
            self._cdp.send(
                "Fetch.enable", {"patterns": [{"urlPattern": "*", "requestStage": "Response"}]}
            ),
        )

    def idle(self) -> float:
        """Return for how many seconds nothing has been in flight."""
        now = time.monotonic()
        waiting = any(
            not hops.done and now - hops.began < _FORGET_SECONDS for hops in self._requests.values()
        )
        return 0.0 if waiting else now - self._last

    async def stop(self) -> None:
        """Stop listening; what is still held is given up."""
        self._open = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def exchanges(self) -> list[Exchange]:
        """Return every hop in the order of its start, headers joined in."""
        for hops in self._requests.values():
            _join(hops)
        every = [exchange for hops in self._requests.values() for exchange in hops.exchanges]
        return sorted(every, key=lambda exchange: exchange.started)

    def _of(self, request_id: str) -> _Hops:
        return self._requests.setdefault(request_id, _Hops(began=time.monotonic()))

    def _on_request(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith(("http:", "https:")):
            return
        hops = self._of(event["requestId"])
        redirect = event.get("redirectResponse")
        if redirect and hops.exchanges:
            _fill_response(hops.exchanges[-1], redirect)
        hops.done = False
        hops.began = self._last = time.monotonic()
        place, hops.requests = hops.requests, hops.requests + 1
        started = datetime.fromtimestamp(event["wallTime"], UTC)
        if place < len(hops.exchanges):  # its response was held before this event came
            hops.exchanges[place].started = started
            return
        hops.exchanges.append(_exchange_of(event, event.get("type"), place, started))

    def _on_sent(self, event: dict[str, Any]) -> None:
        self._of(event["requestId"]).sent.append(event["headers"])

    def _on_received(self, event: dict[str, Any]) -> None:
        self._of(event["requestId"]).received.append(event)

    def _on_response(self, event: dict[str, Any]) -> None:
        hops = self._of(event["requestId"])
        if hops.exchanges:
            _fill_response(hops.exchanges[-1], event["response"])

    def _on_finished(self, event: dict[str, Any]) -> None:
        self._end(event["requestId"])

    def _on_failed(self, event: dict[str, Any]) -> None:
        hops = self._end(event["requestId"])
        if hops.exchanges:
            hops.exchanges[-1].error = event.get("blockedReason") or event.get("errorText")

    def _on_socket(self, event: dict[str, Any]) -> None:
        if len(self._asked) < _MOST_SOCKETS:
            self._asked[event["requestId"]] = event["url"]

    def _on_socket_open(self, event: dict[str, Any]) -> None:
        url = self._asked.get(event["requestId"])
        if url is not None and url not in self.sockets:
            self.sockets.append(url)

    def _end(self, request_id: str) -> _Hops:
        hops = self._of(request_id)
        hops.done = True
        self._last = time.monotonic()
        if hops.exchanges:
            latest = hops.exchanges[-1]
            latest.seconds = max(0.0, (datetime.now(UTC) - latest.started).total_seconds())
        return hops

    def _on_paused(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._pass(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass(self, event: dict[str, Any]) -> None:
        """Take the body of a held response and let it go on to the page."""
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        held = {"requestId": event["requestId"]}
        hops = self._of(event.get("networkId") or event["requestId"])
        place, hops.paused = hops.paused, hops.paused + 1
        try:
            if "responseErrorReason" in event:
                await self._cdp.send("Fetch.continueRequest", held)
                return
            if place >= len(hops.exchanges):
                now = datetime.now(UTC)
                hops.exchanges.append(_exchange_of(event, event["resourceType"], place, now))
            exchange = hops.exchanges[place]
            exchange.status = event.get("responseStatusCode")
            exchange.status_text = event.get("responseStatusText") or ""
            exchange.headers = [(h["name"], h["value"]) for h in event.get("responseHeaders", ())]
            exchange.body_reason = _CUT  # until it is here
            measured = self._measured(event)
            body, reason = await (self._body(event) if measured else self._pieces(event))
            if body is not None and _is_short(event, body):
                body, reason = None, _CUT
            exchange.body, exchange.body_reason = body, reason
            if not measured and body is None:
                await self._cdp.send("Fetch.failRequest", {**held, "errorReason": "Aborted"})
            elif not measured:
                await self._cdp.send("Fetch.fulfillRequest", _answer(event, body or b""))
            elif not (reason == "endless" and self.hold_documents):
                await self._cdp.send("Fetch.continueResponse", held)
        except Error:
            # the page, its request or the server is gone; the hop stays without a body
            hops.done = True
            with contextlib.suppress(Error):
                await self._cdp.send("Fetch.failRequest", {**held, "errorReason": "Failed"})

    async def _body(self, event: dict[str, Any]) -> tuple[bytes | None, str | None]:
        reason = self._unwanted(event)
        if reason is not None:
            return None, reason
        if 300 <= event.get("responseStatusCode", 0) < 400:
            return b"", None
        call = self._cdp.send("Fetch.getResponseBody", {"requestId": event["requestId"]})
        if event.get("resourceType") == "Document":
            try:
                found = await asyncio.wait_for(call, self._document_seconds)
            except TimeoutError:
                self.endless_document.set()
                return None, "endless"
        else:
            found = await call
        data = found["body"]
        body = base64.b64decode(data) if found["base64Encoded"] else data.encode()
        self._bytes += len(body)
        return body, None

    def _measured(self, event: dict[str, Any]) -> bool:
        """Tell whether a body may be taken at once: small by its headers, or not taken at all."""
        if self._unwanted(event) is not None or event.get("resourceType") == "Document":
            return True
        names = {h["name"].lower() for h in event.get("responseHeaders", ())}
        empty = 300 <= event.get("responseStatusCode", 0) < 400
        return empty or ("content-length" in names and "content-encoding" not in names)

    async def _pieces(self, event: dict[str, Any]) -> tuple[bytes | None, str | None]:
        """Take a body of unknown size up to the limits."""
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        call = {"requestId": event["requestId"]}
        handle = (await self._cdp.send("Fetch.takeResponseBodyAsStream", call))["stream"]
        body = bytearray()
        try:
            while True:
                found = await self._cdp.send("IO.read", {"handle": handle, "size": _PIECE})
                data = found["data"]
                piece = base64.b64decode(data) if found.get("base64Encoded") else data.encode()
                body += piece
                self._bytes += len(piece)
                if len(body) > _BODY_LIMIT or self._bytes > _TOTAL_LIMIT:
                    self._bytes -= len(body)
                    return None, "too_large"
                if found.get("eof"):
                    return bytes(body), None
        finally:
            with contextlib.suppress(Error):  # the page is gone, and its stream with it
                await self._cdp.send("IO.close", {"handle": handle})

    def _unwanted(self, event: dict[str, Any]) -> str | None:
        """Return why a body is not taken: a stream has no end, a giant no room."""
        headers = {h["name"].lower(): h["value"] for h in event.get("responseHeaders", ())}
        if event.get("resourceType") == "EventSource":
            return "stream"
        if headers.get("content-type", "").lower().startswith(_STREAMS):
            return "stream"
        if event.get("resourceType") == "Document" and not self.hold_documents:
            return "endless"
        length = headers.get("content-length", "")
        if event.get("resourceType") == "Media" and not length.isdigit():
            return "stream"
        if length.isdigit() and int(length) > min(_BODY_LIMIT, _TOTAL_LIMIT - self._bytes):
            return "too_large"
        return "too_large" if self._bytes > _TOTAL_LIMIT else None


def _is_short(event: Mapping[str, Any], body: bytes) -> bool:
    """Tell whether less came than was announced (RFC 9112, section 8).

    Chromium hands over an incomplete chunked body without a word: that one cannot be told.
    """
    headers = {h["name"].lower(): h["value"] for h in event.get("responseHeaders", ())}
    length = headers.get("content-length", "")
    if (
        "content-encoding" in headers
        or not length.isdigit()
        or event["request"]["method"] == "HEAD"
    ):
        return False
    return not 300 <= event["responseStatusCode"] < 400 and len(body) < int(length)


def _answer(event: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """Return the held response as an answer of ours: the same, its body unpacked."""
    headers = event.get("responseHeaders", ())
    answer = {
        "requestId": event["requestId"],
        "responseCode": event["responseStatusCode"],
        "responseHeaders": [h for h in headers if h["name"].lower() not in _OF_THE_WIRE],
        "body": base64.b64encode(body).decode("ascii"),
    }
    phrase = event.get("responseStatusText")
    return {**answer, "responsePhrase": phrase} if phrase else answer


def _fill_response(exchange: Exchange, response: Mapping[str, Any]) -> None:
    exchange.protocol = response.get("protocol") or ""
    if exchange.status is None:
        exchange.status = response.get("status")
        exchange.status_text = response.get("statusText") or ""
    if not exchange.headers:
        exchange.headers = _pairs(response.get("headers", {}))


def _join(hops: _Hops) -> None:
    """Put the raw headers of the ExtraInfo events into their hops."""
    for exchange, sent in zip(hops.exchanges, hops.sent, strict=False):
        exchange.request_headers = _pairs(sent)
    for exchange, received in zip(hops.exchanges, hops.received, strict=False):
        raw = received.get("headersText")
        exchange.headers = _parse(raw) if raw else _pairs(received["headers"])


def _pairs(headers: Mapping[str, Any]) -> Headers:
    """Return header pairs; CDP joins repeated headers with line feeds."""
    return [(name, line) for name, value in headers.items() for line in str(value).split("\n")]


def _parse(raw: str) -> Headers:
    pairs = (line.partition(":") for line in raw.split("\r\n")[1:] if ":" in line)
    return [(name, value.strip()) for name, _, value in pairs]


def _post_data(request: Mapping[str, Any]) -> bytes | None:
    entries = request.get("postDataEntries")
    if entries and all("bytes" in entry for entry in entries):
        return b"".join(base64.b64decode(entry["bytes"]) for entry in entries)
    text = request.get("postData")
    return text.encode() if isinstance(text, str) else None


def _exchange_of(
    event: Mapping[str, Any], kind: str | None, hop: int, started: datetime
) -> Exchange:
    request = event["request"]
    return Exchange(
        request_id=event.get("networkId") or event["requestId"],
        hop=hop,
        url=request["url"],
        method=request["method"],
        kind=kind or "Other",
        started=started,
        request_headers=_pairs(request["headers"]),
        request_body=_post_data(request),
    )
