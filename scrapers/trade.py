"""States of a trade on a market: its words say who acted, and each item has a refund of its own."""

from __future__ import annotations

from collections.abc import Sequence

from scrapers.dom import Found
from scrapers.reading import RecordBuilder
from scrapers.record import Status
from scrapers.status import status
from scrapers.text import squeeze


def fill_state(
    build: RecordBuilder, state: Found | None, refunds: Sequence[Found], items: int
) -> None:
    """Set the status: the trade's own, unless a refund of its `items` says more.

    A refund under way counts as the trade's; one that is done only if every item has it.
    """
    if state is not None:
        shown = squeeze(state.text)[:80]
        build.put("status_text", shown, state.source)
        build.put("status", status(shown), state.source)
    said = {status(refund.text): refund for refund in reversed(refunds)}
    done = sum(status(refund.text) == "refunded" for refund in refunds)
    if "refunding" in said:
        _overrule(build, "refunding", said["refunding"])
    elif done:
        _overrule(build, "refunded" if done == items else "partially_refunded", said["refunded"])
    if build.values.get("status", "unknown") == "unknown":
        build.warn("status_unknown" if state else "status_not_found")


def _overrule(build: RecordBuilder, state: Status, refund: Found) -> None:
    build.put("status", state, refund.source)
    first = build.values.get("status_text")
    source = build.sources.get("status_text", refund.source)
    text = squeeze(refund.text)
    build.put("status_text", f"{first} / {text}" if first else text, source)
