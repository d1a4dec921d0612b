"""The reader for product pages of unknown shops: title, price, promise, seller, description."""

from __future__ import annotations

from bs4 import Tag

from scrapers.contract import Page
from scrapers.dom import FRAMES, Found, Walk, ancestors, join_lines, walk
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.money import money
from scrapers.pairs import find_pairs
from scrapers.reading import RecordBuilder
from scrapers.record import Product
from scrapers.status import delivery_kind, is_delivery_kind
from scrapers.text import squeeze

_MAX_TOKENS = 20_000  # the product stands before all that is recommended beside it
_MAX_HEADS = 200
_HEADS = ("h1", "h2", "h3", "h4")
_FRAME = FRAMES | {"a", "button"}
_DESCRIPTION = frozenset(
    [
        *("商品描述", "商品详情", "商品说明", "商品介绍", "商品简介", "宝贝详情", "宝贝描述"),
        *("产品描述", "产品详情", "产品介绍", "图文详情", "description", "productdescription"),
    ]
)


def read(page: Page) -> Product | None:
    """Return the product that a page is about, None when its name is not certain."""
    walked = walk(page.soup, limit=_MAX_TOKENS)
    pairs = [pair for pair in find_pairs(page.soup, walked) if not pair.hidden]
    title = _title(page, walked, pairs)
    if title is None or title.element is None:
        return None
    build = RecordBuilder(page)
    build.text("title", title)
    block, prices = _priced(title.element, walked, pairs)
    if len({amount.value for one in prices if (amount := money(one.text))}) > 1:
        build.warn("ambiguous:price")
    elif prices:
        build.money("price", prices[0])
    build.delivery_kind(_only(pairs, "delivery_kind") or _badge(walked, block))
    build.text("seller.name", _only(pairs, "seller_name"))
    build.text("seller.contact", _only(pairs, "seller_contact"))
    build.describe(_description(walked), _only(pairs, "promise"))
    return build.product()


def _title(page: Page, walked: Walk, pairs: list[Pair]) -> Found | None:
    """Return the labelled name, or the one heading that the window's title names first."""
    named = _only(pairs, "title")
    if named is not None:
        return named
    heads = [tag for tag in walked.tags if tag.name in _HEADS and not _framed(tag)][:_MAX_HEADS]
    shown = [(tag, [t.text for t in walked.inside(tag) if not t.hidden]) for tag in heads]
    texts = [Found("".join(parts), tag) for tag, parts in shown if parts]
    window = squeeze(page.soup.title.get_text()) if page.soup.title else ""
    first = [one for one in texts if _begins(window, squeeze(one.text))]
    if first:
        return max(first, key=lambda one: len(one.text))
    top = [one for one in texts if one.element is not None and one.element.name == "h1"]
    return top[0] if len(top) == 1 and not window.endswith(squeeze(top[0].text)) else None


def _begins(window: str, name: str) -> bool:
    """Say whether the name is the first part of a longer title; alone it may be the shop's."""
    after = window.removeprefix(name)
    return after not in {"", window} and not after[0].isalnum()


def _framed(tag: Tag) -> bool:
    return any(one.name in _FRAME for one in (tag, *ancestors(tag)))


def _priced(title: Tag, walked: Walk, pairs: list[Pair]) -> tuple[Tag, list[Found]]:
    """Return the smallest block around the title that shows a labelled price, and its prices."""
    prices = [p for p in pairs if p.field == "unit_price" and money(p.found.text)]
    for block in ancestors(title):
        start, end = walked.span(block)
        inside = [p for p in prices if start <= p.order < end]
        if inside:
            best = min(p.meaning.rank for p in inside if p.meaning)
            return block, [p.found for p in inside if p.meaning and p.meaning.rank == best]
    return title, []


def _badge(walked: Walk, block: Tag) -> Found | None:
    """Return the badge beside the product that tells how it is delivered, if there is just one."""
    badges = [t for t in walked.inside(block) if not t.hidden and is_delivery_kind(t.text)]
    kinds = {delivery_kind(badge.text) for badge in badges}
    return Found(badges[0].text, badges[0].element) if len(kinds) == 1 else None


def _only(pairs: list[Pair], field: str) -> Found | None:
    """Return the value of a field that the page gives once, or always alike."""
    found = [pair.found for pair in pairs if pair.field == field]
    return found[0] if len({squeeze(one.text) for one in found}) == 1 else None


def _description(walked: Walk) -> Found | None:
    """Return what stands under the heading of the description: the rest of its block."""
    for index, head in enumerate(walked.tokens):
        if head.hidden or label_key(head.text) not in _DESCRIPTION:
            continue
        for block in ancestors(head.element):
            start, end = walked.span(block)
            if start != index:  # something stands before it: no heading of this block
                break
            if end > index + 1:
                return Found(join_lines(walked.tokens[index + 1 : end]), block)
    return None
