"""Which articles a document cites for an issue, each with its exact words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helper.complaints import packaged
from helper.complaints.dispute.deciding import bulk
from helper.complaints.documents import Document
from helper.complaints.figures import Figures
from helper.complaints.law import Article, article

_CLAIMED = {
    "penalty": "civil_585",
    "loss": "civil_584",
    "interest": "civil_584",
    "tripled": "consumer_55",
}
_THIRD_PARTY = re.compile(r"上游|供货|货源|通道|供应商|渠道|第三方|厂家|官方维护")


@dataclass(frozen=True)
class Cited:
    """An article with the words of it that are quoted."""

    article: Article
    quote: str


def is_consumer(seen: Figures, resale: Any) -> bool:
    """Tell whether consumer law may be cited: in bulk only after the buyer denied to resell.

    `resale`: True, False, None where not answered.
    """
    return resale is False or (resale is not True and bulk(seen.order) is None)


def cited(
    of: Document,
    issue: str,
    seen: Figures,
    resale: Any,
    *,
    now: datetime,
    ends: bool = False,
    claimed: Sequence[str] = (),
    marketplace: bool = False,
) -> list[Cited]:
    """Return the articles for a document; `ends`: it ends the contract if nothing is done.

    `claimed` are the sums that it asks for beside the money paid; `marketplace`: others sell on
    the site.
    """
    consumer = is_consumer(seen, resale)
    rows = [] if of.only_law else list(_of_issue(issue, seen))
    quotes: dict[str, str] = packaged.data("quotes")
    further = [*of.law, *of.by_issue.get(issue, ()), *(_CLAIMED[key] for key in claimed)]
    further += of.marketplace_law if marketplace else ()
    further += of.rescission.get(issue, ()) if ends else ()
    rows += [(key, quotes[key]) for key in further]
    found = []
    for key, quote in dict(rows).items():
        one = article(key.partition(":")[0])
        in_force = one is not None and one.effective <= f"{now:%Y-%m-%d}"
        if key in of.without:
            continue
        if one is not None and in_force and (consumer or not one.consumer_only):
            found.append(Cited(one, quote))
    return found


def _of_issue(issue: str, seen: Figures) -> Iterator[tuple[str, str]]:
    reason = f"{seen.order.failure_reason or ''}{seen.order.delivery.message or ''}"
    for row in packaged.data("issues")[issue]["law"]:
        if row.get("when") != "third_party" or _THIRD_PARTY.search(reason):
            yield row["row"], row["quote"]
