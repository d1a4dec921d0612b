"""证据列举: each exhibit with what it shows."""

from __future__ import annotations

from helper.complaints.figures import Figures
from helper.complaints.visible import QUOTED
from helper.complaints.wording import exhibits
from helper.model import Sentence
from scrapers.promise import latest


def evidence(seen: Figures) -> list[Sentence]:
    """Return one sentence per exhibit, then one on the originals."""
    words = seen.words["evidence"]
    pictured = frozenset(path for path in QUOTED if not seen.is_hidden(path))
    shown, agreed = _names(seen, pictured), _names(seen, pictured & seen.agreed)
    coded = _names(seen, frozenset(QUOTED) - pictured)
    sentences = []
    for exhibit in seen.exhibits:
        number = exhibit.number
        form = "plain"
        cited: tuple[int, ...] = (number,)
        if number in seen.files and coded:
            form = "coded"
        elif number == seen.main[0] and shown:
            form = "shows"
        elif number in seen.again[1:]:
            form, cited = "same_visit", (number, seen.again[0])
        elif exhibit.role == "attachment":
            form = "own"
        elif number in seen.again and agreed:
            form, cited = "agrees", (number, seen.main[0])
        text = words[form].format(
            label=exhibit.label,
            shown={"agrees": agreed, "coded": coded}.get(form, shown),
            main=exhibits(seen.main[:1]),
            first=exhibits(seen.again[:1]),
        )
        sentences.append(Sentence(text=text, exhibits=cited))
    everything = tuple(exhibit.number for exhibit in seen.exhibits)
    originals = words["originals"].format(exhibits=exhibits(everything))
    return [*sentences, Sentence(text=originals, exhibits=everything)]


def _names(seen: Figures, only: frozenset[str]) -> str:
    """Join the names of those of the `only` fields that the page gave."""
    order = seen.order
    values: dict[str, object] = {
        "order_no": order.order_no,
        "items.0.title": seen.items,
        "amount": seen.amount,
        "created_at": order.created_at,
        "payment.paid_at": order.payment.paid_at,
        "status_text": order.status_text,
        "delivery.promised": latest(order.delivery.promised or ""),
        "delivery.promised_text": order.delivery.promised_text,
        "payment.trade_no": order.payment.trade_no,
        "refunded": seen.refunded,
        "failure_reason": order.failure_reason,
    }
    names = seen.words["shown"]
    listed = [
        names[path] for path in QUOTED if path in only and values[path] and not seen.by_user(path)
    ]
    return "、".join(listed[:-1]) + ("和" if len(listed) > 1 else "") + "".join(listed[-1:])
