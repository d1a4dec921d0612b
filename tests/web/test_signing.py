"""What is signed, pinned by values computed apart from the code, and how long a nonce counts."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from helper.errors import UnauthorizedError
from helper.web import pairing, signing

KEY = bytes(range(32))
NOW = 1_767_578_400_000


def code(*lines: str) -> str:
    return hmac.new(KEY, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def headers(**other: str) -> signing.SignedHeaders:
    values = {"pairing": "a" * 32, "time": str(NOW), "nonce": "b" * 32, "start": "c" * 32}
    values |= {"body": "d" * 64, "signature": "e" * 64, **other}
    return signing.SignedHeaders(**values)


def test_each_purpose_signs_its_own_lines() -> None:
    digest = hashlib.sha256(b"body").hexdigest()
    assert signing.hello_proof(KEY, "n", "s", "1", 9) == code("kazheng/hello/1", "n", "s", "1", "9")
    assert signing.reply_code(KEY, "n", 200, b"body") == code("kazheng/reply/1", "n", "200", digest)
    assert signing.request_code(KEY, "PUT", "/v1/a?b=1", headers()) == code(
        "kazheng/request/1", "PUT", "/v1/a?b=1", str(NOW), "b" * 32, "c" * 32, "d" * 64
    )
    step = hashlib.sha256(b"kept\n2026-01-05T02:00:00+00:00\n").hexdigest()
    assert signing.event_code(
        KEY, "n", 0, step="kept", at="2026-01-05T02:00:00+00:00", detail=None
    ) == code("kazheng/reply/1", "n", "event:0", step)


def test_the_lasting_key_follows_rfc_5869() -> None:
    def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
        extracted = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
        return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()

    once = hkdf(b"ABCDEFGHIJKLMNOPQRST", b"", b"kazheng/pairing-code/1")
    assert pairing.code_key("abcd-EFGH-ijkl-MNOP-qrst") == once
    client, helper = "01" * 32, "02" * 32
    salt = bytes.fromhex(client + helper)
    assert pairing.lasting_key(once, client, helper) == hkdf(once, salt, b"kazheng/key/1")


def test_a_nonce_counts_once_and_for_each_pairing() -> None:
    nonces = signing.Nonces()
    nonces.admit(headers(), NOW)
    nonces.admit(headers(pairing="f" * 32), NOW)
    with pytest.raises(UnauthorizedError, match="replayed"):
        nonces.admit(headers(), NOW + 1)


def test_a_nonce_is_remembered_as_long_as_its_time_is_accepted() -> None:
    nonces, early = signing.Nonces(), headers(time=str(NOW + signing.WINDOW_MS))
    nonces.admit(early, NOW)
    for passed in range(0, 2 * signing.WINDOW_MS + 1, 10_000):
        nonces.admit(headers(nonce=f"{passed:032x}", time=str(NOW + passed)), NOW + passed)
        with pytest.raises(UnauthorizedError, match="replayed"):
            nonces.admit(early, NOW + passed)
    with pytest.raises(UnauthorizedError, match="stale"):
        nonces.admit(early, NOW + 2 * signing.WINDOW_MS + 1)


def test_old_nonces_are_forgotten() -> None:
    nonces = signing.Nonces()
    for index in range(50):
        now = NOW + index * signing.WINDOW_MS
        nonces.admit(headers(nonce=f"{index:032x}", time=str(now)), now)
    assert len(nonces) <= 4


@pytest.mark.parametrize("name", [signing.TIME, signing.NONCE, signing.START, signing.BODY])
def test_every_signing_header_must_be_there(name: str) -> None:
    given = {
        signing.PAIRING: "a" * 32, signing.TIME: "1", signing.NONCE: "b" * 32,
        signing.START: "c", signing.BODY: "d" * 64, signing.SIGNATURE: "e" * 64,
    }  # fmt: skip
    assert signing.SignedHeaders.read(given).nonce == "b" * 32
    with pytest.raises(UnauthorizedError, match="malformed"):
        signing.SignedHeaders.read({key: value for key, value in given.items() if key != name})
