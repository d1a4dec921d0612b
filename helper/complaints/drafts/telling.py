"""What the order page tells: the core contradiction first, then the rest, all of it cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeGuard

from helper.complaints.due.deadlines import promised_by
from helper.complaints.figures import Figures
from helper.complaints.wording import clean, exhibits, moment, money, quoted, shorten
from helper.model import Sentence
from scrapers import promise
from scrapers.record import Item

_FINAL = frozenset({"delivered", "completed", "failed", "refunded", "cancelled", "expired"})
_PROMISE_MATTERS = frozenset({"not_delivered", "not_as_described", "dead_code", "failed_no_refund"})
_NO_CONTRAST = frozenset({"dead_code", "not_as_described", "duplicate_charge", "other"})
_CODES_NAMED = 5
_LONG = 64
_CLOCKS_APART = timedelta(minutes=10)


def _sentence(seen: Figures, form: str, numbers: tuple[int, ...], **values: str) -> Sentence:
    text = seen.words["sentences"][form].format(cite=f"（{exhibits(numbers)}）", **values)
    return Sentence(text=text, exhibits=numbers, key=form)


def mark(seen: Figures, path: str) -> str:
    """Return the mark of a value that only the user's word stands for, else nothing."""
    return str(seen.words["user"]) if seen.unproven(path) else ""


def core(issue: str, seen: Figures, *, stated: bool) -> Sentence:
    """State order number, time, goods, amount, promise, what the page shows, what is wrong.

    The exhibits stand after what they show; behind the complaint itself only its own proof does.
    `stated`: what is complained of stands on the user's word alone, and is marked so.
    """
    opening = seen.words["opening"]
    used: list[str] = []
    head = "".join(
        [
            *_number(seen, used),
            _bought(seen, used),
            *_amount(seen, used),
            *_promise(issue, seen, used),
        ]
    )
    turn = opening["turn_done" if issue in _NO_CONTRAST else "turn"]
    turn = turn.format(seen_at=moment(seen.seen_at))
    shown = "，".join([*_state(seen, used), *_also(issue, seen, used)])
    numbers, proof = seen.cite(used), seen.proof(issue)
    cited = f"（{exhibits(numbers)}）"
    page = f"{head}{turn}{shown}{cited}，" if shown else f"{head}{cited}{turn}"
    text = f"{page}{fact(issue, seen)}{proven(issue, seen, stated=stated)}。"
    cites = tuple(dict.fromkeys([*numbers, *proof]))
    return Sentence(text=text, exhibits=cites, key="core", stated=stated)


def proven(issue: str, seen: Figures, *, stated: bool) -> str:
    """Return the mark behind what is complained of: its own proof, else the user's word."""
    proof = seen.proof(issue)
    shown = issue == "duplicate_charge" and "several_payments" in seen.order.warnings
    said = str(seen.words["stated"]) if stated or not (proof or shown) else ""
    return said + (f"（{exhibits(proof)}）" if proof else "")


def _number(seen: Figures, used: list[str]) -> Iterator[str]:
    number = shorten(clean(seen.order.order_no), _LONG)
    if number:
        used.append("order_no")
        given = mark(seen, "order_no")
        yield seen.words["opening"]["order_no"].format(order_no=f"{number}{given}")


def _bought(seen: Figures, used: list[str]) -> str:
    opening, order = seen.words["opening"], seen.order
    shop = clean(order.platform.name) or clean(order.platform.host)
    goods = "、".join(_item(i, item, seen, used) for i, item in enumerate(order.items))
    values = {
        "shop": shorten(shop, _LONG) or opening["unknown_shop"],
        "goods": goods.strip("、") or opening["unknown_goods"],
    }
    if sound(order.payment.paid_at, seen):
        used.append("payment.paid_at")
        paid_at = moment(order.payment.paid_at) + mark(seen, "payment.paid_at")
        return str(opening["paid"].format(paid_at=paid_at, **values))
    if sound(order.created_at, seen):
        used.append("created_at")
        created_at = moment(order.created_at) + mark(seen, "created_at")
        return str(opening["created"].format(created_at=created_at, **values))
    return str(opening["undated"].format(**values))


def sound(at: datetime | None, seen: Figures) -> TypeGuard[datetime]:
    """Tell whether a time may be told as a fact: it does not lie behind the picture of the page."""
    return at is not None and at <= seen.seen_at + _CLOCKS_APART


def _item(index: int, item: Item, seen: Figures, used: list[str]) -> str:
    title = quoted(item.title)
    if not title:
        return ""
    used.append(f"items.{index}.title")
    text = f"“{title}”{mark(seen, f'items.{index}.title')}"
    if item.quantity is None or item.quantity < 1:
        return text
    used.append(f"items.{index}.quantity")
    return f"{text}（数量 {item.quantity}）{mark(seen, f'items.{index}.quantity')}"


def _amount(seen: Figures, used: list[str]) -> Iterator[str]:
    if seen.amount:
        used.append("amount")
        yield seen.words["opening"]["amount"].format(amount=seen.amount + mark(seen, "amount"))


def _promise(issue: str, seen: Figures, used: list[str]) -> Iterator[str]:
    """Quote the promise that a picture shows: the latest moment to deliver, else its words."""
    opening, delivery = seen.words["opening"], seen.order.delivery
    path = _promise_told(issue, seen)
    at = promise.latest(delivery.promised or "")
    if path == "delivery.promised" and at is not None:
        yield opening["latest"].format(at=moment(at))
    elif path is not None:
        words = quoted(delivery.promised_text)
        yield opening["promise_named" if "承诺" in words else "promise"].format(promise=words)
    used.extend([path] if path else [])


def _promise_told(issue: str, seen: Figures) -> str | None:
    """Return the field that the first sentence quotes as promise, None for none."""
    delivery = seen.order.delivery
    at = promise.latest(delivery.promised or "") if issue == "not_delivered" else None
    found = {"delivery.promised": at, "delivery.promised_text": quoted(delivery.promised_text)}
    usable = [
        path
        for path, value in found.items()
        if value and not seen.by_user(path) and not seen.is_hidden(path)
    ]
    return usable[0] if usable and issue in _PROMISE_MATTERS else None


def _state(seen: Figures, used: list[str]) -> Iterator[str]:
    """Quote the status as seen; a status that the page does not spell is named without quotes."""
    opening, order = seen.words["opening"], seen.order
    text = quoted(order.status_text, 30)
    if seen.by_user("status", "status_text"):
        return
    if text:
        used.append("status_text")
        yield opening["shows" if order.status in _FINAL else "still"].format(status=text)
    elif order.status != "unknown":
        used.append("status")
        yield opening["state"].format(status=seen.words["status"][order.status])


def _also(issue: str, seen: Figures, used: list[str]) -> Iterator[str]:
    """Name the codes or the refund that the page shows, where the complaint is about them."""
    opening = seen.words["opening"]
    if issue == "dead_code" and (codes := _codes(seen)):
        used.append("delivery.secrets")
        yield opening["codes"].format(codes=codes)
    if issue == "refund_missing" and seen.refunded and not seen.by_user("refunded"):
        used.append("refunded")
        yield opening["refunded"].format(refunded=seen.refunded)


def fact(issue: str, seen: Figures) -> str:
    """Say what is complained of; this is the user's word, chosen with the issue."""
    forms, order = seen.words["facts"][issue], seen.order
    special = {
        "not_delivered": ("partial", order.status == "partially_delivered"),
        "failed_no_refund": ("partial", seen.partly_refunded),
        "refund_missing": ("sum", seen.refunded and not seen.by_user("refunded")),
        "dead_code": ("one" if len(seen.secrets) == 1 else "many", _codes(seen)),
    }
    key, holds = special.get(issue, ("", False))
    return str(forms[key] if holds else forms.get(order.delivery.kind, forms["unknown"]))


def _codes(seen: Figures) -> str:
    masked = [shorten(clean(secret.masked), _LONG) for secret in seen.secrets]
    named = [code for code in masked if code][:_CODES_NAMED]
    rest = " 等" if named and len(seen.secrets) > len(named) else ""
    return "、".join(named) + rest


def rule(issue: str, seen: Figures) -> Iterator[Sentence]:
    """Quote the promise's words where the first sentence does not."""
    path = "delivery.promised_text"
    words = quoted(seen.order.delivery.promised_text)
    if words and issue in _PROMISE_MATTERS and not seen.by_user(path):
        if seen.is_hidden(path):
            yield _sentence(seen, "rule_hidden", seen.cite([path]), promise=words)
        elif _promise_told(issue, seen) != path:
            yield _sentence(seen, "rule", seen.cite([path]), promise=words)


def overdue(issue: str, seen: Figures) -> Iterator[Sentence]:
    """Say that the promised time was over when the page was kept."""
    by = promised_by(seen.order)
    if issue != "not_delivered" or by is None or by >= seen.seen_at:
        return
    if _promise_told(issue, seen) == "delivery.promised":
        yield _sentence(seen, "overdue_latest", seen.cite(["delivery.promised"]))
    elif not seen.by_user("delivery.promised_text", "delivery.promised"):
        fields = ["payment.paid_at", "delivery.promised_text"]
        yield _sentence(seen, "overdue", seen.cite(fields), by=moment(by))


def page_says(issue: str, seen: Figures) -> Iterator[Sentence]:
    """Tell what else of the order page matters for the issue."""
    order = seen.order
    message = order.delivery.message if issue in {"not_delivered", "failed_no_refund"} else None
    back = order.refunded if issue == "failed_no_refund" else None
    account = order.recharge_account if issue in {"not_delivered", "failed_no_refund"} else None
    delivered = order.delivered_at if issue in {"dead_code", "not_as_described"} else None
    told = {
        "seller": ("seller.name", quoted(order.seller.name, 40)),
        "account": ("recharge_account", shorten(clean(account), _LONG)),
        "delivered": ("delivered_at", moment(delivered) if delivered else ""),
        "failure": ("failure_reason", quoted(order.failure_reason)),
        "refunded": ("refunded", money(back, order.currency) if back and back > 0 else ""),
        "message": ("delivery.message", quoted(message)),
    }
    names = {"refunded": "refunded", "delivered": "delivered_at"}
    for form, (path, value) in told.items():
        if value and not seen.by_user(path):
            yield _sentence(seen, form, seen.cite([path]), **{names.get(form, form): value})


def payment(seen: Figures) -> Iterator[Sentence]:
    """Name method and number of the payment, as far as an exhibit shows them."""
    payment = seen.order.payment
    method = quoted(payment.method_text, 30) or seen.words["methods"].get(payment.method, "")
    trade_no = shorten(clean(payment.trade_no), _LONG)
    paths = {"method": "payment.method_text", "trade_no": "payment.trade_no"}
    values = {"method": method, "trade_no": trade_no}
    proven = {k: v for k, v in values.items() if v and not seen.unproven(paths[k])}
    form = {2: "payment_both", 1: f"payment_{'trade' if 'trade_no' in proven else 'method'}"}
    if proven:
        numbers = seen.cite(_paths(paths, proven))
        yield _sentence(seen, form[len(proven)], numbers, **proven)


def _paths(paths: dict[str, str], chosen: Iterable[str]) -> list[str]:
    return [paths[name] for name in chosen]


def said(facts: str, seen: Figures) -> Iterator[Sentence]:
    """Give the user's own words as such."""
    if facts:
        attached = tuple(e.number for e in seen.exhibits if e.role == "attachment")
        main = seen.main[:1]
        said = _sentence(
            seen,
            "said_with" if attached else "said",
            (*main, *attached),
            facts=facts.rstrip("。.!！"),
            order=exhibits(main),
            files=exhibits(attached),
        )
        yield said.model_copy(update={"key": "said", "stated": True})
