"""One table of every clock of a case, for the 证据册 and as a page of the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from helper.evidence.book_exhibits import Read, load
from helper.evidence.clocks import COLUMNS, NOTE_ENDING, Row, measured, stamped
from helper.messages import LANGUAGES, text
from helper.model import CaptureView

NAME: Final = "时钟对照.html"
"""Of the page, in a bundle."""
_STYLE: Final = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;margin:2em;
 color:#1c1c1c;background:#fff}
h1{font-size:1.5em;margin:0 0 .2em}p{margin:.2em 0 1em;color:#555}
div{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:.4em .5em;text-align:left;vertical-align:top}
th{background:#f2efe6}td:nth-child(-n+2){overflow-wrap:anywhere;min-width:7em}
th,td:nth-child(n+3){white-space:nowrap}
@media print{body{margin:0}tr{break-inside:avoid}}
"""


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


def page(rows: Sequence[Row], case_id: str) -> bytes:
    """Return the table as a page that needs nothing else."""
    title = text("clocks.title")
    keys = ("clocks.words",) if rows else ("clocks.words", "clocks.none")
    words = "".join(f"<p>{escape(text(key, one))}</p>" for key in keys for one in LANGUAGES)
    return (
        '<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(case_id)}</p>{words}\n"
        f"{_rows(rows) if rows else ''}</html>\n"
    ).encode()


def _rows(rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{_both(f'clocks.{column}')}</th>" for column in COLUMNS)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells()) + "</tr>"
        for row in rows
    )
    return f"<div><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"


def _both(key: str) -> str:
    return "<br>".join(escape(text(key, language)) for language in LANGUAGES)
