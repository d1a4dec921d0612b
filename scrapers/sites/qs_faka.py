"""骑士虚拟商品寄售 (wangpeng1208/qs-faka): query page of a Vue application; it shows no state."""

from __future__ import annotations

from scrapers.contract import ComplaintForm, Deadline, FormField, JsonWords, Page, Platform, Toasts
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product

KEY, NAME = "qs_faka", "骑士寄售"
_ORDER_NO = r"[A-Za-z0-9]*\d{12}[0-9a-f]{8}"


def extract(page: Page) -> list[OrderRecord]:
    """Read the order that was asked for; an unpaid one shows only a sentence, no number."""
    orders = [_order(page, card) for card in Reader(page).all(".order-wrapper .order-list")]
    return [order for order in orders if order.order_no]


def _order(page: Page, card: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
    heading = card.text(":scope > button")
    build.text("order_no", part(heading, rf"订单号\s*[:：]\s*({_ORDER_NO})\s*$"))
    build.text("items.0.title", card.labelled("商品名称"))
    build.integer("items.0.quantity", card.labelled("已发卡密"))
    build.money("amount", card.labelled("支付金额"))
    build.moment("created_at", card.labelled("下单时间"))
    build.payment_method(card.labelled("付款方式"))
    build.card_box(card.box("#copyText"))
    build.text("seller.contact", card.box(".contact-content"))
    build.warn("status_not_found")  # only a toast tells it
    return build.record()


def product(page: Page) -> Product | None:
    """Read the product that is chosen on a merchant's shop page, theme default."""
    shop = Reader(page)
    build = RecordBuilder(page)
    build.text("title", shop.text(".goods-item--active .goods-name"))
    build.money("price", shop.text(".goods-item--active .goods-price"))
    build.text("seller.name", shop.own_text(".shop-name"))
    build.text("seller.contact", shop.text(".shop-name > .contact span"))
    build.describe(shop.box(".description-section > .section-content"))
    return build.product()


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "receipt": r"^/order/?\?(?:.*&)?tscx=1\b",
        "order": r"^/order/?(?:\?|$)",
        "product": r"^/links/\w+",
    },
    fingerprint=(
        'script[src*="/web/assets/index-"]',
        ":is(.order-wrapper, .plaint-form, .shop-main-content)",
    ),
    extract=extract,
    json=JsonWords(
        states={
            "status": {"0": "pending_payment", "1": "paid", "2": "cancelled", "3": "refunded"},
        },
    ),
    product=product,
    # A dialog over the query page. 投诉类型 is a choice of blocks, QQ号码 has no field in a draft:
    # left to the user. The phone gets the password with which the complaint is looked up.
    complaint_form=ComplaintForm(
        path=r"^/order/?(?:\?|$)",
        selector=".plaint-form",
        fields=(
            FormField("order_no", 'input[placeholder="订单编号"]', "text", required=True),
            FormField("contact", 'input[placeholder="手机号码"]', "text", required=True),
            FormField("description", "textarea", "textarea", required=True, max_length=1000),
        ),
    ),
    toasts=Toasts(
        number=_ORDER_NO,
        states={
            "订单未付款，请重新支付，或联系客服处理！": "pending_payment",
            "订单超时未付款，系统已自动关闭该订单！": "cancelled",
            "订单已经退款，不支持查看详情！": "refunded",
            "商品库存不足，请联系客服补充库存后再取卡密！": "paid",
        },
    ),
    deadlines=(
        Deadline(
            "complaint_entry", "created_at", 24,
            "骑士寄售投诉表单的校验（请在当天投诉）", whole_days=True,
        ),
    ),
)  # fmt: skip
