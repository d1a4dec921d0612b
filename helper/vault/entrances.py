"""Entrances: tokens that let a browser into the console once; only their hashes are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, insert

from helper.vault import schema
from helper.vault.store import Store, writing

_entrances = schema.entrances


class Entrances(Store):
    """The entrances of the catalogue."""

    def offer_entrance(self, token: str, expires_at: datetime) -> None:
        """Let in whoever brings the token before it expires."""
        with writing(self.engine) as connection:
            connection.execute(
                insert(_entrances).values(digest=_digest(token), expires_at=expires_at.isoformat())
            )

    def spend_entrance(self, token: str, now: datetime) -> bool:
        """Tell whether the token lets in; it does so once. Expired ones are forgotten."""
        with writing(self.engine) as connection:
            own = _entrances.c.digest == _digest(token)
            expired = _entrances.c.expires_at <= now.isoformat()
            connection.execute(delete(_entrances).where(expired))
            return connection.execute(delete(_entrances).where(own)).rowcount == 1


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
