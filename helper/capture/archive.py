"""Write what a visit loaded as WARC (ISO 28500) and as HAR 1.2, secrets replaced."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from helper.capture.masks import Masks
from helper.capture.network import Exchange, Headers

_MOVED = {"content-encoding", "transfer-encoding", "content-length"}
"""True of the wire, not of the decoded body that is kept: written as `X-Orig-<name>`."""
_HAR_TEXT_LIMIT = 2 * 1024 * 1024
_SAID = (
    "bodies as served after content decoding; values of Cookie, Set-Cookie and Authorization "
    "headers, and session values elsewhere, are replaced by salted hashes (sha256-salted-)"
)


@dataclass(frozen=True)
class About:
    """What an archive says about itself; `peers` maps `host:port` to the address connected to."""

    software: str
    user_agent: str
    peers: Mapping[str, str]
    refused: Sequence[Mapping[str, Any]] = ()


def masked(exchanges: Iterable[Exchange], masks: Masks) -> list[Exchange]:
    """Return copies in which no secret is left; a body that prints one is withheld."""
    return [_masked(exchange, masks) for exchange in exchanges]


def write_warc(path: Path, exchanges: Iterable[Exchange], about: About) -> None:
    """Write request and response records, and metadata for what failed or was refused."""
    with path.open("wb") as out:
        writer = _Writer(out, gzip=True, warc_version="1.1")
        info = {
            "software": about.software,
            "format": "WARC File Format 1.1",
            "http-header-user-agent": about.user_agent,
            "description": _SAID,
        }
        writer.write_record(writer.create_warcinfo_record(path.name, info))
        for exchange in exchanges:
            _write_exchange(writer, exchange, about)
        if about.refused:
            _write_note(writer, "urn:kazheng:refused", list(about.refused), {})


def har(exchanges: Iterable[Exchange], about: About, title: str) -> bytes:
    """Return a HAR 1.2 document of the same log; text bodies up to 2 MiB, others by hash."""
    entries = [_har_entry(exchange, about) for exchange in exchanges]
    document = {
        "log": {
            "version": "1.2",
            "comment": _SAID,
            "creator": {"name": "kazheng", "version": about.software},
            "browser": {"name": "Chromium", "version": about.user_agent},
            "pages": [
                {
                    "startedDateTime": entries[0]["startedDateTime"] if entries else None,
                    "id": "page",
                    "title": title,
                    "pageTimings": {},
                }
            ],
            "entries": entries,
        }
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


class _Sha256:
    """A digest as WARC headers spell it, in the digits that `sha256sum` prints."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def update(self, data: bytes) -> None:
        self._digest.update(data)

    def __str__(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """Name records by SHA-256; warcio's own choice, SHA-1, is no proof of anything any more."""

    @staticmethod
    def _create_digester() -> _Sha256:
        return _Sha256()


def _masked(exchange: Exchange, masks: Masks) -> Exchange:
    body, reason = exchange.body, exchange.body_reason
    if body is not None and masks.shows(body):
        body, reason = None, "session_in_body"
    sent = exchange.request_body
    return replace(
        exchange,
        url=masks.text(exchange.url),
        request_headers=_masked_headers(exchange.request_headers, masks),
        headers=_masked_headers(exchange.headers, masks),
        request_body=None if sent is None else masks.body(sent),
        body=body,
        body_reason=reason,
    )


def _masked_headers(headers: Headers, masks: Masks) -> Headers:
    return [(name, masks.header(name, value)) for name, value in headers]


def _peer(exchange: Exchange, about: About) -> str | None:
    try:
        parts = urlsplit(exchange.url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:  # a page may ask for any nonsense; the record of it is kept
        return None
    return about.peers.get(f"{parts.hostname}:{port}")


def _target(url: str) -> tuple[str, str]:
    """Return host and request target of a URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "/"
    return parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _write_exchange(writer: WARCWriter, exchange: Exchange, about: About) -> None:
    date = exchange.started.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    base = {"WARC-Date": date}
    peer = _peer(exchange, about)
    if peer and " " not in peer:
        base["WARC-IP-Address"] = peer
    response = None
    if exchange.status is not None:
        phrase = exchange.status_text or _phrase(exchange.status)
        extra = dict(base)
        if exchange.protocol:
            extra["WARC-Protocol"] = exchange.protocol
        if exchange.body is None:
            extra["WARC-Truncated"] = "unspecified"
        response = writer.create_warc_record(
            exchange.url,
            "response",
            payload=io.BytesIO(exchange.body or b""),
            length=len(exchange.body or b""),
            http_headers=StatusAndHeaders(
                f"{exchange.status} {phrase}", _kept_headers(exchange), protocol="HTTP/1.1"
            ),
            warc_headers_dict=extra,
        )
        writer.write_record(response)
    host, line = _target(exchange.url)
    names = {name.lower() for name, _ in exchange.request_headers}
    sent = [pair for pair in exchange.request_headers if not pair[0].startswith(":")]
    if "host" not in names:
        sent.insert(0, ("Host", host))
    request = writer.create_warc_record(
        exchange.url,
        "request",
        payload=io.BytesIO(exchange.request_body or b""),
        length=len(exchange.request_body or b""),
        http_headers=StatusAndHeaders(
            f"{exchange.method} {line} HTTP/1.1", sent, is_http_request=True
        ),
        warc_headers_dict=dict(base),
    )
    if response is not None:
        request.rec_headers.add_header(
            "WARC-Concurrent-To", response.rec_headers.get_header("WARC-Record-ID")
        )
    writer.write_record(request)
    if exchange.error or exchange.body_reason:
        note = {"error": exchange.error, "body": exchange.body_reason}
        _write_note(writer, exchange.url, note, base)


def _write_note(writer: WARCWriter, uri: str, note: object, headers: Mapping[str, str]) -> None:
    data = json.dumps(note).encode()
    record = writer.create_warc_record(
        uri,
        "metadata",
        payload=io.BytesIO(data),
        length=len(data),
        warc_content_type="application/json",
        warc_headers_dict=dict(headers),
    )
    writer.write_record(record)


def _kept_headers(exchange: Exchange) -> Headers:
    return [
        (f"X-Orig-{name}" if name.lower() in _MOVED else name, value)
        for name, value in exchange.headers
    ]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _har_entry(exchange: Exchange, about: About) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in exchange.headers]
    sent = [{"name": name, "value": value} for name, value in exchange.request_headers]
    request: dict[str, Any] = {
        "method": exchange.method, "url": exchange.url, "httpVersion": exchange.protocol,
        "cookies": [], "headers": sent, "queryString": [], "headersSize": -1,
        "bodySize": len(exchange.request_body or b""),
    }  # fmt: skip
    if exchange.request_body is not None:
        request["postData"] = {
            "mimeType": _header(exchange.request_headers, "content-type"),
            "text": exchange.request_body.decode("utf-8", "replace"),
        }
    milliseconds = round(exchange.seconds * 1000, 1)
    entry = {
        "pageref": "page",
        "startedDateTime": exchange.started.isoformat(),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": exchange.status or 0, "statusText": exchange.status_text,
            "httpVersion": exchange.protocol, "cookies": [], "headers": named,
            "content": _har_content(exchange), "redirectURL": _header(exchange.headers, "location"),
            "headersSize": -1, "bodySize": -1 if exchange.body is None else len(exchange.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_resourceType": exchange.kind,
        "_error": exchange.error,
    }  # fmt: skip
    peer = _peer(exchange, about)
    if peer:
        entry["serverIPAddress"] = peer
    return entry


def _har_content(exchange: Exchange) -> dict[str, Any]:
    kind = _header(exchange.headers, "content-type")
    body = exchange.body
    if body is None:
        return {"size": -1, "mimeType": kind, "_reason": exchange.body_reason}
    content: dict[str, Any] = {
        "size": len(body), "mimeType": kind, "_sha256": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip
    textual = kind.startswith(("text/", "application/json", "application/javascript"))
    if textual and len(body) <= _HAR_TEXT_LIMIT:
        content |= {"text": base64.b64encode(body).decode(), "encoding": "base64"}
    return content


def _header(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
