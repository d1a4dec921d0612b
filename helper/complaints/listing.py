"""证据列举: each exhibit with what it shows."""

from __future__ import annotations

from helper.complaints import packaged
from helper.complaints.figures import Figures
from helper.complaints.wording import exhibits
from helper.model import Sentence


def evidence(seen: Figures) -> list[Sentence]:
    """Return one sentence per exhibit, then one on the originals."""
    words = packaged.template("merchant_platform")["evidence"]
    shown, agreed = _names(seen, None), _names(seen, seen.agreed)
    sentences = []
    for exhibit in seen.exhibits:
        number = exhibit.number
        form = "plain"
        cited: tuple[int, ...] = (number,)
        if number == seen.main[0] and shown:
            form = "shows"
        elif number in seen.again[1:]:
            form, cited = "same_visit", (number, seen.again[0])
        elif number in seen.again and agreed:
            form, cited = "agrees", (number, seen.main[0])
        text = words[form].format(
            label=exhibit.label,
            shown=agreed if form == "agrees" else shown,
            main=exhibits(seen.main[:1]),
            first=exhibits(seen.again[:1]),
        )
        sentences.append(Sentence(text=text, exhibits=cited))
    everything = tuple(exhibit.number for exhibit in seen.exhibits)
    originals = words["originals"].format(exhibits=exhibits(everything))
    return [*sentences, Sentence(text=originals, exhibits=everything)]


def _names(seen: Figures, only: frozenset[str] | None) -> str:
    order = seen.order
    values = {
        "order_no": order.order_no,
        "items.0.title": seen.items,
        "amount": seen.amount,
        "created_at": order.created_at,
        "payment.paid_at": order.payment.paid_at,
        "status_text": order.status_text,
        "delivery.promised_text": order.delivery.promised_text,
        "payment.trade_no": order.payment.trade_no,
        "refunded": seen.refunded,
        "failure_reason": order.failure_reason,
    }
    names = packaged.template("merchant_platform")["shown"]
    listed = [
        names[path]
        for path, value in values.items()
        if value and not seen.by_user(path) and (only is None or path in only)
    ]
    return "、".join(listed[:-1]) + ("和" if len(listed) > 1 else "") + "".join(listed[-1:])
