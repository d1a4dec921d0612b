from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.evidence.corroborate import compare, complete
from helper.messages import LANGUAGES, catalogue
from helper.model import PictureComparison, TextComparison
from scrapers.record import OrderRecord, Source

SEEN_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WITNESS_AT = SEEN_AT + timedelta(seconds=5)
PLAIN: dict[str, object] = {"order_no": "A1", "amount": "12.50", "status": "paid"}


def order(support: tuple[str, ...] | None = None, **values: object) -> OrderRecord:
    data = PLAIN | values
    record = OrderRecord.model_validate(data)
    paths = support if support is not None else tuple(data)
    return record.model_copy(update={"sources": {path: Source(text="x") for path in paths}})


def compared(seen: OrderRecord | None, witness: OrderRecord | None, **values: object):
    plain = {"session": "lent", "seen_at": SEEN_AT, "witness_at": WITNESS_AT}
    return compare(seen, witness, **(plain | values))


def test_equal_orders_agree():
    found = compared(order(), order())
    assert (found.verdict, found.reason) == ("agree", None)
    assert (found.session, found.seen_at, found.witness_at) == ("lent", SEEN_AT, WITNESS_AT)
    assert [(f.field, f.seen, f.witness, f.state) for f in found.fields] == [
        ("order_no", "A1", "A1", "agree"),
        ("status", "paid", "paid", "agree"),
        ("amount", "12.50", "12.50", "agree"),
    ]


@pytest.mark.parametrize(("wanted", "reason"),
    [(False, "session_not_lent"), (True, "session_did_not_arrive")])  # fmt: skip
def test_without_the_session_nothing_agrees_but_all_is_listed(wanted: bool, reason: str):
    for witness in (order(), order(amount="1"), None):
        found = compared(order(), witness, session="not_lent", session_wanted=wanted)
        assert (found.verdict, found.reason) == ("not_comparable", reason)
        assert len(found.fields) == 3


def test_without_a_visit_there_is_no_witness():
    found = compared(order(), None, witness_at=None, reason="one_time", session="not_lent")
    assert (found.verdict, found.reason) == ("no_witness", "one_time")
    assert compared(order(), None, witness_at=None).reason == "no_visit"


def test_without_a_seen_order_there_is_nothing_to_compare():
    for session in ("lent", "not_lent"):
        assert compared(None, order(), session=session).verdict == "no_order"
        assert compared(None, None, session=session, witness_at=None).verdict == "no_order"


def test_a_visit_that_read_no_order_agrees_with_nothing():
    found = compared(order(), None)
    assert (found.verdict, found.reason) == ("not_comparable", "witness_no_order")
    assert {field.state for field in found.fields} == {"only_seen"}
    assert compared(order(), None, reason="unreachable").reason == "unreachable"


def test_another_value_differs():
    found = compared(order(), order(status="delivered"))
    assert (found.verdict, found.reason) == ("differs", "values_differ")
    assert [f.field for f in found.fields if f.state == "differs"] == ["status"]


def test_another_order_is_said_to_be_one():
    assert compared(order(), order(order_no="B2")).reason == "other_order"


def test_money_and_times_are_compared_by_value():
    seen = order(amount="12.5", created_at="2026-03-01T20:00:00+08:00")
    witness = order(amount="12.50", created_at="2026-03-01T12:00:00+00:00")
    assert compared(seen, witness).verdict == "agree"


def test_secrets_are_compared_by_hash_and_shown_masked():
    def with_secret(sha256: str) -> OrderRecord:
        secret = {"masked": "AB**", "sha256": sha256}
        return order((*PLAIN, "delivery.secrets.0"), delivery={"secrets": [secret]})

    assert compared(with_secret("a"), with_secret("a")).verdict == "agree"
    found = compared(with_secret("a"), with_secret("b"))
    assert found.verdict == "differs"
    shown = found.model_dump_json()
    assert '"AB**"' in shown
    assert '"a"' not in shown


def test_a_value_without_a_source_does_not_exist():
    found = compared(order(("order_no",)), order(("order_no",)))
    assert [field.field for field in found.fields] == ["order_no"]


def test_a_source_of_the_whole_supports_its_parts():
    item = {"items": [{"title": "点券", "quantity": 2}]}
    found = compared(order((*PLAIN, "items.0"), **item), order((*PLAIN, "items.0"), **item))
    assert {"items.0.title", "items.0.quantity"} <= {field.field for field in found.fields}


def test_unknown_is_no_value():
    found = compared(order(status="unknown"), order(status="unknown"))
    assert "status" not in {field.field for field in found.fields}


@pytest.mark.parametrize("field", ["order_no", "amount"])
def test_a_key_field_read_only_once_does_not_agree(field: str):
    found = compared(order(), order(**{field: None}))
    assert (found.verdict, found.reason) == ("differs", "key_field_only_once")


def test_another_field_read_only_once_is_said():
    found = compared(order(failure_reason="缺货"), order())
    assert (found.verdict, found.reason) == ("agree", "some_only_once")


def test_nothing_in_common_is_not_comparable():
    found = compared(order(("order_no",)), order(("amount",)))
    assert (found.verdict, found.reason) == ("not_comparable", "nothing_in_common")


@given(
    st.booleans(), st.booleans(), st.sampled_from(["lent", "not_lent"]), st.booleans(),
    st.booleans(), st.sampled_from(["12.50", "1", None]), st.sampled_from(["A1", "B2", None]),
)  # fmt: skip
def test_agree_needs_session_visit_and_equal_key_fields(
    seen, witness, session, wanted, visited, amount, number
):
    found = compared(
        order() if seen else None,
        order(amount=amount, order_no=number) if witness else None,
        session=session, session_wanted=wanted, witness_at=WITNESS_AT if visited else None,
    )  # fmt: skip
    agrees = seen and witness and session == "lent" and (amount, number) == ("12.50", "A1")
    assert (found.verdict == "agree") == bool(agrees)
    if found.reason:
        for language in LANGUAGES:
            assert f"corroboration.{found.reason}" in catalogue(language)
    assert all(f"corroboration.{found.verdict}" in catalogue(lang) for lang in LANGUAGES)


OTHER = TextComparison(state="differs", changed=3, explained=2)
PICTURE = PictureComparison(state="differs", share=0.034)


def test_text_that_differs_is_the_reason_where_the_fields_agree():
    found = complete(compared(order(), order()), OTHER, PICTURE)
    assert (found.verdict, found.reason, found.text) == ("agree", "text_differs", OTHER)
    for values in ({"amount": "1"}, {"order_no": "B2"}):
        other = compared(order(), order(**values))
        assert complete(other, OTHER, None).reason == other.reason


def test_a_session_that_was_not_lent_is_not_comparable_whatever_the_text_says():
    for text in (OTHER, TextComparison(state="same")):
        found = complete(compared(order(), order(), session="not_lent"), text, PICTURE)
        assert (found.verdict, found.reason) == ("not_comparable", "session_not_lent")


def test_the_verdict_is_said_in_plain_words():
    found = complete(compared(order(), order(amount="1")), OTHER, PICTURE)
    said = found.said["zh_CN"]
    for words in ("amount", "3 行不同", "2 行只是时间", "3.4%", "晚 5 秒"):
        assert words in said
    assert "3 lines" in found.said["en"]
    assert not any(mark in text for text in found.said.values() for mark in ("{", "said."))


def test_a_visit_hours_later_says_its_own_time():
    later = SEEN_AT + timedelta(hours=3, minutes=5)
    found = complete(compared(order(), order(), witness_at=later), None, None)
    assert found.seconds_later == 3 * 3600 + 300
    assert "3 小时 5 分钟" in found.said["zh_CN"]
    assert later.isoformat(timespec="seconds") in found.said["en"]


@pytest.mark.parametrize("verdict", ["no_witness", "no_order"])
def test_without_text_and_picture_only_the_verdict_is_said(verdict: str):
    one = compared(order() if verdict == "no_witness" else None, None, witness_at=None)
    found = complete(one, None, None)
    assert found.verdict == verdict
    assert found.said["en"]
    assert (found.text, found.picture, found.seconds_later) == (None, None, None)


def test_what_was_not_compared_says_why():
    text = TextComparison(state="not_compared", reason="no_text")
    picture = PictureComparison(state="not_compared", reason="picture_too_large")
    found = complete(compared(order(), order()), text, picture)
    assert "缺少其中一次的网页文字" in found.said["zh_CN"]
    assert "too large" in found.said["en"]
