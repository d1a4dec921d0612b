"""What the labels of order pages mean (`data/labels.json`); a field's best label comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from scrapers.text import cjk_count, compact, fold, simplified
from scrapers.words import vocabulary

_WORDS = vocabulary("labels")
COLON = re.compile(r"[:：﹕︰]")
_LEADING = re.compile(r"\s*(\S{3,10})\s+(?=\S)")
_REMARK = re.compile(r"(?<=\S)\s*[(\[][^()\[\]]{1,8}[)\]](?=\s*:?\s*$)")
_TRAILING = re.compile(r"[，,；;。]\s*([^，,；;。\s]{3,8})\s*$")
_TIMES = frozenset({"created_at", "paid_at", "delivered_at"})
_WORD_EDGE = re.compile(r"[\s,，;；|、。]")
BOXES = frozenset(
    {"secrets", "order_info", "result", "failure_reason", "promise", "seller_contact"}
)


@dataclass(frozen=True)
class Meaning:
    """The field a label names; a lower `rank` is a better label for it."""

    field: str
    rank: int


_MEANINGS: dict[str, Meaning] = {
    word: Meaning(field, rank) for field, words in _WORDS.items() for rank, word in enumerate(words)
}
_EDGES = " :*·•●▪◆◇■□▶►-|【】[]()<>「」#"


@lru_cache(4096)
def label_key(text: str) -> str:
    """Return the form of a label by which labels are compared."""
    return simplified(compact(text)).strip(_EDGES)


def meaning(text: str) -> Meaning | None:
    """Return what the label `text` (with or without colon) means; None if it is not listed."""
    if len(text) > 48:
        return None
    key = label_key(text)
    known = _MEANINGS.get(key) or _MEANINGS.get(label_key(_REMARK.sub("", fold(text))))
    return known or (_MEANINGS.get("id") if key == "" and "#" in text else None)


@dataclass(frozen=True)
class LabelInText:
    """A label inside a token: where its value starts and ends in the token's text."""

    text: str
    meaning: Meaning | None
    start: int
    value_start: int


def split_labels(text: str) -> list[LabelInText]:
    """Find the labels with a colon inside one text."""
    labels: list[LabelInText] = []
    previous = 0
    for colon in list(COLON.finditer(text))[:200]:
        label = _label_before(text, previous, colon.start(), colon.end())
        if label is not None:
            labels.append(label)
            previous = colon.end()
    return labels


def leading_label(text: str) -> list[LabelInText]:
    """Find a known label at the start of a text that a blank parts from its value."""
    match = _LEADING.match(text) if len(text) <= 120 else None
    known = meaning(match[1]) if match else None
    if match is None or known is None or len(label_key(match[1])) < 3:
        return []
    rest = text[match.end() :]
    following = _LEADING.match(rest)
    if meaning(rest) or (following and meaning(following[1])):
        return []
    return [LabelInText(match[1], known, 0, match.end())]


def trailing_label(text: str) -> list[LabelInText]:
    """Find a time's label at the end of a sentence (已发放1张，发货时间); its value follows."""
    match = _TRAILING.search(text) if len(text) <= 120 else None
    known = meaning(match[1]) if match else None
    if match is None or known is None or known.field not in _TIMES:
        return []
    return [LabelInText(match[1], known, match.start(1), len(text))]


def _label_before(text: str, previous: int, end: int, value_start: int) -> LabelInText | None:
    end = len(text[:end].rstrip())  # a template may set the colon on a line far below
    low = max(previous, end - 24)
    segment = text[low:end]
    edges = [low] + [low + edge.end() for edge in _WORD_EDGE.finditer(segment)]
    for start in edges:  # the longest known label wins
        known = meaning(text[start:end])
        if known is not None and text[start:end].strip():
            return LabelInText(text[start:end].strip(), known, start, value_start)
    words = text[edges[-1] : end]
    word = words or text[edges[-2] : end].strip() if len(edges) > 1 else words
    plain = fold(word)
    if 2 <= len(plain) <= 10 and cjk_count(plain) == len(plain):
        return LabelInText(word.strip(), None, text.rfind(word, low, end), value_start)
    return None
