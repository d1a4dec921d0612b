import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from helper.evidence import canonical, seal

TEXT = b'{"format":"kazheng/manifest/1"}'


def test_a_signature_says_what_it_signed_and_who(tools):
    signature = json.loads(seal.sign(TEXT, tools.key))
    public = bytes.fromhex(signature["public_key"])
    assert signature["format"] == "kazheng/signature/1"
    assert signature["algorithm"] == "Ed25519"
    assert signature["installation"] == hashlib.sha256(public).hexdigest() == tools.installation
    assert signature["manifest_sha256"] == hashlib.sha256(TEXT).hexdigest()
    Ed25519PublicKey.from_public_bytes(public).verify(
        bytes.fromhex(signature["signature"]), b"kazheng/manifest/1\n" + TEXT
    )


def test_a_signature_holds_for_what_it_signed(tools):
    assert seal.check(TEXT, seal.sign(TEXT, tools.key)).installation == tools.installation


def test_signatures_are_the_same_each_time(tools):
    assert seal.sign(TEXT, tools.key) == seal.sign(TEXT, tools.key)


def test_no_changed_byte_of_a_signature_passes(tools):
    signature = seal.sign(TEXT, tools.key)
    for position in range(len(signature)):
        for change in (1, 32, 128):
            changed = bytearray(signature)
            changed[position] ^= change
            with pytest.raises(seal.SignatureError):
                seal.check(TEXT, bytes(changed))


def test_a_signature_of_one_kind_is_none_of_another(tools):
    manifest, bundle = seal.sign(TEXT, tools.key), seal.sign(TEXT, tools.key, "bundle")
    with pytest.raises(seal.SignatureError):
        seal.check(TEXT, manifest, "bundle")
    relabelled = json.loads(bundle) | {"format": "kazheng/signature/1"}
    with pytest.raises(seal.SignatureError):
        seal.check(TEXT, canonical.encode(relabelled))


def test_a_signature_does_not_hold_for_other_content(tools):
    with pytest.raises(seal.SignatureError):
        seal.check(TEXT + b" ", seal.sign(TEXT, tools.key))
