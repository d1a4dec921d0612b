"""The index gives what soupsieve gives, on every saved page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapers.page import documents, parse
from scrapers.select import Index

if TYPE_CHECKING:
    from tests.scrapers.conftest import Case

SELECTORS = (
    *("td", ".wz-no", "tbody td", ".wz-pay tbody td:nth-of-type(2)", "tr > td.no", "h5 > small"),
    *(".order-list > .order-item", ".layui-badge.layui-bg-green", "main .lc-box .lc-cards"),
    *(".goods-sku:not(.a-badge-warning)", ":scope > td", "td, th", "[data-order]", "#copyText"),
    *(":is(link[href*='/assets/'], script[src*='/assets/'], #copyText)", "a[href*='order'], .no"),
    *(":scope > td:nth-of-type(2)", "div:has(> span, label), p.none", "tr[data-index='0'] > td"),
    *("#order tr", "div#app .theme-badge", "li:first-child", "a:not([href], .x)", "p, p.x"),
    *("div + p", "label ~ div", ":is(h5, h3)", "a:not([href])", "p:nth-of-type(1)", ".no-such"),
)


def test_select_and_first(case: Case) -> None:
    soup = parse(documents(case.data, url="")[0], None).soup
    for root in (soup, *soup.select("table, section, .order-item")[:3]):
        index = Index(root)
        for selector in SELECTORS:
            wanted = root.select(selector)
            assert index.select(selector) == wanted, selector
            assert index.first(selector) is root.select_one(selector), selector


def test_a_class_that_is_named_twice_holds_its_element_once() -> None:
    soup = parse(documents(b"<p class='a a b'>x</p>", url="")[0], None).soup
    assert Index(soup).select(".a") == soup.select(".a")
