"""The words of shops' JSON for what an order says: keys (`data/json_keys.json`).

Keys are written as they are compared: lower case, without `_` and `-`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from scrapers.words import vocabulary

KEYS: Mapping[str, frozenset[str]] = {
    field: frozenset(keys) for field, keys in vocabulary("json_keys").items()
}
"""The keys that say a field. Other things than orders have a `weak_number` too: it counts beside
an amount and a time. `amount` may be the price before a `discount`: it counts where none is set,
and where no `paid_amount` says more exactly what was paid.
"""
MOMENTS = ("created_at", "payment.paid_at", "delivered_at")
BESIDE = re.compile(
    r"refund|payments?$|pay_?logs?|transaction|goods|product|commodit|coupon|child|"
    r"sub_?order|fulfil|ticket|complain|work_?order|withdraw",
    re.IGNORECASE,
)
"""Members about an order that are not the order: their amounts, times and states are others."""
BESIDE_ADDRESS = re.compile(
    r"refund|\bpayments?\b|ticket|complain|work_?order|withdraw", re.IGNORECASE
)
"""The same of addresses; ZFAKA asks for its orders at `/product/query/ajax`."""


@lru_cache(maxsize=4096)
def plain(key: str) -> str:
    """Return a key as the words above are written."""
    return re.sub(r"[_\-\s]", "", key).lower()
