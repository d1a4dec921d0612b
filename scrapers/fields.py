"""Fill one order record from the pairs and texts of one block of an unknown page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4 import Tag

from scrapers import status as words
from scrapers.contract import Page
from scrapers.dom import Found, Walk, attribute
from scrapers.money import money
from scrapers.moments import moment
from scrapers.pairs import Pair
from scrapers.reading import RecordBuilder
from scrapers.record import OrderRecord
from scrapers.scope import Cluster, order_number
from scrapers.text import compact, is_placeholder

_CORE = frozenset(
    "order_no title amount status pay_status delivery_status created_at paid_at payment_method "
    "quantity unit_price recharge_account order_info secrets buyer_contact delivery_kind".split()
)
_BADGE = re.compile(r"badge|tag|status|state|label|chip|pill", re.IGNORECASE)
_TIMES_SUFFIX = re.compile(r"^(?P<title>.*\S)\s*[x×*]\s*(?P<count>\d{1,4})\s*$", re.DOTALL)
_HEADING_CLASS = re.compile(
    r"(?:^|[-_])(?:title|name|goods|product|subject)(?:$|[-_])", re.IGNORECASE
)
_NO_TITLE = re.compile(r"订单|訂單|查询|详情|列表|我的|首页|欢迎|公告|卡密|支付|付款|发货|交付|提交|使用|须知|order",
                       re.IGNORECASE)  # fmt: skip
_CARD_WORD = re.compile(r"卡密|卡号|兑换码|激活码|secret|card|kami", re.IGNORECASE)
_BAD_END = frozenset({"failed", "refunded", "refunding", "partially_refunded", "cancelled"})


class Filler:
    """Fills one record; the pairs near the order number come before those far from it."""

    def __init__(self, page: Page, cluster: Cluster, walked: Walk) -> None:
        self.cluster = cluster
        self.walk = walked
        self.build = RecordBuilder(page)
        self.block = self._record_block()
        start, end = walked.span(self.block)
        self.near = range(start, end)

    def order(self) -> OrderRecord | None:
        """Return the record, or None when the block shows no order."""
        self._number()
        self._items()
        self._money()
        self._times()
        self._status()
        self._plain_fields()
        self._boxes()
        return self.build.record() if self._is_order() else None

    def _is_order(self) -> bool:
        build = self.build
        seen = [
            build.has("amount"),
            build.has("created_at") or build.has("payment.paid_at"),
            build.has("status") and build.values["status"] != "unknown",
            build.has("items.0.title"),
            build.has("delivery.secrets"),
        ]
        seed = self.cluster.seed
        if seed is None:
            build.warn("order_no_not_found")
            return build.has("amount") and any(seen[1:3]) and sum(seen) >= 3
        return sum(seen) >= (1 if seed.origin == "label" else 2)

    # --- choosing ---------------------------------------------------------------------------

    def _record_block(self) -> Tag:
        """Return the smallest block around the order number with most of the order's fields."""
        seed, root = self.cluster.seed, self.cluster.root
        places = [(pair.order, pair.field) for pair in self.cluster.pairs if pair.field in _CORE]
        wanted = max(3, round(len({name for _, name in places}) * 0.6))
        if seed is None or seed.index is None:
            return root
        for parent in (seed.element, *seed.element.parents):
            start, end = self.walk.span(parent)
            if len({name for index, name in places if start <= index < end}) >= wanted:
                return parent
            if parent is root:
                break
        return root

    def candidates(self, name: str) -> list[Pair]:
        """Return the pairs of a field: shown before hidden, near before far, best label first."""
        found = [
            pair for pair in self.cluster.pairs
            if pair.field == name and not is_placeholder(pair.found.text)
        ]  # fmt: skip
        return sorted(found, key=self._key)

    def _key(self, pair: Pair) -> tuple[bool, bool, int, int]:
        rank = pair.meaning.rank if pair.meaning else 999
        return pair.hidden, pair.order not in self.near, rank, pair.order

    def best(self, name: str) -> Found | None:
        """Return the best value of a field."""
        found = self.candidates(name)
        return found[0].found if found else None

    # --- fields -----------------------------------------------------------------------------

    def _number(self) -> None:
        seed = self.cluster.seed
        if seed is not None:
            self.build.put("order_no", seed.number, seed.found.source)
            if seed.origin != "label":
                self.build.warn(f"order_no_from_{seed.origin}")
        for pair in self.candidates("trade_no"):
            if (number := order_number(pair.found.text)) and number != (
                seed.number if seed else None
            ):
                self.build.put("payment.trade_no", number, Found(number, pair.found.element).source)
                return
        for pair in self.candidates("order_no"):  # 交易单号 beside 商户单号 is the payment's number
            number = order_number(pair.found.text)
            if seed and number and number != seed.number and "交易单号" in compact(pair.label):
                self.build.put("payment.trade_no", number, Found(number, pair.found.element).source)
                return

    def _money(self) -> None:
        self._one_amount()
        for path, name in (("discount", "discount"), ("refunded", "refunded")):
            readable = [pair for pair in self.candidates(name) if money(pair.found.text)]
            if readable:
                self.build.money(path, readable[0].found)

    def _one_amount(self) -> None:
        found = self.candidates("amount")
        readable = [pair for pair in found if money(pair.found.text)]
        if not readable:
            if found:
                self.build.warn("unreadable:amount")
            self.build.warn("amount_not_found")
            return
        first = readable[0]
        rank = self._key(first)[:3]
        peers = [pair for pair in readable if self._key(pair)[:3] == rank]
        loose = [pair for pair in peers if pair.row is None] or peers
        values = {amount.value for pair in loose if (amount := money(pair.found.text))}
        if len(values) > 1:
            self.build.warn("ambiguous:amount")
            return
        self.build.money("amount", loose[0].found)

    def _times(self) -> None:
        seen = self.build.page.captured_at
        for path, name in (
            ("created_at", "created_at"), ("payment.paid_at", "paid_at"),
            ("delivered_at", "delivered_at"),
        ):  # fmt: skip
            found = self.candidates(name)
            readable = [pair for pair in found if moment(pair.found.text, seen=seen)]
            if readable:
                self.build.moment(path, readable[0].found)
            elif found:
                self.build.warn(f"unreadable:{path}")
        if not self.build.has("created_at") and not self.build.has("payment.paid_at"):
            others = [pair for pair in self.candidates("other_time") if "交易时间" in pair.label]
            if others:
                self.build.warn("ambiguous:交易时间")

    def _plain_fields(self) -> None:
        build = self.build
        build.payment_method(self.best("payment_method"))
        build.delivery_kind(self.best("delivery_kind"))
        build.text("recharge_account", self.best("recharge_account"))
        build.text("delivery.promised_text", self.best("promise"))
        build.text("seller.name", self.best("seller_name"))
        build.text("seller.contact", self.best("seller_contact"))
        build.text("buyer_contact", self.best("buyer_contact"))
        build.text("failure_reason", self.best("failure_reason"))
        result = self.best("result")
        if result is not None:
            state = build.values.get("status")
            failed = state in _BAD_END and not build.has("failure_reason")
            build.text("failure_reason" if failed else "delivery.message", result)

    # --- status -----------------------------------------------------------------------------

    def _status(self) -> None:
        named = self.candidates("status")
        if not named:
            named = [p for p in self.cluster.pairs if p.field == "status" and p.order in self.near]
        strong = [
            p for p in named if p.meaning and p.label and len(compact(p.label).strip(":")) > 2
        ]
        pay, delivery = self.best("pay_status"), self.best("delivery_status")
        badge = None if strong else self._badge()
        if strong:
            self.build.status(strong[0].found)
        elif pay is not None or delivery is not None:
            self._two_axes(pay, delivery)
        elif badge is not None and not self._is_nearer(named, badge):
            self.build.status(badge)
        elif named:
            self.build.status(named[0].found)
        else:
            self.build.warn("status_not_found")

    def _two_axes(self, pay: Found | None, delivery: Found | None) -> None:
        parts = [found for found in (pay, delivery) if found is not None]
        if len(parts) == 1:
            self.build.status(parts[0])
            return
        first, second = (words.status(found.text) for found in parts)
        text = " / ".join(found.text for found in parts)
        source = parts[0].source
        self.build.put("status_text", text, source)
        self.build.put("status", words.combine(first, second), source)

    def _is_nearer(self, named: list[Pair], badge: Found) -> bool:
        """Say whether a 状态 pair stands nearer to the order number than the bare badge."""
        seed = self.cluster.seed
        if not named or seed is None or badge.element is None:
            return bool(named)
        return self._distance(named[0].element, seed.element) <= self._distance(
            badge.element, seed.element
        )

    @staticmethod
    def _distance(one: Tag, other: Tag) -> int:
        line = [id(other), *(id(parent) for parent in other.parents)]
        for parent in (one, *one.parents):
            if id(parent) in line:
                return line.index(id(parent))
        return len(line)

    def _badge(self) -> Found | None:
        """Return the one unlabelled status word of the block; filter tabs do not count."""
        found: list[Found] = []
        for index in self.near:
            token = self.walk.tokens[index]
            if token.hidden or token.value or not words.is_status(token.text):
                continue
            if self._is_choice(token.element):
                continue
            found.append(Found(token.text, token.element))
        marked = [one for one in found if one.element is not None and _is_badge(one.element)]
        pool = marked or found
        return pool[0] if len({compact(one.text) for one in pool}) == 1 else None

    def _is_choice(self, tag: Tag) -> bool:
        """Say whether the word stands in a navigation, a legend or a row of such words."""
        node: Tag | None = tag
        for _ in range(3):
            if node is None or node is self.block:
                return False
            if node.name in {"nav", "option", "button", "th", "legend", "a"}:
                return True
            holder = node.parent
            texts = [] if holder is None else self.walk.inside(holder)[:40]
            if len({compact(t.text) for t in texts if words.is_status(t.text)}) >= 3:
                return True
            node = holder
        return False

    # --- items ------------------------------------------------------------------------------

    def _items(self) -> None:
        titles = self.candidates("title")
        seed_row = self._seed_row()
        rows = _distinct(pair for pair in titles if pair.row is not None and pair.row != seed_row)
        if rows and seed_row is None:
            shown = [p for p in rows if not p.hidden] or rows
            for number, pair in enumerate(shown[:100]):
                self._row_item(number, pair)
            return
        distinct = _distinct(titles)
        if titles and len(distinct) > 1 and self._rank(distinct[0]) == self._rank(distinct[1]):
            same = [p for p in distinct if self._rank(p) == self._rank(distinct[0])]
            self._listed_items(sorted(same, key=lambda pair: pair.order))
            return
        title = titles[0].found if titles else self._heading()
        self._title(0, title)
        for path, name in (("quantity", "quantity"), ("unit_price", "unit_price"), ("sku", "sku")):
            self._item_field(0, path, self.candidates(name))

    def _rank(self, pair: Pair) -> tuple[bool, bool, int]:
        return self._key(pair)[:3]

    def _seed_row(self) -> int | None:
        seed = self.cluster.seed
        return next(
            (p.row for p in self.cluster.pairs
             if seed is not None and p.row is not None and p.field == "order_no"
             and order_number(p.found.text) == seed.number),
            None,
        )  # fmt: skip

    def _row_item(self, number: int, title: Pair) -> None:
        self._title(number, title.found)
        for path, name in (("quantity", "quantity"), ("unit_price", "unit_price"), ("sku", "sku")):
            self._item_field(number, path, [p for p in self.candidates(name) if p.row == title.row])

    def _listed_items(self, titles: list[Pair]) -> None:
        ends = [pair.order for pair in titles[1:]] + [self.near.stop]
        for number, (title, end) in enumerate(zip(titles, ends, strict=True)):
            self._title(number, title.found)
            for path in ("quantity", "unit_price", "sku"):
                between = [p for p in self.candidates(path) if title.order < p.order < end]
                self._item_field(number, path, between)

    def _title(self, number: int, found: Found | None) -> None:
        if found is None:
            return
        match = _TIMES_SUFFIX.match(found.text)
        if match is None:
            self.build.text(f"items.{number}.title", found)
            return
        self.build.text(f"items.{number}.title", Found(match["title"], found.element))
        self.build.integer(f"items.{number}.quantity", Found(match["count"], found.element))

    def _item_field(self, number: int, name: str, pairs: list[Pair]) -> None:
        path = f"items.{number}.{name}"
        if not pairs or (name != "quantity" and not self.build.has(f"items.{number}.title")):
            return
        if name == "quantity":
            self.build.integer(path, pairs[0].found)
        elif name == "unit_price" and money(pairs[0].found.text):
            self.build.money(path, pairs[0].found)
        elif name == "sku":
            self.build.text(path, pairs[0].found)

    def _heading(self) -> Found | None:
        """Return the block's only heading that can name goods."""
        found: list[Found] = []
        for tag in self.block.find_all(_is_heading, limit=50):
            tokens = self.walk.inside(tag)
            text = "".join(token.text for token in tokens)
            if len(tokens) == 1 and 2 <= len(text) <= 80 and not _NO_TITLE.search(text):
                if not words.is_status(text) and not money(text) and ":" not in compact(text):
                    found.append(Found(text, tokens[0].element))
        return found[0] if len({compact(one.text) for one in found}) == 1 else None

    # --- card boxes -------------------------------------------------------------------------

    def _boxes(self) -> None:
        for pair in self.candidates("order_info"):
            self.build.card_box(pair.found)
        boxes = [pair.found for pair in self.candidates("secrets")]
        self.build.card_box(*boxes)
        if not self.build.has("delivery.secrets"):
            self.build.card_box(*self._loose_cards(), *self._clipboards())
        if self.build.has("delivery.secrets") and not self.build.has("delivery.kind"):
            first = self.build.sources["delivery.secrets.0"]
            self.build.put("delivery.kind", "card_secret", first)

    def _loose_cards(self) -> list[Found]:
        """Return 卡号 with its 密码 as one line each."""
        parts = self.candidates("secret_part")
        parts.sort(key=lambda pair: pair.order)
        lines: list[Found] = []
        for number in (pair for pair in parts if "卡号" in pair.label):
            code = next((p for p in parts if p.order >= number.order and "密" in p.label), None)
            text = f"{number.label}：{number.found.text}"
            lines.append(Found(text + (f" 密码：{code.found.text}" if code else ""),
                               number.found.element))  # fmt: skip
        return lines

    def _clipboards(self) -> list[Found]:
        found = []
        for tag in self.block.select("[data-clipboard-text]", limit=50):
            text = attribute(tag, "data-clipboard-text")
            about = f"{tag.get_text()} {attribute(tag, 'class')} {attribute(tag, 'id')}"
            if _CARD_WORD.search(about) and text != self.build.values.get("order_no"):
                found.append(Found(text, tag))
        return found


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


def _is_badge(tag: Tag) -> bool:
    holders = (tag, tag.parent) if tag.parent is not None else (tag,)
    return any(_BADGE.search(attribute(holder, "class")) for holder in holders)


def _is_heading(tag: Tag) -> bool:
    return tag.name in {"h1", "h2", "h3", "h4", "h5"} or bool(
        "class" in tag.attrs and _HEADING_CLASS.search(attribute(tag, "class"))
    )
