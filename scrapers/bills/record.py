"""A payment as a WeChat or Alipay bill lists it; its status words are `data/bill_states.json`."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Literal, cast

from scrapers.money import money
from scrapers.record import Frozen, Moment, Money, PaymentMethod
from scrapers.text import compact, fold, is_placeholder, squeeze
from scrapers.words import vocabulary

Provider = Literal["wechat", "alipay"]
Direction = Literal["out", "in", "neutral"]
BillStatus = Literal[
    "paid", "pending", "refunding", "refunded", "partially_refunded", "closed", "failed", "unknown"
]
Refusal = Literal[
    "empty", "too_large", "damaged", "not_a_bill", "columns_missing", "password_needed",
    "wrong_password",
]  # fmt: skip

_DIRECTIONS: dict[str, Direction] = {"支出": "out", "收入": "in"}
_STATUS = cast("dict[BillStatus, tuple[str, ...]]", vocabulary("bill_states"))
_STATUS_OF = {word: status for status, words in _STATUS.items() for word in words}
_REFUNDED = re.compile(r"已退款\(?([¥￥]?[\d,]+(?:\.\d{1,2})?)元?\)?")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.*\-]{3,79}")
_ROUNDED = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_LONGEST = 500


class BillError(ValueError):
    """A bill cannot be read; `detail` names the columns that are missing."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class BillSource(Frozen):
    """Where a payment stands: the file inside a ZIP, the line or row from 1, its exact text.

    Of a sheet's row: its cells with tabs between, the time as it is shown.
    """

    file: str | None = None
    row: int | None = None
    text: str


class BillPayment(Frozen):
    """One row of a bill. `amount` is never negative; `direction` says which way it went.

    `refund` marks a row that is money coming back; `refunded` is what a payment's own row says
    came back. What a bill does not say is None.
    """

    provider: Provider
    at: Moment
    kind: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    goods: str | None = None
    direction: Direction
    amount: Money
    refund: bool = False
    refunded: Money | None = None
    method: PaymentMethod = "unknown"
    method_text: str | None = None
    status: BillStatus = "unknown"
    status_text: str | None = None
    trade_no: str | None = None
    merchant_no: str | None = None
    note: str | None = None
    source: BillSource

    @property
    def came_back(self) -> bool:
        """Tell whether the row itself says that all of it came back."""
        return self.refunded is not None and self.refunded >= self.amount

    @property
    def charged(self) -> bool:
        """Tell whether the money went out and, as far as this row says, stayed out."""
        gone = self.direction == "out" and not self.refund and not self.came_back
        return gone and self.status not in {"pending", "closed", "failed", "refunded"}


class Bill(Frozen):
    """All that a bill gave; `warnings` are codes `name` or `name:detail`."""

    payments: tuple[BillPayment, ...] = ()
    warnings: tuple[str, ...] = ()


def words(text: str | None) -> str | None:
    """Return the text of a cell; None for a placeholder, and for what no encoding fits."""
    if text is None or is_placeholder(text) or "\ufffd" in text:
        return None
    return squeeze(text)[:_LONGEST]


def number(text: str | None) -> str | None:
    """Return a payment or merchant number; None where a spreadsheet has rounded it."""
    plain = fold(text or "").removeprefix("'")
    return plain if _NUMBER.fullmatch(plain) and not is_rounded(plain) else None


def is_rounded(text: str | None) -> bool:
    """Tell whether a number was rounded by a spreadsheet: 4.20000E+27."""
    return _ROUNDED.fullmatch(fold(text or "")) is not None


def direction(text: str | None) -> Direction:
    """Return which way the money went; 不计收支, `/` and nothing are neutral."""
    return _DIRECTIONS.get(compact(text or ""), "neutral")


def amount(text: str | None) -> Decimal | None:
    """Return an amount without its sign."""
    found = money(text or "")
    return None if found is None else abs(found.value)


def status(text: str | None, total: Decimal) -> tuple[BillStatus, Decimal | None]:
    """Return the state that a status text names, and what it says was refunded of `total`."""
    plain = compact(text or "")
    part = _REFUNDED.fullmatch(plain)
    back = amount(part[1]) if part else None
    if back is not None:
        return ("refunded" if back >= total else "partially_refunded"), back
    found = _STATUS_OF.get(plain, "unknown")
    return found, total if plain == "已全额退款" else None


def is_refund(way: Direction, *said: str | None) -> bool:
    """Tell whether a row is money coming back: not going out, and its words say refund."""
    return way != "out" and any("退款" in (text or "") for text in said)


def payment(
    provider: Provider, cells: dict[str, str], at: datetime, total: Decimal, source: BillSource
) -> BillPayment:
    """Build the record of a row from its cells by field name."""
    way = direction(cells.get("direction"))
    kind, goods, state_text = (words(cells.get(name)) for name in ("kind", "goods", "status"))
    refund = is_refund(way, kind, goods, state_text)
    state, back = status(state_text, total)
    column = amount(cells.get("refunded"))
    if column:  # the old Alipay export has the sum in a column of its own
        back = column
        state = "refunded" if column >= total else "partially_refunded"
    how = words(cells.get("method"))
    return BillPayment(
        provider=provider,
        at=at,
        kind=kind,
        counterparty=words(cells.get("counterparty")),
        counterparty_account=words(cells.get("counterparty_account")),
        goods=goods,
        direction=way,
        amount=total,
        refund=refund,
        refunded=None if refund else back,
        method=provider,
        method_text=how,
        status=state,
        status_text=state_text,
        trade_no=number(cells.get("trade_no")),
        merchant_no=number(cells.get("merchant_no")),
        note=words(cells.get("note")),
        source=source,
    )
