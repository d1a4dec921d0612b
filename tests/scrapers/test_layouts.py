"""The generic reader reads invented orders exactly, in every layout, alone and in lists."""

from __future__ import annotations

import random
from typing import Any

import pytest

from scrapers.read import extract_bytes
from tests.scrapers.conftest import flat
from tests.scrapers.layouts import (
    LAYOUTS,
    Row,
    expected,
    invent,
    render,
    render_list,
    render_table,
    sorted_as,
)

PAGES = 12
DERIVED = {"currency", "payment.method", "delivery.kind"}
ALONE = {"over a list", "columns"}
"""Layouts that hold one order by their nature."""


def read(page: str) -> list[dict[str, str]]:
    result = extract_bytes(page.encode(), url="https://shop.invalid/page", all_orders=True)
    return [shown(flat(order)) for order in result.orders]


def shown(order: dict[str, Any]) -> dict[str, str]:
    left_out = {path for path in order if path.split(".")[0] in {"platform", "url"}} | DERIVED
    return {path: str(value) for path, value in order.items() if path not in left_out}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_order_among_noise(layout: str) -> None:
    for seed in range(PAGES):
        source = random.Random(f"{layout} {seed}")
        rows = invent(source)
        assert read(render(layout, rows, source))[0] == expected(rows), seed


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name not in ALONE])
def test_several_orders(layout: str) -> None:
    for seed in range(PAGES // 2):
        source = random.Random(f"{layout} {seed}")
        orders = several(source)
        page = render_list(layout, orders, source)
        assert read(page) == [expected(rows) for rows in orders], seed


def test_several_orders_in_one_table() -> None:
    for seed in range(PAGES):
        orders = several(random.Random(seed))
        wanted = [
            expected([row for row in sorted_as(orders[0], rows) if row.value != "-"])
            for rows in orders
        ]
        assert read(render_table(orders)) == wanted, seed


def several(source: random.Random) -> list[list[Row]]:
    first = invent(source)
    return [first, *(invent(source, first) for _ in range(source.randrange(1, 4)))]
