"""Gather a case for the bundle."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from helper.complaints import exhibits
from helper.errors import DiskFullError, InvalidError, RefusedError, VaultError
from helper.evidence import bundle, redact
from helper.model import CaptureView
from helper.steps.store import Store


def export_case(
    store: Store,
    case_id: str,
    out: Path,
    *,
    redacted: bool = False,
    derived: bundle.Derived = (),
) -> Path:
    """Write all sealed captures of a case as ZIP.

    `derived` are files made out of the evidence; a redacted copy holds none of them.
    Raises RefusedError when none is sealed, InvalidError(out) where it cannot be written,
    DiskFullError, VaultError(missing_blob).
    """
    case = store.vault.case(case_id)
    sealed = [view for view in case.captures if view.seals]
    if not sealed:
        raise RefusedError(reason="nothing_sealed", case_id=case_id)
    _require_blobs(store, sealed)
    if out.is_dir():
        raise InvalidError(reason="out", what=str(out), cause="")
    try:
        return bundle.write(
            out,
            case_id=case_id,
            captures=sealed,
            ledger=store.ledger.entries(),
            read=store.blobs.path,
            key=store.key,
            created_at=store.now(),
            exhibits=exhibits.choose(case, channel=""),
            derived=() if redacted else derived,
            redaction=redact.of_case(case, store.blobs.read) if redacted else None,
        )
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(path=str(out)) from error
        cause = f"（{error.strerror}）" if error.strerror else ""
        raise InvalidError(reason="out", what=str(out), cause=cause) from error


def _require_blobs(store: Store, captures: Sequence[CaptureView]) -> None:
    """Raise VaultError(missing_blob) where bytes that the vault lists are not in it."""
    for view in captures:
        listed = [item.sha256 for item in view.artifacts]
        listed += [part for seal in view.seals for part in (seal.manifest, seal.signature)]
        for sha256 in listed:
            if not store.blobs.path(sha256).exists():
                raise VaultError(reason="missing_blob", path=str(store.blobs.path(sha256)))
