"""Keep within the characters that a channel takes: by leaving out what matters least, whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from helper.complaints.documents import Document, laid_out
from helper.complaints.ladder.channels import limits
from helper.model import Sentence

CHAT = 200
"""What a person still reads in a chat window."""
_FIRST = (
    "demand", "core", "brief", "respondent", "who", "defendant", "where", "illegal", "spam",
    "overdue", "overdue_latest", "rule", "tried", "said", "answer", "pledge", "reply", "contact",
    "filing", "product_promise", "product_says", "clause", "failure", "refunded", "message",
    "delivered", "account", "seller",
)  # fmt: skip
_LAST = ("payment_both", "payment_method", "payment_trade", "evidence", "law", "articles")
"""Ranks of sentences by name, the most important first; the others stand between."""
_MUST = frozenset({"demand", "core", "brief", "leads"})
"""Names of sentences, or parts, that a text is nothing without."""
SHORTER = (
    frozenset[str](),
    frozenset({"goods"}),
    frozenset({"promise", "goods"}),
    frozenset({"promise", "goods", "bought"}),
)
"""What the core of the short form does without, step by step."""


def limit_of(of: Document, own: Mapping[str, int]) -> int | None:
    """Return how many characters the text may have; the user may know better (`own`)."""
    if of.limit == "chat":
        return CHAT
    found = limits(of.channel, own).get("text")
    if found is None or (of.limit is None and found.sure != "own"):
        return None
    return found.aim or found.max


def fitted(
    of: Document, write: Callable[[frozenset[str]], Sequence[Sentence]], limit: int | None
) -> tuple[Sentence, ...]:
    """Return the sentences that fit; of what is needed, the shortest form where nothing does.

    `write` gives all sentences, the core of a short form without what is named.
    """
    whole = tuple(write(SHORTER[0]))
    if limit is None or len(laid_out(of, whole)) <= limit:
        return whole
    needed: tuple[Sentence, ...] = ()
    for without in SHORTER if of.limit else SHORTER[:1]:
        whole = tuple(write(without))
        needed = tuple(one for one in whole if _MUST.intersection(one.key.split(".")[:2]))
        if len(laid_out(of, needed)) <= limit:
            return _filled(of, whole, needed, limit)
    return needed


def _filled(
    of: Document, whole: Sequence[Sentence], needed: Sequence[Sentence], limit: int
) -> tuple[Sentence, ...]:
    """Add to what is needed what matters most of the rest, as long as it fits."""
    taken = {one.key for one in needed}
    for one in sorted((one for one in whole if one.key not in taken), key=_rank):
        more = tuple(other for other in whole if other.key in taken or other.key == one.key)
        if len(laid_out(of, more)) <= limit:
            taken.add(one.key)
    return tuple(one for one in whole if one.key in taken)


def _rank(sentence: Sentence) -> int:
    part, name = sentence.key.split(".")[:2]
    if name in _FIRST:
        return _FIRST.index(name)
    if part in _LAST or name in _LAST:
        return len(_FIRST) + 1 + _LAST.index(part if part in _LAST else name)
    return len(_FIRST)


def _name(sentence: Sentence) -> str:
    return sentence.key.split(".")[1]
