"""The order as a table: every value with the text on the page it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from helper.evidence.book_flow import Flow
from helper.evidence.book_pictures import UnprintableError
from helper.evidence.book_statements import clipped
from helper.messages import field_label, text, warned
from scrapers.record import OrderRecord, Source

_LEFT_OUT = frozenset({"schema", "sources", "warnings"})
_LONGEST = 400
Known = TypeVar("Known")


def load_order(path: Path) -> OrderRecord:
    """Read a sealed order; raises UnprintableError(file) for one of an older form."""
    try:
        return OrderRecord.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UnprintableError("file") from error


def order_table(flow: Flow, order: OrderRecord, numbers: Mapping[str, int]) -> None:
    """Set the fields of an order that have a value, and what the reader doubted.

    `numbers` are those of the frames on the picture below; without any the table names none.
    """
    rows = [
        (
            field_label(path),
            clipped(value, _LONGEST),
            _source(_at(path, order.sources)),
        )
        for path, value in fields(order)
    ]
    if not rows:
        flow.text(text("book.order.empty"))
        return
    heads = [text(f"book.order.{column}") for column in ("field", "value", "source")]
    if numbers:
        framed = [str(_at(path, numbers) or "") for path, _ in fields(order)]
        numbered = [(number, *row) for number, row in zip(framed, rows, strict=True)]
        flow.table((8, 18, 33, 41), [text("book.order.number"), *heads], numbered, 8.5)
    else:
        flow.table((20, 36, 44), heads, rows, 8.5)
    for code in order.warnings:
        said = clipped(warned(code), 200)
        flow.text(f"{text('book.order.doubt')}：{said}", 8.5, grey=0.3)


def fields(order: OrderRecord) -> Iterator[tuple[str, str]]:
    """Yield path and value of every field that has one; a delivered code stays masked."""
    values = {k: v for k, v in order.model_dump(mode="json").items() if k not in _LEFT_OUT}
    yield from _flat(values)


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{number}")
    elif value not in (None, "", "unknown"):
        yield path, str(value)


def _at(path: str, known: Mapping[str, Known]) -> Known | None:
    """Return what is known of a value; a card code is known as a whole."""
    return known.get(path, known.get(path.rpartition(".")[0]))


def _source(source: Source | None) -> str:
    if source is None:
        return text("book.order.derived")
    where = " ".join(part for part in (source.artifact, source.selector) if part)
    quoted = f"“{clipped(source.text, _LONGEST)}”" if source.text else ""
    return f"{quoted}\n{clipped(where, 200)}" if where else quoted or "-"
