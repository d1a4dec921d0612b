"""王子卡盟 (WangziShop): member centre, order detail and list, complaint form 申请投诉."""

from __future__ import annotations

from scrapers.contract import ComplaintForm, Deadline, FormField, Page, Platform
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product

KEY, NAME = "wangzi", "王子卡盟"


def extract(page: Page) -> list[OrderRecord]:
    """Read the order of a detail page, or the rows of 我的订单."""
    reader = Reader(page)
    detail = reader.first(".wz-order-page")
    orders = [_detail(page, detail)] if detail else []
    orders += [_row(page, row) for row in reader.all(".wz-orders tr[data-order]")]
    return [order for order in orders if order.order_no]


def _detail(page: Page, order: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", order.text(".wz-info .wz-no"))
    build.status(order.text("#wz-order-status"))
    build.text("items.0.title", order.text(".wz-info .wz-name"))
    build.text("items.0.sku", order.text(".wz-info .wz-sku"))
    build.integer("items.0.quantity", order.text(".wz-info .wz-count"))
    build.money("items.0.unit_price", order.text(".wz-info .wz-unit"))
    build.money("discount", order.text(".wz-info .wz-discount"))
    build.money("amount", order.text(".wz-paid"))
    build.payment_method(order.text(".wz-info .wz-method"))
    build.text("payment.trade_no", order.text(".wz-pay tbody td:nth-of-type(2)"))
    build.moment("payment.paid_at", order.text(".wz-info .wz-paid-at"))
    build.moment("created_at", order.text(".wz-info .wz-created"))
    build.moment("delivered_at", order.text(".wz-delivery .wz-at span"))
    build.text("recharge_account", order.text(".wz-info .wz-account"))
    build.text("buyer_contact", order.text(".wz-info .wz-contact"))
    build.promise(order.text(".wz-info .wz-promise"))
    build.card_box(*order.texts(".wz-delivery .wz-code code"))
    build.text("delivery.message", order.text(".wz-delivery .wz-message"))
    build.text("failure_reason", order.text(".wz-delivery .wz-failure"))
    build.money("refunded", order.text(".wz-delivery .wz-refunded"))
    if len(order.all(".wz-pay tbody td:nth-of-type(2)")) > 1:
        build.warn("several_payments")
    return build.record()


def _row(page: Page, row: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", row.text(".no"))
    build.status(row.text(".wz-status"))
    build.text("items.0.title", row.text(".wz-goods span"))
    build.integer("items.0.quantity", row.text(".qty"))
    build.money("amount", row.text(".amount"))
    build.moment("created_at", row.text(".at"))
    return build.record()


def product(page: Page) -> Product | None:
    """Read the page of a product."""
    goods = Reader(page)
    build = RecordBuilder(page)
    build.text("title", goods.text(".wz-goods-title"))
    build.money("price", goods.text(".wz-big b"))
    build.delivery_kind(goods.text(".wz-tags em"))
    below = part(goods.box(".wz-buy + .wz-box"), r"^商品说明\s*(.+)$")
    build.describe(below, goods.text(".wz-promise"))
    return build.product()


_ISSUES = {
    "not_delivered": "1",
    "dead_code": "2",
    "failed_no_refund": "3",
    "refund_missing": "3",
    "duplicate_charge": "4",
    "not_as_described": "5",
    "other": "9",
}
_DEMANDS = {
    "refund": "refund",
    "reissue": "resend",
    "compensate": "other",
    "explain": "other",
    "other": "other",
}
PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"^/member/orders/[A-Z0-9]+(?:\?|$)",
        "order_list": r"^/member/orders/?(?:\?|$)",
        "product": r"^/goods/\d+(?:\?|$)",
        "complaint": r"^/member/complaints/new\b",
        "receipt": r"^/member/complaints/TS\d+(?:\?|$)",
    },
    fingerprint=('meta[name="generator"][content^="WangziShop"]', 'link[href*="/assets/wz-shop/"]'),
    extract=extract,
    product=product,
    order_no=(".wz-info .wz-no",),
    # The form knows the order: its number stands there read-only and is not filled.
    complaint_form=ComplaintForm(
        path=r"^/member/complaints/new\b",
        selector="#wz-complaint-form",
        entry="a.wz-complain",
        receipt_no=".wz-complaint-no",
        receipt_pattern=r"投诉编号：?\s*(TS\d{10,20})",
        fields=(
            FormField("issue", "#f-issue", "select", required=True, options=_ISSUES),
            FormField("description", "#f-description", "textarea", required=True, max_length=500),
            FormField(
                "demand_kind", 'input[name="demand_kind"]', "radio", required=True, options=_DEMANDS
            ),
            FormField("demand", "#f-demand", "text", required=True, max_length=100),
            FormField("contact", "#f-contact", "text", required=True, max_length=50),
            FormField("attachments", "#f-files", "file", accept="image/*"),
        ),
    ),
    deadlines=(Deadline("complaint_entry", "paid_at", 15 * 24, "王子卡盟订单投诉规则 五"),),
)
