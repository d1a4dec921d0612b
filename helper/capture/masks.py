"""Replace session values by salted hashes before anything is written.

The salt is random for each capture and kept nowhere: equal values stay equal inside one capture,
and nothing can be guessed back.
"""

from __future__ import annotations

import bisect
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from helper.capture import tokens
from helper.capture.spellings import forms, pattern, spellings
from helper.capture.tokens import SHORTEST, SHORTEST_STORED

_COOKIE = "cookie"
_SET_COOKIE = "set-cookie"
_SECRET_HEADER = re.compile(
    r"authorization$|token$|^x-api-key$|^x-session|^set-cookie2$", re.IGNORECASE
)
_KEYS = (SHORTEST, 5)
"""Spellings are found by this many first characters; no secret is shorter than the last."""
_MOST_STORED = 64
"""Stored tokens that withhold a page, the certain ones first: each costs a search of each body."""


class Masks:
    """Know the secrets of one visit and take them out of headers, texts and bodies."""

    def __init__(self, storage_state: Mapping[str, Any] | None) -> None:
        self._salt = os.urandom(16)
        self._secrets: dict[str, str] = {}
        """Every spelling of a secret, and the secret that it spells."""
        self._index: dict[str, list[str]] = {}
        """Spellings by their first characters, the longest first."""
        self._withheld: dict[str, re.Pattern[bytes] | None] = {}
        state = storage_state or {}
        self.add_cookies(state.get("cookies", ()), lent=True)
        found = [text for origin in state.get("origins", ()) for text in _stored(origin)]
        keys = {text.text: text.certain for text in found if text.is_token}
        for text in found:
            if len(text.text) >= SHORTEST_STORED or text.text in keys:
                self._add(text.text)
        for key in sorted(keys, key=lambda key: not keys[key])[:_MOST_STORED]:
            self._withhold(key)

    def add_cookies(self, cookies: Iterable[Mapping[str, Any]], *, lent: bool = False) -> None:
        """Treat the values of Playwright cookies as secrets; `lent` ones came with the session."""
        for cookie in cookies:
            value = str(cookie.get("value", ""))
            key = tokens.is_key(cookie, value, lent=lent)
            if len(value) >= SHORTEST or key:
                self._add(value)
            if key:
                self._withhold(value)

    def value(self, secret: str) -> str:
        """Return the salted hash that stands for a secret; it may stand in any part of a URL."""
        raw = secret.encode("utf-8", "replace")
        return "sha256-salted-" + hashlib.sha256(self._salt + raw).hexdigest()

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
        while at <= len(text) - _KEYS[-1]:
            found = self._spelling(text, at)
            if found is None:
                at += 1
                continue
            parts += (text[start:at], self.value(self._secrets[found]))
            start = at = at + len(found)
        return "".join((*parts, text[start:])) if parts else text

    def body(self, data: bytes) -> bytes:
        """Return a request body with every known secret replaced."""
        for spelling in sorted(self._secrets, key=len, reverse=True):
            raw = spelling.encode("utf-8", "replace")
            if raw in data:
                data = data.replace(raw, self.value(self._secrets[spelling]).encode())
        return data

    def shows(self, data: bytes) -> bool:
        """Tell whether bytes print a session value, in any notation, over soft breaks too."""
        if not self._withheld:
            return False
        texts = [data]
        if b"=\n" in data or b"=\r\n" in data:
            texts.append(data.replace(b"=\r\n", b"").replace(b"=\n", b""))
        for secret, notations in self._withheld.items():
            if notations is None:
                plain = secret.encode()
                if any(plain in text for text in texts):
                    return True
            elif any(notations.search(text) for text in texts):
                return True
        return False

    def _add(self, secret: str) -> None:
        for spelling in spellings(secret):
            if len(spelling) >= _KEYS[-1] and spelling not in self._secrets:
                self._secrets[spelling] = secret
                key = next(length for length in _KEYS if length <= len(spelling))
                same = self._index.setdefault(spelling[:key], [])
                bisect.insort(same, spelling, key=lambda known: -len(known))

    def _withhold(self, secret: str) -> None:
        for form in forms(secret):
            if form not in self._withheld:
                self._withheld[form] = pattern(form)

    def _spelling(self, text: str, at: int) -> str | None:
        """Return the longest known spelling that begins at a place of a text."""
        for length in _KEYS:
            for spelling in self._index.get(text[at : at + length], ()):
                if text.startswith(spelling, at):
                    return spelling
        return None

    def _pair(self, pair: str) -> str:
        name, mark, secret = pair.strip().partition("=")
        return f"{name}={self.value(secret)}" if mark else self.value(name)


def _stored(origin: Mapping[str, Any]) -> list[tokens.Stored]:
    """Return the texts of a site's storage; what is not localStorage comes as the browser gave."""
    items = origin.get("localStorage", ())
    local = [
        text
        for item in items
        for text in tokens.stored(str(item.get("name", "")), str(item.get("value", "")))
    ]
    other = [
        text
        for kind, value in origin.items()
        if kind not in {"origin", "localStorage"}
        for text in tokens.stored(kind, value)
    ]
    return local + other
