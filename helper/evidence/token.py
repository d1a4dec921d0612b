"""What a time-stamp query and its reply say (RFC 3161), read without believing any of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from helper.evidence import der

SHA256: Final = "2.16.840.1.101.3.4.2.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
LARGEST: Final = 1 << 18
"""Bytes of a reply beyond which it is not looked at, nor taken; real ones have some 6 KB."""
_MOST_CERTIFICATES = 20
_UNITS_MS: Final = {der.INTEGER: 1000.0, 0x80: 1.0, 0x81: 0.001}
"""Of an accuracy: seconds, and milli- and microseconds under implicit tags."""
_MOST_UNITS: Final = 10**9


@dataclass(frozen=True)
class Query:
    """A TimeStampReq."""

    algorithm: str
    imprint: bytes
    nonce: int | None


@dataclass(frozen=True)
class Token:
    """A TimeStampToken; `tidy` is the same reply with its certificates in DER's order.

    `accuracy_ms` is how far the authority says its time may be off, None where it does not.
    """

    algorithm: str
    imprint: bytes
    nonce: int | None
    gen_time: datetime
    accuracy_ms: float | None
    policy: str
    serial: int
    signers: int
    certificates: tuple[x509.Certificate, ...]
    leaf: x509.Certificate | None
    is_sorted: bool
    tidy: bytes


@dataclass(frozen=True)
class Reply:
    """A TimeStampResp: PKIStatus, the authority's words, the token if it was granted."""

    status: int
    words: str
    token: Token | None


def read_query(data: bytes) -> Query:
    """Return what a query asks; raises ValueError."""
    parts = der.read(data[: LARGEST + 1], der.SEQUENCE).parts()
    if len(parts) < 2 or der.integer(parts[0]) != 1:
        raise ValueError("not a time-stamp query of version 1")
    algorithm, imprint = _imprint(parts[1])
    numbers = [der.integer(part) for part in parts[2:] if part.tag == der.INTEGER]
    return Query(algorithm, imprint, numbers[0] if numbers else None)


def read_reply(data: bytes) -> Reply:
    """Return what a reply says; raises ValueError."""
    if len(data) > LARGEST:
        raise ValueError("larger than a time stamp is")
    parts = der.read(data, der.SEQUENCE).parts()
    if not 1 <= len(parts) <= 2:
        raise ValueError("not a time-stamp reply")
    info = der.expect(parts[0], der.SEQUENCE).parts()
    if not info:
        raise ValueError("a reply without status")
    words = " ".join(
        word.content.decode("utf-8", "replace")
        for part in info[1:]
        if part.tag == der.SEQUENCE
        for word in part.parts()
    )
    token = _token(data, parts[1]) if len(parts) == 2 else None
    return Reply(der.integer(info[0]), words[:200], token)


def _token(reply: bytes, content: der.Node) -> Token:
    kind, wrapped = _exactly(content, 2)
    if der.dotted(kind) != SIGNED_DATA:
        raise ValueError("not signed data")
    signed = der.expect(_exactly(der.expect(wrapped, 0xA0), 1)[0], der.SEQUENCE).parts()
    if len(signed) < 4:
        raise ValueError("signed data is cut short")
    content_type, octets = _exactly(signed[2], 2)
    if der.dotted(content_type) != TST_INFO:
        raise ValueError("what was signed is no time stamp")
    text = der.expect(_exactly(der.expect(octets, 0xA0), 1)[0], der.OCTETS).content
    bags = [part for part in signed[3:-1] if part.tag == 0xA0]
    wholes = [part.whole for bag in bags for part in bag.parts()]
    if len(bags) > 1 or len(wholes) > _MOST_CERTIFICATES:
        raise ValueError("more certificates than a chain has")
    certificates = tuple(x509.load_der_x509_certificate(whole) for whole in wholes)
    signers = der.expect(signed[-1], der.SET).parts()
    before = b"".join(wholes)
    info = _info(text)
    return Token(
        algorithm=info.algorithm,
        imprint=info.imprint,
        nonce=info.nonce,
        gen_time=info.gen_time,
        accuracy_ms=info.accuracy_ms,
        policy=info.policy,
        serial=info.serial,
        signers=len(signers),
        certificates=certificates,
        leaf=_leaf(signers[0], certificates) if signers else None,
        is_sorted=wholes == sorted(wholes),
        tidy=reply.replace(before, b"".join(sorted(wholes)), 1) if before else reply,
    )


@dataclass(frozen=True)
class _Info:
    algorithm: str
    imprint: bytes
    nonce: int | None
    gen_time: datetime
    accuracy_ms: float | None
    policy: str
    serial: int


def _info(text: bytes) -> _Info:
    parts = der.read(text, der.SEQUENCE).parts()
    if len(parts) < 5 or der.integer(parts[0]) != 1:
        raise ValueError("not a time stamp of version 1")
    algorithm, imprint = _imprint(parts[2])
    numbers = [der.integer(part) for part in parts[5:] if part.tag == der.INTEGER]
    return _Info(
        algorithm=algorithm,
        imprint=imprint,
        nonce=numbers[0] if numbers else None,
        gen_time=_moment(der.expect(parts[4], der.TIME).content),
        accuracy_ms=_accuracy(parts[5:6]),
        policy=der.dotted(parts[1]),
        serial=der.integer(parts[3]),
    )


def _accuracy(parts: Sequence[der.Node]) -> float | None:
    """Return what RFC 3161 section 2.4.2 writes after the time, in ms; None where it says none.

    Nothing hangs on it but a table: one that makes no sense is none.
    """
    if not parts or parts[0].tag != der.SEQUENCE:
        return None
    try:
        said = [
            (int.from_bytes(part.content, "big", signed=True), _UNITS_MS[part.tag])
            for part in parts[0].parts()
        ]
    except (KeyError, ValueError):
        return None
    if not said or any(number < 0 for number, _ in said):
        return None
    return round(sum(min(number, _MOST_UNITS) * unit for number, unit in said), 3)


def _moment(content: bytes) -> datetime:
    """Read a GeneralizedTime as RFC 3161 section 2.4.2 writes it: seconds, fraction, Z."""
    text = content.decode("ascii")
    if not text.endswith("Z"):
        raise ValueError("a time that is not UTC")
    whole, _, fraction = text[:-1].partition(".")
    if len(whole) != 14 or not (whole + fraction).isdigit():
        raise ValueError("not a time")
    moment = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return moment.replace(microsecond=int((fraction + "000000")[:6]))


def _imprint(node: der.Node) -> tuple[str, bytes]:
    algorithm, hashed = _exactly(node, 2)
    names = der.expect(algorithm, der.SEQUENCE).parts()
    if not names:
        raise ValueError("no hash algorithm")
    return der.dotted(names[0]), der.expect(hashed, der.OCTETS).content


def _leaf(signer: der.Node, certificates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Return the certificate that a SignerInfo names (RFC 5652 section 5.3)."""
    parts = der.expect(signer, der.SEQUENCE).parts()
    if len(parts) < 2:
        raise ValueError("a signer without a name")
    name = parts[1]
    if name.tag == 0x80:
        return next((one for one in certificates if _key_id(one) == name.content), None)
    issuer, serial = _exactly(name, 2)
    return next(
        (
            one
            for one in certificates
            if one.issuer.public_bytes() == issuer.whole
            and one.serial_number == der.integer(serial)
        ),
        None,
    )


def _key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(
            x509.SubjectKeyIdentifier
        ).value.digest
    except x509.ExtensionNotFound:
        return None


def _exactly(node: der.Node, count: int) -> list[der.Node]:
    parts = node.parts()
    if len(parts) != count:
        raise ValueError(f"{len(parts)} values where {count} belong")
    return parts
