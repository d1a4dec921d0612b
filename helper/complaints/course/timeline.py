"""The course of a case in the order of time, with what contradicts itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from helper.complaints.course import instants
from helper.complaints.course.events import Event, Events
from helper.complaints.due.deadlines import promised_by
from helper.messages import Language, text
from helper.model import CaseView, Draft

__all__ = ["Event", "timeline"]

_AFTER_ORDER: Final = frozenset({"paid", "delivered", "filed", "answered", "refunded"})
_TURNED: Final = frozenset({"contact", "filed", "answered"})
_DEALINGS: Final = _TURNED | {"refunded"}


def timeline(
    case: CaseView, drafts: Sequence[Draft] = (), *, now: datetime, language: Language = "zh_CN"
) -> tuple[Event, ...]:
    """Return what happened, earliest first; what has no known time stands last.

    Of a day whose hour is not known the end is taken. A contradiction stands at the later event.
    """
    found = list(Events(case, now, language).all(drafts))
    begun, ended = _phases(case, found)
    course = sorted(
        (event for event in found if event.at), key=lambda event: instants.latest(event.at or now)
    )
    return tuple(
        event.model_copy(
            update={
                "day_only": event.at is not None and instants.is_day(event.at),
                "phase": _phase(event, begun, ended),
                "doubts": (*event.doubts, *_doubts(case, event, now, language)),
            }
        )
        for event in (*course, *(event for event in found if event.at is None))
    )


def dealings(case: CaseView, now: datetime, language: Language = "zh_CN") -> tuple[Event, ...]:
    """Return what was dealt with the other side and told of it; parties and answers stand last."""
    course = timeline(case, now=now, language=language)
    return (
        *(event for event in course if event.key in _DEALINGS),
        *Events(case, now, language).about(),
    )


def _phases(case: CaseView, found: Sequence[Event]) -> tuple[datetime | None, datetime | None]:
    """Return when the performance began and when it ended, as far as it is known.

    It begins with the payment and ends when the promise runs out or goods come; without either,
    when the user first turned to somebody.
    """
    order = case.order
    begun = (order.payment.paid_at or order.created_at) if order else None
    if order is None or begun is None:
        return None, None
    ends = [at for at in (promised_by(order), order.delivered_at) if at and at >= begun]
    turned = [one.at for one in found if one.key in _TURNED and one.at and one.at >= begun]
    return begun, min(ends or turned, default=None)


def _phase(event: Event, begun: datetime | None, ended: datetime | None) -> str | None:
    if event.at is None or begun is None:
        return None
    at = instants.latest(event.at)
    if at < begun:
        return "before"
    return "during" if ended is None or at <= ended else "after"


def _doubts(case: CaseView, event: Event, now: datetime, language: Language) -> Iterator[str]:
    order = case.order
    if event.at is None:
        return
    if instants.before(now, event.at):
        yield text("timeline.doubt.future", language)
    begun = order.created_at if order else None
    paid = order.payment.paid_at if order else None
    if event.key in _AFTER_ORDER and begun is not None and instants.before(event.at, begun):
        key = "paid_before_ordered" if event.key == "paid" else "before_ordered"
        yield text(f"timeline.doubt.{key}", language, ordered=instants.said(begun))
    elif event.key in {"delivered", "refunded"} and paid and instants.before(event.at, paid):
        yield text("timeline.doubt.before_paid", language, paid=instants.said(paid))
