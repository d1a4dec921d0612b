"""Where the fields of an order stand on the picture of its page; the plans made last are kept.

A place is only shown where it is certain (`evidence/marked.py`). To find out, whole pictures are
decoded: that is done once for the same order, page and pictures, not for every view of a case.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Final

from PIL import Image

from helper.evidence.marked import Marked, mark
from helper.evidence.masking import UnmaskableError
from helper.messages import Language
from helper.model import CaptureView, CaseView
from helper.web.console.facts import Frame, Plan, label, place_of
from scrapers.record import OrderRecord

_MOST: Final = 64
_MADE_OF: Final = frozenset({"seen/context", "seen/html", "seen/viewport", "seen/page"})


class Plans:
    """Plans of the newest pages; `read` gives the bytes of a hash."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._kept: dict[str, Plan | None] = {}

    async def of(self, case: CaseView, language: Language) -> Plan | None:
        """Return the newest page of the order with its fields' places, None where none is sure."""
        view = next((one for one in reversed(case.captures) if one.order is not None), None)
        if view is None or view.order is None:
            return None
        key = _key(view, view.order, language)
        if key in self._kept:
            return self._kept[key]
        made = await asyncio.to_thread(_plan, view, view.order, self._read, language)
        self._kept[key] = made
        for old in list(self._kept)[:-_MOST]:
            del self._kept[old]
        return made


def _key(view: CaptureView, order: OrderRecord, language: Language) -> str:
    """Return a hash of all that a plan is made of."""
    made_of = [f"{item.role} {item.sha256}" for item in view.artifacts if item.role in _MADE_OF]
    told = [view.capture_id, language, *made_of, order.model_dump_json()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _plan(
    view: CaptureView, order: OrderRecord, read: Callable[[str], bytes], language: Language
) -> Plan | None:
    try:
        found = mark(view, order, read)
    except UnmaskableError:
        found = None
    if found is None:
        return None
    width, height = _size(found, read)
    frames = tuple(_frames(found, language))
    return Plan(view.capture_id, found.artifact.name, width, height, frames)


def _frames(found: Marked, language: Language) -> Iterator[Frame]:
    for path, boxes in found.boxes.items():
        path_shown = "status" if path == "status_text" else path
        left = min(box[0] for box in boxes)
        top = min(box[1] for box in boxes)
        yield Frame(
            place=place_of(path_shown),
            label=label(path_shown, language),
            x=left,
            y=top,
            width=max(box[2] for box in boxes) - left,
            height=max(box[3] for box in boxes) - top,
        )


def _size(found: Marked, read: Callable[[str], bytes]) -> tuple[int, int]:
    """Return width and height of a picture without decoding it whole."""
    with Image.open(io.BytesIO(read(found.artifact.sha256))) as picture:
        return picture.size
