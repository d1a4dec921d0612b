"""Read the name of a company or a sole trader in the foot of a page, and tell whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scrapers.dom import Found
from scrapers.operators.lines import Line

KINDS = r"有限(?:责任)?公司|股份公司|工作室|经营部|商行"
_NAME = re.compile(
    rf"[\u4e00-\u9fffA-Za-z0-9（）()·&]{{2,40}}?(?:{KINDS})(?:（(?:个体工商户|有限合伙)）)?"
)
_LABEL = re.compile(
    r"^.*?(?:版权所有|版权归|主办单位(?:名称)?|经营主体|经营者|运营(?:主体|方)|(?:公司|企业)名称|本网?站由|本网?站归"
    r"|copyright)[为归属是]?(?=.{4})",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"(?:©|\(c\)|copyright|版权|(?:公司|企业|单位|主体|经营者)名称|主办单位|经营主体|经营者|运营(?:主体|方))[^，。；|｜·]{0,40}$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:技术|程序|系统|源码|软件|建站|网站?设计|设计|制作|开发|托管|服务器|云服务|powered|支付|收单|收款|结算|友情|链接|合作"
    r"|伙伴|客户|品牌|授权|代理|投资|发票|抬头|开户|快递|担保|保险|游戏著作权|商标|店铺|商家|卖家|由)[^，。；|｜©]{0,10}$",
    re.IGNORECASE,
)
_RUNS = re.compile(r"\s?(?:运营|主办|版权所有|所有)")
_PROSE = re.compile(r"欢迎|使用|我们|[您你的是由与归]|本网?站|隶属|旗下")
_PROVIDES = re.compile(r"\s?提供|开发|制作|设计|承保|担保")
_NOT_SHOPS = re.compile(r"支付|银行|清算|结算|某某|XX|示例公司|腾讯|微信|支付宝", re.IGNORECASE)
_YEAR = re.compile(r"^(?:(?:19|20)\d{2}(?:\s?[-–~]\s?)?)+")
_FILED = re.compile(r"备\s?\d|ICP|信用代码|许可证", re.IGNORECASE)


class _Named(NamedTuple):
    rank: int
    found: Found


def operator(lines: list[Line]) -> Found | None:
    """Return the one name that is told best: labelled or after ©, beside a filing, or alone."""
    named = [one for line in lines for one in _in_line(line)]
    best = min((one.rank for one in named), default=0)
    told = {one.found.text: one.found for one in named if one.rank == best}
    return next(iter(told.values())) if len(told) == 1 else None


def _in_line(line: Line) -> Iterator[_Named]:
    text = line.text
    for match in _NAME.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        name = _YEAR.sub("", _LABEL.sub("", match[0]))
        around = before + match[0].removesuffix(name)
        runs = _RUNS.match(after)
        others = (_OTHERS.search(around) and not runs) or _PROVIDES.match(after)
        unclear = len(name) < 5 or _NOT_SHOPS.search(name) or _PROSE.search(name)
        found = None if others or unclear else line.place(name)
        if found is None:
            continue
        if runs or _OWNER.search(around):
            yield _Named(0, found)
        elif _FILED.search(text):
            yield _Named(1, found)
        elif not line.is_link(name):
            yield _Named(2, found)
