"""Two captures of one address: what the page said then and what it said later."""

from __future__ import annotations

from helper.errors import RefusedError
from helper.evidence.changed_text import TextChanges, changes
from helper.vault.catalogue import Catalogue
from helper.vault.library import Listed
from scrapers.record import Frozen


class Comparison(Frozen):
    """What `kazheng compare --json` prints: the earlier capture, the later one, what changed.

    `same_page`: both are of one address. Words are covered like those of a redacted copy.
    """

    before: Listed
    after: Listed
    same_page: bool
    text: TextChanges


def compare(vault: Catalogue, one: str, other: str) -> Comparison:
    """Compare the visible texts of two captures, whichever is named first.

    Raises NotFoundError, RefusedError(same_capture).
    """
    if one == other:
        raise RefusedError(reason="same_capture", id=one)
    rows = [vault.listed_one(capture_id) for capture_id in (one, other)]
    before, after = sorted(rows, key=lambda row: row.clicked_at)
    same = {row.capture_id for row in vault.same_page(before.capture_id, limit=None)}
    texts = (vault.body(row.capture_id) for row in (before, after))
    return Comparison(
        before=before, after=after, same_page=after.capture_id in same, text=changes(*texts)
    )
