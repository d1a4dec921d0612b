"""Recognise the platform of a page and read its orders; pure and deterministic."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import TypeVar, cast
from urllib.parse import urljoin, urlsplit

import soupsieve

from scrapers import generic, operators, sites, texts
from scrapers.contract import JsonWords, Page, PageKind, Platform
from scrapers.generic import product
from scrapers.page import documents, parse
from scrapers.reading import host_of
from scrapers.record import Extraction, OrderRecord, PlatformRef, Product
from scrapers.second import json_orders, json_scripts
from scrapers.texts.beside import beside

_T = TypeVar("_T")
_LITERAL = re.compile(r"[.#]([A-Za-z_][\w-]*)(?![^\[]*\])|\"([^\"]+)\"|'([^']+)'")


def _platforms() -> tuple[Platform, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(sites.__path__))
    modules = (importlib.import_module(f"{sites.__name__}.{name}") for name in names)
    return tuple(module.PLATFORM for module in modules)


PLATFORMS: tuple[Platform, ...] = _platforms()
WITHOUT_ORDERS = frozenset({"product", "complaint", "receipt"})
"""Kinds of pages on which an order is not looked for, where the address tells the kind."""


def platform_of(key: str | None) -> Platform | None:
    """Return the platform of a key; None for an unknown shop."""
    return next((platform for platform in PLATFORMS if platform.key == key), None)


def json_words(key: str | None) -> JsonWords:
    """Return what only a platform's own file tells of its JSON; nothing for an unknown shop."""
    platform = platform_of(key)
    return platform.json if platform is not None else JsonWords()


def recognise(page: Page) -> Platform | None:
    """Return the platform all of whose fingerprint selectors match, on one of its hosts if any."""
    host = (host_of(page.url) or "").partition(":")[0]
    marks = _marks(page)
    for platform in PLATFORMS:
        if not platform.fingerprint or (platform.hosts and host not in platform.hosts):
            continue
        if all(_may_match(selector, marks) for selector in platform.fingerprint) and all(
            page.index.first(selector) is not None for selector in platform.fingerprint
        ):
            return platform
    return None


def _marks(page: Page) -> str:
    """Return all attribute values of the page as one text."""
    values = (value for tag in page.index.tags for value in tag.attrs.values())
    return "\n".join(" ".join(v) if isinstance(v, list) else str(v)[:500] for v in values)


def _may_match(selector: str, marks: str) -> bool:
    """Say whether a selector can match: a quick look that spares most pages the slow search."""
    named = _literals(selector)
    return not named or any(all(name in marks for name in part) for part in named)


@cache
def _literals(selector: str) -> list[list[str]]:
    """Return the names and values that each selector of a list needs; empty where unclear."""
    parts = [["".join(found) for found in _LITERAL.findall(one)] for one in selector.split(",")]
    return [] if ":not(" in selector or not all(parts) else parts


def path_kind(platform: Platform, url: str) -> PageKind | None:
    """Return the first page kind whose pattern is found in the path with query of `url`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return next((kind for kind, rule in platform.path.items() if re.search(rule, path)), None)


def read(page: Page) -> Extraction:
    """Read the page: the order it is about first, a chat, an agreement, who runs the site.

    Never raises.
    """
    warnings: list[str] = []
    platform = _guard(lambda: recognise(page), None, "recognise", warnings)
    found = read_with(page, platform)
    sure = platform is not None and path_kind(platform, page.url) is not None
    shown = texts.Texts()
    if not (sure and found.orders):  # a known address of orders shows no chat
        shown = _guard(lambda: texts.read(page), shown, "texts", warnings)
    result = beside(found, shown, sure_of_kind=sure)
    operator = _guard(lambda: operators.read(page), None, "operator", warnings)
    entry = _guard(lambda: complaint_url(page, platform), None, "complaint_url", warnings)
    seen = tuple(dict.fromkeys([*warnings, *result.warnings]))
    update = {"operator": operator, "complaint_url": entry, "warnings": seen}
    return result.model_copy(update=update)


def complaint_url(page: Page, platform: Platform | None) -> str | None:
    """Return where the page links to its platform's complaint form; None for another origin."""
    form = platform.complaint_form if platform is not None else None
    link = page.index.first(form.entry) if form is not None and form.entry else None
    if link is None or not page.url:
        return None
    found, own = urlsplit(urljoin(page.url, str(link.get("href") or ""))), urlsplit(page.url)
    same = found.scheme in {"http", "https"} and found[:2] == own[:2] and found != own
    return found._replace(fragment="").geturl() if same else None


def read_with(page: Page, platform: Platform | None) -> Extraction:
    """Read the page as one of this platform (None: of an unknown shop). Never raises."""
    warnings = ["page_cut"] if page.is_cut else []
    kind = path_kind(platform, page.url) if platform else None
    host = host_of(page.url)
    reference = PlatformRef(host=host)
    orders: list[OrderRecord] = []
    if platform is not None:
        reference = PlatformRef(key=platform.key, name=platform.name, host=host,
                                software=platform.key)  # fmt: skip
        if kind not in WITHOUT_ORDERS:
            orders = _guard(lambda: platform.extract(page), orders, platform.key, warnings)
    if orders and platform is not None:
        seen = _confirmed(page, _first_named(orders, page.url), warnings)
        return Extraction(orders=seen, page_kind=_kind(kind, seen), platform=seen[0].platform,
                          warnings=tuple(warnings))  # fmt: skip
    empty = generic.Result()
    result = _guard(lambda: generic.read(page), empty, "generic", warnings)
    seen = tuple(_first_named(list(result.orders), page.url)) if kind not in WITHOUT_ORDERS else ()
    if platform is not None:
        seen = tuple(order.model_copy(update={"platform": reference}) for order in seen)
        if seen:
            warnings.append(f"platform_reader_found_nothing:{platform.key}")
    seen = _confirmed(page, seen, warnings)
    warnings.extend(result.warnings)
    if not seen:
        warnings.append("no_order")
    page_kind = _kind(kind, seen) if kind or seen else result.page_kind
    goods = _product(platform, page, warnings) if page_kind == "product" else None
    return Extraction(
        orders=seen,
        product=goods,
        page_kind=page_kind,
        platform=reference,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _confirmed(
    page: Page, orders: Sequence[OrderRecord], warnings: list[str]
) -> tuple[OrderRecord, ...]:
    """Compare the orders with the JSON in the page's own scripts."""
    found = tuple(orders)

    def confirm() -> tuple[OrderRecord, ...]:
        records = json_orders.read(json_scripts.documents(page), json_words(found[0].platform.key))
        return tuple(json_orders.confirm(order, records) for order in found)

    return _guard(confirm, found, "json", warnings) if found else found


def extract_bytes(
    data: bytes, *, url: str, captured_at: datetime | None = None, all_orders: bool = False
) -> Extraction:
    """Read a saved HTML or MHTML page: the order it is about, or with `all_orders` every one.

    A frame of an MHTML page is read when the page itself holds no order; its chat or agreement is
    then that of the page. Raises PageTooLargeError.
    """
    first: Extraction | None = None
    for document in documents(data, url=url)[:20]:
        result = read(parse(document, captured_at))
        first = result if first is None else _with_texts(first, result)
        if result.orders:
            first = result.model_copy(update={"operator": first.operator or result.operator})
            break
    assert first is not None
    if all_orders or len(first.orders) < 2:
        return first
    more = f"more_orders:{len(first.orders) - 1}"
    return first.model_copy(
        update={"orders": first.orders[:1], "warnings": (*first.warnings, more)}
    )


def _product(platform: Platform | None, page: Page, warnings: list[str]) -> Product | None:
    reader = (platform and platform.product) or product.read
    name = platform.key if platform and platform.product else "product"
    return _guard(lambda: reader(page), None, name, warnings)


def _with_texts(page: Extraction, frame: Extraction) -> Extraction:
    """Give the page the chat or agreement of its frame, where it has none of its own."""
    if page.chat or page.terms or not (frame.chat or frame.terms):
        return page
    own = page.page_kind != "other"
    kept = page.warnings if own else tuple(code for code in page.warnings if code != "no_order")
    kind = page.page_kind if own else frame.page_kind
    update = {"chat": frame.chat, "terms": frame.terms, "page_kind": kind, "warnings": kept}
    return page.model_copy(update=update)


def _kind(kind: PageKind | None, orders: tuple[OrderRecord, ...]) -> generic.Kind:
    if kind in WITHOUT_ORDERS:
        return cast("generic.Kind", kind)
    return "order_list" if len(orders) > 1 else "order" if orders else "other"


def _first_named(orders: list[OrderRecord], url: str) -> list[OrderRecord]:
    """Put the order whose number stands in the address first; the rest keep their order."""
    return sorted(orders, key=lambda order: not (order.order_no and _names(url, order.order_no)))


def _names(url: str, number: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(number)}(?![0-9A-Za-z])", url) is not None


def _guard(work: Callable[[], _T], default: _T, name: str, warnings: list[str]) -> _T:
    """Run one reader; what it cannot bear is a warning with its cause, not a crash."""
    try:
        return work()
    except (
        ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
        soupsieve.SelectorSyntaxError,
    ) as error:  # a hostile page may break any assumption; the cause is recorded  # fmt: skip
        warnings.append(f"reader_failed:{name}:{type(error).__name__}")
        return default
