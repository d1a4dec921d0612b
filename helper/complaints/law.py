"""Articles that a draft may cite: only rows read in a stored copy and in force."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from helper.complaints import packaged
from helper.messages import Language, text
from helper.model import LawRef, Sentence
from scrapers.record import Frozen


class Article(Frozen):
    """One article: full and short name of the law, its number, text and first day in force."""

    key: str
    law: str
    short: str
    article: str
    effective: str
    consumer_only: bool
    """True where the rule speaks of consumers; it falls away for a buyer who resells."""
    source: str
    text: str

    def ref(self) -> LawRef:
        """Return the reference that a draft carries."""
        return LawRef(law=self.law, article=self.article, effective=self.effective)

    def said(self, language: Language) -> str:
        """Return law and article by their official name, for other readers in English before."""
        official = f"《{self.short}》{self.article}"
        if language == "zh_CN":
            return official
        group, _, number = self.key.rpartition("_")
        return f"{text(f'law.name.{group}', language, number=number)} {official}"


@cache
def articles() -> tuple[Article, ...]:
    """Return all articles that may be cited."""
    return tuple(one for key in packaged.data("law") if (one := article(key)) is not None)


def article(key: str) -> Article | None:
    """Return an article, None unless it is verified and in force."""
    row: dict[str, Any] | None = packaged.data("law").get(key)
    if row is None or row["verified"] is not True or row["status"] != "in_force":
        return None
    kept = {name: value for name, value in row.items() if name in Article.model_fields}
    return Article(key=key, **kept)


def cited(rows: Iterable[Article], language: Language) -> str:
    """Return articles one after the other, as a sentence for the user names them."""
    return text("proof.and", language).join(row.said(language) for row in rows)


def told(ref: LawRef, language: Language) -> str:
    """Return what a draft names as a user reads it; as it stands there where it holds no more."""
    row = next((one for one in articles() if one.ref() == ref), None)
    return row.said(language) if row else f"《{ref.law}》{ref.article}"


def named(sentences: Iterable[Sentence]) -> tuple[LawRef, ...]:
    """Return the articles that sentences name."""
    whole = "\n".join(sentence.text for sentence in sentences)
    return tuple(one.ref() for one in articles() if f"《{one.short}》{one.article}" in whole)
