"""Say what a person has to look at in the three files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scrapers.contract import Platform
from scrapers.new.anonymise import Anonymised
from scrapers.record import Extraction, OrderRecord

_LARGE = 60_000
_WANTED = ("order_no", "status", "amount", "created_at", "items.0.title")


def fields(order: OrderRecord) -> dict[str, Any]:
    """Return what an order has, under dotted paths; of the platform only its key."""
    found: dict[str, Any] = {}

    def visit(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                visit(f"{prefix}.{name}" if prefix else name, inner)
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                visit(f"{prefix}.{place}", inner)
        elif value not in (None, "unknown"):
            found[prefix] = value

    left_out = {"sources", "warnings", "schema_", "url", "platform"}
    visit("", order.model_dump(mode="json", exclude=left_out))
    own = {"platform.key": order.platform.key} if order.platform.key else {}
    return own | found


def review(
    before: Extraction, after: Extraction, kept: Anonymised, known: Platform | None
) -> list[str]:
    """Return the lines to print: what was read, what to compare, what the page still says."""
    lines = ["Review, with the real page beside it:"]
    lines += [f"  - {line}" for line in _lines(before, after, kept, known)]
    return lines


def _lines(
    before: Extraction, after: Extraction, kept: Anonymised, known: Platform | None
) -> Iterator[str]:
    yield "the JSON: is every field right, and is none missing that the page shows?"
    pairs = zip([fields(one) for one in before.orders], _padded(after, before), strict=True)
    for number, (real, made) in enumerate(pairs, 1):
        by_code = {"delivery.kind"} if "delivery.secrets.0.masked" in made else set()
        lost = sorted(real.keys() - made.keys() - by_code)
        if lost:
            yield f"order {number}: on the real page, but not read by the file: {', '.join(lost)}"
        unread = [name for name in _WANTED if name not in made]
        if unread:
            yield f"order {number}: not found: {', '.join(unread)}"
    warnings = [*after.warnings, *(code for order in after.orders for code in order.warnings)]
    if warnings:
        yield f"warnings of the reader: {', '.join(dict.fromkeys(warnings))}"
    if known is None:
        yield "the platform file: name, fingerprint, path; a complaint form is not drafted"
    if kept.kept:
        yield f"kept as it stood on the page: {', '.join(kept.kept)}"
    if kept.lingering:
        yield f"words of its text that its classes or paths keep: {', '.join(kept.lingering)}"
    if len(kept.html) > _LARGE:
        yield f"the page has {len(kept.html) // 1000} kB: cut what the reader does not need"


def _padded(after: Extraction, before: Extraction) -> Sequence[dict[str, Any]]:
    made = [fields(one) for one in after.orders][: len(before.orders)]
    return made + [{}] * (len(before.orders) - len(made))
