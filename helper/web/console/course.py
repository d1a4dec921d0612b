"""The course of a case as a picture: where each event stands on a line of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from helper.complaints.course.events import Event
from helper.complaints.due.clocks import Clock

Lane = Literal["order", "kept", "talk", "due"]
WIDTH: Final = 1000
"""Units of the picture; it is drawn as wide as its place."""
_EDGE: Final = 24
_CLOSE: Final = 14
_TOLD: Final = 6
_AHEAD: Final = timedelta(days=45)
"""Deadlines that are further off are no part of the picture: they would press all else together."""
_LANES: Final[dict[str, Lane]] = {
    "ordered": "order", "paid": "order", "promise_over": "order", "delivered": "order",
    "captured": "kept", "brought": "kept", "notice": "kept", "drafted": "kept",
}  # fmt: skip
_ROW: Final[dict[Lane, int]] = {"order": 36, "kept": 84, "talk": 132, "due": 180}
HEIGHT: Final = 236


@dataclass(frozen=True)
class Point:
    """One event, or several that would hide each other: where it stands, what it says.

    Of very many only the first are told at the point: hundreds of lines help nobody.
    """

    x: int
    y: int
    lane: Lane
    said: tuple[str, ...]
    passed: bool

    @property
    def told(self) -> tuple[str, ...]:
        """The events that are told at the point."""
        return self.said[:_TOLD]

    @property
    def more(self) -> int:
        """How many more there are."""
        return len(self.said) - len(self.told)


@dataclass(frozen=True)
class Tick:
    """A day on the line of time."""

    x: int
    at: datetime


@dataclass(frozen=True)
class Picture:
    """The whole picture; `now` is where today stands."""

    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    now: int


def picture(events: Sequence[Event], clocks: Sequence[Clock], now: datetime) -> Picture | None:
    """Return where everything with a known time stands, None where nothing has one."""
    told = [(one.at, _lane(one), one.text) for one in events if one.at is not None]
    due = [
        (one.at, one.name) for one in clocks
        if one.at is not None
        and one.state in {"running", "due_soon", "passed"}
        and one.at <= now + _AHEAD
    ]  # fmt: skip
    times = [at for at, *_ in told] + [at for at, _ in due]
    if not times:
        return None
    first, last = min([*times, now]), max([*times, now])
    span = max((last - first).total_seconds(), 3600.0)

    def place(at: datetime) -> int:
        share = (at - first).total_seconds() / span
        return round(_EDGE + share * (WIDTH - 2 * _EDGE))

    marks = [(place(at), lane, said, at <= now) for at, lane, said in told]
    marks += [(place(at), "due", name, at <= now) for at, name in due]
    return Picture(tuple(_joined(marks)), tuple(_ticks(first, last, place)), place(now))


def _joined(marks: Iterable[tuple[int, Lane, str, bool]]) -> Iterator[Point]:
    """Yield points; what would stand on another of its lane is said there too."""
    open_point: dict[Lane, Point] = {}
    for x, lane, said, passed in sorted(marks, key=lambda mark: (mark[1], mark[0])):
        before = open_point.get(lane)
        if before is not None and x - before.x < _CLOSE:
            open_point[lane] = Point(
                before.x, before.y, lane, (*before.said, said), before.passed and passed
            )
            continue
        if before is not None:
            yield before
        open_point[lane] = Point(x, _ROW[lane], lane, (said,), passed)
    yield from open_point.values()


def _ticks(first: datetime, last: datetime, place: object) -> Iterator[Tick]:
    """Yield four to six days of the span, evenly."""
    assert callable(place)
    count = 4
    step = max((last - first) / count, timedelta(minutes=1))
    for number in range(count + 1):
        at = first + step * number
        yield Tick(place(at), at)


def _lane(event: Event) -> Lane:
    return _LANES.get(event.key, "talk")
