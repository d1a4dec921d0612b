"""What has no label and is told by being the only one: amount, time, seller, a box of codes."""

from __future__ import annotations

import re
from datetime import datetime

from bs4 import Tag

from scrapers.cards import is_secret
from scrapers.dom import Found, attribute, join_lines
from scrapers.generic.choice import Choice, in_frame
from scrapers.moments import moment
from scrapers.money import money
from scrapers.reading import RecordBuilder
from scrapers.text import fold

_SELLER = re.compile(
    r"(?:shop|seller|store|merchant)[-_]?(?:info)?[-_]?(?:name|nick)(?![a-z])", re.IGNORECASE
)
_ASKS_SELLER = re.compile(r"联系(?:卖家|商家)")
_PERSON_PAGE = re.compile(r"/(?:personal|seller|shop|store|user)s?(?:[/.]|$)", re.IGNORECASE)
_HANDS_OUT = re.compile(r"卡密|提卡|提取|兑换码|激活码")
AMOUNT_ALONE = re.compile(r"[¥$][\s\d.,]+元?|[\d.,]+\s*(?:元|CNY|USDT?)", re.IGNORECASE)
_MOST_PIECES = 6


def lone_amount(choice: Choice, build: RecordBuilder) -> Found | None:
    """Return the block's only amount with a currency; of several pieces it is no unit price."""
    if not choice.is_small_card or build.values.get("items.0.quantity", 1) != 1:
        return None
    found: dict[range, Found] = {}
    for tag in choice.walk.tags_in(choice.cluster.root):
        texts = [token for token in choice.walk.inside(tag) if not token.hidden]
        text = fold("".join(token.text for token in texts))
        if not 1 <= len(texts) <= _MOST_PIECES or not AMOUNT_ALONE.fullmatch(text):
            continue
        amount = money(text)
        if amount is not None and amount.currency and not _is_labelled(choice, tag):
            found[range(*choice.walk.span(tag))] = Found(text, tag)
    inner = [place for place in found if not any(_holds(place, other) for other in found)]
    return found[inner[0]] if len(inner) == 1 else None


def lone_moment(choice: Choice, seen: datetime | None) -> Found | None:
    """Return the block's only time."""
    if not choice.is_small_card:
        return None
    times = [
        Found(token.text, token.element)
        for token in choice.tokens()
        if id(token.element) not in choice.labelled and moment(token.text, seen=seen)
    ]
    return times[0] if len(times) == 1 else None


def named_seller(choice: Choice) -> Found | None:
    """Return the text that is marked up as the name of a shop, if all such texts agree.

    In a list's card with 联系卖家 it is also the only link to somebody's page.
    """
    names: dict[str, Found] = {}
    for tag in choice.walk.tags_in(choice.cluster.root):
        token = choice.walk.only(tag) if _SELLER.search(attribute(tag, "class")) else None
        if token is not None and not in_frame(tag):
            names.setdefault(token.text, Found(token.text, token.element))
    if not names and choice.cluster.is_one_of_many:
        names = _linked_seller(choice)
    return next(iter(names.values())) if len(names) == 1 else None


def _linked_seller(choice: Choice) -> dict[str, Found]:
    names: dict[str, Found] = {}
    asked = False
    for tag in choice.walk.tags_in(choice.cluster.root):
        token = choice.walk.only(tag) if tag.name == "a" else None
        if token is None:
            continue
        asked = asked or _ASKS_SELLER.search(token.text) is not None
        path = attribute(tag, "href").partition("?")[0]
        if _PERSON_PAGE.search(path) and not _ASKS_SELLER.search(token.text):
            names.setdefault(token.text, Found(token.text, token.element))
    return names if asked else {}


def code_box(choice: Choice) -> Found | None:
    """Return the read-only box of nothing but codes on a page that hands out codes."""
    title = choice.walk.tags[0].find("title") if choice.walk.tags else None
    if title is None or not _HANDS_OUT.search(title.get_text()):
        return None
    boxes = [
        Found(join_lines(choice.walk.inside(tag)), tag)
        for tag in choice.walk.tags_in(choice.cluster.root)
        if tag.name in {"textarea", "pre"} and (tag.name == "pre" or tag.has_attr("readonly"))
    ]
    codes = [box for box in boxes if box.text and all(map(is_secret, box.text.splitlines()))]
    return codes[0] if len(codes) == 1 else None


def _is_labelled(choice: Choice, tag: Tag) -> bool:
    inside = {id(token.element) for token in choice.walk.inside(tag)}
    return id(tag) in choice.labelled or bool(inside & choice.labelled)


def _holds(outer: range, inner: range) -> bool:
    return outer != inner and outer.start <= inner.start and inner.stop <= outer.stop
