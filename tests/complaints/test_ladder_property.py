"""Whatever was filed, said and answered: the ladder contradicts neither the law nor the draft."""

from datetime import timedelta
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints.dispute.deciding import decide
from helper.complaints.drafts.compose import compose
from helper.complaints.exhibits import choose
from helper.complaints.ladder.steps import ladder
from helper.complaints.ladder.tried import answers_of
from helper.dealings import Answers, Contact, Outcome, Refund
from helper.model import CaseView, Filing
from scrapers.record import OrderRecord, Payment, Status

from .conftest import NOW, PAID, case_of
from .test_ladder import CHANNELS, KEYS, SETTLING, answer, filed, kept

FILINGS = st.builds(filed, st.sampled_from(CHANNELS), st.floats(-2, 400))
TOLD = st.one_of(
    st.builds(
        answer, st.sampled_from(CHANNELS), st.sampled_from(get_args(Outcome)), st.floats(-2, 400)
    ),
    st.builds(
        lambda days, way: Contact(at=NOW - timedelta(days=days), way=way, side="merchant"),
        st.floats(-2, 400),
        st.sampled_from(["chat", "email", "phone"]),
    ),
    st.builds(
        lambda days, amount: Refund(at=NOW - timedelta(days=days), amount=amount),
        st.floats(-2, 400),
        st.decimals("0.01", "200", places=2),
    ),
    st.builds(
        lambda given: Answers(issue="not_delivered", answers=given),
        st.fixed_dictionaries(
            {},
            optional={
                "resale": st.booleans(),
                "arbitration_clause": st.booleans(),
                "fraud_signs": st.sampled_from(["失联", "没发货", "", "没有"]),
                "credited": st.booleans(),
                "facts": st.sampled_from(["", "收到的卡密被别人用过"]),
            },
        ),
    ),
)
CASES = st.tuples(st.lists(FILINGS, max_size=4), st.lists(TOLD, max_size=5))
QUICK = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])


ORDERS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(get_args(Status)),
        "payment": st.sampled_from([Payment(), Payment(method="alipay", paid_at=PAID)]),
        "amount": st.none(),
        "order_no": st.none(),
    },
)


def made(full: OrderRecord, drawn: tuple[list[Filing], list[Any]]) -> CaseView:
    return case_of(full, filings=tuple(drawn[0]), entries=kept(*drawn[1]))


@QUICK
@given(drawn=CASES)
def test_12315_and_the_association_are_never_both_offered_once_one_is_used(
    full: OrderRecord, drawn: Any
) -> None:
    found = ladder(made(full, drawn), "not_delivered", now=NOW)
    states = {one.channel: one.state for one in found.steps}
    assert [one.state for one in found.steps].count("now") == (found.state == "act")
    assert states["cca"] != "now"
    if states["12315"] == "now":
        assert states["cca"] != "done"
    if found.next is not None:
        named = next(one for one in found.steps if one.channel == found.next.channel)
        assert found.next.document in named.documents  # what is recommended is admitted


@QUICK
@given(drawn=CASES, more=FILINGS, hours=st.integers(0, 5000))
def test_what_is_blocked_stays_blocked(
    full: OrderRecord, drawn: Any, more: Filing, hours: int
) -> None:
    case = made(full, drawn)
    before = ladder(case, "not_delivered", now=NOW)
    later = case.model_copy(
        update={"filings": (*case.filings, more.model_copy(update={"at": NOW}))}
    )
    past = [one for one in case.entries if getattr(one.what, "at", NOW) <= NOW]
    later = later.model_copy(update={"entries": tuple(past)})
    after = ladder(later, "not_delivered", now=NOW + timedelta(hours=hours))
    shut = {one.channel for one in before.steps if one.state == "blocked"} - {more.channel}
    open_again = {one.channel for one in after.steps if one.state not in {"blocked", "done"}}
    assert not shut & open_again


@QUICK
@given(drawn=CASES)
def test_public_exposure_is_never_the_next_step(full: OrderRecord, drawn: Any) -> None:
    found = ladder(made(full, drawn), "not_delivered", now=NOW)
    assert found.next is None or found.next.channel in {*SETTLING, "police"}


@QUICK
@given(
    drawn=CASES,
    issue=st.sampled_from(KEYS),
    shown=st.sampled_from(KEYS),
    changes=ORDERS,
    lacks=st.sampled_from(["", "", "", "order", "captures"]),
)
def test_what_is_recommended_can_be_written(
    variants: dict[str, OrderRecord],
    drawn: Any,
    issue: str,
    shown: str,
    changes: dict[str, Any],
    lacks: str,
) -> None:
    order = variants[shown].model_copy(update=changes)
    entries = [
        one.model_copy(update={"issue": issue}) if isinstance(one, Answers) else one
        for one in drawn[1]
    ]
    case = made(order, (drawn[0], entries))
    case = case.model_copy(update={lacks: () if lacks == "captures" else None} if lacks else {})
    found = ladder(case, issue, now=NOW)
    given = answers_of(case, issue)
    if found.next is not None:
        compose(
            case, channel=found.next.channel, document=found.next.document, issue=issue,
            demand=decide(issue, given, case.order).demand, answers=given, now=NOW,
            exhibits=choose(case, channel=found.next.channel), draft_id="d",
        )  # fmt: skip
    assert "ladder." not in found.why
    assert (found.next is None) or found.state == "act"
