"""Which parts of a page tell of something else than the order: its reseller's view, other goods."""

from __future__ import annotations

import re
from dataclasses import replace

from bs4 import Tag

from scrapers.dom import Walk, ancestors
from scrapers.labelled import Pair
from scrapers.text import compact, simplified

_ASIDE = re.compile(
    r"(?:订单)?实时状态|子订单(?:明细|交付|列表)?|(?:操作|订单)日志|物流信息|猜你喜欢|大家都在买|热卖推荐"
    r"|为你推荐|热门推荐|相关(?:商品|推荐)|常买常逛|看了又看|childorders?|suborders?|recommended"
)
_STILL_OF_THE_ORDER = frozenset({"secrets", "secret_part", "failure_reason", "result"})
_MOST = 20


def set_aside(walked: Walk) -> list[range]:
    """Mark the texts of sections that are not about the order itself as hidden; return them."""
    aside = [
        section
        for index, token in enumerate(walked.tokens)
        if len(token.text) <= 12 and _ASIDE.fullmatch(simplified(compact(token.text)))
        and (section := _section(index, walked))
    ][:_MOST]  # fmt: skip
    for section in aside:
        for index in section:
            walked.tokens[index] = replace(walked.tokens[index], hidden=True)
    return aside


def about_the_order(pairs: list[Pair], aside: list[range]) -> list[Pair]:
    """Leave out what a section set aside says; codes and reasons there are still the order's."""
    if not aside:
        return pairs
    return [
        pair
        for pair in pairs
        if pair.field in _STILL_OF_THE_ORDER or not any(pair.order in section for section in aside)
    ]


def _section(index: int, walked: Walk) -> range | None:
    """Return the texts under a heading: to the next heading row of a table, or in its block."""
    heading = walked.tokens[index].element
    row = next((tag for tag in (heading, *ancestors(heading)) if tag.name == "tr"), None)
    if row is not None:
        return _rows_below(row, walked)
    for block in (heading, *ancestors(heading)):
        start, end = walked.span(block)
        if start != index:
            return None
        if end - start > 2:
            return range(start, end)
    return None


def _rows_below(row: Tag, walked: Walk) -> range | None:
    if len(walked.inside(row)) != 1:
        return None
    start = end = walked.span(row)[1]
    for below in row.next_siblings:
        if isinstance(below, Tag):
            tokens = walked.inside(below)
            if len(tokens) == 1 and below.find("b") is not None:
                break
            end = max(end, walked.span(below)[1])
    return range(start, end)
