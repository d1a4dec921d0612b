"""Bring your own: a file of the user (bill, chat export, recording, photo) becomes evidence.

It is a record beside the captures, marked `origin: brought`: sealed at once, without an address,
never counted as seen or as a second visit.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from helper.complaints.exhibits import KINDS
from helper.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from helper.evidence.book_exhibits import BROUGHT
from helper.model import Artifact, CaptureId, CaptureMeta, CaptureView, Missing
from helper.steps.seal import Sealer
from helper.steps.store import Store
from helper.vault.files import room_on_disk

MOST_BYTES: Final = 256 << 20
RECORD: Final = "brought.json"
_CHUNK = 1 << 20
_TRIES = 5
_LONGEST_NAME = 80
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_MEDIA_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
    "gif": "image/gif", "bmp": "image/bmp", "heic": "image/heic", "pdf": "application/pdf",
    "txt": "text/plain", "csv": "text/csv", "html": "text/html", "htm": "text/html",
    "mhtml": "multipart/related", "json": "application/json", "eml": "message/rfc822",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mp3": "audio/mpeg",
    "m4a": "audio/mp4", "wav": "audio/wav", "amr": "audio/amr", "zip": "application/zip",
    "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""By the ending, as on every system the same; what is in the file is not looked at."""


def attach(
    store: Store,
    case_id: str,
    path: Path,
    *,
    limit: int = MOST_BYTES,
    name: str | None = None,
    note: str = "",
    kind: str | None = None,
    facts: Mapping[str, Any] | None = None,
    data: bytes | None = None,
) -> CaptureView:
    """Keep a file under a case, seal it, and return its record; the same file again returns it.

    `limit` is the most bytes, `name` what the file is called where `path` only holds what was
    sent of it (when it was changed is then unknown), `kind` a key of `KINDS`, `facts` what
    Kazheng itself read out of it, for `about`, `data` its bytes where they were read before:
    those are kept. Raises NotFoundError, InvalidError, TooLargeError, DiskFullError,
    ConflictError(attach_busy).
    """
    if kind is not None and kind not in KINDS:
        raise InvalidError(reason="attach_kind", what=kind, known=", ".join(KINDS))
    store.vault.case(case_id)
    changed = _changed_at(path, limit) if name is None else None
    with store.work_folder() as folder:
        copy = folder / "attachment"
        sha256, size = _copied(path, copy, limit, data)
        name = safe_name(name or path.name)
        capture_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"kazheng:brought:{case_id}:{sha256}"))
        at = store.now()
        store.blobs.keep_file(copy, sha256)
    about = {
        "origin": BROUGHT,
        "file_name": name,
        "label": name,
        "note": _plain(note),
        "kind": kind,
        **(facts or {}),
    }
    about = {key: value for key, value in about.items() if value}
    if not _known(store, capture_id):
        meta = CaptureMeta(url="", title=name, clicked_at=at, case_id=case_id, extra=about)
        store.vault.create_capture(capture_id, meta, [])
    said = {**about, "bytes": size, "sha256": sha256, "attached_at": at.isoformat(),
            "file_changed_at": changed.isoformat() if changed else None}  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
    media_type = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    store.vault.add_artifacts(
        capture_id,
        [
            Artifact(role="attachment", name=f"attachment-{name}", sha256=sha256, bytes=size,
                     media_type=media_type, about=about),
            store.keep("log", text, "application/json", name=RECORD),
        ],
    )  # fmt: skip
    _sealed(store, capture_id, case_id, name)
    return store.vault.capture(capture_id)


def safe_name(name: str) -> str:
    """Return a file name that every system takes: no control or direction characters, no paths."""
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(c for c in composed if unicodedata.category(c)[0] != "C")
    kept = " ".join(_NOT_IN_NAMES.sub("_", kept).split()).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 10:
        return kept[:_LONGEST_NAME].strip(" .") or "file"
    return f"{stem[: _LONGEST_NAME - len(ending)].strip(' .') or 'file'}.{ending}"


def _changed_at(path: Path, limit: int) -> datetime | None:
    """Return when the file was last changed, None if unknown; refuse what is no usable file."""
    with _readable(path):
        about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise InvalidError(reason="attach_folder", what=str(path))
    if about.st_size > limit:
        raise TooLargeError(reason="attach", limit=limit, size=about.st_size)
    try:
        return datetime.fromtimestamp(about.st_mtime, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _copied(path: Path, copy: Path, limit: int, data: bytes | None) -> tuple[str, int]:
    """Copy a file, or the bytes known of it, in chunks; return hash and size of what was copied."""
    digest, size = hashlib.sha256(), 0
    with _readable(path), path.open("rb") if data is None else io.BytesIO(data) as source:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLargeError(reason="attach", limit=limit, size=size)
            digest.update(chunk)
            with room_on_disk(copy), copy.open("ab") as target:
                target.write(chunk)
    if not size:
        raise InvalidError(reason="attach_empty", what=str(path))
    return digest.hexdigest(), size


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(reason="attach_file", what=str(path)) from None
    except (OSError, ValueError) as error:
        raise InvalidError(reason="attach_unreadable", what=str(path)) from error


def _sealed(store: Store, capture_id: CaptureId, case_id: str, title: str) -> None:
    missing = [Missing(role=role, reason="brought_by_user") for role in ("seen", "witness")]
    store.vault.add_missing(capture_id, missing)
    store.vault.set_final(capture_id)
    store.vault.join_case(
        capture_id, platform_key=None, host=None, order_no=None, wanted=case_id, title=title,
        now=store.now(),
    )  # fmt: skip
    for attempt in range(_TRIES):
        try:
            Sealer(store).seal(capture_id, "S0")
            break
        except ConflictError:  # a running helper sealed between: the next manifest names its seal
            if attempt + 1 == _TRIES:
                raise ConflictError(reason="attach_busy", kind="ledger", id=capture_id) from None
    store.vault.set_state(capture_id, "sealed")


def _known(store: Store, capture_id: CaptureId) -> bool:
    try:
        store.vault.capture(capture_id)
    except NotFoundError:
        return False
    return True


def _plain(words: str) -> str:
    """Return a note without what no JSON holds: arguments may carry undecodable bytes."""
    return words.encode("utf-8", "replace").decode().strip()
