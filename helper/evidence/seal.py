"""Ed25519 signatures of this installation (RFC 8032), one domain per kind of file."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from helper.evidence import canonical

Domain = Literal["manifest", "bundle"]
FORMATS: Final[dict[Domain, str]] = {
    "manifest": "kazheng/signature/1",
    "bundle": "kazheng/bundle-signature/1",
}
_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SignatureError(Exception):
    """A signature does not hold; the message says in what."""


class Signature(BaseModel):
    """What a signature file says; `manifest_sha256` is the hash of the signed file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: str
    algorithm: Literal["Ed25519"]
    installation: _Hash
    public_key: _Hash
    manifest_sha256: _Hash
    signature: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


def sign(manifest: bytes, key: bytes, domain: Domain = "manifest") -> bytes:
    """Return the signature file, canonical JSON; `key` is the 32-byte seed of RFC 8032."""
    private = Ed25519PrivateKey.from_private_bytes(key)
    public = public_key(key)
    return canonical.encode(
        Signature(
            format=FORMATS[domain],
            algorithm="Ed25519",
            installation=fingerprint(public),
            public_key=public.hex(),
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            signature=private.sign(message(manifest, domain)).hex(),
        ).model_dump()
    )


def check(manifest: bytes, signature: bytes, domain: Domain = "manifest") -> Signature:
    """Return the signature file of a manifest if it holds; raises SignatureError."""
    try:
        parsed = Signature.model_validate(canonical.decode(signature))
    except ValidationError as error:
        raise SignatureError(f"malformed: {error.errors()[0]['loc']}") from None
    except ValueError as error:
        raise SignatureError(f"malformed: {error}") from None
    public = bytes.fromhex(parsed.public_key)
    if parsed.format != FORMATS[domain]:
        raise SignatureError(f"of another kind: {parsed.format}")
    if parsed.installation != fingerprint(public):
        raise SignatureError("names another installation than its key")
    if parsed.manifest_sha256 != hashlib.sha256(manifest).hexdigest():
        raise SignatureError("made for other content")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            bytes.fromhex(parsed.signature), message(manifest, domain)
        )
    except (InvalidSignature, ValueError):
        raise SignatureError("does not match content and key") from None
    return parsed


def fingerprint(public_key: bytes) -> str:
    """Return the name of an installation: SHA-256 of its raw public key, 64 hex digits."""
    return hashlib.sha256(public_key).hexdigest()


def public_key(key: bytes) -> bytes:
    """Return the raw public key of a 32-byte seed."""
    private = Ed25519PrivateKey.from_private_bytes(key)
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def message(manifest: bytes, domain: Domain = "manifest") -> bytes:
    """Return what is signed: a line that names the kind, then the file."""
    return f"kazheng/{domain}/1\n".encode() + manifest


def pem(public_key: bytes) -> bytes:
    """Return a raw public key as the PEM file that openssl reads (RFC 8410)."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
