"""Take an MHTML (RFC 2557) apart: the page, and its resources by address or content id."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import Message
from typing import Final

from helper.errors import InvalidError, TooLargeError

LARGEST: Final = 128 * 2**20
MOST_PARTS: Final = 5_000
MOST_LEVELS: Final = 200
"""Multiparts inside each other: the parser of the standard library goes down by recursion."""


@dataclass(frozen=True)
class Part:
    """One resource, decoded."""

    location: str
    media_type: str
    data: bytes


@dataclass
class Parts:
    """The page and what it needs; a resource is decoded when it is asked for."""

    address: str
    page: bytes
    page_type: str
    _messages: dict[str, Message]

    def get(self, address: str) -> Part | None:
        """Return the resource of an address (`cid:` too), None if the file does not hold it."""
        message = self._messages.get(address) or self._messages.get(address.partition("#")[0])
        if message is None:
            return None
        return Part(_header(message, "Content-Location"), _type(message), _body(message))


def read(data: bytes) -> Parts:
    """Return the parts; raises InvalidError for what is no MHTML with a page, TooLargeError."""
    if len(data) > LARGEST:
        raise TooLargeError(limit=LARGEST, size=len(data))
    if data.lower().count(b"content-type: multipart/") > MOST_LEVELS:
        raise InvalidError(what="mhtml: nested too deeply")
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        leaves = [part for part in message.walk() if not part.is_multipart()]
    except (RecursionError, ValueError, LookupError):
        raise InvalidError(what="mhtml") from None
    if len(leaves) > MOST_PARTS:
        raise TooLargeError(limit=MOST_PARTS, size=len(leaves))
    page = next((part for part in leaves if part.get_content_type() == "text/html"), None)
    if not message.is_multipart() or page is None:
        raise InvalidError(what="mhtml")
    known: dict[str, Message] = {}
    for part in leaves:
        place, name = _header(part, "Content-Location"), _header(part, "Content-ID")
        for address in (place, f"cid:{name.strip('<>')}" if name else ""):
            if address:
                known.setdefault(address, part)
    address = _header(page, "Content-Location") or _header(message, "Snapshot-Content-Location")
    return Parts(address, _body(page), _type(page), known)


def _body(message: Message) -> bytes:
    """Return the decoded bytes; broken base64 gives what can be read of it."""
    try:
        found = message.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return found if isinstance(found, bytes) else b""


def _type(message: Message) -> str:
    try:
        charset = message.get_content_charset()
    except (ValueError, LookupError):
        charset = None
    kind = message.get_content_type()
    return f"{kind}; charset={charset}" if charset else kind


def _header(message: Message, name: str) -> str:
    return "".join(str(message.get(name, "")).split())
