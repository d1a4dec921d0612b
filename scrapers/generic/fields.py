"""Fill one order record from the pairs and texts of one block of an unknown page."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import islice

from bs4 import Tag

from scrapers.contract import Page
from scrapers.dom import Found, Walk, attribute
from scrapers.generic.choice import Choice, in_frame
from scrapers.generic.items import fill_items
from scrapers.generic.lone import code_box, lone_amount, lone_moment, named_seller
from scrapers.generic.scope import Cluster, order_number
from scrapers.generic.states import fill_status
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.moments import moment
from scrapers.money import money
from scrapers.promise import duration
from scrapers.reading import BAD_END, RecordBuilder
from scrapers.record import OrderRecord
from scrapers.status import split_methods
from scrapers.text import cjk_count, compact, fold

_PAYMENT_NUMBER = re.compile(r"^(?:交易单号|流水号)")  # beside the shop's own number
MOST_PEERS = 50
_MOST_WORDS = 3
_MOST_SENTENCE = 200
_TOTALS = frozenset({"共减", "已优惠", "优惠金额", "折扣金额", "discountamount"})
_NOT_PAID = frozenset({"pending_payment", "expired", "unknown"})
_NOT_BAD = frozenset({"completed", "delivered", "paid", "processing", "pending_payment"})
_ORIGINS = {"button": "attribute"}
_MOST_METHOD = 30
_PAID_WORD = re.compile(r"实|付|收|折后|优惠后|到手|paid", re.IGNORECASE)
_MONEY_WORD = re.compile(r"额|价|付|款|amount|price|paid", re.IGNORECASE)
_BY_BALANCE = re.compile(r"支付|paid", re.IGNORECASE)
_LINK = re.compile(r"https?://")
_WEAK_NUMBERS = frozenset({"流水号", "单号", "交易单号"})
_FLOW_NUMBER = re.compile(r"(?:流水号?|交易单号|交易号)\s?[:：]?\s?(\d{16,64})(?!\d)")
_AFTER_PAYING = re.compile(r"(?:付款|支付|下单)(?:成功|完成)?(?:之|以)?后")
_CARD_WORD = re.compile(r"卡密|卡号|兑换码|激活码|secret|card|kami", re.IGNORECASE)
_TEXTS = (
    ("recharge_account", "recharge_account"),
    ("seller.name", "seller_name"),
    ("seller.contact", "seller_contact"),
    ("buyer_contact", "buyer_contact"),
    ("failure_reason", "failure_reason"),
)
_TIMES = (
    ("created_at", "created_at"),
    ("payment.paid_at", "paid_at"),
    ("delivered_at", "delivered_at"),
)


def fill_order(page: Page, cluster: Cluster, walked: Walk) -> OrderRecord | None:
    """Return the record of one block, or None when the block shows no order."""
    build = RecordBuilder(page)
    choice = Choice(cluster, walked)
    _fill_numbers(build, choice)
    fill_items(build, choice)
    fill_status(build, choice)
    _fill_money(build, choice)
    _fill_times(build, choice)
    build.payment_method(_method(build, choice))
    build.delivery_kind(choice.only("delivery_kind"))
    build.text("seller.name", named_seller(choice))
    for path, name in _TEXTS:
        build.text(path, choice.only(name))
    if build.values.get("status") in _NOT_BAD:
        build.drop("failure_reason")
    if _LINK.match(build.values.get("recharge_account", "")):
        build.drop("recharge_account")
    build.promise(choice.best("promise"), _promise(choice))
    _fill_result(build, choice)
    _fill_cards(build, choice)
    return build.record() if _is_order(build, choice) else None


def _is_order(build: RecordBuilder, choice: Choice) -> bool:
    """Demand proof: a labelled number and one more field, or without a number three fields."""
    seed = choice.cluster.seed
    seen: list[bool] = [
        build.has("amount"),
        build.has("created_at") or build.has("payment.paid_at"),
        build.values.get("status", "unknown") != "unknown",
        build.has("items.0.title"),
        build.has("delivery.secrets"),
    ]
    if seed is None:
        build.warn("order_no_not_found")
        if seen[3] and seen[4]:
            return code_box(choice) is not None
        return seen[0] and (seen[1] or seen[2]) and sum(seen) >= 3
    if seed.origin == "button":  # a list of goods has such buttons too
        return seen[1] and seen[2]
    if seed.label in _WEAK_NUMBERS:  # an account's statement has such numbers too
        return seen[2] or seen[3] or seen[4]
    return sum(seen) >= (1 if seed.origin == "label" else 2)


def _method(build: RecordBuilder, choice: Choice) -> Found | None:
    """Return the way of payment; where a list of ways is offered, none is taken yet.

    Without any, the balance is the way if it paid the whole amount (余额支付：¥5.00).
    """
    found = choice.best("payment_method")
    if found is not None:
        said = len(found.text) > _MOST_METHOD or "，" in found.text
        return found if len(split_methods(found.text)) < 2 and not said else None
    for pair in choice.candidates("wallet"):
        amount = money(pair.found.text)
        whole = amount is not None and amount.value == build.values.get("amount")
        if whole and split_methods(pair.label) == ["balance"] and _BY_BALANCE.search(pair.label):
            return Found(pair.label, choice.walk.tokens[pair.order].element)
    return None


def _fill_numbers(build: RecordBuilder, choice: Choice) -> None:
    seed = choice.cluster.seed
    own = seed.number if seed is not None else None
    if seed is not None:
        build.put("order_no", seed.number, seed.found.source)
        if seed.origin != "label":
            build.warn(f"order_no_from_{_ORIGINS.get(seed.origin, seed.origin)}")
    numbers: dict[str, Found] = {}
    for token in choice.tokens():
        if match := _FLOW_NUMBER.search(token.text[:_MOST_SENTENCE]):
            numbers.setdefault(match[1], Found(match[1], token.element))
    for pair in (*choice.candidates("trade_no"), *choice.candidates("order_no")):
        named = pair.field == "trade_no" or (own and _PAYMENT_NUMBER.search(compact(pair.label)))
        number = order_number(pair.found.text)
        if named and number and number != own:
            numbers.setdefault(number, Found(number, pair.found.element))
    if len(numbers) > 1:
        build.warn("ambiguous:payment.trade_no")
    elif numbers:
        [(number, found)] = numbers.items()
        build.put("payment.trade_no", number, found.source)


def _fill_money(build: RecordBuilder, choice: Choice) -> None:
    _fill_amount(build, choice)
    discounts = [pair for pair in choice.candidates("discount") if _is_sum(pair)]
    _fill_one(build, "discount", discounts, label_key(discounts[0].label) if discounts else "")
    if build.values.get("status") in {"refunded", "partially_refunded"}:
        returned = [pair for pair in choice.candidates("refunded") if _is_sum(pair)]
        _fill_one(build, "refunded", returned, "")


def _fill_one(build: RecordBuilder, name: str, pairs: list[Pair], total: str) -> None:
    """Set a sum, unless there are several: only a label of the total tells which it is."""
    told = [pair for pair in pairs if _value(pair)] or pairs
    rows = {pair.row for pair in told if pair.row is not None}
    differ = len({_value(pair) for pair in told}) > 1
    if told and (len(rows) > 1 or (differ and total not in _TOTALS)):
        build.warn(f"ambiguous:{name}")
    elif told:
        build.money(name, told[0].found)


def _is_sum(pair: Pair) -> bool:
    """Say whether a value is a sum of money: no sentence, no coupon's number, no rate (9.5折)."""
    amount = money(pair.found.text)
    plain = fold(pair.found.text)
    if amount is None or cjk_count(plain) > _MOST_WORDS:
        return False
    rate = "折扣" in label_key(pair.label) or label_key(pair.label) == "discount"
    return bool(amount.currency) or (not rate and ("." in plain or "-" in plain))


def _is_amount(pair: Pair) -> bool:
    """Say whether a value is money: beside 合计 or Total a bare 3 may be a count."""
    amount = money(pair.found.text)
    if amount is None:
        return False
    whole = amount.currency is None and "." not in pair.found.text
    return not whole or _MONEY_WORD.search(pair.label) is not None


def _value(pair: Pair) -> Decimal:
    amount = money(pair.found.text)
    return abs(amount.value) if amount else Decimal()


def _fill_amount(build: RecordBuilder, choice: Choice) -> None:
    found = choice.candidates("amount")
    readable = [pair for pair in found if _is_amount(pair)]
    if build.values.get("status", "unknown") in _NOT_PAID:  # 实付 ¥0.00 beside 应付 ¥50.00
        readable = [pair for pair in readable if _value(pair)] or readable
    if not readable:
        build.money("amount", None if found else lone_amount(choice, build))
        if not build.has("amount"):
            build.warn("unreadable:amount" if found else "amount_not_found")
        return
    peers = [pair for pair in readable if choice.grade(pair) == choice.grade(readable[0])]
    loose = ([pair for pair in peers if pair.row is None] or peers)[:MOST_PEERS]
    nearest = min(choice.distance(pair.element) for pair in loose)
    loose = [pair for pair in loose if choice.distance(pair.element) == nearest]
    if len({_value(pair) for pair in loose}) > 1 or _is_doubtful(choice, loose[0], readable):
        build.warn("ambiguous:amount")
        return
    build.money("amount", loose[0].found)


def _is_doubtful(choice: Choice, best: Pair, readable: list[Pair]) -> bool:
    """Say whether less than this sum was paid: another label says so, or one that is not listed."""
    if _PAID_WORD.search(best.label):
        return False
    start, end = choice.walk.span(choice.own)
    unlisted = [
        pair
        for pair in choice.cluster.pairs
        if pair.meaning is None and start <= pair.order < end and _PAID_WORD.search(pair.label)
    ]
    others = [_value(pair) for pair in (*readable, *unlisted) if money(pair.found.text)]
    return any(0 < value < _value(best) for value in others)


def _fill_times(build: RecordBuilder, choice: Choice) -> None:
    seen = build.page.captured_at
    for path, name in _TIMES:
        found = choice.candidates(name)
        readable = [pair for pair in found if moment(pair.found.text, seen=seen)]
        if readable:
            build.moment(path, readable[0].found)
        elif found:
            build.warn(f"unreadable:{path}")
    others = [pair for pair in choice.candidates("other_time") if "交易时间" in pair.label]
    if not any(choice.candidates(name) for name in ("created_at", "paid_at", "other_time")):
        build.moment("created_at", lone_moment(choice, seen))
    if others and not build.has("created_at") and not build.has("payment.paid_at"):
        build.warn("ambiguous:交易时间")


def _promise(choice: Choice) -> Found | None:
    """Return the sentence in which the shop binds itself (付款后24小时内发货), if there is one."""
    found: dict[str, Found] = {}
    for token in choice.tokens():
        text = token.text
        if "内" in text and len(text) <= 120 and _AFTER_PAYING.search(text):
            within = None if _is_of_something_else(token.element) else duration(text)
            if within is not None:
                found.setdefault(within, Found(text, token.element))
    return next(iter(found.values())) if len(found) == 1 else None


def _is_of_something_else(tag: Tag) -> bool:
    """Say whether a sentence stands in a link (to other goods) or in the frame of the site."""
    return in_frame(tag) or any(one.name == "a" for one in (tag, *islice(tag.parents, 6)))


def _fill_result(build: RecordBuilder, choice: Choice) -> None:
    """处理结果 tells why an order failed, or else what was delivered."""
    failed = build.values.get("status") in BAD_END and not build.has("failure_reason")
    found = choice.best("result")
    if failed:
        build.text("failure_reason", found)
    else:
        build.card_box(found)


def _fill_cards(build: RecordBuilder, choice: Choice) -> None:
    build.order_inputs(choice.best("order_info"))
    build.card_box(*(pair.found for pair in choice.candidates("secrets")))
    if not build.has("delivery.secrets"):
        build.card_box(*_loose_cards(choice), *_clipboards(build, choice))
    seed = choice.cluster.seed
    if (seed is None or seed.origin == "address") and not build.has("delivery.secrets"):
        build.card_box(code_box(choice))


def _loose_cards(choice: Choice) -> list[Found]:
    """Return 卡号 with its 密码 as one line each."""
    parts = sorted(choice.candidates("secret_part"), key=lambda pair: pair.order)
    lines: list[Found] = []
    for number in (pair for pair in parts if "卡号" in pair.label):
        code = next((p for p in parts if p.order >= number.order and "密" in p.label), None)
        text = f"{number.label}：{number.found.text}"
        text += f" {code.label}：{code.found.text}" if code else ""
        lines.append(Found(text, number.found.element))
    return lines


def _clipboards(build: RecordBuilder, choice: Choice) -> list[Found]:
    found = []
    for tag in _copied(choice):
        text = attribute(tag, "data-clipboard-text")
        about = f"{tag.get_text()[:40]} {attribute(tag, 'class')} {attribute(tag, 'id')}"
        if _CARD_WORD.search(about) and text != build.values.get("order_no"):
            found.append(Found(text, tag))
    return found


def _copied(choice: Choice) -> list[Tag]:
    tags = choice.walk.tags_in(choice.block)
    return [tag for tag in tags if "data-clipboard-text" in tag.attrs][:50]
