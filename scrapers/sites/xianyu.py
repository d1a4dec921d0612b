"""闲鱼 on the web (goofish.com): 我买到的 and the order page; class names end in a hash.

Written from what public scripts select on these pages; no page of the site was seen.
"""

from __future__ import annotations

from scrapers.contract import Page, Platform
from scrapers.dom import Found
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord
from scrapers.trade import fill_state

KEY, NAME = "xianyu", "闲鱼"
_ORDER_NO = r"(?<!\d)(\d{15,20})(?!\d)"
_IN_ADDRESS = r"[?&]orderId=(\d{15,20})(?!\d)"


def extract(page: Page) -> list[OrderRecord]:
    """Read the order of a detail page, or the cards of 我买到的."""
    reader = Reader(page)
    if reader.first('[class*="boldNum--"]'):
        return [order for order in [_detail(page, reader)] if order.order_no]
    links = 'a[href*="order-detail"][href*="orderId="]'
    cards = reader.all(f'[class*="container--"]:has({links}):not(:has([class*="container--"]))')
    return [order for order in (_card(page, card) for card in cards) if order.order_no]


def _detail(page: Page, order: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    number = part(order.labelled("订单编号", "订单号"), _ORDER_NO)
    if number is None:
        build.warn("order_no_from_address")
        number = part(Found(page.url), _IN_ADDRESS)
    build.text("order_no", number)
    build.money("amount", order.text('[class*="boldNum--"]'))
    build.moment("created_at", order.labelled("创建时间", "下单时间"))
    build.moment("payment.paid_at", order.labelled("付款时间"))
    build.moment("delivered_at", order.labelled("发货时间"))
    build.text("payment.trade_no", part(order.labelled("支付宝交易号"), r"\d{16,32}"))
    lines = order.texts('[class*="sku--"]')  # 数量:x1 beside 面值:100元
    counts = [line for line in lines if line.text.startswith("数量")]
    variants = [v for line in lines if line not in counts and (v := part(line, r"[:：]\s*(.+)$"))]
    build.integer("items.0.quantity", next(iter(counts), None))
    if variants:
        build.put("items.0.sku", "；".join(v.text for v in variants), variants[0].source)
    build.text("items.0.title", order.text(':has(> [class*="sku--"]) > [class*="desc--"]'))
    _common(build, order, order.text('[class*="orderStatusText--"]'))
    return build.record()


def _card(page: Page, card: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    link = card.attribute('a[href*="orderId="]', "href")
    build.text("order_no", part(link, _IN_ADDRESS))
    build.money("amount", card.text('[class*="price--"]'))
    build.text("items.0.title", card.text('[class*="desc--"]'))
    _common(build, card, card.text('[class*="status--"]'))
    return build.record()


def _common(build: RecordBuilder, order: Reader, state: Found | None) -> None:
    build.text("seller.name", order.text('a[href*="personal?userId="]'))
    fill_state(build, state, (), 1)


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=("www.goofish.com", "goofish.com"),
    path={
        "order": r"^/order-detail\?(?:.*&)?orderId=\d{15}",
        "order_list": r"^/bought\b",
    },
    fingerprint=(':is([class*="boldNum--"], a[href*="order-detail"][href*="orderId="])',),
    extract=extract,
)
