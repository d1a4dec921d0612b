"""Dujiao-Next (dujiao-next/user, a Vue application) in zh-CN, zh-TW and en-US, on any domain."""

from __future__ import annotations

import re
from decimal import Decimal

from scrapers.contract import JsonWords, Page, Platform
from scrapers.dom import Found, walk
from scrapers.money import money
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product

KEY, NAME = "dujiao_next", "Dujiao-Next"
_ORDER_NO = r"(?<![A-Za-z0-9])(DJ\d{20}(?:-\d{1,4})?)(?![A-Za-z0-9-])"
_WORDS = {
    "order_no": "订单号|訂單號|Order No",
    "created_at": "下单时间|下單時間|Order time",
    "payment.paid_at": "支付时间|支付時間|Paid at",
    "status": "订单状态|訂單狀態|Order status",
    "method": "支付方式|Method",
    "amount": "实付金额|實付金額|Total amount",
    "original": "原始金额|原始金額|Original amount",
    "coupon": "礼券金额|禮券金額|Coupon amount|优惠券分摊|優惠券分攤|Coupon discount",
    "promotion": "活动价分摊|活動價分攤|Promotion discount",
    "member": "会员优惠|會員優惠|Member Discount",
    "wholesale": "批发价优惠|批發價優惠|Wholesale discount",
    "saved": "共减|共減|Total saved",
    "wallet": "余额支付|餘額支付|Wallet paid",
    "refunded": "已退款金额|已退款金額|Refunded amount",
    "quantity": "数量|數量|Qty",
    "sku": "规格|規格|SKU",
    "unit_price": "单价|單價|Unit price",
    "kind": "交付方式|Fulfillment",
}
_NAMES = {word: name for name, words in _WORDS.items() for word in words.split("|")}
_CARDS = frozenset({"自动交付", "自動交付", "Auto"})  # from the shop's stock of codes
_MOST = 60  # the shop's lists have 20 cards
_BOX = ".theme-surface-soft.theme-text-secondary"
_REDUCTIONS = ("coupon", "promotion", "member", "wholesale")


def extract(page: Page) -> list[OrderRecord]:
    """Read the order of a detail or payment page, or the cards of a member's or guest's list."""
    reader = Reader(page)
    cards = reader.all('.space-y-4 > .rounded-2xl:has(a[href*="/orders/DJ"])')[:_MOST]
    found = [_card(page, card) for card in cards]
    found += [_order(page, body) for body in reader.all(".theme-page")[-1:] if not cards]
    return [order for order in found if order.order_no]


def _labelled(reader: Reader) -> dict[str, Found]:
    """Return what the known labels name: the rest of their text after a ：, or the next text."""
    shown: dict[str, Found] = {}
    tokens = walk(reader.element).tokens
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        following = None
        if after is not None and not after.text.startswith("："):  # else it is a buyer's input
            following = Found(after.text, after.element)
        for text in re.split(r"\s+·\s+(?=[^：·]{1,20}：)", token.text):
            label, _, value = (piece.strip() for piece in text.partition("："))
            found = Found(value, token.element) if value else following
            if label in _NAMES and found is not None:
                shown.setdefault(_NAMES[label], found)
    return shown


def _card(page: Page, card: Reader) -> OrderRecord:
    build, shown = RecordBuilder(page, key=KEY, name=NAME, software=KEY), _labelled(card)
    build.text("order_no", part(shown.get("order_no"), _ORDER_NO))
    build.money("amount", card.text(".text-lg.font-bold"))
    build.moment("created_at", card.text(".text-lg.font-bold ~ div:last-child"))
    build.status(card.text("span.theme-badge.font-medium"))
    reductions = [shown[name] for name in _REDUCTIONS if name in shown]
    build.money("discount", reductions[0] if len(reductions) == 1 else None)
    return build.record()


def _order(page: Page, body: Reader) -> OrderRecord:
    build, shown = RecordBuilder(page, key=KEY, name=NAME, software=KEY), _labelled(body)
    build.text("order_no", part(shown.get("order_no"), _ORDER_NO))
    build.money("amount", shown.get("amount"))
    build.moment("created_at", shown.get("created_at"))
    build.moment("payment.paid_at", shown.get("payment.paid_at"))
    build.status(shown.get("status") or body.text("span.theme-badge.font-medium"))
    build.payment_method(shown.get("method") or _wallet(body, shown))
    own = body.all('.theme-panel > [class*="space-y"] > .border-b')
    items = own or body.all(".theme-surface-soft .border-b")  # those of the child orders
    _fill_items(build, items[:_MOST])
    saved = ("saved",) if len(items) == 1 else ()
    build.money("discount", _discount(shown, (*_REDUCTIONS, *saved)))
    _fill_refund(build, body, shown)
    holders = body.all(f":has(> {_BOX})")[:_MOST]
    build.card_box(*(holder.box(f":scope > {_BOX}") for holder in holders))
    return build.record()


def _fill_items(build: RecordBuilder, items: list[Reader]) -> None:
    kinds: dict[str, Found] = {}
    for place, item in enumerate(items):
        shown = _labelled(item)
        build.text(f"items.{place}.title", item.text(".theme-text-primary.font-medium"))
        build.text(f"items.{place}.sku", shown.get("sku"))
        build.integer(f"items.{place}.quantity", shown.get("quantity"))
        build.money(f"items.{place}.unit_price", shown.get("unit_price"))
        build.order_inputs(item.box(".rounded-xl:has(> .font-semibold)"))
        if "kind" in shown:
            kinds[shown["kind"].text] = shown["kind"]
    if len(kinds) == 1:
        text, kind = kinds.popitem()
        build.delivery_kind(kind)
        if text in _CARDS:
            build.put("delivery.kind", "card_secret", kind.source)


def _discount(shown: dict[str, Found], names: tuple[str, ...]) -> Found | None:
    """Return the reduction that alone makes the difference to the original amount."""
    original, paid = _value(shown.get("original")), _value(shown.get("amount"))
    for name in names:
        value = _value(shown.get(name))
        if original is not None and value is not None and original - abs(value) == paid:
            return shown[name]
    return None


def _wallet(body: Reader, shown: dict[str, Found]) -> Found | None:
    """Return the words for the buyer's balance when it paid the whole amount."""
    paid = _value(shown.get("wallet"))
    if paid is None or paid != _value(shown.get("amount")):
        return None
    return next(found for found in body.texts("div.text-xs") if _NAMES.get(found.text) == "wallet")


def _value(found: Found | None) -> Decimal | None:
    amount = money(found.text) if found else None
    return amount.value if amount else None


def _fill_refund(build: RecordBuilder, body: Reader, shown: dict[str, Found]) -> None:
    """Read the refunded sum; a guest sees only the single refunds, of several not their sum."""
    rows = body.all("table > tbody > tr")
    if len(rows) == 1:
        build.money("refunded", rows[0].text("td:nth-of-type(2)"))
        build.text("failure_reason", rows[0].text("td:nth-of-type(3)"))
    build.money("refunded", shown.get("refunded"))


def product(page: Page) -> Product | None:
    """Read the page of a product: the price that is asked now, not the one struck out."""
    goods, build = Reader(page), RecordBuilder(page)
    build.text("title", goods.text(".theme-page h1"))
    build.money("price", goods.text(".theme-price-lg"))
    build.describe(goods.box(".theme-prose"))
    return build.product()


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"^/(?:(?:guest/)?orders/DJ\d{20}|pay/?\?(?:.*&)?order_no=DJ\d{20})",
        "order_list": r"^/(?:me|guest)/orders/?(?:\?|$)",
        "product": r"^/products/[^/?]+",
    },
    fingerprint=(
        "#app .theme-page",
        ':is(a[href^="https://github.com/dujiao-next"], .theme-wordmark, link[href$="/dj.svg"])',
    ),
    extract=extract,
    json=JsonWords(
        states={
            "status": {
                "pending_payment": "pending_payment",
                "paid": "paid",
                "fulfilling": "processing",
                "partially_delivered": "partially_delivered",
                "delivered": "delivered",
                "completed": "completed",
                "partially_refunded": "partially_refunded",
                "refunded": "refunded",
                "canceled": "cancelled",
                "expired": "expired",
            },
        },
    ),
    product=product,
    order_no=(".theme-panel .text-sm.font-semibold.mt-1",),
)
