"""Keep within the characters that a channel takes: by leaving out what matters least, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from helper.complaints.documents import Document
from helper.model import Sentence

CHAT = 200
"""What a person still reads in a chat window."""
_MUST = ("brief", "demand")
_RANK = ("overdue", "overdue_latest", "tried", "said")
"""Of the short form: which fact is added first while there is room."""
SHORTER = (
    frozenset[str](),
    frozenset({"promise"}),
    frozenset({"promise", "goods"}),
    frozenset({"promise", "goods", "codes", "bought"}),
)
"""What the core of the short form does without, step by step."""


def fitted(
    of: Document, write: Callable[[frozenset[str]], Sequence[Sentence]], limit: int | None
) -> tuple[Sentence, ...]:
    """Return the sentences that fit; the shortest form where nothing does (the lint tells).

    `write` gives all sentences, the core without what is named.
    """
    if of.limit is None or limit is None:
        return tuple(write(SHORTER[0]))
    chosen: list[Sentence] = []
    for without in SHORTER:
        whole = list(write(without))
        chosen = [one for one in whole if _name(one) in _MUST]
        if _length(chosen) <= limit:
            taken = {one.key for one in (*chosen, *_added(whole, chosen, limit))}
            return tuple(one for one in whole if one.key in taken)
    return tuple(chosen)


def _added(whole: Sequence[Sentence], chosen: Sequence[Sentence], limit: int) -> Iterator[Sentence]:
    room = limit - _length(chosen)
    for one in sorted((s for s in whole if _name(s) in _RANK), key=lambda s: _RANK.index(_name(s))):
        if len(one.text) <= room:
            room -= len(one.text)
            yield one


def _length(sentences: Sequence[Sentence]) -> int:
    return sum(len(one.text) for one in sentences)


def _name(sentence: Sentence) -> str:
    return sentence.key.split(".")[1]
