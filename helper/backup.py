"""The whole vault as one file: `vault.db`, the bytes, and the keys under a passphrase.

The copy of the database is taken first. Bytes never change once in place, so that all it refers to
can be copied afterwards, while captures go on arriving.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from helper import __version__
from helper.errors import InvalidError
from helper.evidence import seal
from helper.model import Sha256
from helper.settings import Settings
from helper.steps.store import LEFT_SECONDS, Store
from helper.vault import locked
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.files import remove_old, room_on_disk, sync_folder
from helper.vault.keys import IDENTITY, INSTALLATION, load_or_create_key
from helper.vault.schema import SCHEMA_VERSION
from helper.vault.snapshot import Contents
from scrapers.record import Frozen

FORMAT: Final = "kazheng/backup/1"
LISTING: Final = "kazheng-backup.json"
DATABASE: Final = "vault.db"
KEYS: Final = "keys.bin"
PASSPHRASE: Final = 8
"""Fewest characters; the file may be tried as often as a finder likes."""
_CHUNK: Final = 1 << 20
Progress = Callable[[int, int], None]
"""Told how many of how many files are done."""


class Listing(Frozen):
    """What `kazheng-backup.json` says; `installation` is the fingerprint that sealed."""

    format: str
    created_at: datetime
    version: str
    schema_version: int
    installation: Sha256
    database: Sha256
    blobs: int
    captures: int
    cases: int
    missing: tuple[Sha256, ...] = ()
    """Bytes that the vault lists and has not, or not as they were."""


class Backup(Listing):
    """A backup that was written: its path and size; `keys` tells whether they are in it."""

    path: Path
    bytes: int
    keys: bool


def backup(
    store: Store, out: Path, passphrase: str | None, progress: Progress = lambda *_: None
) -> Backup:
    """Write the vault as one ZIP, whole or not at all; with a passphrase the keys as well.

    Raises InvalidError(out, passphrase_short), DiskFullError, VaultError(damaged).
    """
    if passphrase is not None and len(passphrase) < PASSPHRASE:
        raise InvalidError(reason="passphrase_short", limit=PASSPHRASE)
    remove_old(out.parent.glob(f"{glob.escape(out.name)}.*.tmp"), time.time() - LEFT_SECONDS)
    draft = out.with_name(f"{out.name}.{secrets.token_hex(8)}.tmp")
    try:
        with store.work_folder() as folder:
            store.vault.write_snapshot(folder / DATABASE, identity=passphrase is not None)
            found = _contents(folder)
            with room_on_disk(out), _archive(draft) as archive:
                if passphrase is not None:
                    archive.writestr(KEYS, _locked_keys(store, passphrase))
                with (folder / DATABASE).open("rb") as database:
                    digest = _add(archive, DATABASE, database)
                missing = list(_add_blobs(archive, store, found, progress))
                listing = Listing(
                    format=FORMAT,
                    created_at=store.now(),
                    version=__version__,
                    schema_version=SCHEMA_VERSION,
                    installation=seal.fingerprint(seal.public_key(store.key)),
                    database=digest,
                    blobs=len(found.hashes) - len(missing),
                    captures=found.captures,
                    cases=found.cases,
                    missing=tuple(missing),
                )
                archive.writestr(LISTING, listing.model_dump_json())
        with room_on_disk(out):
            draft.replace(out)
            sync_folder(out.parent)
    except OSError as error:
        cause = f"（{error.strerror}）" if error.strerror else ""
        raise InvalidError(reason="out", what=str(out), cause=cause) from error
    finally:
        draft.unlink(missing_ok=True)
    size, keys = out.stat().st_size, passphrase is not None
    return Backup(**listing.model_dump(), path=out, bytes=size, keys=keys)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Write a ZIP that only its owner may read; it is on the disk afterwards."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            yield archive
        file.flush()
        os.fsync(file.fileno())


def _contents(folder: Path) -> Contents:
    engine = open_engine(Settings(data=folder))
    try:
        return Catalogue(engine).contents()
    finally:
        engine.dispose()


def _add(archive: zipfile.ZipFile, name: str, source: BinaryIO) -> str:
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    info.file_size = os.fstat(source.fileno()).st_size
    with archive.open(info, "w") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _add_blobs(
    archive: zipfile.ZipFile, store: Store, found: Contents, progress: Progress
) -> Iterator[str]:
    """Add the bytes that the copy refers to; yield what is not there as it was."""
    for done, sha256 in enumerate(sorted(found.hashes)):
        progress(done, len(found.hashes))
        with _whole(store.blobs.path(sha256), sha256) as source:
            if source is None:
                yield sha256
            else:
                _add(archive, f"blobs/{sha256[:2]}/{sha256}", source)


@contextmanager
def _whole(path: Path, sha256: str) -> Iterator[BinaryIO | None]:
    """Open bytes that can be read and are as they were, else give None.

    They stay readable meanwhile also if their case is deleted.
    """
    with ExitStack() as stack:
        try:
            source = stack.enter_context(path.open("rb"))
            same = hashlib.file_digest(source, "sha256").hexdigest() == sha256
            source.seek(0)
        except OSError:  # also what a disk can no longer read
            same = False
        yield source if same else None


def _locked_keys(store: Store, passphrase: str) -> bytes:
    names = {INSTALLATION: store.key, IDENTITY: load_or_create_key(store.settings.data, IDENTITY)}
    held = {name: key.hex() for name, key in names.items()}
    return locked.lock(json.dumps(held).encode(), passphrase, FORMAT)
