"""Keeps the house: who signs, what is stored, a backup in the making, what the doctor finds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from helper import backup, doctor, stored
from helper.doctor import Finding
from helper.errors import KazhengError, RefusedError
from helper.evidence import pinned
from helper.steps.store import Store
from helper.stored import Stored
from helper.vault.deletions import Deleted
from helper.vault.files import make_folder
from helper.vault.identity import Identity
from helper.vault.stamps import StampStates

BACKUP: Final = "kazheng-backup.zip"


@dataclass(frozen=True)
class Authority:
    """Who stamps: name and address, None for one that is no longer asked; how its stamps stand."""

    key: str
    name: str
    url: str | None
    states: StampStates | None


@dataclass
class Making:
    """A backup: how far it is, what it came to, why it failed."""

    with_keys: bool
    done: int = 0
    total: int = 0
    made: backup.Backup | None = None
    failed: KazhengError | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        """Tell whether it is still being made."""
        return self.made is None and self.failed is None

    def tell(self, done: int, total: int) -> None:
        """Note how far it is; ends it where the helper is about to stop."""
        if self.stopped:
            raise RefusedError(reason="stopping")
        self.done, self.total = done, total


@dataclass
class Keeper:
    """Keeps the house of one vault; methods that take long are coroutines and run in a thread."""

    store: Store
    making: Making | None = None
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def backup_file(self) -> Path:
        """Where a finished backup lies until it was taken along; a newer one takes its place."""
        return self.store.settings.data / "cache" / "exports" / BACKUP

    async def identity(self) -> Identity:
        """Return who signs the letters."""
        return await asyncio.to_thread(self.store.identity)

    async def put_identity(self, identity: Identity) -> None:
        """Keep who signs the letters, in place of what was kept."""
        await asyncio.to_thread(self.store.put_identity, identity)

    async def delete_case(self, case_id: str) -> Deleted:
        """Delete a case; raises NotFoundError, RefusedError(case_busy, backing_up).

        A backup that is being made has listed the case and still has to read its files.
        """
        if self.making is not None and self.making.running:
            raise RefusedError(reason="backing_up")
        return await asyncio.to_thread(self.store.delete_case, case_id)

    async def stored(self) -> Stored:
        """Say what is stored where, and how many bytes."""
        return await asyncio.to_thread(stored.look, self.store)

    async def examine(self, *, fix: bool, ask: bool) -> Sequence[Finding]:
        """Return what the doctor finds on a computer where the helper serves."""
        settings = self.store.settings
        return await asyncio.to_thread(doctor.examine, settings, fix=fix, ask=ask, serving=True)

    async def authorities(self) -> Sequence[Authority]:
        """Return who is asked for time stamps and who was, with how their stamps stand."""
        states = {
            one.authority: one for one in await asyncio.to_thread(self.store.vault.stamp_states)
        }
        found = [
            Authority(one.key, one.name, one.url, states.pop(one.key, None))
            for one in pinned.authorities(self.store.settings)
        ]
        if calendars := pinned.calendars(self.store.settings):
            own = states.pop("opentimestamps", None)
            found.append(Authority("opentimestamps", "OpenTimestamps", calendars[0], own))
        return [*found, *(Authority(key, key, None, own) for key, own in states.items())]

    def begin_backup(self, passphrase: str | None) -> Making:
        """Begin to make a backup, unless one is being made; return how it stands."""
        if self.making is None or not self.making.running:
            self.making = Making(with_keys=passphrase is not None)
            self._task = asyncio.create_task(self._back_up(self.making, passphrase))
        return self.making

    def forget_backup(self) -> None:
        """Remove the finished backup from this computer."""
        if self.making is None or not self.making.running:
            self.making = None
            with suppress(OSError):  # it is being taken along just now: Windows keeps it then
                self.backup_file.unlink()

    async def stop(self) -> None:
        """End a backup that is being made; nothing of it is left."""
        if self.making is not None and self._task is not None:
            self.making.stopped = True
            await asyncio.gather(self._task, return_exceptions=True)

    async def _back_up(self, making: Making, passphrase: str | None) -> None:
        try:
            making.made = await asyncio.to_thread(self._write, passphrase, making.tell)
        except KazhengError as error:
            making.failed = error
        except Exception:
            making.failed = KazhengError()
            raise  # the loop's handler logs it

    def _write(self, passphrase: str | None, tell: backup.Progress) -> backup.Backup:
        make_folder(self.backup_file.parent)
        return backup.backup(self.store, self.backup_file, passphrase, tell)
