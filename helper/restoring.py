"""Make a vault of a backup again. The file may be cut, damaged, or made to do harm."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from helper.backup import DATABASE, FORMAT, KEYS, LISTING, Listing, Progress
from helper.errors import (
    DiskFullError,
    InvalidError,
    PasswordNeededError,
    RefusedError,
    VaultError,
)
from helper.settings import Settings
from helper.steps.store import LEFT_SECONDS
from helper.vault import locked
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.files import (
    half_restored,
    make_folder,
    remove_old,
    restoring_in,
    room_on_disk,
    sync_folder,
)
from helper.vault.keys import IDENTITY, INSTALLATION, put_key
from helper.vault.schema import SCHEMA_VERSION
from helper.vault.snapshot import strip

_BLOB: Final = re.compile(r"blobs/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_SMALL: Final = {LISTING: 64 << 20, KEYS: 4096}
"""Most bytes of what is read as a whole."""
_CHUNK: Final = 1 << 20


class Restored(Listing):
    """A vault that was restored; without its keys it has another installation from now on."""

    data: Path
    keys: bool


class _Opened(NamedTuple):
    """A backup whose list was read and whose names are all expected ones."""

    archive: zipfile.ZipFile
    listing: Listing
    sizes: Mapping[str, int]


def restore(
    file: Path,
    data: Path,
    passphrase: str | None,
    *,
    without_keys: bool = False,
    progress: Progress = lambda *_: None,
) -> Restored:
    """Make a vault of a backup in a folder that has none, whole or not at all.

    Raises InvalidError(file, backup_damaged, backup_other), VaultError(newer), DiskFullError,
    RefusedError(data_not_empty), PasswordNeededError(backup_keys, backup_passphrase).
    """
    data = data.resolve()
    remove_old(half_restored(data), time.time() - LEFT_SECONDS)
    if data.exists() and (not data.is_dir() or {*data.iterdir()} - {*half_restored(data)}):
        raise RefusedError(reason="data_not_empty", data=str(data))
    draft = restoring_in(data)
    with _opened(file) as found:
        keys = None
        if KEYS in found.sizes and not without_keys:
            if passphrase is None:
                raise PasswordNeededError(reason="backup_keys", path=str(file))
            keys = locked.unlock(found.archive.read(KEYS), passphrase, FORMAT)
        try:
            _unpack(found, draft, progress)
            _check(found.listing, draft, identity=keys is not None)
            if keys is not None:
                held = json.loads(keys)
                for name in (INSTALLATION, IDENTITY):
                    put_key(draft, name, bytes.fromhex(held[name]))
            _sync(draft)
            _put_in_place(draft, data)
        except OSError as error:
            raise VaultError(reason="unwritable", path=str(data)) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Restored(**found.listing.model_dump(), data=data, keys=keys is not None)


@contextmanager
def _opened(file: Path) -> Iterator[_Opened]:
    """Open a backup and look at its list; explain whatever of it cannot be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = _sizes(archive, file.stat().st_size)
            listing = Listing.model_validate_json(archive.read(LISTING))
            if listing.format != FORMAT:
                raise InvalidError(reason="backup_other", what=str(file), format=listing.format)
            if listing.schema_version > SCHEMA_VERSION:
                raise VaultError(
                    reason="newer", path=str(file), found=listing.schema_version,
                    known=SCHEMA_VERSION,
                )  # fmt: skip
            yield _Opened(archive, listing, sizes)
    except _Damaged as error:
        raise InvalidError(reason="backup_damaged", what=str(file), cause=str(error)) from error
    except (zipfile.BadZipFile, ValidationError, EOFError, KeyError, NotImplementedError) as error:
        raise InvalidError(reason="backup_damaged", what=str(file), cause="ZIP") from error
    except OSError as error:
        raise InvalidError(reason="file", what=str(file), cause=error.strerror) from error


class _Damaged(Exception):  # noqa: N818
    """The file is not what a backup is; the message names the place."""


def _sizes(archive: zipfile.ZipFile, most: int) -> dict[str, int]:
    """Return the sizes by name: only names that a backup has, stored as they are, none twice.

    What is not compressed, and does not share its bytes, cannot be more than the file itself.
    """
    sizes: dict[str, int] = {}
    for info in archive.infolist():
        name = info.filename
        if name in sizes or not (name in {LISTING, DATABASE, KEYS} or _BLOB.fullmatch(name)):
            raise _Damaged(name[:200])
        stored = info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1
        if not stored or info.file_size != info.compress_size:
            raise _Damaged(name)
        if info.file_size > _SMALL.get(name, info.file_size):
            raise _Damaged(name)
        sizes[name] = info.file_size
    if not {LISTING, DATABASE} <= sizes.keys():
        raise _Damaged(LISTING)
    if sum(sizes.values()) > most:
        raise _Damaged("size")
    return sizes


def _unpack(found: _Opened, draft: Path, progress: Progress) -> None:
    """Write all files, each compared with its hash; raises _Damaged, DiskFullError."""
    blobs = sum(_BLOB.fullmatch(name) is not None for name in found.sizes)
    if blobs != found.listing.blobs:
        raise _Damaged("blobs")
    with room_on_disk(draft):
        make_folder(draft)
    total = sum(found.sizes.values())
    if shutil.disk_usage(draft).free < total:
        raise DiskFullError(path=str(draft))
    wanted = [name for name in found.sizes if name not in _SMALL]
    for done, name in enumerate(wanted):
        progress(done, len(wanted))
        path = draft / name
        with room_on_disk(path):
            make_folder(path.parent)
            digest = _copy(found.archive, name, path)
        if digest != (found.listing.database if name == DATABASE else path.name):
            raise _Damaged(name)


def _put_in_place(draft: Path, data: Path) -> None:
    """Make the finished draft the vault; where it lies in its folder, the database comes last."""
    if draft.parent == data:
        for path in sorted(draft.iterdir(), key=lambda one: one.name == DATABASE):
            path.replace(data / path.name)
        sync_folder(data)
    else:
        draft.replace(data)
        sync_folder(data.parent)


def _sync(draft: Path) -> None:
    """Let all bytes reach the disk: at once where the system can, as there may be very many."""
    if sys.platform == "win32":
        for path in filter(Path.is_file, draft.rglob("*")):
            with path.open("r+b") as stream:
                os.fsync(stream.fileno())
    else:
        os.sync()


def _copy(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with archive.open(name) as source, os.fdopen(handle, "wb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _check(listing: Listing, draft: Path, *, identity: bool) -> None:
    """Strip the database, open it as the helper will, and look for all bytes that it lists.

    Raises _Damaged, also for an id that would name another file than ours do.
    """
    with _explained_damage():
        strip(draft / DATABASE, identity=identity)
        engine = open_engine(Settings(data=draft))
        try:
            vault = Catalogue(engine)
            foreign = vault.foreign()
            if foreign is not None:
                raise _Damaged(foreign)
            lacking = vault.contents().hashes - {*listing.missing}
            blobs = ((draft / "blobs" / one[:2] / one, one) for one in sorted(lacking))
            lost = next((one for path, one in blobs if not path.exists()), None)
            if lost is not None:
                raise _Damaged(lost)
        finally:
            engine.dispose()


@contextmanager
def _explained_damage() -> Iterator[None]:
    """Turn what a database made to do harm says into _Damaged; the disk's own trouble stays."""
    try:
        yield
    except VaultError as error:
        if error.details["reason"] != "damaged":
            raise
        raise _Damaged(DATABASE) from error
    except DBAPIError as error:
        raise _Damaged(DATABASE) from error
