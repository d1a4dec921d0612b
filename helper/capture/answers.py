"""The JSON that a visited page got by XHR, read back from the visit's WARC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

_MOST_BYTES = 2_000_000
_TEXTUAL = ("json", "text/plain", "text/html", "javascript")


def json_answers(warc: Path) -> Iterator[tuple[str, str]]:
    """Yield address and text of each answer that begins as JSON does.

    The address comes without its query, which may hold an e-mail or a password. Raises
    ArchiveLoadFailed or OSError.
    """
    with warc.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response" and _is_wanted(record):
                body: bytes = record.content_stream().read(_MOST_BYTES + 1)
                begins = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
                if begins and len(body) <= _MOST_BYTES:
                    url = record.rec_headers.get_header("WARC-Target-URI")
                    yield _without_query(url), _text(body)


def _is_wanted(record: ArcWarcRecord) -> bool:
    head = record.http_headers
    kind = (head.get_header("Content-Type") or "").lower() if head is not None else ""
    return head is not None and head.get_statuscode() == "200" and any(k in kind for k in _TEXTUAL)


def _text(body: bytes) -> str:
    """Decode JSON: UTF-8 (RFC 8259), or what old Chinese shops send all the same."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def _without_query(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
