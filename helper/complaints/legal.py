"""Which articles a document cites for an issue, each with its exact words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helper.complaints import packaged
from helper.complaints.documents import Document
from helper.complaints.figures import Figures
from helper.complaints.law import Article, article

_SOLD_IN_BULK = 10
"""From this quantity on resale is likely: consumer law is cited only after the buyer denied it."""
_THIRD_PARTY = re.compile(r"上游|供货|货源|通道|供应商|渠道|第三方|厂家|官方维护")


@dataclass(frozen=True)
class Cited:
    """An article with the words of it that are quoted."""

    article: Article
    quote: str


def is_consumer(seen: Figures, resale: Any) -> bool:
    """Tell whether consumer law may be cited. `resale`: True, False, None where not answered."""
    bulk = any((item.quantity or 0) >= _SOLD_IN_BULK for item in seen.order.items)
    return resale is False or (resale is not True and not bulk)


def cited(
    of: Document, issue: str, seen: Figures, resale: Any, *, now: datetime, ends: bool = False
) -> list[Cited]:
    """Return the articles for a document; `ends`: it ends the contract if nothing is done."""
    consumer = is_consumer(seen, resale)
    rows = [] if of.only_law else list(_of_issue(issue, seen))
    quotes: dict[str, str] = packaged.data("quotes")
    further = (*of.law, *of.by_issue.get(issue, ()), *(of.rescission if ends else ()))
    rows += [(key, quotes[key]) for key in (*further, *of.court_law)]
    found = []
    for key, quote in dict(rows).items():
        one = article(key)
        in_force = one is not None and one.effective <= f"{now:%Y-%m-%d}"
        if one is not None and in_force and (consumer or not one.consumer_only):
            found.append(Cited(one, quote))
    return found


def _of_issue(issue: str, seen: Figures) -> Iterator[tuple[str, str]]:
    reason = f"{seen.order.failure_reason or ''}{seen.order.delivery.message or ''}"
    for row in packaged.data("issues")[issue]["law"]:
        if row.get("when") != "third_party" or _THIRD_PARTY.search(reason):
            yield row["row"], row["quote"]
