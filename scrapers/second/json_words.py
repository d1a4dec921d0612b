"""The words of shops' JSON for what an order says: keys (`data/json_keys.json`), codes of states.

Keys are written as they are compared: lower case, without `_` and `-`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from scrapers.record import Status
from scrapers.words import vocabulary

KEYS: Mapping[str, frozenset[str]] = {
    field: frozenset(keys) for field, keys in vocabulary("json_keys").items()
}
"""The keys that say a field. Other things than orders have a `weak_number` too: it counts beside
an amount and a time. `amount` may be the price before a `discount`: it counts where none is set,
and where no `paid_amount` says more exactly what was paid.
"""
MOMENTS = ("created_at", "payment.paid_at", "delivered_at")
OWN: Mapping[str, Mapping[str, str]] = {
    "caihong": {"value": "quantity", "date": "createtime"},
    "zfaka": {"number": "quantity"},
}
"""Keys that only the system itself makes clear, and the key they stand for."""
STATES: Mapping[str, Mapping[str, Mapping[str, Status]]] = {
    "acg_faka": {
        "status": {"0": "pending_payment", "1": "paid"},
        "deliverystatus": {"0": "paid", "1": "delivered"},
    },
    "caihong": {
        "status": {
            "0": "paid", "1": "completed", "2": "processing", "3": "failed", "4": "refunded",
        },
    },
    "dujiao_next": {
        "status": {
            "pending_payment": "pending_payment", "paid": "paid", "fulfilling": "processing",
            "partially_delivered": "partially_delivered", "delivered": "delivered",
            "completed": "completed", "partially_refunded": "partially_refunded",
            "refunded": "refunded", "canceled": "cancelled", "expired": "expired",
        },
    },
    "qs_faka": {
        "status": {"0": "pending_payment", "1": "paid", "2": "cancelled", "3": "refunded"},
    },
    "zfaka": {
        "status": {"0": "pending_payment", "1": "paid", "2": "completed", "3": "failed"},
    },
}  # fmt: skip
"""Codes of a system's states. Those of an unknown shop say nothing, its Chinese words do."""
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
