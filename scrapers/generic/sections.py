"""Which parts of a page tell of something else than the order: its reseller's view, other goods."""

from __future__ import annotations

import re
from dataclasses import replace

from bs4 import Tag

from scrapers.dom import HEADINGS, Walk, ancestors
from scrapers.labelled import Pair
from scrapers.text import compact, simplified

_ASIDE = re.compile(
    r"(?:订单)?实时状态|子订单(?:明细|交付|列表)?|(?:操作|订单)日志|物流信息|猜你喜欢|大家都在买|热卖推荐"
    r"|成交记录|充值记录|(?:余额|资金)(?:变动|明细|记录)|(?:处理|投诉|售后|操作)记录|评论"
    r"|(?:商品|买家|用户|全部)?评价|(?:纠纷|投诉|仲裁)公示|案例公示"
    r"|为你推荐|热门推荐|相关(?:商品|推荐)|常买常逛|看了又看|childorders?|suborders?|recommended"
)
_OTHERS = re.compile(
    r"冒充|骗子|谨防|勿信|请勿相信|公示|公告|例如|(?:关联|相关|原)订单|(?:用户|买家|会员)\s?\S{0,8}\*"
)
_STILL_OF_THE_ORDER = frozenset({"secrets", "secret_part", "failure_reason", "result"})
_MOST = 20


def set_aside(walked: Walk) -> list[range]:
    """Mark the texts of sections that are not about the order itself as hidden; return them."""
    aside: list[range] = []
    for index, token in enumerate(walked.tokens):
        if len(token.text) > 12 or not _ASIDE.fullmatch(simplified(compact(token.text))):
            continue
        section = None if aside and index in aside[-1] else _section(index, walked)
        if section:
            aside.append(section)
        if len(aside) >= _MOST:
            break
    for section in aside:
        for index in section:
            walked.tokens[index] = replace(walked.tokens[index], hidden=True)
    return aside


def is_about_others(text: str) -> bool:
    """Say whether a text speaks of somebody else's order: a notice, a warning, a review."""
    return _OTHERS.search(text[:200]) is not None


def about_the_order(walked: Walk, pairs: list[Pair], aside: list[range]) -> list[Pair]:
    """Leave out what a section set aside or a word about others says.

    Codes and reasons in a section are still the order's.
    """
    places = {pair.order for pair in pairs if pair.order < len(walked.tokens)}
    told = {index for index in places if is_about_others(walked.tokens[index].text)}
    beside = {index for section in aside for index in section}
    return [
        pair
        for pair in pairs
        if pair.order not in told
        and (pair.order not in beside or pair.field in _STILL_OF_THE_ORDER)
    ]


def _section(index: int, walked: Walk) -> range | None:
    """Return the texts under a heading: to the next heading row of a table, or in its block."""
    heading = walked.tokens[index].element
    row = next((tag for tag in (heading, *ancestors(heading)) if tag.name == "tr"), None)
    if row is not None:
        return _rows_below(row, walked)
    if heading.name in HEADINGS and heading.parent is not None:
        return _until_next_heading(heading, walked)
    for block in (heading, *ancestors(heading)):
        start, end = walked.span(block)
        if start != index:
            return None
        if end - start > 2:
            return range(start, end)
    return None


def _until_next_heading(heading: Tag, walked: Walk) -> range | None:
    """Return the texts of the siblings below a heading, up to the next one."""
    start = end = walked.span(heading)[1]
    for below in heading.next_siblings:
        if isinstance(below, Tag):
            if below.name in HEADINGS:
                break
            end = max(end, walked.span(below)[1])
    return range(start, end) if end > start else None


def _rows_below(row: Tag, walked: Walk) -> range | None:
    if walked.only(row) is None:
        return None
    start = end = walked.span(row)[1]
    for below in row.next_siblings:
        if isinstance(below, Tag):
            if walked.only(below) is not None and below.find("b") is not None:
                break
            end = max(end, walked.span(below)[1])
    return range(start, end)
