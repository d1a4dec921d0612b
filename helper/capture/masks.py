"""Replace session values by salted hashes before anything is written.

The salt is random for each capture and kept nowhere: equal values stay equal inside one capture,
and nothing can be guessed back.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import os
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

_COOKIE = "cookie"
_SET_COOKIE = "set-cookie"
_SECRET_HEADER = re.compile(
    r"authorization$|token$|^x-api-key$|^x-session|^set-cookie2$", re.IGNORECASE
)
_SESSION_NAME = re.compile(r"sess|sid|token|auth", re.IGNORECASE)
_SHORTEST = 8
_SHORTEST_STORED = 16
_SHORTEST_WITHHELD = 12
_SHORTEST_MIXED = 16
"""Shorter values (a language, a flag) stand in every page and identify nobody."""
_DEPTH = 32
_JSON_STARTS = ("{", "[", '"')
_AS_ENCODE_URI_COMPONENT = "!'()*"


class Masks:
    """Know the secrets of one visit and take them out of headers, texts and bodies."""

    def __init__(self, storage_state: Mapping[str, Any] | None) -> None:
        self._salt = os.urandom(16)
        self._secrets: dict[str, str] = {}
        """Every spelling of a secret, and the secret that it spells."""
        self._index: dict[str, list[str]] = {}
        """Spellings by their first characters, the longest first."""
        self._withheld: set[bytes] = set()
        state = storage_state or {}
        self.add_cookies(state.get("cookies", ()), lent=True)
        for stored in state.get("origins", ()):
            for item in stored.get("localStorage", ()):
                for text in _strings(str(item.get("value", ""))):
                    if len(text) >= _SHORTEST_STORED:
                        self._add(text)

    def add_cookies(self, cookies: Iterable[Mapping[str, Any]], *, lent: bool = False) -> None:
        """Treat the values of Playwright cookies as secrets; `lent` ones came with the session."""
        for cookie in cookies:
            value = str(cookie.get("value", ""))
            if len(value) >= _SHORTEST:
                self._add(value)
            if _is_key(cookie, value, lent=lent):
                for spelling in _spellings(value):
                    raw = spelling.encode("utf-8", "replace")
                    self._withheld |= {raw, quopri.encodestring(raw).replace(b"=\n", b"")}

    def value(self, secret: str) -> str:
        """Return the salted hash that stands for a secret."""
        raw = secret.encode("utf-8", "replace")
        return "sha256-salted:" + hashlib.sha256(self._salt + raw).hexdigest()

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
        """Return a text with every known secret replaced, in any spelling."""
        parts: list[str] = []
        start = at = 0
        while at <= len(text) - _SHORTEST:
            for spelling in self._index.get(text[at : at + _SHORTEST], ()):
                if text.startswith(spelling, at):
                    parts += (text[start:at], self.value(self._secrets[spelling]))
                    start = at = at + len(spelling)
                    break
            else:
                at += 1
        return "".join((*parts, text[start:])) if parts else text

    def body(self, data: bytes) -> bytes:
        """Return a request body with every known secret replaced."""
        for spelling in sorted(self._secrets, key=len, reverse=True):
            raw = spelling.encode("utf-8", "replace")
            if raw in data:
                data = data.replace(raw, self.value(self._secrets[spelling]).encode())
        return data

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes print the value of a session cookie (quoted-printable too)."""
        if not self._withheld:
            return False
        joined = data.replace(b"=\r\n", b"").replace(b"=\n", b"")
        return any(secret in data or secret in joined for secret in self._withheld)

    def _add(self, secret: str) -> None:
        for spelling in _spellings(secret):
            if spelling not in self._secrets:
                self._secrets[spelling] = secret
                same = self._index.setdefault(spelling[:_SHORTEST], [])
                bisect.insort(same, spelling, key=lambda known: -len(known))

    def _pair(self, pair: str) -> str:
        name, mark, secret = pair.strip().partition("=")
        return f"{name}={self.value(secret)}" if mark else self.value(name)


def _is_key(cookie: Mapping[str, Any], value: str, *, lent: bool) -> bool:
    """Tell whether a cookie may open an account, so that no page that prints it is kept."""
    if cookie.get("httpOnly") and len(value) >= _SHORTEST_WITHHELD:
        return True
    if len(value) >= _SHORTEST and _SESSION_NAME.search(str(cookie.get("name", ""))):
        return True
    mixed = any(c.isalpha() for c in value) and any(c.isdigit() for c in value)
    return lent and mixed and len(value) >= _SHORTEST_MIXED


def _spellings(secret: str) -> set[str]:
    """Return a secret as it is and as it stands in URLs and forms."""
    plain = secret.encode("utf-8", "replace").decode()
    return {
        secret,
        quote(plain, safe=""),
        quote(plain),
        quote(plain, safe=_AS_ENCODE_URI_COMPONENT),
        quote_plus(plain),
    }


def _strings(text: str, depth: int = _DEPTH) -> Iterator[str]:
    """Give a stored text and, if it is JSON, every string in it, JSON inside JSON too."""
    yield text
    if depth == 0 or len(text) < _SHORTEST_STORED or text.lstrip()[:1] not in _JSON_STARTS:
        return
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield from _strings(found, depth - 1)
        elif isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend(found.values())
