"""OpenTimestamps for a seal's manifest: a promise first, the path to a Bitcoin block later."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from helper.capture.services import Asking, UnansweredError
from helper.evidence import calendar
from helper.model import StampState
from helper.steps.rounds import to_its_end
from helper.steps.store import Store
from helper.vault.stamps import StampJob

_MEDIA: Final = "application/vnd.opentimestamps.v1"


@dataclass(frozen=True)
class Prover:
    """Takes proofs one step further."""

    store: Store
    asking: Asking
    calendars: Sequence[str]

    async def advance(self, job: StampJob, name: str, next_at: datetime) -> str | None:
        """Begin or complete a proof kept as `<name>.ots`; return why it is not further.

        A promise is looked at again at `next_at`. Raises UnansweredError if nobody answers.
        """
        try:
            return await self._advance(job, name, next_at)
        except ValueError:
            return "unreadable"

    async def _advance(self, job: StampJob, name: str, next_at: datetime) -> str | None:
        manifest = await to_its_end(self.store.blobs.read, job.manifest)
        if job.reply is None:
            nonce = await to_its_end(self._nonce, job)
            given = calendar.commitment(manifest, nonce)
            answers = await _all([self.asking.submit(url, given) for url in self.calendars])
            proof = calendar.begin(manifest, nonce, [one for one in answers if one])
            await to_its_end(self._keep, job, name, proof, next_at)
            return None
        begun = await to_its_end(self.store.blobs.read, job.reply)
        asked = calendar.promises(begun, manifest, self.calendars)
        answers = await _all([self.asking.promised(url, given) for given, url in asked.items()])
        found = {given: one for given, one in zip(asked, answers, strict=True) if one}
        proof = calendar.complete(begun, manifest, found)
        heights = calendar.blocks(proof, manifest)
        if not heights:
            return "not_yet"
        await to_its_end(self._keep, job, name, proof, self.store.now(), heights[0])
        return None

    def _nonce(self, job: StampJob) -> bytes:
        """Return the nonce of a proof; it is on disk before anything made with it is sent."""
        if job.query is not None:
            return self.store.blobs.read(job.query)
        nonce = calendar.new_nonce()
        self.store.vault.put_query(job.position, self.store.blobs.keep_bytes(nonce))
        return nonce

    def _keep(
        self, job: StampJob, name: str, proof: bytes, at: datetime, height: int | None = None
    ) -> None:
        """Keep the proof beside the one it was made of: nothing sealed is replaced."""
        file = f"{name}.ots" if height is None else f"{name}-bitcoin.ots"
        kept = self.store.keep("timestamp", proof, _MEDIA, name=file)
        state: StampState = "pending" if height is None else "stamped"
        reason = "promised" if height is None else f"bitcoin: {height}"
        self.store.vault.put_reply(
            job, [kept], state=state, reply=kept.sha256, reason=reason, next_at=at
        )


async def _all(asked: Sequence[Coroutine[Any, Any, bytes]]) -> list[bytes | None]:
    """Return what each service answered; raises the last refusal if none did."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found: list[bytes | None] = []
    refused = UnansweredError("no_server")
    for answer in answers:
        if isinstance(answer, UnansweredError):
            refused = answer
        elif isinstance(answer, BaseException):
            raise answer
        found.append(answer if isinstance(answer, bytes) else None)
    if not any(found):
        raise refused
    return found
