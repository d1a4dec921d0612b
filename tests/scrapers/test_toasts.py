"""Notices of a shop that shows its states for seconds only, as the extension saw them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scrapers.page import documents, parse
from scrapers.read import platform_of, read
from scrapers.record import Extraction, OrderRecord, on_page
from scrapers.second import toasts

PAGES = Path(__file__).parents[1] / "pages" / "qs_faka"
QS = platform_of("qs_faka")
ASKED = "2608181505201b72a16e"
SHOWN = "Dd260818093011a90b13cf"
UNPAID = "订单未付款，请重新支付，或联系客服处理！"
REFUNDED = "订单已经退款，不支持查看详情！"
STOCK = "商品库存不足，请联系客服补充库存后再取卡密！"


def told(text: str, number: str = ASKED, **more: Any) -> dict[str, Any]:
    url = f"https://qs.example/order?orderId={number}"
    entry = {"text": text, "appeared_at": None, "gone_at": None, "address": url, "typed": [number]}
    return entry | more


def applied(case: str, *seen: Any, number: str = ASKED) -> Extraction:
    html = (PAGES / f"{case}.html").read_bytes()
    url = f"https://qs.example/order?orderId={number}"
    page = parse(documents(html, url=url)[0], None)
    return toasts.apply(page, read(page), list(seen), QS)


@pytest.mark.parametrize(
    ("text", "status"), [(UNPAID, "pending_payment"), (REFUNDED, "refunded"), (STOCK, "paid")]
)
def test_a_known_sentence_tells_the_state_of_the_order_asked_for(text: str, status: str) -> None:
    found = applied("not-paid", told(text))
    [order] = found.orders
    assert (order.order_no, order.status, order.status_text) == (ASKED, status, text)
    assert (found.page_kind, found.platform.key) == ("order", "qs_faka")
    assert "no_order" not in found.warnings
    assert order.sources["order_no"].text == ASKED


def test_the_newest_notice_of_an_order_tells() -> None:
    [order] = applied("not-paid", told(UNPAID), told("查询成功"), told(STOCK)).orders
    assert order.status == "paid"
    assert order.sources["status"].selector == "$.page.toasts[2].text"


def test_an_order_that_shows_no_state_gets_it_and_loses_the_doubt() -> None:
    before = applied("recharge-only", number=SHOWN).orders[0]
    [order] = applied("recharge-only", told(STOCK, SHOWN), number=SHOWN).orders
    assert before.warnings == ("status_not_found",)
    assert (order.status, order.warnings) == ("paid", ())
    assert on_page(order).model_copy(update={"warnings": before.warnings}) == before


@pytest.mark.parametrize(
    "seen",
    [
        told(STOCK),  # another order was asked for
        told("系统维护中，请稍后再试", SHOWN),
        told(f"防骗提示：{STOCK}这句话是骗人的，请联系客服", SHOWN),
        told(STOCK, SHOWN, typed=["其他123456"]),
        told(STOCK, SHOWN, typed=[], address="https://qs.example/order"),
        {"text": STOCK},
        {"text": 7},
        "x",
        None,
    ],
)
def test_what_is_not_surely_of_this_order_says_nothing(seen: Any) -> None:
    [order] = applied("recharge-only", seen, number=SHOWN).orders
    assert order.status == "unknown"


def test_a_delivered_order_needs_no_notice() -> None:
    plain = applied("codes", number="x")
    number = plain.orders[0].order_no or ""
    assert plain.orders[0].delivery.secrets
    assert applied("codes", told(UNPAID, number), number="x") == plain


def test_a_notice_of_an_order_looked_up_before_hides_not_the_present_one() -> None:
    [order] = applied("not-paid", told(UNPAID, SHOWN), told(STOCK)).orders
    assert (order.order_no, order.status) == (ASKED, "paid")


def test_notices_about_two_numbers_that_the_page_names_make_no_order() -> None:
    """One stands in the field, the other in the address."""
    assert applied("not-paid", told(STOCK), told(UNPAID, SHOWN), number=SHOWN).orders == ()


def test_a_number_that_the_page_does_not_name_makes_no_order() -> None:
    assert applied("not-paid", told(STOCK, SHOWN)).orders == ()


@pytest.mark.parametrize("seen", [None, "x", {}, [], [[]], [{"text": STOCK, "typed": 3}]])
def test_odd_contexts_change_nothing(seen: Any) -> None:
    html = (PAGES / "not-paid.html").read_bytes()
    page = parse(documents(html, url="https://qs.example/order")[0], None)
    plain = read(page)
    assert toasts.apply(page, plain, seen, QS) == plain


def test_on_page_keeps_what_a_page_showed() -> None:
    source = {"artifact": "witness/warc", "selector": "u $.a", "text": "x"}
    order = OrderRecord.model_validate(
        {
            "order_no": "A1", "amount": "1.00", "status": "paid",
            "payment": {"method": "alipay", "paid_at": "2026-08-18T14:23:05+08:00"},
            "sources": {
                "order_no": {"artifact": "seen/html", "text": "A1"}, "amount": source,
                "payment.paid_at": source, "status": source | {"artifact": "seen/context"},
            },
        }
    )  # fmt: skip
    shown = on_page(order)
    assert (shown.order_no, shown.amount, shown.status) == ("A1", None, "unknown")
    assert (shown.payment.method, shown.payment.paid_at) == ("alipay", None)
    assert set(shown.sources) == {"order_no"}
