"""Say what a person has to look at in the three files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from scrapers.contract import Page, Platform
from scrapers.dom import attribute, walk
from scrapers.new.anonymise import Anonymised
from scrapers.record import Extraction, OrderRecord

_LARGE = 60_000
_MOST_UNREAD = 12
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
    before: Extraction, after: Extraction, kept: Anonymised, known: Platform | None, page: Page
) -> list[str]:
    """Return the lines to print: what was read, what to compare, what the page still says."""
    lines = _lines(before, after, kept, known, page)
    return ["Review, with the real page beside it:", *(f"  {line}" for line in lines)]


def _lines(
    before: Extraction, after: Extraction, kept: Anonymised, known: Platform | None, page: Page
) -> Iterator[str]:
    yield "- the JSON: is every field right, and is none missing that the page shows?"
    pairs = zip([fields(one) for one in before.orders], _padded(after, before), strict=True)
    for number, (real, made) in enumerate(pairs, 1):
        by_code = {"delivery.kind"} if "delivery.secrets.0.masked" in made else set()
        lost = sorted(real.keys() - made.keys() - by_code)
        if lost:
            yield f"- order {number}: only read from the real page: {', '.join(lost)}"
        absent = [name for name in _WANTED if name not in made]
        if absent:
            yield f"- order {number}: not found: {', '.join(absent)}"
    unread = _unread(page, after)
    if unread:
        yield "- shown near the order, but in no field:"
        yield from (f"    {line}" for line in unread)
    warnings = [*after.warnings, *(code for order in after.orders for code in order.warnings)]
    if warnings:
        yield f"- warnings of the reader: {', '.join(dict.fromkeys(warnings))}"
    if known is None:
        yield "- the platform file: name, fingerprint, path; a complaint form is not drafted"
    if kept.kept:
        yield f"- kept as it stood on the page: {', '.join(kept.kept)}"
    if kept.lingering:
        yield f"- words of its text that its classes or paths keep: {', '.join(kept.lingering)}"
    if len(kept.html) > _LARGE:
        yield f"- the page has {len(kept.html) // 1000} kB: cut what the reader does not need"


def _unread(page: Page, after: Extraction) -> list[str]:
    """Return the texts with a number in the blocks of the orders that no field came from."""
    sources = [source for order in after.orders for source in order.sources.values()]
    held = [page.soup.select_one(source.selector) for source in sources if source.selector]
    used = [tag for tag in held if tag is not None]
    around = Counter(id(tag) for one in used for tag in one.parents)
    common = [tag for tag in (used[0].parents if used else ()) if around[id(tag)] == len(used)]
    inside = {id(tag) for one in used for tag in (one, *one.find_all(True))}
    said = "".join(source.text or "" for source in sources)
    tokens = walk(common[0]).tokens if common else []
    left = [
        token
        for token in tokens
        if any(map(str.isdigit, token.text)) and token.text not in said
        and not token.hidden and id(token.element) not in inside
    ]  # fmt: skip
    return [f"{one.text[:60]}  {attribute(one.element, 'class')[:40]}".rstrip()
            for one in left[:_MOST_UNREAD]]  # fmt: skip


def _padded(after: Extraction, before: Extraction) -> Sequence[dict[str, Any]]:
    made = [fields(one) for one in after.orders][: len(before.orders)]
    return made + [{}] * (len(before.orders) - len(made))
