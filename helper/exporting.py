"""Gather a case for the bundle."""

from __future__ import annotations

from pathlib import Path

from helper.complaints import exhibits
from helper.errors import RefusedError
from helper.evidence import bundle, redact
from helper.steps.store import Store


def export_case(
    store: Store,
    case_id: str,
    out: Path,
    *,
    redacted: bool = False,
    derived: bundle.Derived = (),
) -> Path:
    """Write all sealed captures of a case as ZIP; raises RefusedError when none is sealed.

    `derived` are files made out of the evidence; a redacted copy holds none of them.
    """
    case = store.vault.case(case_id)
    sealed = [view for view in case.captures if view.seals]
    if not sealed:
        raise RefusedError(reason="nothing_sealed", case_id=case_id)
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
