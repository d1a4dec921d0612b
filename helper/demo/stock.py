"""The invented goods, merchants and orders of a demo shop: `data/<shop>.json`, dated from `now`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "data"
CHINA = ZoneInfo("Asia/Shanghai")
METHODS = {"wechat": "微信支付", "alipay": "支付宝", "balance": "余额支付"}


@dataclass(frozen=True)
class Product:
    """One article; `promise` is the delivery promise as the shop words it, price in yuan."""

    key: str
    title: str
    category: str
    price: Decimal
    sku: str
    delivery: str
    promise: str
    hue: int
    glyph: str
    sold: int
    merchant: str


@dataclass(frozen=True)
class PaymentLine:
    """One debit: the gateway's number, when, how much (yuan)."""

    trade_no: str
    paid_at: datetime
    amount: Decimal


@dataclass(frozen=True)
class Order:
    """One purchase as the shop knows it. `status` is the word of `kazheng/order/1`."""

    shop: str
    state: str
    order_no: str
    product: Product
    quantity: int
    amount: Decimal
    discount: Decimal
    refunded: Decimal | None
    status: str
    status_text: str
    method: str
    created_at: datetime
    delivered_at: datetime | None
    payments: tuple[PaymentLine, ...]
    codes: tuple[str, ...]
    message: str
    failure: str
    account: str
    contact: str

    @property
    def paid_at(self) -> datetime | None:
        """Return the moment of the first debit."""
        return self.payments[0].paid_at if self.payments else None

    @property
    def method_text(self) -> str:
        """Return the payment method in words."""
        return METHODS.get(self.method, self.method)


@dataclass(frozen=True)
class Stock:
    """Everything one shop sells and has sold."""

    key: str
    name: str
    products: Mapping[str, Product]
    orders: Mapping[str, Order]
    merchants: Mapping[str, Mapping[str, str]]

    def order(self, order_no: str) -> Order | None:
        """Find an order by its number."""
        return next((o for o in self.orders.values() if o.order_no == order_no), None)


def clock(moment: datetime | None, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Write a moment the way the shops do, `-` for none."""
    return moment.astimezone(CHINA).strftime(pattern) if moment else "-"


def load(shop: str, now: datetime) -> Stock:
    """Read a shop's data; its orders are dated backwards from `now` (aware)."""
    raw: dict[str, Any] = json.loads((FOLDER / f"{shop}.json").read_text("utf-8"))
    products = {item["key"]: _product(item) for item in raw["products"]}
    start = now.astimezone(CHINA).replace(microsecond=0)
    orders = {
        item["state"]: _order(shop, raw["number"], products, item, start) for item in raw["orders"]
    }
    return Stock(shop, raw["name"], products, orders, raw.get("merchants", {}))


def _product(raw: Mapping[str, Any]) -> Product:
    return Product(
        key=raw["key"],
        title=raw["title"],
        category=raw["category"],
        price=Decimal(raw["price"]),
        sku=raw.get("sku", ""),
        delivery=raw.get("delivery", "card_secret"),
        promise=raw["promise"],
        hue=raw["hue"],
        glyph=raw["glyph"],
        sold=raw.get("sold", 0),
        merchant=raw.get("merchant", ""),
    )


def _order(
    shop: str,
    number: Mapping[str, str],
    products: Mapping[str, Product],
    raw: Mapping[str, Any],
    start: datetime,
) -> Order:
    product = products[raw["product"]]
    created = start - timedelta(minutes=raw["ago_minutes"], seconds=raw.get("second", 17))
    quantity = raw.get("quantity", 1)
    discount = Decimal(raw.get("discount", "0"))
    amount = product.price * quantity - discount
    payments = tuple(
        PaymentLine(
            created.strftime(number["trade"]) + raw["tail"] * 2 + f"{index:02d}",
            created + timedelta(seconds=seconds),
            amount,
        )
        for index, seconds in enumerate(raw.get("paid_after_seconds", [41]), 1)
    )
    delivered = raw.get("delivered_after_minutes")
    return Order(
        shop=shop,
        state=raw["state"],
        order_no=created.strftime(number["order"]) + raw["tail"],
        product=product,
        quantity=quantity,
        amount=amount,
        discount=discount,
        refunded=Decimal(raw["refunded"]) if "refunded" in raw else None,
        status=raw["status"],
        status_text=raw["status_text"],
        method=raw.get("method", "wechat"),
        created_at=created,
        delivered_at=created + timedelta(minutes=delivered) if delivered is not None else None,
        payments=payments,
        codes=tuple(raw.get("codes", [])),
        message=raw.get("message", ""),
        failure=raw.get("failure", ""),
        account=raw.get("account", ""),
        contact=raw.get("contact", ""),
    )
