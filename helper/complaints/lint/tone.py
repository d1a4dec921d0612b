"""Wording that weakens a complaint; what stands in quotation marks is somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from helper.complaints import packaged
from helper.complaints.lint.hit import Hit

_QUOTED: Final = re.compile('“[^“”]*”|「[^「」]*」|『[^『』]*』|"[^"\n]*"')
_STOPS: Final = re.compile(r"[。！？；!?;\n]")
_LONGEST = 120
"""Characters of one statement that a reader still takes in."""


def own(text: str) -> str:
    """Return a text with what it quotes left out, its length and places kept."""
    return _QUOTED.sub(lambda match: match[0][0] + "　" * (len(match[0]) - 2) + match[0][-1], text)


def found(text: str, *, reporting: bool = False) -> Iterator[Hit]:
    """Yield words to be changed in what is left by `own`; 涉嫌 may stand where `reporting`."""
    plain = _innocent(reporting).sub(lambda match: "　" * len(match[0]), text)
    for pattern, words in _rules():
        for match in pattern.finditer(plain):
            rule, better = words[(match.lastindex or 1) - 1]
            yield Hit(rule, match[0], better)


def long_winded(text: str) -> Iterator[Hit]:
    """Yield the statements of what is left by `own` that are too long to be read."""
    for part in _STOPS.split(text):
        if len(part.strip()) > _LONGEST:
            yield Hit("long_sentence", part.strip(), values={"limit": str(_LONGEST)})


@cache
def _innocent(reporting: bool) -> re.Pattern[str]:
    words = packaged.data("wording")
    return re.compile("|".join(words["innocent"] + words["allowed_in_reports"] * reporting))


@cache
def _rules() -> tuple[tuple[re.Pattern[str], list[tuple[str, str | None]]], ...]:
    """Return the patterns, the words of each alternative under the number of its empty group.

    Alternatives that begin with a letter stand together: the engine then skips all other places.
    """
    rows = [
        (pattern, (rule, better))
        for rule, words in packaged.data("wording")["rules"].items()
        for pattern, better in words.items()
    ]
    plain = [row for row in rows if row[0][0].isalnum()]
    other = [row for row in rows if not row[0][0].isalnum()]
    return tuple(
        (re.compile("|".join(f"{pattern}()" for pattern, _ in kept)), [words for _, words in kept])
        for kept in (plain, other)
    )
