"""The short form for a chat or a form with few characters: the same facts, fewer words."""

from __future__ import annotations

from helper.complaints.drafts.telling import fact, proven
from helper.complaints.figures import Figures
from helper.complaints.wording import clean, exhibits, moment, quoted, shorten
from helper.model import Sentence
from scrapers import promise

_GOODS = 24
_PROMISE = 20


def core(issue: str, seen: Figures, drop: frozenset[str], *, stated: bool) -> Sentence:
    """State order number, time, goods, amount, promise, state and what is wrong, shortly.

    `drop` names what it does without, for want of room.
    """
    words, order, used = seen.words["brief"], seen.order, ["status_text"]
    paid, created = order.payment.paid_at, order.created_at
    goods = quoted(seen.items[0].title, _GOODS) if seen.items and "goods" not in drop else ""
    named = f"“{goods}”" if goods else seen.words["opening"]["unknown_goods"]
    at, form = (paid, "paid") if paid else (created, "created")
    bought = words[form if at else "undated"]
    number = shorten(clean(order.order_no), 64)
    told = _promise(seen) if issue == "not_delivered" and "promise" not in drop else ""
    status = quoted(order.status_text, 20)
    values = {
        "number": words["number"].format(order_no=number) if number else "",
        "bought": bought.format(
            goods=named, paid_at=moment(at) if at else "", created_at=moment(at) if at else ""
        ),
        "amount": words["amount"].format(amount=seen.amount) if seen.amount else "",
        "promise": told,
        "turn": words["turn"].format(seen_at=moment(seen.seen_at)),
        "shown": words["shown"].format(status=status) if status else words["unshown"],
        "fact": fact(issue, seen),
        "mark": proven(issue, seen, stated=stated),
    }
    used += ["order_no"] * bool(number) + ["amount"] * bool(seen.amount)
    numbers = seen.cite(used)[:1]
    text = words["core"].format(cite=f"（{exhibits(numbers)}）", **values)
    cites = tuple(dict.fromkeys([*numbers, *seen.proof(issue)]))
    return Sentence(text=text, exhibits=cites, key="brief", stated=stated)


def _promise(seen: Figures) -> str:
    """Return the latest moment that the page names, else its words where they are short enough."""
    words, delivery = seen.words["brief"], seen.order.delivery
    at = promise.latest(delivery.promised or "")
    if at is not None and not seen.is_hidden("delivery.promised"):
        return str(words["latest"].format(at=moment(at)))
    said = quoted(delivery.promised_text, 2 * _PROMISE)
    if not said or len(said) > _PROMISE or seen.is_hidden("delivery.promised_text"):
        return ""
    return str(words["promise"].format(promise=said))
