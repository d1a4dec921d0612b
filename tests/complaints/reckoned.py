"""Orders, bills and answers whose sums are reckoned, and the way to reckon them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from helper.complaints.exhibits import choose
from helper.complaints.figures import figures
from helper.complaints.sums.amounts import Claim, claims
from helper.dealings import Entry, Refund
from helper.model import CaptureView, CaseView
from scrapers.record import Item, OrderRecord
from tests.complaints.conftest import NOW, artifact, capture, case_of

FRAUD = {"resale": False, "false_statement": "100%正版", "fraud_exhibit": "证据1", "misled": True}
AGREED = {
    "penalty_rate": "10%",
    "penalty_clause": "4.2 逾期按订单金额的10%赔付",
    "penalty_exhibit": "证据4",
}
LOST = {"loss": "10", "loss_what": "改在别处购买多付的差价", "loss_exhibit": "证据5"}
LENT = {"interest_rate": "3.65%", "interest_source": "约定", "interest_from": "2026-11-12"}


def bought(amount: str | None = "98.00", **changes: Any) -> OrderRecord:
    item = Item(title="星河游戏点卡", quantity=1, unit_price=amount)
    base = {"status": "processing", "amount": amount, "currency": "CNY", "items": [item]}
    return OrderRecord.model_validate(base | changes)


def bill(number: int, amount: str, status: str = "paid", *, out: bool = True) -> dict[str, Any]:
    return {
        "provider": "wechat", "trade_no": f"4200{number}", "paid_at": "2026-11-20T14:23:05+08:00",
        "amount": amount, "status": status, "stayed_out": out,
    }  # fmt: skip


def with_bills(order: OrderRecord, bills: Sequence[dict[str, Any]], **changes: Any) -> CaseView:
    kept = capture(order)
    files = [
        artifact("attachment", f"bill{n}", kind="payment", payment=one)
        for n, one in enumerate(bills)
    ]
    whole = kept.model_copy(update={"artifacts": (*kept.artifacts, *files)})
    return case_of(order, whole, **changes)


def proved(order: OrderRecord, *more: CaptureView) -> CaseView:
    """Return a case with the shop's rules as 证据4 and a receipt as 证据5, until `more` is kept."""
    kept = capture(order)
    files = (
        artifact("attachment", "-rules", kind="terms"),
        artifact("attachment", "-receipt", kind="received"),
    )
    whole = kept.model_copy(update={"artifacts": (*kept.artifacts, *files)})
    return case_of(order, whole, *more)


def entry(what: Any, number: int = 1) -> Entry:
    return Entry(entry_id=f"e-{number}", added_at=NOW, what=what)


def back(amount: str, currency: str | None = "CNY") -> tuple[Entry, ...]:
    return (entry(Refund(at=NOW, amount=Decimal(amount), currency=currency)),)


def reckon(
    case: CaseView, issue: str = "not_delivered", language: Any = "zh_CN", **answers: Any
) -> dict[str, Claim]:
    assert case.order is not None
    seen = figures(case, case.order, choose(case, channel="merchant_platform"))
    assert seen is not None
    found = claims(case, issue, seen, answers, now=NOW, language=language)
    return {one.key: one for one in found}
