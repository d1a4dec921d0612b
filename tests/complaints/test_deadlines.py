"""Times that run: the shop's promise and the shop's own windows."""

from datetime import UTC, datetime, timedelta

import pytest

from helper.complaints.due.calendar import End
from helper.complaints.due.deadlines import promised_by, promised_span, window
from scrapers.contract import Deadline
from scrapers.record import Delivery, OrderRecord, Payment, Source
from tests.complaints.conftest import PAID

RULE = Deadline("entry", "paid_at", 360, "平台规则")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("即时商品：支付成功后10分钟内自动到账", timedelta(minutes=10)),
        ("商家承诺：付款后30分钟内自动发货，100%正版授权", timedelta(minutes=30)),
        ("商家承诺：24小时内完成代充", timedelta(hours=24)),
        ("付款后 3 天内到账，7天内可退换", timedelta(days=3)),
        ("24小时自动发货", None),
        ("1-3个工作日内到账", None),
        ("10~30分钟内到账", None),
        ("10分钟内到账，高峰期2小时内到账", None),
        ("7天内无理由退货", None),
        ("尽快发货", None),
        ("", None),
    ],
)
def test_a_promise_counts_only_when_it_names_one_time(text: str, span: timedelta | None) -> None:
    assert promised_span(OrderRecord(delivery=Delivery(promised_text=text))) == span


def test_a_promise_may_be_an_iso_duration() -> None:
    order = OrderRecord(delivery=Delivery(promised="PT2H", promised_text="两小时"))
    assert promised_span(order) == timedelta(hours=2)


def test_a_window_runs_from_its_own_start(full: OrderRecord) -> None:
    assert window(full, RULE) == (PAID, End(at=PAID + timedelta(hours=360)))


def test_without_its_start_a_window_is_not_invented() -> None:
    assert window(OrderRecord(), RULE) == (None, None)


@pytest.mark.parametrize(
    ("ordered", "last"),
    [
        (datetime(2026, 8, 18, 15, 5, tzinfo=UTC), datetime(2026, 8, 18, 15, 59, 59, tzinfo=UTC)),
        (datetime(2026, 8, 18, 16, 5, tzinfo=UTC), datetime(2026, 8, 19, 15, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_rule_of_whole_days_ends_with_the_day_in_china(ordered: datetime, last: datetime) -> None:
    rule = Deadline("entry", "created_at", 24, "平台规则", whole_days=True)
    assert window(OrderRecord(created_at=ordered), rule) == (ordered, End(at=last))


@pytest.mark.parametrize("whole_days", [False, True])
def test_a_time_at_the_end_of_all_years_has_no_deadline(*, whole_days: bool) -> None:
    rule = Deadline("entry", "created_at", 24, "平台规则", whole_days=whole_days)
    ordered = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert window(OrderRecord(created_at=ordered), rule) == (ordered, End(why="range"))
    promised = Delivery(promised="PT24H")
    late = OrderRecord(payment=Payment(paid_at=ordered), delivery=promised)
    assert promised_by(late) is None


def test_a_moment_that_the_page_names_is_the_promise(full: OrderRecord) -> None:
    at = PAID + timedelta(hours=24)
    delivery = Delivery(promised=at.isoformat(), promised_text="付款后10分钟内发货")
    assert promised_by(full.model_copy(update={"delivery": delivery})) == at


def test_words_of_the_user_count_before_what_was_read(full: OrderRecord) -> None:
    delivery = Delivery(promised="PT10M", promised_text="2小时内到账")
    sources = {"delivery.promised_text": Source(artifact="user")}
    order = full.model_copy(update={"delivery": delivery, "sources": sources})
    assert promised_by(order) == PAID + timedelta(hours=2)
