"""Ready replies to the counter-moves of a shop, to be sent as they are.

Facts of the case, the law with its conditions, one executable demand with a time; no threat. Rows
for consumers fall away for a reseller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute.issues import issue as known_issue
from helper.complaints.ladder.replying import Look, demand, facts, look_at
from helper.complaints.ladder.writable import stopped
from helper.complaints.law import Article, article
from helper.complaints.wording import clean
from helper.errors import InvalidError
from helper.messages import Language, text
from helper.model import CaseView, LawRef
from scrapers.record import Frozen


class ReplySentence(Frozen):
    """A sentence to send, and what it means in the reader's language; `law` is what it cites."""

    text: str
    meaning: str
    law: tuple[LawRef, ...] = ()


class Reply(Frozen):
    """A reply to one counter-move. `text` is Chinese, to be sent; the rest is for the user.

    `resale`: consumer rules were left out.
    """

    move: str
    name: str
    when: str
    sentences: tuple[ReplySentence, ...]
    text: str
    next_step: str
    remarks: tuple[str, ...]
    resale: bool


class Counter(Frozen):
    """A counter-move of the other side that a reply exists for."""

    key: str
    name: str
    when: str


@cache
def counters(language: Language = "zh_CN") -> tuple[Counter, ...]:
    """Return all counter-moves with their names."""
    return tuple(
        Counter(
            key=key,
            name=text(f"replies.name.{key}", language),
            when=text(f"replies.when.{key}", language),
        )
        for key in packaged.data("replies")["moves"]
    )


def spot(words: str) -> tuple[str, ...]:
    """Return the counter-moves that the other side's words show."""
    plain = clean(words)
    moves = packaged.data("replies")["moves"]
    return tuple(key for key, row in moves.items() if re.search(row["words"], plain))


def reply(
    case: CaseView,
    move: str,
    issue: str,
    answers: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    language: Language = "zh_CN",
) -> Reply:
    """Return the reply; `answers` win over those kept in the case.

    Answers read: `resale`, `account_checked`, `used_as_told`, `own_mistake`, `arbitration_clause`.
    Raises InvalidError for an unknown move, RefusedError(stopped) where the answers say that
    nothing may be asked for yet.
    """
    rows = packaged.data("replies")
    if move not in rows["moves"]:
        raise InvalidError(reason="move", what=move, known="、".join(rows["moves"]))
    known_issue(issue)
    look = look_at(case, issue, answers or {}, now)
    stop = stopped(issue, look.answers, case.order, language)
    if stop is not None:
        raise stop
    sentences = tuple(_sentences(look, move, language))
    return Reply(
        move=move,
        name=text(f"replies.name.{move}", language),
        when=text(f"replies.when.{move}", language),
        sentences=sentences,
        text="\n".join(one.text for one in sentences),
        next_step=text(f"replies.next.{move}", language),
        remarks=tuple(text(f"replies.remark.{code}", language) for code in _remarks(look, move)),
        resale=not look.consumer,
    )


def _sentences(look: Look, move: str, language: Language) -> Iterator[ReplySentence]:
    opening = facts(look, "zh_CN")
    if opening:
        yield ReplySentence(text=opening, meaning=facts(look, language))
    for row in packaged.data("replies")["moves"][move]["say"]:
        if look.issue not in row.get("issues", (look.issue,)) or not look.meets(row.get("if", ())):
            continue
        cited = _cited(look, row)
        if cited is None:
            continue
        yield ReplySentence(
            text=_text(look, move, row["key"], cited, "zh_CN"),
            meaning=_text(look, move, row["key"], cited, language),
            law=tuple(one.ref() for one, _ in cited),
        )


def _cited(look: Look, row: Mapping[str, Any]) -> list[tuple[Article, str]] | None:
    """Return what a sentence cites; None where a row is not in force or not for this buyer."""
    named = _ground(look.issue) if row["key"] in {"ground", "ground_seller"} else row.get("law", [])
    found = []
    for key, quote in named:
        one = article(key)
        if one is None or (one.consumer_only and not look.consumer):
            return None
        found.append((one, quote))
    return found


def _ground(issue: str) -> list[tuple[str, str]]:
    """Return the row of the Civil Code, which holds for everybody, that the issue rests on."""
    rows = packaged.data("issues")[issue]["law"]
    return [(row["row"], row["quote"]) for row in rows if row["row"].startswith("civil_")][:1]


def _text(
    look: Look, move: str, key: str, cited: list[tuple[Article, str]], language: Language
) -> str:
    if key == "demand":
        return demand(look, move, language)
    law = text("replies.law_join", language).join(
        text("replies.law", language, short=one.short, article=one.article, quote=quote)
        for one, quote in cited
    )
    shared = key in {"ground", "ground_seller", "demand_platform"}
    name = f"replies.{key}" if shared else f"replies.text.{move}.{key}"
    return text(name, language, law=law, **look.values(language))


def _remarks(look: Look, move: str) -> Iterator[str]:
    """Yield the codes of what the user should know about this reply."""
    if not look.consumer:
        yield "resale" if look.answers.get("resale") is True else "resale_unknown"
    if move == "window_closed" and not look.meets(["in_time"]):
        yield "limitation"
    if move == "own_arbitration" and look.answers.get("arbitration_clause") is True:
        yield "clause"
    if move == "user_error" and look.meets(["!checked", "!own_mistake"]):
        yield "unchecked"
