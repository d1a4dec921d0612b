"""Read the goods of one order on an unknown page.

In this order: rows of a table, labelled titles, a name right above its own labels (数量：2), the
only text that is marked up as a name of goods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag

from scrapers import status as words
from scrapers.dom import Found, Token, ancestors, attribute
from scrapers.generic.choice import Choice, in_frame
from scrapers.generic.lone import AMOUNT_ALONE
from scrapers.generic.scope import order_number
from scrapers.labelled import Pair
from scrapers.labels import meaning
from scrapers.money import money
from scrapers.reading import RecordBuilder
from scrapers.text import cjk_count, compact, fold

MAX_ITEMS = 100
MAX_TAGS = 10_000
_TIMES_SUFFIX = re.compile(r"^(?P<title>.*\S)\s*[x×*]\s*(?P<count>\d{1,4})\s*$", re.DOTALL)
_NAMED = re.compile(
    r"(?:^|[-_\s])(?:title|goods|product|subject|(?:goods|product|item)[-_]?name)(?:$|[-_\s])",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"seller|shop|store|user|nick|member|author|brand|site|personal|pay|bank", re.IGNORECASE
)
_TIMES = re.compile(r"[x×*]\s?\d{1,4}")
_GOODS = re.compile(r"goods|item|product|detail|buy", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"订单|訂單|查询|查詢|详情|詳情|列表|清单|清單|信息|資訊|记录|紀錄|我的|首页|欢迎|公告|卡密|支付|付款"
    r"|发货|交付|提交|使用|须知|感谢|成功|失败|评价|公告|协议|规则|帮助|中心|余额|账单|客服|明细|明細"
    r"|售后|投诉|推荐|大家|喜欢|热卖|登录|注册|购物车|结算|确认|凭证|平台|商城|官网|系统|秒杀|特价|order|detail|info|^items?$|record",
    re.IGNORECASE,
)
_PRICE = re.compile(r"[\d.,:/+\-¥$元]|cny|rmb|usdt?")
_DETAILS = ("quantity", "unit_price", "sku")
_GOODS_PAGE = re.compile(r"/(?:goods|item|product|buy)s?[/.?]|[?&](?:pid|tid|gid)=|mod=buy")
_MOST_TEXTS = 40
_SHORTEST = 4


@dataclass(frozen=True)
class _Title:
    """Where the name of an item stands."""

    found: Found
    order: int
    row: int | None = None


def fill_items(build: RecordBuilder, choice: Choice) -> None:
    """Set `items`; a list of goods in a table of its own beats a single labelled title."""
    titles = [_Title(p.found, p.order, p.row) for p in _labelled(choice)] or _above_labels(choice)
    if len(titles) > 1:
        ends = [title.order for title in titles[1:]] + [choice.walk.span(choice.cluster.root)[1]]
        for number, (title, end) in enumerate(zip(titles, ends, strict=True)):
            _item(build, choice, number, title, end)
        return
    _title(build, 0, titles[0].found if titles else _linked(choice) or _heading(choice))
    if not build.has("items.0.title"):
        _title(build, 0, _lone(choice))
    for name in _DETAILS:
        _detail(build, 0, name, choice.candidates(name))
    if build.has("items.0.title") and not build.has("items.0.quantity"):
        _count(build, choice)


def _count(build: RecordBuilder, choice: Choice) -> None:
    """Read an unlabelled ×1; the only amount in the same block is then the price of the one."""
    counts = [token for token in choice.tokens() if _TIMES.fullmatch(token.text)]
    if len(counts) != 1:
        return
    build.integer("items.0.quantity", Found(counts[0].text, counts[0].element))
    block = next((one for one in ancestors(counts[0].element) if not choice.walk.only(one)), None)
    if block is None or build.values.get("items.0.quantity") != 1:
        return
    texts = [token for token in choice.walk.inside(block) if token is not counts[0]]
    pieces = [one.text for one in texts if not one.hidden and not _PRICE.sub("", compact(one.text))]
    others = "".join(one.text for one in texts if one.text not in pieces)
    if AMOUNT_ALONE.fullmatch(fold("".join(pieces))) and money(others) is None:
        build.money("items.0.unit_price", Found("".join(pieces), block))


def _linked(choice: Choice) -> Found | None:
    """Return the name that links to a page of goods, if all such links say the same."""
    named: dict[str, Found] = {}
    for tag in choice.walk.tags_in(choice.own):
        if tag.name == "a" and _GOODS_PAGE.search(attribute(tag, "href")):
            token = choice.walk.only(tag)
            if token and not token.hidden and not in_frame(tag) and _says_name(token.text):
                named.setdefault(compact(token.text), Found(token.text, token.element))
    return next(iter(named.values())) if len(named) == 1 else None


def _says_name(text: str) -> bool:
    plain = _PRICE.sub("", compact(text))
    if ":" in plain or "秒杀" in plain:
        return False
    return 4 <= len(text) <= 80 and bool(plain) and not meaning(text)


def _lone(choice: Choice) -> Found | None:
    """Return the only text of a small card in a list that may be a name of goods."""
    start, end = choice.walk.span(choice.cluster.root)
    if not choice.cluster.is_one_of_many or end - start > _MOST_TEXTS:
        return None
    texts = [t for t in choice.tokens() if not t.is_control and len(t.text) >= _SHORTEST]
    names = [token for token in texts if _is_title(choice, token)]
    return Found(names[0].text, names[0].element) if len(names) == 1 else None


def _labelled(choice: Choice) -> list[Pair]:
    """Return the labelled titles: of the rows of a table, or all of the best label."""
    titles = [pair for pair in choice.candidates("title") if not _is_label(pair.found.text)]
    if _seed_row(choice) is not None:
        return titles[:1]
    rows = _distinct(pair for pair in titles if pair.row is not None)
    if rows:
        return sorted([p for p in rows if not p.hidden] or rows, key=_place)[:MAX_ITEMS]
    distinct = _distinct(titles)
    peers = [pair for pair in distinct if choice.grade(pair) == choice.grade(distinct[0])]
    return sorted(peers, key=_place)[:MAX_ITEMS] if len(peers) > 1 else titles[:1]


def _is_label(text: str) -> bool:
    """Say whether a cell below 商品 holds the label of a sum instead (小计：)."""
    return meaning(text) is not None or text.rstrip().endswith((":", "："))


def _place(pair: Pair) -> int:
    return pair.order


def _seed_row(choice: Choice) -> int | None:
    """Return the table row that holds the order number itself: such a row is the order."""
    seed = choice.cluster.seed
    for pair in choice.cluster.pairs:
        own = seed is not None and order_number(pair.found.text) == seed.number
        if own and pair.row is not None and pair.field == "order_no":
            return pair.row
    return None


def _above_labels(choice: Choice) -> list[_Title]:
    """Return the unlabelled names that stand right above labels of an item."""
    found: dict[int, _Title] = {}
    details = [pair for name in _DETAILS for pair in choice.candidates(name) if pair.row is None]
    for pair in sorted(details, key=_place)[:MAX_ITEMS]:
        title = None if pair.hidden else _name_above(choice, pair)
        if title is not None:
            found.setdefault(title.order, title)
    return [found[order] for order in sorted(found)]


def _name_above(choice: Choice, pair: Pair) -> _Title | None:
    """Return the first text of the smallest block in which something precedes the labels."""
    labelled = {one.order for one in choice.cluster.pairs if one.meaning}
    for block in (pair.element, *ancestors(pair.element)):
        start, end = choice.walk.span(block)
        if start < pair.order:
            token = choice.walk.tokens[start]
            between = [i for i in range(start + 1, pair.order) if i not in labelled]
            named = all(":" in compact(choice.walk.tokens[i].text) for i in between)
            if named and start not in labelled and end - start <= 40 and _is_title(choice, token):
                return _Title(Found(token.text, token.element), start)
            return None
    return None


def _item(build: RecordBuilder, choice: Choice, number: int, title: _Title, end: int) -> None:
    _title(build, number, title.found)
    for name in _DETAILS:
        pairs = choice.candidates(name)
        if title.row is not None:
            own = [pair for pair in pairs if pair.row == title.row]
        else:
            own = [pair for pair in pairs if title.order < pair.order < end]
        _detail(build, number, name, own)


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
    near, root = choice.walk.tags_in(choice.block), choice.walk.tags_in(choice.cluster.root)
    for tags, test in ((near, _is_named), (near, _is_heading), (root, _is_named)):
        marked = [tag for tag in tags[:MAX_TAGS] if test(tag)]
        found = [one for tag in marked if (one := _name(choice, tag))]
        if test is _is_heading:
            found = [one for one in found if _is_more_than_a_section(one.text)]
        if found:
            return found[0] if len({compact(one.text) for one in found}) == 1 else None
    return None


def _name(choice: Choice, tag: Tag) -> Found | None:
    token = choice.walk.only(tag)
    if token is None or not _is_title(choice, token):
        return None
    return Found(token.text, token.element)


def _is_title(choice: Choice, token: Token) -> bool:
    """Say whether a text may be a name of goods: no label, state, price, number or section."""
    text = token.text
    number = choice.cluster.seed.number if choice.cluster.seed else None
    refused = (
        token.hidden
        or token.value
        or id(token.element) in choice.labelled
        or not 2 <= len(text) <= 80
        or _NO_TITLE.search(text)
        or words.is_status(text)
        or meaning(text)
        or not _PRICE.sub("", compact(text))
        or ":" in compact(text)
        or (number is not None and number in text)
        or in_frame(token.element)
        or _is_person(token.element)
    )
    return not refused


def _is_person(tag: Tag) -> bool:
    """Say whether a text is the name of a shop or a user: it links to their page."""
    link = next((one for one in (tag, *islice(tag.parents, 3)) if one.name == "a"), None)
    path = attribute(link, "href").partition("?")[0] if link is not None else ""
    return bool(_PERSON.search(path)) and not _GOODS.search(path)


def _is_named(tag: Tag) -> bool:
    name = attribute(tag, "class")
    return bool(_NAMED.search(name)) and not _PERSON.search(name)


def _is_heading(tag: Tag) -> bool:
    return tag.name in {"h1", "h2", "h3", "h4", "h5"}


def _is_more_than_a_section(text: str) -> bool:
    """Say whether a heading may name goods: 时间线 and Timeline name a section."""
    return cjk_count(text) >= 5 or any(char.isdigit() for char in text)


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
