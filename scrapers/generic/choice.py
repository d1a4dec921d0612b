"""Choose, for one block of an unknown page, the best of several values of a field."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import Final

from bs4 import Tag

from scrapers.dom import FRAMES, Found, Token, Walk, ancestors, attribute
from scrapers.generic.scope import Cluster
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.text import is_placeholder

MOST_TOKENS: Final = 5000
MOST_OWN: Final = 100
MOST_IN_CARD: Final = 40
_CORE = frozenset(
    [
        *("order_no", "title", "amount", "status", "pay_status", "delivery_status", "created_at"),
        *("paid_at", "payment_method", "quantity", "unit_price", "recharge_account", "order_info"),
        *("secrets", "buyer_contact", "delivery_kind"),
    ]
)
_OWN_ONLY = frozenset(
    [
        *("buyer_contact", "amount", "discount", "refunded", "created_at", "paid_at"),
        *("delivered_at", "status", "wallet"),
    ]
)
"""Fields whose labels also stand in notices, logs and other lists of a page."""
_NO_LOG = frozenset({"created_at", "paid_at", "status"})
_WEAK = frozenset({"时间", "日期", "date"})
_MOST_AROUND = 30
_CONTACTS = frozenset({"seller_name", "seller_contact", "buyer_contact", "recharge_account"})
_FRAME_NAME = re.compile(r"(?:^|[-_\s])(?:foot|footer|copyright)(?:$|[-_\s])", re.IGNORECASE)


def in_frame(tag: Tag) -> bool:
    """Say whether an element belongs to what frames every page of a site, as its footer does."""
    return any(
        one.name in FRAMES or _FRAME_NAME.search(attribute(one, "class"))
        for one in (tag, *islice(tag.parents, _MOST_AROUND))
    )


class Choice:
    """The pairs of one cluster; those near the order number come before those far from it."""

    def __init__(self, cluster: Cluster, walked: Walk) -> None:
        self.cluster = cluster
        self.walk = walked
        self.fields: dict[str, list[Pair]] = {}
        for pair in cluster.pairs:
            self.fields.setdefault(pair.field, []).append(pair)
        self.labelled = {id(pair.found.element) for pair in cluster.pairs if pair.meaning}
        self.block = self._record_block()
        self.near = range(*walked.span(self.block))

    def _record_block(self) -> Tag:
        """Return the smallest block around the order number with most of the order's fields."""
        seed, root = self.cluster.seed, self.cluster.root
        places = [(pair.order, pair.field) for pair in self.cluster.pairs if pair.field in _CORE]
        wanted = max(3, round(len({name for _, name in places}) * 0.6))
        if seed is None or seed.index is None:
            return root
        for parent in (seed.element, *ancestors(seed.element)):
            start, end = self.walk.span(parent)
            if len({name for index, name in places if start <= index < end}) >= wanted:
                return parent
            if parent is root:
                break
        return root

    @cached_property
    def is_row(self) -> bool:
        """Say whether the order is a row of a table, or all that is known stands in tables."""
        seed = self.cluster.seed
        numbers = [pair for pair in self.cluster.pairs if pair.field == "order_no"]
        return seed is None or not numbers or any(pair.row is not None for pair in numbers)

    @cached_property
    def own(self) -> Tag:
        """Return what surely is about the order: its card in a list, else a block of its size."""
        if self.cluster.is_one_of_many:
            return self.cluster.root
        most = max(MOST_OWN, 2 * len(self.near))
        own = self.block
        for parent in ancestors(self.block):
            start, end = self.walk.span(parent)
            if end - start > most or own is self.cluster.root or parent.find(FRAMES) is not None:
                break
            own = parent
        return own

    @property
    def is_small_card(self) -> bool:
        """Say whether the order is a card in a list, and one of few texts."""
        start, end = self.walk.span(self.cluster.root)
        return self.cluster.is_one_of_many and end - start <= MOST_IN_CARD

    def candidates(self, name: str) -> list[Pair]:
        """Return the pairs of a field: shown before hidden, near before far, best label first."""
        found = [pair for pair in self.fields.get(name, ()) if not is_placeholder(pair.found.text)]
        if name in _CONTACTS:  # the site's own contact is not the seller's, nor the buyer's
            found = [pair for pair in found if not in_frame(pair.element)]
        if name in _OWN_ONLY:
            start, end = self.walk.span(self.own)
            found = [pair for pair in found if start <= pair.order < end]
        if name in _NO_LOG and not self.is_row:
            found = [pair for pair in found if pair.row is None]
        if name == "created_at":  # a bare 时间 also stands in notices and comments
            found = [p for p in found if p.order in self.near or label_key(p.label) not in _WEAK]
        return sorted(found, key=lambda pair: (*self.grade(pair), pair.order))

    def tokens(self) -> list[Token]:
        """Return the shown texts of the order's block, at most `MOST_TOKENS`."""
        shown = self.walk.inside(self.cluster.root)[:MOST_TOKENS]
        return [token for token in shown if not token.hidden and not token.value]

    def grade(self, pair: Pair) -> tuple[bool, bool, int]:
        """Return how good a pair is; smaller is better."""
        rank = pair.meaning.rank if pair.meaning else 999
        return pair.hidden, pair.order not in self.near, rank

    def best(self, name: str) -> Found | None:
        """Return the best value of a field."""
        found = self.candidates(name)
        return found[0].found if found else None

    def only(self, name: str) -> Found | None:
        """Return the best value of a field, None where equally good ones differ."""
        found = self.candidates(name)
        peers = {pair.found.text for pair in found if self.grade(pair) == self.grade(found[0])}
        return found[0].found if len(peers) == 1 else None

    def distance(self, one: Tag) -> int:
        """Return how many steps up from the order number the first block holding `one` is."""
        line = self._line
        return next((line[id(tag)] for tag in (one, *ancestors(one)) if id(tag) in line), len(line))

    @cached_property
    def _line(self) -> dict[int, int]:
        """Return how many steps up from the order number each block around it is."""
        seed = self.cluster.seed
        around = () if seed is None else (seed.element, *ancestors(seed.element))
        return {id(tag): step for step, tag in enumerate(around)}
