"""The queue of time stamps: what each seal's manifest was, or will be, stamped with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, or_, select, update

from helper.model import Artifact, CaptureId, Seal, Sha256, Stage, StampKind, StampState
from helper.vault import schema
from helper.vault.captures import add_new, artifact_rows
from helper.vault.changes import touch_capture
from helper.vault.store import Store, reading, writing
from helper.vault.views import seal_of

_stamps = schema.stamps
_STAMPED_STAGES = ("S1", "partial")


@dataclass(frozen=True)
class StampJob:
    """One row of the queue: a manifest and who is to stamp it.

    `query` is the hash of what was or will be sent, kept before it is sent; `reply` of what came.
    """

    position: int
    capture_id: CaptureId
    manifest: Sha256
    stage: Stage
    seal_index: int
    authority: str
    kind: StampKind
    state: StampState
    attempts: int
    next_at: datetime
    query: Sha256 | None
    reply: Sha256 | None
    root: Sha256 | None


class StampStates(NamedTuple):
    """How many stamps of an authority came, are waited for, were given up; the newest that came."""

    authority: str
    stamped: int
    pending: int
    failed: int
    newest: datetime | None


class Stamps(Store):
    """The time stamps of the catalogue; a row goes only with its case."""

    def unqueued_seals(self, after: int, brought: str) -> list[Seal]:
        """Return the seals beyond a ledger index that want stamps and have no row yet.

        `brought` names the artifact of a record whose S0 wants them too: no S1 follows it.
        """
        ledger, artifacts = schema.ledger, schema.artifacts
        alone = select(artifacts.c.capture_id).where(artifacts.c.name == brought)
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(ledger)
                .where(
                    ledger.c.position > after,
                    or_(
                        ledger.c.stage.in_(_STAMPED_STAGES),
                        and_(ledger.c.stage == "S0", ledger.c.capture_id.in_(alone)),
                    ),
                    ledger.c.manifest.not_in(select(_stamps.c.manifest)),
                )
                .order_by(ledger.c.position)
            )
            return [seal_of(row) for row in rows]

    def queue_stamps(
        self, seal: Seal, wanted: Sequence[tuple[str, StampKind]], at: datetime
    ) -> None:
        """Queue the stamps of a seal, each (authority, kind) once."""
        rows = [
            {
                "manifest": seal.manifest,
                "stage": seal.stage,
                "seal_index": seal.index,
                "authority": authority,
                "kind": kind,
                "state": "pending",
                "next_at": at.isoformat(),
            }
            for authority, kind in wanted
        ]
        with writing(self.engine) as connection:
            add_new(connection, _stamps, seal.capture_id, rows, ("manifest", "authority"))
            touch_capture(connection, seal.capture_id)

    def due_stamps(self, now: datetime, longest: timedelta) -> list[StampJob]:
        """Return pending rows whose time has come, oldest first.

        One that waits longer than `longest` was put off before the clock was set back: due too.
        """
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(_stamps).where(_stamps.c.state == "pending").order_by(_stamps.c.position)
            )
            jobs = [_job(row) for row in rows]
        return [job for job in jobs if not now < job.next_at <= now + longest]

    def stamp_states(self) -> list[StampStates]:
        """Return how the stamps of each authority stand, and the newest that came."""
        by_state = (
            select(
                _stamps.c.authority, _stamps.c.state, func.count(), func.max(_stamps.c.stamped_at)
            )
            .group_by(_stamps.c.authority, _stamps.c.state)
            .order_by(_stamps.c.authority)
        )  # fmt: skip
        counts: dict[str, dict[str, int]] = {}
        newest: dict[str, datetime] = {}
        with reading(self.engine) as connection:
            for authority, state, count, at in connection.execute(by_state):
                counts.setdefault(authority, {})[state] = count
                if at is not None:
                    newest[authority] = datetime.fromisoformat(at)
        return [
            StampStates(
                authority, known.get("stamped", 0), known.get("pending", 0),
                known.get("failed", 0), newest.get(authority),
            )
            for authority, known in counts.items()
        ]  # fmt: skip

    def stamps_of(self, capture_id: CaptureId) -> list[StampJob]:
        """Return all rows of a capture."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(_stamps)
                .where(_stamps.c.capture_id == capture_id)
                .order_by(_stamps.c.position)
            )
            return [_job(row) for row in rows]

    def unlisted_stamps(self) -> list[CaptureId]:
        """Return captures with an outcome that no seal is known to list."""
        outcome = or_(_stamps.c.reply.is_not(None), _stamps.c.state == "failed")
        with reading(self.engine) as connection:
            found = connection.execute(
                select(_stamps.c.capture_id).where(_stamps.c.listed == 0, outcome).distinct()
            )
            return list(found.scalars())

    def put_query(self, position: int, query: Sha256) -> None:
        """Record what will be sent, before it is sent."""
        self._set_stamp(position, query=query)

    def put_off(self, job: StampJob, next_at: datetime, reason: str, *, anew: bool) -> None:
        """Record a failed attempt; `anew` makes the next one with a query of its own."""
        values: dict[str, Any] = {"query": None} if anew else {}
        self._set_stamp(
            job.position,
            attempts=job.attempts + 1,
            next_at=next_at.isoformat(),
            reason=reason,
            **values,
        )

    def give_up(self, job: StampJob, reason: str) -> bool:
        """Record that no more attempts are made; tell whether its case is still there."""
        values = {"state": "failed", "reason": reason, "listed": 0}
        return self._set_stamp(job.position, attempts=job.attempts + 1, told=True, **values)

    def put_reply(
        self,
        job: StampJob,
        artifacts: Sequence[Artifact],
        *,
        state: StampState,
        reply: Sha256,
        reason: str | None,
        next_at: datetime,
        stamped_at: datetime | None = None,
        root: Sha256 | None = None,
    ) -> None:
        """Enter what came as artifacts and record it, in one transaction."""
        with writing(self.engine) as connection:
            found = connection.execute(
                update(_stamps)
                .where(_stamps.c.position == job.position)
                .values(
                    state=state,
                    reply=reply,
                    reason=reason,
                    attempts=job.attempts + 1,
                    next_at=next_at.isoformat(),
                    stamped_at=stamped_at.isoformat() if stamped_at else None,
                    root=root,
                    listed=0,
                )
            )
            if found.rowcount:  # else its case was deleted meanwhile
                rows = artifact_rows(artifacts)
                add_new(connection, schema.artifacts, job.capture_id, rows, ("name",))
                touch_capture(connection, job.capture_id)

    def set_listed(self, jobs: Sequence[StampJob]) -> None:
        """Record that a seal lists the outcomes these rows had when they were read."""
        with writing(self.engine) as connection:
            for job in jobs:
                if job.reply is not None or job.state == "failed":
                    same = (_stamps.c.position == job.position) & (_stamps.c.state == job.state)
                    same &= _stamps.c.reply.is_not_distinct_from(job.reply)
                    connection.execute(update(_stamps).where(same).values(listed=1))
            for capture_id in {job.capture_id for job in jobs}:
                touch_capture(connection, capture_id)

    def _set_stamp(self, position: int, *, told: bool = False, **values: Any) -> bool:
        """Change a row if it is still there; `told`: what is told of its case follows from it.

        It also follows from a reason that is another than before.
        """
        row = _stamps.c.position == position
        with writing(self.engine) as connection:
            known = select(_stamps.c.capture_id, _stamps.c.reason).where(row)
            before = connection.execute(known).one_or_none()
            if before is None:
                return False
            connection.execute(update(_stamps).where(row).values(**values))
            if told or values.get("reason", before.reason) != before.reason:
                touch_capture(connection, before.capture_id)
        return True


def _job(row: Row[Any]) -> StampJob:
    return StampJob(
        position=row.position,
        capture_id=row.capture_id,
        manifest=row.manifest,
        stage=row.stage,
        seal_index=row.seal_index,
        authority=row.authority,
        kind=row.kind,
        state=row.state,
        attempts=row.attempts,
        next_at=datetime.fromisoformat(row.next_at),
        query=row.query,
        reply=row.reply,
        root=row.root,
    )
