"""Which of the values that came with a session may open an account, by name and by look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHORTEST = 8
SHORTEST_STORED = 16
_SHORTEST_ENGINE = 5
_SHORTEST_WITHHELD = 12
_SHORTEST_MIXED = 16
_SHORTEST_LETTERS = 20
_SHORTEST_NAMELESS = 32
"""Shorter values (a language, a flag, an order number) stand in every page and identify nobody."""
_COOKIE_NAME = re.compile(r"sess|sid|token|auth", re.IGNORECASE)
_ENGINE_NAME = re.compile(
    r"PHPSESSID|JSESSIONID|ASPSESSIONID\w*|ASP\.NET_SessionId|CFTOKEN|connect\.sid|sessionid",
    re.IGNORECASE,
)
_STORED_NAME = re.compile(
    r"sess|(?<![a-z])sid(?![a-z])|token|auth(?!or(?!iz))|jwt|credential|(?:api|access)_?key",
    re.IGNORECASE,
)
_WORD = re.compile(r"[!-~]+")
_SCHEME = re.compile(r"(?:bearer|token|jwt|basic)\s+(\S+)", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DEPTH = 32
_JSON_STARTS = ("{", "[", '"')


@dataclass(frozen=True)
class Stored:
    """A text of a site's storage, its nearest name, and whether a name above is a session's."""

    text: str
    name: str
    under: bool = False

    @property
    def is_token(self) -> bool:
        """Tell whether it looks like a key, so that no page that prints it is kept."""
        text, named = self.text, _STORED_NAME.search(self.name) is not None
        if not _WORD.fullmatch(text) or "://" in text or text.startswith(_JSON_STARTS):
            return False
        if _JWT.match(text):
            return True
        if named and len(text) >= SHORTEST:
            return _mixed(text) or len(text) >= _SHORTEST_LETTERS
        if self.under and len(text) >= _SHORTEST_MIXED:
            return _mixed(text)
        letters = sum(c.isalpha() for c in text)
        random = _mixed(text) and letters >= SHORTEST and _UUID.fullmatch(text) is None
        return random and len(text) >= _SHORTEST_NAMELESS

    @property
    def certain(self) -> bool:
        """Tell whether it is a key by its name or form, not by its look alone."""
        return _STORED_NAME.search(self.name) is not None or _JWT.match(self.text) is not None


def is_key(cookie: Mapping[str, Any], value: str, *, lent: bool) -> bool:
    """Tell whether a cookie may open an account, so that no page that prints it is kept."""
    name = str(cookie.get("name", ""))
    if cookie.get("httpOnly") and len(value) >= _SHORTEST_WITHHELD:
        return True
    if len(value) >= SHORTEST and _COOKIE_NAME.search(name):
        return True
    if len(value) >= _SHORTEST_ENGINE and _mixed(value) and _ENGINE_NAME.fullmatch(name):
        return True
    if lent and value.isalpha():
        return len(value) >= _SHORTEST_LETTERS
    return lent and _mixed(value) and len(value) >= _SHORTEST_MIXED


def stored(name: str, value: object) -> Iterator[Stored]:
    """Give every text of a stored value: JSON is opened, JSON inside JSON too."""
    yield from _leaves(value, name, under=False, depth=_DEPTH)


def _leaves(value: object, name: str, *, under: bool, depth: int) -> Iterator[Stored]:
    waiting: list[tuple[object, str, bool]] = [(value, name, under)]
    while waiting:
        found, near, above = waiting.pop()
        if isinstance(found, str):
            yield from _text(found, near, under=above, depth=depth)
        elif isinstance(found, list):
            waiting.extend((item, near, above) for item in found)
        elif isinstance(found, dict):
            below = above or _STORED_NAME.search(near) is not None
            waiting.extend((item, str(key), below) for key, item in found.items())


def _text(text: str, name: str, *, under: bool, depth: int) -> Iterator[Stored]:
    yield Stored(text, name, under)
    scheme = _SCHEME.fullmatch(text)
    if scheme is not None:
        yield Stored(scheme[1], name, under)
    if depth == 0 or len(text) < SHORTEST or text.lstrip()[:1] not in _JSON_STARTS:
        return
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from _leaves(inner, name, under=under, depth=depth - 1)


def _mixed(text: str) -> bool:
    return any(c.isalpha() for c in text) and any(c.isdigit() for c in text)
