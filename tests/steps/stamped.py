"""A vault with a capture sealed S1, and authorities on loopback that may be asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from helper.capture.services import Asking
from helper.demo import timekeeper
from helper.model import Seal, StampView
from helper.settings import Authority
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer, listed_names
from helper.steps.stamping import Pace, Stamper
from helper.steps.store import Store
from tests.loopback import closed

from .conftest import NOON, Captures

Keepers = tuple[timekeeper.Running, timekeeper.Running]


PACE = Pace(attempts=3)


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    """A vault with one capture sealed S1, and who may be asked."""

    store: Store
    captures: Captures
    uuid: str
    clock: Clock
    pace: Pace = PACE
    asked: Asking = field(default_factory=lambda: Asking(seconds=5))

    def stamper(self, *authorities: Authority, calendars: tuple[str, ...] = ()) -> Stamper:
        chosen = {"authorities": authorities, "calendars": calendars, "beacons": ()}
        settings = self.store.settings.model_copy(update=chosen)
        store = replace(self.store, settings=settings, now=self.clock)
        return Stamper(store, Sealer(store), self.asked, self.pace, openssl=None)

    async def later(self, stamper: Stamper, wait: timedelta = timedelta(hours=7)) -> None:
        self.clock.now += wait
        await stamper.turn()

    def stamps(self) -> dict[str, StampView]:
        return {one.authority: one for one in self.captures.view(self.uuid).stamps}

    def stages(self) -> list[str]:
        return [seal.stage for seal in self.captures.view(self.uuid).seals]

    def listed(self, seal: Seal) -> set[str]:
        names = listed_names(self.store.blobs.read(seal.manifest))
        return {name for name in names if name.endswith((".tsq", ".tsr", ".ots"))}

    def last_seal(self) -> Seal:
        return self.captures.view(self.uuid).seals[-1]

    def read(self, name: str) -> bytes:
        artifacts = self.captures.view(self.uuid).artifacts
        return self.store.blobs.read(next(a.sha256 for a in artifacts if a.name == name))

    def manifest(self, stage: str) -> bytes:
        seals = self.captures.view(self.uuid).seals
        return self.store.blobs.read(next(s.manifest for s in seals if s.stage == stage))


def away(key: str) -> Authority:
    return Authority(key=key, name=key, url=closed())


@pytest.fixture
def world(store: Store, captures: Captures) -> World:
    uuid = captures.new(("seen/html", b"<p>", {}))
    keep_parts(store, uuid)
    sealer = Sealer(store)
    sealer.seal(uuid, "S0")
    sealer.seal(uuid, "S1")
    store.vault.set_state(uuid, "sealed")
    return World(store, captures, uuid, Clock())


@pytest.fixture
async def keepers(tmp_path: Path) -> AsyncIterator[tuple[timekeeper.Running, timekeeper.Running]]:
    first = await timekeeper.serve(tmp_path / "roots", "One")
    second = await timekeeper.serve(tmp_path / "roots", "Two")
    yield first, second
    await first.stop()
    await second.stop()
