"""Two captures of one address: what the page said then and what it said later."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from helper.errors import RefusedError
from helper.evidence.changed_text import TextChanges, changes
from helper.model import Moment
from helper.vault.catalogue import Catalogue
from helper.vault.corrections import apply_corrections, read_order
from helper.vault.library import Listed
from scrapers.record import Frozen


class Comparison(Frozen):
    """What `kazheng compare --json` prints: the earlier capture, the later one, what changed.

    `same_page`: both are of one address. `bought_at` is when the order of the case was paid, else
    made; None where there is none. Words are covered like those of a redacted copy.
    """

    before: Listed
    after: Listed
    same_page: bool
    text: TextChanges
    bought_at: Moment | None = None

    @property
    def bought(self) -> Literal["before", "between", "after"] | None:
        """Return how the purchase lies to the captures, where a change makes that matter."""
        if self.bought_at is None or self.text.state != "differs":
            return None
        if self.bought_at <= self.before.clicked_at:
            return "before"
        return "between" if self.bought_at < self.after.clicked_at else "after"


def compare(vault: Catalogue, one: str, other: str) -> Comparison:
    """Compare the visible texts of two captures, whichever is named first.

    Raises NotFoundError, RefusedError(same_capture).
    """
    if one == other:
        raise RefusedError(reason="same_capture", id=one)
    rows = [vault.listed_one(capture_id) for capture_id in (one, other)]
    before, after = sorted(rows, key=lambda row: row.clicked_at)
    texts = (vault.body(row.capture_id) for row in (before, after))
    bought = (_bought(vault, row.case_id) for row in (after, before) if row.case_id)
    return Comparison(
        before=before,
        after=after,
        same_page=vault.same_address(one, other),
        text=changes(*texts),
        bought_at=next(filter(None, bought), None),
    )


def _bought(vault: Catalogue, case_id: str) -> datetime | None:
    case = vault.around(case_id)
    if case is None:
        return None
    read = read_order(case.order_no, case.orders, case.corrections)
    order = apply_corrections(read, case.corrections)
    return (order.payment.paid_at or order.created_at) if order is not None else None
