"""The JSON shapes of a capture and of a case as commands print them."""

from __future__ import annotations

import json
from typing import Any

from helper.complaints.course import closing
from helper.complaints.course.timeline import dealings
from helper.complaints.dispute.pursued import issue_of
from helper.complaints.due.clocks import clocks
from helper.model import CaptureView, CaseView, Draft, Seal
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
    """Return a case with its deadlines and with the gaps of its latest draft.

    `dealings` are what the user told, in sentences; `closing` is what speaks for closing it.
    """
    draft = store.vault.latest_draft(case.case_id)
    language = store.settings.language
    return {
        **case.model_dump(mode="json"),
        "dealings": [
            event.model_dump(mode="json") for event in dealings(case, store.now(), language)
        ],
        "closing": closing.advice(case, language),
        "due": _due(store, case, draft),
        "gaps": [gap.model_dump(mode="json") for gap in draft.gaps] if draft else [],
    }


def _due(store: Store, case: CaseView, draft: Draft | None) -> list[dict[str, Any]]:
    """Return the clocks of a case, counted for the issue that is advised."""
    issue = issue_of(case, draft, store.now(), store.settings.language)
    platform, settings = platform_of(case.platform_key), store.settings
    found = clocks(
        case,
        issue,
        platform.deadlines if platform else (),
        now=store.now(),
        language=settings.language,
        reminder_hours=settings.reminder_hours,
    )
    return [{**one.model_dump(mode="json"), "passed": one.state == "passed"} for one in found]


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
