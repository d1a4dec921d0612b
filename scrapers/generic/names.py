"""Find the name of goods that has no label, in one block of an unknown page.

It stands right above labels of its own (数量：2), links to a page of goods, is marked up as a name,
or is the only text of a small card that may be one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag

from scrapers import status as words
from scrapers.dom import HEADINGS, Found, Token, ancestors, attribute
from scrapers.generic.choice import Choice, in_frame
from scrapers.labelled import Pair
from scrapers.labels import meaning
from scrapers.text import cjk_count, compact

_NAMED = re.compile(
    r"(?:^|[-_\s])(?:title|goods|product|subject|(?:goods|product|item)[-_]?name)(?:$|[-_\s])",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"seller|shop|store|user|nick|member|author|brand|site|personal|pay|bank", re.IGNORECASE
)
_GOODS = re.compile(r"goods|item|product|detail|buy", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"订单|訂單|查询|查詢|详情|詳情|列表|清单|清單|信息|資訊|记录|紀錄|我的|首页|欢迎|公告|卡密|支付|付款"
    r"|发货|交付|提交|使用|须知|感谢|成功|失败|评价|公告|协议|规则|帮助|中心|余额|账单|客服|明细|明細"
    r"|售后|投诉|推荐|大家|喜欢|热卖|登录|注册|购物车|结算|确认|凭证|平台|商城|官网|系统|秒杀|特价|order|detail|info|^items?$|record",
    re.IGNORECASE,
)
_GOODS_PAGE = re.compile(r"/(?:goods|item|product|buy)s?[/.?]|[?&](?:pid|tid|gid)=|mod=buy")
_SHORTEST = 4
PRICE = re.compile(r"[\d.,:/+\-¥$元]|cny|rmb|usdt?")
MAX_TAGS = 10_000


@dataclass(frozen=True)
class Name:
    """Where the name of an item stands: at which token, in which row of a table."""

    found: Found
    order: int
    row: int | None = None


def only_name(choice: Choice) -> Found | None:
    """Return the one name that the block shows without a label of any kind."""
    return _linked(choice) or _heading(choice) or _lone(choice)


def above_labels(choice: Choice, details: list[Pair]) -> list[Name]:
    """Return the unlabelled names that stand right above labels of an item, the `details`."""
    found: dict[int, Name] = {}
    for pair in details:
        title = None if pair.hidden else _name_above(choice, pair)
        if title is not None:
            found.setdefault(title.order, title)
    return [found[order] for order in sorted(found)]


def _name_above(choice: Choice, pair: Pair) -> Name | None:
    """Return the first text of the smallest block in which something precedes the labels."""
    labelled = {one.order for one in choice.cluster.pairs if one.meaning}
    for block in (pair.element, *ancestors(pair.element)):
        start, end = choice.walk.span(block)
        if start < pair.order:
            token = choice.walk.tokens[start]
            between = [i for i in range(start + 1, pair.order) if i not in labelled]
            named = all(":" in compact(choice.walk.tokens[i].text) for i in between)
            if named and start not in labelled and end - start <= 40 and _is_title(choice, token):
                return Name(Found(token.text, token.element), start)
            return None
    return None


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
    plain = PRICE.sub("", compact(text))
    if ":" in plain or "秒杀" in plain:
        return False
    return 4 <= len(text) <= 80 and bool(plain) and not meaning(text)


def _lone(choice: Choice) -> Found | None:
    """Return the only text of a small card in a list that may be a name of goods."""
    if not choice.is_small_card:
        return None
    texts = [t for t in choice.tokens() if not t.is_control and len(t.text) >= _SHORTEST]
    names = [token for token in texts if _is_title(choice, token)]
    return Found(names[0].text, names[0].element) if len(names) == 1 else None


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
        or not PRICE.sub("", compact(text))
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
    return tag.name in HEADINGS


def _is_more_than_a_section(text: str) -> bool:
    """Say whether a heading may name goods: 时间线 and Timeline name a section."""
    return cjk_count(text) >= 5 or any(char.isdigit() for char in text)
