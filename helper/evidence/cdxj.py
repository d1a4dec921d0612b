"""Index a WARC as CDXJ, sorted by SURT key, in the gzip blocks that WACZ readers look for.

Own code: the `surt` package is AGPL. Keys are spelled as ReplayWeb.page spells them; requests with
a body get `__wb_method` and their fields into the key, as the IIPC guideline on non-GET requests
has it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from warcio.archiveiterator import ArchiveIterator

BLOCK_LINES: Final = 300
_LONGEST_QUERY = 4096
_LARGEST_BODY = 64 * 1024
_DEPTH = 64
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One response of a WARC: where it lies and what asked for it."""

    url: str
    timestamp: str
    """14 digits, UTC."""
    status: str
    mime: str
    digest: str
    offset: int
    length: int
    record_digest: str = ""
    method: str = "GET"
    request_body: str = ""

    @property
    def key(self) -> str:
        """Return the SURT key, with method and fields for anything but GET."""
        if self.method == "GET":
            return surt(self.url)
        mark = "&" if "?" in self.url else "?"
        fields = f"&{unquote_plus(self.request_body)}" if self.request_body else ""
        return surt(f"{self.url}{mark}__wb_method={self.method}{fields}")


def surt(url: str) -> str:
    """Return the sort-friendly key: `https://www.a.cn/B?y=1&x=2` → `cn,a)/b?x=2&y=1`."""
    try:
        parts = urlsplit(re.sub(r"^(https?://)www\d*\.", r"\1", url, flags=re.IGNORECASE).lower())
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return url
    host = ",".join(reversed(parts.hostname.split(".")))
    place = f":{port}" if port not in {None, 80 if parts.scheme == "http" else 443} else ""
    query = f"?{'&'.join(sorted(parts.query.split('&')))}" if parts.query else ""
    # a key ends at the first space of its line
    return f"{host}{place}){parts.path or '/'}{query}".replace(" ", "%20").replace("\n", "%0a")


def entries(warc: Path) -> list[Entry]:
    """Return the responses of a WARC in its order; raises ValueError for what is no WARC."""
    found: dict[str, Entry] = {}
    with warc.open("rb") as stream:
        iterator = ArchiveIterator(stream)
        for record in iterator:
            head = record.rec_headers
            if record.rec_type == "request":
                answer = head.get_header("WARC-Concurrent-To") or ""
                if answer in found:
                    found[answer] = _with_request(found[answer], record)
                iterator.read_to_end(record)
            elif record.rec_type == "response":
                iterator.read_to_end(record)
                found[head.get_header("WARC-Record-ID")] = _entry(
                    record, iterator.get_record_offset(), iterator.get_record_length()
                )
    return [replace(e, record_digest=_hash(warc, e.offset, e.length)) for e in found.values()]


def lines(found: list[Entry], filename: str) -> list[str]:
    """Return the CDXJ lines of a WARC, sorted, each with its line feed."""
    return sorted(_line(entry, filename) for entry in found)


def blocks(cdxj: list[str], filename: str) -> tuple[bytes, bytes]:
    """Return the lines as gzip members, and the index of those members (`cdxj-gzip-1.0`).

    Readers open `index.cdx.gz` only through an `.idx` beside it.
    """
    data = b""
    head = json.dumps({"format": "cdxj-gzip-1.0", "filename": filename})
    index = [f"!meta 0 {head}\n"]
    for start in range(0, len(cdxj), BLOCK_LINES):
        part = cdxj[start : start + BLOCK_LINES]
        member = gzip.compress("".join(part).encode(), mtime=0)
        about = {
            "offset": len(data),
            "length": len(member),
            "digest": f"sha256:{hashlib.sha256(member).hexdigest()}",
        }
        index.append(f"{part[0].partition(' {')[0]} {json.dumps(about)}\n")
        data += member
    return data or gzip.compress(b"", mtime=0), "".join(index).encode()


def fields_of(mime: str, body: bytes) -> str:
    """Return the fields of a request body as a query, as readers of archives spell them."""
    kind = mime.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        query = body.decode("utf-8", "replace")
    elif kind in {"application/json", "text/plain"}:
        try:
            query = urlencode(dict(_leaves(json.loads(body))))
        except (ValueError, RecursionError):
            query = "" if kind == "application/json" else _opaque(body)
    else:
        query = _opaque(body)
    return query[:_LONGEST_QUERY]


def _entry(record: Any, offset: int, length: int) -> Entry:
    head = record.rec_headers
    mime = record.http_headers.get_header("Content-Type") or ""
    return Entry(
        url=head.get_header("WARC-Target-URI"),
        timestamp=re.sub(r"\D", "", head.get_header("WARC-Date"))[:14],
        status=record.http_headers.get_statuscode(),
        mime=re.split(r"[;\s]", mime, maxsplit=1)[0],
        digest=head.get_header("WARC-Payload-Digest") or "",
        offset=offset,
        length=length,
    )


def _with_request(entry: Entry, record: Any) -> Entry:
    method = record.http_headers.protocol  # warcio keeps the first word of a request line there
    if method == "GET":
        return entry
    body = record.content_stream().read(_LARGEST_BODY)
    mime = record.http_headers.get_header("Content-Type") or ""
    return replace(entry, method=method, request_body=fields_of(mime, body) if body else "")


def _line(entry: Entry, filename: str) -> str:
    about: dict[str, str | int] = {
        "url": entry.url,
        "mime": entry.mime,
        "status": entry.status,
        "digest": entry.digest,
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": filename,
        "recordDigest": entry.record_digest,
    }
    if entry.method != "GET":
        about |= {"method": entry.method, "requestBody": entry.request_body}
    return f"{entry.key} {entry.timestamp} {json.dumps(about)}\n"


def _hash(path: Path, offset: int, length: int) -> str:
    """Return the hash of the record as it lies in the file, gzip and all."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        stream.seek(offset)
        while length > 0 and (chunk := stream.read(min(_CHUNK, length))):
            digest.update(chunk)
            length -= len(chunk)
    return f"sha256:{digest.hexdigest()}"


def _opaque(body: bytes) -> str:
    return f"__wb_post_data={base64.b64encode(body).decode('ascii')}"


def _leaves(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the leaves of a JSON value by their own key; a key met again gets a number."""
    seen: dict[str, int] = {}
    for name, leaf in _walk(value, "", _DEPTH):
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}.{seen[name]}_"), leaf


def _walk(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth and isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, key, depth - 1)
    elif depth and isinstance(value, list):
        for item in value:
            yield from _walk(item, name, depth - 1)
    elif value is None or isinstance(value, bool):
        yield name, json.dumps(value)
    elif isinstance(value, str | int | float) and value != "":
        yield name, str(value)
