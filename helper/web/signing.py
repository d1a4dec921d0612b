"""Signed requests and replies: what is signed, with which domain, and what is refused. Pure.

Every message starts with its own domain, so that the helper never computes, for one purpose, a
code that is valid for another one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from helper.errors import UnauthorizedError

PAIRING = "X-Kazheng-Pairing"
TIME = "X-Kazheng-Time"
NONCE = "X-Kazheng-Nonce"
START = "X-Kazheng-Start"
BODY = "X-Kazheng-Body"
SIGNATURE = "X-Kazheng-Signature"
REPLY = "X-Kazheng-Reply"

WINDOW_MS = 120_000
"""How far the client's clock may be off, and how long a nonce matters on either side."""

_SHAPES = {
    PAIRING: re.compile(r"[0-9a-f]{32}"),
    TIME: re.compile(r"[0-9]{1,15}"),
    NONCE: re.compile(r"[0-9a-f]{32}"),
    START: re.compile(r"[0-9a-f]{1,64}"),
    BODY: re.compile(r"[0-9a-f]{64}"),
    SIGNATURE: re.compile(r"[0-9a-f]{64}"),
}


def derive(secret: bytes, *, salt: bytes, info: str) -> bytes:
    """Return 32 bytes by HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info.encode()).derive(secret)


def mac(key: bytes, *lines: str) -> str:
    """Return HMAC-SHA256 over the lines joined by line feeds, in hex."""
    return hmac.new(key, "\n".join(lines).encode("utf-8", "surrogateescape"), "sha256").hexdigest()


def same(first: str, second: str) -> bool:
    """Compare in constant time; a header may hold bytes that are no text."""
    encoded = (one.encode(errors="surrogateescape") for one in (first, second))
    return hmac.compare_digest(*encoded)


def hello_proof(key: bytes, nonce: str, start: str, version: str, port: int) -> str:
    """Return what proves that the helper on this very port, and no relay, knows the pairing key."""
    return mac(key, "kazheng/hello/1", nonce, start, version, str(port))


def request_code(key: bytes, method: str, target: str, signed: SignedHeaders) -> str:
    """Return the code of a request; `target` is path with query exactly as sent."""
    return mac(
        key, "kazheng/request/1", method, target,
        str(signed.time), signed.nonce, signed.start, signed.body,
    )  # fmt: skip


def reply_code(key: bytes, nonce: str, status: int, body: bytes) -> str:
    """Return the code of a reply to the request with that nonce."""
    return mac(key, "kazheng/reply/1", nonce, str(status), hashlib.sha256(body).hexdigest())


def event_code(
    key: bytes, nonce: str, index: int, *, step: str, at: str, detail: str | None
) -> str:
    """Return the code of the index-th event of a stream; a missing detail counts as empty."""
    digest = hashlib.sha256("\n".join((step, at, detail or "")).encode()).hexdigest()
    return mac(key, "kazheng/reply/1", nonce, f"event:{index}", digest)


@dataclass(frozen=True)
class SignedHeaders:
    """The signing headers of a request; `time` is Unix time in milliseconds as text."""

    pairing: str
    time: str
    nonce: str
    start: str
    body: str
    signature: str

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> SignedHeaders:
        """Take the headers apart; UnauthorizedError if one is missing or misshapen."""
        values = {name: headers.get(name) for name in _SHAPES}
        if values[SIGNATURE] is None or values[PAIRING] is None:
            raise UnauthorizedError(reason="unsigned")
        for name, shape in _SHAPES.items():
            value = values[name]
            if value is None or shape.fullmatch(value) is None:
                raise UnauthorizedError(reason="malformed", header=name)
        return cls(*(str(value) for value in values.values()))

    def check(self, key: bytes, method: str, target: str) -> None:
        """Raise UnauthorizedError unless the signature is right."""
        if not same(request_code(key, method, target, self), self.signature):
            raise UnauthorizedError(reason="signature")


@dataclass
class Nonces:
    """Remembers the nonces of correctly signed requests as long as their time is accepted."""

    _seen: set[tuple[str, str]] = field(default_factory=set)
    _order: deque[tuple[int, tuple[str, str]]] = field(default_factory=deque)

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._seen)

    def admit(self, signed: SignedHeaders, now_ms: int) -> None:
        """Accept a request once; UnauthorizedError when it is stale or was seen before."""
        if abs(now_ms - int(signed.time)) > WINDOW_MS:
            raise UnauthorizedError(reason="stale")
        # A request from the future side of the window stays acceptable for two windows.
        while self._order and now_ms - self._order[0][0] > 2 * WINDOW_MS:
            self._seen.discard(self._order.popleft()[1])
        once = (signed.pairing, signed.nonce)
        if once in self._seen:
            raise UnauthorizedError(reason="replayed")
        self._seen.add(once)
        self._order.append((now_ms, once))
