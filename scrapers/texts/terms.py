"""Read a user agreement or shop rules: name, version, dates, clauses and what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Final

from bs4 import Tag

from scrapers.contract import Page
from scrapers.dom import Found, Selectors, Token, Walk, ancestors, attribute, join_lines, together
from scrapers.record import Clause, Terms, Topic
from scrapers.text import fold, squeeze
from scrapers.texts.clauses import INLINE, Head, Numbering, head_of, is_chapter

MAX_CLAUSES = 1_000
_LEAST = 3
_NEAR = 8
_MAX_ABOUT = 200
_MAX_TEXT = 5_000
_NAME = re.compile(
    r"《?[^《》，。；：:？?！]{0,30}(?:协议|条款|规则|政策|须知|公约|规范|细则|承诺书?|保障|制度)》?"
    r"(?:\s*[（(\[].{1,20}[)）\]])?(?:\s*V?\d+(?:\.\d+)+版?)?|"
    r".{0,40}(?:terms (?:of|and) \w+|user agreement|refund policy|terms & conditions)",
    re.IGNORECASE,
)
_TITLE_CUT = re.compile(r"\s*[|｜_–—]\s*|\s+-\s+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_DATE = r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
_VERSION = re.compile(
    r"(?:版本号?|version)\s*[:：]?\s*(?P<v>V?\d+(?:\.\d+){0,3})(?![\d年])|(?P<v2>\bV\d+(?:\.\d+){1,3})",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"版本号?\s*[:：V\d]|version|(?:最[近后])?(?:更新|修订|发布|生效)(?:日期|时间|[:：])",
    re.IGNORECASE,
)
_AFTER = r"(?:日期|时间|date|于|:|：|\s)*"
_ALONE = r"(?!日期|时间|\s*[:：于])"
_UPDATED = (rf"(?:更新|修订|修改|updated){_AFTER}{_DATE}", rf"{_DATE}\s*(?:更新|修订|修改){_ALONE}")
_PUBLISHED = (rf"(?:发布|公布|颁布|版本){_AFTER}{_DATE}", rf"{_DATE}\s*(?:发布|公布){_ALONE}")
_EFFECTIVE = (
    rf"(?:生效|施行|实施|effective){_AFTER}{_DATE}",
    rf"{_DATE}\s*(?:起|开始)?\s*(?:正式)?(?:生效|施行|实施|执行){_ALONE}",
)
TOPICS: Final[dict[Topic, str]] = {
    "delivery": r"发货|交付|到账|到帐|发卡|发放|送达|充值时效|deliver",
    "refund": r"退款|退货|退还|退回|退换|不退|可退|无理由|refund",
    "arbitration": r"仲裁|管辖|人民法院|诉讼|起诉|争议解决|arbitrat|jurisdiction",
    "liability": r"免责|不承担|不负责|概不|责任|赔偿|违约|损失|liab",
    "evidence": r"证据|凭证|举证|截图|录屏|录像|视频证明|evidence",
    "warranty": r"售后|质保|保修|包换|换货|补发|warrant",
    "complaint": r"投诉|举报|申诉|异议|工单|complain",
}


@dataclass(frozen=True)
class _Line:
    """A line of the page, or a clause's beginning inside one; `index` is its first token's."""

    index: int
    tokens: list[Token]

    @property
    def text(self) -> str:
        return join_lines(self.tokens)


@dataclass
class _Part:
    """The lines of a clause as it is read; `skip` characters of it are its number."""

    number: str
    skip: int
    lines: list[_Line]


def read(page: Page, walked: Walk) -> Terms | None:
    """Return the agreement that a page shows, None where it shows none."""
    named = _name(page, walked)
    if named is None:
        return None
    found, start = named
    shown = list(_lines(walked, start, _foot(walked, start)))
    parts = list(_parts(shown))
    end = _end(found, parts, walked)
    if end is not None:
        shown = [line for line in shown if line.index < end]
        parts = list(_parts(shown))
    if len(parts) < _LEAST:
        return None
    short = [together(line.tokens, walked) for line in shown if len(line.text) <= _MAX_ABOUT]
    version = _version([found, *short[:_NEAR], *short[-_NEAR:]])
    dated, effective = _day(short, _UPDATED) or _day(short, _PUBLISHED), _day(short, _EFFECTIVE)
    places = {"name": found, "version": version, "dated": dated, "effective": effective}
    selectors = Selectors()
    return Terms(
        name=_plain_name(found.text),
        version=fold(version.text) if version else None,
        dated=_date(dated.text) if dated else None,
        effective=_date(effective.text) if effective else None,
        clauses=tuple(_clause(part, walked, selectors) for part in parts[:MAX_CLAUSES]),
        sources={key: selectors.source(place) for key, place in places.items() if place},
    )


def is_name(text: str) -> bool:
    """Say whether a heading is the name of an agreement or of rules."""
    return 0 < len(text) <= 60 and _NAME.fullmatch(fold(text)) is not None


def parts_of_title(text: str) -> list[str]:
    """Return the whole title and its parts, between which shops put `|` or ` - `."""
    return [text, *(part.strip() for part in _TITLE_CUT.split(text))]


def _name(page: Page, walked: Walk) -> tuple[Found, int] | None:
    """Return the name and the token after it: a heading's, else that of the page's title."""
    for tag in walked.tags:
        if tag.name in _HEADINGS or (tag.attrs and "title" in attribute(tag, "class")):
            start, end = walked.span(tag)
            text = squeeze(join_lines(walked.tokens[start : min(end, start + 5)]))
            if is_name(text):
                return Found(text, tag), end
    title = page.soup.title
    shown = parts_of_title(squeeze(title.get_text()[:200])) if title else []
    return next(((Found(part, title), 0) for part in shown if is_name(part)), None)


def _plain_name(text: str) -> str:
    """Return an agreement's name without brackets and the version beside it."""
    return re.sub(r"\s*[（(\[]?V?\d+(?:\.\d+)+版?[)）\]]?$", "", text, flags=re.IGNORECASE).strip(
        " 《》"
    )


def _foot(walked: Walk, start: int) -> int:
    """Return the token at which the foot of the page begins."""
    feet = (walked.span(tag)[0] for tag in walked.tags if tag.name == "footer")
    return min((foot for foot in feet if foot >= start), default=len(walked.tokens))


def _end(name: Found, parts: list[_Part], walked: Walk) -> int | None:
    """Return where the block ends that holds the name and nearly all of the clauses."""
    for tag in ancestors(name.element) if name.element else ():
        start, end = walked.span(tag)
        inside = sum(start <= part.lines[0].index < end for part in parts)
        if inside >= _LEAST and inside * 5 >= len(parts) * 4:
            return end
    return None


def _lines(walked: Walk, start: int, end: int) -> Iterator[_Line]:
    """Yield the shown lines; a clause inside a paragraph begins one."""
    line: list[Token] = []
    first = start
    for index in range(start, end):
        token = walked.tokens[index]
        if token.hidden or token.value or token.is_control:
            continue
        for place, text in enumerate(INLINE.split(token.text)):
            begins = token.starts_line and not place
            if line and (begins or place):
                yield _Line(first, line)
                line = []
            first = first if line else index
            line.append(replace(token, text=text, starts_line=begins))
    if line:
        yield _Line(first, line)


def _parts(shown: list[_Line]) -> Iterator[_Part]:
    """Yield the clauses; a heading without a number, or a chapter's, ends the one before it."""
    numbering = Numbering()
    items = _Items()
    current: _Part | None = None
    for line in shown:
        text = line.text
        chapter = is_chapter(text)
        head = None if chapter else head_of(text) or items.head_of(line.tokens[0])
        number = numbering.take(head) if head else None
        ends = chapter or _is_heading(line.tokens[0].element) or _ABOUT.match(text)
        if chapter:
            numbering.new_chapter()
        if current and (number is not None or ends):
            yield current
            current = None
        if number is not None and head is not None:
            current = _Part(number, head.end, [line])
        elif current:
            current.lines.append(line)
    if current:
        yield current


def _is_heading(tag: Tag) -> bool:
    return tag.name in _HEADINGS or any(one.name in _HEADINGS for one in islice(tag.parents, 2))


@dataclass
class _Items:
    """The items of numbered lists, whose numbers the browser draws."""

    _numbers: dict[int, int] = field(default_factory=dict)
    _lists: set[int] = field(default_factory=set)

    def head_of(self, token: Token) -> Head | None:
        """Return the number of the list item that a token begins."""
        around = (one for one in [token.element, *islice(token.element.parents, 3)])
        item = next((one for one in around if one.name == "li"), None)
        if item is None or item.parent is None or item.parent.name != "ol":
            return None
        if id(item.parent) not in self._lists:
            self._lists.add(id(item.parent))
            first = attribute(item.parent, "start")
            items = [child for child in item.parent.children if isinstance(child, Tag)]
            start = int(first) if re.fullmatch(r"\d{1,3}", first) else 1
            self._numbers |= {id(one): number for number, one in enumerate(items, start)}
        number = self._numbers.pop(id(item), None)  # only its first line has the number
        return Head("n", (number,), str(number), 0) if number else None


def _clause(part: _Part, walked: Walk, selectors: Selectors) -> Clause:
    whole = join_lines([token for line in part.lines for token in line.tokens])
    text = whole[part.skip :].lstrip(" \u3000：:、.．\n")[:_MAX_TEXT]
    topics = tuple(topic for topic, words in TOPICS.items()
                   if re.search(words, text, re.IGNORECASE))  # fmt: skip
    bare = len(part.lines[0].text) <= part.skip and len(part.lines) > 1  # a block of its own
    place = together(part.lines[1 if bare else 0].tokens, walked)
    return Clause(number=part.number, text=text, topics=topics, source=selectors.source(place))


def _version(places: list[Found]) -> Found | None:
    """Return the one version that the lines near the name or the end tell."""
    found = [Found(match["v"] or match["v2"], place.element) for place in places
             for match in _VERSION.finditer(place.text)]  # fmt: skip
    return found[0] if len({fold(one.text).upper() for one in found}) == 1 else None


def _day(places: list[Found], patterns: tuple[str, ...]) -> Found | None:
    """Return the one date that the lines tell with such words."""
    found = [Found(match[0], place.element) for place in places for pattern in patterns
             for match in re.finditer(pattern, place.text, re.IGNORECASE)]  # fmt: skip
    days = {_date(one.text) for one in found}
    return found[0] if len(days) == 1 and None not in days else None


def _date(text: str) -> date | None:
    match = re.search(_DATE, text)
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
    except ValueError:
        return None
