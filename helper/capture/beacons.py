"""A bound "not before": a value that nobody knew earlier, from the drand network.

The chain is drand's `quicknet`: a round every 3 seconds, `randomness` = SHA-256 of the round's
signature. That relation is checked here; the BLS signature itself is not, its bytes are kept so
that anybody can (https://docs.drand.love).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from helper.capture.services import Asking, UnansweredError

CHAIN: Final = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
"""Hash of quicknet's chain information, which names its public key."""
GENESIS: Final = datetime.fromtimestamp(1_692_803_367, UTC)
PERIOD: Final = timedelta(seconds=3)
SECONDS: Final = 1.5
_SIGNATURE: Final = re.compile(r"[0-9a-f]{96}")
"""A point of BLS12-381's G1, compressed."""


async def not_before(servers: Sequence[str]) -> dict[str, Any]:
    """Return the newest round that any server gives in time, else `source` null and the reason."""
    asking = Asking(seconds=SECONDS)
    tasks = [asyncio.create_task(_latest(asking, server)) for server in servers]
    reason = "no_server"
    try:
        for done in asyncio.as_completed(tasks):
            try:
                return await done
            except UnansweredError as error:
                reason = error.reason
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return absent(reason)


def absent(reason: str) -> dict[str, Any]:
    """Return what stands where no bound could be had."""
    return {"source": None, "reason": reason}


async def _latest(asking: Asking, server: str) -> dict[str, Any]:
    data = await asking.get(f"{server.rstrip('/')}/{CHAIN}/public/latest")
    try:
        said = json.loads(data)
        number, randomness, signature = said["round"], said["randomness"], said["signature"]
        right = _SIGNATURE.fullmatch(signature) is not None
        right &= hashlib.sha256(bytes.fromhex(signature)).hexdigest() == randomness
        at = GENESIS + PERIOD * (number - 1)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise UnansweredError("other_content") from None
    if not right or not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UnansweredError("other_content")
    return {
        "source": "drand",
        "chain": CHAIN,
        "round": number,
        "randomness": randomness,
        "signature": signature,
        "at": at.isoformat(),
    }
