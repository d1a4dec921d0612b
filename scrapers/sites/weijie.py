"""微捷卡盟: a market; order page drawn by script, voucher page in GBK, ticket to the merchant."""

from __future__ import annotations

from scrapers.contract import ComplaintForm, Deadline, FormField, Page, Platform
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product

KEY, NAME = "weijie", "微捷卡盟"


def extract(page: Page) -> list[OrderRecord]:
    """Read a drawn order page or its voucher; a page still loading holds none."""
    reader = Reader(page)
    found = [_trade(page, trade) for trade in reader.all("#wj-trade[data-ready]")]
    found += [_voucher(page, paper) for paper in reader.all(".wj-paper")]
    return [order for order in found if order.order_no]


def _trade(page: Page, trade: Reader) -> OrderRecord:
    build = _common(page, trade.first(".wj-cells") or trade)
    build.text("order_no", trade.text(".wj-cells .no"))
    build.status(trade.text(".wj-status-text"))
    build.text("items.0.title", trade.text(".wj-items .wj-title"))
    build.text("items.0.sku", trade.text(".wj-items tbody td:nth-of-type(2)"))
    build.money("items.0.unit_price", trade.text(".wj-items tbody td:nth-of-type(3)"))
    build.integer("items.0.quantity", trade.text(".wj-items tbody td:nth-of-type(4)"))
    build.money("amount", trade.text(".wj-paid"))
    build.text("payment.trade_no", part(trade.text(".wj-log span"), r"流水 (\d{10,})"))
    build.moment("delivered_at", part(trade.text(".wj-when"), r"\d{4}-.*"))
    build.card_box(*trade.texts(".wj-secret .wj-code code"))
    build.text("delivery.message", trade.text(".wj-secret .wj-message"))
    build.text("failure_reason", trade.text(".wj-secret .wj-failure"))
    build.money("refunded", part(trade.text(".wj-secret .wj-refund"), r"[￥¥][\d.]+"))
    if len(trade.all(".wj-log li")) > 1:
        build.warn("several_payments")
    return build.record()


def _voucher(page: Page, paper: Reader) -> OrderRecord:
    build = _common(page, paper)
    build.text("order_no", paper.text(".wj-print-no"))
    build.status(paper.text(".status"))
    build.text("items.0.title", paper.text(".title"))
    build.text("items.0.sku", paper.text(".sku"))
    build.integer("items.0.quantity", paper.text(".count"))
    build.money("items.0.unit_price", paper.text(".unit"))
    build.money("amount", paper.text(".amount"))
    return build.record()


def _common(page: Page, reader: Reader) -> RecordBuilder:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    build.payment_method(reader.text(".method"))
    build.moment("payment.paid_at", reader.text(".paid"))
    build.moment("created_at", reader.text(".created"))
    build.text("recharge_account", reader.text(".account"))
    build.text("buyer_contact", reader.text(".contact"))
    build.text("seller.name", reader.text(".seller"))
    build.text("seller.contact", reader.text(".seller-contact"))
    build.promise(reader.text(".promise"))
    return build


def product(page: Page) -> Product | None:
    """Read the page of a product; beside it the merchant who sells it."""
    goods = Reader(page)
    build = RecordBuilder(page)
    build.text("title", goods.text(".wj-goods-name"))
    build.money("price", goods.text(".wj-cost b"))
    build.text("seller.name", goods.text(".wj-detail aside > b"))
    build.text("seller.contact", part(goods.text(".wj-detail aside > p"), r"^联系：(.+)$"))
    below = part(goods.box(".wj-detail + .wj-panel"), r"^图文详情\s*(.+)$")
    build.describe(below, goods.text(".wj-promise"))
    return build.product()


_ISSUES = {
    "not_delivered": "NOT_RECEIVED",
    "dead_code": "CODE_INVALID",
    "failed_no_refund": "RECHARGE_FAIL",
    "refund_missing": "RECHARGE_FAIL",
    "duplicate_charge": "PAID_TWICE",
    "not_as_described": "NOT_AS_DESC",
    "other": "OTHER",
}
_DEMANDS = {
    "refund": "REFUND",
    "reissue": "RESEND",
    "compensate": "OTHER",
    "explain": "OTHER",
    "other": "OTHER",
}
PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"^/trade/\d+(?:/print)?(?:\?|$)",
        "product": r"^/goods/\d+(?:\?|$)",
        "complaint": r"^/ticket/new\b",
        "receipt": r"^/ticket/SH\d+(?:\?|$)",
    },
    fingerprint=('html[data-software="weijie-market"]', 'link[href*="/assets/wj-market/"]'),
    extract=extract,
    product=product,
    order_no=(".wj-cells .no", ".wj-print-no"),
    complaint_form=ComplaintForm(
        path=r"^/ticket/new\b",
        selector="#wjAfterSale",
        entry="a.wj-aftersale",
        receipt_no="#wjTicketNo",
        receipt_pattern=r"售后单号：?\s*(SH\d{10,20})",
        fields=(
            FormField("order_no", 'input[name="tradeNo"]', "text", required=True),
            FormField("issue", 'input[name="reason"]', "radio", required=True, options=_ISSUES),
            FormField(
                "description", 'textarea[name="detail"]', "textarea", required=True, max_length=500
            ),
            FormField(
                "demand_kind", 'input[name="expect"]', "radio", required=True, options=_DEMANDS
            ),
            FormField("demand", 'input[name="claim"]', "text", required=True, max_length=60),
            FormField("contact", 'input[name="phone"]', "text", required=True, max_length=40),
            FormField("attachments", 'input[name="images"]', "file", accept="image/*"),
        ),
    ),
    deadlines=(Deadline("aftersale_entry", "paid_at", 30 * 24, "微捷卡盟售后工单说明"),),
)
