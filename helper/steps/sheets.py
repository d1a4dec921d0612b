"""The seen picture with its address: sheets of the viewport and of the stitched page."""

from __future__ import annotations

import json

from helper.capture import sheet, stitch
from helper.errors import KazhengError
from helper.model import Artifact, CaptureId, CaptureView, Missing
from helper.steps.store import Store


def draw_viewport_sheet(store: Store, capture_id: CaptureId) -> None:
    """Compose `seen/sheet` of the raw viewport picture."""
    view = store.vault.capture(capture_id)
    picture = store.read_role(view.artifacts, "seen/viewport")
    if picture is None:
        store.vault.add_missing(capture_id, [Missing(role="seen/sheet", reason="no_seen_picture")])
        return
    store.vault.add_artifacts(capture_id, [_sheet(store, view, picture, "seen-sheet.png")])


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
    except (KazhengError, ValueError) as error:
        store.vault.add_missing(
            capture_id,
            [Missing(role="seen/page", reason="stitch_failed", detail=str(error)[:200])],
        )
        return
    artifacts = [
        _strip_log(store, strips),
        store.keep("seen/page", page, "image/png"),
        _sheet(store, view, page, "seen-page-sheet.png"),
    ]
    store.vault.add_artifacts(capture_id, artifacts)


def _strip_log(store: Store, strips: list[Artifact]) -> Artifact:
    """Keep where each strip lies and what was changed on the page to take it."""
    rows = [{"name": item.name, "sha256": item.sha256, **item.about} for item in strips]
    text = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return store.keep("log", text, "application/json", name="seen-strips.json")


def _sheet(store: Store, view: CaptureView, picture: bytes, name: str) -> Artifact:
    caption = sheet.Caption(
        url=view.meta.url,
        title=view.meta.title,
        captured_at=view.meta.clicked_at,
        timezone=view.meta.timezone or "Asia/Shanghai",
        kind="seen",
        capture_id=view.capture_id,
    )
    return store.keep("seen/sheet", sheet.compose(picture, caption), "image/png", name=name)
