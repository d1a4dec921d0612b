"""Compare what was seen with the witness beyond the order: visible text and picture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helper.evidence import picture_difference, text_difference
from helper.evidence.picture_difference import Region
from helper.model import Artifact, CaptureView, PictureComparison, Role, TextComparison
from helper.steps.store import Store

_MOST_TEXT_BYTES = text_difference.MOST_CHARACTERS * 4
_MOST_PICTURE_BYTES = 128 * 1024 * 1024


def compare_text(
    store: Store, view: CaptureView, until: datetime | None, readable: frozenset[str]
) -> TextComparison:
    """Compare the visible texts; `until` is when the visit ended."""
    seconds = (until - view.meta.clicked_at).total_seconds() if until else 0.0
    try:
        return text_difference.compare(
            _text(store, view, "seen/text"),
            _text(store, view, "witness/text"),
            seconds=seconds,
            readable=readable,
        )
    except Exception:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        return TextComparison(state="not_compared", reason="comparison_failed")


def compare_picture(store: Store, view: CaptureView) -> PictureComparison:
    """Compare the pictures of the whole page, or of the part that was in view."""
    witness = [item for item in view.artifacts if item.role == "witness/page"]
    page, part = _first(view, "seen/page"), _first(view, "seen/viewport")
    region = None if page is not None else _region(part)
    seen = page or (part if region is not None else None)
    role = seen.role if seen is not None else None
    if len(witness) > 1 or any(item.bytes > _MOST_PICTURE_BYTES for item in witness):
        return PictureComparison(state="not_compared", reason="picture_too_large", seen=role)
    try:
        return picture_difference.compare(
            store.blobs.read(seen.sha256) if seen is not None else None,
            store.blobs.read(witness[0].sha256) if witness else None,
            role=role,
            region=region,
            page_share=_page_share(_first(view, "seen/strip") or part),
        )
    except Exception:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        return PictureComparison(state="not_compared", reason="comparison_failed", seen=role)


def _text(store: Store, view: CaptureView, role: Role) -> str | None:
    found = _first(view, role)
    if found is None:
        return None
    if found.bytes > _MOST_TEXT_BYTES:
        return " " * (text_difference.MOST_CHARACTERS + 1)
    return store.blobs.read(found.sha256).decode("utf-8", "replace")


def _first(view: CaptureView, role: Role) -> Artifact | None:
    return next((item for item in view.artifacts if item.role == role), None)


def _page_share(part: Artifact | None) -> float:
    """Return how much of a seen picture's width is page: a scroll bar takes the rest."""
    about: dict[str, Any] = part.about if part is not None else {}
    page, whole = about.get("scroll_width"), about.get("width")
    if isinstance(page, int | float) and isinstance(whole, int | float) and 0 < page < whole:
        return page / whole
    return 1.0


def _region(part: Artifact | None) -> Region | None:
    """Return where on the page the viewport lay; None if the extension could not tell."""
    about: dict[str, Any] = part.about if part is not None else {}
    top, width = about.get("y"), about.get("width")
    if isinstance(top, int | float) and isinstance(width, int | float) and width > 0 <= top:
        return Region(float(top), float(width))
    return None
