"""The roots that time stamps must lead to, and the services asked by default.

A root that travels with the evidence proves nothing: only what lies here, or what the user named
in the settings, counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from helper.settings import Authority, Settings

_FOLDER: Final = Path(__file__).with_name("trust")
_LARGEST_PEM: Final = 1 << 16


@dataclass(frozen=True)
class Pinned:
    """An authority of the package with its root."""

    authority: Authority
    root: x509.Certificate


@cache
def pinned() -> tuple[Pinned, ...]:
    """Return the authorities of the package; raises ValueError if a file was changed."""
    return tuple(_pinned(entry) for entry in _data()["authorities"])


def authorities(settings: Settings) -> tuple[Authority, ...]:
    """Return the authorities to ask: those of the settings, else the package's if allowed."""
    if settings.authorities is not None:
        return settings.authorities
    return tuple(one.authority for one in pinned()) if settings.outside else ()


def calendars(settings: Settings) -> tuple[str, ...]:
    """Return the OpenTimestamps calendars to ask."""
    return _urls(settings, settings.calendars, "calendars")


def beacons(settings: Settings) -> tuple[str, ...]:
    """Return the drand servers to ask."""
    return _urls(settings, settings.beacons, "beacons")


def roots_of(authority: Authority) -> tuple[x509.Certificate, ...]:
    """Return the roots an authority must lead to: the user's file, else the package's.

    Raises OSError, ValueError for a file that is no certificate.
    """
    if authority.root is not None:
        return roots_in(authority.root)
    return tuple(one.root for one in pinned() if one.authority.key == authority.key)


def roots_in(path: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file; raises OSError, ValueError if there is none."""
    with path.open("rb") as stream:
        return tuple(x509.load_pem_x509_certificates(stream.read(_LARGEST_PEM)))


def package_roots() -> tuple[x509.Certificate, ...]:
    """Return every root of the package: what `verify` accepts unless told of more."""
    return tuple(one.root for one in pinned())


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's DER, 64 hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


@cache
def _data() -> dict[str, Any]:
    return dict(json.loads((_FOLDER / "authorities.json").read_text("utf-8")))


def _pinned(entry: dict[str, str]) -> Pinned:
    root = x509.load_pem_x509_certificate((_FOLDER / entry["root"]).read_bytes())
    if fingerprint(root) != entry["sha256"]:
        raise ValueError(f"not the pinned root: {entry['root']}")
    return Pinned(Authority(key=entry["key"], name=entry["name"], url=entry["url"]), root)


def _urls(settings: Settings, given: tuple[str, ...] | None, name: str) -> tuple[str, ...]:
    if given is not None:
        return given
    return tuple(_data()[name]) if settings.outside else ()
