"""Read the goods of one order on an unknown page.

In this order: rows of a table, labelled titles, names without a label (`names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scrapers.dom import Found, ancestors
from scrapers.generic.choice import Choice
from scrapers.generic.lone import AMOUNT_ALONE
from scrapers.generic.names import PRICE, Name, above_labels, only_name
from scrapers.generic.scope import order_number
from scrapers.labelled import Pair
from scrapers.labels import meaning
from scrapers.money import money
from scrapers.reading import RecordBuilder
from scrapers.text import compact, fold

MAX_ITEMS = 100
_TIMES_SUFFIX = re.compile(r"^(?P<title>.*\S)\s*[x×*]\s*(?P<count>\d{1,4})\s*$", re.DOTALL)
_TIMES = re.compile(r"[x×*]\s?\d{1,4}")
_DETAILS = ("quantity", "unit_price", "sku")


def fill_items(build: RecordBuilder, choice: Choice) -> None:
    """Set `items`; a list of goods in a table of its own beats a single labelled title."""
    titles = [Name(p.found, p.order, p.row) for p in _labelled(choice)]
    titles = titles or above_labels(choice, _details(choice))
    if len(titles) > 1:
        ends = [title.order for title in titles[1:]] + [choice.walk.span(choice.cluster.root)[1]]
        for number, (title, end) in enumerate(zip(titles, ends, strict=True)):
            _item(build, choice, number, title, end)
        return
    _title(build, 0, titles[0].found if titles else only_name(choice))
    for name in _DETAILS:
        _detail(build, 0, name, choice.candidates(name))
    if build.has("items.0.title") and not build.has("items.0.quantity"):
        _count(build, choice)


def _details(choice: Choice) -> list[Pair]:
    details = [pair for name in _DETAILS for pair in choice.candidates(name) if pair.row is None]
    return sorted(details, key=_place)[:MAX_ITEMS]


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
    pieces = [one.text for one in texts if not one.hidden and not PRICE.sub("", compact(one.text))]
    others = "".join(one.text for one in texts if one.text not in pieces)
    if AMOUNT_ALONE.fullmatch(fold("".join(pieces))) and money(others) is None:
        build.money("items.0.unit_price", Found("".join(pieces), block))


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


def _item(build: RecordBuilder, choice: Choice, number: int, title: Name, end: int) -> None:
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
