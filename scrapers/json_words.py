"""The words of shops' JSON for what an order says: keys and codes of states, as data.

Keys are written as they are compared: lower case, without `_` and `-`. Sources: the answers of the
systems in `sites/` and of dujiao-next and 彩虹, and the names that PHP, Java and Go shops share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from scrapers.record import Status


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBER = _keys("tradeno orderno ordersn orderid ordernumber ordernum outtradeno ordercode")
WEAK_NUMBER = _keys("id sn no oid number")
"""Other things are numbered so too: it counts for an object that has an amount and a time."""
PAID_AMOUNT = _keys(
    "actualprice actualamount actualpay payamount paidamount realamount payprice payableamount "
    "paymentamount orderamount finalamount paymoney realmoney paidmoney"
)
AMOUNT = _keys("amount money totalprice totalamount totalmoney orderprice ordermoney")
"""Taken where no key says more exactly that this is what was paid."""
DISCOUNT = _keys("discount discountamount discountprice couponamount couponprice couponmoney")
"""Where one is set, `AMOUNT` may be the price before it: it says nothing then."""
MOMENTS: Mapping[str, frozenset[str]] = {
    "created_at": _keys(
        "createtime createat createdat createdtime addtime ordertime created gmtcreate"
    ),
    "payment.paid_at": _keys("paytime paidat paidtime paymenttime payat paid"),
    "delivered_at": _keys("deliveredat shippedat shiptime sendtime delivered"),
}
STATUS = _keys("status state orderstatus orderstate tradestatus statustext statusname statusstr")
DELIVERY_STATUS = _keys("deliverystatus shipstatus")
QUANTITY = _keys("quantity buynum buynumber buycount goodsnum cardnum")
CURRENCY = frozenset({"currency", "currencycode"})

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
    r"refund|payments?$|pay_?logs?|transaction|history|goods|product|commodit|coupon|child|"
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
