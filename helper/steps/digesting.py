"""Keep the digests of all cases up to date in the background; no page waits for it."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from helper.errors import DiskFullError, NotFoundError, VaultError
from helper.steps import advising
from helper.steps.rounds import rounds, to_its_end, traced
from helper.steps.store import Store
from helper.vault.digests import KeptDigest

_log = logging.getLogger("kazheng")
_BATCH: Final = 8
_LOOK_SECONDS: Final = 1.0
_AGAIN: Final = timedelta(hours=1)


@dataclass
class Digester:
    """Makes what is stale, the most urgent first."""

    store: Store

    async def work(self) -> None:
        """Work until cancelled."""

        async def turn() -> float:
            return 0.0 if await self.turn() else _LOOK_SECONDS

        await rounds(turn, "digests")

    async def turn(self) -> int:
        """Make some digests, each in a thread, resting as long as it took; return how many."""
        found = await to_its_end(_stale, self.store, _BATCH)
        made: list[KeptDigest] = []
        for case_id in found:
            begun = time.monotonic()
            made += await to_its_end(_made, self.store, case_id)
            await asyncio.sleep(time.monotonic() - begun)
        if found:
            await to_its_end(self.store.vault.put_digests, made)
        return len(made)


def refresh(store: Store, most: int) -> None:
    """Make the most urgent stale digests now, at most so many."""
    found = _stale(store, most)
    if found:
        store.vault.put_digests([one for case_id in found for one in _made(store, case_id)])


def _stale(store: Store, most: int) -> list[str]:
    return store.vault.stale_digests(advising.form(store), store.now(), most)


def _made(store: Store, case_id: str) -> list[KeptDigest]:
    """Work out a digest; nothing for a case that has just gone.

    Raises VaultError, DiskFullError: the case is as it was, and its turn comes again.
    """
    revision = store.vault.revision(case_id)
    try:
        return [advising.kept_digest(store, case_id, revision)]
    except (VaultError, DiskFullError):
        raise
    except Exception as error:  # noqa: BLE001, one odd case must not keep the others from theirs
        if isinstance(error, NotFoundError) and error.details.get("kind") == "case":
            return []
        _log.warning("no digest of %s: %s", case_id, traced(error))
        now = store.now()
        empty = KeptDigest(case_id, revision, advising.form(store), now, now + _AGAIN)
        return [empty]
