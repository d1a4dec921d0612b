"""What a document is made of: its parts in order, each with the sentences that stand in it.

The documents are data (`templates/documents.json`, one per `channel.document`); a part names its
sentences, which are either written by a function of `writing` or a line of the document's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from pydantic import Field

from helper.complaints import packaged
from helper.errors import InvalidError
from helper.model import Sentence
from scrapers.record import Frozen

Cite = Literal["main", "amount", "payment", "party", "before", "none"]
To = Literal[
    "seller", "letter", "brief", "brief_payment", "authority", "payment", "court", "arbitration",
    "keep", "inquiry",
]  # fmt: skip
_ORDINALS = "一二三四五六七八九十"


class Line(Frozen):
    """A sentence of a document's own. `needs` are values without which it is left out."""

    text: str
    cite: Cite = "main"
    stated: bool = False
    needs: tuple[str, ...] = ()
    otherwise: str | None = None


class Part(Frozen):
    """A part of a document: its heading, how its lines are set, what stands in it."""

    key: str
    heading: str
    style: Literal["lines", "numbered", "arabic", "one"]
    sentences: tuple[str, ...] = Field(alias="from")


class Document(Frozen):
    """A document for a channel.

    `to` is who is asked, and so how; `writer` how the user calls himself. Of law, `law` are further
    articles (`only_law` the only ones), `by_issue` those of an issue, `marketplace_law` those of a
    site where others sell, `rescission` those of a letter that ends the contract; `without` are
    left out. `order`: one must have been read.
    """

    channel: str
    key: str
    formal: bool
    to: To
    title: str = "{subject}"
    public: bool = False
    limit: Literal["chat", "channel"] | None = None
    order: bool = True
    writer: str | None = None
    only_law: bool = False
    law: tuple[str, ...] = ()
    by_issue: dict[str, tuple[str, ...]] = {}
    marketplace_law: tuple[str, ...] = ()
    rescission: dict[str, tuple[str, ...]] = {}
    without: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    parts: tuple[Part, ...]
    lines: dict[str, Line] = {}

    @property
    def asks(self) -> bool:
        """Tell whether somebody is asked to do something for the user within a time."""
        return self.to not in {"keep", "inquiry"}


@cache
def documents() -> tuple[Document, ...]:
    """Return all documents, the first of a channel first."""
    rows: dict[str, dict[str, object]] = packaged.template("documents")
    named = {tuple(name.split(".")): row for name, row in rows.items()}
    return tuple(
        Document.model_validate({"channel": channel, "key": key, **row})
        for (channel, key), row in named.items()
    )


def document(channel: str, key: str | None = None) -> Document:
    """Return a document of a channel, its first one by default; raises InvalidError."""
    own = [one for one in documents() if one.channel == channel]
    if not own:
        names = "、".join(dict.fromkeys(one.channel for one in documents()))
        raise InvalidError(reason="channel", what=channel, known=names)
    found = next((one for one in own if key in {None, one.key}), None)
    if found is None:
        names = "、".join(one.key for one in own)
        raise InvalidError(reason="document", what=key, known=names)
    return found


def laid_out(of: Document, sentences: tuple[Sentence, ...]) -> str:
    """Return the text of a document from its sentences, part by part."""
    blocks = []
    for part in of.parts:
        own = [one.text for one in sentences if one.key.partition(".")[0] == part.key]
        if own:
            blocks.append("\n".join([*filter(None, [part.heading]), *_set(part, own)]))
    return "\n\n".join(blocks)


def boxes(sentences: Sequence[Sentence]) -> dict[str, str]:
    """Return what the boxes of a form get of the sentences, by `scrapers.contract.DRAFT_FIELDS`."""

    def told(*parts: str) -> str:
        return "\n".join(s.text for s in sentences if s.key.partition(".")[0] in parts)

    return {
        "description": told("problem", "course", "short"),
        "evidence": told("evidence"),
        "demand": next((s.text for s in sentences if s.key.endswith("demand")), ""),
    }


def _set(part: Part, own: list[str]) -> list[str]:
    if part.style == "one":
        return ["".join(own)]
    if part.style == "numbered":
        return [f"（{_ordinal(number)}）{text}" for number, text in enumerate(own)]
    if part.style == "arabic":
        return [f"{number}. {text}" for number, text in enumerate(own, 1)]
    return own


def _ordinal(number: int) -> str:
    tens, ones = divmod(number + 1, 10)
    ten = ("" if tens < 2 else _ORDINALS[tens - 1]) + "十" if tens else ""
    return ten + (_ORDINALS[ones - 1] if ones else "")
