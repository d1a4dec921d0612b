"""独角数卡 (assimon/dujiaoka 2.x) with its themes unicorn, luna and hyper, on any domain."""

from __future__ import annotations

from bs4 import Tag

from scrapers.contract import Page, Platform
from scrapers.dom import Found, attribute
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord

NAME = "独角数卡"
_ORDER_NO = r"(?<![A-Z0-9])([A-Z0-9]{16})(?![A-Z0-9])"
_MARKS = "small, h3 > span.badge, ul.info-ui > li, .order-no, h5, td"


def extract(page: Page) -> list[OrderRecord]:
    """Read every order card of a detail, search or bill page."""
    cards = _cards(page)
    return [order for card in cards if (order := _order(page, card)).order_no]


def _cards(page: Page) -> list[Reader]:
    """Return one reader an order: the largest block around an order number without another."""
    marks = [tag for tag in page.soup.select(_MARKS) if _number(page, tag)]
    marks = [tag for tag in marks if not any(other in tag.descendants for other in marks)]
    holders = {id(parent) for tag in marks for parent in tag.parents}
    shared = {
        key
        for key in holders
        if sum(any(id(parent) == key for parent in tag.parents) for tag in marks) > 1
    }
    return [Reader(page, _block(tag, shared)) for tag in marks]


def _block(tag: Tag, shared: set[int]) -> Tag:
    for parent in tag.parents:
        if id(parent) in shared or parent.name in {"body", "html"}:
            break
        tag = parent
    return tag


def _number(page: Page, tag: Tag) -> Found | None:
    return part(Reader(page, tag).labelled("订单号", "订单编号"), _ORDER_NO)


def _order(page: Page, card: Reader) -> OrderRecord:
    build = RecordBuilder(page, key="dujiaoka", name=NAME, software="dujiaoka")
    build.text("order_no", part(card.labelled("订单号", "订单编号"), _ORDER_NO))
    title = card.labelled("订单名称")
    build.text("items.0.title", part(title, r"^(.*?)(?:\s+x\s+\d+)?\s*$"))
    quantity = card.labelled("购买数量", "下单数量") or part(title, r"\s+x\s+(\d+)\s*$")
    build.integer("items.0.quantity", quantity)
    build.money("items.0.unit_price", card.labelled("商品单价"))
    build.money("amount", card.labelled("实际支付价格", "订单总价", "商品总价"))
    build.moment("created_at", card.labelled("订单创建时间", "下单时间"))
    build.text("buyer_contact", card.labelled("下单邮箱", "邮箱"))
    build.delivery_kind(card.labelled("订单类型"))
    build.payment_method(card.labelled("支付方式"))
    build.status(card.labelled("订单状态"))  # hyper shows nothing for 异常 (6)
    build.card_box(_card_box(card))
    return build.record()


def _card_box(card: Reader) -> Found | None:
    """Return the delivered text; textarea, or luna's styled text that only its button repeats."""
    box = card.text("textarea")
    if box is not None:
        return box
    for button in card.all("[data-clipboard-text]"):
        text = attribute(button.element, "data-clipboard-text")
        number = card.labelled("订单号", "订单编号")
        if number is None or text.strip() != number.text.strip():
            return Found(text, button.element)
    return None


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
        'link[href*="/assets/unicorn/"]',
        'script[src*="/assets/unicorn/"]',
        'link[href*="/assets/luna/"]',
        'script[src*="/assets/luna/"]',
        'link[href*="/assets/hyper/"]',
        'script[src*="/assets/hyper/"]',
        'a[href*="github.com/assimon/dujiaoka"]',
    ),
    extract=extract,
)
