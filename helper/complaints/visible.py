"""What a picture of the page shows: a figure that only the page's code holds is cited from there.

A rule inside a closed `<details>` is in the HTML, yet in no picture; who looks at the picture would
find the draft to be wrong.
"""

from __future__ import annotations

import unicodedata

from scrapers.record import OrderRecord, Source

QUOTED = (
    "order_no", "items.0.title", "amount", "created_at", "payment.paid_at", "status_text",
    "delivery.promised", "delivery.promised_text", "payment.trade_no", "refunded", "failure_reason",
)  # fmt: skip
"""The fields that 证据列举 names."""
_FORM_VALUES = ("input", "textarea", "select")
_MASK = "****"


def hidden_fields(order: OrderRecord, page_text: str | None) -> frozenset[str]:
    """Return the order fields whose source text the shown text of the page does not hold.

    `page_text` None: nothing is known of what was shown, so nothing is called hidden.
    """
    if not page_text or not page_text.strip():
        return frozenset()
    shown = _folded(page_text)
    return frozenset(path for path, source in order.sources.items() if not _shown(source, shown))


def _shown(source: Source, shown: str) -> bool:
    """Tell whether a text is shown; typed values and the address are in the picture, not here."""
    if source.artifact == "user" or not source.text or source.selector is None:
        return True
    if source.selector.rpartition(">")[2].strip().startswith(_FORM_VALUES):
        return True
    return all(_folded(part) in shown for part in source.text.split(_MASK))


def _folded(text: str) -> str:
    """Return text without what line breaks, styles and full-width forms change."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
