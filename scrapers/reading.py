"""The two tools of a platform file: `Reader` finds texts, `RecordBuilder` makes the record.

    def extract(page: Page) -> list[OrderRecord]:
        orders = []
        for card in Reader(page).all(".order-card"):          # sub-readers, one an order
            build = RecordBuilder(page, key="wangzi", name="王子", software="wangzi")
            build.text("order_no", card.labelled("订单号"))     # label/value in any layout
            build.status(card.text(".badge"))                  # first match of a CSS selector
            build.money("amount", card.labelled("实付金额"))     # also sets currency
            build.moment("created_at", card.labelled("下单时间"))
            build.payment_method(card.labelled("支付方式"))
            build.text("items.0.title", card.labelled("商品名称"))
            build.integer("items.0.quantity", card.labelled("购买数量"))
            build.card_box(card.box(".card-secret"))           # secrets masked, or a message
            if build.has("order_no"):
                orders.append(build.record())
        return orders

A product page: the same with `title`, `price`, `describe(box)` and `build.product()`.

Every builder method takes `Found | None` (None, or a text that does not parse: the field stays
null; an unreadable text leaves a warning `unreadable:<field>`) and records the source. Field
names are dotted paths of OrderRecord. `text` refuses placeholders (`-`, 暂无). A `Found` may be
cut with `part(found, regex)`; `reader.attribute(css, name)` reads attributes,
`reader.own_text(css)` only the element's own text. Never put a password into `text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from bs4 import Tag

from scrapers import cards, moments, promise, status
from scrapers.contract import Page
from scrapers.dom import Found, attribute, is_shown, join_lines, tokens_of, value_of
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.money import money
from scrapers.pairs import find_pairs
from scrapers.record import OrderRecord, PlatformRef, Product, Source
from scrapers.select import Index
from scrapers.text import fold, is_placeholder, squeeze

__all__ = ["Found", "Reader", "RecordBuilder", "host_of", "part", "promised_in", "shown_text"]

_INTEGER = re.compile(r"(?<![\d.])(\d{1,7})(?![\d.]|\s*[万亿])")
_MAX_TEXT = 500
_MAX_DESCRIPTION = 4000
BAD_END = frozenset({"failed", "refunded", "refunding", "partially_refunded", "cancelled"})
"""States of an order that came to no good; a reason may stand beside them."""


def host_of(url: str) -> str | None:
    """Return the host of `url` with its port if it names one; None when it has none."""
    try:
        parts = urlsplit(url)
        return parts.netloc.rpartition("@")[2].lower() or None
    except ValueError:
        return None


def shown_text(page: Page) -> str:
    """Return what a page shows as far as its code tells: nothing hidden, no closed details."""
    closed = {id(tag) for tag in page.soup.select("details:not([open])")}
    return "\n".join(
        token.text
        for token in page.walked.tokens
        if not token.hidden and not _is_folded(token.element, closed)
    )


def _is_folded(tag: Tag, closed: set[int]) -> bool:
    """Say whether a tag lies inside a closed `<details>`, its `<summary>` not counting."""
    inner = tag
    for outer in tag.parents:
        if id(outer) in closed and inner.name != "summary":
            return True
        inner = outer
    return False


def part(found: Found | None, pattern: str) -> Found | None:
    """Return the first group of `pattern` (or its whole match) inside `found`."""
    match = re.search(pattern, found.text, re.DOTALL) if found else None
    if match is None or found is None:
        return None
    text = match.group(1) if match.re.groups else match.group()
    return Found(text.strip(), found.element) if text else None


def promised_in(box: Found | None) -> Found | None:
    """Return the sentence of a description that promises delivery, if it is the only one."""
    said = promise.sentence(box.text) if box else None
    return Found(said, box.element) if box and said else None


@dataclass
class Reader:
    """Reads texts under `root` (the whole page when None)."""

    page: Page
    root: Tag | None = None

    @property
    def element(self) -> Tag:
        """Return the element this reader looks into."""
        return self.root if self.root is not None else self.page.soup

    @cached_property
    def index(self) -> Index:
        """Return the index of the elements under the root, for selecting."""
        return self.page.index if self.root is None else Index(self.root)

    @cached_property
    def pairs(self) -> list[Pair]:
        """Return all label and value pairs under the root, in document order."""
        return find_pairs(self.element, self.page.walked if self.root is None else None)

    def all(self, selector: str) -> list[Reader]:
        """Return a reader for each element that matches."""
        return [Reader(self.page, tag) for tag in self.index.select(selector)]

    def first(self, selector: str) -> Reader | None:
        """Return a reader for the first element that matches."""
        tag = self.index.first(selector)
        return None if tag is None else Reader(self.page, tag)

    def text(self, selector: str) -> Found | None:
        """Return the shown text (or form value) of the first match; None without a match."""
        tag = self.index.first(selector)
        return None if tag is None else self._found(tag)

    def box(self, selector: str) -> Found | None:
        """Return the text of the first match, one line for each line that the page shows."""
        tag = self.index.first(selector)
        return None if tag is None else Found(join_lines(tokens_of(tag)), tag)

    def texts(self, selector: str) -> list[Found]:
        """Return the shown texts of all matches."""
        return [self._found(tag) for tag in self.index.select(selector)]

    def own_text(self, selector: str) -> Found | None:
        """Return the text that stands directly in the first match, not in its children."""
        tag = self.index.first(selector)
        if tag is None:
            return None
        parts = [text.strip() for text in tag.contents if is_shown(text)]
        return Found("".join(parts), tag)

    def attribute(self, selector: str, name: str) -> Found | None:
        """Return an attribute of the first match; None when it is absent or empty."""
        tag = self.index.first(selector)
        value = attribute(tag, name) if tag is not None else ""
        return Found(value.strip(), tag) if value.strip() else None

    def labelled(self, *labels: str) -> Found | None:
        """Return the value beside the first of `labels` that the page shows (visible first)."""
        for hidden in (False, True):
            for label in labels:
                key = label_key(label)
                for pair in self.pairs:
                    if pair.hidden is hidden and label_key(pair.label) == key:
                        return pair.found
        return None

    def _found(self, tag: Tag) -> Found:
        value = value_of(tag)
        if value is not None:
            return Found(value.strip(), tag)
        return Found("".join(token.text for token in tokens_of(tag)), tag)


@dataclass
class RecordBuilder:
    """Collects the fields of one order with their sources."""

    page: Page
    key: str | None = None
    name: str | None = None
    software: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def has(self, path: str) -> bool:
        """Say whether the field was read."""
        return path in self.values

    def put(self, path: str, value: object, source: Source) -> None:
        """Set a field that is already of its type."""
        if value is not None:
            self.values[path] = value
            self.sources[path] = source

    def drop(self, path: str) -> None:
        """Take a field back."""
        self.values.pop(path, None)
        self.sources.pop(path, None)

    def warn(self, code: str) -> None:
        """Add a warning code, once."""
        if code not in self.warnings:
            self.warnings.append(code)

    def text(self, path: str, found: Found | None, limit: int = _MAX_TEXT) -> None:
        """Set a text field, cut at `limit` characters."""
        if found is not None and path == "recharge_account":
            found = Found(cards.without_password(found.text), found.element)
        if found is None or is_placeholder(found.text):
            return
        self.put(path, squeeze(found.text)[:limit], found.source)

    def money(self, path: str, found: Found | None) -> None:
        """Set an amount (its size: `-¥5.00` of a discount is 5.00), and the currency if shown."""
        if found is None or is_placeholder(found.text):
            return
        amount = money(found.text)
        if amount is None:
            self.warn(f"unreadable:{path}")
            return
        self.put(path, abs(amount.value), found.source)
        if amount.currency and not self.has("currency"):
            self.put("currency", amount.currency, found.source)

    def moment(self, path: str, found: Found | None) -> None:
        """Set a time; the zone is Asia/Shanghai unless the text names one."""
        if found is None or is_placeholder(found.text):
            return
        value = moments.moment(found.text, seen=self.page.captured_at)
        if value is None:
            self.warn(f"unreadable:{path}")
        self.put(path, value, found.source)

    def integer(self, path: str, found: Found | None) -> None:
        """Set a count; `×2`, `2 件` and `发放卡密2张` are 2."""
        numbers = _INTEGER.findall(fold(found.text)) if found else []
        if found is None or is_placeholder(found.text):
            return
        if len(numbers) != 1:
            self.warn(f"unreadable:{path}")
            return
        self.put(path, int(numbers[0]), found.source)

    def status(self, found: Found | None) -> None:
        """Set `status` and `status_text`; a word not in our list is `unknown` with a warning."""
        if found is None:
            return
        shown = squeeze(found.text)[:80]
        self.put("status_text", shown, found.source)
        self.put("status", status.status(shown), found.source)
        if self.values["status"] == "unknown":
            self.warn("status_unknown")

    def two_axes(self, pay: Found | None, delivery: Found | None) -> None:
        """Set `status` of a shop that shows payment and delivery apart, and both words."""
        if pay is None or delivery is None:
            self.status(pay or delivery)
            return
        first, second = status.status(pay.text), status.status(delivery.text)
        state = status.combine(first, second)
        decides = delivery if state == second != first else pay
        self.put("status", state, decides.source)
        shown = f"{squeeze(pay.text)} / {squeeze(delivery.text)}"
        self.put("status_text", shown[:80], pay.source)
        if state == "unknown":
            self.warn("status_unknown")

    def payment_method(self, found: Found | None) -> None:
        """Set `payment.method` and `payment.method_text`."""
        if found is None or is_placeholder(found.text):
            return
        self.text("payment.method_text", found)
        self.put("payment.method", status.payment_method(found.text), found.source)

    def delivery_kind(self, found: Found | None) -> None:
        """Set `delivery.kind` from a text such as 自动发货 or 人工处理."""
        kind = status.delivery_kind(found.text) if found else "unknown"
        if found is not None and kind != "unknown":
            self.put("delivery.kind", kind, found.source)

    def promise(self, *shown: Found | None) -> None:
        """Set `delivery.promised` and its words from the places that show it, the surest first.

        A moment (最晚发货 2026-11-24 00:14) is only taken for words where there are no others.
        """
        told = [found for found in shown if found is not None and not is_placeholder(found.text)]
        ats = [moments.moment(found.text, seen=self.page.captured_at) for found in told]
        for found, at in zip(told, ats, strict=True):
            named = at.isoformat() if at else promise.duration(found.text)
            if not self.has("delivery.promised"):
                self.put("delivery.promised", named, found.source)
        worded = [found for found, at in zip(told, ats, strict=True) if at is None]
        self.text("delivery.promised_text", next(iter([*worded, *told]), None))

    def describe(self, box: Found | None, *promises: Found | None) -> None:
        """Set a product's `description`, and the promise: from its own places, else from there."""
        shown = Found(box.text[:_MAX_DESCRIPTION], box.element) if box else None
        self.text("description", shown, _MAX_DESCRIPTION)
        self.promise(*promises, promised_in(box))

    def order_inputs(self, found: Found | None) -> None:
        """Set account and contact from the buyer's own inputs (下单信息), never a password."""
        if found is None:
            return
        account, contact = cards.read_inputs(found.text)
        for path, text in (("recharge_account", account), ("buyer_contact", contact)):
            if text and not self.has(path):
                self.text(path, Found(text, found.element))

    def card_box(self, *boxes: Found | None) -> None:
        """Read card boxes: codes become masked secrets, sentences the message."""
        for found in boxes:
            if found is None or is_placeholder(found.text):
                continue
            content = cards.read_box(found.text, self.values.get("order_no"))
            secrets = list(self.values.get("delivery.secrets", ()))
            for secret in content.secrets:
                if secret not in secrets:
                    path = f"delivery.secrets.{len(secrets)}"
                    self.sources[path] = found.source.model_copy(update={"text": secret.masked})
                    secrets.append(secret)
            if secrets:
                self.values["delivery.secrets"] = tuple(secrets)
            self._box_texts(content, found.element)
        if self.has("delivery.secrets") and not self.has("delivery.kind"):
            self.put("delivery.kind", "card_secret", self.sources["delivery.secrets.0"])

    def _box_texts(self, content: cards.Content, element: Tag | None) -> None:
        """Set what a box holds beside codes; of an order gone wrong its words may be the reason."""
        state = self.values.get("status")
        message = content.message
        if content.refund and state in {"refunded", "partially_refunded"}:
            if not self.has("refunded"):
                self.money("refunded", Found(content.refund, element))
        else:
            message = message or content.refund
        why = state in BAD_END and not content.reason and message and cards.is_cause(message)
        texts = {
            "failure_reason": message if why else content.reason,
            "delivery.message": None if why else message,
            "recharge_account": content.account,
        }
        for path, text in texts.items():
            if text and not self.has(path):
                self.text(path, Found(text, element))

    def record(self) -> OrderRecord:
        """Return the record of what was read."""
        platform = PlatformRef(
            key=self.key, name=self.name, host=host_of(self.page.url), software=self.software
        )
        tree = {"platform": platform, "url": self.page.url or None, **self._tree()}
        return OrderRecord.model_validate(tree)

    def product(self) -> Product | None:
        """Return the product of what was read, None when that has no title."""
        return Product.model_validate(self._tree()) if self.has("title") else None

    def _tree(self) -> dict[str, Any]:
        tree: dict[str, Any] = {
            "sources": dict(sorted(self.sources.items())),
            "warnings": tuple(self.warnings),
        }
        for path, value in self.values.items():
            _plant(tree, path.split("."), value)
        return {name: _plain(value) for name, value in tree.items()}


def _plant(tree: dict[str, Any], steps: Sequence[str], value: object) -> None:
    node = tree
    for step in steps[:-1]:
        node = node.setdefault(step, {})
    node[steps[-1]] = value


def _plain(value: Any) -> Any:
    """Turn `{"0": …, "1": …}` into a tuple in the order of its numbers."""
    if not isinstance(value, dict) or not all(
        isinstance(key, str) and key.isdigit() for key in value
    ):
        return value
    return tuple(value[key] for key in sorted(value, key=int)) if value else value
