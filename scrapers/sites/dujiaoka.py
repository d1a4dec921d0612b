"""独角数卡 (assimon/dujiaoka 2.x) with its themes unicorn, luna and hyper, on any domain."""

from __future__ import annotations

from collections import Counter

from bs4 import Tag

from scrapers.contract import Page, Platform
from scrapers.dom import Found, ancestors, attribute
from scrapers.labels import label_key
from scrapers.reading import Reader, RecordBuilder, part, promised_in
from scrapers.record import OrderRecord, Product

NAME = "独角数卡"
_ORDER_NO = r"(?<![A-Z0-9])([A-Z0-9]{16})(?![A-Z0-9])"
_NUMBER_LABELS = ("订单号", "订单编号")
_CREATED = ("订单创建时间", "下单时间", "订单建立时间")  # the last is zh_TW
_DISCOUNTS = (
    ("优惠码优惠价格", "优惠金额", "折扣码折扣价格", "折扣金额"),
    ("批发价优惠", "批发价折扣"),
)
_INPUTS = ':is(label, td):-soup-contains("订单资料", "訂單資料") + :is(span, p, td)'
# of a product page, in the order unicorn, luna, hyper
_NAME = ".good-card h3.card-title, .goods-name > span, #buy-form h3"
_PRICE = ".buy-form h6, .goods-msg .price, .buy-price"
_KIND = ".good-card h6 > small, .goods-name .small-tips, #buy-form .badge"
_DESCRIPTION = ".good-card .card-header + .card-body, .main-box > .intro, .buy-product"
_PROMPT = "#staticBackdrop .modal-body, .buy-prompt, #buy_prompt .modal-body"


def extract(page: Page) -> list[OrderRecord]:
    """Read every order card of a detail, search or bill page."""
    orders = [_order(page, number, card) for number, card in _cards(page)]
    return [order for order in orders if order.items or order.amount]


def _cards(page: Page) -> list[tuple[Found, Reader]]:
    """Return each order number with the largest block around it that holds no other.

    In a list of hyper that is only a heading; its card follows.
    """
    found = [
        (number, pair.element)
        for pair in Reader(page).pairs
        if label_key(pair.label) in _NUMBER_LABELS and (number := part(pair.found, _ORDER_NO))
    ][:50]
    lines = [[mark, *ancestors(mark)] for _, mark in found]
    holders = Counter(id(tag) for line in lines for tag in line)
    blocks = [[tag for tag in line if holders[id(tag)] == 1] for line in lines]
    return [
        (number, Reader(page, _card_after(block[-1]) or block[-1]))
        for (number, _), block in zip(found, blocks, strict=True)
        if block
    ]


def _card_after(block: Tag) -> Tag | None:
    following = block.find_next_sibling()
    return following.select_one(":scope > .orderinfo-card-grid") if following else None


def _order(page: Page, number: Found, card: Reader) -> OrderRecord:
    build = RecordBuilder(page, key="dujiaoka", name=NAME, software="dujiaoka")
    build.text("order_no", number)
    title = card.labelled("订单名称")
    build.text("items.0.title", part(title, r"^(.*?)(?:\s+x\s+\d+)?\s*$"))
    quantity = card.labelled("购买数量", "下单数量") or part(title, r"\s+x\s+(\d+)\s*$")
    build.integer("items.0.quantity", quantity)
    build.money("items.0.unit_price", card.labelled("商品单价"))
    build.money("amount", card.labelled("实际支付价格", "订单总价", "商品总价"))
    discounts = [card.labelled(*labels) for labels in _DISCOUNTS]
    if None in discounts:  # of two neither is the discount of the order
        build.money("discount", discounts[0] or discounts[1])
    build.moment("created_at", card.labelled(*_CREATED))
    build.text("buyer_contact", card.labelled("下单邮箱", "邮箱", "下单信箱", "信箱"))
    build.delivery_kind(card.labelled("订单类型"))
    build.payment_method(card.labelled("支付方式"))
    state = card.labelled("订单状态")
    build.status(state)  # hyper shows nothing for 异常 (6), and 已处理 for what is being done (3)
    if state is not None and state.text.strip() == "已处理":
        build.put("status", "processing", state.source)
        build.warnings.remove("status_unknown")
    build.card_box(_card_box(card, number))
    build.order_inputs(card.box(_INPUTS))
    return build.record()


def _card_box(card: Reader, number: Found) -> Found | None:
    """Return the delivered text; textarea, or luna's styled text that only its button repeats."""
    box = card.text("textarea")
    if box is not None:
        return box
    for button in card.all("[data-clipboard-text]"):
        text = attribute(button.element, "data-clipboard-text")
        if text.strip() != number.text:
            return Found(text, button.element)
    return None


def product(page: Page) -> Product | None:
    """Read the page of a product; what pops up on it (购买提示) can hold the promise too."""
    goods = Reader(page)
    build = RecordBuilder(page)
    build.text("title", goods.own_text(_NAME))
    build.money("price", part(goods.text(_PRICE), r"[￥¥]\s*[\d.]+"))
    build.delivery_kind(goods.text(_KIND))
    told = part(goods.box(_DESCRIPTION), r"^(?:商品详情)?\s*(.+)$")
    build.describe(told, promised_in(goods.box(_PROMPT)))
    return build.product()


PLATFORM = Platform(
    key="dujiaoka",
    name=NAME,
    hosts=(),
    path={
        "order": r"^/(?:detail-order-sn|bill)/[A-Z0-9]{16}",
        "order_list": r"^/order-search\b",
        "order_post": r"^/search-order-by-(?:sn|email|browser)\b",
        "product": r"^/buy/\d+",
    },
    fingerprint=(
        ", ".join(
            [
                f':is(link[href*="/assets/{theme}/"], script[src*="/assets/{theme}/"])'
                for theme in ("unicorn", "luna", "hyper")
            ]
            + ['a[href*="github.com/assimon/dujiaoka"]']
        ),
    ),
    extract=extract,
    product=product,
    order_no=("h5 > small", "h3 > span.badge", "ul.info-ui > li"),
)
