"""The signature of the book holds, and one changed byte breaks it."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from helper.capture.fonts import cjk_font
from helper.evidence import book_sign, seal
from helper.evidence.book_flow import Flow
from helper.evidence.pdf import PdfWriter
from helper.evidence.pdf_font import Face

KEY = bytes(range(32))
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "带空格 的册子.pdf"
    font = cjk_font()
    assert font is not None
    with path.open("wb") as stream:
        writer = PdfWriter(stream, Face(*font))
        flow = Flow(writer._face)
        flow.heading("证据清单")
        writer.finish(flow.pages, [], "证据册", "D:20260301120000Z")
    return path


def status(data: bytes, key: bytes = KEY):
    """Validate the one signature, trusting the installation's certificate alone."""
    signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    return asyncio.run(async_validate_pdf_signature(signature, context))


def test_the_signature_holds_and_covers_the_whole_file(plain: Path, tmp_path: Path):
    out = tmp_path / "signed.pdf"
    book_sign.sign(plain, out, key=KEY, at=NOW)
    found = status(out.read_bytes())
    assert found.intact
    assert found.valid
    assert found.coverage.name == "ENTIRE_FILE"
    signature = PdfFileReader(io.BytesIO(out.read_bytes())).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    named = signature.signer_cert.subject.native
    assert named["serial_number"] == seal.fingerprint(seal.public_key(KEY))
    assert "不是可靠电子签名" in signature.sig_object["/Reason"]


def test_a_changed_byte_is_found(plain: Path, tmp_path: Path):
    out = tmp_path / "signed.pdf"
    book_sign.sign(plain, out, key=KEY, at=NOW)
    data = out.read_bytes()
    kept = 0
    for at in range(20, plain.stat().st_size, plain.stat().st_size // 12):
        changed = bytearray(data)
        changed[at] ^= 1
        try:
            kept += status(bytes(changed)).intact
        except (SignatureValidationError, PdfError, ValueError, KeyError, IndexError):
            continue
    assert kept == 0


def test_the_key_is_the_installations_own():
    one, again = (book_sign.own_certificate(KEY, NOW).public_key() for _ in range(2))
    other = book_sign.own_certificate(bytes(32), NOW).public_key()
    assert one == again
    assert one != other


class Authority(TimeStamper):
    """Gives the token of a self-made RSA authority, without a network."""

    def __init__(self) -> None:
        super().__init__()
        private = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stamps")])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
            .public_key(private.public_key()).not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1)).add_extension(usage, critical=True)
            .sign(private, hashes.SHA256())
        )  # fmt: skip
        packed = pkcs12.serialize_key_and_certificates(
            None, private, certificate, None, NoEncryption()
        )
        own = signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[])
        assert own is not None
        self.inner = DummyTimeStamper(tsa_cert=own.signing_cert, tsa_key=own.signing_key)

    async def async_request_tsa_response(self, req):
        return self.inner.request_tsa_response(req)


def test_a_stamper_adds_a_time_stamp(plain: Path, tmp_path: Path):
    out = tmp_path / "signed.pdf"
    book_sign.sign(plain, out, key=KEY, at=NOW, stamper=Authority())
    signature = PdfFileReader(io.BytesIO(out.read_bytes())).embedded_signatures[0]
    kinds = {attribute["type"].native for attribute in signature.signer_info["unsigned_attrs"]}
    assert "signature_time_stamp_token" in kinds


async def test_it_signs_where_an_event_loop_is_running(plain: Path, tmp_path: Path):
    out = tmp_path / "signed.pdf"
    book_sign.sign(plain, out, key=KEY, at=NOW)
    found = await asyncio.to_thread(status, out.read_bytes())
    assert found.valid
