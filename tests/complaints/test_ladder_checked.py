"""The ladder recommends only what can be written, and takes nobody's word that it is settled."""

from datetime import timedelta
from decimal import Decimal

from helper.complaints.ladder.steps import ladder
from helper.dealings import Answers, Refund
from scrapers.record import OrderRecord

from .conftest import NOW, case_of
from .test_ladder import SHOP, answer, filed, look, step


def test_settled_is_what_they_say_until_money_or_goods_are_there(
    variants: dict[str, OrderRecord],
) -> None:
    settled = answer(SHOP, "resolved", 4)
    said = look(variants["not_delivered"], settled, filings=[filed(SHOP, 5)])
    assert (said.state, said.next) == ("check", None)
    assert "收到了吗" in said.why
    assert not [one for one in said.steps if "已经解决" in one.why and one.state == "later"]
    back = Refund(at=NOW - timedelta(days=1), amount=Decimal("98.00"))
    assert look(variants["not_delivered"], settled, back).state == "over"
    for status, issue, state in (
        ("refunded", "not_delivered", "over"),
        ("delivered", "not_delivered", "over"),
        ("delivered", "dead_code", "check"),  # that it was sent is the complaint itself
        ("refunded", "refund_missing", "check"),
    ):
        order = variants[issue].model_copy(update={"status": status})
        assert look(order, settled, issue=issue).state == state


def test_what_cannot_be_written_is_not_recommended(
    full: OrderRecord, variants: dict[str, OrderRecord]
) -> None:
    credited = Answers(issue="not_delivered", answers={"credited": True})
    bare = case_of(full).model_copy(update={"captures": ()})
    for found, reason in (
        (look(full, credited), "到账"),
        (look(None), "没有订单"),
        (ladder(bare, "not_delivered", now=NOW), "保存为证据"),
        (look(full, issue="dead_code"), "没有显示卡密"),
    ):
        assert (found.state, found.next, found.replies) == ("check", None, ())
        assert reason in found.why
        court = next(one for one in found.steps if one.channel == "court")
        assert (court.state, court.documents, reason in court.why) == ("blocked", (), True)
    assert step(look(variants["dead_code"], issue="dead_code")) == (SHOP, "complaint")


def test_a_report_of_fraud_is_named_even_before_it_can_be_written(full: OrderRecord) -> None:
    gone = Answers(issue="not_delivered", answers={"fraud_signs": "收款后失联"})
    found = look(None, gone)
    assert found.state == "check"
    assert "请先报案" in found.why
    assert "没有订单" in found.why


def test_no_reply_is_offered_that_would_be_refused(full: OrderRecord) -> None:
    credited = Answers(issue="not_delivered", answers={"credited": True})
    told = answer(SHOP, "accepted", 0.5, said="请耐心等待")
    assert look(full, told, filings=[filed(SHOP, 1)]).replies == ("delay",)
    assert look(full, told, credited, filings=[filed(SHOP, 1)]).replies == ()


def test_a_public_post_is_no_complaint_to_the_shop(full: OrderRecord) -> None:
    found = look(full, filings=[filed("heimao", 3)])
    assert step(found) == (SHOP, "complaint")
    assert "还没有向商家投诉过" in found.why


def test_money_is_told_in_the_readers_language(full: OrderRecord) -> None:
    back = Refund(at=NOW - timedelta(days=1), amount=Decimal("40.00"))
    for language, parts in (
        ("en", ("40.00 CNY", "58.00 CNY")),
        ("zh_CN", ("40.00 元", "58.00 元")),
    ):
        hints = "".join(look(full, back, language=language).hints)
        assert all(part in hints for part in parts)
    all_back = back.model_copy(update={"amount": Decimal("98.00")})
    assert "98.00 CNY" in look(full, all_back, language="en").why
