"""乐创卡盟: guest order page (by link or by lookup), ticket form 工单."""

from __future__ import annotations

from scrapers.contract import ComplaintForm, Deadline, FormField, Page, Platform
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product

KEY, NAME = "lechuang", "乐创卡盟"
_CLAUSE = "乐创卡盟用户协议 第4.2条"


def extract(page: Page) -> list[OrderRecord]:
    """Read the one order of an order page or of a lookup's result."""
    found = [_order(page, order) for order in Reader(page).all(".lc-result")]
    return [order for order in found if order.order_no]


def _order(page: Page, order: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.text("order_no", order.text(".lc-no"))
    build.status(order.text(".lc-badge"))
    build.text("items.0.title", order.text(".lc-name"))
    build.text("items.0.sku", order.labelled("商品规格"))
    build.integer("items.0.quantity", order.labelled("购买数量"))
    build.money("items.0.unit_price", order.labelled("商品单价"))
    build.money("discount", order.labelled("优惠金额"))
    build.money("amount", order.text(".lc-total"))
    build.payment_method(order.labelled("支付方式"))
    build.text("payment.trade_no", part(order.text(".lc-payments small"), r"\d{10,}"))
    build.moment("payment.paid_at", order.labelled("支付时间"))
    build.moment("created_at", order.labelled("下单时间"))
    build.moment("delivered_at", order.text(".lc-box .lc-at"))
    build.text("recharge_account", order.text(".lc-account"))
    build.text("buyer_contact", order.labelled("下单邮箱"))
    build.promise(order.text(".lc-due"), order.text(".lc-rule"))
    build.card_box(order.text(".lc-box .lc-cards"))
    build.text("delivery.message", order.text(".lc-box .lc-message"))
    build.text("failure_reason", order.text(".lc-box .lc-failure"))
    build.money("refunded", order.text(".lc-box .lc-refunded"))
    if len(order.all(".lc-payments li")) > 1:
        build.warn("several_payments")
    return build.record()


def product(page: Page) -> Product | None:
    """Read the page of a product."""
    goods = Reader(page)
    build = RecordBuilder(page)
    build.text("title", goods.text(".lc-item-name"))
    build.money("price", goods.text(".lc-cost"))
    below = part(goods.box(".lc-split + .lc-panel"), r"^商品介绍\s*(.+)$")
    build.describe(below, goods.text(".lc-promise"))
    return build.product()


_ISSUES = {
    "not_delivered": "late",
    "dead_code": "invalid",
    "failed_no_refund": "recharge",
    "refund_missing": "recharge",
    "duplicate_charge": "double",
    "not_as_described": "wrong",
    "other": "other",
}
_DEMANDS = {
    "refund": "tk",
    "reissue": "bf",
    "compensate": "qt",
    "explain": "qt",
    "other": "qt",
}
PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"^/order/LC\d+(?:\?|$)",
        "order_post": r"^/query(?:\?|$)",
        "product": r"^/item/[\w-]+(?:\?|$)",
        "complaint": r"^/ticket/new\b",
        "receipt": r"^/ticket/GD\d+(?:\?|$)",
    },
    fingerprint=('body[data-app="lechuang-faka"]', 'link[href*="/assets/lc-faka/"]'),
    extract=extract,
    product=product,
    order_no=(".lc-no",),
    complaint_form=ComplaintForm(
        path=r"^/ticket/new\b",
        selector="#lc-ticket",
        entry="a.lc-to-ticket",
        receipt_no=".lc-ticket-no",
        receipt_pattern=r"工单编号\s*(GD\d{10,20})",
        fields=(
            FormField("order_no", 'input[name="order"]', "text", required=True, max_length=32),
            FormField("issue", 'select[name="type"]', "select", required=True, options=_ISSUES),
            FormField("title", 'input[name="subject"]', "text", max_length=40),
            FormField(
                "description", 'textarea[name="content"]', "textarea", required=True, max_length=500
            ),
            FormField(
                "demand_kind", 'select[name="wish"]', "select", required=True, options=_DEMANDS
            ),
            FormField("demand", 'input[name="appeal"]', "text", required=True, max_length=80),
            FormField("contact", 'input[name="mail"]', "text", required=True, max_length=60),
            FormField(
                "attachments",
                'input[name="proof[]"]',
                "file",
                accept="image/png,image/jpeg,image/webp",
            ),
        ),
    ),
    deadlines=(
        Deadline("delivery_due", "paid_at", 24, _CLAUSE),
        Deadline("code_kept", "created_at", 30 * 24, "乐创卡盟用户协议 第2.2条"),
    ),
)
