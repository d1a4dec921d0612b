"""The JSON shapes of a capture and of a case as commands print them."""

from __future__ import annotations

import json
from typing import Any

from helper.complaints.deadlines import due
from helper.model import CaptureView, CaseView, Seal
from helper.steps.store import Store
from scrapers.read import platform_of


def capture_result(store: Store, view: CaptureView) -> dict[str, Any]:
    """Return capture, order, comparison, artifacts (seals included), missing and timings."""
    return {
        "capture_id": view.capture_id,
        "case_id": view.case_id,
        "order": view.order.model_dump(mode="json") if view.order else None,
        "corroboration": view.corroboration.model_dump(mode="json") if view.corroboration else None,
        "artifacts": [
            *(item.model_dump(mode="json", exclude={"about"}) for item in view.artifacts),
            *(entry for seal in view.seals for entry in _seal_files(store, seal)),
        ],
        "missing": [item.model_dump(mode="json") for item in view.missing],
        "notes": list(view.notes),
        "stamps": [stamp.model_dump(mode="json") for stamp in view.stamps],
        "environment_warnings": environment_warnings(store, view),
        "timings_ms": timings(view),
    }


def environment_warnings(store: Store, view: CaptureView) -> list[str] | None:
    """Return the keys of the lines that warn in the environment record; None without a record."""
    record = store.read_role(view.artifacts, "environment")
    found = json.loads(record).get("warnings") if record is not None else None
    return [str(key) for key in found] if isinstance(found, list) else None


def timings(view: CaptureView) -> dict[str, int]:
    """Return milliseconds from the click to each step."""
    names = {"all_kept": "kept", "sealed_s0": "s0", "sealed_s1": "sealed"}
    return {
        f"click_to_{names.get(step.step, step.step)}": round(
            (step.at - view.meta.clicked_at).total_seconds() * 1000
        )
        for step in view.steps
    }


def case_result(store: Store, case: CaseView) -> dict[str, Any]:
    """Return a case with its due dates and with the gaps of its latest draft."""
    rules = platform.deadlines if (platform := platform_of(case.platform_key)) else ()
    dates = due(case.order, rules, store.now()) if case.order else ()
    draft = store.vault.latest_draft(case.case_id)
    return {
        **case.model_dump(mode="json"),
        "due": [date.model_dump(mode="json") for date in dates],
        "gaps": [gap.model_dump(mode="json") for gap in draft.gaps] if draft else [],
    }


def _seal_files(store: Store, seal: Seal) -> list[dict[str, Any]]:
    found = []
    for role, sha256 in (("manifest", seal.manifest), ("signature", seal.signature)):
        found.append(
            {
                "role": role,
                "name": f"{seal.stage}-{role}.json",
                "sha256": sha256,
                "bytes": store.blobs.size(sha256),
                "media_type": "application/json",
            }
        )
    return found
