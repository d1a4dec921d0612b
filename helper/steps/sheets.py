"""The seen picture with its address: sheets of the viewport and of the stitched page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from helper.capture import sheet, stitch
from helper.capture.fonts import cjk_font
from helper.model import Artifact, CaptureId, CaptureView, Missing
from helper.steps.store import Store

_ZONE = re.compile(r"[A-Za-z0-9_+\-/]{1,64}")


def draw_viewport_sheet(store: Store, capture_id: CaptureId) -> None:
    """Compose `seen/sheet` of the raw viewport picture."""
    view = store.vault.capture(capture_id)
    picture = store.read_role(view.artifacts, "seen/viewport")
    if picture is None:
        if any(item.role == "seen" for item in view.missing):
            return  # no page was seen, which is said
        store.vault.add_missing(capture_id, [Missing(role="seen/sheet", reason="no_seen_picture")])
        return
    store.vault.add_artifacts(capture_id, _sheet(store, view, picture, "seen-sheet.png"))


def stitch_page(store: Store, capture_id: CaptureId) -> None:
    """Make `seen/page` out of the strips, and its sheet."""
    view = store.vault.capture(capture_id)
    strips = [item for item in view.artifacts if item.role == "seen/strip"]
    if not strips:
        told = any(item.role in {"seen", "seen/strip", "seen/page"} for item in view.missing)
        if not told:
            store.vault.add_missing(capture_id, [Missing(role="seen/page", reason="no_strips")])
        return
    try:
        page = stitch.stitch([(store.blobs.read(item.sha256), item.about) for item in strips])
    except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        missing = Missing(role="seen/page", reason="stitch_failed", detail=_why(error))
        store.vault.add_missing(capture_id, [missing])
        store.vault.add_artifacts(capture_id, [_strip_log(store, strips)])
        return
    artifacts = [_strip_log(store, strips), store.keep("seen/page", page, "image/png")]
    artifacts += _sheet(store, view, page, "seen-page-sheet.png", _composed(strips))
    store.vault.add_artifacts(capture_id, artifacts)


def _strip_log(store: Store, strips: list[Artifact]) -> Artifact:
    """Keep where each strip lies and what was changed on the page to take it."""
    rows = [{**item.about, "name": item.name, "sha256": item.sha256} for item in strips]
    text = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return store.keep("log", text, "application/json", name="seen-strips.json")


def _composed(strips: Sequence[Artifact]) -> tuple[int, int | None]:
    """Return of how many strips a picture is made, and how many elements were changed for it.

    Where no strip carries the log of the changes, nobody knows. The first strip may be there twice:
    as a file brought it that was written before the end, and as it was sent, with the log.
    """
    places = {(strip.sha256, str(strip.about.get("index"))) for strip in strips}
    told = [strip.about.get("page_changes") for strip in strips]
    logs = [log for log in told if isinstance(log, list)]
    changed = {str(row.get("selector")) for log in logs for row in log if isinstance(row, dict)}
    return len(places), len(changed) if logs else None


def _page_zone(store: Store, view: CaptureView) -> str:
    """Return the page's own time zone; the background's may be another one."""
    try:
        told = json.loads(store.read_role(view.artifacts, "seen/context") or b"{}")
        zone = told["page"]["timezone"]
    except (ValueError, KeyError, TypeError, RecursionError):
        zone = None
    usable = isinstance(zone, str) and _ZONE.fullmatch(zone)
    return str(zone) if usable else view.meta.timezone or "Asia/Shanghai"


def _sheet(
    store: Store,
    view: CaptureView,
    picture: bytes,
    name: str,
    composed: tuple[int, int | None] | None = None,
) -> list[Artifact]:
    """Return the sheet of a picture; none, and why in `missing`, if it cannot be drawn."""
    caption = sheet.Caption(
        url=view.meta.url,
        title=view.meta.title,
        captured_at=view.meta.clicked_at,
        timezone=_page_zone(store, view),
        kind="seen",
        capture_id=view.capture_id,
        composed=composed,
    )
    try:
        drawn = sheet.compose(picture, caption)
    except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        missing = Missing(role="seen/sheet", reason="sheet_failed", detail=_why(error))
        store.vault.add_missing(view.capture_id, [missing])
        return []
    if cjk_font() is None:
        store.vault.add_notes(view.capture_id, ["no_cjk_font"])
    return [store.keep("seen/sheet", drawn, "image/png", name=name)]


def _why(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
