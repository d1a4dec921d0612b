"""Every product page of the shops: what the shop sells and promises is what is read."""

from __future__ import annotations

from typing import Any

import pytest

from helper.demo.platform import Demo
from helper.demo.stock import load as load_stock
from scrapers.page import load
from scrapers.promise import duration
from scrapers.read import read


@pytest.mark.parametrize("shop", ["wangzi", "lechuang", "weijie"])
async def test_every_product_is_read_as_the_shop_means_it(
    demo: Demo, fetch: Any, shop: str
) -> None:
    stock = load_stock(shop, demo.now)
    place = demo.orders[f"{shop}:not_delivered"].product_url.rpartition("/")[0]
    for product in stock.products.values():
        url = f"{place}/{product.key}"
        seen = read(load((await fetch(url)).encode(), url=url))
        assert (seen.page_kind, seen.orders, seen.platform.key) == ("product", (), shop)
        goods = seen.product
        assert goods is not None
        assert (goods.title, goods.price, goods.currency) == (product.title, product.price, "CNY")
        assert goods.delivery.promised_text is not None
        assert product.promise in goods.delivery.promised_text
        assert goods.delivery.promised == duration(product.promise)
        if product.merchant:
            assert goods.seller.name == stock.merchants[product.merchant]["name"]
