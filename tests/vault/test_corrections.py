from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.errors import InvalidError
from helper.vault.corrections import correct, correctable, read_value
from scrapers.record import OrderRecord


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("order_no", " 2026-1 ", "2026-1"),
        ("amount", "12.50", "12.50"),
        ("status", "paid", "paid"),
        ("items.0.title", "点券", "点券"),
        ("items.0.quantity", "3", "3"),
        ("payment.method", "alipay", "alipay"),
        ("payment.paid_at", "2026-03-01 12:30", "2026-03-01T12:30:00+08:00"),
        ("created_at", "2026-03-01", "2026-03-01T00:00:00+08:00"),
        ("created_at", "2026-03-01T12:30:00+09:00", "2026-03-01T12:30:00+09:00"),
        ("seller.name", "某店", "某店"),
        ("platform.name", "王子", "王子"),
    ],
)
def test_a_field_takes_the_users_value(field: str, value: str, shown: str):
    order = correct(None, field, value)
    assert read_value(order, field) == shown
    assert order.sources[field].artifact == "user"
    assert order.sources[field].text == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("", "x"),
        ("nothing", "x"),
        ("sources", "x"),
        ("sources.amount.text", "x"),
        ("warnings", "x"),
        ("schema_", "kazheng/order/1"),
        ("url", "https://else.example"),
        ("items", "x"),
        ("items.0", "x"),
        ("items.5.title", "x"),
        ("items.-1.title", "x"),
        ("items.²", "x"),
        ("items.²" + ".title", "x"),
        ("payment", "x"),
        ("payment.paid_at.year", "1"),
        ("delivery.secrets.0.masked", "x"),
        ("amount", ""),
        ("amount", "-1"),
        ("amount", "NaN"),
        ("amount", "Infinity"),
        ("items.0.quantity", "-2"),
        ("status", "happy"),
        ("created_at", "yesterday"),
        ("created_at", "2026-02-30"),
        ("order_no.x", "1"),
    ],
)
def test_what_is_no_field_or_no_value_is_refused(field: str, value: str):
    with pytest.raises(InvalidError) as refused:
        correct(None, field, value)
    known = field in correctable()
    assert refused.value.details["reason"] == ("order_value" if known else "order_field")


def test_every_field_that_is_named_to_the_user_can_be_given():
    assert {"order_no", "items.0.title", "payment.paid_at"} <= set(correctable())
    given = {"status": "paid", "payment.method": "alipay", "delivery.kind": "manual"}
    for field in correctable():
        at = "2026-03-01" if field.endswith("_at") else "1"
        assert correct(None, field, given.get(field, at)).sources[field].artifact == "user"


def test_other_fields_stay_as_read():
    order = OrderRecord(order_no="A1", created_at=datetime.fromisoformat("2026-03-01T12:00+08:00"))
    assert correct(order, "amount", "1").model_copy(update={"amount": None, "sources": {}}) == order


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_input_gives_an_order_or_a_refusal(field: str, value: str):
    with suppress(InvalidError):
        assert isinstance(correct(None, field, value), OrderRecord)
