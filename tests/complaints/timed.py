"""Cases with dealings for the tests of deadlines: an order paid on a Monday, seen a day later."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from helper.complaints import packaged
from helper.complaints.due.clocks import Clock, clocks
from helper.dealings import Answer, Contact, Entry
from helper.model import CaseView, Filing
from scrapers.contract import Deadline
from scrapers.moments import SHANGHAI
from scrapers.record import (
    Delivery,
    OrderRecord,
    Payment,
)
from tests.complaints.conftest import case_of

PAID = datetime(2026, 8, 3, 10, 0, tzinfo=SHANGHAI)  # a Monday
NOW = datetime(2026, 8, 4, 10, 0, tzinfo=SHANGHAI)
RULE = Deadline("complaint_entry", "paid_at", 360, "平台规则 五")
ROWS = packaged.data("clocks")
RULES = [*ROWS["filed"], *ROWS["request"], *ROWS["rights"], *ROWS["shops"]["wangzi"]]


def order(**changes: Any) -> OrderRecord:
    values: dict[str, Any] = {
        "order_no": "A1",
        "status": "processing",
        "amount": Decimal("98.00"),
        "currency": "CNY",
        "payment": Payment(paid_at=PAID),
        "created_at": PAID - timedelta(minutes=1),
        "delivery": Delivery(promised_text="付款后10分钟内自动到账"),
    }
    return OrderRecord(**(values | changes))


def entries(*what: Any) -> tuple[Entry, ...]:
    return tuple(Entry(entry_id=f"e{n}", added_at=NOW, what=x) for n, x in enumerate(what))


def case(*told: Any, filings: tuple[Filing, ...] = (), **changes: Any) -> CaseView:
    changes.setdefault("order", order())
    return case_of(order(), filings=filings, entries=entries(*told)).model_copy(update=changes)


def filing(channel: str, at: datetime = NOW, number: str | None = None) -> Filing:
    return Filing(draft_id="", channel=channel, number=number, capture_id=None, at=at)


def contact(said: str = "", at: datetime = NOW, **values: Any) -> Contact:
    return Contact(at=at, way="chat", said=said, **values) if "way" not in values else Contact(
        at=at, said=said, **values
    )  # fmt: skip


def answer(channel: str, outcome: Any, at: datetime, **values: Any) -> Answer:
    return Answer(channel=channel, outcome=outcome, at=at, **values)


def found(
    view: CaseView, issue: str = "not_delivered", now: datetime = NOW, **values: Any
) -> dict[str, Clock]:
    """The clocks by the name of their rule."""
    listed = clocks(view, issue, [RULE], now=now, **values)
    return {one.key.partition(":")[0]: one for one in listed}


def ends(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.max.time(), SHANGHAI).replace(
        microsecond=0
    )
