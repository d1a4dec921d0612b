"""Find the private values that a page labels, or greets somebody by, however it is laid out.

Colon, tab, line break, blank, columns under a head. Where in doubt between a person and the order,
`scrapers` decides: what it knows as a label, a status or a sum of an order is no private value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, cast

from helper.evidence.private_labels import (
    LABELS,
    NEVER,
    ORDINARY,
    OTHERS,
    PLACES_ELSEWHERE,
    TRADITIONAL,
    WHOLE,
    Kind,
)
from scrapers.labels import meaning
from scrapers.status import is_status
from scrapers.text import cjk_count, fold, is_placeholder, simplified, squeeze

_NEVER: Final = frozenset(NEVER.split("|"))
_LONGEST_LABEL = 28
_LONGEST_CHINESE = 12
_LONGEST_VALUE = 200
_MOST_ROWS_BELOW = 200
_EDGES = " \t:：﹕︰=＝*＊•·-—|｜\"'“”「」"
_COLON = re.compile(r"\s*[:：﹕︰=＝|｜】\]」]\s*")
_SURELY_COLON = re.compile(r"\s*[:：﹕︰]")
_BREAK = re.compile(r"[\s，,；;。|｜、！!（(【\[<>]")
_WORD = r"[^\s，,；;。|｜、！!？?（）()【】\[\]<>《》“”\"：:=＝]+"
_SHAPES: Final[dict[Kind, re.Pattern[str]]] = {
    "name": re.compile(rf"[A-Z][a-z'’-]+(?: [A-Z][A-Za-z.'’-]*)+|{_WORD}"),
    "account": re.compile(_WORD),
    "phone": re.compile(r"[+(（]?\d[\d ()（）*-]{3,24}[\d*]"),
    "contact": re.compile(rf"(?=\S*[\d@_.-]|[a-z]{{5,}}(?![A-Za-z]))(?=[^\s]*[A-Za-z0-9]){_WORD}"),
    "number": re.compile(
        r"[\dXx*][\dXx* -]{4,40}[\dXx*](?![0-9A-Za-z-])|[0-9A-Za-z][0-9A-Za-z_-]{3,}"
    ),
    "address": re.compile(r"[^；;|\t]{6,120}"),
    "secret": re.compile(r"[!-~]{4,80}"),
}
_SUM = re.compile(
    r"[¥￥$]?\s?[\d,]+\.\d\d?\s?(?:元|CNY|RMB)?|[¥￥$]\s?[\d,]+|\d+\s?[元个张件天月年]\S*"
)
_MOMENT = re.compile(r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月].*|\d{1,2}:\d\d.*")
_REQUIRED = re.compile(r"\s*[(（](?:必填|选填|required|optional)[)）]$")
_NET = re.compile(r"\w+://|www\.|\d{1,3}(?:\.\d{1,3}){3}")
_HOTLINE = re.compile(r"[48]00[- ]?\d{3,4}[- ]?\d{3,4}")
_ASKS = re.compile(
    r"请(?:输|填|选|登|先|勿|在|点|确|查|您)|未(?:设|绑|填|登|实|认|知|公)|暂[无未]|点击|立即|去(?:绑|设|登|认|实)"
    r"|欢迎|please|enter |click ",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[，,。\s]\s*[^\s，,：:]{1,10}[:：]")
_NAME = r"[A-Za-z][\w.@-]{1,29}|[\u4e00-\u9fff·]{1,8}"
_END = r"(?=$|[\s，,。！!？?：:~～;；)）])"
_HELLO = r"(?:欢迎(?:您|你|回来|登录)?|您好|你好|\bhello|\bhi|\bwelcome(?: back)?)"
_HAIL = r"(?:您好|你好|欢迎您|欢迎回来)"
_MEMBER = r"(?:(?:会员|用户|客户|顾客)[ \t]*)?"
"""With its blanks: runs of blanks that may share a run would try every way to part it."""
_GREETINGS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"{_HELLO}(?:[，,：:、！!][ \t]*\n?|[ \t]+)({_NAME}){_END}",
        rf"^[ \t]*{_MEMBER}({_NAME})[，,][ \t]*{_HAIL}{_END}",
        rf"^[ \t]*{_MEMBER}([A-Za-z][\w.@-]{{1,29}})[ \t]+{_HAIL}{_END}",
        rf"(?:尊敬的|亲爱的){_MEMBER}[ \t：:]*({_NAME}){_END}",
        rf"\b(?:dear|(?:signed|logged) in as:?)[ \t]+([A-Za-z][\w.@-]{{1,29}}){_END}",
        rf"(?:账号|账户|用户名|昵称|密码)(?:是|为)[ \t]*([A-Za-z0-9][A-Za-z0-9_.@-]{{2,29}}){_END}",
        rf"(?:^|[\s，,；;。(（])(?:收货人|收件人|寄件人|姓名|持卡人)([\u4e00-\u9fff·]{{2,4}}){_END}",
    )
)


def values(text: str) -> Iterator[str]:
    """Yield the private values of a text: cells by tabs, rows by line breaks."""
    plain = _plain(text)
    for pattern in _GREETINGS:
        for match in pattern.finditer(plain):
            said = text[match.start(1) : match.end(1)]
            if not re.search(ORDINARY, match[1]) and not _never(match[1]):
                yield said
    rows = [cells for line in text.splitlines() if any(cells := _cells(line))]
    for number, row in enumerate(rows):
        for index, cell in enumerate(row):
            yield from _inside(cell)
            kind = kind_of(cell)
            if kind is not None and not _is_value(rows, number, index):
                yield from _of_cell(kind, rows, number, index)


@lru_cache(maxsize=4096)
def kind_of(label: str) -> Kind | None:
    """Return what a label announces, None if it is no label of something private."""
    found = _endings().search(plain) if (plain := _label(label)) else None
    if found is None:
        return None
    kind = cast("Kind", found.lastgroup)
    if cjk_count(found[0]) and (_BREAK.search(plain) or len(plain) > _LONGEST_CHINESE):
        return None
    others = {"name": OTHERS, "address": PLACES_ELSEWHERE}.get(kind)
    return None if others and re.search(others, plain) else kind


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Tell whether a text is a label, of something private or of the order."""
    return meaning(text) is not None or kind_of(text) is not None


def announces(text: str) -> bool:
    """Tell whether a text that stands alone is a label of something private, not 微信 as a way."""
    plain = _plain(text).lower().strip()
    return plain not in _NEVER and plain != "name" and kind_of(text) is not None


def value_of(kind: Kind, said: str) -> str | None:
    """Return the value at the start of what follows a label, None if it is none."""
    said = squeeze(said[:_LONGEST_VALUE]).lstrip(_EDGES.replace("*", ""))
    match = _SHAPES[kind].match(said)
    if match is None or _ASKS.match(_plain(said)):
        return None
    value = _until_label(_NEXT.split(match[0])[0], said[match.end() :]).rstrip(".,:-—… ")
    if kind == "phone" and sum(c.isdigit() for c in value) < 5:
        return None
    if kind == "address" and (_NET.match(value) or len(value) < 6):
        return None
    return None if not value or _never(value) else value


def _of_cell(kind: Kind, rows: Sequence[Sequence[str]], number: int, index: int) -> Iterator[str]:
    """Yield what stands right of a label, or below it where nothing or a label stands right."""
    row = rows[number]
    right = next((row[i] for i in range(index + 1, len(row)) if row[i].strip(_EDGES)), "")
    if right and not is_label(right):
        yield from _some(value_of(kind, right))
        return
    below = rows[number + 1 : number + 1 + _MOST_ROWS_BELOW]
    if len(row) == 1:
        yield from _some(value_of(kind, below[0][0]) if below else None)
        return
    if _plain(row[index]).lower() == "name":  # of a product, where columns have heads
        return
    for other in below:
        if len(other) != len(row) or is_label(other[index]):
            return
        yield from _some(value_of(kind, other[index]))


def _is_value(rows: Sequence[Sequence[str]], number: int, index: int) -> bool:
    """Tell whether a label is the value of another: 支付方式 微信."""
    row = rows[number]
    if _plain(row[index]).lower() not in _NEVER:
        return False
    if index:
        return is_label(row[index - 1])
    return number > 0 and len(row) == len(rows[number - 1]) == 1 and is_label(rows[number - 1][0])


def _inside(cell: str) -> Iterator[str]:
    """Yield what labels inside one cell announce, by a colon or a blank."""
    for colon in _COLON.finditer(cell):
        before = cell[max(0, colon.start() - _LONGEST_LABEL) : colon.start()]
        label = _label_before(_REQUIRED.sub("", before))
        kind = "name" if _whole().fullmatch(_plain(label).lower()) else kind_of(label)
        if kind is not None:
            yield from _some(value_of(kind, cell[colon.end() : colon.end() + _LONGEST_VALUE]))
    words = [*re.finditer(r"[^\s，,；;|（）()【】]+", cell)]
    for index, word in enumerate(words[:-1]):
        label = _label_before(cell[words[max(0, index - 2)].start() : word.end()])
        kind = kind_of(label)
        if kind is not None and cell[word.end()] in " \u3000":
            yield from _some(_loose(kind, label, cell[word.end() : word.end() + _LONGEST_VALUE]))


def _loose(kind: Kind, label: str, said: str) -> str | None:
    """Return a value that only a blank parts from its label: it must look like one."""
    value = value_of(kind, said)
    if value is None:
        return None
    if re.search(r"[0-9@_]", value):
        return value
    plain = _plain(value)
    if cjk_count(value):
        return value if kind in {"name", "address"} and not re.search(ORDINARY, plain) else None
    named = label.lower().endswith("name") and label.lower() != "name"
    return value if len(value) >= 3 and (named or not label.isascii()) else None


def _label_before(said: str) -> str:
    """Return the label that a text ends in: in English up to three words."""
    part = re.split(r"[，,；;。|｜、！!（(【\[：:\t]", said)[-1].strip()
    words = part.split(" ")
    first = len(words) - 1
    while (
        first and words[first].isascii() and words[first - 1].isascii() and len(words) - first < 3
    ):
        first -= 1
    return " ".join(words[first:])


def _until_label(value: str, rest: str) -> str:
    """Return a value without the next label that it ran into: 张三电话 before a colon."""
    words = value.split(" ")
    for index in range(1, len(words)):
        if _is_known(words[index]) or _is_known(" ".join(words[index : index + 2])):
            return " ".join(words[:index])
    if _SURELY_COLON.match(rest):
        for length in range(max(1, len(value) - _LONGEST_CHINESE), len(value)):
            if _is_known(value[length:]):
                return value[:length]
    return value


def _is_known(label: str) -> bool:
    return _plain(label).lower() in _exact() or meaning(label) is not None


def _label(text: str) -> str:
    """Return a text as labels are compared, empty if it is too long for one."""
    if len(text) > 2 * _LONGEST_LABEL:
        return ""
    plain = _REQUIRED.sub("", _plain(fold(text)).lower().strip(_EDGES))
    return plain if len(plain) <= _LONGEST_LABEL else ""


def _never(value: str) -> bool:
    plain = _plain(fold(value)).lower()
    return (
        not any(c.isalnum() for c in value)
        or plain in _NEVER
        or is_placeholder(value)
        or is_label(value)
        or is_status(value)
        or any(p.fullmatch(plain) for p in (_SUM, _MOMENT, _HOTLINE))
    )


def _cells(line: str) -> list[str]:
    return [squeeze(cell) for cell in line.split("\t")]


def _plain(text: str) -> str:
    return simplified(text).translate(TRADITIONAL)


def _some(value: str | None) -> Iterator[str]:
    if value is not None:
        yield value


@cache
def _endings() -> re.Pattern[str]:
    """Return what finds the longest label that a text ends in; the group is its kind."""
    kinds = (f"(?P<{kind}>{'|'.join(map(_ending, _words(kind)))})" for kind in LABELS)
    return re.compile(f"(?:{'|'.join(kinds)})$")


def _ending(word: str) -> str:
    return (r"(?<![a-z])" if word[0].isascii() else "") + re.escape(word).replace(r"\ ", r"[ _-]?")


def _words(kind: Kind) -> list[str]:
    return LABELS[kind].split("|")


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(rf"(?:当前|现在|登录|我的|本)?(?:{WHOLE})|(?:current )?(?:{WHOLE})")


@cache
def _exact() -> frozenset[str]:
    return frozenset(word for kind in LABELS for word in _words(kind))
