"""The normalised record of a purchase, `kazheng/order/1`.

Money is Decimal and is written as a decimal string, times are aware and are written as
ISO 8601 with zone; what a page does not show is None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

Status = Literal[
    "pending_payment",
    "paid",
    "processing",
    "partially_delivered",
    "delivered",
    "completed",
    "failed",
    "refunding",
    "refunded",
    "partially_refunded",
    "cancelled",
    "expired",
    "unknown",
]
PaymentMethod = Literal["alipay", "wechat", "qq", "balance", "bank", "usdt", "other", "unknown"]
DeliveryKind = Literal["card_secret", "direct_recharge", "manual", "download", "unknown"]

Money = Annotated[Decimal, PlainSerializer(lambda d: format(d, "f"), when_used="json")]
Moment = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat, when_used="json")]


class Frozen(BaseModel):
    """Base of all records: immutable, no unknown keys; read and written by their JSON names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True
    )


_Record = TypeVar("_Record", bound=Frozen)


class Source(Frozen):
    """Where a field was read: which artifact, which selector, the exact text."""

    artifact: str | None = None
    selector: str | None = None
    text: str | None = None


class PlatformRef(Frozen):
    """The platform an order belongs to; `software` is the shop system where known."""

    key: str | None = None
    name: str | None = None
    host: str | None = None
    software: str | None = None


class Item(Frozen):
    """One line of an order."""

    title: str | None = None
    sku: str | None = None
    quantity: int | None = None
    unit_price: Money | None = None


class Payment(Frozen):
    """How the order was paid, as far as the page says."""

    method: PaymentMethod = "unknown"
    method_text: str | None = None
    trade_no: str | None = None
    paid_at: Moment | None = None


class Secret(Frozen):
    """A delivered card code, masked; the hash lets two pages be compared."""

    masked: str
    sha256: str


class Promise(Frozen):
    """What is to be delivered, and by when.

    `promised` is ISO 8601: the latest moment, or the time from the payment on (`PT10M`).
    """

    kind: DeliveryKind = "unknown"
    promised: str | None = None
    promised_text: str | None = None


class Delivery(Promise):
    """What was to be delivered and what came."""

    secrets: tuple[Secret, ...] = ()
    message: str | None = None


class Seller(Frozen):
    """The merchant as named on the page."""

    name: str | None = None
    contact: str | None = None


class OrderRecord(Frozen):
    """A purchase. Keys of `sources` are dotted paths: `order_no`, `items.0.title`."""

    schema_: Literal["kazheng/order/1"] = Field(default="kazheng/order/1", alias="schema")
    platform: PlatformRef = PlatformRef()
    url: str | None = None
    order_no: str | None = None
    status: Status = "unknown"
    status_text: str | None = None
    items: tuple[Item, ...] = ()
    amount: Money | None = None
    discount: Money | None = None
    refunded: Money | None = None
    currency: str | None = None
    payment: Payment = Payment()
    created_at: Moment | None = None
    delivered_at: Moment | None = None
    recharge_account: str | None = None
    delivery: Delivery = Delivery()
    failure_reason: str | None = None
    seller: Seller = Seller()
    buyer_contact: str | None = None
    sources: dict[str, Source] = {}
    warnings: tuple[str, ...] = ()


class Product(Frozen):
    """What a product page says before anybody pays. Keys of `sources` as in `OrderRecord`."""

    title: str
    price: Money | None = None
    currency: str | None = None
    seller: Seller = Seller()
    description: str | None = None
    delivery: Promise = Promise()
    sources: dict[str, Source] = {}
    warnings: tuple[str, ...] = ()


class Pledge(Frozen):
    """What a shop's side promised in a chat, in its exact words.

    `within` is an ISO 8601 duration from the message on (`PT24H`), or the latest date or moment;
    None where the words name no exact time (马上处理, 三个工作日内).
    """

    what: Literal["delivery", "reissue", "refund", "reply"]
    within: str | None = None
    text: str


class Message(Frozen):
    """One line of a chat, its card codes masked.

    `at` is None where the page does not tell the day; `at_text` is the time as shown. `source`
    holds the words, without what was quoted (`quoted`) and without `[图片]`.
    """

    at: Moment | None = None
    at_text: str | None = None
    speaker: str | None = None
    side: Literal["buyer", "agent", "system", "unknown"] = "unknown"
    agent_no: str | None = None
    text: str
    quoted: str | None = None
    promise: Pledge | None = None
    source: Source = Source()


class Chat(Frozen):
    """A talk with customer service or a ticket's replies; `agent` only where it was one."""

    title: str | None = None
    agent: str | None = None
    messages: tuple[Message, ...]


Topic = Literal[
    "delivery", "refund", "arbitration", "liability", "evidence", "warranty", "complaint"
]


class Clause(Frozen):
    """A numbered clause; `number` as it is cited, a sub-clause with what it stands under."""

    number: str
    text: str
    topics: tuple[Topic, ...] = ()
    source: Source = Source()


class Terms(Frozen):
    """A user agreement or shop rules; `dated` is when this text was updated or published."""

    name: str
    version: str | None = None
    dated: date | None = None
    effective: date | None = None
    clauses: tuple[Clause, ...]
    sources: dict[str, Source] = {}


_NUMBERED = re.compile(r"\.\d+$")
BEYOND_PAGE = frozenset({"witness/warc", "seen/context"})
"""Artifacts of sources that stand on no page: the JSON it got, a notice that has vanished."""


def on_page(order: OrderRecord) -> OrderRecord:
    """Return the order without what no page showed: such a field is not to be seen by a reader."""
    told = order.sources.items()
    return without(order, {path for path, source in told if source.artifact in BEYOND_PAGE})


def without(order: OrderRecord, paths: AbstractSet[str]) -> OrderRecord:
    """Return the order without the fields at these paths of its sources, as if never read.

    Of several card codes all go; items of which nothing is left do.
    """
    lists = {path: _NUMBERED.sub("", path) for path in order.sources}
    gone = {_NUMBERED.sub("", path) for path in paths}
    for path in gone:
        order = _cleared(order, path.split("."))
    kept = {path: source for path, source in order.sources.items() if lists[path] not in gone}
    items = order.items if any(item != Item() for item in order.items) else ()
    return order.model_copy(update={"sources": kept, "items": items})


def _cleared(record: _Record, path: Sequence[str]) -> _Record:
    name, *inner = path
    value = getattr(record, name)
    if not inner:
        value = type(record).model_fields[name].default
    elif isinstance(value, tuple):
        lines = enumerate(value)
        value = tuple(_cleared(x, inner[1:]) if str(n) == inner[0] else x for n, x in lines)
    else:
        value = _cleared(value, inner)
    return record.model_copy(update={name: value})


class Operator(Frozen):
    """Who runs a site, as far as a page says. Keys of `sources` are the fields' names.

    `icp` is the filing number (京ICP备12345678号-1), `licence` that of a 增值电信业务经营许可证;
    `personal_payee` says that the page asks to pay a person (a personal code, a private account).
    """

    name: str | None = None
    code: str | None = None
    """统一社会信用代码, 18 characters"""
    icp: str | None = None
    licence: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    personal_payee: bool = False
    sources: dict[str, Source] = {}


class Extraction(Frozen):
    """All that one page gave; `product` only of a page of that kind.

    `complaint_url` is where the page links to the shop's complaint form, on its own origin.
    """

    orders: tuple[OrderRecord, ...] = ()
    product: Product | None = None
    chat: Chat | None = None
    terms: Terms | None = None
    operator: Operator | None = None
    complaint_url: str | None = None
    page_kind: Literal[
        "order", "order_list", "product", "complaint", "receipt", "chat", "terms", "other"
    ] = "other"
    platform: PlatformRef = PlatformRef()
    warnings: tuple[str, ...] = ()
