"""All SQL of the helper, one class; every method is one transaction.

Methods are synchronous and may be called from several threads (`asyncio.to_thread`).
"""

from __future__ import annotations

from datetime import datetime

from helper.vault.captures import Captures
from helper.vault.cases import Cases
from helper.vault.deletions import Deleted, Deletions
from helper.vault.digests import Digests
from helper.vault.drafts import Drafts
from helper.vault.entrances import Entrances
from helper.vault.entries import Entries
from helper.vault.identity import Identities
from helper.vault.indexed import Indexed
from helper.vault.library import Library
from helper.vault.pairings import Pairing, PairingOffer, Pairings
from helper.vault.search import Search
from helper.vault.sizes import Sizes
from helper.vault.snapshot import Snapshots
from helper.vault.stamps import Stamps
from helper.vault.store import open_engine

__all__ = ["Catalogue", "Pairing", "PairingOffer", "open_engine"]


class Catalogue(
    Captures,
    Cases,
    Deletions,
    Digests,
    Drafts,
    Entrances,
    Entries,
    Identities,
    Indexed,
    Library,
    Pairings,
    Search,
    Sizes,
    Snapshots,
    Stamps,
):
    """All that one vault holds."""

    def delete_case(self, case_id: str, at: datetime) -> Deleted:
        """Delete a case; what was read of it last is forgotten too. Raises as `Deletions` does."""
        deleted = super().delete_case(case_id, at)
        self.forget_read()
        return deleted
