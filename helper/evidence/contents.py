"""证据目录: the list of what is in a bundle, as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from helper.evidence.layout import Key
from helper.messages import text
from helper.model import CaptureView, Exhibit

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_COLUMNS: Final = ("number", "name", "url", "at", "purpose", "sha256")
_STYLE: Final = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;margin:2em;
 color:#1c1c1c;background:#fff}
h1{font-size:1.5em;margin:0 0 .2em}p{margin:.2em 0 1em;color:#555}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{border:1px solid #bbb;padding:.4em .5em;text-align:left;vertical-align:top;
 overflow-wrap:anywhere}
th{background:#f2efe6}col.number{width:6em}col.at{width:8.5em}col.sha256{width:17em}
td.sha256{font:12px/1.5 ui-monospace,Consolas,monospace}tr.left{color:#888}
tr.exhibit td.number{font-weight:600}
@media print{body{margin:0}tr{break-inside:avoid}}
"""


@dataclass(frozen=True)
class Row:
    """One artifact: exhibit number (None if it is no exhibit), what, whence, when, what for."""

    number: int | None
    name: str
    url: str
    at: datetime
    purpose: str
    sha256: str
    path: str
    left_out: str | None


def rows(
    captures: Sequence[CaptureView],
    exhibits: Iterable[Exhibit],
    sealed: Mapping[Key, str],
    paths: Mapping[Key, str],
    left_out: Mapping[Key, str],
) -> list[Row]:
    """Return the rows: exhibits by number, then the rest as captured."""
    cited = {(item.capture_id, item.name): item for item in exhibits}
    found = []
    for view in captures:
        for artifact in view.artifacts:
            key = (view.capture_id, artifact.name)
            if key in paths:
                exhibit = cited.get(key)
                found.append(
                    Row(
                        number=exhibit.number if exhibit else None,
                        name=exhibit.label if exhibit else artifact.name,
                        url=view.meta.url,
                        at=_moment(view, artifact.role),
                        purpose=text(f"purpose.{artifact.role}"),
                        sha256=sealed[key],
                        path=paths[key],
                        left_out=left_out.get(key),
                    )
                )
    return sorted(found, key=lambda row: (row.number is None, row.number or 0))


def page(
    *,
    case_id: str,
    created_at: datetime,
    rows: Iterable[Row],
    masked: set[str],
    clean: Callable[[str], str] | None,
) -> str:
    """Return the list as HTML; `clean` takes out what a redacted copy must not show."""
    said = clean or str
    head = "".join(f'<th class="{name}">{_word(name)}</th>' for name in _COLUMNS)
    columns = "".join(f'<col class="{name}">' for name in _COLUMNS)
    note = f"<p>{_word('redacted')}</p>" if clean else ""
    body = "\n".join(_row(row, said, masked=row.path in masked) for row in rows)
    return (
        '<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        f"<title>{_word('title')}</title><style>{_STYLE}</style>\n"
        f"<h1>{_word('title')}</h1>\n<p>{escape(case_id)} · {_local(created_at)}</p>{note}\n"
        f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>\n"
        f"{body}\n</tbody></table></html>\n"
    )


def _row(row: Row, said: Callable[[str], str], *, masked: bool) -> str:
    number = f"证据{row.number}" if row.number is not None else "—"
    state = text(f"redaction.{row.left_out}") if row.left_out else ""
    if masked:
        state = text("contents.masked")
    name = f"{escape(said(row.name))}<br><small>{escape(said(row.path))}</small>"
    if state:
        name += f"<br><strong>{escape(state)}</strong>"
    cells = (number, name, escape(said(row.url)), escape(_local(row.at)),
             escape(row.purpose), row.sha256)  # fmt: skip
    kind = "left" if row.left_out else "exhibit" if row.number is not None else "rest"
    columns = zip(_COLUMNS, cells, strict=True)
    inner = "".join(f'<td class="{name}">{cell}</td>' for name, cell in columns)
    return f'<tr class="{kind}">{inner}</tr>'


def _moment(view: CaptureView, role: str) -> datetime:
    visited = view.corroboration.witness_at if view.corroboration else None
    return visited if role.startswith("witness/") and visited else view.meta.clicked_at


def _local(moment: datetime) -> str:
    """Return a time as in the exhibits' names: Asia/Shanghai, with its offset."""
    return moment.astimezone(_SHANGHAI).isoformat(" ", "seconds")


def _word(name: str) -> str:
    return escape(text(f"contents.{name}"))
