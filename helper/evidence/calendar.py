"""OpenTimestamps proofs of a seal's manifest: begun at calendars, completed in Bitcoin.

A calendar answers at once with a promise; hours later it gives the path to a Bitcoin block.
Whether that block exists needs its header, so a completed proof is not confirmed here: `ots verify`
does it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from opentimestamps.calendar import DEFAULT_CALENDAR_WHITELIST
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpSHA256
from opentimestamps.core.serialize import (
    BytesDeserializationContext,
    BytesSerializationContext,
)
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

LARGEST: Final = 1 << 16
_MOST_PROMISES: Final = 16


def commitment(manifest: bytes, nonce: bytes) -> bytes:
    """Return what calendars are given: SHA-256 of the manifest's hash and a nonce."""
    return hashlib.sha256(hashlib.sha256(manifest).digest() + nonce).digest()


def new_nonce() -> bytes:
    """Return 16 random bytes, so that a calendar does not learn the manifest's hash."""
    return secrets.token_bytes(16)


def begin(manifest: bytes, nonce: bytes, replies: Iterable[bytes]) -> bytes:
    """Return the `.ots` file made of the calendars' replies; ValueError if none is usable."""
    root = Timestamp(hashlib.sha256(manifest).digest())
    leaf = root.ops.add(OpAppend(nonce)).ops.add(OpSHA256())
    found = False
    for reply in replies:
        promise = _timestamp(reply, leaf.msg)
        if promise is not None:
            leaf.merge(promise)
            found = True
    if not found:
        raise ValueError("no calendar gave a usable promise")
    return _written(root)


def promises(proof: bytes, manifest: bytes, calendars: Sequence[str]) -> dict[bytes, str]:
    """Return commitment → calendar of all promises whose calendar may be asked.

    A reply may name any address: only the calendars of the settings and those that the
    OpenTimestamps library knows are ever asked. Raises ValueError.
    """
    hosts = {urlsplit(url).netloc for url in calendars}
    found = {
        message: said.uri
        for message, said in _read(proof, manifest).timestamp.all_attestations()
        if isinstance(said, PendingAttestation)
        and (urlsplit(said.uri).netloc in hosts or said.uri in DEFAULT_CALENDAR_WHITELIST)
    }
    return dict(list(found.items())[:_MOST_PROMISES])


def complete(proof: bytes, manifest: bytes, replies: Mapping[bytes, bytes]) -> bytes:
    """Return the proof with what calendars made of their promises; raises ValueError."""
    file = _read(proof, manifest)
    waiting = [file.timestamp]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.ops.values())
        reply = replies.get(node.msg)
        path = _timestamp(reply, node.msg) if reply is not None else None
        if path is not None:
            node.merge(path)
    return _written(file.timestamp)


def blocks(proof: bytes, manifest: bytes) -> list[int]:
    """Return the heights of the Bitcoin blocks that a proof leads to; raises ValueError."""
    return sorted(
        said.height
        for _, said in _read(proof, manifest).timestamp.all_attestations()
        if isinstance(said, BitcoinBlockHeaderAttestation)
    )


def _read(proof: bytes, manifest: bytes) -> DetachedTimestampFile:
    if len(proof) > LARGEST:
        raise ValueError("larger than a proof is")
    try:
        file = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))
    except Exception as error:  # noqa: BLE001, hostile input: the library raises many kinds
        raise ValueError(f"not a proof: {type(error).__name__}") from None
    if file.file_digest != hashlib.sha256(manifest).digest():
        raise ValueError("a proof of something else")
    return file


def _timestamp(data: bytes, message: bytes) -> Timestamp | None:
    if len(data) > LARGEST:
        return None
    try:
        context = BytesDeserializationContext(data)
        found = Timestamp.deserialize(context, message)
        context.assert_eof()
    except Exception:  # noqa: BLE001, hostile input: the library raises many kinds
        return None
    return found


def _written(timestamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), timestamp).serialize(context)
    return bytes(context.getbytes())
