"""What clocks outside say of this computer's: NTP servers, Date headers, time stamps. Pure.

The environment record is sealed before the first stamp comes and never changes. So the rows are
derived: from the sealed record, and from the note kept and sealed with each stamp of what this
computer's clock said when it was asked for and when it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from helper.messages import Language, text

NOTE_FORMAT: Final = "kazheng/stamp-clock/1"
NOTE_ENDING: Final = ".clock.json"
_LONGEST: Final = 200
_WHOLE_SECOND_MS: Final = 1000.0
"""An authority that gives whole seconds may have cut off or rounded nearly one."""
_BEIJING: Final = timezone(timedelta(hours=8))
_YEARS: Final = range(1970, 9000)
_KINDS: Final = ("ntp", "date", "stamp")
COLUMNS: Final = ("capture", "source", "at", "offset", "error")


@dataclass(frozen=True)
class Row:
    """What one clock said; offset: this computer's clock minus it, error: how far off, both in ms.

    The error holds what is known: an authority that states no accuracy may be off by more.

    `kind` is `ntp`, `date` or `stamp`; `reason` tells why a source says nothing.
    """

    capture_id: str
    kind: str
    source: str
    at: datetime | None = None
    offset_ms: float | None = None
    error_ms: float | None = None
    reason: str | None = None

    def cells(self, language: Language = "zh_CN") -> tuple[str, str, str, str, str]:
        """Return the row in words, as `COLUMNS` names them."""
        known = text(f"clocks.reason.{self.reason}", language)
        why = known if not known.startswith("clocks.") else self.reason or "-"
        offset = text("clocks.silent", language, reason=why)
        if self.offset_ms is not None:
            offset = text("clocks.seconds", language, seconds=f"{self.offset_ms / 1000:+.3f}")
        error = "-"
        if self.error_ms is not None:
            error = text("clocks.within", language, seconds=f"{self.error_ms / 1000:.3f}")
        source = f"{text(f'clocks.{self.kind}', language)} {self.source}"
        return self.capture_id, source, moment(self.at) if self.at else "-", offset, error


def moment(at: datetime) -> str:
    """Return a time as Beijing time, with its offset."""
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S} +08:00"


def note(
    authority: str,
    stamped_at: datetime,
    asked_at: datetime,
    answered_at: datetime,
    accuracy_ms: float | None = None,
) -> bytes:
    """Return the note beside a stamp: its time, and this computer's when asking and answered.

    `accuracy_ms` is what the authority states of its time, None where it states nothing.
    """
    said = {
        "format": NOTE_FORMAT,
        "authority": authority,
        "stamped_at": stamped_at.isoformat(),
        "accuracy_ms": accuracy_ms,
        "asked_at": asked_at.isoformat(),
        "answered_at": answered_at.isoformat(),
    }
    return json.dumps(said, indent=1, sort_keys=True).encode()


def measured(capture_id: str, record: object) -> Iterator[Row]:
    """Yield the clocks that an environment record names."""
    clocks = record.get("clocks") if isinstance(record, Mapping) else None
    for one in clocks if isinstance(clocks, list) else []:
        if not isinstance(one, Mapping):
            continue
        kind, _, source = str(one.get("source", "")).partition(" ")
        if kind not in _KINDS:
            continue
        reason = one.get("reason")
        yield Row(
            capture_id=capture_id,
            kind=kind,
            source=source[:_LONGEST],
            at=_moment(one.get("at")),
            offset_ms=_number(one.get("offset_ms")),
            error_ms=_number(one.get("error_ms")),
            reason=str(reason)[:_LONGEST] if reason else None,
        )


def stamped(capture_id: str, name: str, said: object) -> Row | None:
    """Compare a stamp with this computer's clock; None for a note that cannot be read.

    The clock stood between asking and answer: the middle, half of that time more or less; what
    the authority states of its own accuracy comes on top.
    """
    if not isinstance(said, Mapping):
        return None
    times = [_moment(said.get(key)) for key in ("stamped_at", "asked_at", "answered_at")]
    at, asked, answered = times
    if at is None or asked is None or answered is None:
        return None
    half = (answered - asked) / 2
    error = abs(half.total_seconds()) * 1000 + (0 if at.microsecond else _WHOLE_SECOND_MS)
    error += max(_number(said.get("accuracy_ms")) or 0, 0)
    return Row(
        capture_id=capture_id,
        kind="stamp",
        source=f"{str(said.get('authority', '-'))[:_LONGEST]} ({name.removesuffix(NOTE_ENDING)})",
        at=at,
        offset_ms=round((asked + half - at).total_seconds() * 1000, 1),
        error_ms=round(error, 1),
    )


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        return None  # a site may say anything: nothing is reckoned with what no calendar has
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None
