"""Read the state of one order on an unknown page: labelled, on two axes, or a bare badge."""

from __future__ import annotations

import re

from bs4 import Tag

from scrapers import status as words
from scrapers.dom import Found, attribute
from scrapers.generic.choice import Choice
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.reading import RecordBuilder
from scrapers.text import compact

_BADGE = re.compile(r"badge|tag|status|state|label|chip|pill", re.IGNORECASE)
_TAB = re.compile(r"(?:^|[-_\s])(?:tabs?|filter|seg|segment|menu)(?:$|[-_\s])", re.IGNORECASE)
_TIP = re.compile(r"tip|hint|desc", re.IGNORECASE)
_BACK = frozenset({"refunding", "refunded"})
_PAYS = re.compile(r"付|paid|pay", re.IGNORECASE)
_DELIVERS = re.compile(r"发货|发卡|出货|交付|收货|deliver|ship", re.IGNORECASE)
MAX_LOOKED_AT = 5000
_WEAK = frozenset({"状态", "status", "state"})
_CHOICES = frozenset({"nav", "option", "button", "th", "legend", "a"})


def fill_status(build: RecordBuilder, choice: Choice) -> None:
    """Set `status` and `status_text`, or warn that the page shows none."""
    named = choice.candidates("status") or _empty_ones(choice)
    strong = [pair for pair in named if label_key(pair.label) not in _WEAK]
    pay, delivery = choice.best("pay_status"), choice.best("delivery_status")
    badges = [] if strong else _badges(choice)
    badge = badges[0] if len(badges) == 1 else None
    if not strong and pay is None and delivery is None:
        pay, delivery = _axes([one for one in badges if _is_badge(one)])
    if strong:
        build.status(strong[0].found)
    elif pay is not None or delivery is not None:
        build.two_axes(pay or badge, delivery)
    elif badge is not None and not _is_nearer(choice, named, badge):
        build.status(badge)
    elif named:
        build.status(named[0].found)
    else:
        build.warn("status_not_found")


def _axes(badges: list[Found]) -> tuple[Found | None, Found | None]:
    """Return two badges as payment and delivery, if one speaks of the one and one of the other."""
    pays = [one for one in badges if _PAYS.search(one.text)]
    comes = [one for one in badges if _DELIVERS.search(one.text)]
    if len(badges) == 2 and len(pays) == len(comes) == 1 and pays != comes:
        return pays[0], comes[0]
    backs = [one for one in badges if words.status(one.text) in _BACK]
    if len(badges) == 2 and len(backs) == 1:
        trade = badges[1 - badges.index(backs[0])]
        closed = words.status(trade.text) == "cancelled"
        if closed or words.status(backs[0].text) == "refunding":
            return trade, backs[0]
    return None, None


def _empty_ones(choice: Choice) -> list[Pair]:
    return [p for p in choice.cluster.pairs if p.field == "status" and p.order in choice.near]


def _is_nearer(choice: Choice, named: list[Pair], badge: Found) -> bool:
    """Say whether a 状态 pair stands nearer to the order number than the bare badge."""
    if not named or badge.element is None:
        return bool(named)
    return choice.distance(named[0].element) <= choice.distance(badge.element)


def _badges(choice: Choice) -> list[Found]:
    """Return the different unlabelled status words of the block; filter tabs do not count.

    A badge elsewhere among what belongs to the order counts where the block has none, or where
    the two are its payment and its delivery.
    """
    found = _status_words(choice, choice.near)
    near = _distinct([one for one in found if _is_badge(one)] or found)
    if len(near) > 1:
        return near
    whole = _status_words(choice, range(*choice.walk.span(choice.own)))
    marked = _distinct([one for one in whole if _is_badge(one)])
    return marked if not near or any(_axes(marked)) else near


def _distinct(found: list[Found]) -> list[Found]:
    return list({compact(one.text): one for one in reversed(found)}.values())[::-1]


def _status_words(choice: Choice, where: range) -> list[Found]:
    found: list[Found] = []
    for index in where[:MAX_LOOKED_AT]:
        token = choice.walk.tokens[index]
        if token.hidden or token.value or not words.is_status(token.text):
            continue
        if id(token.element) not in choice.labelled and not _is_choice(choice, token.element):
            found.append(Found(token.text, token.element))
    return found


def _is_choice(choice: Choice, tag: Tag) -> bool:
    """Say whether the word stands in a navigation, a legend or a row of such words."""
    node: Tag | None = tag
    for _ in range(3):
        if node is None or node is choice.block:
            return False
        if node.name in _CHOICES or _TAB.search(attribute(node, "class")):
            return True
        holder = node.parent
        start, end = (0, 0) if holder is None else choice.walk.span(holder)
        texts = choice.walk.tokens[start : min(end, start + 40)]
        if len({compact(t.text) for t in texts if words.is_status(t.text)}) >= 3:
            return True
        node = holder
    return False


def _is_badge(found: Found) -> bool:
    tag = found.element
    names = [attribute(one, "class") for one in (tag, tag and tag.parent) if one is not None]
    return any(_BADGE.search(name) for name in names) and not _TIP.search("".join(names[:1]))
