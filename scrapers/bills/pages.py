"""Read a saved bill detail page of WeChat or Alipay: one payment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.bills import record as bill_record
from scrapers.bills.record import BillError, BillPayment, BillSource, Provider
from scrapers.dom import Found, walk
from scrapers.labels import label_key
from scrapers.moments import moment
from scrapers.page import decode, documents, parse
from scrapers.reading import Reader
from scrapers.text import fold

_SIGNED = re.compile(r"([-+\u2212])\s*[¥￥]?\s*(\d[\d,]*\.\d{1,2})\s*元?")
_MHTML = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_LABELS: dict[Provider, dict[str, tuple[str, ...]]] = {
    "wechat": {
        "trade_no": ("交易单号",),
        "merchant_no": ("商户单号",),
        "at": ("支付时间", "转账时间", "交易时间"),
        "status": ("当前状态",),
        "goods": ("商品", "商品说明"),
        "counterparty": ("商户全称", "收款方"),
        "method": ("支付方式",),
    },
    "alipay": {
        "trade_no": ("订单号", "交易号"),
        "merchant_no": ("商家订单号", "商户订单号"),
        "at": ("支付时间", "付款时间", "创建时间"),
        "status": ("交易状态", "当前状态"),
        "goods": ("商品说明",),
        "counterparty": ("收款方全称", "对方账户"),
        "method": ("付款方式", "支付方式"),
        "kind": ("账单分类",),
    },
}
"""Each provider's own words; the two numbers tell whose page it is."""


def looks_like_page(data: bytes) -> bool:
    """Tell whether bytes are a saved HTML or MHTML page."""
    head = data[:8192]
    return bool(_MHTML.search(head)) or decode(head).lstrip("\ufeff \r\n\t").startswith("<")


def page_payment(data: bytes, name: str | None) -> BillPayment:
    """Read the payment of a bill detail page. Raises BillError(not_a_bill)."""
    for document in documents(data, url="")[:20]:
        reader = Reader(parse(document, None))
        for provider, labels in _LABELS.items():
            found = {field: reader.labelled(*names) for field, names in labels.items()}
            if found["trade_no"] and found["merchant_no"]:
                return _payment(provider, reader, found, name)
    raise BillError("not_a_bill")


def _payment(
    provider: Provider, reader: Reader, found: dict[str, Found | None], name: str | None
) -> BillPayment:
    shown = list(_above(reader, _LABELS[provider]))
    signed = {match.groups() for text in shown if (match := _SIGNED.fullmatch(text))}
    at = moment(found["at"].text) if found["at"] else None
    if len(signed) != 1 or at is None:  # two sums above the table: which one was paid is a guess
        raise BillError("not_a_bill")
    [(sign, digits)] = signed
    total = bill_record.amount(digits)
    if total is None:
        raise BillError("not_a_bill")
    cells = {field: value.text for field, value in found.items() if value}
    cells["direction"] = "收入" if sign == "+" else "支出"
    states = [text for text in shown if bill_record.status(text, total)[0] != "unknown"]
    if "status" not in cells and len(set(states)) == 1:
        cells["status"] = states[0]
    lines = [f"{sign}{digits}", *(value for key, value in cells.items() if key != "direction")]
    return bill_record.payment(
        provider, cells, at, total, BillSource(file=name, text="\n".join(lines))
    )


def _above(reader: Reader, labels: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the texts above the table of labels, and each with the next: a sum may be split."""
    known = {label_key(label) for names in labels.values() for label in names}
    last = ""
    for token in walk(reader.element).tokens:
        text = fold(token.text)
        if label_key(text) in known:
            return
        if not token.hidden:
            yield text
            if last in {"-", "+", "\u2212"}:
                yield last + text
            last = text
