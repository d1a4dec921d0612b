"""The order compared with the JSON that the second visit's page got."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from helper.capture.archive import About, write_warc
from helper.capture.network import Exchange
from helper.steps import read
from helper.steps.keep import keep_parts
from helper.steps.second import compare_json
from helper.steps.store import Store
from scrapers.record import OrderRecord

from .conftest import NOON, Captures
from .test_read import ORDER, witnessed

URL = "https://shop.example/api/order?password=hunter2secret"
AGREES = {"order_no": "KZ20240102", "amount": 12.5, "pay_time": 1704178200, "secret": "77QX-91KD"}


def heard(store: Store, uuid: str, folder: Path, answer: Any) -> None:
    """Put the WARC of a visit in whose page asked for the order."""
    kind = [("Content-Type", "application/json")]
    body = json.dumps(answer).encode()
    log = [Exchange("1", 0, URL, "GET", "Fetch", NOON, status=200, headers=kind, body=body)]
    write_warc(folder / "x.warc.gz", log, About(software="kazheng/0", user_agent="x", peers={}))
    warc = store.keep("witness/warc", (folder / "x.warc.gz").read_bytes(), "application/warc")
    store.vault.add_artifacts(uuid, [warc])


def seen(captures: Captures, store: Store, *parts: Any, html: str = ORDER, **meta: Any) -> str:
    uuid = captures.new(("seen/html", html.encode(), {}), *parts, session="lent", **meta)
    keep_parts(store, uuid)
    read.read_order(store, uuid)
    return uuid


def order_of(captures: Captures, uuid: str) -> OrderRecord:
    found = captures.view(uuid).order
    assert found is not None
    return found


def test_what_the_json_adds_is_kept_with_its_source_beside_the_first_reading(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    uuid = seen(captures, store)
    first = order_of(captures, uuid)
    heard(store, uuid, tmp_path, AGREES)
    compare_json(store, uuid)
    found = order_of(captures, uuid)
    assert found.payment.paid_at == datetime.fromisoformat("2024-01-02T14:50:00+08:00")
    source = found.sources["payment.paid_at"]
    assert (source.artifact, source.text) == ("witness/warc", "1704178200")
    assert source.selector == "https://shop.example/api/order $.pay_time"
    kept = {
        item.name: OrderRecord.model_validate_json(store.blobs.read(item.sha256))
        for item in captures.view(uuid).artifacts
        if item.role == "order"
    }
    assert kept == {"order.json": first, "order-compared.json": found}


def test_a_page_that_disagrees_keeps_its_value_and_a_warning(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    uuid = seen(captures, store, html=ORDER.replace("12.50", "99.00"))
    heard(store, uuid, tmp_path, AGREES)
    compare_json(store, uuid)
    compare_json(store, uuid)  # a step may run twice
    found = order_of(captures, uuid)
    assert (str(found.amount), found.warnings) == ("99.00", ("json_disagrees:amount",))


def test_a_state_that_the_shop_changed_after_the_click_is_not_held_against_the_page(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    """The JSON was sent to the page of the second visit, minutes later."""
    uuid = seen(captures, store)
    later = {"status_text": "已发货", "delivered_at": "2024-01-02T15:00:00+08:00"}
    heard(store, uuid, tmp_path, AGREES | later)
    compare_json(store, uuid)
    found = order_of(captures, uuid)
    assert (found.status, found.delivered_at, found.warnings) == ("paid", None, ())


def test_the_state_of_the_very_page_is_compared(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    uuid = captures.new()
    witnessed(store, uuid, html=ORDER)
    read.read_order(store, uuid)
    heard(store, uuid, tmp_path, AGREES | {"status_text": "已发货"})
    compare_json(store, uuid)
    assert order_of(captures, uuid).warnings == ("json_disagrees:status",)


def test_no_secret_of_the_json_comes_into_the_record(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    uuid = seen(captures, store)
    heard(store, uuid, tmp_path, AGREES)
    compare_json(store, uuid)
    text = order_of(captures, uuid).model_dump_json()
    assert "77QX" not in text
    assert "hunter2secret" not in text


def test_what_only_the_json_told_is_not_compared_as_seen(
    store: Store, captures: Captures, tmp_path: Path
) -> None:
    uuid = seen(captures, store)
    witnessed(store, uuid, html=ORDER)
    heard(store, uuid, tmp_path, AGREES)
    compare_json(store, uuid)
    read.compare_witness(store, uuid)
    said = captures.view(uuid).corroboration
    assert said is not None
    assert (said.verdict, said.reason) == ("agree", None)
    assert "payment.paid_at" not in {field.field for field in said.fields}


@pytest.mark.parametrize("answer", [{"order_no": "KZ20240103", "amount": "1.00"}, {}, []])
def test_json_of_something_else_changes_nothing(
    store: Store, captures: Captures, tmp_path: Path, answer: Any
) -> None:
    uuid = seen(captures, store)
    before = captures.view(uuid)
    heard(store, uuid, tmp_path, answer)
    compare_json(store, uuid)
    assert captures.view(uuid).order == before.order
    assert "order-compared.json" not in captures.names(uuid)


def test_an_archive_that_cannot_be_read_is_said(store: Store, captures: Captures) -> None:
    uuid = seen(captures, store)
    broken = store.keep("witness/warc", b"no archive\r\n" * 9, "application/warc")
    store.vault.add_artifacts(uuid, [broken])
    compare_json(store, uuid)
    assert ("order", "json_not_read") in captures.lacks(uuid)
    assert order_of(captures, uuid).order_no == "KZ20240102"


PAGES = Path(__file__).parents[1] / "pages" / "qs_faka"
NUMBER = "2608181505201b72a16e"
QUERY = f"https://qs.example/order?orderId={NUMBER}"
STOCK = "商品库存不足，请联系客服补充库存后再取卡密！"


def context(*toasts: dict[str, Any]) -> tuple[str, bytes, dict[str, Any]]:
    page = {"toasts": list(toasts)}
    return ("seen/context", json.dumps({"page": page}).encode(), {})


def test_an_order_that_a_shop_names_in_a_toast_only_is_read_and_joins_its_case(
    store: Store, captures: Captures
) -> None:
    html = (PAGES / "not-paid.html").read_text("utf-8").replace("订单未支付", "")
    told = {"text": STOCK, "appeared_at": "2026-03-01T11:59:00Z", "gone_at": None,
            "address": QUERY, "typed": [NUMBER]}  # fmt: skip
    uuid = seen(captures, store, context(told), html=html, url=QUERY)
    found = order_of(captures, uuid)
    assert (found.order_no, found.status, found.status_text) == (NUMBER, "paid", STOCK)
    assert found.sources["status"].artifact == "seen/context"
    assert found.sources["status"].selector == "$.page.toasts[0].text"
    assert found.sources["order_no"].artifact == "seen/html"
    assert store.vault.case(captures.view(uuid).case_id or "").order_no == NUMBER


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"page": null}', b'{"page": {"toasts": null}}', b"[]", b"{", b'{"page": [1]}',
     b'"page"', b"\xff", b"[" * 100_000],
    ids=range(9),
)  # fmt: skip
def test_a_context_without_toasts_changes_nothing(
    store: Store, captures: Captures, data: bytes
) -> None:
    shown = (PAGES / "codes.html").read_text("utf-8")
    read_all_the_same = seen(captures, store, ("seen/context", data, {}), html=shown, url=QUERY)
    assert captures.view(read_all_the_same).order is not None
    html = (PAGES / "not-paid.html").read_text("utf-8")
    uuid = seen(captures, store, ("seen/context", data, {}), html=html, url=QUERY)
    assert captures.view(uuid).order is None
    assert ("order", "no_order_on_page") in captures.lacks(uuid)
