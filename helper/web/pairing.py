"""Pairing: a code that the user pastes once becomes a key; the code never crosses the wire."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from helper.errors import PairingError
from helper.vault.catalogue import Catalogue
from helper.web import signing
from helper.web.bodies import PairReply, PairRequest

LIFETIME = timedelta(seconds=120)
TRIES = 5
_CODE_BYTES = 20
_CODE_LENGTH = 20
_GROUP = 4


def new_code() -> str:
    """Return a code of 100 random bits: five groups of four base32 characters."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()[:_CODE_LENGTH]
    return "-".join(text[at : at + _GROUP] for at in range(0, _CODE_LENGTH, _GROUP))


def normalise(code: str) -> str:
    """Return the code as both sides derive from it: upper case, without dashes and spaces."""
    return re.sub(r"[\s\-]", "", code).upper()


def code_key(code: str) -> bytes:
    """Return the 32-byte key that stands for a code during pairing."""
    return signing.derive(normalise(code).encode(), salt=b"", info="kazheng/pairing-code/1")


def client_proof(key: bytes, client_nonce: str) -> str:
    """Return what the extension proves its knowledge of the code with."""
    return signing.mac(key, "kazheng/pair/client/1", client_nonce)


def helper_proof(
    key: bytes, client_nonce: str, helper_nonce: str, pairing_id: str, port: int
) -> str:
    """Return what the helper proves its knowledge of the code with, and that it is on this port."""
    lines = (client_nonce, helper_nonce, pairing_id, str(port))
    return signing.mac(key, "kazheng/pair/helper/1", *lines)


def lasting_key(key: bytes, client_nonce: str, helper_nonce: str) -> bytes:
    """Return the key of the finished pairing; each pairing has its own."""
    salt = bytes.fromhex(client_nonce) + bytes.fromhex(helper_nonce)
    return signing.derive(key, salt=salt, info="kazheng/key/1")


def offer(vault: Catalogue, now: datetime) -> str:
    """Open the pairing for two minutes and return the code to show; replaces an older offer."""
    code = new_code()
    vault.offer_pairing(code_key(code), now + LIFETIME, tries=TRIES)
    return code


@dataclass(frozen=True)
class Pairer:
    """Answers pairing requests, one at a time: two clients cannot both use a code."""

    vault: Catalogue
    version: str
    start: str
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def pair(self, request: PairRequest, port: int, now: datetime) -> PairReply:
        """Accept a client that knows the code; PairingError says why not."""
        async with self._turn:
            return await asyncio.to_thread(self._pair, request, port, now)

    def _pair(self, request: PairRequest, port: int, now: datetime) -> PairReply:
        offered = self.vault.pairing_offer(now)
        if offered is None:
            raise PairingError(reason="no_offer")
        # Spent before the proof is looked at: a crash in between must not give a try back.
        self.vault.spend_try()
        if not signing.same(client_proof(offered.key, request.client_nonce), request.proof):
            raise PairingError(reason="wrong_proof")
        pairing_id, helper_nonce = secrets.token_hex(16), secrets.token_hex(32)
        key = lasting_key(offered.key, request.client_nonce, helper_nonce)
        self.vault.accept_pairing(pairing_id, request.name, key, now)
        return PairReply(
            pairing_id=pairing_id,
            helper_nonce=helper_nonce,
            proof=helper_proof(offered.key, request.client_nonce, helper_nonce, pairing_id, port),
            version=self.version,
            start=self.start,
        )
