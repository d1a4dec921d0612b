"""For any order at all: no figure without a source, no sentence without an exhibit."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints import packaged
from helper.complaints.dispute.issues import DEMAND_KINDS, issues
from helper.complaints.documents import Document, documents
from helper.complaints.wording import moment
from helper.errors import InvalidError, RefusedError
from helper.model import Draft
from scrapers.record import (
    Delivery,
    DeliveryKind,
    Item,
    OrderRecord,
    Payment,
    PlatformRef,
    Secret,
    Seller,
    Source,
    Status,
)
from tests.complaints.conftest import CLICKED, HASH, NOW, capture, case_of
from tests.complaints.golden import answers_for

ISSUES = [issue.key for issue in issues()]
TERM = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)
"""Seven days after `NOW`, at the end of the day in China."""
FIELDS = [
    "order_no", "amount", "status", "status_text", "items.0.title", "payment.paid_at",
    "payment.trade_no", "payment.method_text", "delivery.promised_text", "refunded", "created_at",
    "recharge_account", "failure_reason", "delivery.message",
]  # fmt: skip

text = st.none() | st.text(max_size=90) | st.text("0123456789٣９ -.:年月日分钟小时内到账“”{}\n")
money = st.none() | st.decimals(
    min_value=Decimal(-10), max_value=Decimal(10) ** 12, allow_nan=False, allow_infinity=False
)
times = st.none() | st.datetimes(timezones=st.just(UTC))
items = st.builds(
    Item, title=text, sku=text, quantity=st.none() | st.integers(-2, 10**6), unit_price=money
)
orders = st.builds(
    OrderRecord,
    platform=st.builds(PlatformRef, name=text, host=text),
    order_no=text,
    status=st.sampled_from(get_args(Status)),
    status_text=text,
    items=st.lists(items, max_size=4).map(tuple),
    amount=money,
    refunded=money,
    currency=st.sampled_from([None, "CNY", "USDT", "元1"]),
    payment=st.builds(Payment, method_text=text, trade_no=text, paid_at=times),
    created_at=times,
    delivered_at=times,
    recharge_account=text,
    delivery=st.builds(
        Delivery,
        kind=st.sampled_from(get_args(DeliveryKind)),
        promised=text,
        promised_text=text,
        secrets=st.lists(
            st.builds(Secret, masked=st.text(max_size=20), sha256=st.just(HASH)), max_size=7
        ).map(tuple),
        message=text,
    ),
    failure_reason=text,
    seller=st.builds(Seller, name=text),
    buyer_contact=text,
    sources=st.dictionaries(
        st.sampled_from(FIELDS),
        st.builds(Source, artifact=st.sampled_from(["user", "seen/html"])),
        max_size=5,
    ),
)


def values(data: Any) -> Iterator[str]:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else None
    if inner is None:
        yield str(data)
    else:
        for one in inner:
            yield from values(one)


def supported(order: OrderRecord, draft: Draft) -> set[str]:
    moments = [order.created_at, order.delivered_at, order.payment.paid_at, CLICKED, NOW, TERM]
    known = [
        *values(order.model_dump(mode="json")),
        *(moment(at) for at in moments if at),
        *(f"{exhibit.label} {exhibit.sha256}" for exhibit in draft.exhibits),
        str(packaged.template("words")),
        str(packaged.template("documents")),
        str(packaged.data("problem_kinds")),
        "https://wangzi.localhost/member/orders/1",
        str(packaged.data("law")),
    ]
    return set(re.findall(r"\d+", "\n".join(known)))


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    order=orders,
    document=st.sampled_from(documents()),
    issue=st.sampled_from(ISSUES),
    demand=st.sampled_from(sorted(DEMAND_KINDS)),
    resale=st.sampled_from([None, True, False]),
)
def test_a_draft_says_nothing_that_has_no_source(
    draft_for: Callable[..., Draft],
    order: OrderRecord,
    document: Document,
    issue: str,
    demand: str,
    resale: bool | None,
) -> None:
    case = case_of(order, capture(order))
    try:
        draft = draft_for(
            case,
            issue,
            channel=document.channel,
            document=document.key,
            demand=demand,
            answers={**answers_for(document), "resale": resale},
        )
    except (InvalidError, RefusedError):
        return
    figures = supported(order, draft)
    for value in (draft.title, draft.text, *draft.fields.values()):
        assert set(re.findall(r"\d+", value)) <= figures
    numbers = {exhibit.number for exhibit in draft.exhibits}
    for sentence in draft.sentences:
        said = "（本人陈述）" in sentence.text or "〔" in sentence.text
        assert sentence.exhibits or (sentence.stated and said)
        assert numbers.issuperset(sentence.exhibits)
        assert "\n" not in sentence.text
    wrong = {"no_exhibit", "unknown_exhibit", "no_deadline", "no_action"}
    if not document.public:  # what is covered there may leave half of a year like 9999
        wrong |= {"figure", "date"}
    assert not wrong & {finding.rule for finding in draft.lint}
