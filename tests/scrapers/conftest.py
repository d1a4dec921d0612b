"""Saved pages and what they must give.

`tests/pages/<platform>/<case>.html` (or .mhtml, any encoding) stands beside `<case>.json`:
`{"url", "captured_at", "page_kind", "orders": [{dotted field: value}], "product"?: {the same},
"warnings"?: [...]}`. A field that the JSON does not name must be null on the record, without
`product` there is none; `platform.*` and `url` are compared only when named. Warnings are compared
only when the key is there (codes of the extraction, its orders and its product, in any order).
`chat` and `terms` are the page's chat and agreement without sources; keys that are null or empty
are left out (test_chats, test_terms). `operator` is likewise who runs the site (test_operators).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scrapers.read import extract_bytes
from scrapers.record import Extraction, OrderRecord, Product

PAGES = Path(__file__).parents[1] / "pages"


@dataclass(frozen=True)
class Case:
    name: str
    path: Path
    expected: dict[str, Any]

    @property
    def platform(self) -> str:
        return self.name.split("/")[0]

    @property
    def captured_at(self) -> datetime | None:
        at = self.expected.get("captured_at")
        return datetime.fromisoformat(at) if at else None

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    def extraction(self) -> Extraction:
        return _extract(self.path, self.expected["url"], self.captured_at)

    def orders(self) -> list[dict[str, Any]]:
        return [flat(order) for order in self.extraction().orders]

    def product(self) -> dict[str, Any] | None:
        product = self.extraction().product
        return None if product is None else flat(product)


@cache
def _extract(path: Path, url: str, captured_at: datetime | None) -> Extraction:
    return extract_bytes(path.read_bytes(), url=url, captured_at=captured_at, all_orders=True)


def flat(record: OrderRecord | Product) -> dict[str, Any]:
    """Return the non-null leaf fields under their dotted paths."""
    leaves: dict[str, Any] = {}

    def visit(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                visit(f"{prefix}.{key}" if prefix else key, inner)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                visit(f"{prefix}.{index}", inner)
        elif value is not None:
            leaves[prefix] = value

    tree = record.model_dump(mode="json", exclude={"sources", "warnings", "schema_"})
    visit("", tree)
    return leaves


def cases() -> list[Case]:
    found = []
    for sheet in sorted(PAGES.glob("*/*.json")):
        page = next(path for path in sorted(sheet.parent.glob(f"{sheet.stem}.*"))
                    if path.suffix != ".json")  # fmt: skip
        name = f"{sheet.parent.name}/{sheet.stem}"
        found.append(Case(name, page, json.loads(sheet.read_text("utf-8"))))
    return found


def fields() -> list[str]:
    """Return the leaf fields of an order, list positions as `*`."""
    return [
        *("order_no", "status", "status_text", "amount", "discount", "refunded", "currency"),
        *("created_at", "delivered_at", "recharge_account", "failure_reason", "buyer_contact"),
        *("items.*.title", "items.*.sku", "items.*.quantity", "items.*.unit_price"),
        *("payment.method", "payment.method_text", "payment.trade_no", "payment.paid_at"),
        *("delivery.kind", "delivery.promised", "delivery.promised_text", "delivery.message"),
        *("delivery.secrets.*.masked", "delivery.secrets.*.sha256"),
        *("seller.name", "seller.contact"),
    ]


def product_fields() -> list[str]:
    """Return the leaf fields of a product."""
    return [
        *("title", "price", "currency", "seller.name", "seller.contact", "description"),
        *("delivery.kind", "delivery.promised", "delivery.promised_text"),
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", cases(), ids=lambda case: case.name)
    if "field" in metafunc.fixturenames:
        metafunc.parametrize("field", fields())
    if "product_field" in metafunc.fixturenames:
        metafunc.parametrize("product_field", product_fields())


@pytest.fixture(scope="session")
def all_cases() -> list[Case]:
    return cases()
