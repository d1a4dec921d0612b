"""Goods that may themselves be unlawful, known by words of their names; `data/goods.json`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from helper.complaints import packaged
from helper.complaints.wording import clean

_NOT_SOLD = r"(?<![反防无非未禁勿需要])(?<!禁止)(?<!不是)(?<!不含)(?<!严禁)(?<!检测)"
"""反外挂, 非成品号, 需实名号: named as what it is not, or as what the buyer must have."""


def unlawful(titles: Iterable[str | None]) -> tuple[tuple[str, str], ...]:
    """Return (group, word) for each group that the names of goods hint at: a hint, no finding."""
    text = "\n".join(clean(title) for title in titles)
    found = {}
    for group, words in packaged.data("goods").items():
        match = re.search(f"{_NOT_SOLD}(?:{'|'.join(map(re.escape, words))})", text)
        if match:
            found[group] = match[0]
    return tuple(found.items())
