"""What contradicts itself in a case is named with both values; what fits is not."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from helper.complaints.exhibits import choose
from helper.complaints.figures import figures
from helper.complaints.held import order_pages
from helper.complaints.proof.contradictions import contradictions
from helper.dealings import Contact, Entry, Shown
from helper.model import CaptureMeta, CaptureView, CaseView, Correction
from scrapers.record import Chat, Message, OrderRecord, Source
from tests.complaints.conftest import CLICKED, NOW, PAID, artifact, capture, case_of


def look(case: CaseView) -> Any:
    assert case.order is not None
    return figures(case, case.order, choose(case, channel="merchant_platform"))


def page(number: int, **changes: Any) -> CaptureView:
    """A page of the shop that shows no order."""
    meta = CaptureMeta(url=f"https://wangzi.localhost/p/{number}", clicked_at=CLICKED)
    return capture(None, number=number, meta=meta, **changes)


def named(case: CaseView, now: datetime = NOW) -> dict[str, str]:
    return {gap.key: gap.text for gap in contradictions(case, look(case), now)}


def paid_at(order: OrderRecord, at: datetime) -> OrderRecord:
    return order.model_copy(update={"payment": order.payment.model_copy(update={"paid_at": at})})


def billed(order: OrderRecord, **changes: Any) -> CaseView:
    read = {"provider": "wechat", "trade_no": order.payment.trade_no, "paid_at": PAID.isoformat(),
            "amount": "98.00", "merchant_no": None, "stayed_out": True}  # fmt: skip
    kept = capture(order)
    file = artifact("attachment", "bill", kind="payment", payment=read | changes)
    return case_of(order, kept.model_copy(update={"artifacts": (*kept.artifacts, file)}))


def test_a_case_in_order_contradicts_itself_in_nothing(full: OrderRecord) -> None:
    assert named(case_of(full)) == {}
    assert named(billed(full)) == {}


def test_times_that_cannot_be_are_named(full: OrderRecord) -> None:
    early = paid_at(full, PAID - timedelta(hours=1))
    assert "2026-11-20 13:23" in named(case_of(early))["paid_before_ordered"]
    assert "paid_before_ordered" not in named(case_of(paid_at(full, PAID - timedelta(minutes=1))))
    future = paid_at(full, datetime(2027, 1, 1, tzinfo=UTC))
    assert {"future.paid_at", "picture_before_payment"} <= set(named(case_of(future)))
    delivered = full.model_copy(update={"delivered_at": PAID - timedelta(days=1)})
    assert "delivered_before_paid" in named(case_of(delivered))
    told = Contact(at=NOW + timedelta(days=1), way="phone")
    contact = Entry(entry_id="e", added_at=NOW, what=told)
    assert "future.contact" in named(case_of(full, entries=(contact,)))


def test_times_at_the_edge_of_the_calendar_are_compared(full: OrderRecord) -> None:
    order = full.model_copy(update={"created_at": datetime.min.replace(tzinfo=UTC)})
    assert named(case_of(paid_at(order, datetime.max.replace(tzinfo=UTC))))


def test_a_number_that_was_read_wrong_and_corrected_is_no_other_order(full: OrderRecord) -> None:
    read = full.model_copy(update={"order_no": "WZ2026112014225161Z"})
    given = Correction(field="order_no", value="WZ20261120142251617",
                       read="WZ2026112014225161Z", at=NOW)  # fmt: skip
    case = case_of(full, capture(read), corrections=(given,))
    assert named(case) == {}
    assert order_pages(case) == list(case.captures)


def test_amounts_that_do_not_fit_are_named(full: OrderRecord) -> None:
    assert "98.00 元" in named(billed(full, amount="88.00"))["two_amounts"]
    assert "zero_amount" in named(case_of(full.model_copy(update={"amount": Decimal("0.00")})))
    more = full.model_copy(update={"refunded": full.amount and full.amount + 1})
    assert "refunded_more" in named(case_of(more))
    changed = full.model_copy(update={"amount": full.amount and full.amount - 10})
    pages = (capture(full), capture(changed, number=2))
    changes = named(case_of(full, *pages))["amount_changed"]
    assert re.search(r"98\.00 元（2026-\d\d-\d\d \d\d:\d\d）、88\.00 元（2026-", changes)
    foreign = full.model_copy(
        update={"currency": "USDT", "amount": full.amount and full.amount / 7}
    )
    assert "two_amounts" not in named(billed(foreign))


def test_a_missing_order_number_is_named(full: OrderRecord) -> None:
    assert "no_order_no" in named(case_of(full.model_copy(update={"order_no": None})))


def test_a_bill_of_another_payment_is_named(full: OrderRecord) -> None:
    late = (PAID + timedelta(hours=2)).isoformat()
    assert "two_payment_times" in named(billed(full, paid_at=late))
    other = {"trade_no": "4200009", "merchant_no": "M1"}
    assert "two_trade_numbers" in named(billed(full, **other))
    own = full.payment.trade_no
    assert "two_trade_numbers" not in named(billed(full, trade_no="4200009", merchant_no=own))
    assert "two_trade_numbers" not in named(billed(full, trade_no="4200009"))


def test_a_picture_from_before_the_payment_is_named(full: OrderRecord) -> None:
    early = capture(full, number=2, meta=capture(full).meta.model_copy(
        update={"clicked_at": PAID - timedelta(minutes=1)}))  # fmt: skip
    said = named(case_of(full, capture(full), early))["picture_before_payment"]
    assert said.startswith("证据4是在付款（2026-11-20 14:23）之前保存的")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("您的订单号：WZ20261120999999999 已处理", True),
        ("WZ20261119000000001 已经发货", True),
        ("订单号 AB-778899 查不到", True),
        ("WZ20261120142251617 和 WZ20261119000000001 都在查", False),
        ("商户订单号：4200000000000000001", False),
        ("电话 13800000000，稍等", False),
    ],
)
def test_a_chat_about_another_order_is_named(text: str, other: bool, full: OrderRecord) -> None:
    chat = Chat(messages=(Message(text=text, side="agent"),))
    case = case_of(full, capture(full), page(2, shown=Shown(chat=chat)))
    assert ("other_order_chat" in named(case)) is other


def test_pages_of_another_order_are_named(full: OrderRecord) -> None:
    other = full.model_copy(update={"order_no": "WZ1"})
    assert (
        "WZ1" in named(case_of(full, capture(full), capture(other, number=2)))["other_order_page"]
    )


def test_a_corrected_value_is_still_compared(full: OrderRecord) -> None:
    sources = {"payment.paid_at": Source(artifact="user")}
    given = paid_at(full, PAID - timedelta(days=2)).model_copy(update={"sources": sources})
    assert "paid_before_ordered" in named(case_of(given))
