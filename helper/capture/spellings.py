"""How a secret may stand in a text: as it is, in URLs, in JSON and scripts, in HTML, in mail."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote, quote_plus, unquote

_AS_ENCODE_URI_COMPONENT = "!'()*"
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
"""Characters that every notation leaves as they are (RFC 3986, section 2.3)."""
_PERCENT = re.compile(r"%[0-9A-F]{2}")


def spellings(secret: str) -> set[str]:
    """Return the usual spellings of a secret in URLs, forms, JSON and HTML; small for hosts."""
    found: set[str] = set()
    for plain in forms(secret):
        escaped = html.escape(plain)
        encoded = {
            quote(plain, safe=""),
            quote(plain),
            quote(plain, safe=_AS_ENCODE_URI_COMPONENT),
            quote_plus(plain),
        }
        found |= encoded | {_PERCENT.sub(lambda code: code[0].lower(), text) for text in encoded}
        found |= {plain, plain.lower(), plain.replace("/", "\\/"), json.dumps(plain)[1:-1]}
        found |= {escaped, escaped.replace("+", "&#43;")}
    return found | {secret}


def forms(secret: str) -> set[str]:
    """Return a secret, and what it stands for if it is percent-encoded itself.

    Not if that is much shorter: six letters of a name are no secret.
    """
    plain = secret.encode("utf-8", "replace").decode()
    decoded = unquote(plain)
    return {plain, decoded} if len(decoded) * 2 > len(plain) else {plain}


def pattern(secret: str) -> re.Pattern[bytes] | None:
    """Return an expression for every mixture of notations, None if there is but one spelling."""
    if _PLAIN.fullmatch(secret):
        return None
    return re.compile(b"".join(_character(character) for character in secret))


def _character(character: str) -> bytes:
    if _PLAIN.fullmatch(character):
        return re.escape(character.encode())
    raw = character.encode("utf-8", "replace")
    code = ord(character)
    each = [
        rb"\\{0,3}" + re.escape(raw),
        rb"&#0{0,4}%d;" % code,
        rb"(?i:&#x0{0,4}%x;)" % code,
        rb"(?i:\\{1,2}u%04x)" % code,
        rb"(?i:\\{1,2}x%02x)" % code,
        b"(?i:" + b"".join(rb"%%(?:25)?%02x" % byte for byte in raw) + b")",
        b"(?i:" + b"".join(rb"=%02x" % byte for byte in raw) + b")",
    ]
    named = html.escape(character).encode("utf-8", "replace")
    if named != raw:
        each.append(named)
    if character == " ":
        each.append(rb"\+")
    return b"(?:" + b"|".join(each) + b")"
