"""OpenTimestamps proofs: begun, completed, never believed beyond what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp

from helper.evidence import calendar

MANIFEST = b"{}"
NONCE = bytes(16)
OWN = "http://127.0.0.1:9"


def promise(commitment: bytes, uri: str = OWN) -> bytes:
    """Answer a commitment as a calendar does: hash it with something, promise that."""
    timestamp = Timestamp(commitment)
    timestamp.ops.add(OpPrepend(b"x")).ops.add(OpSHA256()).attestations.add(PendingAttestation(uri))
    return written(timestamp)


def path(commitment: bytes, height: int) -> bytes:
    """Answer a promised commitment with the path to a block."""
    timestamp = Timestamp(commitment)
    timestamp.ops.add(OpSHA256()).attestations.add(BitcoinBlockHeaderAttestation(height))
    return written(timestamp)


def written(timestamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    timestamp.serialize(context)
    return bytes(context.getbytes())


def begun(uri: str = OWN) -> bytes:
    given_ = calendar.commitment(MANIFEST, NONCE)
    return calendar.begin(MANIFEST, NONCE, [promise(given_, uri), b"rubbish"])


def test_a_proof_goes_from_promise_to_block():
    proof = begun()
    [(commitment, uri)] = calendar.promises(proof, MANIFEST, [OWN]).items()
    assert uri == OWN
    assert calendar.blocks(proof, MANIFEST) == []
    whole = calendar.complete(proof, MANIFEST, {commitment: path(commitment, 840_000)})
    assert calendar.blocks(whole, MANIFEST) == [840_000]
    assert whole.startswith(proof[:32])


def test_a_calendar_learns_neither_the_manifest_nor_its_hash():
    assert calendar.commitment(MANIFEST, NONCE) != calendar.commitment(MANIFEST, b"1" * 16)


def test_without_a_usable_promise_there_is_no_proof():
    with pytest.raises(ValueError):
        calendar.begin(MANIFEST, NONCE, [b"rubbish", b""])


def test_a_promise_that_names_somebody_else_is_not_followed():
    proof = begun("http://192.168.0.1/admin")
    assert calendar.promises(proof, MANIFEST, [OWN]) == {}


def test_the_known_calendars_behind_a_pool_are_followed():
    uri = "https://alice.btc.calendar.opentimestamps.org"
    pool = "https://a.pool.opentimestamps.org"
    assert list(calendar.promises(begun(uri), MANIFEST, [pool]).values()) == [uri]


def test_a_proof_of_something_else_is_refused():
    with pytest.raises(ValueError):
        calendar.blocks(begun(), b"another manifest")


@given(st.binary(max_size=120))
def test_a_hostile_proof_or_answer_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        calendar.blocks(data, MANIFEST)
    with pytest.raises(ValueError):
        calendar.begin(MANIFEST, NONCE, [b"\xff" + data])
