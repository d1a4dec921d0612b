"""Where steps keep things: catalogue, blobs, signing key, clock, folder for work in progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from helper.errors import VaultError
from helper.model import Artifact, CaptureId, Role
from helper.settings import Settings
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.deletions import Deleted, sweep
from helper.vault.files import half_restored, make_folder, remove_old, room_on_disk
from helper.vault.identity import Identity
from helper.vault.keys import IDENTITY, INSTALLATION, load_or_create_key
from helper.vault.ledger import Ledger

LEFT_SECONDS = 86_400
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/html": "html",
    "text/plain": "txt",
    "multipart/related": "mhtml",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/gzip": "warc.gz",
    "application/x-pem-file": "pem",
    "video/webm": "webm",
}


@dataclass(frozen=True)
class Store:
    """The vault as steps see it."""

    settings: Settings
    vault: Catalogue
    ledger: Ledger
    blobs: Blobs
    key: bytes
    now: Callable[[], datetime]

    def close(self) -> None:
        """Let go of the database file: Windows removes no file that is open."""
        self.vault.engine.dispose()

    def clear_leftovers(self) -> None:
        """Remove what a crash left half made a day ago; younger things a command may be making."""
        before, data = time.time() - LEFT_SECONDS, self.settings.data
        remove_old((data / "work").glob("*"), before)
        remove_old((data / "cache" / "exports").rglob("*.tmp"), before)
        remove_old(half_restored(data), before)
        self.blobs.clear_drafts(before)
        self.sweep()

    def doom_orphans(self) -> None:
        """Let `sweep` remove what lies among the blobs since a day or longer and has no row."""
        self.vault.doom_orphans(self.blobs.older(time.time() - LEFT_SECONDS))

    def sweep(self) -> int:
        """Remove the files of deleted cases; return how many have to wait a little."""
        return sweep(self.vault, self.blobs, self.settings.data)

    def delete_case(self, case_id: str) -> Deleted:
        """Delete a case and the files that only it has; raises as `vault.delete_case`."""
        done = self.vault.delete_case(case_id, self.now())
        return done._replace(waiting=self.sweep())

    def identity(self) -> Identity:
        """Return who signs the letters; empty where nothing is kept."""
        return self.vault.identity(load_or_create_key(self.settings.data, IDENTITY))

    def put_identity(self, identity: Identity) -> None:
        """Keep who signs the letters, in place of what was kept; an empty one is none."""
        self.vault.put_identity(identity, load_or_create_key(self.settings.data, IDENTITY))

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """Give a folder on the vault's own disk that is gone afterwards.

        Raises DiskFullError, also for what the block found no room for.
        """
        parent = self.settings.data / "work"
        with room_on_disk(parent):
            make_folder(parent)
            with TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as folder:
                yield Path(folder)

    def keep(
        self,
        role: Role,
        data: bytes,
        media_type: str,
        *,
        name: str | None = None,
        about: dict[str, Any] | None = None,
    ) -> Artifact:
        """Keep bytes made by the helper; return the artifact, not yet in the catalogue."""
        return Artifact(
            role=role,
            name=name or file_name(role, media_type),
            sha256=self.blobs.keep_bytes(data),
            bytes=len(data),
            media_type=media_type,
            about=about or {},
        )

    def read_role(self, artifacts: Sequence[Artifact], role: Role) -> bytes | None:
        """Return the bytes of the first artifact with a role."""
        found = next((item for item in artifacts if item.role == role), None)
        return self.blobs.read(found.sha256) if found else None

    def note(self, capture_id: CaptureId, step: str, detail: str | None = None) -> None:
        """Write down that a step of a capture is done, now."""
        self.vault.add_step(capture_id, step, self.now(), detail)


def file_name(role: str, media_type: str, index: int | None = None) -> str:
    """Return a name valid on NTFS: `seen/strip` 3 → `seen-strip-03.png`."""
    ending = _ENDINGS.get(media_type.split(";", maxsplit=1)[0].strip(), "bin")
    number = "" if index is None else f"-{index:02d}"
    return f"{role.replace('/', '-')}{number}.{ending}"


def open_store(settings: Settings, *, checked: bool = True) -> Store:
    """Open the vault for reading and writing; creates it the first time. See `open_engine`."""
    try:
        make_folder(settings.data)
    except OSError as error:
        raise VaultError(reason="unwritable", path=str(settings.data)) from error
    engine = open_engine(settings, checked=checked)
    return Store(
        settings=settings,
        vault=Catalogue(engine),
        ledger=Ledger(engine),
        blobs=Blobs(settings.data / "blobs"),
        key=load_or_create_key(settings.data, INSTALLATION),
        now=lambda: datetime.now(UTC),
    )
