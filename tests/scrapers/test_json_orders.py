"""JSON that a page got or carries, as a second source of its order; all data is invented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scrapers.read import extract_bytes, json_words
from scrapers.record import OrderRecord, on_page
from scrapers.second.json_orders import MAX_CHARACTERS, Document, confirm, read

API = "https://shop.example/api/order/query"


def order(**fields: Any) -> OrderRecord:
    sources = {name: {"artifact": "seen/html", "text": "x"} for name in fields}
    key = fields.pop("key", None)
    return OrderRecord.model_validate({**fields, "platform": {"key": key}, "sources": sources})


def confirmed(shown: OrderRecord, *answers: Any, url: str = API) -> OrderRecord:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in answers]
    documents = [Document(text, url, "witness/warc") for text in texts]
    return confirm(shown, read(documents, json_words(shown.platform.key)))


def page_order(key: str, number: str, **fields: Any) -> OrderRecord:
    common = {"amount": "19.90", "created_at": "2026-08-18T14:23:05+08:00", "currency": "CNY"}
    return order(key=key, order_no=number, **(common | fields))


ACG = page_order("acg_faka", "523260818142305817", status="delivered", items=[{"quantity": 2}])
ACG_JSON = {
    "code": 200,
    "data": {"total": 1, "list": [{
        "trade_no": "523260818142305817", "amount": 19.9, "create_time": "2026-08-18 14:23:05",
        "pay_time": "2026-08-18 14:24:11", "status": 1, "delivery_status": 1, "card_num": 2,
        "secret": "TXSP-4821-7730-AAQ9", "password": None, "pay": {"name": "支付宝"},
        "commodity": {"name": "视频会员", "amount": 88, "create_time": "2020-01-01 00:00:00"},
    }]},
}  # fmt: skip
CAIHONG = page_order("caihong", "10231", status="refunded")
CAIHONG_JSON = {
    "code": 0, "msg": "succ", "name": "点卡", "money": "19.90", "date": "2026-08-18 14:23:05",
    "inputs": "充值账号：x<br>QQ密码：hunter2secret", "kminfo": None, "status": "4", "result": "",
}  # fmt: skip
CAIHONG_LIST = {"data": [
    {"id": "10231", "tid": "7", "value": "1", "addtime": "2026-08-18 14:23:05", "money": "19.90",
     "status": "4"},
    {"id": "10230", "tid": "7", "value": "1", "addtime": "2026-08-17 14:23:05", "money": "5.00",
     "status": "0"},
]}  # fmt: skip
QS = page_order("qs_faka", "2608181423051b72a16e", items=[{"quantity": 2}])
QS_JSON = {"code": 1, "msg": "ok", "data": {
    "order": {"trade_no": "2608181423051b72a16e", "create_at": 1787034185, "status": 1,
              "total_price": "19.900", "quantity": 2},
    "goods": {"name": "Q币", "price": "9.95", "create_at": 1600000000},
    "shop": {"shop_contact": "13800000000"}, "outCards": [{"secret": "77QX-91KD-PZ02"}],
}}  # fmt: skip
ZFAKA = page_order("zfaka", "zlkb2026081814230552817", status="paid", items=[{"quantity": 1}])
ZFAKA_JSON = {"code": 1, "data": [
    {"id": "31", "orderid": "zlkb2026081814230552817", "productname": "季卡", "number": "1",
     "money": "19.90", "addtime": "1787034185", "status": "1"},
]}  # fmt: skip
NEXT = page_order("dujiao_next", "DJ20260818142305617283", status="partially_delivered")
NEXT_JSON = {"status_code": 0, "msg": "success", "data": {
    "order_no": "DJ20260818142305617283", "status": "partially_delivered", "currency": "CNY",
    "total_amount": "19.90", "created_at": "2026-08-18T06:23:05Z",
    "paid_at": "2026-08-18T06:24:11.482Z",
    "items": [{"quantity": 3, "unit_price": "5.00", "total_price": "15.00"}],
    "fulfillment": {"status": "delivered", "payload": "KG-0001-XYZW-8831"},
    "refund_records": [{"order_no": "DJ20260818142305617283", "amount": "4.90"}],
}}  # fmt: skip
KNOWN = {
    "acg_faka": (ACG, ACG_JSON, {"payment.paid_at": "2026-08-18 14:24:11"}),
    "caihong": (CAIHONG, CAIHONG_JSON, {}),
    "caihong-list": (CAIHONG, CAIHONG_LIST, {}),
    "qs_faka": (QS, QS_JSON, {"status": "1"}),
    "zfaka": (ZFAKA, ZFAKA_JSON, {}),
    "dujiao_next": (NEXT, NEXT_JSON, {"payment.paid_at": "2026-08-18T06:24:11.482Z"}),
}


@pytest.mark.parametrize("shape", KNOWN)
def test_what_a_known_shop_sends_agrees_with_its_page_and_adds_what_is_sure(shape: str) -> None:
    shown, answer, added = KNOWN[shape]
    found = confirmed(shown, answer)
    assert found.warnings == ()
    ours = {name: one for name, one in found.sources.items() if one.artifact == "witness/warc"}
    assert {name: source.text for name, source in ours.items()} == added
    assert on_page(found) == shown


@pytest.mark.parametrize("shape", [name for name in KNOWN if name != "caihong"])
@pytest.mark.parametrize(
    "change",
    [
        {"amount": "1.00"},
        {"created_at": "2026-08-18T14:23:06+08:00"},
        {"status": "cancelled", "status_text": "已取消"},
    ],
)
def test_a_page_that_says_something_else_is_doubted(shape: str, change: dict[str, str]) -> None:
    shown, answer, _ = KNOWN[shape]
    other = OrderRecord.model_validate(shown.model_dump() | change)
    assert confirmed(other, answer).warnings == (f"json_disagrees:{next(iter(change))}",)


def test_no_text_of_the_shop_comes_along() -> None:
    for shown, answer, _ in KNOWN.values():
        text = confirmed(shown, answer).model_dump_json()
        assert not [
            word for word in ("hunter2secret", "TXSP-4821", "77QX", "KG-0001") if word in text
        ]


def test_the_source_names_the_answer_and_the_place_in_it() -> None:
    found = confirmed(ACG, ACG_JSON, url="https://shop.example/user/api/index/query")
    source = found.sources["payment.paid_at"]
    where = "https://shop.example/user/api/index/query $.data.list[0].pay_time"
    assert (source.artifact, source.selector) == ("witness/warc", where)


UNKNOWN = order(order_no="A20260818001", amount="19.90", created_at="2026-08-18T14:23:05+08:00")


def of_unknown(**said: Any) -> OrderRecord:
    return confirmed(UNKNOWN, {"data": {"orderNo": "A20260818001", **said}})


@pytest.mark.parametrize("value", [1990, "1990", 19.9, "19.90", "¥19.90", "19.900元"])
def test_yuan_and_cents_of_one_amount_agree(value: Any) -> None:
    assert of_unknown(amount=value).warnings == ()


@pytest.mark.parametrize("value", [1991, 19, "19.91", 199.0])
def test_another_amount_disagrees(value: Any) -> None:
    assert of_unknown(amount=value).warnings == ("json_disagrees:amount",)


@pytest.mark.parametrize(
    ("value", "filled"), [(1990, None), ("1990", None), ("19.90", "19.90"), (0, None), ("", None)]
)
def test_an_amount_is_taken_only_where_its_unit_is_clear(value: Any, filled: str | None) -> None:
    shown = order(order_no="A20260818001")
    found = confirmed(shown, {"order_no": "A20260818001", "amount": value, "create_time": ""})
    assert (found.amount and str(found.amount)) == filled


@pytest.mark.parametrize(
    "value",
    [1787034185, 1787034185123, "1787034185", "2026-08-18 14:23:05", "2026-08-18T06:23:05Z",
     "2026-08-18T14:23:05.5+08:00", "2026-08-18 06:23:05", "2026-08-18T06:23:05", None, 0, "-"],
)  # fmt: skip
def test_one_moment_in_many_forms_does_not_disagree(value: Any) -> None:
    """A time without a zone may be UTC: hours apart are no contradiction."""
    assert of_unknown(created_at=value).warnings == ()


def test_a_page_that_leaves_the_seconds_out_agrees() -> None:
    shown = UNKNOWN.model_copy(
        update={"created_at": order(created_at="2026-08-18T14:23:00+08:00").created_at}
    )
    assert confirmed(shown, {"order_no": "A20260818001", "created_at": 1787034185}).warnings == ()


def test_a_time_without_a_zone_is_taken_only_beside_one_that_agrees_with_the_page() -> None:
    paid = {"order_no": "A20260818001", "paid_at": "2026-08-18 14:24:11"}
    assert confirmed(UNKNOWN, paid).payment.paid_at is None
    found = confirmed(UNKNOWN, paid | {"created_at": "2026-08-18 14:23:05"})
    assert str(found.payment.paid_at) == "2026-08-18 14:24:11+08:00"


@pytest.mark.parametrize("value", [1, "1", "-1", "paid", "success", True])
def test_a_code_of_an_unknown_shop_says_nothing(value: Any) -> None:
    found = of_unknown(status=value)
    assert (found.status, found.warnings) == ("unknown", ())


def test_a_state_in_words_of_an_unknown_shop_is_taken_and_compared() -> None:
    assert of_unknown(status=2, status_text="待发货").status == "paid"
    shown = UNKNOWN.model_copy(update={"status": "completed", "status_text": "已完成"})
    answer = {"order_no": "A20260818001", "status_text": "已退款"}
    assert confirmed(shown, answer).warnings == ("json_disagrees:status",)


def test_an_unknown_word_on_the_page_is_not_replaced() -> None:
    shown = UNKNOWN.model_copy(update={"status_text": "冻结中"})
    assert (
        confirmed(shown, {"order_no": "A20260818001", "status_text": "待发货"}).status == "unknown"
    )


@pytest.mark.parametrize(
    "beside",
    [
        {"refund": {"order_no": "A20260818001", "amount": "5.00"}},
        {"payments": [{"order_no": "A20260818001", "amount": "5.00"}]},
        {"order_no": "A20260818002", "amount": "5.00", "created_at": 1787034185},
        {"order_no": "A20260818001", "total_price": "25.00", "discount": "5.10"},
        {"order_no": "A20260818001", "pay_amount": "19.90", "total_price": "25.00"},
        {"id": "A20260818001", "price": "5.00"},
        {"order_no": "A20260818001", "items": [{"order_no": "A20260818001", "amount": "5.00"}]},
        [{"order_no": "A20260818001", "amount": x} for x in ("5.00", "6.00")],
    ],
)
def test_what_is_not_the_orders_own_amount_is_not_held_against_it(beside: Any) -> None:
    assert confirmed(UNKNOWN, beside) == UNKNOWN


def test_an_answer_about_refunds_is_not_about_the_order() -> None:
    answer = [{"order_no": "A20260818001", "amount": "5.00"}]
    assert confirmed(UNKNOWN, answer, url="https://shop.example/api/refunds") == UNKNOWN


@pytest.mark.parametrize("host", ["ticketshop.cn", "payment.shop.cn", "refund.example:8443"])
def test_a_shop_may_be_called_so(host: str) -> None:
    answer = [{"order_no": "A20260818001", "amount": "5.00"}]
    found = confirmed(UNKNOWN, answer, url=f"https://{host}/api/order")
    assert found.warnings == ("json_disagrees:amount",)


def test_without_a_number_only_one_record_whose_other_fields_agree_counts() -> None:
    shown = order(amount="19.90", created_at="2026-08-18T14:23:05+08:00", status="completed")
    one = {"amount": "19.90", "create_time": 1787034185, "status_text": "已退款"}
    assert confirmed(shown, [one]).warnings == ("json_disagrees:status",)
    assert confirmed(shown, [one, one]) == shown
    assert confirmed(shown, [one | {"amount": "5.00"}]) == shown


def test_without_a_number_nothing_is_filled() -> None:
    shown = order(amount="19.90", created_at="2026-08-18T14:23:05+08:00")
    one = {"amount": "19.90", "create_time": 1787034185, "pay_time": 1787034251}
    assert confirmed(shown, [one]) == shown


@pytest.mark.parametrize(
    "text",
    ["", "{", "[" * 100_000, "NaN", '{"order_no": NaN}', '{"a":' * 5_000 + "1" + "}" * 5_000,
     "1" * 10_000, "null", '{"order_no":"A20260818001","amount":' + "9" * 5_000 + "}",
     '{"order_no":"A20260818001","amount":1e400}', " " * (MAX_CHARACTERS + 1)],
    ids=range(11),
)  # fmt: skip
def test_odd_json_changes_nothing(text: str) -> None:
    assert confirmed(UNKNOWN, text) == UNKNOWN


def test_a_flood_of_json_is_read_in_part() -> None:
    """What one page may cost is bounded in characters, documents and nodes."""
    other = json.dumps([{"a": "x" * 100}] * 15_000)
    answer = json.dumps({"order_no": "A20260818001", "amount": "5.00"})
    assert confirmed(UNKNOWN, other, answer).warnings == ("json_disagrees:amount",)
    assert confirmed(UNKNOWN, *[other] * 9, answer) == UNKNOWN
    assert confirmed(UNKNOWN, *["[]"] * 600, answer) == UNKNOWN
    assert confirmed(UNKNOWN, "[" + "{}," * 200_000 + "{}]", answer) == UNKNOWN


PAGE = """<!doctype html><html lang="zh"><title>订单</title><body><table>
<tr><th>订单号</th><td>A20260818001</td></tr><tr><th>订单金额</th><td>¥{amount}</td></tr>
<tr><th>订单状态</th><td>已付款</td></tr></table>{script}</body></html>"""
STATE = '{"order":{"order_no":"A20260818001","amount":"19.90","paid_at":1787034251}}'


@pytest.mark.parametrize(
    "script",
    [
        f'<script type="application/json" id="data">{STATE}</script>',
        f"<script>window.__INITIAL_STATE__ = {STATE};(function(){{var s={{a:1}};}})()</script>",
        f"<script>var page = {{}}; var order={STATE}</script>",
    ],
)
def test_the_state_in_a_pages_own_script_is_a_second_source(script: str) -> None:
    [found] = on(script, amount="19.90")
    source = found.sources["payment.paid_at"]
    assert (found.warnings, source.text) == ((), "1787034251")
    assert source.selector is not None
    assert source.selector.endswith("script")
    [found] = on(script, amount="9.90")
    assert found.warnings == ("json_disagrees:amount",)


def test_code_full_of_signs_like_tags_loses_no_state_of_another_script() -> None:
    code = "<script>" + "i<n;" * 46_000 + "</script>"
    [found] = on(f'{code}<script type="application/json">{STATE}</script>', amount="9.90")
    assert found.warnings == ("json_disagrees:amount",)


@pytest.mark.parametrize(
    "script",
    [
        f"<script>order = {STATE[:-1]}, 'x': f()}}</script>",
        f"<script type='text/template'>x = {STATE}</script>",
        f'<script src="a.js">x = {STATE}</script>',
    ],
)
def test_code_is_not_read_as_data(script: str) -> None:
    [found] = on(script, amount="9.90")
    assert found.warnings == ()


def on(script: str, **values: str) -> tuple[OrderRecord, ...]:
    html = PAGE.format(script=script, **values).encode()
    return extract_bytes(html, url="https://shop.example/order").orders
