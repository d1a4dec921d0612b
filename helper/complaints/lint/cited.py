"""Law that a text cites: repealed, not read, unknown, not yet in force or quoted in other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from helper.complaints import packaged
from helper.complaints.law import Article, article
from helper.complaints.lint.hit import Hit
from helper.complaints.lint.numerals import CHINESE, chinese
from helper.model import LawRef

_N = rf"(?:\d{{1,4}}|[{CHINESE}]{{1,9}})"
_LAW: Final = re.compile(r"(?:法|条例|办法|规定|解释|细则|决定|法典)$")
_HINT: Final = re.compile(r"法|条例|规定|解释|规则")
"""Without one of these a text names no law."""
_SHOP: Final = re.compile(r"卡盟|发卡|商城|店|用户|会员|售后|发货|本站")
"""Whose 规定 and 办法 are rules of a shop, no law."""
_ARTICLE: Final = re.compile(
    rf"\s*(?:的\s*)?第?\s*(?P<number>{_N})\s*(?P<article>条(?:之[一二三四五])?)?"
    rf"(?:\s*第?\s*{_N}\s*款)?(?:\s*第?\s*[（(]?{_N}[）)]?\s*项)?"
)
_NEXT: Final = re.compile(
    rf"\s*(?:、|，|,|和|与|及|以及|至|到|或|或者)\s*(?=第?\s*{_N}\s*[条、，,和与及至到或])"
)
_BARE: Final = re.compile(r"\d{1,4}(?![\d年月日元%.])")
_QUOTE: Final = re.compile(
    r"(?:\s|的|明确|规定|：|:|，|,|载明|写明|指出)*[“「]([^“”「」]{10,})[”」]"
)
_CUT: Final = re.compile(r"…+|\.{3,}")
_MARKS: Final = str.maketrans("“”", "‘’")
_INNER: Final = str.maketrans("《》", "〈〉")
"""The marks of a name inside a name."""
_SPACE: Final = re.compile(r"\s+")


class Cited(NamedTuple):
    """One citation: where it stands, the law's short name as we know it, article numbers."""

    start: int
    end: int
    text: str
    name: str
    numbers: tuple[int, ...]


def citations(text: str) -> Iterator[Cited]:
    """Yield all citations of a text; of a law named in passing only one that is no longer law."""
    if not _HINT.search(text):
        return
    for match in _names().finditer(text):
        name = (match["marked"] or match["other"] or match["plain"]).translate(_INNER)
        end, numbers = _numbers(text, match.end())
        by_itself = match["marked"] or (match["plain"] and _ended(name))
        law = not match["other"] or (_LAW.search(name) and not _SHOP.search(name))
        if by_itself or (numbers and law):
            yield Cited(match.start(), end, text[match.start() : end], name, numbers)


def misused(text: str, cited: Sequence[Cited], today: date | None) -> Iterator[Hit]:
    """Yield those of its citations that a text must not have; `today` None: all dates have come."""
    told = 0  # where the last exact quote ends: an article may name other laws
    for found in cited:
        if found.start >= told:
            yield from _judged(found, text, today)
            told = max(told, _quote_end(found, text))


def refs(law: Sequence[LawRef], today: date | None) -> Iterator[Hit]:
    """Yield the references of a draft that must not stand there."""
    for ref in law:
        for found in citations(f"《{ref.law}》{ref.article}"):
            yield from _judged(found, found.text, today)


def quoted(cited: Iterable[Cited]) -> Iterator[str]:
    """Yield the full texts of the cited articles: what they say has a source."""
    for found in cited:
        for number in found.numbers:
            row = _index().get((_short(found.name), number))
            if row is not None:
                yield row.text


def without(text: str, cited: Sequence[Cited]) -> str:
    """Return a text with its citations left out: their numbers are no figures of the case."""
    for found in reversed(cited):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _judged(found: Cited, text: str, today: date | None) -> Iterator[Hit]:
    ended = _ended(found.name)
    if ended is not None and (today is None or today >= date.fromisoformat(ended["ended"])):
        values = {"law": found.name, "ended": ended["ended"], "instead": ended["instead"]}
        rows = [ended["articles"].get(str(number)) for number in found.numbers]
        yield Hit("law_repealed", found.text, _cite(rows), values=values)
        return
    unread = _unread(found)
    if unread is not None:
        better = _cite([unread.get("instead")])
        yield Hit("law_unread", found.text, better, values={"law": found.name})
        return
    rows = [_index().get((_short(found.name), number)) for number in found.numbers]
    if None in rows:
        yield Hit("law_unknown", found.text, values={"law": found.name})
        return
    known = [row for row in rows if row is not None]
    for row in known:
        if today is not None and date.fromisoformat(row.effective) > today:
            values = {"law": found.name, "since": row.effective}
            yield Hit("law_not_yet", found.text, values=values)
            return
    yield from _misquoted(found, text, known)


def _quote_end(found: Cited, text: str) -> int:
    match = _QUOTE.match(text, found.end)
    rows = [_index().get((_short(found.name), number)) for number in found.numbers]
    exact = match and any(row is not None and _holds(row.text, match[1]) for row in rows)
    return match.end() if match and exact else 0


def _misquoted(found: Cited, text: str, rows: Sequence[Article]) -> Iterator[Hit]:
    match = _QUOTE.match(text, found.end)
    if match is None or not rows or any(_holds(row.text, match[1]) for row in rows):
        return
    right = next((row for row in _index().values() if _holds(row.text, match[1])), None)
    better = None
    if right is not None:
        named = f"《{right.short}》{right.article}"
        better = named + text[found.end : match.end()]
    yield Hit("law_misquoted", text[found.start : match.end()], better, values={"law": found.name})


def _holds(article_text: str, quote: str) -> bool:
    """Tell whether an article says this, word for word, apart from cuts and white space."""
    whole = _SPACE.sub("", article_text).translate(_MARKS)
    at = 0
    for part in _CUT.split(_SPACE.sub("", quote).translate(_MARKS)):
        found = whole.find(part.strip("，。；：、,.;:"), at)
        if found < 0:
            return False
        at = found
    return True


def _numbers(text: str, at: int) -> tuple[int, tuple[int, ...]]:
    """Return where a list of articles ends, and their numbers: 第二十条、第四十九条."""
    found: list[int] = []
    end = place = at
    named = False
    while match := _ARTICLE.match(text, place):
        value = _value(match["number"])
        if value is None:
            break
        found.append(value)
        named = named or match["article"] is not None
        end = match.end()
        following = _NEXT.match(text, end)
        if following is None:
            break
        place = following.end()
    if named:
        return end, tuple(found)
    bare = _BARE.match(text, at)
    return (bare.end(), (int(bare[0]),)) if bare else (at, ())


def _value(numerals: str) -> int | None:
    return int(numerals) if numerals.isdigit() else chinese(numerals)


def _cite(rows: Sequence[str | None]) -> str | None:
    """Return the citation of these rows as a draft writes it, None where one has no successor."""
    found = [article(row) if row else None for row in rows]
    names = [f"《{one.short}》{one.article}" for one in found if one is not None]
    return "、".join(dict.fromkeys(names)) if names and len(names) == len(found) else None


@cache
def _index() -> dict[tuple[str, int], Article]:
    """Return all citable articles by short name of the law and number."""
    found: dict[tuple[str, int], Article] = {}
    for key in packaged.data("law"):
        row = article(key)
        number = _value(row.article.removeprefix("第").removesuffix("条")) if row else None
        if row is not None and number is not None:
            found[row.short, number] = row
    return found


@cache
def _aliases() -> dict[str, str]:
    """Return the short name of a law for each name that people give it."""
    rows: dict[str, list[str]] = packaged.data("citing")["names"]
    return {name: short for short, others in rows.items() for name in (short, *others)}


def _short(name: str) -> str:
    return _aliases().get(name, name)


def _ended(name: str) -> Any:
    rows = packaged.data("citing")["repealed"]
    return next((row for row in rows if name in row["names"]), None)


def _unread(found: Cited) -> Any:
    """Return the row of a law or article whose text was not read; some laws may be named bare."""
    for row in packaged.data("citing")["unread"]:
        if found.name in row["names"] and row.get("article") in {None, *found.numbers}:
            return None if row.get("bare") and not found.numbers else row
    return None


@cache
def _names() -> re.Pattern[str]:
    """Return what finds the name of a law, the longest first, in 《》 or without.

    取消法 and 合同法律关系 name none; a law in 《》 that we do not know is found too.
    """
    citing = packaged.data("citing")
    rows = [*citing["repealed"], *citing["unread"]]
    names = sorted({*_aliases(), *(name for row in rows for name in row["names"])}, key=len)
    known = "|".join(re.escape(name) for name in reversed(names))
    known = known.replace("〈", "[〈《]").replace("〉", "[〉》]")
    years = r"(?:[（(][^（）()]{1,20}[）)])?"
    return re.compile(
        rf"《(?:中华人民共和国)?(?P<marked>{known}){years}》"
        rf"|《(?P<other>[^《》\n]{{2,60}}){years}》"
        rf"|(?<![取撤打动])(?:中华人民共和国)?(?P<plain>{known})(?![律院官庭定人学])"
    )
