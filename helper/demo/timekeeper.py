"""Time-stamp authorities on loopback, for the demo and for tests (RFC 3161 over HTTP).

Their keys are made at the start and never leave memory: what they stamp proves nothing, and no
root of theirs is pinned in the package.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from helper.demo.authority import begun, named
from helper.demo.ports import bind_pair
from helper.evidence import der
from helper.evidence.token import SHA256, SIGNED_DATA, TST_INFO, read_query
from helper.settings import Authority

POLICY: Final = "1.3.6.1.4.1.99999.1"
_ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"


@dataclass(frozen=True)
class Keeper:
    """A root, a time-stamping certificate under it, and the key of that."""

    root: x509.Certificate
    leaf: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def root_pem(self) -> bytes:
        """Return the root as PEM."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def reply(self, query: bytes, now: datetime) -> bytes:
        """Return the TimeStampResp to a query; raises ValueError for what is no query."""
        asked = read_query(query)
        info = tst_info(asked.imprint, asked.nonce, now, secrets.randbits(63))
        certificates = sorted((der_of(self.leaf), der_of(self.root)))
        return granted(token(info, certificates, [self.signer_info(info)]))

    def signer_info(self, info: bytes) -> bytes:
        """Sign a TSTInfo (RFC 5652 section 5.4, RFC 5035)."""
        certificate_id = der.value(
            der.SEQUENCE, der.value(der.OCTETS, hashlib.sha256(der_of(self.leaf)).digest())
        )
        attributes = sorted(
            (
                _attribute(_CONTENT_TYPE, der.oid(TST_INFO)),
                _attribute(_DIGEST, der.value(der.OCTETS, hashlib.sha256(info).digest())),
                _attribute(
                    _SIGNING_CERTIFICATE_V2,
                    der.value(der.SEQUENCE, der.value(der.SEQUENCE, certificate_id)),
                ),
            )
        )
        signature = self.key.sign(der.value(der.SET, *attributes), ec.ECDSA(hashes.SHA256()))
        return der.value(
            der.SEQUENCE,
            der.number(1),
            der.value(
                der.SEQUENCE, self.leaf.issuer.public_bytes(), der.number(self.leaf.serial_number)
            ),
            algorithm(SHA256),
            der.value(0xA0, *attributes),
            algorithm(_ECDSA_SHA256),
            der.value(der.OCTETS, signature),
        )


def create(name: str, now: datetime, *, days: int = 3650) -> Keeper:
    """Make an authority; its certificates are valid from the day before `now`."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    subject = named(f"{name} Root")
    root = (
        begun(subject, subject, root_key.public_key(), now, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        begun(named(name), subject, key.public_key(), now, days)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    return Keeper(root, leaf, key)


def tst_info(imprint: bytes, nonce: int | None, at: datetime, serial: int) -> bytes:
    """Write a TSTInfo over a SHA-256."""
    moment = at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()
    return der.value(
        der.SEQUENCE,
        der.number(1),
        der.oid(POLICY),
        der.value(der.SEQUENCE, algorithm(SHA256), der.value(der.OCTETS, imprint)),
        der.number(serial),
        der.value(der.TIME, moment),
        b"" if nonce is None else der.number(nonce),
    )


def token(info: bytes, certificates: list[bytes], signers: list[bytes]) -> bytes:
    """Write the ContentInfo of a token, certificates in the order given."""
    return der.value(
        der.SEQUENCE,
        der.oid(SIGNED_DATA),
        der.value(
            0xA0,
            der.value(
                der.SEQUENCE,
                der.number(3),
                der.value(der.SET, algorithm(SHA256)),
                der.value(
                    der.SEQUENCE,
                    der.oid(TST_INFO),
                    der.value(0xA0, der.value(der.OCTETS, info)),
                ),
                der.value(0xA0, *certificates) if certificates else b"",
                der.value(der.SET, *signers),
            ),
        ),
    )


def granted(content: bytes, status: int = 0) -> bytes:
    """Write a TimeStampResp around a token."""
    return der.value(der.SEQUENCE, der.value(der.SEQUENCE, der.number(status)), content)


def rejected(words: str) -> bytes:
    """Write a TimeStampResp that refuses (PKIStatus 2)."""
    said = der.value(der.SEQUENCE, der.value(der.UTF8, words.encode()))
    return der.value(der.SEQUENCE, der.value(der.SEQUENCE, der.number(2), said))


def algorithm(name: str) -> bytes:
    """Write an AlgorithmIdentifier without parameters."""
    return der.value(der.SEQUENCE, der.oid(name))


def der_of(certificate: x509.Certificate) -> bytes:
    """Return a certificate as DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True)
class Running:
    """An authority that listens: its URL and the PEM file of its root."""

    keeper: Keeper
    url: str
    root: Path
    runner: web.AppRunner

    def settings(self, key: str) -> Authority:
        """Return this authority as a setting of the helper."""
        return Authority(key=key, name=key, url=self.url, root=self.root)

    async def stop(self) -> None:
        """Stop listening."""
        await self.runner.cleanup()


async def serve(
    folder: Path, name: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Running:
    """Make an authority and let it answer on a free loopback port; its root goes to `folder`."""
    keeper = await asyncio.to_thread(create, name, now())
    root = folder / f"{name.lower().replace(' ', '-')}.pem"
    await asyncio.to_thread(_write, root, keeper.root_pem())

    async def answer(request: web.Request) -> web.Response:
        try:
            body = keeper.reply(await request.read(), now())
        except ValueError:
            body = rejected("not a time-stamp query")
        return web.Response(body=body, content_type="application/timestamp-reply")

    app = web.Application(client_max_size=1 << 16)
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    port, sockets = bind_pair()
    for bound in sockets:
        await web.SockSite(runner, bound).start()
    return Running(keeper, f"http://127.0.0.1:{port}/", root, runner)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[tuple[Authority, Authority]]:
    """Run two authorities under different roots; yield what a helper needs to ask them."""
    first = await serve(folder, "Demo A")
    try:
        second = await serve(folder, "Demo B")
        try:
            yield first.settings("demo-a"), second.settings("demo-b")
        finally:
            await second.stop()
    finally:
        await first.stop()


def _attribute(name: str, content: bytes) -> bytes:
    return der.value(der.SEQUENCE, der.oid(name), der.value(der.SET, content))
