"""Notices that a page showed for seconds (toasts), as the extension saw them, as a source.

Only the known sentences of a recognised shop count, and only for the order that was asked for:
its number stood in the address or in a field of the page when the notice appeared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scrapers.contract import Page, Platform, Toasts
from scrapers.dom import Found, attribute
from scrapers.record import Extraction, OrderRecord, Source, Status
from scrapers.text import fold

ARTIFACT: Final = "seen/context"
MAX_TOASTS: Final = 100
_MOST_BESIDE = 10
"""Characters of a notice besides its sentence: an icon, a button that closes it."""


@dataclass(frozen=True)
class _Told:
    """What the newest known notice told of an order."""

    number: str
    state: Status
    source: Source


def apply(page: Page, extraction: Extraction, seen: object, platform: Platform) -> Extraction:
    """Return the extraction with the state that notices told; `seen` is the context's list."""
    if platform.toasts is None or not isinstance(seen, list):
        return extraction
    told = {one.number: one for one in _known(seen[:MAX_TOASTS], platform.toasts)}
    if extraction.orders:
        orders = tuple(_with_state(order, told) for order in extraction.orders)
        return extraction.model_copy(update={"orders": orders})
    if extraction.page_kind not in {"order", "other"}:
        return extraction
    named = [found for number in told if (found := _on_page(page, number)) is not None]
    if len(named) != 1:
        return extraction
    [number] = named
    order = OrderRecord(
        platform=extraction.platform, url=page.url or None, order_no=number.text,
        sources={"order_no": number.source}, warnings=("amount_not_found",),
    )  # fmt: skip
    left = tuple(code for code in extraction.warnings if code != "no_order")
    return extraction.model_copy(
        update={"orders": (_with_state(order, told),), "page_kind": "order", "warnings": left}
    )


def _known(seen: Sequence[Any], toasts: Toasts) -> Iterator[_Told]:
    for index, one in enumerate(seen):
        text = one.get("text") if isinstance(one, dict) else None
        if not isinstance(text, str):
            continue
        state = _state(text, toasts)
        numbers = set(_numbers(one, toasts.number))
        if state is not None and len(numbers) == 1:
            source = Source(artifact=ARTIFACT, selector=f"$.page.toasts[{index}].text", text=text)
            yield _Told(numbers.pop(), state, source)


def _state(text: str, toasts: Toasts) -> Status | None:
    said = fold(text)
    for sentence, state in toasts.states.items():
        plain = fold(sentence)
        if plain in said and len(said) <= len(plain) + _MOST_BESIDE:
            return state
    return None


def _numbers(one: dict[str, Any], pattern: str) -> Iterator[str]:
    """Yield the order numbers that the page asked for when the notice appeared."""
    typed, address = one.get("typed"), one.get("address")
    values = [value for value in typed if isinstance(value, str)] if isinstance(typed, list) else []
    yield from (value for value in values if re.fullmatch(pattern, value))
    if not values and isinstance(address, str):
        yield from re.findall(rf"(?<![0-9A-Za-z])(?:{pattern})(?![0-9A-Za-z])", address)


def _on_page(page: Page, number: str) -> Found | None:
    """Return where the page itself names the number that was asked for."""
    for field in page.soup.find_all("input", limit=200):
        if attribute(field, "value").strip() == number:
            return Found(number, field)
    return Found(number) if number in page.url else None


def _with_state(order: OrderRecord, told: dict[str, _Told]) -> OrderRecord:
    """Set the state of an order that shows none; one that holds its codes needs no notice."""
    found = told.get(order.order_no or "")
    if found is None or order.status != "unknown" or order.status_text or order.delivery.secrets:
        return order
    return order.model_copy(
        update={
            "status": found.state,
            "status_text": found.source.text,
            "sources": order.sources | {"status": found.source, "status_text": found.source},
            "warnings": tuple(code for code in order.warnings if code != "status_not_found"),
        }
    )
