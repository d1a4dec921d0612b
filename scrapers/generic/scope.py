"""Decide which parts of an unknown page are one order each, and which dialog is in front."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from urllib.parse import parse_qsl, unquote, urlsplit

from bs4 import Tag
from bs4.element import PageElement

from scrapers.dom import Found, Walk, ancestors, attribute, is_hidden
from scrapers.generic.sections import is_about_others
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.text import fold

MAX_SEEDS = 300
_MOST_AROUND = 12
_QUOTES = frozenset({"blockquote", "q", "cite"})
_NUMBER = re.compile(r"(?<![0-9A-Za-z])#?([0-9A-Za-z][0-9A-Za-z_\-]{2,63})(?![0-9A-Za-z])")
_SHORTENED = re.compile(r"\w(?:…|\.{2,}|\*{2,})")
_GOES_ON = re.compile(r" (?!\d{4}-\d\d-\d\d)[A-Z\d\-]*\d[A-Z\d\-]+(?![件个张份次\d])")
_RANDOM = re.compile(r"[A-Z0-9]{12,}")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}")
_SENTENCE = re.compile(
    r"(?:订单|訂單|order)\s*(?:号|號|no\.?)?\s*[#＃:：]\s*"
    r"([0-9A-Za-z\-]{4,40})(?![0-9A-Za-z\-…*]|\.\.| \d)",
    re.IGNORECASE,
)
_HASH = re.compile(r"[#＃]\s*(\d{8,32}|[A-Z0-9]{12,32})")
_OPENS = re.compile(r"详情|查看|订单|提取")
_MARKS = frozenset({"#", "＃"})
_ATTRIBUTES = ("orderid", "data-order-no", "data-orderno", "data-order-id", "data-orderid",
               "data-order-sn", "data-trade-no", "data-order")  # fmt: skip
_QUERY_NAMES = frozenset(
    [
        *("orderid", "order_id", "orderno", "order_no", "order_sn", "ordersn", "tradeno", "order"),
        *("trade_no", "out_trade_no", "outtradeno", "sn", "data"),
    ]
)
_LINK_NAMES = _QUERY_NAMES - {"data", "sn"}
_PATH_WORDS = re.compile(
    r"^(?:orders?|detail-order-sn|bill|order-?detail|trade|dingdan)$", re.IGNORECASE
)
_CODE_PAGE = re.compile(r"(?:^|&)(?:mod|act)=(?:faka|order|kami|card)(?:&|$)")
_FILLERS = frozenset({"detail", "details", "info", "view", "show"})
_DIALOG = re.compile(
    r"^(?:[a-z]+-)?(?:modal|dialog|layer|popup|drawer)$|^layui-layer$|^modal-dialog$"
)
_DIALOG_FIELDS = frozenset(
    [
        *("order_no", "title", "amount", "status", "pay_status", "created_at", "secrets"),
        *("order_info", "payment_method"),
    ]
)


@dataclass(frozen=True)
class Seed:
    """An order number, where it was read, and the token it stands at (None: in the address)."""

    number: str
    found: Found
    index: int | None
    element: Tag
    label: str = ""
    origin: str = "label"


@dataclass(frozen=True)
class Cluster:
    """The pairs and tokens of one order: everything in `root`."""

    seed: Seed | None
    root: Tag
    pairs: tuple[Pair, ...]
    is_one_of_many: bool = False


def order_number(text: str) -> str | None:
    """Return the order number that a value is (beside a copy button's word at most), or None."""
    plain = fold(text)
    if len(plain) > 120 or _SHORTENED.search(plain):
        return None
    if plain.isascii() and plain.isdigit():
        return plain
    for match in _NUMBER.finditer(plain):
        number = match[1]
        if _DATE.fullmatch(number) or _GOES_ON.match(plain, match.end()):
            return None
        if any(char.isdigit() for char in number) or _RANDOM.fullmatch(number):
            return number
    return None


def seeds(pairs: list[Pair], walked: Walk) -> list[Seed]:
    """Return the order numbers that the page labels; the best label on it decides which."""
    labelled = [
        Seed(
            number,
            Found(number, pair.found.element),
            pair.order,
            pair.element,
            label_key(pair.label),
        )
        for pair in pairs
        if pair.field == "order_no"
        and not _is_editable(pair.found.element)
        and not _is_quoted(pair.element)
        for number in [order_number(pair.found.text) or _whole_number(pair.found)]
        if number
    ][: MAX_SEEDS * 10]
    if not labelled:
        return []
    visible = {seed.index for seed in labelled if not walked.tokens[seed.index or 0].hidden}
    ranks = {label_key(pair.label): pair.meaning.rank for pair in pairs if pair.meaning}
    pool = [seed for seed in labelled if seed.index in visible] or labelled
    best = min(pool, key=lambda seed: ranks[seed.label]).label
    numbers = {seed.number for seed in pool if seed.label == best}
    return [seed for seed in labelled if seed.number in numbers]


def _whole_number(found: Found) -> str | None:
    """Return the number that a shortened one (2026…817) has as its title."""
    title = attribute(found.element, "title") if found.element is not None else ""
    return title if title and order_number(title) == title else None


def _is_editable(tag: Tag | None) -> bool:
    return (
        tag is not None
        and tag.name == "input"
        and not (tag.has_attr("disabled") or tag.has_attr("readonly"))
    )


def _is_quoted(tag: Tag) -> bool:
    """Say whether a text is a quotation; layui uses the element for its boxes of information."""
    return any(
        one.name in _QUOTES and "layui" not in attribute(one, "class")
        for one in (tag, *islice(tag.parents, _MOST_AROUND))
    )


def other_seeds(root: Tag, walked: Walk, url: str) -> list[Seed]:
    """Look for unlabelled order numbers: in a sentence, in attributes, in the address."""
    for pattern in (_SENTENCE, _HASH):
        found = [
            Seed(match[1], Found(match[1], token.element), index, token.element, origin="text")
            for index, token in enumerate(walked.tokens[:20_000])
            if len(token.text) <= 80 and not token.value and (match := pattern.search(token.text))
            and any(char.isdigit() for char in match[1]) and not _is_quoted(token.element)
            and not is_about_others(token.text)
        ]  # fmt: skip
        if found:
            return found[:MAX_SEEDS]
    if found := _hash_seeds(walked):
        return found
    held = attribute_seeds(root, walked)
    number = None if held else number_in_address(url)
    return [Seed(number, Found(number), None, root, origin="address")] if number else held


def _hash_seeds(walked: Walk) -> list[Seed]:
    """Return the numbers that stand behind a # in an element of its own."""
    return [
        Seed(token.text, Found(token.text, token.element), index, token.element, origin="text")
        for index, (mark, token) in enumerate(pairwise(walked.tokens[:20_000]), 1)
        if mark.text in _MARKS and not token.value and _HASH.fullmatch(f"#{token.text}")
    ][:MAX_SEEDS]


def attribute_seeds(root: Tag, walked: Walk) -> list[Seed]:
    """Return the order numbers that stand only in attributes of shown elements, or in links."""
    tags = walked.tags_in(root)
    for origin, read in _READERS:
        held: list[Seed] = []
        for tag in tags:
            value = read(tag) if tag.attrs else ""
            if value and order_number(value) == value:
                place = _place(tag, walked)
                held.append(Seed(value, Found(value, tag), place, tag, origin=origin))
            if len(held) >= MAX_SEEDS:
                break
        if held:
            return held
    return []


def _place(tag: Tag, walked: Walk) -> int:
    """Return the token at which an element stands, the last before it if it shows nothing."""
    for outer in (tag, *ancestors(tag)):
        start, end = walked.span(outer)
        if start < end:
            return start if outer is tag else end - 1
    return 0


def _attribute_number(tag: Tag) -> str:
    if tag.name == "input" and attribute(tag, "type") == "hidden":
        return attribute(tag, "value") if attribute(tag, "name").lower() in _LINK_NAMES else ""
    name = next((name for name in _ATTRIBUTES if name in tag.attrs), None)
    return attribute(tag, name) if name else ""


def _link_number(tag: Tag) -> str:
    """Return the order number that a link hands on (`?orderid=`), empty without one."""
    query = attribute(tag, "href").partition("?")[2] if tag.name == "a" else ""
    if "order" not in query.lower() and "trade" not in query.lower():
        return ""
    named = (value for name, value in parse_qsl(query)[:20] if name.lower() in _LINK_NAMES)
    return next((value for value in named if len(value) >= 8), "")


def _button_number(tag: Tag) -> str:
    """Return the number of a button that opens an order (`data-id`), empty without one."""
    number = attribute(tag, "data-id") if tag.name in {"button", "a"} else ""
    opens = number.isdigit() and len(number) >= 4 and _OPENS.search(tag.get_text()[:12])
    return number if opens else ""


_READERS = (
    ("attribute", _attribute_number),
    ("attribute", _link_number),
    ("button", _button_number),
)


def number_in_address(url: str) -> str | None:
    """Return the order number that the address (or its route behind #) names, or None."""
    try:
        parts = urlsplit(url)
        routes = [(parts.path, parts.query)]
        if parts.fragment.startswith(("/", "!/")):
            path, _, query = parts.fragment.partition("?")
            routes.append((path, query))
        named = [(name, value) for _, query in routes for name, value in parse_qsl(query)[:50]]
    except ValueError:
        return None
    if _CODE_PAGE.search(parts.query):
        named += [("orderid", value) for name, value in named if name == "id"]
    for name, value in named:
        if name.lower() in _QUERY_NAMES and order_number(value) == value and len(value) >= 5:
            return value
    for path, _ in routes:
        steps = [unquote(step) for step in path.split("/") if step and step not in _FILLERS]
        for before, step in pairwise(steps):
            if _PATH_WORDS.match(before) and order_number(step) == step:
                return step
    return None


def clusters(found: list[Seed], pairs: list[Pair], walked: Walk, root: Tag) -> list[Cluster]:
    """Give each order number the largest block that holds no other one."""
    found = found[:MAX_SEEDS]
    places = sorted({(seed.index, seed.number) for seed in found if seed.index is not None})
    if len({number for _, number in places}) < 2:
        return [_cluster(seed, root, pairs, walked) for seed in found[:1]]
    made: list[Cluster] = []
    for seed in found:
        others = [index for index, number in places if number != seed.number]
        block = _block(seed, others, walked, root)
        card = _headed(block, others, pairs, walked)
        own = seed if card is None else replace(seed, element=card, index=walked.span(card)[0])
        made.append(replace(_cluster(own, card or block, pairs, walked), is_one_of_many=True))
    return made


def _headed(block: Tag, others: list[int], pairs: list[Pair], walked: Walk) -> Tag | None:
    """Return the card below a heading that shows only the number, in a row that begins with one."""
    card = next((tag for tag in islice(block.next_siblings, 4) if isinstance(tag, Tag)), None)
    begun = next((tag for tag in islice(_begin(block), 4) if isinstance(tag, Tag)), None)
    if card is None or begun is None:
        return None
    start, end = walked.span(card)
    alone = all(len(_within(tag, pairs, walked)) == 1 for tag in (block, begun))
    holds_other = bisect_left(others, start) < bisect_left(others, end)
    return card if alone and not holds_other and len(_within(card, pairs, walked)) >= 3 else None


def _begin(block: Tag) -> list[PageElement]:
    return block.parent.contents if block.parent is not None else []


def _cluster(seed: Seed, block: Tag, pairs: list[Pair], walked: Walk) -> Cluster:
    return Cluster(seed, block, tuple(_within(block, pairs, walked)))


def _within(block: Tag, pairs: list[Pair], walked: Walk) -> list[Pair]:
    start, end = walked.span(block)
    first = bisect_left(pairs, start, key=lambda pair: pair.order)
    return pairs[first : bisect_left(pairs, end, key=lambda pair: pair.order)]


def _block(seed: Seed, others: list[int], walked: Walk, root: Tag) -> Tag:
    block = seed.element
    for parent in ancestors(seed.element):
        start, end = walked.span(parent)
        if bisect_left(others, start) < bisect_left(others, end):
            break
        block = parent
        if parent is root:
            break
    return block


def front_dialog(walked: Walk, pairs: list[Pair]) -> Tag | None:
    """Return the last shown dialog that holds an order's fields; it covers the list behind it."""
    wanted = [pair for pair in pairs if not pair.hidden and pair.field in _DIALOG_FIELDS]
    shown = [(pair.order, pair.field) for pair in wanted]
    best: Tag | None = None
    inner = (0, 0)
    dialogs = [tag for tag in walked.tags if _is_dialog(tag)][:50]
    for tag in dialogs:
        start, end = walked.span(tag)
        first, last = bisect_left(shown, (start, "")), bisect_left(shown, (end, ""))
        fields = {name for _, name in shown[first:last]}
        nested = best is not None and inner[0] <= start and end <= inner[1]
        if len(fields) >= 2 and not nested:
            best, inner = tag, (start, end)
    return best


def _is_dialog(tag: Tag) -> bool:
    attrs = tag.attrs
    if not attrs and tag.name != "dialog":
        return False
    named = (
        (tag.name == "dialog" and "open" in attrs)
        or attrs.get("role") in {"dialog", "alertdialog"}
        or (
            "class" in attrs
            and any(_DIALOG.match(name.lower()) for name in attribute(tag, "class").split())
        )
    )
    return named and not is_hidden(tag) and attrs.get("aria-hidden") != "true"
