"""A reply is believed only if everything about it is right, up to a root that was pinned."""

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from helper.demo import timekeeper
from helper.demo.timekeeper import der_of, granted, token, tst_info
from helper.evidence import der, openssl, stamp
from helper.evidence.token import read_query, read_reply

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANIFEST = b'{"format":"kazheng/manifest/1"}'
KEEPER = timekeeper.create("Keeper", NOON)
OTHER = timekeeper.create("Other", NOON)
QUERY = stamp.request(MANIFEST)
NONCE = read_query(QUERY).nonce
DIGEST = hashlib.sha256(MANIFEST).digest()
GOOD = KEEPER.reply(QUERY, NOON)


def reply(
    info: bytes | None = None,
    *,
    keeper: timekeeper.Keeper = KEEPER,
    certificates: list[bytes] | None = None,
    signers: int = 1,
    status: int = 0,
) -> bytes:
    """Write a reply that differs from a good one in what is given."""
    text = info or tst_info(DIGEST, NONCE, NOON, 7)
    chain = certificates or sorted((der_of(keeper.leaf), der_of(keeper.root)))
    signed = sorted(keeper.signer_info(text) for _ in range(signers))
    return granted(token(text, chain, signed), status)


def leaf_with(*, purpose: bool, critical: bool = True) -> timekeeper.Keeper:
    """Make an authority whose leaf lacks the purpose, or has it without being critical."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Root")])
    usage = [ExtendedKeyUsageOID.TIME_STAMPING if purpose else ExtendedKeyUsageOID.CODE_SIGNING]

    def begun(public: ec.EllipticCurvePublicKey, common: str) -> x509.CertificateBuilder:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOON - timedelta(days=1)).not_valid_after(NOON + timedelta(days=9))
        )  # fmt: skip

    root = begun(root_key.public_key(), "Root").add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    leaf = begun(key.public_key(), "Leaf").add_extension(
        x509.ExtendedKeyUsage(usage), critical=critical
    )
    return timekeeper.Keeper(
        root.sign(root_key, hashes.SHA256()), leaf.sign(root_key, hashes.SHA256()), key
    )


def untidy(keeper: timekeeper.Keeper = KEEPER) -> bytes:
    """Return a good reply with unsigned attributes out of DER's order, which OpenSSL takes."""
    info = tst_info(DIGEST, NONCE, NOON, 7)
    more = [
        der.value(der.SEQUENCE, der.oid(f"1.2.{n}"), der.value(der.SET, der.number(n)))
        for n in (2, 1)
    ]
    parts = der.read(keeper.signer_info(info)).parts()
    signer = der.value(der.SEQUENCE, *(part.whole for part in parts), der.value(0xA1, *more))
    return granted(token(info, sorted((der_of(KEEPER.leaf), der_of(KEEPER.root))), [signer]))


def judged(data: bytes, root: x509.Certificate = KEEPER.root) -> stamp.Stamp:
    return stamp.check(MANIFEST, QUERY, data, [root])


@pytest.fixture(scope="session")
def program() -> Path:
    found = openssl.find()
    if found is None:
        pytest.skip("OpenSSL is not installed")
    return found


def test_a_good_reply_says_when_who_and_under_which_root():
    found = judged(GOOD)
    assert found.verdict == "confirmed"
    assert found.reason is None
    assert found.gen_time == NOON
    assert found.authority == "Keeper"
    assert found.policy == timekeeper.POLICY
    assert found.root == KEEPER.root.fingerprint(hashes.SHA256()).hex()
    assert [(m.name, m.verified) for m in found.methods] == [("library", True)]


def test_every_query_has_a_nonce_of_its_own_and_asks_for_the_certificates():
    first, second = (read_query(stamp.request(MANIFEST)) for _ in range(2))
    assert first.imprint == DIGEST
    assert first.nonce is not None
    assert first.nonce != second.nonce
    assert der.read(QUERY).parts()[-1].whole == b"\x01\x01\xff"


NEGATIVE = {
    "wrong_nonce": reply(tst_info(DIGEST, (NONCE or 0) ^ 1, NOON, 7)),
    "no nonce": reply(tst_info(DIGEST, None, NOON, 7)),
    "wrong_imprint": reply(tst_info(hashlib.sha256(b"other").digest(), NONCE, NOON, 7)),
    "expired": reply(tst_info(DIGEST, NONCE, NOON + timedelta(days=4000), 7)),
    "not yet valid": reply(tst_info(DIGEST, NONCE, NOON - timedelta(days=400), 7)),
    "several_signers": reply(signers=2),
    "no_certificate": reply(certificates=[der_of(KEEPER.root)]),
    "not_granted": timekeeper.rejected("no"),
    "granted with changes": reply(status=1),
    "waiting": reply(status=3),
    "bad_signature": GOOD[:-3] + bytes([GOOD[-3] ^ 1]) + GOOD[-2:],
    "other text": GOOD.replace(b"20260301120000Z", b"20260301110000Z"),
}
SAME = {
    "no nonce": "wrong_nonce",
    "not yet valid": "expired",
    "granted with changes": "not_granted",
    "waiting": "not_granted",
    "other text": "bad_signature",
}


@pytest.mark.parametrize("case", NEGATIVE)
def test_a_reply_that_is_wrong_in_one_thing_fails_for_that_reason(case: str) -> None:
    found = judged(NEGATIVE[case])
    assert (found.verdict, found.reason) == ("failed", SAME.get(case, case))


@pytest.mark.parametrize("case", [c for c in NEGATIVE if c != "granted with changes"])
def test_openssl_refuses_the_same_replies(case: str, program: Path) -> None:
    """All but PKIStatus 1, which RFC 3161 allows and we do not."""
    at = NOON + timedelta(days=4000) if case == "expired" else NOON
    at = NOON - timedelta(days=400) if case == "not yet valid" else at
    assert openssl.refusal(program, QUERY, NEGATIVE[case], KEEPER.root, at) is not None


@pytest.mark.parametrize(
    "keeper", [leaf_with(purpose=False), leaf_with(purpose=True, critical=False)]
)
def test_a_certificate_that_is_not_for_time_stamps_fails(keeper: timekeeper.Keeper) -> None:
    found = judged(reply(keeper=keeper), keeper.root)
    assert (found.verdict, found.reason) == ("failed", "no_stamping_purpose")


def test_a_query_for_another_manifest_fails():
    found = stamp.check(b"another", QUERY, GOOD, [KEEPER.root])
    assert (found.verdict, found.reason) == ("failed", "wrong_imprint")


@pytest.mark.parametrize("roots", [[], [OTHER.root]])
def test_a_root_that_only_travels_with_the_reply_confirms_nothing(roots: list) -> None:
    assert der_of(KEEPER.root) in GOOD
    found = stamp.check(MANIFEST, QUERY, GOOD, roots)
    assert (found.verdict, found.reason) == ("not_confirmed", "root_not_pinned")
    assert found.root is None


def test_a_bad_signature_under_an_unpinned_root_fails():
    found = judged(NEGATIVE["bad_signature"], OTHER.root)
    assert (found.verdict, found.reason) == ("failed", "bad_signature")


def test_a_root_that_bears_the_pinned_ones_name_is_not_it():
    impostor = timekeeper.create("Keeper", NOON)
    found = judged(reply(keeper=impostor))
    assert found.verdict != "confirmed"


def test_of_several_pinned_roots_the_one_it_leads_to_is_named():
    found = stamp.check(MANIFEST, QUERY, GOOD, [OTHER.root, KEEPER.root])
    assert found.verdict == "confirmed"
    assert found.root == KEEPER.root.fingerprint(hashes.SHA256()).hex()


UNSORTED = reply(certificates=sorted((der_of(KEEPER.leaf), der_of(KEEPER.root)), reverse=True))


def test_certificates_out_of_order_are_refused_by_the_library_and_judged_in_order():
    found = judged(UNSORTED)
    assert [(m.name, m.verified, m.reason) for m in found.methods] == [
        ("library", False, "unsorted_set"),
        ("library_sorted", True, None),
    ]
    assert found.verdict == "confirmed"
    assert judged(UNSORTED, OTHER.root).verdict == "not_confirmed"


def test_certificates_out_of_order_are_verified_by_openssl(program: Path) -> None:
    found = stamp.check(MANIFEST, QUERY, UNSORTED, [OTHER.root, KEEPER.root], openssl=program)
    said = {m.name: m.verified for m in found.methods}
    assert said == {"library": False, "openssl": True, "library_sorted": True}


def test_openssl_is_a_second_opinion(program: Path) -> None:
    found = stamp.check(MANIFEST, QUERY, GOOD, [KEEPER.root], openssl=program)
    assert {m.name: m.verified for m in found.methods} == {"library": True, "openssl": True}


def test_an_openssl_that_cannot_be_started_is_told_and_hinders_nothing(tmp_path: Path) -> None:
    found = stamp.check(MANIFEST, QUERY, GOOD, [KEEPER.root], openssl=tmp_path / "none")
    assert found.verdict == "confirmed"
    assert [m.reason for m in found.methods] == [None, "not_run: FileNotFoundError"]


def test_an_openssl_that_cannot_be_started_makes_no_failure_of_an_unpinned_root(
    tmp_path: Path,
) -> None:
    found = stamp.check(MANIFEST, QUERY, GOOD, [OTHER.root], openssl=tmp_path / "none")
    assert (found.verdict, found.reason) == ("not_confirmed", "root_not_pinned")


@pytest.mark.parametrize("size", [0, 1, 7, 40, -1])
def test_a_reply_cut_off_is_unreadable(size: int) -> None:
    assert judged(GOOD[:size]).reason == "unreadable"


@pytest.mark.parametrize(
    "data",
    [GOOD + b"\0", b"<html>", b"\x30\x80\0\0", b"0" * 2_000_000],
    ids=["more", "html", "indefinite", "long"],
)
def test_what_is_no_reply_is_unreadable(data: bytes) -> None:
    assert judged(data).reason == "unreadable"


@settings(max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_changed_byte_never_changes_what_is_confirmed(at: int, by: int) -> None:
    data = bytearray(GOOD)
    data[at] ^= by
    found = judged(bytes(data))
    if found.verdict == "confirmed":  # the byte was in what nobody signs
        assert (found.gen_time, found.authority, found.root) == (
            NOON, "Keeper", KEEPER.root.fingerprint(hashes.SHA256()).hex(),
        )  # fmt: skip


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_whatever_comes_is_a_verdict(data: bytes) -> None:
    assert judged(data).verdict == "failed"
    assert stamp.check(MANIFEST, data, GOOD, [KEEPER.root]).verdict == "failed"


def given_(name: str, data: bytes) -> stamp.Given:
    seal = "seals/1/0-S1/manifest.json"
    return stamp.Given(name=name, seal=seal, digest=DIGEST, query=QUERY, reply=data)


def test_all_stamps_of_a_bundle_are_told_with_time_and_authority():
    other = OTHER.reply(QUERY, NOON)
    both = [given_("S1-a.tsr", GOOD), given_("S1-b.tsr", other)]
    found = stamp.check_stamps(both, [KEEPER.root, OTHER.root])
    assert (found.name, found.verdict) == ("stamps", "pass")
    assert "2 stamps under 2 pinned roots" in found.detail
    assert "2026-03-01T12:00:00+00:00 by Keeper" in found.detail


def test_a_stamp_that_is_not_pinned_is_no_pass():
    found = stamp.check_stamps([given_("S1-a.tsr", GOOD)], [OTHER.root])
    assert found.verdict == "not_confirmed"
    assert "S1-a.tsr" in found.detail
    assert stamp.check_stamps([], [OTHER.root]).verdict == "not_confirmed"


def test_one_bad_stamp_fails_them_all_and_is_named():
    both = [given_("S1-a.tsr", GOOD), given_("S1-b.tsr", NEGATIVE["wrong_nonce"])]
    found = stamp.check_stamps(both, [KEEPER.root])
    assert (found.verdict, found.detail) == ("fail", "S1-b.tsr: wrong_nonce")


def test_a_stamp_of_no_manifest_is_for_something_else_whatever_it_says():
    info = tst_info(b"", NONCE, NOON, 7)
    for query in (QUERY, QUERY.replace(DIGEST, b"").replace(b"\x04\x20", b"\x04\x00")):
        one = stamp.Given(name="S1-a.tsr", seal=None, digest=None, query=query, reply=reply(info))
        assert stamp.check_stamps([one], [KEEPER.root]).verdict == "fail"


def accurate(*parts: bytes, tag: int = der.SEQUENCE) -> bytes:
    """Write a TSTInfo with an accuracy of these parts (RFC 3161 section 2.4.2)."""
    plain = [part.whole for part in der.read(tst_info(DIGEST, NONCE, NOON, 7)).parts()]
    return der.value(der.SEQUENCE, *plain[:5], der.value(tag, *parts), *plain[5:])


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ((der.number(1),), 1000.0),
        ((der.number(2), der.value(0x80, b"\x01\xf4"), der.value(0x81, b"\x64")), 2500.1),
        ((der.value(0x81, b"\x64"),), 0.1),
        ((der.number(0),), 0.0),
        ((der.number(1 << 80),), 1e12),
        ((), None),
        ((der.value(der.INTEGER, b"\xff"),), None),
        ((der.value(0x82, b"\x01"),), None),
    ],
)
def test_the_accuracy_that_a_token_states_is_read(parts: tuple[bytes, ...], wanted: float | None):
    """One that makes no sense is none: only what was signed decides on a stamp."""
    found = read_reply(reply(accurate(*parts))).token
    assert found is not None
    assert (found.accuracy_ms, found.nonce) == (wanted, NONCE)


def test_a_confirmed_stamp_says_its_accuracy():
    assert judged(reply(accurate(der.number(1)))).accuracy_ms == 1000.0
    assert judged(GOOD).accuracy_ms is None


def test_the_commands_printed_for_a_reader_work(tmp_path: Path, program: Path) -> None:
    """As the bundle's guide says them: against the manifest, and against the kept query."""
    for name, data in (
        ("manifest.json", MANIFEST), ("S1-a.tsq", QUERY), ("S1-a.tsr", GOOD),
        ("S1-a.pem", KEEPER.root_pem()),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
    shared = ["-in", "S1-a.tsr", "-CAfile", "S1-a.pem", "-attime", str(int(NOON.timestamp()))]
    for what in (["-data", "manifest.json"], ["-queryfile", "S1-a.tsq"]):
        done = subprocess.run(
            [shutil.which("openssl") or "", "ts", "-verify", *what, *shared],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert b"Verification: OK" in done.stdout


def test_what_the_library_does_not_take_is_confirmed_by_openssl(program: Path) -> None:
    both = [given_("S1-a.tsr", untidy())]
    assert stamp.check_stamps(both, [KEEPER.root], openssl=program).verdict == "pass"


def test_what_the_library_does_not_take_is_not_confirmed_without_openssl() -> None:
    data = untidy()
    assert judged(data).reason == "no_openssl"
    found = stamp.check_stamps([given_("S1-a.tsr", data)], [KEEPER.root])
    assert found.verdict == "not_confirmed"
    assert "1 that need openssl" in found.detail
    assert "S1-a.tsr" in found.detail


def test_what_openssl_refuses_as_well_fails(program: Path) -> None:
    changed = untidy(timekeeper.Keeper(KEEPER.root, KEEPER.leaf, OTHER.key))
    found = stamp.check_stamps([given_("S1-a.tsr", changed)], [KEEPER.root], openssl=program)
    assert found.verdict == "fail"


def test_a_root_given_for_the_check_confirms_and_is_named() -> None:
    found = stamp.check_stamps([given_("S1-a.tsr", GOOD)], [OTHER.root], added=[KEEPER.root])
    assert found.verdict == "pass"
    assert "1 stamps under 0 pinned roots and 1 given for this check" in found.detail
    assert "root Keeper Root, given for this check, SHA-256" in found.detail
    assert KEEPER.root.fingerprint(hashes.SHA256()).hex() in found.detail
