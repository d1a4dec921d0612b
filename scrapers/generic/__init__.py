"""The reader for unknown shops: labels, numbers and words in any layout, never a guess."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bs4 import Tag

from scrapers.contract import Page
from scrapers.dom import Walk, ancestors, attribute
from scrapers.generic.fields import fill_order
from scrapers.generic.scope import (
    Cluster,
    Seed,
    attribute_seeds,
    clusters,
    front_dialog,
    other_seeds,
    seeds,
)
from scrapers.generic.sections import about_the_order, set_aside
from scrapers.labelled import Pair
from scrapers.labels import label_key
from scrapers.pairs import find_pairs
from scrapers.record import Item, OrderRecord

Kind = Literal["order", "order_list", "product", "complaint", "receipt", "other"]
MAX_ORDERS = 200
_HEADS = frozenset({"h1", "h2", "h3", "h4", "label", "button", "legend"})
_BUTTONS = frozenset({"button", "a", "input"})
_COMPARED = ("status", "amount", "created_at")


@dataclass(frozen=True)
class Result:
    """What the generic reader made of a page."""

    orders: tuple[OrderRecord, ...] = ()
    page_kind: Kind = "other"
    warnings: tuple[str, ...] = ()


def read(page: Page) -> Result:
    """Read the orders of a page; a dialog's order comes before those of the list behind it."""
    root: Tag = page.soup
    walked = replace(page.walked, tokens=list(page.walked.tokens))  # some are set aside
    aside = set_aside(walked)
    pairs = about_the_order(walked, find_pairs(root, walked), aside)
    warnings = ["page_cut"] if walked.truncated else []
    dialog = front_dialog(walked, pairs)
    orders: list[OrderRecord] = []
    if dialog is not None:
        start, end = walked.span(dialog)
        inside = [pair for pair in pairs if start <= pair.order < end]
        found = seeds(inside, walked) or other_seeds(dialog, walked, page.url)
        orders = _orders(page, walked, dialog, inside, found)
    if dialog is not None and orders:
        behind = [pair for pair in pairs if not start <= pair.order < end]
        found = seeds(behind, walked) or attribute_seeds(root, walked)
        found = [seed for seed in found if not start <= (seed.index or 0) < end]
        orders = _merge(orders, _orders(page, walked, root, behind, found) if found else [])
    else:
        found = seeds(pairs, walked) or other_seeds(root, walked, page.url)
        orders = _orders(page, walked, root, pairs, found)
    orders = [order for order in orders if not _is_ticket(order, pairs)]
    kind = _kind_of(walked, pairs, orders)
    if kind == "receipt" or (kind == "complaint" and not any(order.amount for order in orders)):
        orders = []
    return Result(tuple(orders[:MAX_ORDERS]), kind, tuple(warnings))


def _orders(
    page: Page, walked: Walk, root: Tag, pairs: list[Pair], found: list[Seed]
) -> list[OrderRecord]:
    parts = clusters(found, pairs, walked, root) if found else [_whole(root, pairs)]
    made = (fill_order(page, cluster, walked) for cluster in parts)
    return _merge([], [order for order in made if order is not None])


def _whole(root: Tag, pairs: list[Pair]) -> Cluster:
    return Cluster(None, root, tuple(pairs))


def _merge(front: list[OrderRecord], behind: list[OrderRecord]) -> list[OrderRecord]:
    """Join records of one order number: the first one holds, the others fill its gaps."""
    merged = list(front)
    for order in behind:
        number = order.order_no
        same = (i for i, one in enumerate(merged) if number and one.order_no == number)
        place = next(same, None)
        if place is None:
            merged.append(order)
        else:
            merged[place] = _settled(_join(merged[place], order))
    return merged


def _join(one: OrderRecord, other: OrderRecord) -> OrderRecord:
    warnings = list(one.warnings)
    update: dict[str, object] = {}
    sources = dict(one.sources)
    for name in OrderRecord.model_fields:
        if name in {"sources", "warnings", "schema_", "platform", "url"}:
            continue
        mine, theirs = getattr(one, name), getattr(other, name)
        if name == "items" and mine and theirs:
            mine, theirs = (), _fuller(mine, theirs)
        empty = type(one).model_fields[name].get_default()
        if name in _COMPARED and empty not in (mine, theirs) and mine != theirs:
            warnings.append(f"views_disagree:{name}")
        if mine == empty and theirs != empty:
            update[name] = theirs
            added = {k: v for k, v in other.sources.items() if k.split(".")[0] == name}
            sources = added | sources
    update["sources"] = dict(sorted(sources.items()))
    update["warnings"] = tuple(
        code for code in dict.fromkeys(warnings) if not _is_settled(code, update)
    )
    return one.model_copy(update=update)


def _settled(order: OrderRecord) -> OrderRecord:
    """Drop an account that is the contact: a list's 下单账号 may hold whatever was asked first."""
    if order.recharge_account is None or order.recharge_account != order.buyer_contact:
        return order
    sources = {k: v for k, v in order.sources.items() if k != "recharge_account"}
    return order.model_copy(update={"recharge_account": None, "sources": sources})


def _fuller(mine: tuple[Item, ...], theirs: tuple[Item, ...]) -> tuple[Item, ...]:
    """Fill the gaps of the only item from the other view's item of the same name."""
    if len(mine) > 1 or len(theirs) > 1 or mine[0].title != theirs[0].title:
        return mine
    known = theirs[0].model_dump(exclude_none=True) | mine[0].model_dump(exclude_none=True)
    return (Item.model_validate(known),)


def _is_settled(code: str, update: dict[str, object]) -> bool:
    return code.endswith("_not_found") and code.removesuffix("_not_found") in update


def _is_ticket(order: OrderRecord, pairs: list[Pair]) -> bool:
    """Say whether what names an order is a ticket about it: it shows neither goods nor amount."""
    bare = not order.items and order.amount is None
    return bare and any(pair.field == "ticket" for pair in pairs)


def _kind_of(walked: Walk, pairs: list[Pair], orders: list[OrderRecord]) -> Kind:
    tickets = [pair for pair in pairs if pair.field == "ticket" and pair.found.text]
    if any(label_key(pair.label).endswith(("号", "no", "id")) for pair in tickets):
        return "receipt"
    writable = any(_is_writable(tag) for tag in walked.tags if tag.name == "textarea")
    if writable and _says(walked, _HEADS, ("投诉", "工单", "举报", "售后申请", "申请售后")):
        return "complaint"
    if orders:
        return "order_list" if len(orders) > 1 else "order"
    priced = any(pair.field in {"unit_price", "amount"} for pair in pairs)
    buys = _says(walked, _BUTTONS, ("立即购买", "提交订单", "立即下单", "加入购物车"))
    return "product" if priced and buys else "other"


def _is_writable(tag: Tag) -> bool:
    fixed = tag.has_attr("readonly") or tag.has_attr("disabled")
    return not fixed and any(parent.name == "form" for parent in ancestors(tag))


def _says(walked: Walk, names: frozenset[str], words: tuple[str, ...]) -> bool:
    tags = [tag for tag in walked.tags if tag.name in names][:500]
    shown = (
        attribute(tag, "value") + "".join(t.text for t in walked.inside(tag)[:4]) for tag in tags
    )
    return any(word in text[:60] for text in shown for word in words)
