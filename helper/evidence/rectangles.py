"""What the click recorded about places: the rectangles of a page's texts and form fields."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

Area = tuple[float, float, float, float]
"""x, y, width, height in CSS pixels of the page."""
_UNUSABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Recorded:
    """The rectangle of a piece of text, of a form field where `text` is None.

    `visible` is what of it a picture can show, line by line; nothing where it is covered.
    `selector` is a path as `content/snapshot.js` makes it; an older extension recorded less.
    """

    area: Area
    text: str | None
    selector: str
    visible: tuple[Area, ...]


@dataclass(frozen=True)
class Layout:
    """The rectangles of a page, and where the window stood, in CSS pixels."""

    texts: tuple[Recorded, ...]
    fields: tuple[Recorded, ...]
    cut: bool
    """There are more texts than were recorded."""
    scroll: tuple[float, float]
    viewport: tuple[float, float]
    page: tuple[float, float] | None
    frames: tuple[str, ...]
    """Selectors of the page's frames."""


def texts(context: bytes) -> tuple[Recorded, ...]:
    """Return the texts of `seen/context` with their places; raises ValueError without any."""
    return _texts(_told(context))


def layout(context: bytes) -> Layout:
    """Return all that `seen/context` says of places; raises ValueError where it lacks something."""
    told = _told(context)
    try:
        page = told.get("page")
        return Layout(
            texts=_texts(told),
            fields=tuple(_recorded(item, None) for item in told.get("field_rectangles", [])),
            cut=bool(told["text_rectangles_cut"]),
            scroll=(_number(told["scroll"]["x"]), _number(told["scroll"]["y"])),
            viewport=(_number(told["viewport"]["width"]), _number(told["viewport"]["height"])),
            page=(_number(page["width"]), _number(page["height"])) if page else None,
            frames=tuple(str(frame["selector"]) for frame in told.get("frames", [])),
        )
    except _UNUSABLE as error:
        raise ValueError("no layout") from error


def _told(context: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(context)["page"])
    except (*_UNUSABLE, RecursionError) as error:
        raise ValueError("no context") from error


def _texts(told: dict[str, Any]) -> tuple[Recorded, ...]:
    try:
        return tuple(_recorded(item, str(item["text"])) for item in told["text_rectangles"])
    except _UNUSABLE as error:
        raise ValueError("no rectangles") from error


def _recorded(item: Any, text: str | None) -> Recorded:
    area = _area(item)
    shown = [item["visible"]] if "visible" in item else item.get("lines", [item])
    visible = tuple(_area(part) for part in shown if part is not None)
    return Recorded(area, text, str(item.get("selector", "")), visible)


def _area(item: Any) -> Area:
    x, y, width, height = (_number(item[name]) for name in ("x", "y", "width", "height"))
    return x, y, width, height


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("not a number")
    return float(value)
