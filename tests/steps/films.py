"""Small WebM files as a browser writes them chunk by chunk, and what was told of a recording."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HEAD = b"\x1aE\xdf\xa3\x80\x18S\x80g" + b"\x01" + b"\xff" * 7 + b"\x15I\xa9f\x87*\xd7\xb1\x83\x0fB@"
"""EBML, a segment of unknown size, its ticks of a millisecond."""
EVERY = 2.0


def cluster(seconds: float, *after: float) -> bytes:
    """Return a picture that begins a cluster, and those of the same cluster after it."""
    begin = round(seconds * 1000)
    blocks = (_block(round(one * 1000) - begin) for one in (seconds, *after))
    return b"\x1fC\xb6u\x01" + b"\xff" * 7 + b"\xe7\x84" + begin.to_bytes(4) + b"".join(blocks)


def _block(ticks: int) -> bytes:
    return b"\xa3\x88\x81" + ticks.to_bytes(2, signed=True) + b"\x80film"


@dataclass
class Recorder:
    """A browser that records: `came` are the moments of pictures, in seconds since the start.

    `asleep` are stretches in which the film's own clock stands, as it does while paused.
    """

    came: Sequence[float]
    ended: float
    pauses: Sequence[tuple[float, float]] = ()
    asleep: Sequence[tuple[float, float]] = ()
    late: float = 0
    """So late the encoder would come to be; what it has not done by the end is thrown away."""
    chunks: list[tuple[float, bytes]] = field(init=False)

    def __post_init__(self) -> None:
        stood = [*self.pauses, *self.asleep]
        shown = [
            (self._encoded(at), at - self.came[0] - sum(b - a for a, b in stood if b <= at))
            for at in self.came
            if self._encoded(at) <= self.ended
        ]
        self.chunks = []
        waiting, since = HEAD, 0.0
        for moment, second in shown:
            waiting += cluster(second)
            if moment - since >= EVERY:
                self.chunks.append((moment, waiting))
                waiting, since = b"", moment
        if waiting:
            self.chunks.append((self.ended, waiting))

    def _encoded(self, at: float) -> float:
        return at + self.late * max(0, at / self.ended - 0.2)

    def parts(self, noon: datetime) -> list[tuple[str, bytes, dict[str, object]]]:
        """Return what the extension sends of a recording that began at noon."""

        def at(seconds: float) -> str:
            return (noon + timedelta(seconds=seconds)).isoformat()

        told = {
            "started_at": at(0),
            "ended_at": at(self.ended),
            "pauses": [{"from": at(a), "to": at(b)} for a, b in self.pauses],
        }
        sent = [
            ("seen/recording", data, {"index": index, "at": at(moment)})
            for index, (moment, data) in enumerate(self.chunks)
        ]
        return [*sent, ("seen/context", json.dumps(told).encode(), {})]
