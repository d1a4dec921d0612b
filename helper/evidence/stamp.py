"""Time stamps of a seal's manifest (RFC 3161): the query, and what a reply is worth.

What a reply says is read by our own strict reader, so that the reason of a refusal has a name;
its signature and chain are judged by rfc3161-client and, as a second opinion or where that
refuses, by OpenSSL. Everything in the input may be hostile; no network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import AwareDatetime, BaseModel, ConfigDict

from helper.evidence import openssl as program
from helper.evidence.pinned import fingerprint
from helper.evidence.token import SHA256, Query, Token, read_query, read_reply

_NAMED: Final = 10
_MOST_ASKED: Final = 100
"""So many stamps of a bundle OpenSSL is asked about: a hostile one may hold thousands."""
_UNSURE: Final = frozenset({"refused", "unreadable", "unsorted_set"})
"""What the library says of replies that OpenSSL may take."""
_MethodName = Literal["library", "openssl", "library_sorted"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Method(_Record):
    """What one method says.

    `library` is asked about the reply as it came, `library_sorted` about the same with its
    certificates in DER's order: no signature covers that order, and some authorities ignore it.
    """

    name: _MethodName
    verified: bool
    reason: str | None = None


class Stamp(_Record):
    """What a reply is worth; `reason` is a code (`stamps.reason.<code>`).

    Confirmed: at least one method verified it up to a pinned root. Not confirmed: nothing is
    known to be wrong with it, but its root is not pinned, or the library does not take it and
    there is no OpenSSL to ask. `serial` is decimal text, it may exceed 2**53. `accuracy_ms` is
    what the authority states, if it does.
    """

    verdict: Literal["confirmed", "not_confirmed", "failed"]
    reason: str | None = None
    gen_time: AwareDatetime | None = None
    accuracy_ms: float | None = None
    authority: str | None = None
    policy: str | None = None
    serial: str | None = None
    root: str | None = None
    methods: tuple[Method, ...] = ()


class Given(_Record):
    """A stamp to check: the name of the reply's file, and of which manifest it must be.

    `seal` is that manifest's path, `digest` its SHA-256; without them it is for something else.
    """

    name: str
    seal: str | None
    digest: bytes | None
    query: bytes
    reply: bytes


class StampsCheck(_Record):
    """The outcome for all stamps of a bundle; `not_confirmed` must not be shown as a pass."""

    name: Literal["stamps"] = "stamps"
    verdict: Literal["pass", "not_confirmed", "fail"]
    detail: str


def request(manifest: bytes) -> bytes:
    """Return a TimeStampReq over the manifest's SHA-256, with a nonce, asking for certificates."""
    # a tenth of a second, which no start of a program has to wait for
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415

    return (
        TimestampRequestBuilder()
        .data(manifest)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
        .as_bytes()
    )


def check(
    manifest: bytes,
    query: bytes,
    reply: bytes,
    roots: Sequence[x509.Certificate],
    *,
    openssl: Path | None = None,
) -> Stamp:
    """Judge a reply; `openssl` is the program to ask as well, None asks the library alone."""
    digest = hashlib.sha256(manifest).digest()
    return check_digest(digest, query, reply, roots, openssl=openssl)


def check_digest(
    digest: bytes | None,
    query: bytes,
    reply: bytes,
    roots: Sequence[x509.Certificate],
    *,
    openssl: Path | None = None,
) -> Stamp:
    """Judge a reply about something whose SHA-256 alone is known, as `check`; None is nothing."""
    try:
        return _check(digest, query, reply, roots, openssl)
    except Exception:  # noqa: BLE001, hostile input: what a reader trips over is a verdict
        return Stamp(verdict="failed", reason="unreadable")


def _check(
    digest: bytes | None,
    query: bytes,
    reply: bytes,
    roots: Sequence[x509.Certificate],
    openssl: Path | None,
) -> Stamp:
    asked, answered = read_query(query), read_reply(reply)
    if digest is None or (asked.algorithm, asked.imprint) != (SHA256, digest):
        return Stamp(verdict="failed", reason="wrong_imprint")
    token = answered.token
    if answered.status != 0 or token is None:
        return Stamp(verdict="failed", reason="not_granted")
    said = Stamp(
        verdict="failed",
        gen_time=token.gen_time,
        accuracy_ms=token.accuracy_ms,
        authority=_name(token),
        policy=token.policy,
        serial=str(token.serial),
    )
    fault = _fault(asked, token)
    if fault is not None:
        return said.model_copy(update={"reason": fault})
    methods, root = _methods(digest, query, reply, token, roots, openssl)
    if root is not None:
        found = {"verdict": "confirmed", "methods": methods, "root": fingerprint(root)}
        return said.model_copy(update=found)
    reason = next(m.reason for m in reversed(methods) if m.name != "openssl")
    if reason == "root_not_pinned":
        reason = _fault_within(digest, token) or reason
    if reason in _UNSURE and not any(_has_judged(method) for method in methods):
        reason = "no_openssl"
    verdict = "not_confirmed" if reason in {"root_not_pinned", "no_openssl"} else "failed"
    return said.model_copy(update={"verdict": verdict, "reason": reason, "methods": methods})


def check_stamps(
    stamps: Iterable[Given],
    roots: Sequence[x509.Certificate],
    *,
    added: Sequence[x509.Certificate] = (),
    openssl: Path | None = None,
) -> StampsCheck:
    """Judge every stamp of a bundle: one bad one fails all, one unpinned one confirms nothing.

    They are taken one at a time, and no file is held longer. `added` are roots that the user
    names for this check; `openssl` is asked where the library does not confirm.
    """
    found = _judged(stamps, (*roots, *added), openssl)
    failed = [f"{one.name}: {one.reason}" for one in found if one.verdict == "failed"]
    if failed:
        more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
        return StampsCheck(verdict="fail", detail="; ".join(failed[:_NAMED]) + more)
    confirmed = [one for one in found if one.verdict == "confirmed"]
    detail = "; ".join([*_counted(found, roots), *_told(confirmed, roots, added)])
    whole = confirmed and len(confirmed) == len(found)
    return StampsCheck(verdict="pass" if whole else "not_confirmed", detail=detail)


@dataclass(frozen=True)
class _Judged:
    """What is kept of a stamp that was judged, for the sentence about all."""

    name: str
    seal: str | None
    verdict: str
    reason: str | None
    gen_time: datetime | None
    authority: str | None
    root: str | None


def _judged(
    stamps: Iterable[Given], roots: Sequence[x509.Certificate], openssl: Path | None
) -> list[_Judged]:
    found: list[_Judged] = []
    asked = 0
    for given in stamps:
        files = (given.digest, given.query, given.reply)
        stamp = check_digest(*files, roots)
        if stamp.methods and stamp.verdict != "confirmed" and openssl and asked < _MOST_ASKED:
            stamp = check_digest(*files, roots, openssl=openssl)
            asked += 1
        told = (stamp.verdict, stamp.reason, stamp.gen_time, stamp.authority, stamp.root)
        found.append(_Judged(given.name, given.seal, *told))
    return found


def _counted(found: Sequence[_Judged], roots: Sequence[x509.Certificate]) -> list[str]:
    """Say how many are confirmed, and which not, and why."""
    known = {fingerprint(root) for root in roots}
    used = {one.root for one in found if one.root}
    good = sum(one.verdict == "confirmed" for one in found)
    more = f" and {len(used - known)} given for this check" if used - known else ""
    lines = [f"{good} stamps under {len(used & known)} pinned roots{more}"]
    for reason, words in (
        ("root_not_pinned", "whose root is not pinned"),
        ("no_openssl", "that need openssl, which is not on this computer's PATH"),
    ):
        names = [one.name for one in found if not one.root and one.reason == reason]
        if names:
            lines.append(f"{len(names)} {words}: {', '.join(names[:_NAMED])}")
    return lines


def _told(
    confirmed: Sequence[_Judged],
    roots: Sequence[x509.Certificate],
    added: Sequence[x509.Certificate],
) -> list[str]:
    """Say of each confirmed stamp for what, when, by whom, and which root confirmed it."""
    names = {fingerprint(root): f"{_common_name(root)}, given for this check" for root in added}
    names |= {fingerprint(root): _common_name(root) for root in roots}
    return [
        f"{one.name}, for {one.seal}: {one.gen_time.isoformat()} by {one.authority}, "
        f"root {names[one.root]}, SHA-256 {one.root}"
        for one in confirmed[:_NAMED]
        if one.gen_time and one.root
    ]


def _has_judged(method: Method) -> bool:
    """Tell whether OpenSSL had a say; `not_run` is none."""
    return method.name == "openssl" and not (method.reason or "").startswith("not_run")


def _fault(asked: Query, token: Token) -> str | None:
    """Return what is wrong with a token before any signature is looked at."""
    leaf = token.leaf
    if leaf is None:
        return "several_signers" if token.signers != 1 else "no_certificate"
    valid = leaf.not_valid_before_utc <= token.gen_time <= leaf.not_valid_after_utc
    faults = (
        ("several_signers", token.signers != 1),
        ("wrong_imprint", (token.algorithm, token.imprint) != (asked.algorithm, asked.imprint)),
        ("wrong_nonce", token.nonce != asked.nonce),
        ("no_stamping_purpose", not _stamps_time(leaf)),
        ("expired", not valid),
    )
    return next((code for code, holds in faults if holds), None)


def _stamps_time(leaf: x509.Certificate) -> bool:
    """Tell whether the certificate is for time stamps, critically so (RFC 3161 section 2.3)."""
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.critical and ExtendedKeyUsageOID.TIME_STAMPING in usage.value


def _methods(
    digest: bytes,
    query: bytes,
    reply: bytes,
    token: Token,
    roots: Sequence[x509.Certificate],
    openssl: Path | None,
) -> tuple[tuple[Method, ...], x509.Certificate | None]:
    """Ask every method; return what each says and the root that the first one led to."""

    def asked(name: _MethodName, found: list[str | None]) -> Method:
        nearest = min(found, key=_rank, default="root_not_pinned")
        return Method(name=name, verified=nearest is None, reason=nearest)

    said: list[tuple[Method, list[str | None]]] = []
    forms: tuple[tuple[_MethodName, bytes], ...] = (
        ("library", reply),
        ("library_sorted", token.tidy),
    )
    for name, bytes_ in forms:
        if name == "library" or not token.is_sorted:
            found = [_refusal(bytes_, digest, token, root) for root in roots]
            said.append((asked(name, found), found))
    if openssl is not None:
        found = [program.refusal(openssl, query, reply, root, token.gen_time) for root in roots]
        said.insert(1, (asked("openssl", found), found))
    good = next((found.index(None) for _, found in said if None in found), None)
    return tuple(method for method, _ in said), None if good is None else roots[good]


def _rank(reason: str | None) -> int:
    """Order outcomes: verified, then reasons that tell more than that this root is another."""
    return 0 if reason is None else 2 if reason == "root_not_pinned" else 1


def _refusal(reply: bytes, digest: bytes, token: Token, root: x509.Certificate) -> str | None:
    """Return why rfc3161-client refuses a reply, None if it verifies up to this root."""
    from rfc3161_client import (  # noqa: PLC0415, as above
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )

    try:
        response = decode_timestamp_response(reply)
        VerifierBuilder(roots=[root], nonce=token.nonce).build().verify(response, digest)
    except VerificationError as error:
        return program.reason_of(str(error))
    except ValueError as error:
        return "unsorted_set" if "InvalidSetOrdering" in str(error) else "unreadable"
    return None


def _fault_within(digest: bytes, token: Token) -> str | None:
    """Return what is wrong with a token even if the root that travels with it were trusted."""
    own = [one for one in token.certificates if one.issuer == one.subject]
    reasons = [_refusal(token.tidy, digest, token, root) for root in own]
    found = next((reason for reason in reasons if reason != "root_not_pinned"), None)
    return found if None not in reasons else None


def _name(token: Token) -> str | None:
    return None if token.leaf is None else _common_name(token.leaf)


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value)[:200] if names else certificate.subject.rfc4514_string()[:200]
