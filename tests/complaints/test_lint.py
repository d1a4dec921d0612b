"""Wording that weakens a complaint is found and explained."""

import pytest

from helper.complaints.lint import check
from helper.model import LintFinding, Sentence

DEMAND = "请在 48 小时内退款 98 元（证据1）。"


def rules(text: str, *, demand: str = DEMAND, known: str = "48 98 1") -> set[str]:
    return {finding.rule for finding in findings(text, demand=demand, known=known)}


def findings(text: str, *, demand: str, known: str) -> tuple[LintFinding, ...]:
    return check(
        [Sentence(text=text, exhibits=(1,))], demand=demand, exhibits=[_exhibit()], known=known
    )


def _exhibit() -> object:
    class One:
        number = 1

    return One()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("这个骗子商家不发货", "emotive"),
        ("平台太黑心了", "emotive"),
        ("商家涉嫌诈骗", "accusation"),
        ("请尽快处理", "vague"),
        ("请给我个说法", "vague"),
        ("不然就发到网上", "threat"),
    ],
)
def test_a_bad_word_is_found_with_advice(text: str, rule: str) -> None:
    found = [f for f in findings(text, demand=DEMAND, known="48 98 1") if f.rule == rule]
    assert found
    assert not found[0].advice.startswith("complaints.")


def test_words_of_the_page_are_not_ours() -> None:
    assert rules("商品名称为“打骗子大作战 礼包”（证据1）") == set()


@pytest.mark.parametrize("demand", ["请退款 98 元", "请退款给我"])
def test_a_demand_needs_a_time(demand: str) -> None:
    assert "no_deadline" in rules("订单未到账（证据1）", demand=demand)


def test_a_demand_needs_something_to_do() -> None:
    assert "no_action" in rules("订单未到账（证据1）", demand="请在 48 小时内重视此事")


def test_a_figure_needs_a_source() -> None:
    assert "figure" in rules("订单金额 99 元（证据1）")
    assert "figure" not in rules("订单金额 98 元（证据1）")


def test_a_sentence_needs_an_exhibit_that_exists() -> None:
    bare = Sentence(text="我付款了", exhibits=())
    wrong = Sentence(text="我付款了（证据7）", exhibits=(7,))
    found = check([bare, wrong], demand=DEMAND, exhibits=[], known="48 98 1 7")
    assert {"no_exhibit", "unknown_exhibit"} <= {finding.rule for finding in found}


def test_a_text_longer_than_the_channel_allows_is_found() -> None:
    sentence = Sentence(text="字" * 201, exhibits=())
    found = check([sentence], demand=DEMAND, exhibits=[], known="48 98 1", limit=200)
    assert "too_long" in {finding.rule for finding in found}
