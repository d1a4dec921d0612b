"""Read the goods of one order on an unknown page: one, several rows, or an unlabelled heading."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4 import Tag

from scrapers import status as words
from scrapers.choice import Choice, in_frame
from scrapers.dom import Found, attribute
from scrapers.labelled import Pair
from scrapers.labels import meaning
from scrapers.money import money
from scrapers.reading import RecordBuilder
from scrapers.scope import order_number
from scrapers.text import compact

MAX_ITEMS = 100
_TIMES_SUFFIX = re.compile(r"^(?P<title>.*\S)\s*[x×*]\s*(?P<count>\d{1,4})\s*$", re.DOTALL)
_NAMED = re.compile(r"(?:^|[-_\s])(?:title|name|goods|product|subject)(?:$|[-_\s])", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"订单|訂單|查询|查詢|详情|詳情|列表|清单|清單|信息|資訊|记录|紀錄|我的|首页|欢迎|公告|卡密|支付|付款"
    r"|发货|交付|提交|使用|须知|感谢|成功|失败|评价|公告|协议|规则|帮助|中心|余额|账单|客服"
    r"|售后|投诉|推荐|大家|喜欢|热卖|登录|注册|购物车|结算|确认|order|detail|info|^items?$|record",
    re.IGNORECASE,
)
_PRICE = re.compile(r"[\d.,:/+\-¥$元]|cny|rmb|usdt?")
_DETAILS = ("quantity", "unit_price", "sku")


def fill_items(build: RecordBuilder, choice: Choice) -> None:
    """Set `items`; a list of goods in a table of its own beats a single labelled title."""
    titles = choice.candidates("title")
    own_row = _seed_row(choice)
    rows = _distinct(pair for pair in titles if pair.row is not None)
    if rows and own_row is None:
        for number, pair in enumerate(([p for p in rows if not p.hidden] or rows)[:MAX_ITEMS]):
            _row_item(build, choice, number, pair)
        return
    distinct = _distinct(titles)
    peers = [pair for pair in distinct if choice.grade(pair) == choice.grade(distinct[0])]
    if len(peers) > 1 and own_row is None:
        _listed_items(build, choice, sorted(peers, key=lambda pair: pair.order)[:MAX_ITEMS])
        return
    _title(build, 0, titles[0].found if titles else _heading(choice))
    for name in _DETAILS:
        _detail(build, 0, name, choice.candidates(name))


def _seed_row(choice: Choice) -> int | None:
    """Return the table row that holds the order number itself: such a row is the order."""
    seed = choice.cluster.seed
    for pair in choice.cluster.pairs:
        own = seed is not None and order_number(pair.found.text) == seed.number
        if own and pair.row is not None and pair.field == "order_no":
            return pair.row
    return None


def _row_item(build: RecordBuilder, choice: Choice, number: int, title: Pair) -> None:
    _title(build, number, title.found)
    for name in _DETAILS:
        same_row = [pair for pair in choice.candidates(name) if pair.row == title.row]
        _detail(build, number, name, same_row)


def _listed_items(build: RecordBuilder, choice: Choice, titles: list[Pair]) -> None:
    ends = [pair.order for pair in titles[1:]] + [choice.walk.span(choice.cluster.root)[1]]
    for number, (title, end) in enumerate(zip(titles, ends, strict=True)):
        _title(build, number, title.found)
        for name in _DETAILS:
            between = [p for p in choice.candidates(name) if title.order < p.order < end]
            _detail(build, number, name, between)


def _title(build: RecordBuilder, number: int, found: Found | None) -> None:
    if found is None:
        return
    match = _TIMES_SUFFIX.match(found.text)
    if match is None:
        build.text(f"items.{number}.title", found)
        return
    build.text(f"items.{number}.title", Found(match["title"], found.element))
    build.integer(f"items.{number}.quantity", Found(match["count"], found.element))


def _detail(build: RecordBuilder, number: int, name: str, pairs: list[Pair]) -> None:
    path = f"items.{number}.{name}"
    if not pairs or not build.has(f"items.{number}.title"):
        return
    if name == "quantity":
        build.integer(path, pairs[0].found)
    elif name == "unit_price" and money(pairs[0].found.text):
        build.money(path, pairs[0].found)
    elif name == "sku":
        build.text(path, pairs[0].found)


def _heading(choice: Choice) -> Found | None:
    """Return the only text that is marked up as a name of goods, near the order number first."""
    for block, tests in (
        (choice.block, (_is_named, _is_heading)),
        (choice.cluster.root, (_is_named,)),
    ):
        tags = [tag for tag in choice.walk.tags_in(block) if tag.attrs or tag.name[0] == "h"][:2000]
        for test in tests:
            found = [one for tag in tags if test(tag) and (one := _name(choice, tag))]
            if found:
                return found[0] if len({compact(one.text) for one in found}) == 1 else None
    return None


def _name(choice: Choice, tag: Tag) -> Found | None:
    tokens = choice.walk.inside(tag)
    if len(tokens) != 1 or tokens[0].hidden or tokens[0].value:
        return None
    if id(tokens[0].element) in choice.labelled:
        return None  # it is the value of a label
    text = tokens[0].text
    number = choice.cluster.seed.number if choice.cluster.seed else None
    refused = (
        not 2 <= len(text) <= 80
        or _NO_TITLE.search(text)
        or words.is_status(text)
        or meaning(text)
        or not _PRICE.sub("", compact(text))
        or ":" in compact(text)
        or (number is not None and number in text)
        or in_frame(tag)
    )
    return None if refused else Found(text, tokens[0].element)


def _is_named(tag: Tag) -> bool:
    return "class" in tag.attrs and bool(_NAMED.search(attribute(tag, "class")))


def _is_heading(tag: Tag) -> bool:
    return tag.name in {"h1", "h2", "h3", "h4", "h5"}


def _distinct(pairs: Iterable[Pair]) -> list[Pair]:
    """Drop repeated texts of responsive duplicates, but keep equal rows of one table."""
    seen: set[tuple[str, int | None]] = set()
    kept = []
    for pair in pairs:
        key = (compact(pair.found.text), pair.row)
        if key not in seen:
            seen.add(key)
            kept.append(pair)
    return kept
