"""What a draft should say otherwise, each with its place, a reason and, where plain, better words.

`masked` is the text for readers that may be anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from helper import messages
from helper.complaints.lint import cited, figures, myths, tone
from helper.complaints.lint.hit import Hit
from helper.complaints.lint.private import COVER, masked, places
from helper.complaints.wording import SHANGHAI
from helper.messages import Language
from helper.model import Exhibit, LawRef, LintFinding, Sentence

__all__ = ["check", "masked"]

_DEADLINE = re.compile(
    r"[\d一二两三四五六七八九十]\s*(?:分钟|个?小时|天|日|个?工作日)|[前之]前|(?:当|次|即)日"
)
_ACTION = re.compile(
    r"退|补发|重发|更换|换|充值|交付|发货|履行|赔|答复|提供|说明|更正|支付|返还|解除|撤销"
    r"|调解|判令|裁决|核查|查处|立案|受理|保全|保存|保留|封存|协调|出具"
)
_TO_AUTHORITY = re.compile(r"调解|判令|判决|裁决|核查|查处|立案|保全")
"""Whoever decides on these has deadlines of the law; a complaint sets none."""
DEMAND = "demand"
"""The place of a demand that is no sentence of its own."""
_CITED_EXHIBIT = re.compile(r"证据(\d+)")


def check(
    sentences: Sequence[Sentence],
    *,
    demand: str | None,
    exhibits: Sequence[Exhibit],
    known: str,
    limit: int | None = None,
    length: int | None = None,
    public: bool = False,
    private: Sequence[str] = (),
    law: Sequence[LawRef] | None = None,
    reporting: bool = False,
    now: datetime | None = None,
    language: Language = "zh_CN",
) -> tuple[LintFinding, ...]:
    """Return what should be changed; `better` is to stand in place of `text`, empty for nothing.

    `demand` None: the text asks for nothing. `known` holds all figures that a source supports,
    `limit` the most characters, `length` how many there are if not those of the sentences.
    `public`: anybody may read it, so nothing private may stand in it, the `private` values of the
    case (codes, names) least of all. `law` are the draft's references; `now` decides what is in
    force, None for all that was announced. `reporting`: who reads it decides on a suspicion, so it
    may be named.
    """
    today = now.astimezone(SHANGHAI).date() if now is not None else None
    numbers = {exhibit.number for exhibit in exhibits}
    read = [(one, list(cited.citations(one.text))) for one in _with(demand, sentences)]
    quoted = (text for _, law_cited in read for text in cited.quoted(law_cited))
    sure = figures.known("\n".join([known, *quoted]))
    found: list[tuple[Hit, str | None]] = []
    for sentence, law_cited in read:
        own = tone.own(sentence.text)
        hits = [
            *tone.found(own, reporting=reporting),
            *_misunderstood(own, language),
            *cited.misused(sentence.text, law_cited, today),
            *figures.unsupported(cited.without(sentence.text, law_cited), sure),
            *(tone.long_winded(own) if sentence.stated or sentence.edited else ()),
            *(_private(sentence.text, private, language) if public else ()),
        ]
        found += [(hit, sentence.key or None) for hit in hits]
    for sentence in sentences:
        found += [(hit, sentence.key or None) for hit in _cites(sentence, numbers)]
    found += [(hit, DEMAND) for hit in _demand(demand)]
    found += [(hit, None) for hit in cited.refs(law or (), today)]
    characters = sum(len(one.text) for one in sentences) if length is None else length
    if limit is not None and characters > limit:
        found.append((Hit("too_long", str(limit)), None))
    return tuple(dict.fromkeys(_finding(hit, place, language) for hit, place in found))


def _with(demand: str | None, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield the sentences, and the demand where it is none of them."""
    yield from sentences
    if demand and all(demand != sentence.text for sentence in sentences):
        yield Sentence(text=demand, exhibits=(), key=DEMAND)


def _finding(hit: Hit, place: str | None, language: Language) -> LintFinding:
    advice = hit.advice or messages.text(f"complaints.lint.{hit.rule}", language, **hit.values)
    return LintFinding(rule=hit.rule, text=hit.text, advice=advice, better=hit.better, place=place)


def _misunderstood(own: str, language: Language) -> Iterator[Hit]:
    """Yield what is wrong or imprecise about the law, with the right rule."""
    for said in myths.said(own, myths.corrected()):
        yield Hit("claim", said.text, said.better, said.claim.right[language])


def _private(text: str, values: Sequence[str], language: Language) -> Iterator[Hit]:
    for place in places(text, values):
        what = messages.text(f"complaints.private.{place.kind}", language)
        yield Hit("private", text[place.start : place.end], COVER, values={"what": what})


def _demand(demand: str | None) -> Iterator[Hit]:
    if demand and not _DEADLINE.search(demand) and not _TO_AUTHORITY.search(demand):
        yield Hit("no_deadline", demand)
    if demand and not _ACTION.search(demand):
        yield Hit("no_action", demand)


def _cites(sentence: Sentence, numbers: set[int]) -> Iterator[Hit]:
    named = {int(number) for number in _CITED_EXHIBIT.findall(tone.own(sentence.text))}
    if not sentence.exhibits and not sentence.stated:
        yield Hit("no_exhibit", sentence.text)
    if not numbers.issuperset({*sentence.exhibits, *named}):
        yield Hit("unknown_exhibit", sentence.text)
