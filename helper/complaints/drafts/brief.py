"""The short form for a chat or a form with few characters: the same facts, fewer words."""

from __future__ import annotations

from helper.complaints.drafts.telling import fact, mark, proven, sound
from helper.complaints.figures import Figures
from helper.complaints.wording import clean, exhibits, moment, quoted, shorten
from helper.model import Sentence
from scrapers import promise

_GOODS = 24
_PROMISE = 20
_TIMES = {"paid": "payment.paid_at", "created": "created_at"}


def core(issue: str, seen: Figures, drop: frozenset[str], *, stated: bool) -> Sentence:
    """State order number, time, goods, amount, promise, state and what is wrong, shortly.

    `drop` names what it does without, for want of room.
    """
    words, order, used = seen.words["brief"], seen.order, ["status_text"]
    paid, created = order.payment.paid_at, order.created_at
    goods = quoted(seen.items[0].title, _GOODS) if seen.items and "goods" not in drop else ""
    named = f"“{goods}”" if goods else seen.words["opening"]["unknown_goods"]
    known = [(at, form) for at, form in ((paid, "paid"), (created, "created")) if sound(at, seen)]
    at, form = known[0] if known else (None, "undated")
    told_at = moment(at) + mark(seen, _TIMES[form]) if at else ""
    number = shorten(clean(order.order_no), 64)
    told = _promise(seen) if issue == "not_delivered" and "promise" not in drop else ""
    status = quoted(order.status_text, 20)
    values = {
        "number": words["number"].format(order_no=number + mark(seen, "order_no"))
        if number
        else "",
        "bought": words[form].format(goods=named, paid_at=told_at, created_at=told_at),
        "amount": words["amount"].format(amount=seen.amount + mark(seen, "amount"))
        if seen.amount
        else "",
        "promise": told,
        "turn": words["turn"].format(seen_at=moment(seen.seen_at)),
        "shown": words["shown"].format(status=status) if status else words["unshown"],
        "fact": fact(issue, seen),
        "mark": proven(issue, seen, stated=stated),
    }
    if "bought" in drop:
        values |= {"bought": "", "amount": values["amount"].removeprefix("，")}
    used += ["order_no"] * bool(number) + ["amount"] * bool(seen.amount)
    numbers = seen.cite(used)[:1]
    text = words["core"].format(cite=f"（{exhibits(numbers)}）", **values)
    cites = tuple(dict.fromkeys([*numbers, *seen.proof(issue)]))
    return Sentence(text=text, exhibits=cites, key="brief", stated=stated)


def _promise(seen: Figures) -> str:
    """Return the latest moment that the page names, else its words where they are short enough."""
    words, delivery = seen.words["brief"], seen.order.delivery
    at = promise.latest(delivery.promised or "")
    if at is not None and not _unseen(seen, "delivery.promised"):
        return str(words["latest"].format(at=moment(at)))
    said = quoted(delivery.promised_text, 2 * _PROMISE)
    if not said or len(said) > _PROMISE or _unseen(seen, "delivery.promised_text"):
        return ""
    return str(words["promise"].format(promise=said))


def _unseen(seen: Figures, path: str) -> bool:
    return seen.by_user(path) or seen.is_hidden(path)
