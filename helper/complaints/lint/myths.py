"""What the source articles say of the law, judged: the wrong idea and the right rule beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from pydantic import Field

from helper.complaints import packaged
from helper.messages import Language
from scrapers.record import Frozen

_STOPS = "。！？；!?;\n"
_BEFORE, _AFTER = 30, 15
"""Characters round a hit, inside its sentence, where a denial makes it the opposite."""
_NEXT = 40
"""Characters of what follows a sentence."""
_DENIED = re.compile(
    r"不是|并非|并不|没有(?:法律|法定|这样|权|规定|门槛)|不等于|不能|不得|无权|不要|不必|不需要|无需"
    r"|不构成|未必|不影响|不以|不受|所谓|\bnot\b|n't\b|\bnever\b|\bno\b|\bcannot\b",
    re.IGNORECASE,
)


class Claim(Frozen):
    """One claim; `quote` as the articles put it, `hits` find it: pattern to better words or None.

    `unless`: a sentence that has this, or the start of the next one, says it with its conditions or
    says whose rule it is. `lint`: a draft that says it is corrected. `law`: keys of the rows that
    the right rule rests on.
    """

    id: int
    judgement: Literal[
        "wrong", "imprecise", "unverified", "platform rule", "heuristic",
        "correct", "correct with limits",
    ]  # fmt: skip
    quote: str
    quote_en: str | None = None
    hits: dict[str, str | None]
    unless: str | None = None
    lint: bool
    right: dict[Language, str] = Field(min_length=2)
    law: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether the articles are right."""
        return self.judgement.startswith("correct")


class Said(NamedTuple):
    """Where a text says a claim: the matched words and what to write instead, None unless plain."""

    claim: Claim
    text: str
    better: str | None


@cache
def claims() -> tuple[Claim, ...]:
    """Return all judged claims in their order."""
    return tuple(Claim.model_validate(row) for row in packaged.data("claims"))


@cache
def corrected() -> tuple[Claim, ...]:
    """Return the claims that a draft must not make."""
    return tuple(claim for claim in claims() if claim.lint)


def why(claim_id: int, language: Language = "zh_CN") -> str:
    """Return the right rule in one sentence; ids are those of the data, 1 to 68."""
    return _by_id()[claim_id].right[language]


@cache
def _by_id() -> dict[int, Claim]:
    return {claim.id: claim for claim in claims()}


def said(text: str, among: Sequence[Claim]) -> Iterator[Said]:
    """Yield where a text says one of the claims; a sentence that denies it says the opposite."""
    yield from _said(text, tuple(claim.id for claim in among))


@lru_cache(maxsize=1024)
def _said(text: str, ids: tuple[int, ...]) -> tuple[Said, ...]:
    """Find them once: the documents of a case share most of their sentences."""
    return tuple(
        Said(claim=claim, text=match[0], better=better)
        for claim, pattern, better in _patterns(ids)
        for match in pattern.finditer(text)
        if not _taken_back(claim, text, *match.span())
    )


def _taken_back(claim: Claim, text: str, start: int, end: int) -> bool:
    first, last = _sentence(text, start, end)
    before, after = text[max(first, start - _BEFORE) : start], text[end : min(last, end + _AFTER)]
    if _DENIED.search(before) or _DENIED.search(after):
        return True
    return (
        claim.unless is not None and re.search(claim.unless, text[first : last + _NEXT]) is not None
    )


@cache
def _patterns(ids: tuple[int, ...]) -> tuple[tuple[Claim, re.Pattern[str], str | None], ...]:
    among = (_by_id()[claim_id] for claim_id in ids)
    return tuple(
        (claim, re.compile(pattern), better)
        for claim in among
        for pattern, better in claim.hits.items()
    )


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the sentence round a place."""
    before = max(text.rfind(stop, 0, start) for stop in _STOPS) + 1
    after = min((at for stop in _STOPS if (at := text.find(stop, end)) >= 0), default=len(text))
    return before, after
