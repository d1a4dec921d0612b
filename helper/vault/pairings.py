"""Pairings: the one open offer and the browsers that were paired."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from helper.errors import PairingError
from helper.vault import schema
from helper.vault.store import Store, reading, writing

_offer = schema.pairing_offer
_pairings = schema.pairings


class PairingOffer(NamedTuple):
    """A code that may be used once: its key, until when, how many tries are left."""

    key: bytes
    expires_at: datetime
    tries: int


class Pairing(NamedTuple):
    """A paired browser, without its key."""

    pairing_id: str
    name: str
    at: datetime


class Pairings(Store):
    """The pairings of the catalogue."""

    def offer_pairing(self, key: bytes, expires_at: datetime, tries: int = 5) -> None:
        """Open an offer; an earlier one ends."""
        with writing(self.engine) as connection:
            connection.execute(delete(_offer))
            connection.execute(
                insert(_offer).values(id=1, key=key, expires_at=expires_at.isoformat(), tries=tries)
            )

    def pairing_offer(self, now: datetime) -> PairingOffer | None:
        """Return the open offer; None if there is none, it expired or was tried too often."""
        with reading(self.engine) as connection:
            row = connection.execute(select(_offer)).one_or_none()
        if row is None or row.tries <= 0:
            return None
        offer = PairingOffer(row.key, datetime.fromisoformat(row.expires_at), row.tries)
        return offer if now < offer.expires_at else None

    def spend_try(self) -> int:
        """Take one try from the offer, before a proof is checked; return how many are left."""
        with writing(self.engine) as connection:
            connection.execute(update(_offer).values(tries=_offer.c.tries - 1))
            return connection.execute(select(_offer.c.tries)).scalar() or 0

    def accept_pairing(self, pairing_id: str, name: str, key: bytes, at: datetime) -> None:
        """Keep a pairing and end the offer; PairingError(reason="used") if it has ended."""
        with writing(self.engine) as connection:
            if connection.execute(delete(_offer)).rowcount == 0:
                raise PairingError(reason="used")
            connection.execute(
                insert(_pairings).values(
                    pairing_id=pairing_id, name=name, key=key, at=at.isoformat()
                )
            )

    def pairing(self, pairing_id: str) -> tuple[bytes, str] | None:
        """Return key and name of a pairing, None if it is unknown or revoked."""
        with reading(self.engine) as connection:
            row = connection.execute(
                select(_pairings).where(_pairings.c.pairing_id == pairing_id)
            ).one_or_none()
        return None if row is None else (row.key, row.name)

    def pairings(self) -> list[Pairing]:
        """Return all pairings, oldest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(_pairings).order_by(_pairings.c.at)).all()
        return [Pairing(row.pairing_id, row.name, datetime.fromisoformat(row.at)) for row in rows]

    def revoke_pairing(self, pairing_id: str) -> None:
        """Forget a pairing; an unknown one is no-op."""
        with writing(self.engine) as connection:
            connection.execute(delete(_pairings).where(_pairings.c.pairing_id == pairing_id))
