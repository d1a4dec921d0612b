"""Work off the queue of time stamps in the background; nobody waits for it.

The ledger says what wants a stamp, the queue says how far each is; both are in the vault, so that
a killed helper goes on where it was. A query is kept before it is sent, a reply together with the
row that names it, and a seal is made only for what none lists: every part may be done again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from helper.capture.services import Asking, UnansweredError
from helper.errors import NotFoundError
from helper.evidence import clocks, openssl, pinned, stamp
from helper.model import CaptureId, Missing, Role, Seal, StampKind
from helper.settings import Authority
from helper.steps.attach import RECORD as BROUGHT_RECORD
from helper.steps.proving import Prover
from helper.steps.rounds import rounds, to_its_end
from helper.steps.seal import Sealer, listed_names
from helper.steps.store import Store
from helper.vault.stamps import StampJob

OPENTIMESTAMPS: Final = "opentimestamps"
ROOTS_WANTED: Final = 2
"""So many different roots must have answered before S2 is sealed, or all attempts be over."""
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_PEM: Final = "application/x-pem-file"
_PROMISE_WAITS: Final = 360
"""A promise is looked at after so many first waits: an hour; a block comes every ten minutes."""
_FIRST_STAGES: Final = frozenset({"S1", "S0"})
"""Stages whose stamps make S2; an S0 has some only where a file was brought."""
_STAMP_ROLES: Final = frozenset[Role]({"timestamp", "timestamp-query"})


@dataclass(frozen=True)
class Pace:
    """How often is tried: waits double from `first` to `longest`, over about a week in all.

    Attempts are counted, not days: a clock that jumps ends nothing early.
    """

    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=6)
    attempts: int = 40
    look_seconds: float = 1.0

    def wait(self, attempts: int) -> timedelta:
        """Return how long to wait after so many failed attempts."""
        doubled: timedelta = self.first * 2 ** min(attempts, 20)
        return min(doubled, self.longest)


@dataclass(frozen=True)
class _Told:
    """What was sent and came, and this computer's clock then."""

    manifest: bytes
    query: bytes
    reply: bytes
    asked_at: datetime
    answered_at: datetime


@dataclass
class Stamper:
    """Stamps the seals of one vault."""

    store: Store
    sealer: Sealer
    asking: Asking = field(default_factory=lambda: Asking(seconds=20))
    pace: Pace = field(default_factory=Pace)
    openssl: Path | None = field(default_factory=openssl.find)
    _looked_to: int = -1
    _begun: bool = False

    async def work(self) -> None:
        """Work until cancelled."""

        async def turn() -> float:
            await self.turn()
            return self.pace.look_seconds

        await rounds(turn, "time stamps")

    async def turn(self) -> None:
        """Queue what is new, try what is due, seal what came."""
        await to_its_end(self._queue)
        now = self.store.now()
        due = await to_its_end(self.store.vault.due_stamps, now, self.pace.longest)
        by_authority: dict[str, list[StampJob]] = defaultdict(list)
        for job in due:
            by_authority[job.authority].append(job)
        asked = [self._in_turn(jobs) for jobs in by_authority.values()]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        if due or not self._begun:
            for capture_id in await to_its_end(self.store.vault.unlisted_stamps):
                await to_its_end(self._settle, capture_id)
            self._begun = True
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    def _queue(self) -> None:
        """Queue the stamps of new seals; a seal that only lists stamps wants none itself."""
        wanted: list[tuple[str, StampKind]] = [
            (authority.key, "rfc3161") for authority in pinned.authorities(self.store.settings)
        ]
        if pinned.calendars(self.store.settings):
            wanted.append((OPENTIMESTAMPS, "opentimestamps"))
        if not wanted:
            return
        for seal in self.store.vault.unqueued_seals(self._looked_to, BROUGHT_RECORD):
            if seal.stage != "partial" or self._adds_more_than_stamps(seal):
                self.store.vault.queue_stamps(seal, wanted, self.store.now())
            self._looked_to = seal.index

    def _adds_more_than_stamps(self, seal: Seal) -> bool:
        view = self.store.vault.capture(seal.capture_id)
        earlier = [one for one in view.seals if one.index < seal.index]
        listed = listed_names(self.store.blobs.read(seal.manifest))
        known = listed_names(self.store.blobs.read(earlier[-1].manifest)) if earlier else set()
        stamps = {item.name for item in view.artifacts if item.role in _STAMP_ROLES}
        return bool(listed - known - stamps) or not listed - known

    async def _in_turn(self, jobs: Sequence[StampJob]) -> None:
        """Ask one authority for one stamp after another; if it is away, the rest wait as well."""
        for number, job in enumerate(jobs):
            try:
                await self._one(job)
            except NotFoundError:
                await to_its_end(self._put_off, job, "manifest_lost")
            except UnansweredError as error:
                for waiting in jobs[number:]:
                    await to_its_end(self._put_off, waiting, error.reason)
                return

    async def _one(self, job: StampJob) -> None:
        if job.kind == "opentimestamps":
            prover = Prover(self.store, self.asking, pinned.calendars(self.store.settings))
            again = self.store.now() + self.pace.first * _PROMISE_WAITS
            refusal = await prover.advance(job, f"{stage_name(job)}-{OPENTIMESTAMPS}", again)
        else:
            refusal = await self._ask(job)
        if refusal is not None:
            await to_its_end(self._put_off, job, refusal, anew=job.reply is None)

    async def _ask(self, job: StampJob) -> str | None:
        """Ask an authority and keep its stamp; return why it is none."""
        authority = self._authority(job.authority)
        if authority is None:
            return "authority_unknown"
        manifest, query = await to_its_end(self._query, job)
        asked_at = self.store.now()
        reply = await self.asking.stamp(authority, query)
        told = _Told(manifest, query, reply, asked_at, self.store.now())
        return await to_its_end(self._judge, job, authority, told)

    def _authority(self, key: str) -> Authority | None:
        known = pinned.authorities(self.store.settings)
        return next((one for one in known if one.key == key), None)

    def _query(self, job: StampJob) -> tuple[bytes, bytes]:
        """Return manifest and query; the query is on disk before anybody sees it."""
        manifest = self.store.blobs.read(job.manifest)
        if job.query is not None:
            return manifest, self.store.blobs.read(job.query)
        query = stamp.request(manifest)
        self.store.vault.put_query(job.position, self.store.blobs.keep_bytes(query))
        return manifest, query

    def _judge(self, job: StampJob, authority: Authority, told: _Told) -> str | None:
        try:
            roots = pinned.roots_of(authority)
        except (OSError, ValueError):
            return "root_unreadable"
        found = stamp.check(told.manifest, told.query, told.reply, roots, openssl=self.openssl)
        if found.verdict == "failed":
            return found.reason or "refused"
        name = f"{stage_name(job)}-{job.authority}"
        kept = [
            self.store.keep("timestamp-query", told.query, _QUERY, name=f"{name}.tsq"),
            self.store.keep(
                "timestamp", told.reply, _REPLY, name=f"{name}.tsr", about=_about(found)
            ),
        ]
        if found.gen_time is not None:
            times = (found.gen_time, told.asked_at, told.answered_at)
            clock = clocks.note(job.authority, *times, found.accuracy_ms)
            file = f"{name}{clocks.NOTE_ENDING}"
            kept.append(self.store.keep("timestamp", clock, "application/json", name=file))
        kept += [
            self.store.keep("timestamp", root.public_bytes(Encoding.PEM), _PEM, name=f"{name}.pem")
            for root in roots
            if pinned.fingerprint(root) == found.root
        ]
        self.store.vault.put_reply(
            job,
            kept,
            state="stamped",
            reply=kept[1].sha256,
            reason=found.reason,
            next_at=self.store.now(),
            stamped_at=found.gen_time,
            root=found.root,
        )
        return None

    def _put_off(self, job: StampJob, reason: str, *, anew: bool = False) -> None:
        if job.attempts + 1 < self.pace.attempts:
            next_at = self.store.now() + self.pace.wait(job.attempts)
            self.store.vault.put_off(job, next_at, reason, anew=anew)
            return
        if self.store.vault.give_up(job, reason):
            missing = Missing(role=f"timestamp/{job.authority}", reason="no_stamp", detail=reason)
            self.store.vault.add_missing(job.capture_id, [missing])

    def _settle(self, capture_id: CaptureId) -> None:
        """Seal S2 when enough came or all is over; what comes later is sealed as partial."""
        jobs = self.store.vault.stamps_of(capture_id)
        view = self.store.vault.capture(capture_id)
        if all(seal.stage != "S2" for seal in view.seals):
            if not is_ready([job for job in jobs if job.stage in _FIRST_STAGES]):
                return
            self.sealer.seal(capture_id, "S2")
        elif not self.sealer.lists_all(view):
            self.sealer.seal_rest(capture_id)
        self.store.vault.set_listed(jobs)


def is_ready(jobs: Sequence[StampJob]) -> bool:
    """Tell whether S2 may be sealed: two different roots, or nothing more to wait for."""
    roots = {job.root for job in jobs if job.root is not None}
    waiting = any(job.state == "pending" and job.reply is None for job in jobs)
    return len(roots) >= ROOTS_WANTED or not waiting


def stage_name(job: StampJob) -> str:
    """Return what file names begin with: `S1`, or `partial-7` for the seal 7 of the ledger."""
    return job.stage if job.stage != "partial" else f"partial-{job.seal_index}"


def _about(found: stamp.Stamp) -> dict[str, object]:
    return found.model_dump(mode="json", exclude_none=True)
