"""Replace session values by salted hashes before anything is written.

The salt is random for each capture and kept nowhere: equal values stay equal inside one capture,
and nothing can be guessed back.
"""

from __future__ import annotations

import hashlib
import os
import quopri
import re
from collections.abc import Iterable, Mapping
from typing import Any

_COOKIE = "cookie"
_SET_COOKIE = "set-cookie"
_SECRET_HEADER = re.compile(
    r"authorization$|token$|^x-api-key$|^x-session|^set-cookie2$", re.IGNORECASE
)
_SHORTEST = 8
_SHORTEST_STORED = 16
_SHORTEST_WITHHELD = 12
"""Shorter values (a language, a flag) stand in every page and identify nobody."""


class Masks:
    """Know the secrets of one visit and take them out of headers, texts and bodies."""

    def __init__(self, storage_state: Mapping[str, Any] | None) -> None:
        self._salt = os.urandom(16)
        self._replaced: set[str] = set()
        self._withheld: set[bytes] = set()
        state = storage_state or {}
        self.add_cookies(state.get("cookies", ()))
        for stored in state.get("origins", ()):
            values = (str(item.get("value", "")) for item in stored.get("localStorage", ()))
            self._replaced.update(value for value in values if len(value) >= _SHORTEST_STORED)

    def add_cookies(self, cookies: Iterable[Mapping[str, Any]]) -> None:
        """Treat the values of Playwright cookies as secrets."""
        for cookie in cookies:
            value = str(cookie.get("value", ""))
            if len(value) >= _SHORTEST:
                self._replaced.add(value)
            if cookie.get("httpOnly") and len(value) >= _SHORTEST_WITHHELD:
                raw = value.encode()
                self._withheld |= {raw, quopri.encodestring(raw)}

    def value(self, secret: str) -> str:
        """Return the salted hash that stands for a secret."""
        return "sha256-salted:" + hashlib.sha256(self._salt + secret.encode()).hexdigest()

    def header(self, name: str, value: str) -> str:
        """Return a header value without its secrets; cookie names and attributes stay."""
        lower = name.lower()
        if lower == _COOKIE:
            return "; ".join(self._pair(part) for part in value.split(";") if part.strip())
        if lower == _SET_COOKIE:
            first, mark, rest = value.partition(";")
            return self._pair(first) + mark + rest
        if _SECRET_HEADER.search(lower):
            scheme, space, secret = value.partition(" ")
            return f"{scheme} {self.value(secret)}" if space else self.value(value)
        return self.text(value)

    def text(self, text: str) -> str:
        """Return a text with every known secret replaced."""
        for secret in sorted(self._replaced, key=len, reverse=True):
            if secret in text:
                text = text.replace(secret, self.value(secret))
        return text

    def body(self, data: bytes) -> bytes:
        """Return a request body with every known secret replaced."""
        for secret in sorted(self._replaced, key=len, reverse=True):
            raw = secret.encode()
            if raw in data:
                data = data.replace(raw, self.value(secret).encode())
        return data

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes print the value of an HttpOnly cookie (quoted-printable too)."""
        if not self._withheld:
            return False
        joined = data.replace(b"=\r\n", b"").replace(b"=\n", b"")
        return any(secret in data or secret in joined for secret in self._withheld)

    def _pair(self, pair: str) -> str:
        name, mark, secret = pair.strip().partition("=")
        return f"{name}={self.value(secret)}" if mark else self.value(name)
