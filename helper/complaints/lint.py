"""Wording that weakens a complaint or makes it false; the page's own words in “ ” are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from helper import messages
from helper.complaints import packaged
from helper.messages import Language
from helper.model import Exhibit, LintFinding, Sentence

_QUOTE = re.compile(r"“[^”]*”")
_DEADLINE = re.compile(r"\d\s*(?:分钟|个?小时|天|日|个?工作日)|[前之]前")
_ACTION = re.compile(r"退|补发|重发|更换|换|充值|交付|发货|履行|赔|答复|提供|说明|更正")
_DIGITS = re.compile(r"\d+")


def check(
    sentences: Sequence[Sentence],
    *,
    demand: str | None,
    exhibits: Sequence[Exhibit],
    known: str,
    limit: int | None = None,
    length: int | None = None,
    language: Language = "zh_CN",
) -> tuple[LintFinding, ...]:
    """Return what should be changed. `known` holds all figures that a source supports."""
    found = [
        *_wording(sentences),
        *(_demand(demand) if demand is not None else ()),
        *_citations(sentences, {exhibit.number for exhibit in exhibits}),
        *_figures([*(sentence.text for sentence in sentences), demand or ""], known),
    ]
    whole = sum(len(one.text) for one in sentences) if length is None else length
    if limit is not None and whole > limit:
        found.append(("too_long", str(limit)))
    return tuple(
        LintFinding(rule=rule, text=text, advice=messages.text(f"complaints.lint.{rule}", language))
        for rule, text in dict.fromkeys(found)
    )


def _wording(sentences: Iterable[Sentence]) -> Iterator[tuple[str, str]]:
    for sentence in sentences:
        own = _QUOTE.sub("“”", sentence.text)
        for rule, words in packaged.data("wording").items():
            for match in re.finditer("|".join(words), own):
                yield rule, match[0]


def _demand(demand: str) -> Iterator[tuple[str, str]]:
    if not _DEADLINE.search(demand):
        yield "no_deadline", demand
    if not _ACTION.search(demand):
        yield "no_action", demand


def _citations(sentences: Iterable[Sentence], numbers: set[int]) -> Iterator[tuple[str, str]]:
    for sentence in sentences:
        if not sentence.exhibits and not sentence.stated:
            yield "no_exhibit", sentence.text
        if not numbers.issuperset(sentence.exhibits):
            yield "unknown_exhibit", sentence.text


def _figures(texts: Iterable[str], known: str) -> Iterator[tuple[str, str]]:
    supported = set(_DIGITS.findall(known))
    for text in texts:
        for run in _DIGITS.findall(text):
            if run not in supported:
                yield "figure", run
