"""A signing client for tests: raw HTTP on loopback, every byte of a request under control."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helper.web import pairing, signing

CHUNK = 4 << 20
ORIGIN = "chrome-extension://" + "a" * 32


@dataclass(frozen=True)
class Answer:
    """A reply as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str | None:
        return self.json["error"].get("reason")


async def send(
    port: int,
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    host: str | None = "",
    address: str = "127.0.0.1",
    version: str | None = None,
    cut_after: int | None = None,
) -> Answer:
    """Send one request; host None sends no Host, `cut_after` drops the line within the body."""
    # aiohttp itself answers 400 to HTTP/1.1 without Host; 1.0 may come without and meets the guard.
    version = "1.0" if host is None and version is None else version or "1.1"
    lines = [f"{method} {target} HTTP/{version}", "Connection: close"]
    if host is not None:
        lines.append(f"Host: {host or f'127.0.0.1:{port}'}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method in {"POST", "PUT"}:
        lines.append(f"Content-Length: {len(body)}")
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body[:cut_after])
        await writer.drain()
        if cut_after is not None:
            return Answer(0, {}, b"")
        return parse(await reader.read())
    finally:
        writer.close()


def parse(raw: bytes) -> Answer:
    """Take a whole reply apart, chunked or not."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise ConnectionError("no reply")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    if headers.get("transfer-encoding") == "chunked":
        body = _dechunk(body)
    if len(body) < int(headers.get("content-length", 0)):
        raise ConnectionError("the reply was cut off")
    return Answer(int(first.split()[1]), headers, body)


def _dechunk(body: bytes) -> bytes:
    found = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        found += body[:length]
        body = body[length + 2 :]
    return found


@dataclass
class Client:
    """A paired extension."""

    port: int
    pairing_id: str
    key: bytes
    start: str
    language: str = "en"
    extra: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    async def pair(cls, port: int, code: str, name: str = "test") -> Client:
        """Pair by the code, checking the helper's proof."""
        once, nonce = pairing.code_key(code), secrets.token_hex(32)
        proof = pairing.client_proof(once, nonce)
        answer = await pair_request(port, nonce, proof, name)
        assert answer.status == 200, answer.body
        said = answer.json
        wanted = pairing.helper_proof(once, nonce, said["helper_nonce"], said["pairing_id"], port)
        assert said["proof"] == wanted
        key = pairing.lasting_key(once, nonce, said["helper_nonce"])
        return cls(port, said["pairing_id"], key, said["start"])

    async def hello(self) -> Any:
        """Ask who is there, check the proof, and take over the start id."""
        nonce = secrets.token_hex(32)
        answer = await send(self.port, "GET", f"/v1/hello?n={nonce}&p={self.pairing_id}")
        said = answer.json
        wanted = signing.hello_proof(self.key, nonce, said["start"], said["version"], self.port)
        assert said["proof"] == wanted
        self.start = said["start"]
        return said

    def sign(
        self, method: str, target: str, content: bytes = b"", **other: str
    ) -> list[tuple[str, str]]:
        """Return the signing headers; `other` gives time, nonce, start or body another value."""
        signed = signing.SignedHeaders(
            pairing=self.pairing_id,
            time=other.get("time", str(int(time.time() * 1000))),
            nonce=other.get("nonce", secrets.token_hex(16)),
            start=other.get("start", self.start),
            body=other.get("body", hashlib.sha256(content).hexdigest()),
            signature="",
        )
        return [
            (signing.PAIRING, signed.pairing),
            (signing.TIME, signed.time),
            (signing.NONCE, signed.nonce),
            (signing.START, signed.start),
            (signing.BODY, signed.body),
            (signing.SIGNATURE, signing.request_code(self.key, method, target, signed)),
            ("Accept-Language", self.language),
            *self.extra,
        ]

    def genuine(self, headers: Sequence[tuple[str, str]], answer: Answer) -> bool:
        """Tell whether the reply was signed for this request."""
        nonce = dict(headers)[signing.NONCE]
        wanted = signing.reply_code(self.key, nonce, answer.status, answer.body)
        return answer.headers.get(signing.REPLY.lower()) == wanted

    async def call(self, method: str, target: str, body: Any = None, **other: Any) -> Answer:
        """Send a signed request (bytes as they are, else as JSON) and check the reply's code."""
        data = body if isinstance(body, bytes) else b"" if body is None else _dump(body)
        headers = self.sign(method, target, data)
        answer = await send(self.port, method, target, headers, data, **other)
        if answer.status and "event-stream" not in answer.headers.get("content-type", ""):
            assert self.genuine(headers, answer), answer
        return answer

    async def announce(self, uuid: str, meta: Mapping[str, Any], *parts: dict[str, Any]) -> Answer:
        """Announce a capture or more parts."""
        body = {"uuid": uuid, "meta": dict(meta), "parts": parts}
        return await self.call("POST", "/v1/captures", body)

    async def put(self, uuid: str, sha256: str, offset: int, chunk: bytes) -> Answer:
        """Upload one chunk."""
        target = f"/v1/captures/{uuid}/parts/{sha256}?offset={offset}"
        return await self.call("PUT", target, chunk)

    async def upload(self, uuid: str, data: bytes, offset: int = 0, chunk: int = CHUNK) -> int:
        """Upload a part from the offset on and return what the helper has then."""
        sha256 = hashlib.sha256(data).hexdigest()
        while offset < len(data):
            answer = await self.put(uuid, sha256, offset, data[offset : offset + chunk])
            assert answer.status == 200, answer.body
            offset = answer.json["received"]
        return offset

    async def commit(self, uuid: str, *, final: bool = False) -> Answer:
        """Commit what was uploaded."""
        return await self.call("POST", f"/v1/captures/{uuid}/commit", {"final": final})


async def pair_request(port: int, nonce: str, proof: str, name: str = "test") -> Answer:
    """Send a pairing request as it is."""
    body = _dump({"client_nonce": nonce, "name": name, "proof": proof})
    return await send(port, "POST", "/v1/pair", [("Origin", ORIGIN)], body)


def part(data: bytes, role: str = "seen/html", media_type: str = "text/html") -> dict[str, Any]:
    """Describe bytes as a part."""
    sha256 = hashlib.sha256(data).hexdigest()
    return {"role": role, "sha256": sha256, "size": len(data), "media_type": media_type}


def meta(**other: Any) -> dict[str, Any]:
    """Describe a capture."""
    return {
        "url": "https://shop.example/order/1",
        "clicked_at": "2026-01-05T10:00:00+08:00",
        **other,
    }


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()
