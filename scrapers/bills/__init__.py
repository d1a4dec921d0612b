"""Read WeChat and Alipay bills: the CSV and xlsx they export, the ZIP they send, a saved page.

Header lines before the table and summary lines after it vary from year to year, so the table is
found by the names of its columns. A row that cannot be read is counted, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scrapers.bills import record as bill_record
from scrapers.bills.files import MAX_ROWS, File, Row, csv_rows, sheet_rows, unpack
from scrapers.bills.pages import looks_like_page, page_payment
from scrapers.bills.record import Bill, BillError, BillPayment, BillSource, Provider
from scrapers.bills.sheet import is_sheet
from scrapers.moments import SHANGHAI, moment
from scrapers.text import compact

_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_REQUIRED = ("at", "amount", "direction", "trade_no")
_FEWEST_LABELS = 5
_FEWEST_CELLS = 5
_MOST_NAMED = 10


@dataclass(frozen=True)
class Layout:
    """The columns of one export: name as printed, without its blanks, to field."""

    provider: Provider
    columns: Mapping[str, str]


_LAYOUTS = (
    Layout("wechat", {
        "交易时间": "at", "交易类型": "kind", "交易对方": "counterparty", "商品": "goods",
        "收/支": "direction", "金额(元)": "amount", "支付方式": "method", "当前状态": "status",
        "交易单号": "trade_no", "商户单号": "merchant_no", "备注": "note",
    }),
    Layout("alipay", {
        "交易时间": "at", "交易分类": "kind", "交易对方": "counterparty",
        "对方账号": "counterparty_account", "商品说明": "goods", "收/支": "direction",
        "金额": "amount", "金额(元)": "amount", "收/付款方式": "method", "交易状态": "status",
        "交易订单号": "trade_no", "商家订单号": "merchant_no", "备注": "note",
    }),
    Layout("alipay", {
        "交易号": "trade_no", "商家订单号": "merchant_no", "交易创建时间": "created",
        "付款时间": "at", "类型": "kind", "交易对方": "counterparty", "商品名称": "goods",
        "金额(元)": "amount", "收/支": "direction", "交易状态": "status",
        "成功退款": "refunded", "成功退款(元)": "refunded", "备注": "note",
    }),
)  # fmt: skip
"""WeChat; Alipay's app; Alipay's former web export, which has a time of payment of its own."""


def read_bill(data: bytes, password: str | None = None) -> Bill:
    """Read a bill: CSV, xlsx, saved page, or a ZIP of them. Raises BillError.

    A payment that stands in it twice is given once.
    """
    payments: dict[tuple[object, ...], BillPayment] = {}
    warnings: list[str] = []
    failed: list[BillError] = []
    files = unpack(data, password)
    for file in files:
        try:
            found = _read_file(file)
        except BillError as error:
            failed.append(error)
            warnings.append(f"bill_unread:{file.name}")
            continue
        warnings += found.warnings
        for one in found.payments:
            payments.setdefault(_key(one, len(payments)), one)
    if len(failed) == len(files):
        raise failed[0] if failed else BillError("not_a_bill")
    return Bill(payments=tuple(payments.values()), warnings=tuple(dict.fromkeys(warnings)))


def _key(one: BillPayment, place: int) -> tuple[object, ...]:
    if one.trade_no is None:
        return (place,)
    return (one.provider, one.trade_no, one.direction, one.at, one.amount)


def _read_file(file: File) -> Bill:
    if is_sheet(file.data):
        return _read_table(sheet_rows(file.data), file.name)
    if looks_like_page(file.data):
        return Bill(payments=(page_payment(file.data, file.name),))
    if b"\0" in file.data[:4096] and not file.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BillError("not_a_bill")
    return _read_table(csv_rows(file.data), file.name)


def _read_table(rows: Iterable[Row], name: str | None) -> Bill:
    payments: list[BillPayment] = []
    unreadable: list[int] = []
    rounded: list[int] = []
    undecoded: list[int] = []
    table = _bounded(rows)
    layout, places, width = _header(table)
    for row in table:
        cells = {field: row.cells[at] for at, field in places.items() if at < len(row.cells)}
        if sum(bool(cell.strip()) for cell in cells.values()) < _FEWEST_CELLS:
            continue  # blank, or a line of the summary below the table
        at = _time(cells.get("at"))
        if at is None and "created" in cells and not cells.get("at", "").strip():
            at = _time(cells["created"])
            cells["direction"] = ""  # never paid: nothing went out
        total = bill_record.amount(cells.get("amount"))
        lost = "\ufffd" in cells.get("direction", "")
        if at is None or total is None or lost or _shifted(row, width):
            unreadable.append(row.number)
            continue
        if any(bill_record.is_rounded(cells.get(key)) for key in ("trade_no", "merchant_no")):
            rounded.append(row.number)
        if "\ufffd" in row.text:
            undecoded.append(row.number)
        source = BillSource(file=name, row=row.number, text=_shown(row, cells.get("at"), at))
        payments.append(bill_record.payment(layout.provider, cells, at, total, source))
    told = (
        ("bill_unreadable", unreadable), ("bill_rounded", rounded), ("bill_undecoded", undecoded),
    )  # fmt: skip
    return Bill(payments=tuple(payments), warnings=tuple(_warnings(told)))


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count >= MAX_ROWS:
            raise BillError("too_large")
        yield row


def _header(rows: Iterator[Row]) -> tuple[Layout, dict[int, str], int]:
    """Return the layout whose column names a row has, the fields by place, how many cells."""
    for row in rows:
        labels = [compact(cell) for cell in row.cells]
        layout = max(_LAYOUTS, key=lambda one: sum(label in one.columns for label in labels))
        places = {at: layout.columns[x] for at, x in enumerate(labels) if x in layout.columns}
        if len(places) < _FEWEST_LABELS:
            continue
        lacks = [field for field in _REQUIRED if field not in places.values()]
        if lacks:
            named = [next(k for k, v in layout.columns.items() if v == field) for field in lacks]
            raise BillError("columns_missing", "、".join(named))
        return layout, places, len(row.cells)
    raise BillError("not_a_bill")


def _shifted(row: Row, width: int) -> bool:
    """Tell whether a row has more cells than the header: a comma in a name moved them."""
    return any(cell.strip() for cell in row.cells[width:])


def _shown(row: Row, cell: str | None, at: datetime) -> str:
    """Return the row as its file shows it: a day number is shown as the date."""
    if cell and _SERIAL.fullmatch(cell):
        return row.text.replace(cell, f"{at:%Y-%m-%d %H:%M:%S}", 1)
    return row.text


def _time(text: str | None) -> datetime | None:
    plain = (text or "").strip()
    if _SERIAL.fullmatch(plain):  # a spreadsheet's day number, its cell without a date format
        return _FIRST_DAY + timedelta(seconds=round(float(plain) * 86_400))
    return moment(plain)


def _warnings(told: Iterable[tuple[str, list[int]]]) -> Iterator[str]:
    for code, rows in told:
        if rows:
            more = ", …" if len(rows) > _MOST_NAMED else ""
            yield f"{code}:{', '.join(map(str, rows[:_MOST_NAMED]))}{more}"
