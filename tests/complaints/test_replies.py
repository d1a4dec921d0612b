"""Ready replies: facts of the case, exact law with its conditions, one demand with a time."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints import packaged
from helper.complaints.dispute.issues import issues
from helper.complaints.ladder.replies import Reply, counters, reply, spot
from helper.complaints.law import article
from helper.complaints.wording import leaves, moment
from helper.dealings import Answers, Contact, Entry, Refund
from helper.errors import InvalidError, RefusedError
from helper.messages import LANGUAGES, explain
from helper.model import CaseView, Filing
from scrapers.record import OrderRecord

from .conftest import NOW, case_of

MOVES = [one.key for one in counters()]
KEYS = [one.key for one in issues()]
ROWS = packaged.data("law")
QUOTE = re.compile(r"《([^》]+)》(第[^“]+条)“([^”]+)”")
SAYINGS = [
    ("订单还在处理中，请耐心等待", "delay"),
    ("您的截图可能是P图，证据不足", "doubt_proof"),
    ("这是商家的问题，请联系卖家", "shift_to_merchant"),
    ("上游通道维护", "shift_to_upstream"),
    ("虚拟商品一经售出，不退不换", "no_refund_virtual"),
    ("是您填错了区服", "user_error"),
    ("已超过15天，投诉入口关闭", "window_closed"),
    ("您已确认收货", "auto_confirmed"),
    ("给您补一张优惠券", "coupon"),
    ("仲裁委员会的结果为终局", "own_arbitration"),
    ("请先撤诉，我们再退款", "withdraw_first"),
    ("加一下客服微信，线下转给您", "personal_payment"),
]


def cites(made: Reply) -> list[tuple[str, str, str, bool]]:
    """Return law, article, quote and whether the row is for consumers only."""
    found = []
    for short, number, quote in QUOTE.findall(made.text):
        rows = [one for one in ROWS.values() if (one["short"], one["article"]) == (short, number)]
        assert len(rows) == 1, (short, number)
        assert quote in rows[0]["text"], quote
        found.append((short, number, quote, rows[0]["consumer_only"]))
    return found


def entry(what: Any) -> Entry:
    return Entry(entry_id="e", added_at=NOW, what=what)


@pytest.mark.parametrize("row", [(k, one) for k in MOVES for one in packaged.data("replies")["moves"][k]["say"]])  # fmt: skip  # noqa: E501
def test_every_quote_stands_in_its_article(row: tuple[str, dict[str, Any]]) -> None:
    for key, quote in row[1].get("law", []):
        found = article(key)
        assert found is not None
        assert quote in found.text


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("issue", KEYS)
def test_every_reply_is_whole_in_both_languages(
    variants: dict[str, OrderRecord], issue: str, move: str
) -> None:
    case = case_of(variants[issue])
    for resale in (True, False, None):
        for language in LANGUAGES:
            made = reply(case, move, issue, {"resale": resale}, now=NOW, language=language)
            said = [made.name, made.when, made.next_step, *made.remarks]
            said += [text for one in made.sentences for text in (one.text, one.meaning)]
            assert all(said)
            assert not [text for text in said if "replies." in text or re.search(r"[{}]", text)]
            assert made.text == "\n".join(one.text for one in made.sentences)
            named = [(one.law, one.article) for s in made.sentences for one in s.law]
            assert len(named) == len(cites(made))


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("issue", KEYS)
def test_a_reply_ends_in_a_demand_with_a_time_and_holds_no_bad_wording(
    variants: dict[str, OrderRecord], issue: str, move: str
) -> None:
    made = reply(case_of(variants[issue]), move, issue, now=NOW)
    until = moment(NOW + timedelta(hours=48))
    assert re.search(rf"请在北京时间 {until} 前\S", made.text)
    own = QUOTE.sub("", made.text)
    for words in packaged.data("wording").values():
        for word in words:
            assert not re.search(word, own), (move, word)


@pytest.mark.parametrize("move", MOVES)
def test_what_the_seeds_have_wrong_is_not_said(full: OrderRecord, move: str) -> None:
    """No seven-day duty of a shop, no presumption, no platform liability without conditions."""
    made = reply(case_of(full), move, "not_delivered", {"resale": False}, now=NOW)
    for wrong in ("七日内核实", "七日内答复", "推定", "不影响平台责任", "审核义务", "冻结", "5000"):
        assert wrong not in made.text
    articles = {(short, number) for short, number, _, _ in cites(made)}
    if ("电子商务法", "第三十八条") in articles:  # only with the dated notice in the same reply
        assert f"本消息于 {moment(NOW)[:10]} 发出，同时是给平台的通知" in made.text


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("issue", KEYS)
def test_the_electronic_commerce_law_never_stands_alone(
    variants: dict[str, OrderRecord], issue: str, move: str
) -> None:
    made = reply(case_of(variants[issue]), move, issue, now=NOW)
    laws = {short for short, _, _, _ in cites(made)}
    assert "电子商务法" not in laws or "民法典" in laws


def test_a_reseller_keeps_the_contract_and_loses_the_consumer_rows(full: OrderRecord) -> None:
    own = reply(case_of(full), "no_refund_virtual", "dead_code", {"resale": False}, now=NOW)
    sold = reply(case_of(full), "no_refund_virtual", "dead_code", {"resale": True}, now=NOW)
    assert {"消费者权益保护法", "网络交易监督管理办法", "民法典"} <= {c[0] for c in cites(own)}
    assert {c[0] for c in cites(sold)} == {"民法典"}
    assert (own.resale, sold.resale) == (False, True)
    assert sold.remarks


def test_a_large_quantity_waits_for_the_answer_on_resale(full: OrderRecord) -> None:
    items = (full.items[0].model_copy(update={"quantity": 10}),)
    case = case_of(full.model_copy(update={"items": items}))
    assert not any(c[3] for c in cites(reply(case, "coupon", "dead_code", now=NOW)))
    sure = reply(case, "coupon", "dead_code", {"resale": False}, now=NOW)
    assert any(c[3] for c in cites(sure))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip  # noqa: E501
@given(
    move=st.sampled_from(MOVES),
    issue=st.sampled_from(KEYS),
    answers=st.fixed_dictionaries(
        {"resale": st.just(True)},
        optional={
            "own_mistake": st.booleans(),
            "account_checked": st.booleans(),
            "arbitration_clause": st.booleans(),
        },
    ),
    days=st.integers(0, 2000),
    paid=st.booleans(),
)
def test_no_reply_cites_a_consumer_row_for_a_reseller_or_an_unknown_figure(
    full: OrderRecord, move: str, issue: str, answers: Any, days: int, paid: bool
) -> None:
    now = NOW + timedelta(days=days)
    entries = [entry(Answers(issue=issue, answers=answers))]
    if paid:
        entries.append(entry(Refund(at=NOW, amount=Decimal("40.00"))))
    case = case_of(full, entries=tuple(entries))
    made = reply(case, move, issue, now=now)
    assert not any(c[3] for c in cites(made))
    known = "\n".join(leaves(full.model_dump(mode="json")))
    times = [full.payment.paid_at, now, now + timedelta(hours=48)]
    times.append(full.payment.paid_at + timedelta(minutes=10) if full.payment.paid_at else None)
    known = "\n".join([known, "40.00 58.00", *(moment(at) for at in times if at)])
    figures = set(re.findall(r"\d+", QUOTE.sub("", made.text)))
    assert figures <= set(re.findall(r"\d+", known))


def test_a_broken_promise_and_fifteen_days_are_said_only_where_they_are_so(
    full: OrderRecord,
) -> None:
    promise = Contact(
        at=NOW - timedelta(days=1), way="chat", side="merchant",
        promised="今晚 8 点前补发", promised_by=NOW - timedelta(hours=1),
    )  # fmt: skip
    case = case_of(full, entries=(entry(promise),))
    assert "答应“今晚 8 点前补发”" in reply(case, "delay", "not_delivered", now=NOW).text
    open_still = promise.model_copy(update={"promised_by": NOW + timedelta(hours=1)})
    case = case_of(full, entries=(entry(open_still),))
    assert "答应" not in reply(case, "delay", "not_delivered", now=NOW).text
    for days, said in ((12, False), (14, True)):  # the promise ran out two days before NOW
        made = reply(case_of(full), "delay", "not_delivered", now=NOW + timedelta(days=days))
        assert ("超过十五日" in made.text) is said
    filing = Filing(
        draft_id="", channel="merchant_platform", number=None, capture_id=None,
        at=NOW - timedelta(days=16),
    )  # fmt: skip
    case = case_of(full, filings=(filing,))
    assert "首次投诉，至今已超过十五日" in reply(case, "delay", "dead_code", now=NOW).text


def test_who_checked_says_so_and_who_erred_asks_for_less(full: OrderRecord) -> None:
    order = full.model_copy(update={"recharge_account": "longyuan_8842"})
    case = case_of(order)
    checked = reply(case, "user_error", "not_delivered", {"account_checked": True}, now=NOW)
    erred = reply(case, "user_error", "not_delivered", {"own_mistake": True}, now=NOW)
    neither = reply(case, "user_error", "not_delivered", now=NOW)
    assert "我核对过充值账号 longyuan_8842，没有填错" in checked.text
    assert "愿意协商" in erred.text
    assert "原路退回" not in erred.text
    assert "没有填错" not in erred.text + neither.text
    assert neither.remarks


def test_the_limitation_is_not_claimed_when_it_may_be_over(full: OrderRecord) -> None:
    now = NOW + timedelta(days=4 * 365)
    made = reply(case_of(full), "window_closed", "not_delivered", now=now)
    assert "三年" not in made.text
    assert made.remarks
    assert (
        "诉讼时效期间为三年" in reply(case_of(full), "window_closed", "not_delivered", now=NOW).text
    )


def test_a_reply_asks_for_what_is_still_open(variants: dict[str, OrderRecord]) -> None:
    back = entry(Refund(at=NOW, amount=Decimal("40.00")))
    case = case_of(variants["not_delivered"], entries=(back,))
    assert "还没有退还的 58.00 元" in reply(case, "delay", "not_delivered", now=NOW).text
    partly = variants["not_delivered"].model_copy(update={"status": "partially_delivered"})
    made = reply(case_of(partly), "delay", "not_delivered", now=NOW)
    assert "没有交付的部分对应的款项" in made.text


def test_who_doubts_the_pictures_is_asked_for_the_records_and_a_notary_is_named(
    full: OrderRecord,
) -> None:
    made = reply(case_of(full), "doubt_proof", "not_delivered", now=NOW)
    assert ("电子商务法", "第六十二条") in {(law, number) for law, number, _, _ in cites(made)}
    assert "发货记录" in made.text
    assert "请公证处保全" in made.next_step
    assert "并不当然就输" in made.next_step


def test_the_shop_is_asked_for_the_seller_behind_it(full: OrderRecord) -> None:
    made = reply(case_of(full), "shift_to_merchant", "not_delivered", now=NOW)
    assert "真实名称、地址和有效联系方式" in made.text
    assert "督促卖家处理" in made.text


def test_a_coupon_may_be_taken_or_declined(full: OrderRecord) -> None:
    made = reply(case_of(full), "coupon", "not_delivered", now=NOW)
    assert "我不接受用优惠券" in made.text
    assert "想接受也可以" in made.next_step


def test_a_case_without_an_order_still_gets_a_reply() -> None:
    made = reply(case_of(None), "coupon", "dead_code", now=NOW)
    assert "这一单已付的款项" in made.text


@pytest.mark.parametrize(("words", "move"), SAYINGS)
def test_what_they_say_brings_its_reply(words: str, move: str) -> None:
    assert move in spot(words)


def test_plain_words_bring_none() -> None:
    assert spot("您好，退款已经提交，三个工作日内到账。") == ()


def test_nothing_is_asked_for_that_the_answers_forbid(full: OrderRecord) -> None:
    told = Answers(issue="not_delivered", answers={"credited": True})
    for case, now_given in (
        (case_of(full), told.answers),
        (case_of(full, entries=(entry(told),)), {}),
    ):
        with pytest.raises(RefusedError) as refused:
            reply(case, "delay", "not_delivered", now_given, now=NOW)
        assert refused.value.details["reason"] == "stopped"
        assert "{" not in explain(refused.value)["message"]
    assert reply(case_of(full), "delay", "not_delivered", {"credited": False}, now=NOW)


def test_an_amount_is_told_in_the_readers_language(full: OrderRecord) -> None:
    made = reply(case_of(full), "delay", "not_delivered", now=NOW, language="en").sentences[0]
    assert "98.00 元" in made.text
    assert "98.00 CNY" in made.meaning


def test_an_unknown_move_or_issue_is_invalid(full: OrderRecord) -> None:
    for move, issue in (("shout", "not_delivered"), ("delay", "nothing")):
        with pytest.raises(InvalidError):
            reply(case_of(full), move, issue, now=NOW)


def test_what_the_user_answered_in_the_case_counts(full: OrderRecord) -> None:
    told = entry(Answers(issue="dead_code", answers={"resale": True}))
    case: CaseView = case_of(full, entries=(told,))
    assert reply(case, "coupon", "dead_code", now=NOW).resale
    assert not reply(case, "coupon", "dead_code", {"resale": False}, now=NOW).resale
