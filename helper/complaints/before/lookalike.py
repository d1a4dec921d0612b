"""Tell what is odd about a web address: another site's name with a twist, a bare number, no TLS."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

_LOOKS_LIKE = str.maketrans("01358", "olesb")
_LEAST = 5  # a shorter name stands in too many others


class Oddity(NamedTuple):
    """What is odd; `name` stands in the address, `domain` is whose name that is."""

    kind: Literal["lookalike", "number", "encoded", "disguised", "http"]
    name: str = ""
    domain: str = ""


def oddity(url: str, known: Iterable[str]) -> Oddity | None:
    """Return the gravest oddity of an address; `known` are domains that are often imitated."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Oddity("disguised", url)
    if parts.username is not None:
        return Oddity("disguised", parts.netloc)
    if _is_number(host):
        return Oddity("number", host)
    domains = list(known)
    if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
        shown = {_shape(part): part for part in re.split(r"[.-]", host)}
        for domain in domains:
            part = shown.get(_shape(domain.partition(".")[0]))
            if part is not None and len(part) >= _LEAST:
                return Oddity("lookalike", part, domain)
    if any(label.startswith("xn--") for label in host.split(".")):
        return Oddity("encoded", host)
    return Oddity("http", host) if parts.scheme != "https" else None


def _shape(name: str) -> str:
    """Return how a name looks at a glance: 0 as o, 1 as l, rn as m."""
    return name.lower().replace("rn", "m").translate(_LOOKS_LIKE)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
