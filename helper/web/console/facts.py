"""The order of a case as facts: value, the words on the page behind it, the place on its picture.

Pure; the places are found by `plans`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from helper.complaints.wording import moment, money
from helper.messages import Language, field_label, named, text
from helper.model import CaptureView, CaseView
from scrapers.promise import span
from scrapers.record import OrderRecord

FIELDS: Final = (
    "order_no", "status", "items.0.title", "items.0.sku", "items.0.quantity", "amount", "discount",
    "refunded", "created_at", "payment.method", "payment.trade_no", "payment.paid_at",
    "delivered_at", "delivery.promised_text", "delivery.message", "failure_reason",
    "recharge_account", "seller.name", "seller.contact", "buyer_contact",
)  # fmt: skip
"""In the order in which a person reads them."""
ALWAYS: Final = frozenset(
    {"order_no", "status", "items.0.title", "amount", "created_at", "payment.paid_at",
     "payment.trade_no", "seller.name"}
)  # fmt: skip
"""Fields that a complaint needs: shown also where the page does not have them."""
_UNITS = (("days", 1440), ("hours", 60), ("minutes", 1))
_MONEY = frozenset({"amount", "discount", "refunded"})
_CODED = {
    "status": "console.status",
    "payment.method": "channels.method",
    "delivery.kind": "console.delivery",
}


@dataclass(frozen=True)
class Fact:
    """One field; `value` None: no page shows it.

    `by_user`: told by the user, `from_bill` by a bill that the user gave; `read` is what the page
    says, where it was corrected; `place` its frame on the picture.
    """

    path: str
    label: str
    value: str | None
    quote: str | None = None
    by_user: bool = False
    from_bill: bool = False
    read: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Frame:
    """A rectangle on the picture, in its own pixels."""

    place: str
    label: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Plan:
    """The picture of the page and the frames on it; width and height in its pixels."""

    capture_id: str
    name: str
    width: int
    height: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Card:
    """A capture in small: its picture, how its seals are stamped, what the second visit came to."""

    view: CaptureView
    picture: str | None
    stamped: bool
    pending: bool
    verdict: str | None


def facts(case: CaseView, plan: Plan | None, language: Language) -> tuple[Fact, ...]:
    """Return the fields that are known, and those that a complaint needs."""
    if case.order is None:
        return ()
    corrected = {one.field: one for one in case.corrections}
    places = {frame.place for frame in plan.frames} if plan else set()
    found = []
    for path in FIELDS:
        value = shown(case.order, path, language)
        if value is None and path not in ALWAYS:
            continue
        source = case.order.sources.get(path) or case.order.sources.get(path.rpartition(".")[0])
        mine = corrected.get(path)
        found.append(
            Fact(
                path=path,
                label=label(path, language),
                value=value,
                quote=source.text if source and mine is None else None,
                by_user=mine is not None,
                from_bill=mine is not None and mine.origin == "attachment",
                read=mine.read if mine else None,
                place=place_of(path) if place_of(path) in places else None,
            )
        )
    return tuple(found)


def label(path: str, language: Language) -> str:
    """Return the words for a field."""
    return field_label("status" if path == "status_text" else path, language)


def place_of(path: str) -> str:
    """Return the id of a field's frame."""
    return "place-" + path.replace(".", "-").replace("_", "-")


def shown(order: OrderRecord, path: str, language: Language) -> str | None:
    """Return a field as a person reads it, None where no page has it."""
    value: object = order
    for part in path.split("."):
        if isinstance(value, tuple | list):
            value = value[int(part)] if len(value) > int(part) else None
        else:
            value = getattr(value, part, None)
    if value in (None, "", "unknown"):
        return order.status_text if path == "status" else None
    if path in _MONEY and isinstance(value, Decimal):
        return money(value, order.currency, language)
    if path in _CODED:
        said = named(_CODED[path], str(value), language)
        own = order.status_text if path == "status" else order.payment.method_text
        return f"{said} ({own})" if own and own != said else said
    return moment(value) if isinstance(value, datetime) else str(value)


def in_words(path: str, value: str | None, language: Language) -> str | None:
    """Return a value as a comparison has it (a code, a time, a span) as a person reads it."""
    if value is None:
        return None
    if path in _CODED:
        return named(_CODED[path], value, language)
    if path == "delivery.promised" and (allowed := span(value)) is not None:
        minutes = int(allowed.total_seconds() // 60)
        unit, each = next(one for one in _UNITS if minutes % one[1] == 0)
        return text(f"console.span.{unit}", language, count=minutes // each)
    if path.endswith("_at") or path == "delivery.promised":
        with suppress(ValueError):
            return moment(datetime.fromisoformat(value))
    return value


def newest_picture(view: CaptureView) -> str | None:
    """Return the name of the picture that shows a capture best in small."""
    pictures = [item for item in view.artifacts if item.media_type.startswith("image/")]
    kept = {item.role: item.name for item in reversed(pictures)}
    wanted = ("seen/viewport", "seen/page", "witness/page", "seen/strip", "attachment")
    return next((kept[role] for role in wanted if role in kept), None)


def card(view: CaptureView) -> Card:
    """Return a capture in small."""
    states = {stamp.state for stamp in view.stamps}
    return Card(
        view=view,
        picture=newest_picture(view),
        stamped="stamped" in states,
        pending="pending" in states,
        verdict=view.corroboration.verdict if view.corroboration else None,
    )
