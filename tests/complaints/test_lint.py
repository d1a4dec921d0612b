"""Wording that weakens a complaint is found, explained and, where plain, put better."""

import json
from pathlib import Path
from typing import Any

import pytest

from helper.complaints import packaged
from helper.complaints.lint import check, cited, tone
from helper.messages import LANGUAGES, catalogue
from helper.model import LintFinding, Sentence
from tests.complaints.test_claims import leaves

DEMAND = "请在 48 小时内退款 98 元（证据1）。"
KNOWN = "48 98 1"


def rules(text: str, *, demand: str = DEMAND, known: str = KNOWN, **more: Any) -> set[str]:
    return {finding.rule for finding in findings(text, demand=demand, known=known, **more)}


def findings(
    text: str, *, demand: str = DEMAND, known: str = KNOWN, **more: Any
) -> tuple[LintFinding, ...]:
    sentence = Sentence(text=text, exhibits=(1,), key="s1", stated=True)
    return check([sentence], demand=demand, exhibits=[_exhibit()], known=known, **more)


def _exhibit() -> object:
    class One:
        number = 1

    return One()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("这个骗子商家不发货", "emotive"),
        ("平台太黑心了", "emotive"),
        ("这是垃圾平台", "emotive"),
        ("商家涉嫌诈骗", "accusation"),
        ("老板已经跑路", "accusation"),
        ("请尽快处理", "vague"),
        ("请给我个说法", "vague"),
        ("请严肃处理此事", "vague"),
        ("不然就发到网上", "threat"),
        ("不赔钱就曝光你们", "threat"),
        ("不退款我就报警", "threat"),
        ("赔我 98 元，否则我去举报", "threat"),
        ("给 98 元补偿就撤诉，撤诉后补偿 98 元", "threat"),
        ("让大家都看清这家店", "reputation"),
        ("我要刷差评", "reputation"),
        ("他们从来不发货", "absolute"),
        ("商家就是故意不发货", "absolute"),
        ("无数用户上当", "absolute"),
        ("说实话，订单没有到账", "filler"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_word_is_found_with_place_and_advice(text: str, rule: str, language: Any) -> None:
    found = [f for f in findings(text, language=language) if f.rule == rule]
    assert found
    assert {f.place for f in found} == {"s1"}
    assert found[0].text in text
    assert found[0].advice == catalogue(language)[f"complaints.lint.{rule}"]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("这个骗子商家不发货", "这个商家不发货"),
        ("请尽快退款", "请在收到本投诉后 48 小时内退款"),
        ("请给我个说法", "请在收到本投诉后 48 小时内书面答复处理意见，并说明理由"),
        ("说实话，订单没有到账", "订单没有到账"),
        ("退还我的血汗钱", "退还我的款项"),
    ],
)
def test_better_words_stand_in_the_place_of_the_bad_ones(text: str, better: str) -> None:
    [finding] = findings(text)
    assert finding.better is not None
    assert text.replace(finding.text, finding.better) == better
    assert findings(better) == ()


def test_no_better_words_bring_a_new_fault() -> None:
    for words in packaged.data("wording")["rules"].values():
        for better in words.values():
            assert better is None or findings(f"请{better}", known=f"{KNOWN} 24") == ()


@pytest.mark.parametrize(
    "text",
    [
        "商品名称为“打骗子大作战 礼包”（证据1）",
        "客服说“尽快处理”，至今没有结果（证据1）",
        "客服表示会尽快处理，至今没有结果（证据1）",
        "每天收到垃圾短信（证据1）",
        "我已向 12377 违法和不良信息举报中心反映（证据1）",
        "逾期未退款的，我将向市场监督管理部门投诉（证据1）",
        "不退款就只能起诉（证据1）",
        "请核查是否构成欺诈（证据1）",
        "商家没有给我答复（证据1）",
        "此事的处理也关系到平台的信誉（证据1）",
        "请贵平台取消法务费这一项（证据1）",
    ],
)
def test_what_only_looks_bad_is_left_alone(text: str) -> None:
    assert rules(text) == set()


def test_who_decides_on_a_suspicion_may_read_it() -> None:
    assert "accusation" in rules("商家涉嫌诈骗（证据1）")
    assert rules("商家涉嫌诈骗（证据1）", reporting=True) == set()
    assert "accusation" in rules("商家诈骗了我（证据1）", reporting=True)


def test_our_own_words_are_calm_and_cite_no_dead_law() -> None:
    for path in Path(packaged.__file__).parent.glob("templates/*.json"):
        for text in leaves(json.loads(path.read_text("utf-8"))):
            assert [
                (path.name, text, hit) for hit in tone.found(tone.own(text), reporting=True)
            ] == []
            told = list(cited.citations(text))
            assert [(path.name, text, hit) for hit in cited.misused(text, told, None)] == []


def test_own_words_that_nobody_reads_to_the_end_are_named() -> None:
    long = "我" + "先看了订单页然后又看了账单页" * 10
    assert "long_sentence" in rules(long)
    assert "long_sentence" not in rules(long.replace("然后又", "。"))
    ours = Sentence(text=long, exhibits=(1,))
    found = check([ours], demand=DEMAND, exhibits=[_exhibit()], known=KNOWN)  # type: ignore[list-item]
    assert found == ()


@pytest.mark.parametrize("demand", ["请退款 98 元", "请退款给我"])
def test_a_demand_needs_a_time(demand: str) -> None:
    assert "no_deadline" in rules("订单未到账（证据1）", demand=demand)


@pytest.mark.parametrize(
    "demand", ["请在三日内退款 98 元", "请依法调解，退还 98 元", "请求判令被告退还 98 元"]
)
def test_a_time_in_words_or_an_authority_is_enough(demand: str) -> None:
    assert rules("订单未到账（证据1）", demand=demand, known=f"{KNOWN} 3") == set()


def test_a_demand_needs_something_to_do() -> None:
    assert "no_action" in rules("订单未到账（证据1）", demand="请在 48 小时内关注一下")


def test_the_demand_is_checked_like_a_sentence_and_has_its_place() -> None:
    found = findings("订单未到账（证据1）", demand="请在 48 小时内尽快退款，否则就曝光")
    assert {(f.rule, f.place) for f in found} == {
        ("vague", "demand"), ("threat", "demand"),
    }  # fmt: skip
    one = Sentence(text="请尽快退款", exhibits=(1,), key="d1")
    found = check([one], demand=one.text, exhibits=[_exhibit()], known=KNOWN)  # type: ignore[list-item]
    assert [f.place for f in found if f.rule == "vague"] == ["d1"]


def test_a_sentence_needs_an_exhibit_that_exists() -> None:
    bare = Sentence(text="我付款了", exhibits=())
    told = Sentence(text="我付款了", exhibits=(), stated=True)
    wrong = Sentence(text="我付款了（证据7）", exhibits=(7,))
    named = Sentence(text="我付款了（见证据8）", exhibits=(), stated=True)
    for sentence, rule in [(bare, "no_exhibit"), (wrong, "unknown_exhibit")]:
        found = check([sentence], demand=DEMAND, exhibits=[], known=KNOWN)
        assert rule in {finding.rule for finding in found}
    assert check([told], demand=DEMAND, exhibits=[], known=KNOWN) == ()
    found = check([named], demand=DEMAND, exhibits=[], known=KNOWN)
    assert {finding.rule for finding in found} == {"unknown_exhibit"}


def test_a_text_longer_than_the_channel_allows_is_found() -> None:
    sentence = Sentence(text="字" * 201, exhibits=())
    found = check([sentence], demand=DEMAND, exhibits=[], known=KNOWN, limit=200)
    assert "too_long" in {finding.rule for finding in found}
