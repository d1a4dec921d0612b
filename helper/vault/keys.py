"""Secret keys of this installation: files under `keys/` that only their owner may read."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

from helper.errors import VaultError
from helper.vault.files import make_folder, room_on_disk, sync_folder, write_synced

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


INSTALLATION: Final = "installation"
"""Signs the seals of this installation."""
IDENTITY: Final = "identity"
"""Keeps the identity in the database from being read where only that file got lost.

In a file like the other key, and not in the system's keyring: one is missing or asks for a password
in every service and session without a desktop, and its loss would be another way to lose a letter's
sender. Whoever can read this whole folder as the user can read the identity.
"""


def load_or_create_key(data: Path, name: str, size: int = 32) -> bytes:
    """Return the key of this name, `size` random bytes made at the first call.

    A key of another size is never replaced: VaultError(reason="damaged_key").
    """
    path = _path(data, name)
    if not path.exists():
        put_key(data, name, secrets.token_bytes(size))
    key = path.read_bytes()
    if len(key) != size:
        raise VaultError(reason="damaged_key", path=str(path))
    return key


def put_key(data: Path, name: str, key: bytes) -> None:
    """Keep a key brought from elsewhere; one that is there already stays."""
    path = _path(data, name)
    make_folder(path.parent)
    _create(path, key)


def _path(data: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        msg = f"not a key name: {name!r}"
        raise ValueError(msg)
    return data / "keys" / name


def _create(path: Path, key: bytes) -> None:
    """Write the key whole or not at all; of two processes at once the first wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    write_synced(draft, key)
    try:
        with room_on_disk(path):
            if os.name == "nt":
                draft.rename(path)  # on Windows this refuses to replace, as link does elsewhere
            else:
                os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
