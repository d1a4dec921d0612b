"""What was seen against the second visit, in words and tables, for the 证据册."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helper.evidence.book_exhibits import is_brought
from helper.evidence.book_flow import Flow
from helper.evidence.book_statements import both, clipped
from helper.evidence.clocks import moment
from helper.messages import field_label, text
from helper.model import CaptureView, Corroboration, TextChange

_LONGEST = 400
_LONGEST_URL = 300
_MOST_ROWS = 200


def comparisons(flow: Flow, captures: Sequence[CaptureView]) -> None:
    """Say for every page that was kept how the second visit compares with what was seen."""
    flow.heading(both("book.compared"))
    pages = [view for view in captures if not is_brought(view)]
    flow.text(text("book.compared.words" if pages else "book.compared.none"), 9)
    for view in pages:
        flow.space(8)
        flow.need(60)
        words = text("book.compared.of", capture_id=view.capture_id)
        flow.text(words, 10.5, bold=True)
        flow.text(clipped(view.meta.url, _LONGEST_URL), 8, grey=0.4)
        flow.space(2)
        if view.corroboration is None:
            flow.text(text("book.compared.no_record"), 9)
        else:
            _one(flow, view.corroboration, view)


def verdict(found: Corroboration) -> str:
    """Return the verdict in plain words, as it was sealed; older records have codes only."""
    said = found.said.get("zh_CN")
    codes = [found.verdict, *([found.reason] if found.reason else [])]
    return said or "".join(text(f"corroboration.{code}") for code in codes)


def _one(flow: Flow, found: Corroboration, view: CaptureView) -> None:
    flow.facts(list(_facts(found, view)), 9, 96)
    flow.space(4)
    rows = [
        (
            field_label(item.field),
            clipped(item.seen or "-", _LONGEST),
            clipped(item.witness or "-", _LONGEST),
            text(f"book.compared.state.{item.state}"),
        )
        for item in found.fields[:_MOST_ROWS]
    ]
    if rows:
        names = ("field", "seen", "witness", "state")
        heads = [text(f"book.compared.{name}") for name in names]
        flow.table((18, 33, 33, 16), heads, rows, 8)
    if len(found.fields) > _MOST_ROWS:
        flow.text(text("book.compared.more", count=len(found.fields) - _MOST_ROWS), 8.5, grey=0.3)
    changes = found.text.changes if found.text is not None else ()
    if changes:
        flow.space(6)
        flow.text(text("book.compared.lines"), 9, bold=True)
        heads = [text(f"book.compared.{name}") for name in ("line", "seen", "witness")]
        flow.table((12, 44, 44), heads, [_change(item) for item in changes], 8)
    more = found.text.changed - len(changes) if found.text is not None else 0
    if more > 0:
        flow.text(text("book.compared.more", count=more), 8.5, grey=0.3)


def _facts(found: Corroboration, view: CaptureView) -> Iterator[tuple[str, str]]:
    seen = found.seen_at or view.meta.clicked_at
    yield text("book.compared.verdict"), verdict(found)
    yield text("book.compared.seen_at"), moment(seen)
    visited = moment(found.witness_at) if found.witness_at else text("book.compared.no_visit")
    if found.witness_at and found.seconds_later is not None:
        visited += text("book.compared.seconds", seconds=f"{found.seconds_later:+.1f}")
    yield text("book.compared.witness_at"), visited
    yield text("book.compared.session"), text(f"book.compared.session.{found.session}")
    if found.text is not None:
        yield (
            text("book.compared.text"),
            text(
                f"said.text.{found.text.state}",
                count=found.text.changed,
                why=_why(found.text.reason),
            ),
        )
    if found.picture is not None:
        yield text("book.compared.picture"), text(
            f"said.picture.{found.picture.state}", why=_why(found.picture.reason),
            share=f"{(found.picture.share or 0) * 100:.1f}",
        )  # fmt: skip


def _why(reason: str | None) -> str:
    return text(f"corroboration.{reason}") if reason else ""


def _change(item: TextChange) -> tuple[str, str, str]:
    lines = (item.seen_line, item.witness_line)
    numbers = " / ".join("-" if line is None else str(line) for line in lines)
    return numbers, clipped(item.seen or "-", _LONGEST), clipped(item.witness or "-", _LONGEST)
