"""Secrets at rest: sealed under a key of this installation, or locked with a passphrase."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from helper.errors import PasswordNeededError

_SALT: Final = 16
_NONCE: Final = 12
_COST: Final = 1 << 17
"""N of scrypt (RFC 7914) with r=8, p=1: 128 MiB and about half a second a guess."""


def seal(secret: bytes, key: bytes, purpose: str) -> bytes:
    """Return a secret under a 32-byte key (AES-256-GCM); it opens for the same purpose only."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret, purpose.encode())


def unseal(sealed: bytes, key: bytes, purpose: str) -> bytes | None:
    """Return the secret, None under another key, for another purpose or if a bit was changed."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError):
        return None


def lock(secret: bytes, passphrase: str, purpose: str) -> bytes:
    """Return a secret under a passphrase."""
    salt = secrets.token_bytes(_SALT)
    return salt + seal(secret, _derived(passphrase, salt), purpose)


def unlock(locked: bytes, passphrase: str, purpose: str) -> bytes:
    """Return the secret; raises PasswordNeededError(backup_passphrase) for a wrong passphrase."""
    found = unseal(locked[_SALT:], _derived(passphrase, locked[:_SALT]), purpose)
    if found is None:
        raise PasswordNeededError(reason="backup_passphrase")
    return found


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode())
