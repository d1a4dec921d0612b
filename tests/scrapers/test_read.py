"""Which platform, which order first, which frame."""

from __future__ import annotations

import pytest

from scrapers import read as reading
from scrapers.contract import Page, Platform
from scrapers.page import load
from scrapers.read import PLATFORMS, extract_bytes, read, recognise
from scrapers.record import OrderRecord

TWO = "".join(
    f"<div><p>订单号：AB2026081{n}</p><p>金额：{n}.00元</p><p>状态：已完成</p></div>"
    for n in (1, 2)
)


def test_an_unknown_page_belongs_to_no_platform() -> None:
    assert recognise(load(TWO.encode(), url="https://x.invalid/")) is None


def test_keys_are_unique_and_named_like_their_file() -> None:
    assert len({platform.key for platform in PLATFORMS}) == len(PLATFORMS)
    for platform in PLATFORMS:
        assert platform.extract.__module__ == f"scrapers.sites.{platform.key}"


def test_the_order_of_the_address_comes_first() -> None:
    page = load(TWO.encode(), url="https://x.invalid/o?no=AB20260812")
    assert [order.order_no for order in read(page).orders] == ["AB20260812", "AB20260811"]


def test_one_order_unless_all_are_asked_for() -> None:
    result = extract_bytes(TWO.encode(), url="https://x.invalid/list")
    assert [order.order_no for order in result.orders] == ["AB20260811"]
    assert "more_orders:1" in result.warnings
    assert result.page_kind == "order_list"
    both = extract_bytes(TWO.encode(), url="https://x.invalid/list", all_orders=True)
    assert len(both.orders) == 2


def test_a_platform_that_breaks_is_named_and_the_generic_reader_steps_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(page: Page) -> list[OrderRecord]:
        raise IndexError(page.url)

    shop = Platform(
        key="broken", name="Broken", hosts=(), path={}, fingerprint=("p",), extract=broken
    )
    monkeypatch.setattr(reading, "PLATFORMS", (shop,))
    result = extract_bytes(TWO.encode(), url="https://x.invalid/", all_orders=True)
    assert len(result.orders) == 2
    assert "reader_failed:broken:IndexError" in result.warnings
    assert result.orders[0].platform.key == "broken"


def test_hosts_only_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Platform(
        key="a", name="A", hosts=("a.invalid",), path={}, fingerprint=("p.x",), extract=lambda _: []
    )
    monkeypatch.setattr(reading, "PLATFORMS", (shop,))
    assert recognise(load(b"<p class=x>", url="https://a.invalid:8443/")) is shop
    assert recognise(load(b"<p class=x>", url="https://b.invalid/")) is None
    assert recognise(load(b"<p class=y>", url="https://a.invalid/")) is None


def test_a_long_description_is_cut_and_its_promise_read_from_all_of_it() -> None:
    page = (
        "<title>甲卡 - 店</title><h1>甲卡</h1><p>价格：5.00元</p><button>立即购买</button>"
        f"<div><h3>商品描述</h3><p>{'说明文字。' * 2000}</p><p>付款后2小时内发货。</p></div>"
    )
    product = extract_bytes(page.encode(), url="https://x.invalid/p/1").product
    assert product is not None
    assert len(product.description or "") == len(product.sources["description"].text or "") == 4000
    assert product.delivery.promised == "PT2H"


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/ticket/new?order_no=LC1#top", "https://x.invalid/ticket/new?order_no=LC1"),
        ("https://elsewhere.invalid/ticket/new", None),
        ("javascript:open()", None),
        ("#", None),
        ("http://[", None),
    ],
)
def test_the_link_to_the_complaint_form_counts_on_the_page_s_own_origin(
    href: str, found: str | None
) -> None:
    html = (
        '<link href="/assets/lc-faka/a.css"><body data-app="lechuang-faka">'
        f'<a class="lc-to-ticket" href="{href}">提交工单</a>'
    )
    page = load(html.encode(), url="https://x.invalid/order/LC1")
    assert recognise(page) is not None
    assert read(page).complaint_url == found
