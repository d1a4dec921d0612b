"""ZFAKA (zlkbdotnet/zfaka 1.4.x) in its themes choice, hibiscus, hyacinth, shadan; any domain."""

from __future__ import annotations

from scrapers.contract import ComplaintForm, FormField, JsonWords, Page, Platform
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product

KEY, NAME = "zfaka", "ZFAKA"
_ORDER_NO = r"(?<![A-Za-z0-9])([A-Za-z]*\d{19})(?!\d)"


def extract(page: Page) -> list[OrderRecord]:
    """Read the rows of a query, its cards on a phone, or a member's list of purchases."""
    reader = Reader(page)
    rows = reader.all("#query-table > tbody > tr:has(> td:nth-of-type(6))")
    cards = reader.all("#query-ajax-mobile-view .layui-colla-item")
    mine = reader.all('.layui-table-body tr:has(> td[data-field="productname"])')
    found = [_row(page, row, codes=len(rows) == 1) for row in rows]
    found += [_card(page, card) for card in cards] + [_member(page, row) for row in mine]
    return [order for order in found if order.order_no]


def _row(page: Page, row: Reader, *, codes: bool) -> OrderRecord:
    """Read a row; the dialog with the codes names no order, so it counts only for the one row."""
    build = _builder(page)
    cells = row.texts(":scope > td")
    build.text("order_no", part(cells[0], _ORDER_NO))
    build.text("items.0.title", cells[1])
    build.integer("items.0.quantity", cells[2])
    build.money("amount", cells[3])
    build.moment("created_at", cells[4])
    build.status(row.text(":scope > td:nth-of-type(6) .layui-badge") or cells[5])
    if codes:
        build.card_box(*Reader(page).texts(".layui-layer-content p#km"))
    return build.record()


def _card(page: Page, card: Reader) -> OrderRecord:
    build = _builder(page)
    build.text("order_no", part(card.labelled("订单"), _ORDER_NO))
    build.text("items.0.title", card.labelled("商品"))
    build.integer("items.0.quantity", card.labelled("数量"))
    build.money("amount", card.labelled("金额"))
    build.moment("created_at", card.labelled("时间"))
    build.status(card.text(".layui-colla-title .layui-badge"))
    return build.record()


def _member(page: Page, row: Reader) -> OrderRecord:
    """Read a row whose first column is no order number: only the link to the order has that."""
    build = _builder(page)
    link = row.attribute('a[href*="orderid="]', "href")
    build.text("order_no", part(link, r"orderid=([A-Za-z]*\d{19})(?!\d)"))
    build.text("items.0.title", row.text('td[data-field="productname"]'))
    build.money("items.0.unit_price", row.text('td[data-field="price"]'))
    build.integer("items.0.quantity", row.text('td[data-field="number"]'))
    build.money("amount", row.text('td[data-field="money"]'))
    build.moment("created_at", row.text('td[data-field="addtime"]'))
    build.status(row.text('td[data-field="status"]'))
    return build.record()


def product(page: Page) -> Product | None:
    """Read the page of a product; all themes share its classes."""
    goods = Reader(page)
    build = _builder(page)
    build.text("title", goods.text(".trade-goodname"))
    build.money("price", goods.text(".trade-price"))
    build.delivery_kind(goods.text("form .layui-badge"))
    build.describe(goods.box(".layui-tab-content > .layui-tab-item"))
    return build.product()


def _builder(page: Page) -> RecordBuilder:
    return RecordBuilder(page, key=KEY, name=NAME, software=KEY)


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"^/product/query/?\?(?:.*&)?orderid=[A-Za-z]*\d{19}",
        "order_list": r"^/(?:product/query|member/product)\b",
        "product": r"^/product/detail\b",
        "complaint": r"^/member/ticket/add\b",
    },
    fingerprint=(
        'link[href*="/res/layui/"]',
        ':is(a[href*="github.com/zlkbdotnet/zfaka"], meta[name="keywords"][content*="ZFAKA"])',
    ),
    extract=extract,
    json=JsonWords(
        keys={"number": "quantity"},
        states={
            "status": {"0": "pending_payment", "1": "paid", "2": "completed", "3": "failed"},
        },
    ),
    product=product,
    order_no=("span#orderid",),
    # 优先级 and 问题类型 (投诉) are drawn by layui over hidden controls: left to the user.
    complaint_form=ComplaintForm(
        path=r"^/member/ticket/add\b",
        selector=".fly-panel-user form.layui-form",
        fields=(
            FormField("title", 'input[name="subject"]', "text", required=True),
            FormField("description", 'textarea[name="content"]', "textarea", required=True),
        ),
    ),
)
