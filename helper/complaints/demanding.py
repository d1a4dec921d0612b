"""What is asked for: one executable demand with a time limit, the records, the articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from helper.complaints import packaged
from helper.complaints.figures import Figures
from helper.complaints.issues import DEMAND_KINDS
from helper.complaints.law import Article, article
from helper.complaints.wording import clean, exhibits, shorten
from helper.model import Sentence

_OWN_LIMIT = 200
_SOLD_IN_BULK = 10
"""From this quantity on resale is likely: consumer law is cited only after the buyer denied it."""
_THIRD_PARTY = re.compile(r"上游|供货|货源|通道|供应商|渠道|第三方|厂家|官方维护")


@dataclass(frozen=True)
class Wish:
    """The sentences of 诉求, the demand first, and the articles that they cite."""

    sentences: tuple[Sentence, ...]
    articles: tuple[Article, ...]


def wishes(issue: str, demand: str, seen: Figures, *, resale: Any = None) -> Wish:
    """Write the demand, the request for the records and the law. `resale`: True, False, None."""
    words = packaged.template("merchant_platform")
    cited = _articles(issue, seen, resale)
    numbers = seen.cite(["amount"] if seen.amount else [])
    main = seen.main[:1]
    records = _pick(words["records"][issue], _kind(seen))
    law = "；".join(
        words["law"].format(short=one.short, article=one.article, quote=quote)
        for one, quote in cited
    )
    told, form = words["demands"], "records_too" if demand == "answer" else "records"
    return Wish(
        sentences=(
            Sentence(text=_demand(issue, demand, seen, numbers), exhibits=numbers),
            Sentence(
                text=told[form].format(records=records, cite=f"（{exhibits(main)}）"),
                exhibits=main,
            ),
            Sentence(text=told["law"].format(exhibits=exhibits(main), law=law), exhibits=main),
        ),
        articles=tuple(one for one, _ in cited),
    )


def _demand(issue: str, demand: str, seen: Figures, numbers: tuple[int, ...]) -> str:
    words = packaged.template("merchant_platform")
    values = {
        "cite": f"（{exhibits(numbers)}）",
        "sum": _sum(issue, seen),
        "back": _back(seen),
        "per_order": words["per_order"].format(amount=_amount(seen)) if seen.amount else "",
    }
    if demand not in DEMAND_KINDS:
        own = shorten(clean(demand), _OWN_LIMIT).rstrip("。.!！")
        return str(words["demands"]["own"].format(demand=own, cite=values["cite"]))
    values["supply"], values["short"] = supply(issue, seen)
    return str(words["demands"][demand].format(**values))


def supply(issue: str, seen: Figures) -> tuple[str, str]:
    """Return what is to be supplied, and the one verb for it: 补发, 完成充值, 交付, 更换, 履行."""
    words = packaged.template("merchant_platform")["supply"]
    partial = seen.order.status == "partially_delivered"
    what, verb = _pick(words.get(issue, words["other"]), "partial" if partial else _kind(seen))
    return what, verb


def _amount(seen: Figures) -> str:
    mark = packaged.template("merchant_platform")["user"] if seen.unproven("amount") else ""
    return f"{seen.amount}{mark}"


def _sum(issue: str, seen: Figures) -> str:
    words = packaged.template("merchant_platform")["sum"]
    if seen.partly_refunded:
        key = "rest" if seen.amount else "rest_unknown"
    elif issue == "not_delivered" and seen.order.status == "partially_delivered":
        key = "undelivered"
    elif issue == "dead_code" and len(seen.secrets) > 1:
        key = "codes"
    else:
        key = "full" if seen.amount else "unknown"
    return str(words[key].format(amount=_amount(seen)))


def _back(seen: Figures) -> str:
    words = packaged.template("merchant_platform")["back"]
    key = "sum" if seen.refunded else "order" if seen.amount else "unknown"
    return str(words[key].format(refunded=seen.refunded, amount=_amount(seen)))


def _articles(issue: str, seen: Figures, resale: Any) -> list[tuple[Article, str]]:
    bulk = any((item.quantity or 0) >= _SOLD_IN_BULK for item in seen.order.items)
    consumer = resale is False or (resale is not True and not bulk)
    reason = f"{seen.order.failure_reason or ''}{seen.order.delivery.message or ''}"
    found = []
    for row in packaged.data("issues")[issue]["law"]:
        fits = row.get("when") != "third_party" or _THIRD_PARTY.search(reason)
        one = article(row["row"])
        if one is not None and fits and (consumer or not one.consumer_only):
            found.append((one, row["quote"]))
    return found


def _kind(seen: Figures) -> str:
    return seen.order.delivery.kind


def _pick(words: dict[str, Any], key: str) -> Any:
    return words.get(key, words["unknown"])
