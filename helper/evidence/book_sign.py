"""Sign the 证据册 with a certificate of this installation: PAdES B-B, with a stamper B-T.

The levels are those of ETSI EN 319 142-1.

The certificate is issued by the installation to itself: it makes a change visible, it is no
reliable electronic signature (可靠电子签名) and proves no person. PDF readers know no Ed25519, so
the key is one of P-256, derived from the installation's seed: there is no second key to lose.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from helper.evidence.seal import fingerprint, public_key
from helper.messages import text

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

_FIELD = "KazhengInstallation"
_YEARS = timedelta(days=3650)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ROOM = 40_000
"""Hex digits kept for the signature: certificate, and a time stamp with its chain of some 6 KB."""


def sign(
    unsigned: Path, out: Path, *, key: bytes, at: datetime, stamper: TimeStamper | None = None
) -> None:
    """Write the signed PDF to `out`; `key` is the installation's seed, `stamper` adds B-T.

    Raises whatever pyHanko, the stamper or the disk raises: the caller keeps the unsigned book.
    """
    packed = pkcs12.serialize_key_and_certificates(
        None, _private_key(key), own_certificate(key, at), None, NoEncryption()
    )
    signer = signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[])
    if signer is None:
        raise ValueError("pyHanko does not take the key")
    about = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=text("book.signature.reason"),
        name=f"Kazheng {fingerprint(public_key(key))[:16]}",
    )
    sign_pdf = signers.PdfSigner(about, signer=signer, timestamper=stamper).sign_pdf
    with unsigned.open("rb") as source, out.open("w+b") as target:
        writer = IncrementalPdfFileWriter(source)
        # pyHanko runs an event loop of its own, which a thread with a running one cannot
        with ThreadPoolExecutor(1) as apart:
            apart.submit(sign_pdf, writer, output=target, bytes_reserved=_ROOM).result()


def own_certificate(key: bytes, at: datetime) -> x509.Certificate:
    """Return the certificate; its subject names the installation's whole fingerprint."""
    private = _private_key(key)
    installation = fingerprint(public_key(key))
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Kazheng installation {installation[:16]}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, installation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "self-signed, no identity"),
        ]
    )
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(int(installation[:30], 16) + 1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )


def _private_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    derived = HKDF(hashes.SHA256(), 48, b"", b"kazheng/book-signature/1").derive(key)
    return ec.derive_private_key(int.from_bytes(derived) % (_P256_ORDER - 1) + 1, ec.SECP256R1())
