"""Draft a platform file from a page that the generic reader reads: a line a field, each tried.

An expression is taken only if the builder makes of it, on every order of the page, exactly what the
generic reader found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from bs4 import BeautifulSoup, Tag

from scrapers.contract import Page
from scrapers.dom import Found
from scrapers.labels import label_key
from scrapers.new.selectors import Names, blocks
from scrapers.reading import Reader, RecordBuilder, part
from scrapers.record import OrderRecord, Source
from scrapers.text import compact, squeeze

_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("text", ("order_no",)),
    ("status two_axes", ("status", "status_text")),
    ("text", ("items.0.title",)),
    ("text", ("items.0.sku",)),
    ("integer", ("items.0.quantity",)),
    ("money", ("items.0.unit_price",)),
    ("money", ("discount",)),
    ("money", ("amount",)),
    ("payment_method", ("payment.method", "payment.method_text")),
    ("text", ("payment.trade_no",)),
    ("moment", ("payment.paid_at",)),
    ("moment", ("created_at",)),
    ("moment", ("delivered_at",)),
    ("text order_inputs", ("recharge_account",)),
    ("text", ("buyer_contact",)),
    ("promise", ("delivery.promised", "delivery.promised_text")),
    ("card_box", ("delivery.secrets", "delivery.message")),
    ("delivery_kind", ("delivery.kind",)),
    ("text", ("failure_reason",)),
    ("money", ("refunded",)),
    ("text", ("seller.name",)),
    ("text", ("seller.contact",)),
)
_WHOLE = frozenset({"recharge_account", "status", "delivery.promised", "delivery.secrets"})
"""Never cut by a pattern: a number out of the buyer's inputs could be a password."""
_AXES = ("pay_status", "delivery_status")
_NAMED = ("text", "money", "integer", "moment")
_MAX_TRIED = 8


@dataclass(frozen=True)
class Expression:
    """Source code that finds a text in the reader `order`, and what it does."""

    code: str
    find: Callable[[Reader], list[Found | None]]
    selector: str = ""


@dataclass(frozen=True)
class Draft:
    """The body of `extract`: how the orders are found, and a line a field."""

    blocks: str
    lines: tuple[str, ...]
    order_no: tuple[str, ...]
    marks: tuple[str, ...]
    """The selector of the orders' blocks, if it is one of a class."""
    classes: tuple[str, ...]
    """Classes and ids that tell something, the innermost of the order first."""


def draft(page: Page, orders: Sequence[OrderRecord], altered: frozenset[str]) -> Draft:
    """Return lines that read `orders` from the page; `altered` names no selector may use.

    Of the blocks that may hold the orders those win that let most fields be read. Where they hold
    only the first order (a dialog over a list), the others are left to a person.
    """
    names = Names(altered)
    best: _Drafter | None = None
    for wanted in (orders, orders[:1]):
        for selector, readers, others in islice(blocks(page, wanted, names), _MAX_TRIED):
            tried = _Drafter(page, wanted, names, selector, readers, others)
            if best is None or tried.score > best.score:
                best = tried
            if tried.score == sum(map(count, orders)):
                break
    return best.draft() if best is not None else Draft("", (), (), (), ())


def leaf(order: OrderRecord, path: str) -> Any:
    """Return a field of an order by its dotted path; None when it has none."""
    value: Any = order
    for step in path.split("."):
        if isinstance(value, tuple):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = getattr(value, step, None)
    return None if value in ("unknown", ()) else value


def count(order: OrderRecord) -> int:
    """Return how many fields an order has that a file may read."""
    return sum(leaf(order, path) is not None for _, paths in _FIELDS for path in paths)


class _Drafter:
    """One way to cut the page into orders, and the lines that read them."""

    def __init__(
        self, page: Page, orders: Sequence[OrderRecord], names: Names, selector: str,
        readers: list[Reader], others: list[Reader],
    ) -> None:  # fmt: skip
        self.page = page
        self.orders = orders
        self.names = names
        self.selector = selector
        self.readers = readers
        self.others = others
        self.lines: dict[tuple[str, ...], tuple[str, Expression]] = {}
        for methods, paths in _FIELDS:
            if self._seen(paths) and (line := self._line(methods, paths)):
                self.lines[paths] = line
        self.score = sum(self._seen(paths) for paths in self.lines)

    def _seen(self, paths: tuple[str, ...]) -> int:
        return sum(leaf(order, path) is not None for order in self.orders for path in paths)

    def draft(self) -> Draft:
        """Return what goes into the platform file."""
        number = self.lines.get(("order_no",))
        return Draft(
            blocks=self.selector,
            lines=tuple(code for code, _ in self.lines.values()),
            order_no=self._for_popup(number[1]) if number else (),
            marks=(self.selector.split()[0],) if self.selector else (),
            classes=tuple(self._classes()),
        )

    def _classes(self) -> Iterator[str]:
        for tag in [self.readers[0].element, *self.readers[0].element.find_all(True, limit=200)]:
            if not isinstance(tag, BeautifulSoup):
                yield from self.names.good(tag)

    # --- fields ---------------------------------------------------------------------------

    def _line(self, methods: str, paths: tuple[str, ...]) -> tuple[str, Expression] | None:
        whole = [(one, each) for one in methods.split() for each in self._expressions(one, paths)]
        parts = [] if paths[0] in _WHOLE else self._cuts(whole, paths)
        for method, expression in chain(whole, parts):
            if all(
                self._gives(expression, method, paths, reader, order)
                for reader, order in zip(self.readers, self.orders, strict=True)
            ) and not (paths == ("order_no",) and any(map(self._reads(expression), self.others))):
                name = f'"{paths[0]}", ' if method in _NAMED else ""
                return f"build.{method}({name}{expression.code})", expression
        return None

    def _reads(self, expression: Expression) -> Callable[[Reader], bool]:
        return lambda reader: any(found and found.text.strip() for found in expression.find(reader))

    def _cuts(
        self, whole: list[tuple[str, Expression]], paths: tuple[str, ...]
    ) -> Iterator[tuple[str, Expression]]:
        order = next(order for order in self.orders if paths[0] in order.sources)
        for method, expression in whole:
            for pattern in _patterns(squeeze(order.sources[paths[0]].text or "")):
                yield method, _cut(expression, pattern)

    def _gives(
        self, expression: Expression, method: str, paths: tuple[str, ...], reader: Reader,
        order: OrderRecord,
    ) -> bool:  # fmt: skip
        """Say whether the builder makes the order's fields of it; a named field of all its text."""
        build = RecordBuilder(self.page)
        found = expression.find(reader)
        named = [paths[0]] if method in _NAMED else []
        getattr(build, method)(*named, *found)
        made = build.record()
        texts = [one.text for one in found if one is not None] if named else []
        source = order.sources.get(paths[0])
        whole = source is None or all(compact(t) == compact(source.text or "") for t in texts)
        return whole and not build.warnings and all(leaf(made, p) == leaf(order, p) for p in paths)

    def _expressions(self, method: str, paths: tuple[str, ...]) -> Iterator[Expression]:
        if method == "two_axes":
            yield from self._axes()
            return
        names = [*paths, *(f"{path}.0" for path in paths)]
        for reader, order in zip(self.readers, self.orders, strict=True):
            source = next((order.sources[name] for name in names if name in order.sources), None)
            if source is None:
                continue
            if source.selector is None:
                shown = _narrow(reader.element, source.text or "")
                if shown is not reader.element:
                    yield from self._selected(reader, shown)
                yield from self._from_address(source)
                continue
            tag = self.page.soup.select_one(source.selector)
            if tag is not None:
                box = method == "card_box"
                yield from self._labelled(reader, tag)
                for one in dict.fromkeys([_narrow(tag, source.text or ""), tag]):
                    yield from self._selected(reader, one, box=box)
            return

    def _axes(self) -> Iterator[Expression]:
        """Yield pairs of expressions for the state of payment and that of delivery."""
        reader, sources = self.readers[0], self.orders[0].sources
        tags = [pair.found.element for pair in reader.pairs if pair.field in _AXES]
        tags += [
            self.page.soup.select_one(sources[name].selector or ":root")
            for name in ("status_text", "status")
            if name in sources
        ]
        plain = [
            one
            for tag in tags
            if tag is not None
            for one in islice(chain(self._labelled(reader, tag), self._selected(reader, tag)), 3)
        ]
        for pay in plain:
            for delivery in plain:
                yield Expression(
                    f"{pay.code}, {delivery.code}",
                    lambda one, pair=(pay, delivery): [  # type: ignore[misc]
                        found for each in pair for found in each.find(one)
                    ],
                )

    def _labelled(self, reader: Reader, tag: Tag) -> Iterator[Expression]:
        for pair in reader.pairs:
            if pair.found.element is tag and label_key(pair.label):
                label = squeeze(pair.label).strip(":： ")
                yield Expression(
                    f"order.labelled({literal(label)})",
                    lambda one, label=label: [one.labelled(label)],  # type: ignore[misc]
                )

    def _selected(self, reader: Reader, tag: Tag, *, box: bool = False) -> Iterator[Expression]:
        for selector in self.names.selectors(reader.element, tag):
            word = "box" if box else "text"
            yield Expression(
                f"order.{word}({literal(selector)})",
                lambda one, css=selector, word=word: [getattr(one, word)(css)],  # type: ignore[misc]
                selector,
            )
            for name in tag.attrs:
                if name == "value" or name.startswith(("data-", "order")):
                    yield Expression(
                        f"order.attribute({literal(selector)}, {literal(name)})",
                        lambda one, css=selector, name=name: [one.attribute(css, name)],  # type: ignore[misc]
                    )

    def _from_address(self, source: Source) -> Iterator[Expression]:
        before, found, _ = self.page.url.partition(source.text or "\0")
        lead = re.search(r"[/?&][A-Za-z_-]+[/=]$", before)
        if found and lead:
            pattern = re.escape(lead[0].lstrip("?&")) + r"([\w-]+)"
            yield Expression(
                f"part(Found(page.url), {literal(pattern, raw=True)})",
                lambda one: [part(Found(one.page.url), pattern)],
            )

    def _for_popup(self, expression: Expression) -> tuple[str, ...]:
        simple = re.fullmatch(r"(?:[a-z]+)?[.#][\w-]+", expression.selector)
        return (expression.selector,) if simple and "order.text(" in expression.code else ()


def _narrow(tag: Tag, text: str) -> Tag:
    """Return the smallest element in `tag` that shows exactly `text`, or `tag` itself."""
    same = [one for one in tag.find_all(True) if compact(one.get_text()) == compact(text)]
    return same[-1] if same else tag


def _patterns(text: str) -> Iterator[str]:
    """Yield patterns that cut `text`, or a text of its shape, out of a longer one."""
    if re.fullmatch(r"[A-Za-z]*\d{4,}", text):
        yield r"([A-Za-z]*\d{4,})" if text[0].isalpha() else r"(\d{4,})"
    elif re.fullmatch(r"(?=.*\d)[A-Z0-9]{8,}", text):
        yield rf"([A-Z0-9]{{{len(text)}}})"
    elif re.fullmatch(r"[\w-]{4,64}", text, re.ASCII):
        yield r"([A-Za-z0-9_-]{4,64})"
    yield r"^(.*?)\s*[x×*]\s*\d+\s*$"
    yield r"[x×*]\s*(\d+)\s*$"
    yield r"[:：]\s*(.+?)\s*$"


def _cut(expression: Expression, pattern: str) -> Expression:
    return Expression(
        f"part({expression.code}, {literal(pattern, raw=True)})",
        lambda one: [part(found, pattern) for found in expression.find(one)],
        expression.selector,
    )


def literal(text: str, *, raw: bool = False) -> str:
    """Return the text as it is written in source code, whatever a page put into it.

    `raw` is for a regular expression; one that would end its quotes is escaped instead.
    """
    if raw and text.isprintable() and '"' not in text and not text.endswith("\\"):
        return f'r"{text}"'
    return repr(text)
