"""What a case tells: the figures and times in it are those that a draft may repeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from helper.complaints.wording import moment
from helper.model import CaseView


def of_case(case: CaseView) -> str:
    """Return all that order, dealings, filings and kept pages say, times as drafts write them."""
    told: list[Any] = [case.order, *(entry.what for entry in case.entries), *case.filings]
    for view in case.captures:
        told += [view.meta.clicked_at, view.meta.url, view.shown]
    return "\n".join(_leaves(told))


def _leaves(value: Any) -> Iterator[str]:
    if hasattr(value, "model_dump"):
        value = value.model_dump()
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "sha256":
                yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, datetime):
        yield moment(value)
    elif value is not None:
        yield str(value)
