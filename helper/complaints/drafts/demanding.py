"""What is asked for: one executable demand with a time limit, the records, the articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from helper.complaints.dispute.issues import DEMAND_KINDS
from helper.complaints.documents import To
from helper.complaints.drafts.legal import Cited
from helper.complaints.figures import Figures
from helper.complaints.wording import clean, exhibits, shorten
from helper.model import Sentence

_OWN_LIMIT = 200


def demanded(
    to: To, issue: str, demand: str, seen: Figures, *, term: str, rest: str | None
) -> Sentence:
    """Write the demand for who is asked: a key of the issue's demands or the user's own words.

    `term` is the last moment, where a letter sets one; `rest` what is still owed of the money paid
    where the user told of a part that came back.
    """
    words = seen.words
    numbers = seen.cite(["amount"] if seen.amount else [])
    numbers = numbers[:1] if to.startswith("brief") else numbers
    values = {
        "cite": f"（{exhibits(numbers)}）",
        "sum": _rest(seen, rest) if rest else _sum(issue, seen),
        "back": _back(seen),
        "term": term,
        "per_order": words["per_order"].format(amount=_amount(seen)) if seen.amount else "",
    }
    if demand not in DEMAND_KINDS:
        own = shorten(clean(demand), _OWN_LIMIT).rstrip("。.!！")
        text = words["demands"]["own"].format(demand=own, cite=values["cite"])
    else:
        values["supply"], values["short"] = supply(issue, seen)
        text = (words["frames"].get(to) or words["demands"])[demand].format(**values)
    return Sentence(text=text, exhibits=numbers, key="demand")


def records(issue: str, demand: str, seen: Figures) -> Sentence:
    """Ask for the records with a written answer."""
    told, main = seen.words["demands"], seen.main[:1]
    form = "records_too" if demand == "answer" else "records"
    text = told[form].format(records=records_of(issue, seen), cite=f"（{exhibits(main)}）")
    return Sentence(text=text, exhibits=main, key="records")


def records_of(issue: str, seen: Figures) -> str:
    """Return which records show how the order was handled."""
    return str(_pick(seen.words["records"][issue], _kind(seen)))


def grounds(seen: Figures, cited: Sequence[Cited]) -> Sentence:
    """Name the articles that the demand rests on, in one sentence."""
    words, main = seen.words, seen.main[:1]
    law = "；".join(
        words["law"].format(short=one.article.short, article=one.article.article, quote=one.quote)
        for one in cited
    )
    text = words["demands"]["law"].format(exhibits=exhibits(main), law=law)
    return Sentence(text=text, exhibits=main, key="law")


def supply(issue: str, seen: Figures) -> tuple[str, str]:
    """Return what is to be supplied, and the one verb for it: 补发, 完成充值, 交付, 更换, 履行."""
    words = seen.words["supply"]
    partial = seen.order.status == "partially_delivered"
    what, verb = _pick(words.get(issue, words["other"]), "partial" if partial else _kind(seen))
    return what, verb


def _amount(seen: Figures) -> str:
    mark = seen.words["user"] if seen.unproven("amount") else ""
    return f"{seen.amount}{mark}"


def _rest(seen: Figures, rest: str) -> str:
    return str(seen.words["sum"]["rest_known"].format(amount=_amount(seen), rest=rest))


def _sum(issue: str, seen: Figures) -> str:
    words = seen.words["sum"]
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
    words = seen.words["back"]
    key = "sum" if seen.refunded else "order" if seen.amount else "unknown"
    return str(words[key].format(refunded=seen.refunded, amount=_amount(seen)))


def _kind(seen: Figures) -> str:
    return seen.order.delivery.kind


def _pick(words: dict[str, Any], key: str) -> Any:
    return words.get(key, words["unknown"])
