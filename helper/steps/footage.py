"""Which stretches of a recording have no picture: the clock of the computer beside the film.

A browser writes a picture with its time when one came, and nothing when none did: a busy computer
encodes late and throws away what waits at the end, a page that stands still brings a picture a
second, a computer that sleeps brings none and its film goes on as if no time had passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final

_ALLOWED: Final = timedelta(seconds=1)
"""So much of a recording may be without a picture before it is said."""
_NOTICED: Final = timedelta(seconds=0.3)
_SLEPT: Final = timedelta(seconds=5)
"""What a film falls behind between two chunks (every two seconds) when its computer stood still;
what a busy one encodes late grows more slowly."""
_STILL: Final = timedelta(seconds=3)
"""Browsers bring a picture a second of what stands still (Chromium 156, measured)."""

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Footage:
    """A recording: when it ran, when it was paused, what its film had come to at which moment.

    `marks`: the arrival of each chunk, with the last second of the film that it brought.
    """

    began: datetime
    ended: datetime
    pauses: Sequence[Stretch]
    marks: Sequence[tuple[datetime, float]]

    def without_picture(self) -> list[Stretch]:
        """Return the stretches of the recording that are not in the film, pauses left out.

        Film, pauses and these are together as long as the recording, to a second. What the film
        lacks without one knowing where, it lacks at its end: there waits what is not encoded.
        """
        shown = [timedelta(seconds=second) for _, second in self.marks] or [timedelta()]
        behind = [self._ran(at) - film for (at, _), film in zip(self.marks, shown, strict=False)]
        behind.append(self._ran(self.ended) - shown[-1])
        # The last chunk comes when it is over, whenever its pictures came: it tells not where.
        # A film that catches up again was late only: what counts is what it never makes good.
        lasting = list(accumulate(reversed(behind), min))[::-1]
        lasting = [max(one, timedelta()) for one in lasting]
        start = lasting[0]
        slept = [
            (self._at(film + before), after - before)
            for film, (before, after) in zip(shown, pairwise(lasting[:-2]), strict=False)
            if after - before > _SLEPT
        ]
        end = lasting[-1] - start - sum((lack for _, lack in slept), timedelta())
        found = [(self.began, start), *slept, (self.ended - end, end)]
        if start + end <= _ALLOWED:
            found = slept
        return [(at, at + lack) for at, lack in found if lack > _NOTICED]

    def stands_still(self, seconds: Sequence[float]) -> list[Stretch]:
        """Return the stretches of the film in which no new picture came.

        `seconds`: at which each picture is shown.
        """
        late = min((self._ran(at) - timedelta(seconds=s) for at, s in self.marks), default=_STILL)
        return [
            (self._at(timedelta(seconds=a) + late), self._at(timedelta(seconds=b) + late))
            for a, b in pairwise(seconds)
            if timedelta(seconds=b - a) > _STILL
        ]

    def _ran(self, moment: datetime) -> timedelta:
        """Return for how long it had run by then, pauses left out."""
        paused = (min(to, moment) - since for since, to in self.pauses if since < moment)
        return moment - self.began - sum(paused, timedelta())

    def _at(self, ran: timedelta) -> datetime:
        """Return the moment at which it had run for so long."""
        moment = self.began + ran
        for since, to in self.pauses:
            if since < moment:
                moment += to - since
        return moment


def told(stretches: Sequence[Stretch], most: int = 20) -> str:
    """Write stretches down, as the extension writes pauses; of many the first."""
    lines = [" – ".join(map(_moment, one)) for one in stretches[:most]]
    return "; ".join([*lines, *([f"… ({len(stretches)})"] if len(stretches) > most else [])])


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
