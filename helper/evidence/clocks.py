"""One table of every clock that a case can be measured by: NTP servers, Date headers, time stamps.

The environment record is sealed before the first stamp comes and never changes. So the table is
derived: from the sealed record, and from the note kept and sealed with each stamp of what this
computer's clock said when it was asked for and when it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from helper.evidence.book_exhibits import Read, load, moment
from helper.messages import LANGUAGES, text
from helper.model import CaptureView

NOTE_FORMAT: Final = "kazheng/stamp-clock/1"
NOTE_ENDING: Final = ".clock.json"
_LONGEST: Final = 200
_WHOLE_SECOND_MS: Final = 1000.0
"""An authority that gives whole seconds may have cut off or rounded nearly one."""
_KINDS: Final = ("ntp", "date", "stamp")
COLUMNS: Final = ("capture", "source", "at", "offset", "error")
_STYLE: Final = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;margin:2em;
 color:#1c1c1c;background:#fff}
h1{font-size:1.5em;margin:0 0 .2em}p{margin:.2em 0 1em;color:#555}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:.4em .5em;text-align:left;vertical-align:top;
 overflow-wrap:anywhere}th{background:#f2efe6}
@media print{body{margin:0}tr{break-inside:avoid}}
"""


@dataclass(frozen=True)
class Row:
    """What one clock said; offset: this computer's clock minus it, error: its bound, both in ms.

    `kind` is `ntp`, `date` or `stamp`; `reason` tells why a source says nothing.
    """

    capture_id: str
    kind: str
    source: str
    at: datetime | None = None
    offset_ms: float | None = None
    error_ms: float | None = None
    reason: str | None = None

    def cells(self, language: str = "zh_CN") -> tuple[str, str, str, str, str]:
        """Return the row in words, as `COLUMNS` names them."""
        chosen = next((one for one in LANGUAGES if one == language), LANGUAGES[0])
        offset = text("clocks.silent", chosen, reason=self.reason or "-")
        if self.offset_ms is not None:
            offset = text("clocks.seconds", chosen, seconds=f"{self.offset_ms / 1000:+.3f}")
        error = "-"
        if self.error_ms is not None:
            error = text("clocks.within", chosen, seconds=f"{self.error_ms / 1000:.3f}")
        source = f"{text(f'clocks.{self.kind}', chosen)} {self.source}"
        return self.capture_id, source, moment(self.at) if self.at else "-", offset, error


def note(authority: str, stamped_at: datetime, asked_at: datetime, answered_at: datetime) -> bytes:
    """Return the note beside a stamp: its time, and this computer's when asking and answered."""
    said = {
        "format": NOTE_FORMAT,
        "authority": authority,
        "stamped_at": stamped_at.isoformat(),
        "asked_at": asked_at.isoformat(),
        "answered_at": answered_at.isoformat(),
    }
    return json.dumps(said, indent=1, sort_keys=True).encode()


def table(captures: Sequence[CaptureView], read: Read) -> list[Row]:
    """Return every clock of the captures; `read` gives the file of a hash."""
    rows: list[Row] = []
    for view in captures:
        for item in view.artifacts:
            if item.role == "environment":
                rows += measured(view.capture_id, load(item.sha256, read))
        for item in view.artifacts:
            if item.role == "timestamp" and item.name.endswith(NOTE_ENDING):
                found = stamped(view.capture_id, item.name, load(item.sha256, read))
                rows += [found] if found is not None else []
    return rows


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

    The clock stood between asking and answer: the middle, half of that time more or less.
    """
    if not isinstance(said, Mapping):
        return None
    times = [_moment(said.get(key)) for key in ("stamped_at", "asked_at", "answered_at")]
    at, asked, answered = times
    if at is None or asked is None or answered is None:
        return None
    half = (answered - asked) / 2
    error = abs(half.total_seconds()) * 1000 + (0 if at.microsecond else _WHOLE_SECOND_MS)
    return Row(
        capture_id=capture_id,
        kind="stamp",
        source=f"{str(said.get('authority', '-'))[:_LONGEST]} ({name.removesuffix(NOTE_ENDING)})",
        at=at,
        offset_ms=round((asked + half - at).total_seconds() * 1000, 1),
        error_ms=round(error, 1),
    )


def page(rows: Sequence[Row], case_id: str) -> bytes:
    """Return the table as a page that needs nothing else."""
    title = text("clocks.title")
    words = "".join(f"<p>{escape(text('clocks.words', language))}</p>" for language in LANGUAGES)
    if not rows:
        words += "".join(f"<p>{escape(text('clocks.none', one))}</p>" for one in LANGUAGES)
    head = "".join(f"<th>{_both(f'clocks.{column}')}</th>" for column in COLUMNS)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells()) + "</tr>"
        for row in rows
    )
    return (
        '<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(case_id)}</p>{words}\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></html>\n"
    ).encode()


def _both(key: str) -> str:
    return "<br>".join(escape(text(key, language)) for language in LANGUAGES)


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None
