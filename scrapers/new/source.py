"""Write a platform file: the fingerprint, the kinds of pages, the source text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.contract import PageKind
from scrapers.dom import attribute
from scrapers.new.drafting import Draft, literal

_USUAL = frozenset(
    """assets static css js dist public res resources lib libs vendor vendors images img fonts
    build web theme themes template templates default common plugins plugin admin user home index
    app main style styles custom script scripts base reset global runtime polyfills bundle chunk
    core iconfont jquery bootstrap layui layer vue element axios swiper fontawesome clipboard qrcode
    animate popper lodash moment echarts react antd mdui uikit tailwind toastr sweetalert npm
    ajax cdn min font html htm php awesome ui package pages page www files upload uploads
    v src""".split()  # noqa: SIM905 (a list of sixty words)
)

_BUILD = re.compile(r"(?<=[-.])(?=[\w-]*(?:\d|[a-z][A-Z]|[A-Z]{2}))[\w-]{8,}(?=\.\w+$)")
"""The part of a file's name that changes with every build."""
_CLASSES = 3
"""So many names of classes tell as much as one path of the software's own files."""


def fingerprint(
    soup: BeautifulSoup, draft: Draft, altered: frozenset[str], known: Sequence[BeautifulSoup]
) -> tuple[str, ...]:
    """Return the first selectors of the page that together match none of the `known` pages.

    Marks of the software come before classes around the order. Empty where nothing tells them
    apart.
    """
    chosen: list[str] = []
    left = list(known)
    software = list(_marks(soup, altered))
    enough = 1
    for selector in dict.fromkeys([*software, *draft.marks, *draft.classes]):
        if soup.select_one(selector) is None or (not left and len(chosen) >= enough):
            continue
        still = [page for page in left if page.select_one(selector)]
        if len(still) < len(left) or not left:
            chosen.append(selector)
            left = still
            enough = 1 if chosen[0] in software else _CLASSES
    return () if left else tuple(chosen)


def _marks(soup: BeautifulSoup, altered: frozenset[str]) -> Iterator[str]:
    for tag in soup.select('meta[name="generator"], meta[name="application-name"]'):
        word = re.search(r"[A-Za-z][\w-]{2,}", attribute(tag, "content"))
        if word:
            yield f'meta[name="{attribute(tag, "name")}"][content*="{word[0]}"]'
    for tag in soup.select("html, body"):
        for name in tag.attrs:
            value = attribute(tag, name)
            words = set(re.split(r"[^A-Za-z]+", value)) - _USUAL
            telling = bool(words) and value not in altered and _is_plain(value)
            if telling and name.startswith("data-") and _is_plain(name):
                yield f'{tag.name}[{name}="{value}"]'
    for tag in soup.select('a[href*="github.com/"], a[href*="gitee.com/"]'):
        yield f'a[href*="{attribute(tag, "href").partition("//")[2]}"]'
    for tag in soup.select("link[href], script[src]"):
        yield from _asset(tag, altered)


def _asset(tag: Tag, altered: frozenset[str]) -> Iterator[str]:
    """Yield the shortest beginning of an asset's path that is not every shop's."""
    name = "href" if tag.name == "link" else "src"
    parts = attribute(tag, name).split("/")
    file = _BUILD.sub("", parts[-1])
    for place, segment in enumerate([*parts[:-1], file]):
        words = [word for word in re.split(r"[^A-Za-z]+", segment.lower()) if len(word) > 1]
        telling = [word for word in words if word not in _USUAL]
        if telling and segment not in altered:
            last = place + 1 == len(parts)
            stem = re.split(r"[.\d]", segment)[0] if last else f"{segment}/"
            if len(stem) >= 4:
                yield f'{tag.name}[{name}*="{"/".join([*parts[:place], stem])}"]'
            return


def _is_plain(value: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z_-]{2,39}", value))


def paths(url: str, kind: PageKind, numbers: Sequence[str]) -> dict[PageKind, str]:
    """Return the pattern of the page's address; empty where the address tells no kind."""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    path = "/".join(_shape(step) for step in steps)
    named = [pair.partition("=") for pair in parts.query.split("&")]
    asked = next((name for name, _, value in named if name and value in numbers), "")
    if asked:
        return {kind: rf"^/{path}/?\?(?:.*&)?{re.escape(asked)}="}
    return {kind: rf"^/{path}/?(?:\?|$)"} if steps else {}


def _shape(step: str) -> str:
    if not any(map(str.isdigit, step)):
        return re.escape(step)
    return r"[A-Za-z]*\d+" if re.fullmatch(r"[A-Za-z]*\d{4,}", step) else r"[\w.-]+"


def source(
    key: str, name: str, draft: Draft, marks: Sequence[str], kinds: dict[PageKind, str]
) -> str:
    """Return the text of `scrapers/sites/<key>.py`."""
    lines = "\n".join(f"    {line}" for line in draft.lines)
    tools = ["Reader", "RecordBuilder", *(["part"] if "part(" in lines else [])]
    found = "from scrapers.dom import Found\n" if "Found(" in lines else ""
    each = f".all({literal(draft.blocks)})" if draft.blocks else ""
    orders = f"for order in Reader(page){each}" if each else "for order in [Reader(page)]"
    proof = "order_no" if any('"order_no"' in line for line in draft.lines) else "amount"
    numbers = f"\n    order_no=({_row(draft.order_no)})," if draft.order_no else ""
    rules = "".join(
        f'        "{kind}": {literal(rule, raw=True)},\n' for kind, rule in kinds.items()
    )
    path = f"{{\n{rules}    }}" if kinds else "{}"
    return f'''"""{name}: order page, drafted by `python -m scrapers.new`."""

from __future__ import annotations

from scrapers.contract import Page, Platform
{found}from scrapers.reading import {", ".join(tools)}
from scrapers.record import OrderRecord

KEY, NAME = "{key}", {literal(name)}


def extract(page: Page) -> list[OrderRecord]:
    """Read every order that the page shows."""
    orders = [_order(page, order) {orders}]
    return [order for order in orders if order.{proof}]


def _order(page: Page, order: Reader) -> OrderRecord:
    build = RecordBuilder(page, key=KEY, name=NAME, software=KEY)
{lines}
    return build.record()


PLATFORM = Platform(
    key=KEY,
    name=NAME,
    hosts=(),
    path={path},
    fingerprint=({_row(marks)}),
    extract=extract,{numbers}
)
'''


def _row(values: Sequence[str]) -> str:
    return "".join(f"{literal(value)}, " for value in values)
