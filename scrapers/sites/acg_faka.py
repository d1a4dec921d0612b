"""异次元发卡 (lizhipay/acg-faka 3.x), theme Cartoon, any domain; its pages are drawn by script."""

from __future__ import annotations

from scrapers.contract import ComplaintForm, FormField, JsonWords, Page, Platform
from scrapers.dom import Found
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product
from scrapers.text import is_placeholder

KEY, NAME = "acg_faka", "异次元发卡"
_ORDER_NO = r"^\s*(\d{18,19})\s*$"


def extract(page: Page) -> list[OrderRecord]:
    """Read the cards of the query page, or the rows of a member's list of purchases."""
    reader = Reader(page)
    found = [_card(page, card) for card in reader.all(".order-list > .order-item")]
    rows = reader.all("#bill-table > tbody > tr")
    found += [_row(page, row, codes=len(rows) == 1) for row in rows]
    return [order for order in found if order.order_no]


def _card(page: Page, card: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", part(card.text(".order-no-text"), _ORDER_NO))
    build.two_axes(card.text(".status-badge"), card.text(".shipment-badge"))
    build.text("items.0.title", card.text(".goods-name"))
    kind = part(card.text(".goods-sku.a-badge-success"), r"[:：]\s*(.+)$")
    _variants(build, kind, card.texts(".goods-sku.a-badge-primary"))
    build.integer("items.0.quantity", card.text(".goods-sku.a-badge-warning"))
    build.money("amount", card.text(".amount-value"))
    build.moment("created_at", card.text(".order-time-text"))
    build.moment("payment.paid_at", card.text(".payment-time-text"))
    build.payment_method(card.text(".payment-name"))
    following = card.box(":is(.card-section, .card-password-section) > .mt-3")
    _delivered(build, card.box(".card-display"), following)
    return build.record()


def _row(page: Page, row: Reader, *, codes: bool) -> OrderRecord:
    """Read a row; the dialog with the codes names no order, so it counts only for the one row."""

    def cell(number: int, inner: str = "") -> Found | None:
        return row.text(f":scope > td:nth-of-type({number}) {inner}".strip())

    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", part(cell(1), _ORDER_NO))
    build.text("items.0.title", cell(2))
    badges = row.texts(":scope > td:nth-of-type(3) .a-badge")
    _variants(build, cell(3, ".md-pair__row:first-child .md-pair__v"), badges)
    build.integer("items.0.quantity", cell(4))
    build.money("amount", cell(5))
    build.payment_method(cell(6))
    build.two_axes(cell(7), cell(8))
    if codes:
        dialog = Reader(page)
        _delivered(build, dialog.box(".md-secret__code"), dialog.box(".md-secret__bar + div"))
    return build.record()


def _delivered(build: RecordBuilder, box: Found | None, following: Found | None) -> None:
    """Read what was delivered; the merchant's words that follow every delivery come second."""
    build.card_box(box)
    if not build.has("delivery.message"):
        build.text("delivery.message", following)


def _variants(build: RecordBuilder, kind: Found | None, others: list[Found]) -> None:
    """Put together what kind was bought (月卡) and its variants (渠道: 官方)."""
    shown = [found for found in (kind, *others) if found and not is_placeholder(found.text)]
    if shown:
        build.put("items.0.sku", "；".join(found.text for found in shown), shown[0].source)


def product(page: Page) -> Product | None:
    """Read the page of a product; its price is drawn by script."""
    goods = Reader(page)
    build = RecordBuilder(page)
    build.text("title", goods.text("main .panel-body h4"))
    build.money("price", goods.text(".abacus > .price"))
    build.delivery_kind(goods.text("main .badge-soft-success"))
    build.describe(goods.box(".item-detail > .panel-body"))
    return build.product()


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"^/user/index/query\?(?:.*&)?tradeNo=\d{18}",
        "order_list": r"^/user/(?:index/query|personal/purchaseRecord)\b",
        "product": r"^/item/\d+",
        "complaint": r"^/user/ticket/create\b",
        "receipt": r"^/user/ticket/detail\b",
    },
    fingerprint=(
        ':is(link[href*="/assets/user/css/index.css"], link[href*="/assets/user/css/_user.css"])',
        ":is(nav.navbar-acg, .uc-main)",
    ),
    extract=extract,
    json=JsonWords(
        states={
            "status": {"0": "pending_payment", "1": "paid"},
            "deliverystatus": {"0": "paid", "1": "delivered"},
        },
    ),
    product=product,
    order_no=(".order-no-text",),
    # Left to the user: the buttons 售前/售后 and 优先级, the list of bought orders (select2), the
    # editor of 问题详情 (CodeMirror). The number's box shows after 售后支持 → 手动输入订单号.
    complaint_form=ComplaintForm(
        path=r"^/user/ticket/create\b",
        selector="form.uc-ticket-form",
        receipt_no=".uc-ticket-detail-number",
        receipt_pattern=r"(?<![A-Z0-9])(TK\d{12}[0-9A-F]{8})(?![A-Z0-9])",
        fields=(
            FormField("order_no", 'input[name="trade_no"]', "text", max_length=32),
            FormField("title", 'input[name="title"]', "text", required=True, max_length=100),
            FormField(
                "attachments",
                '.uc-ticket-proof input[type="file"]',
                "file",
                accept="image/jpeg,image/png,image/webp",
            ),
        ),
    ),
)
