"""Every saved page gives the order that stands beside it: one test a field over all pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bs4 import NavigableString, Tag

from scrapers.page import documents, parse
from scrapers.read import PLATFORMS, extract_bytes
from scrapers.record import Extraction, OrderRecord, Product
from tests.scrapers.conftest import flat

if TYPE_CHECKING:
    from tests.scrapers.conftest import Case

PASSWORDS = ("S3cretGamePw", "PlainGamePw99", "hunter2secret", "mypassword1")
SECRETS = ("TXSP-4821-7730-AAQ9", "77QX-91KD-PZ02", "AAAA1111BBBB2222CCCC", "9981-2213-AA",
           "KG-0001-XYZW-8831")  # fmt: skip


def of_field(order: dict[str, Any], field: str) -> dict[str, Any]:
    pattern = re.compile(re.escape(field).replace(r"\*", r"\d+"))
    kept = {path: value for path, value in order.items() if pattern.fullmatch(path)}
    return {path: value for path, value in kept.items() if value != "unknown"}


def test_field(all_cases: list[Case], field: str) -> None:
    for case in all_cases:
        seen = [of_field(order, field) for order in case.orders()]
        wanted = [of_field(order, field) for order in case.expected["orders"]]
        assert seen == wanted, case.name


def test_product_field(all_cases: list[Case], product_field: str) -> None:
    for case in all_cases:
        seen, wanted = case.product(), case.expected.get("product")
        assert (seen is None) == (wanted is None), case.name
        assert of_field(seen or {}, product_field) == of_field(wanted or {}, product_field), (
            case.name
        )


def test_platform(case: Case) -> None:
    for order, wanted in zip(case.extraction().orders, case.expected["orders"], strict=True):
        known = {platform.key for platform in PLATFORMS}
        assert order.platform.key == (case.platform if case.platform in known else None)
        assert order.platform.key == wanted.get("platform.key", order.platform.key)
        assert order.url


def test_page_kind_and_warnings(case: Case) -> None:
    extraction = case.extraction()
    assert extraction.page_kind == case.expected["page_kind"]
    if "warnings" in case.expected:
        of_orders = [code for order in extraction.orders for code in order.warnings]
        of_product = extraction.product.warnings if extraction.product else ()
        seen = [*extraction.warnings, *of_orders, *of_product]
        assert sorted(seen) == sorted(case.expected["warnings"])


def test_every_field_has_a_source_that_the_page_holds(case: Case) -> None:
    pages = [parse(document, None) for document in documents(case.data, url="https://x.invalid/")]
    for record in records(case.extraction()):
        for path, value in flat(record).items():
            if path.split(".")[0] in {"platform", "url"} or value == "unknown":
                continue
            name = re.sub(r"(delivery\.secrets\.\d+)\..*", r"\1", path)
            source = record.sources[name]
            assert source.text is not None, path
            if source.selector is None:
                assert source.text in case.expected["url"], path
                continue
            tags = [page.soup.select(source.selector) for page in pages]
            found = [tag for some in tags for tag in some if len(some) == 1]
            assert any(holds(tag, source.text) for tag in found), (path, source)


def records(extraction: Extraction) -> list[OrderRecord | Product]:
    return [*extraction.orders, *([extraction.product] if extraction.product else [])]


def holds(tag: Tag, text: str) -> bool:
    """Say whether a source's text is in the element; of a masked code, its ends."""
    attributes = " ".join(str(value) for value in tag.attrs.values())
    shown = re.sub(r"\s", "", tag.get_text() + attributes + shadow_text(tag))
    parts = re.split(r"\*{4}", text)
    return all(re.sub(r"\s", "", part) in shown for part in parts)


def shadow_text(tag: Tag) -> str:
    return "".join(node for node in tag.descendants if isinstance(node, NavigableString))


def test_every_platform_has_a_saved_page(all_cases: list[Case]) -> None:
    for platform in PLATFORMS:
        assert any(case.platform == platform.key and case.orders() for case in all_cases), (
            f"tests/pages/{platform.key}/ holds no page with an order"
        )


def test_every_saved_page_has_its_record(all_cases: list[Case]) -> None:
    folder = all_cases[0].path.parents[1]
    saved = {path.with_suffix("") for path in folder.glob("*/*") if path.suffix != ".json"}
    assert saved == {case.path.with_suffix("") for case in all_cases}


def test_no_password_and_no_clear_card_code_is_in_a_record(case: Case) -> None:
    text = case.extraction().model_dump_json()
    assert not [word for word in (*PASSWORDS, *SECRETS) if word in text]


def test_a_record_survives_json(case: Case) -> None:
    for record in records(case.extraction()):
        assert type(record).model_validate_json(record.model_dump_json()) == record


def test_reading_twice_gives_the_same(case: Case) -> None:
    url = case.expected["url"]
    first, second = (extract_bytes(case.data, url=url, all_orders=True) for _ in range(2))
    assert first == second
    assert json.loads(first.model_dump_json()) == json.loads(second.model_dump_json())
