"""淘宝和天猫: 已买到的宝贝 and the order page (2025 on); class names end in a hash of their build.

Written from what public scripts select on these pages; no page of the site was seen.
"""

from __future__ import annotations

import re

from scrapers.contract import Page, Platform
from scrapers.dom import Found
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord
from scrapers.trade import fill_state

KEY, NAME = "taobao", "淘宝"
_ORDER_NO = r"(?<!\d)(\d{15,20})(?!\d)"
_AMOUNT = r"[￥¥]\s*[\d,.]+"  # the first: 含运费 can follow
_ROWS = ":is(.trade-bought-list-order-info, .trade-order-detail-order-info)"
_ONE_VARIANT = r"^[^:：;；]+[:：]\s*([^:：;；]+)$"  # 面值：30元; several stay as they are
_EXTRA = frozenset({"保险服务", "增值服务"})  # rows of a price, but nothing that was bought
_SERVICE = re.compile(r"价保|无理由|赔|运费险|退款|退货|包退|包换|先用后付|正品")


def extract(page: Page) -> list[OrderRecord]:
    """Read the order of a detail page, or the orders of 已买到的宝贝."""
    reader = Reader(page)
    found = [_bought(page, box) for box in reader.all('[id^="shopOrderContainer_"]')]
    side = reader.first(".tbpc-order-detail-main-right-content-container")
    found += [_detail(page, reader, side)] if side else []
    return [order for order in found if order.order_no]


def _detail(page: Page, order: Reader, side: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", part(side.labelled("订单编号"), _ORDER_NO))
    build.money("amount", part(side.labelled("实付款", "需付款", "应付款"), _AMOUNT))
    build.money("discount", part(side.labelled("店铺优惠"), _AMOUNT))
    build.moment("created_at", side.labelled("创建时间"))
    build.moment("payment.paid_at", side.labelled("付款时间"))
    build.moment("delivered_at", side.labelled("发货时间"))
    build.text("payment.trade_no", part(side.labelled("支付宝交易号"), r"\d{16,32}"))
    build.payment_method(side.labelled("支付方式"))
    _common(build, order, order.text('#headerContainer span[class*="content--"]'))
    return build.record()


def _bought(page: Page, order: Reader) -> OrderRecord:
    """Read one order of the list; its time is a date without a time of day, so it stays null."""
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", part(order.text('[class*="shopInfoOrderId"]'), _ORDER_NO))
    build.money("amount", part(order.text('[class*="priceReal--"]'), _AMOUNT))
    build.moment("created_at", part(order.text('[class*="shopInfoOrderTime"]'), r".*\d:\d.*"))
    _common(build, order, order.text('[class*="shopInfoStatus"]'))
    return build.record()


def _common(build: RecordBuilder, order: Reader, state: Found | None) -> None:
    rows = [row for row in order.all(f'{_ROWS}:not([class*="extBlank"] *)') if not _is_extra(row)]
    for index, row in enumerate(rows):
        _item(build, f"items.{index}", row)
    refunds = [found for row in rows if (found := row.text('[class*="refundStatus"]'))]
    fill_state(build, state, refunds, len(rows))
    build.text("seller.name", order.text('a[class*="shopInfoName"]'))
    build.text("seller.contact", order.attribute("[data-nick]", "data-nick"))  # 旺旺


def _item(build: RecordBuilder, path: str, row: Reader) -> None:
    build.text(f"{path}.title", _title(row))
    details = row.texts('[class*="infoContent--"]')
    if len(details) > 1 or (details and not _SERVICE.search(details[0].text)):
        build.text(f"{path}.sku", part(details[0], _ONE_VARIANT) or details[0])
    build.integer(f"{path}.quantity", row.text('[class*="quantity--"]'))
    unit = row.text('[class*="itemInfoColPrice"] .trade-price-container')
    if unit is None and build.values.get(f"{path}.quantity") == 1:
        unit = row.text('[class*="baseInfoRight--"] .trade-price-container')  # else it may be a sum
    build.money(f"{path}.unit_price", unit)


def _is_extra(row: Reader) -> bool:
    title = _title(row)
    return title is None or title.text.strip() in _EXTRA


def _title(row: Reader) -> Found | None:
    return row.text('[class*="titleText--"]') or row.text('a[class*="title--"]')


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(
        *("buyertrade.taobao.com", "trade.taobao.com", "tradearchive.taobao.com"),
        *("trade.tmall.com", "buyertrade.tmall.com"),
    ),
    path={
        "order": r"^/(?:trade/)?detail/(?:trade_(?:order|item)_detail|orderDetail)\.htm\b",
        "order_list": r"^/trade/itemlist/list_bought_items\.htm\b",
    },
    fingerprint=(
        ':is([id^="shopOrderContainer_"], .tbpc-order-detail-main-right-content-container)',
    ),
    extract=extract,
)
