"""彩虹自助下单系统 / 彩虹云商城 (6.x) with its themes, on any domain."""

from __future__ import annotations

from collections.abc import Sequence

from bs4 import Tag

from scrapers.contract import ComplaintForm, FormField, JsonWords, Page, Platform
from scrapers.dom import Found, attribute, join_lines, walk
from scrapers.reading import BAD_END, Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Product
from scrapers.text import squeeze

KEY, NAME = "caihong", "彩虹云商城"
_NUMBER = r"^\s*(\d{1,11})\s*$"
_COLUMNS = {
    "订单ID": "order_no", "下单账号": "account", "账号": "account", "下单信息": "account",
    "商品名称": "title", "名称": "title", "数量": "quantity", "份数": "quantity",
    "金额": "amount", "日期": "created_at", "购买时间": "created_at", "下单时间": "created_at",
    "状态": "status",
}  # fmt: skip
_WITHOUT_HEAD = ("下单账号", "商品名称", "数量", "购买时间", "状态", "操作")  # theme qiuqiu
_UNPAID_TITLE = (
    ':is(.from_in_7, .bl_view_title) a[href*="mod=buy"],'
    " .layui-card-header:has(+ .information.layui-text)"
)
_UNPAID_AMOUNT = '.from_in_5 b, .bl_view_title > b, span:-soup-contains("合计") + font'
_MARKS = (
    *(f'link[href*="assets/{path}"]' for path in (
        "faka/css/", "store/css/", "css/common.css", "css/global.css", "simple/css/main.css",
        "user/css/app.css")),
    *(f'script[src*="assets/{path}"]' for path in ("js/main.js", "js/HotLove.js", "store/js/")),
)  # fmt: skip
_MOST = 60  # the shop's lists have at most 30 rows


def extract(page: Page) -> list[OrderRecord]:
    """Read the order in the dialog first, then the lists of all themes, the card or pay page."""
    reader = Reader(page)
    found = [_dialog(page, table) for table in reader.all("table:has(td.info)")[:_MOST]]
    for table in reader.all("table")[:-_MOST:-1]:  # a list over its hidden twin comes last
        names = [head.text.strip() for head in table.texts("thead th")] or _WITHOUT_HEAD
        found += [_row(page, row, names) for row in table.all(":scope > tbody > tr")[:_MOST]]
    found += [_phone(page, card) for card in reader.all(".top:has(> .msg_title2)")[:_MOST]]
    found += [_card(page, card) for card in reader.all(".qt-card")[:_MOST]]
    found += [_codes(page, box) for box in reader.all(".block:has(textarea#txt_0)")[:1]]
    found += [_unpaid(page, reader) for _ in reader.all("input#orderid + input#tid")[:1]]
    orders: dict[str, RecordBuilder] = {}
    for build in found:
        if build.has("order_no"):
            first = orders.setdefault(build.values["order_no"], build)
            quantity = build.values.get("items.0.quantity")
            if quantity and not first.has("items.0.quantity"):  # the dialog leaves it out
                first.put("items.0.quantity", quantity, build.sources["items.0.quantity"])
    return [build.record() for build in orders.values()]


def _builder(page: Page) -> RecordBuilder:
    return RecordBuilder(page, key=KEY, name=NAME, software=KEY)


def _dialog(page: Page, table: Reader) -> RecordBuilder:
    build, shown = _builder(page), _named(table)
    build.text("order_no", part(shown.get("订单编号"), _NUMBER))
    build.text("items.0.title", shown.get("商品名称"))
    build.money("amount", shown.get("订单金额"))
    build.moment("created_at", shown.get("购买时间"))
    build.status(shown.get("订单状态"))
    build.order_inputs(shown.get("下单信息"))
    build.text("buyer_contact", part(shown.get("下单信息"), r"联系方式：([^\n]+)"))
    build.text("failure_reason", shown.get("异常信息"))
    if codes := table.text('td > b:-soup-contains("以下是你的卡密信息")'):
        build.put("delivery.kind", "card_secret", codes.source)
    if table.first('td > center > a[href*="mod=faka"]') is None:  # else they have their own page
        build.card_box(shown.get("以下是你的卡密信息"))
    if build.values.get("status") in BAD_END and not build.has("failure_reason"):
        build.text("failure_reason", shown.get("处理结果"))
    else:
        build.card_box(shown.get("处理结果"))
    return build


def _named(table: Reader) -> dict[str, Found]:
    """Return the cells beside their labels and those below their headings, the first of a name."""
    shown: dict[str, Found] = {}
    heading: list[Found] = []
    for row in table.all(":scope > tbody > tr"):
        tags = row.element.find_all("td", recursive=False)
        cells = [Found(join_lines(walk(tag).tokens), tag) for tag in tags if isinstance(tag, Tag)]
        if len(cells) == 1 and not heading:
            heading = cells
            continue
        line = [*heading, *cells] if len(cells) == 1 else cells
        for label, value in zip(line[::2], line[1::2], strict=False):
            shown.setdefault(label.text, value)
        heading = []
    return shown


def _row(page: Page, row: Reader, names: Sequence[str]) -> RecordBuilder:
    build, cells = _builder(page), row.texts(":scope > td")
    if len(cells) != len(names):
        return build
    shown = {
        _COLUMNS[name]: cell for name, cell in zip(names, cells, strict=True) if name in _COLUMNS
    }
    known = Found(attribute(row.element, "orderid"), row.element)  # the column is not there then
    build.text("order_no", part(shown.get("order_no", known), _NUMBER))
    build.text("items.0.title", shown.get("title"))
    build.integer("items.0.quantity", shown.get("quantity"))
    build.money("amount", shown.get("amount"))
    build.moment("created_at", shown.get("created_at"))
    build.status(row.text(":scope > td > :is(.label, font)") or shown.get("status"))
    build.text("recharge_account", shown.get("account"))
    below = row.element.find_next_sibling("tr")
    if isinstance(below, Tag):
        told = Reader(page, below).text(":scope > td[colspan] > font")
        build.text("failure_reason", part(told, r"^异常原因：(.+)"))
    return build


def _phone(page: Page, card: Reader) -> RecordBuilder:
    """Read a card of theme faka on a phone: two labels stand in one text."""
    build = _builder(page)
    head, line = card.box(".msg_title"), card.box('.msg_title2:-soup-contains("订单金额")')
    build.text("order_no", part(head, r"订单号：(\d{1,11})\b"))
    build.moment("created_at", card.text(".msg_title > span:last-child"))
    build.text("items.0.title", card.text('.msg_title2 > a[href*="mod=buy"]'))
    build.money("amount", part(line, r"订单金额：([\d.]+)"))
    build.integer("items.0.quantity", part(line, r"数量：(\d+)"))
    build.status(card.text(".msg_title2 > font"))
    return build


def _card(page: Page, card: Reader) -> RecordBuilder:
    """Read a card of theme store; only its buttons know the number."""
    build = _builder(page)
    build.text("order_no", part(card.attribute("button[data-id]", "data-id"), _NUMBER))
    build.text("items.0.title", card.text(".layui-card-header > p"))
    build.status(card.text(".layui-card-header > span"))
    lines = card.box(".layui-col-xs8")
    build.moment("created_at", part(lines, r"下单时间：([^\n]+)"))
    build.money("amount", part(lines, r"商品总价：([^\n]+)"))
    return build


def _codes(page: Page, box: Reader) -> RecordBuilder:
    """Read the page of the codes; only its address knows the number."""
    build = _builder(page)
    build.text("order_no", part(Found(page.url), r"[?&]id=(\d{1,11})(?!\d)"))
    build.text("items.0.title", box.text(".block-title b"))
    build.card_box(box.text("textarea#txt_0"))
    return build


def _unpaid(page: Page, reader: Reader) -> RecordBuilder:
    """Read the payment page; its number is the one that the payment app and the query know."""
    build = _builder(page)
    build.text("order_no", reader.attribute("input#orderid", "value"))
    build.text("items.0.title", reader.text(_UNPAID_TITLE))
    build.integer("items.0.quantity", reader.text('p:-soup-contains("购买数量") > span + span'))
    build.money("amount", reader.text(_UNPAID_AMOUNT))
    build.order_inputs(reader.box('.layui-card-header:-soup-contains("下单信息") + div'))
    told = reader.text(".dingdantitle, .bl_view_title strong > font")
    if told is not None:  # the page is not shown for a paid order
        build.put("status_text", squeeze(told.text), told.source)
        build.put("status", "pending_payment", told.source)
    else:
        build.warn("status_not_found")
    return build


def product(page: Page) -> Product | None:
    """Read the page of a product in theme faka."""
    goods, build = Reader(page), RecordBuilder(page)
    build.text("title", goods.text(".trade-goodinfo"))
    build.money("price", goods.text(".trade-price"))
    build.describe(goods.box(".xiangqing"))
    return build.product()


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={
        "order": r"/(?:index\.php)?\?(?:.*&)?mod=(?:faka|order)&",
        "order_list": r"/(?:index\.php)?\?(?:.*&)?mod=query\b|/user/list\.php\b",
        "product": r"/(?:index\.php)?\?(?:.*&)?mod=buy\b",
        "complaint": r"/user/workorder\.php\?(?:.*&)?my=add(?:&|$)",
        "receipt": r"/user/workorder\.php\?(?:.*&)?my=(?:view|add_submit)(?:&|$)",
    },
    fingerprint=(
        f":is({', '.join(_MARKS)})",
        ':is(#orderItem, #submit_query, #txt_0, #orderid, a[href*="?mod="], a[href*="workorder"])',
    ),
    extract=extract,
    json=JsonWords(
        keys={"value": "quantity", "date": "createtime"},
        states={
            "status": {
                "0": "paid",
                "1": "completed",
                "2": "processing",
                "3": "failed",
                "4": "refunded",
            },
        },
    ),
    product=product,
    complaint_form=ComplaintForm(
        path=r"/user/workorder\.php\?(?:.*&)?my=add(?:&|$)",
        selector='form[action*="workorder.php?my=add_submit"]',
        entry='#orderItem a[href*="workorder.php?my=add"]',
        # Each shop names its own kinds of problem; an image would be sent the moment it is chosen.
        fields=(
            FormField("order_no", 'select[name="orderid"]', "select"),
            FormField("issue", 'select[name="type"]', "select", required=True),
            FormField("description", 'textarea[name="content"]', "textarea", required=True),
        ),
    ),
    order_no=("#orderItem td.info + td",),
)
