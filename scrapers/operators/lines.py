"""The lines of a page, and which of them speak of the site itself: its foot, its page about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from scrapers.contract import Page
from scrapers.dom import Found, Token, Walk, join_lines, together
from scrapers.text import squeeze

_FOOT = re.compile(
    r"footer|[.#](?!(?:modal|card|table|panel|dialog|drawer|popup|list|item)[_-])"
    r"(?:[\w-]*[_-])?(?:(?:site|page)?foot(?:er)?|copyright|beian)(?:[_-][\w-]*)?",
    re.IGNORECASE,
)
"""Names, classes (.x) and ids (#x) of elements; a card's or a dialog's foot is another thing."""
_MARKED = re.compile(r"©|ICP\s?[备证]|版权所有|copyright", re.IGNORECASE)
_LONGEST = 1_000  # a line of a foot; what is longer is an article
_ABOUT = re.compile(
    r"(?:关于我们|联系我们|关于本站|营业执照(?:公示|信息)?|(?:企业|公司|经营)?资质(?:证照|公示)?|证照(?:信息|公示)"
    r"|(?:经营者|主体|经营主体|企业)信息(?:公示)?|公司(?:简介|介绍))"
)
_LABEL = re.compile(r"[^:：。，]{2,12}[:：]?")
_LABELS = re.compile(
    r"(?:公司|企业|单位|主体|经营者|机构)名称|名\s*称|主办单位|经营主体|经营者|运营(?:主体|方)|住所|经营场所"
    r"|.{0,4}地址|.{0,4}(?:电话|热线|手机|邮箱)|统一社会信用代码(?:/注册号)?|.{0,8}许可证(?:号|编号)?|ICP备案号?|备案号"
)


@dataclass(frozen=True, eq=False)
class Line:
    """A line that the page shows, with the tokens that it is made of."""

    tokens: tuple[Token, ...]
    walked: Walk

    @cached_property
    def text(self) -> str:
        """Return the line as it is shown."""
        return " ".join(join_lines(list(self.tokens)).split("\n"))

    def place(self, text: str) -> Found | None:
        """Return a part of the line with the element in which it stands, None where none does."""
        held = next((token.element for token in self.tokens if text in token.text), None)
        if held is None:
            whole = together(list(self.tokens), self.walked).element
            held = whole if whole and _bare(text) in _bare(whole.get_text()) else None
        return Found(text, held) if held else None

    def is_link(self, text: str) -> bool:
        """Say whether a part of the line is the text of a link."""
        return any(token.is_control for token in self.tokens if text in token.text)


def shown(walked: Walk, tokens: Iterable[Token]) -> list[Line]:
    """Return the lines that tokens make; nothing hidden, no form values."""
    lines: list[list[Token]] = []
    for token in tokens:
        if token.hidden or token.value:
            continue
        if token.starts_line or not lines:
            lines.append([])
        lines[-1].append(token)
    return [Line(tuple(line), walked) for line in lines]


def of_operator(page: Page) -> list[Line]:
    """Return the lines about the site itself, a label of its own line joined with its value."""
    walked = page.walked
    if _is_about(page):
        own = shown(walked, walked.tokens)
    elif foot := _foot(page):
        own = shown(walked, foot)
    else:
        own = [x for x in shown(walked, walked.tokens) if _MARKED.search(x.text)]
    return [line for line in _joined(own) if len(line.text) <= _LONGEST]


def _foot(page: Page) -> list[Token]:
    """Return the tokens of all feet, each once, in document order."""
    held = page.index.held.items()
    feet = (tag for name, tags in held if _FOOT.fullmatch(name) for tag in tags)
    spans = sorted(span for tag in feet if any(span := page.walked.span(tag)))
    tokens: list[Token] = []
    last = 0
    for start, end in spans:
        tokens += page.walked.tokens[max(start, last) : end]
        last = max(last, end)
    return tokens


def _is_about(page: Page) -> bool:
    heads = [squeeze(tag.get_text()) for tag in page.index.select("h1, h2, title")[:20]]
    parts = (part for head in heads for part in re.split(r"\s*[|｜_–—-]\s*", head))
    return any(map(_ABOUT.fullmatch, parts))


def _joined(lines: list[Line]) -> Iterator[Line]:
    held: Line | None = None
    for line in lines:
        text = line.text
        if held is not None:
            yield Line((*held.tokens, *line.tokens), line.walked)
            held = None
        elif _LABEL.fullmatch(text) and _LABELS.fullmatch(text.rstrip(":： ")):
            held = line
        else:
            yield line
    if held is not None:
        yield held


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
